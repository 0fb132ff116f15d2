"""The Evaluate tab in the real window, with a real model and real X-rays of a small cohort."""

import time
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QMessageBox,
    QProgressBar,
    QPushButton,
)

from tests.evaluation.cohorts import write_xrays
from xraydemo.desktop import text
from xraydemo.desktop.answer_panel import FigureCard
from xraydemo.desktop.app import engine_starter
from xraydemo.desktop.asking import Answer, Asking
from xraydemo.desktop.evaluate_presenter import UNREADABLE
from xraydemo.desktop.evaluate_tab import EvaluateTab
from xraydemo.desktop.help_dialog import help_page
from xraydemo.desktop.parts import Bridge
from xraydemo.desktop.style import apply_style
from xraydemo.desktop.window import MainWindow
from xraydemo.evaluation.result import CheckResult, Verdict
from xraydemo.evaluation.store import open_run

Key, Control = Qt.Key, Qt.KeyboardModifier.ControlModifier


class Desk:
    def __init__(self, qtbot):
        self.qtbot = qtbot
        apply_style(QApplication.instance())
        self.window = MainWindow()
        qtbot.addWidget(self.window)
        self.window.resize(1366, 768)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.tab = self.window.evaluate
        self.presenter = self.tab.presenter
        self.window.go_to(self.tab)

    def until(self, ready, seconds=60):
        self.qtbot.waitUntil(lambda: bool(ready()), timeout=1000 * seconds)

    def start(self, bundle):
        self.window.presenter.engine.start(engine_starter(bundle, "cpu"))
        self.until(lambda: self.presenter.engine_ready)

    def choose(self, source):
        self.presenter.choose(source)
        self.until(lambda: not self.presenter.doing)

    def key(self, key, modifier=Qt.KeyboardModifier.NoModifier):
        self.qtbot.keyClick(QApplication.focusWidget() or self.window, key, modifier)

    def drop(self, *paths):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        none = Qt.KeyboardModifier.NoModifier
        self.window.dropEvent(
            QDropEvent(
                QPointF(600, 400), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none
            )
        )

    def words(self):
        """All that can be seen."""
        labels = self.tab.findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisible())


@pytest.fixture
def desk(qtbot):
    desk = Desk(qtbot)
    yield desk
    desk.window.close()


@pytest.fixture
def table(tmp_path):
    table = write_xrays(tmp_path / "xrays", 24)
    lines = table.read_text().replace(",covid,", ",Virus,").splitlines()
    (table.parent / "00007.png").write_bytes(b"no picture")
    table.write_text("\n".join([*lines, "gone.png,normal,AP,p90"]) + "\n")
    return table


def test_the_start_says_what_to_do(desk):
    assert text.EVALUATE_TITLE in desk.words()
    buttons = [b.text() for b in desk.tab.findChildren(QPushButton) if b.isVisible()]
    assert buttons == [text.EVALUATE_FOLDER, text.EVALUATE_CSV, text.EVALUATE_OPEN]
    assert QApplication.focusWidget().text() == text.EVALUATE_FOLDER


