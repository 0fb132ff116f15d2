"""What people come to do, from the beginning to the end, in the real window.

With a real (tiny) model in its own process, real files, real figures; only the checks that are
asked are few, for a run of two dozen X-rays answers few.
"""

import os
import shutil
import signal

import pandas as pd
import pikepdf
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from tests.evaluation.cohorts import write_xrays
from xraydemo.classes import CLASSES
from xraydemo.desktop import evaluate_work, text
from xraydemo.desktop.answer_panel import FigureCard
from xraydemo.desktop.app import engine_starter
from xraydemo.desktop.asking import Answer, Finished, merged
from xraydemo.desktop.memory import Memory
from xraydemo.desktop.preferences_dialog import PreferencesDialog
from xraydemo.desktop.shortcuts_dialog import ShortcutsDialog
from xraydemo.desktop.style import apply_style
from xraydemo.desktop.window import MainWindow
from xraydemo.evaluation.beside import given_with
from xraydemo.evaluation.headline import headline
from xraydemo.evaluation.runner import chosen_checks, run_checks
from xraydemo.evaluation.store import open_run
from xraydemo.report.results import read_results, results_json

Key = Qt.Key
NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
ASKED = ("data.balance", "performance.classes")


def ask_few(inquiry, on_answer, on_asking, should_stop):
    """Ask two checks that answer for few X-rays, too, here and not in a process of their own."""
    own = {check: {"floor": 2} for check in ASKED} | dict(inquiry.own)
    run, thresholds = open_run(inquiry.folder), merged(own)
    questions = {check.id: check.question for check in chosen_checks(None)}
    with given_with(None, inquiry.folder) as given:
        results = list(run_checks(run, thresholds, only=ASKED, given=given))
        for result in results:
            on_answer(Answer(questions[result.check], result))
        found = headline(run, results)
        document = results_json(run, results, found, seed=0, thresholds=thresholds, given=given)
    return Finished(found, document)


class Reader:
    """Somebody at the window."""

    def __init__(self, qtbot, memory=None):
        self.qtbot = qtbot
        apply_style(QApplication.instance())
        self.window = MainWindow(memory=memory)
        qtbot.addWidget(self.window)
        self.window.resize(1366, 768)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.read, self.presenter = self.window.read, self.window.presenter
        self.tab, self.evaluate = self.window.evaluate, self.window.evaluate.presenter

    def until(self, ready, seconds=60):
        self.qtbot.waitUntil(lambda: bool(ready()), timeout=1000 * seconds)

    def start(self, bundle):
        self.presenter.engine.start(engine_starter(bundle, "cpu"))
        self.until(lambda: self.presenter.engine.ready)

    def key(self, key, modifier=NONE):
        self.qtbot.keyClick(QApplication.focusWidget() or self.window, key, modifier)

    def drop(self, path):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        self.window.dropEvent(QDropEvent(QPointF(600, 400), action, data, button, NONE))

    def choose_and_run(self, source):
        self.window.go_to(self.tab)
        self.drop(source)
        self.until(lambda: self.evaluate.can_run)
        self.qtbot.mouseClick(self.tab.cohort.run, Qt.MouseButton.LeftButton)
        return self.evaluate.understood.folder.path


@pytest.fixture
def reader(qtbot):
    reader = Reader(qtbot)
    yield reader
    reader.window.close()


@pytest.fixture
def few_checks(monkeypatch):
    monkeypatch.setattr(evaluate_work, "ask_all", ask_few)


def class_folders(where, n):
    """X-rays in a folder for each class, as people have them."""
    flat = where.parent / "flat"
    table = pd.read_csv(write_xrays(flat, n))
    for file, label in zip(table["file"], table["label"], strict=True):
        (where / label).mkdir(parents=True, exist_ok=True)
        shutil.move(flat / file, where / label / file)
    return where


def test_reading_a_folder_by_keyboard_alone(reader, tiny_bundle, tmp_path, monkeypatch):
    reader.start(tiny_bundle)
    folder = class_folders(tmp_path / "xrays", 8)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    reader.key(Key.Key_O, CONTROL | SHIFT)
    reader.until(lambda: reader.presenter.queue.read_count == 8 and reader.window.settled)
    assert [item.label for item in reader.presenter.items[:2]] == [CLASSES[1]] * 2

    for row in range(1, 8):
        reader.key(Key.Key_Down)
        assert reader.presenter.current.row == row
    reader.key(Key.Key_Up)
    reader.until(lambda: reader.window.settled and reader.presenter.picture)

    layers, gray = reader.presenter.layers, reader.presenter.gray
    reader.key(Key.Key_2)
    assert gray.preset == "full"
    before = layers.heatmap_class
    reader.key(Key.Key_C)
    assert layers.heatmap_class != before
    opacity = layers.opacity
    for _ in range(40):  # Tab leads to every control; one of them is the slider
        reader.key(Key.Key_Tab)
        if QApplication.focusWidget() is reader.read.layers.keyboard_widgets[3]:
            break
    reader.key(Key.Key_Right)
    assert layers.opacity == pytest.approx(opacity + 0.01)
    assert reader.presenter.current.row == 6  # the arrow was the slider's

    reader.key(Key.Key_4, SHIFT)
    assert reader.presenter.current.mark == CLASSES[3]
    out = tmp_path / "marks.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
    reader.key(Key.Key_S, CONTROL)
    marks = pd.read_csv(out)
    assert marks["label"].tolist() == [CLASSES[3]]
    assert marks["file"].tolist() == [reader.presenter.current.path.relative_to(folder).as_posix()]