def test_a_cohort_from_drop_to_verdicts(desk, table, tiny_bundle):
    """The whole way: understood, mapped, read, asked, looked at, and opened again."""
    desk.start(tiny_bundle)
    desk.drop(table)
    desk.until(lambda: desk.presenter.understood)
    assert "25 X-rays" in desk.words()
    names = desk.tab.cohort.names
    assert [names.item(row, 0).text() for row in range(4)] == [
        "normal", "Virus", "pneumonia", "opacity"
    ]  # fmt: skip
    box = names.box(1)
    assert box.currentText() == text.COHORT_NO_CLASS
    assert "1 X-ray can't be read" in desk.words()
    box.setFocus()
    desk.key(Key.Key_Home)
    desk.key(Key.Key_Down)
    assert box.currentText() == "COVID-19"
    box.activated.emit(box.currentIndex())
    desk.until(lambda: not desk.presenter.doing)
    assert dict(desk.presenter.understood.counts)["covid"] == 6
    assert "gone.png" in desk.tab.cohort.problems.toPlainText()
    assert "Virus" not in desk.tab.cohort.problems.toPlainText()

    folder = desk.presenter.understood.folder.path
    desk.key(Key.Key_Return, Control)
    desk.until(lambda: desk.presenter.headline, 600)  # all checks: long on a busy machine
    assert desk.presenter.problem is None
    assert desk.presenter.page == "verdicts"
    assert open_run(folder).was_read.sum() == 23
    assert desk.presenter.headline.paragraph in desk.words()

    verdicts = desk.tab.verdicts
    gravest = desk.presenter.answers[0].result.check
    first = QApplication.focusWidget()  # nobody need look for the keyboard's place
    assert first in {verdicts.cards.card(a.result.check) for a in desk.presenter.answers}
    desk.key(Key.Key_Right)
    assert QApplication.focusWidget() is not first
    verdicts.cards.card(gravest).setFocus()
    assert desk.presenter.answer is None
    desk.key(Key.Key_Return)
    assert desk.presenter.chosen == gravest
    desk.until(lambda: text.EXPLAIN_HOW in desk.words())
    assert desk.presenter.answer.question in desk.words()
    desk.key(Key.Key_Escape)
    assert desk.presenter.chosen == ""
    assert QApplication.focusWidget() is verdicts.cards.card(gravest)

    entries = verdicts.list
    model = entries.model()
    said = [model.index(row).data() for row in range(model.rowCount())]
    assert len(said) == len(desk.presenter.answers) + 2
    assert said[0].startswith(text.HEADLINE_MARK)
    assert said[1].startswith(text.UNREAD_MARK)
    assert not [words for words in said if "# error" in words]
    verdicts.parts.click()
    assert entries.currentIndex().row() == 0
    desk.until(lambda: text.HEADLINE_QUESTION in desk.words())
    entries.setFocus()
    desk.key(Key.Key_Down)
    assert desk.presenter.chosen == UNREADABLE
    desk.until(lambda: "gone.png" in desk.words())
    assert "00007.png" in desk.words()
    desk.key(Key.Key_Down)
    assert desk.presenter.chosen == desk.presenter.answers[0].result.check
    desk.until(lambda: desk.presenter.answer.question in desk.words())

    desk.presenter.select("data.balance")
    desk.until(lambda: verdicts.panel.is_whole)
    cards = desk.tab.verdicts.panel.findChildren(FigureCard)
    desk.until(lambda: all(card.has_picture for card in cards))
    view = cards[0].view
    view.setFocus()
    desk.key(Key.Key_Down)
    assert view.at.words == "Normal"
    assert view.accessibleDescription().startswith("Normal\n6 X-rays")
    desk.key(Key.Key_Return)
    desk.until(lambda: desk.window.presenter.items and desk.window.settled)
    assert desk.window.tabs.currentWidget() is desk.window.read
    assert [item.label for item in desk.window.presenter.items] == ["normal"] * 6

    desk.key(Key.Key_2, Control)
    assert desk.window.tabs.currentWidget() is desk.tab
    desk.presenter.open_run(folder)
    desk.until(lambda: desk.presenter.answers)
    desk.window.close()  # in the middle of asking


def test_closing_the_window_keeps_what_was_read(desk, tmp_path, tiny_bundle):
    table = write_xrays(tmp_path / "xrays", 400)
    desk.start(tiny_bundle)
    desk.choose(table)
    folder = desk.presenter.understood.folder.path
    desk.presenter.start()
    desk.until(lambda: desk.presenter.progress and desk.presenter.progress.done > 5)
    desk.window.close()
    run = open_run(folder)
    assert 5 < run.was_read.sum() < 400
    assert (run.rows["error_type"] == "").all()


def test_errors_are_said_in_their_place(desk, table, tmp_path):
    desk.choose(tmp_path / "nothing.csv")
    assert "nothing.csv" in desk.words()
    assert not desk.tab.cohort.run.isVisible()
    desk.choose(table)
    desk.tab.cohort.where.setFocus()
    desk.qtbot.keyClicks(desk.tab.cohort.where, "colour=red")
    desk.key(Key.Key_Return)
    desk.until(lambda: not desk.presenter.doing and desk.presenter.problem)
    assert "no column 'colour'" in desk.words()
    assert not desk.tab.cohort.run.isEnabled()
    assert desk.tab.cohort.where.text() == "colour=red"
    desk.tab.cohort.where.clear()
    desk.qtbot.keyClicks(desk.tab.cohort.where, "view=AP")
    desk.key(Key.Key_Return)
    desk.until(lambda: not desk.presenter.doing and desk.presenter.understood)
    assert "table.csv, view=AP" in desk.words()
    assert text.RUN_WAITS_FOR_MODEL in desk.words()
    desk.presenter.open_run(tmp_path)
    desk.until(lambda: not desk.presenter.doing)
    assert "no run in" in desk.words()


def test_only_one_thing_is_taken_from_a_drop(desk, table, tmp_path):
    desk.drop(table, tmp_path)
    assert text.EVALUATE_ONE_ONLY in desk.words()
    assert desk.presenter.source is None


def test_what_is_refused_is_said_on_the_verdicts_too(desk, table, tmp_path):
    """It was said on pages that were not shown."""
    desk.presenter.show_page("verdicts")
    desk.drop(table, tmp_path)
    assert text.EVALUATE_ONE_ONLY in desk.words()
    assert text.EVALUATE_ONE_ONLY_HINT in desk.words()


def test_a_report_that_is_being_written_can_be_stopped(desk, tmp_path):
    """It took half a minute, and nothing told how long, or stopped it."""

    def write_report(folder, document, path, on_progress, should_stop):
        on_progress(0.5)
        while not should_stop():
            time.sleep(0.01)
        return False

    page, export = desk.tab.verdicts, desk.presenter.export
    export._work = SimpleNamespace(write_report=write_report)
    desk.presenter.show_page("verdicts")
    assert not page.stop_writing.isVisible()
    export.write_report(tmp_path, {}, tmp_path / "report.pdf")
    desk.until(lambda: export.share == 0.5)
    assert text.EXPORT_WRITING.format(name="report.pdf") in desk.words()
    desk.until(lambda: " left" in desk.words() or export._pace.hear(0.51))  # the clock goes on
    page.stop_writing.setFocus()
    desk.key(Key.Key_Space)
    assert QApplication.focusWidget() is not page.stop_writing
    desk.until(lambda: not export.is_writing)
    assert not page.stop_writing.isVisible()
    assert text.EXPORT_STOPPED.format(path=tmp_path / "report.pdf") in desk.words()


def test_the_line_tells_which_answer_comes_and_names_checks_as_their_cards_do(desk):
    """With answers on the page it said that the first would come, and it named ids."""
    presenter, page = desk.presenter, desk.tab.verdicts
    presenter.show_page("verdicts")
    presenter.doing = "asking"
    page.show_progress()
    assert text.VERDICTS_NONE in desk.words()
    presenter.answers = [Answer("Is it?", CheckResult(Verdict.PASS, "Yes.", check="data.files"))]
    page.show_progress()
    assert text.VERDICTS_NONE not in desk.words()
    assert text.VERDICTS_NEXT in desk.words()
    presenter.asking = Asking("data.label_conflicts", 0.0, 0, 3)
    page.show_progress()
    assert "Asking label conflicts (1 of 3)" in desk.words()


def test_every_bar_has_a_name(desk):
    bars = desk.tab.findChildren(QProgressBar)
    assert len(bars) == 8  # of the cohort, its classes, the checks, the report
    assert len({bar.accessibleName() for bar in bars} - {""}) == len(bars)