def test_from_a_dropped_folder_to_the_xrays_of_a_confusion_cell(
    reader, few_checks, tiny_bundle, tmp_path, monkeypatch
):
    reader.start(tiny_bundle)
    folder = reader.choose_and_run(class_folders(tmp_path / "xrays", 24))
    reader.until(lambda: reader.evaluate.headline)
    verdicts = reader.tab.verdicts
    verdicts.cards.card("performance.classes").click()
    reader.until(lambda: verdicts.panel.is_whole)
    card = verdicts.panel.findChildren(FigureCard)[0]
    reader.until(lambda: card.has_picture)
    view = card.view
    part = max(view._parts, key=lambda part: len(part.positions))
    left, top, right, bottom = part.box
    middle = QPoint(
        round((left + right) / 2 * view.width()), round((top + bottom) / 2 * view.height())
    )
    reader.qtbot.mouseMove(view, middle)
    reader.qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle)
    run = open_run(folder)
    expected = run.rows.iloc[list(part.positions)]
    reader.until(lambda: len(reader.presenter.items) == len(expected) > 0 and reader.window.settled)
    assert reader.window.tabs.currentWidget() is reader.read
    assert [str(item.path) for item in reader.presenter.items] == expected["path"].tolist()
    assert [item.label for item in reader.presenter.items] == expected["label"].tolist()
    said = reader.read.reading._known.text()
    assert text.class_name(expected["label"].iloc[0]) in said

    export_all(reader, card, tmp_path / "out", monkeypatch)


def export_all(reader, card, out, monkeypatch):
    """Everything that can be written is written, and is what it says it is."""
    out.mkdir()
    reader.window.go_to(reader.tab)
    actions = reader.tab.verdicts.export.menu().actions()
    names = ("report.pdf", "results.json", "predictions.csv", "predictions.parquet")
    assert len(actions) == len(names)
    for action, name in zip(actions, names, strict=True):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, n=name: (str(out / n), ""))
        assert action.isEnabled()
        action.trigger()
        reader.until(lambda n=name: (out / n).exists() and not reader.evaluate.export.is_writing)
    for name in ("figure.png", "figure.svg"):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, n=name: (str(out / n), ""))
        card.save_wanted.emit()
        reader.until(lambda n=name: (out / n).exists() and not reader.evaluate.export.is_writing)
    assert reader.evaluate.export.problem is None
    with pikepdf.open(out / "report.pdf") as pdf:
        assert len(pdf.pages) > 1
        assert "results.json" in pdf.attachments
    checks = {check["id"] for check in read_results(out / "results.json")["checks"]}
    assert checks == set(ASKED)
    assert len(pd.read_csv(out / "predictions.csv")) == 24
    assert len(pd.read_parquet(out / "predictions.parquet")) == 24
    with Image.open(out / "figure.png") as image:
        assert image.width > 500
    assert "<svg" in (out / "figure.svg").read_text()


def test_a_run_is_stopped_and_goes_on(reader, few_checks, tiny_bundle, tmp_path):
    reader.start(tiny_bundle)
    folder = reader.choose_and_run(write_xrays(tmp_path / "xrays", 300))
    page = reader.tab.cohort
    reader.until(lambda: reader.evaluate.progress and reader.evaluate.progress.done > 5)
    reader.qtbot.mouseClick(page.stop, Qt.MouseButton.LeftButton)
    reader.until(lambda: not reader.evaluate.doing)
    assert reader.evaluate.stopped
    done = int(open_run(folder).was_read.sum())
    assert 5 < done < 300
    reader.until(lambda: page.run.isEnabled())
    reader.qtbot.mouseClick(page.run, Qt.MouseButton.LeftButton)
    reader.until(lambda: reader.evaluate.progress and reader.evaluate.progress.done > done)
    reader.until(lambda: reader.evaluate.headline, 180)
    assert reader.evaluate.problem is None
    assert open_run(folder).was_read.all()
    assert len(reader.evaluate.answers) == len(ASKED)