def test_the_folder_of_a_run_is_opened_when_it_is_dropped(desk, tmp_path):
    """It was taken for a cohort whose subfolders are called as no class."""
    (tmp_path / "run.sqlite").write_bytes(b"nothing" * 1000)
    desk.drop(tmp_path)
    desk.until(lambda: not desk.presenter.doing and desk.presenter.problem)
    assert "The run in" in desk.words()
    assert desk.presenter.source is None


def test_why_there_is_no_model_is_said_where_it_is_waited_for(qtbot, table):
    why = "No model: " + "there is none in the folder of models. " * 10
    bridge, failure = Bridge(), [""]
    tab = EvaluateTab(bridge.post, lambda: None, lambda *_: None, engine_failure=lambda: failure[0])
    qtbot.addWidget(tab)
    tab.resize(1000, 700)
    tab.show()
    tab.presenter.choose(table)
    qtbot.waitUntil(lambda: bool(tab.presenter.understood), timeout=60_000)

    def words():
        return [label.text() for label in tab.findChildren(QLabel) if label.isVisible()]

    assert text.RUN_WAITS_FOR_MODEL in words()
    failure[0] = why
    tab.presenter.engine_changed()
    assert why in words()
    assert text.RUN_WAITS_FOR_MODEL not in words()
    assert tab.minimumSizeHint().width() <= 1000
    tab.close_down()


def test_an_export_replaces_nothing_unasked(desk, tmp_path, monkeypatch):
    (tmp_path / "report.pdf").touch()
    typed, asked, written = [str(tmp_path / "report"), ""], [], []

    def refuse(*words):
        asked.append(words)
        return QMessageBox.StandardButton.No

    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (typed.pop(0), ""))
    monkeypatch.setattr(QMessageBox, "question", refuse)
    desk.tab.verdicts._asking_where("Report", "report.pdf", "PDF (*.pdf)", written.append)()
    assert len(asked) == 1
    assert not written


def test_a_run_s_folder_can_be_typed(desk, table, tmp_path):
    desk.choose(table)
    field = desk.tab.cohort.folder
    for where, words in ((table.parent, "among the cohort"), (tmp_path / "run", "A new run")):
        field.setFocus()
        field.selectAll()
        desk.qtbot.keyClicks(field, str(where))
        desk.key(Key.Key_Return)
        desk.until(lambda: not desk.presenter.doing)
        assert words in desk.words()
    assert desk.presenter.understood.folder.path == tmp_path / "run"


def test_keys_of_xrays_rest_in_the_other_tab(desk, folder):
    desk.window.presenter.open([folder])
    desk.until(lambda: desk.window.presenter.opened)
    desk.key(Key.Key_Down)
    desk.key(Key.Key_I)
    assert desk.window.presenter.current.row == 0
    assert not desk.window.presenter.gray.inverted
    desk.key(Key.Key_1, Control)
    desk.key(Key.Key_Down)
    assert desk.window.presenter.current.row == 1


def test_the_help_tells_how_to_evaluate():
    assert text.HELP_EVALUATE in help_page([])
    assert "a half-finished run" not in help_page([])
    assert all(part in help_page([]) for part in ("one folder a class", "95 % interval"))


def test_other_data_are_folded_away_and_what_is_wrong_with_them_is_said(desk, table, tiny_bundle):
    desk.start(tiny_bundle)
    desk.choose(table)
    page = desk.tab.cohort
    assert not page.beside.isVisible()
    page.more.setFocus()
    desk.key(Key.Key_Space)
    assert page.beside.isVisible()
    page.beside.reference.setText("/nowhere")
    page.run.click()
    assert desk.presenter.doing == ""
    assert "There is no /nowhere" in desk.words()
    page.beside.reference.clear()
    page.beside.ood.setText(str(table.parent))
    page.beside.ood_name.setText("hands")
    page.beside.take()
    assert desk.presenter.beside.ood == (("far:hands", table.parent),)
    page.beside.pairs[0].setText(str(table.parent))
    assert not page.beside.try_to_take()
    assert text.PAIRS_ONE in desk.words()