def test_a_run_outlives_the_death_of_the_engine(reader, few_checks, tiny_bundle, tmp_path):
    reader.start(tiny_bundle)
    folder = reader.choose_and_run(write_xrays(tmp_path / "xrays", 300))
    reader.until(lambda: reader.evaluate.progress and reader.evaluate.progress.done > 5)
    engine = reader.presenter.engine
    first = engine.door.process_id
    os.kill(first, signal.SIGKILL)
    reader.until(lambda: engine.restarts)
    reader.until(lambda: reader.evaluate.headline, 180)
    assert engine.door.process_id != first
    assert open_run(folder).was_read.all()
    assert text.ENGINE_RESTARTED_NOTE in engine.status
    reader.window.show_files([tmp_path / "xrays" / "00000.png"])
    reader.until(lambda: reader.window.settled and reader.presenter.reading)


def test_twenty_broken_files_and_one_whole(reader, tiny_bundle, tmp_path):
    whole = write_xrays(tmp_path / "xrays", 1).parent / "00000.png"
    good = whole.read_bytes()
    folder = tmp_path / "broken"
    folder.mkdir()
    ends = (".png", ".jpg", ".dcm", ".tif", ".bmp")
    for number in range(20):
        contents = (b"", b"no picture at all", good[:60], good[: len(good) // 2], bytes(4000))
        (folder / f"{number:02d}{ends[number % 5]}").write_bytes(contents[number // 4])
    shutil.copy(whole, folder / "99.png")
    reader.start(tiny_bundle)
    reader.window.show_files([folder])
    reader.until(lambda: reader.presenter.queue.done_count == 21)
    assert reader.presenter.queue.failed_count == 20
    for row in range(20):
        reader.until(lambda row=row: reader.window.settled and reader.presenter.current.row == row)
        error = reader.presenter.items[row].error
        assert error.message
        assert reader.read.centre.currentWidget() is reader.read.message
        assert text.ERROR_TITLE in reader.read.message.words()
        assert reader.read.worklist.model().index(row, 1).data() == text.ROW_ERROR
        reader.key(Key.Key_Down)
    reader.until(lambda: reader.window.settled)
    assert reader.read.centre.currentWidget() is reader.read.image
    assert reader.presenter.reading is not None


def test_keys_are_changed_kept_and_given_back(qtbot, folder, tmp_path):
    reader = Reader(qtbot, Memory(tmp_path / "w.ini"))
    reader.presenter.open([folder])
    reader.until(lambda: reader.presenter.opened)
    reader.key(Key.Key_K, CONTROL)
    dialog = reader.window.findChild(ShortcutsDialog)
    dialog.select("next")
    dialog.field.setFocus()
    qtbot.keyClick(dialog.field, Key.Key_I)  # the key of another
    reader.until(lambda: dialog.take_away.isVisible())
    assert "“Invert”" in dialog.problem.words()
    dialog.take_away.click()
    dialog.accept()
    assert reader.window.commands.key("next") == "I"
    assert reader.window.commands.key("invert") == ""
    assert reader.read.head.invert.toolTip() == text.INVERT
    reader.window.go_to(reader.read)
    reader.key(Key.Key_I)
    assert reader.presenter.current.row == 1
    reader.read.list_panel.search.setFocus()
    reader.key(Key.Key_I)  # a letter in a field is a letter
    assert reader.read.list_panel.search.text() == "i"
    reader.window.close()

    second = Reader(qtbot, Memory(tmp_path / "w.ini"))
    assert second.window.commands.key("next") == "I"
    second.window.show_shortcuts()
    dialog = second.window.findChild(ShortcutsDialog)
    dialog._all.click()
    dialog.accept()
    assert second.window.commands.key("next") == "Down"
    assert Memory(tmp_path / "w.ini").keys == {}
    second.window.close()


def test_the_colours_change_at_once_and_are_kept(qtbot, folder, tmp_path):
    reader = Reader(qtbot, Memory(tmp_path / "w.ini"))
    reader.presenter.open([folder])
    reader.until(lambda: reader.presenter.opened)

    def ground():
        return reader.window.grab().toImage().pixelColor(8, reader.window.height() - 6).lightness()

    assert ground() < 80
    reader.window.show_preferences()
    dialog = reader.window.findChild(PreferencesDialog)
    dialog.theme.setCurrentIndex(1)
    dialog.accept()
    assert ground() > 200
    image = reader.read.image
    assert image.grab().toImage().pixelColor(2, 2).lightness() < 20  # the X-ray stays on black
    assert Memory(tmp_path / "w.ini").theme == "light"
    reader.window.memory.theme = "dark"
    reader.window.restyle()
    assert ground() < 80
    reader.window.close()
