"""The bench in a real window: steps are added, changed and taken away, and areas drawn."""

from __future__ import annotations

from concurrent.futures import Future

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton, QScrollArea, QSlider

from tests.desktop.conftest import make_reading
from xraydemo.desktop import text
from xraydemo.desktop.bench_presenter import kinds
from xraydemo.desktop.bench_tab import BenchTab
from xraydemo.desktop.step_card import StepCard
from xraydemo.desktop.style import apply_style
from xraydemo.desktop.window import MainWindow


class Engine:
    """Answers at once: covid as it is, normal when anything was done."""

    def __init__(self):
        self.asked = []

    def vary(self, path, variants, *, want, priority):
        future = Future()
        self.asked.append([tuple(v) for v in variants])
        readings = [make_reading("normal" if variant else "covid") for variant in variants]
        object.__setattr__(readings[0], "lungs", np.ones((96, 96), bool))
        future.set_result(readings)
        return future


@pytest.fixture
def tab(qtbot, post, xray):
    engine = Engine()
    tab = BenchTab(post, lambda: engine)
    tab.engine, tab.post = engine, post
    qtbot.addWidget(tab)
    tab.resize(1366, 700)
    tab.show()
    tab.take(xray)
    settle(tab)
    yield tab
    tab.presenter.close()


def settle(tab):
    tab.post.until(lambda: not tab.presenter.is_waiting)


def shown(tab):
    return [card for card in tab.findChildren(StepCard) if card.isVisible()]


def test_a_step_is_chosen_moved_and_taken_away(tab, qtbot) -> None:
    assert tab.after.answer.text().startswith("COVID-19")
    tab.chooser.setCurrentIndex(tab.chooser.findData("gamma"))
    qtbot.mouseClick(tab._add, Qt.MouseButton.LeftButton)
    settle(tab)
    assert tab.before.answer.text().startswith("COVID-19")
    assert tab.after.answer.text().startswith("Normal")
    qtbot.waitUntil(lambda: len(shown(tab)) == 1)
    (card,) = shown(tab)
    card.findChild(QSlider).setValue(0)
    settle(tab)
    assert tab.engine.asked[-1][1][0].settings["gamma"] == pytest.approx(0.2)
    assert "0.2" in card._sentence.text()
    qtbot.mouseClick(card.findChild(QPushButton), Qt.MouseButton.LeftButton)
    settle(tab)
    assert shown(tab) == []  # nor a ghost of it
    assert not tab._clear.isEnabled()


def test_an_area_is_drawn_with_the_mouse(tab, qtbot) -> None:
    plate = tab.after.plate
    qtbot.mousePress(plate, Qt.MouseButton.LeftButton, pos=plate.at(0.2, 0.2))
    for x, y in ((0.6, 0.2), (0.6, 0.6), (0.2, 0.6)):
        qtbot.mouseMove(plate, plate.at(x, y))
    qtbot.mouseRelease(plate, Qt.MouseButton.LeftButton, pos=plate.at(0.2, 0.6))
    settle(tab)
    (step,) = tab.presenter.steps
    corners = np.array(step.settings["polygons"][0])
    np.testing.assert_allclose(corners.min(axis=0), (0.2, 0.2), atol=0.02)
    np.testing.assert_allclose(corners.max(axis=0), (0.6, 0.6), atol=0.02)
    after = tab.presenter.pictures.after
    height, width = after.shape
    assert after[int(0.4 * height), int(0.4 * width)] == 0


def test_without_an_xray_it_says_what_to_do(tab) -> None:
    tab.take(None)
    assert "Choose an X-ray" in tab._name.text()
    assert not tab._save.isEnabled()


def test_a_figure_is_saved_beside_the_window_and_its_name_gets_an_ending(
    tab, qtbot, monkeypatch, tmp_path
) -> None:
    typed = str(tmp_path / "figure")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (typed, ""))
    qtbot.mouseClick(tab._save, Qt.MouseButton.LeftButton)
    assert tab._written.text() == "Writing figure.png…"
    assert tab.at_work
    tab.post.until(lambda: not tab.presenter.export.is_writing)
    assert (tmp_path / "figure.png").stat().st_size > 5_000
    assert "figure.png" in tab._written.text()
    assert not tab.at_work


def test_a_figure_that_cannot_be_saved_is_told(tab, tmp_path) -> None:
    tab.presenter.save_figure(tmp_path / "nowhere" / "figure.png")
    tab.post.until(lambda: not tab.presenter.export.is_writing)
    assert "can't be written" in tab._export_problem.words()
    assert not tab._written.isVisible()


def test_a_failed_engine_says_so(qtbot, post, xray) -> None:
    tab = BenchTab(post, lambda: None, lambda: "No model: it is broken")
    qtbot.addWidget(tab)
    tab.take(xray)
    assert tab._note.text() == "No model: it is broken"
    tab.close_down()


def press(qtbot, key) -> None:
    qtbot.keyClick(QApplication.focusWidget(), key)


def test_an_area_is_covered_moved_and_uncovered_by_keys_alone(tab, qtbot) -> None:
    tab.take_focus()
    press(qtbot, Qt.Key.Key_Space)  # the list of what can be done
    while tab.chooser.view().currentIndex().data() != "cover a box":
        press(qtbot, Qt.Key.Key_Down)
    press(qtbot, Qt.Key.Key_Return)
    assert tab.chooser.currentData() == "box"
    qtbot.waitUntil(lambda: not tab.chooser.view().isVisible())
    tab.activateWindow()  # a window system does, when the list closes
    qtbot.waitUntil(tab.chooser.hasFocus)
    press(qtbot, Qt.Key.Key_Tab)
    press(qtbot, Qt.Key.Key_Space)  # Add
    settle(tab)
    qtbot.waitUntil(lambda: len(shown(tab)) == 1)
    height, width = tab.presenter.pictures.before.shape
    box = np.zeros((height, width), bool)
    box[round(0.35 * height) : round(0.65 * height), round(0.35 * width) : round(0.65 * width)] = 1
    changed = tab.presenter.pictures.after != tab.presenter.pictures.before
    assert (tab.presenter.pictures.after[box] == 0).all()
    assert not changed[~box].any()
    press(qtbot, Qt.Key.Key_Tab)  # its first slider: how far it is from the left
    for _ in range(10):
        press(qtbot, Qt.Key.Key_Right)
    settle(tab)
    assert tab.presenter.steps[0].settings["left"] == pytest.approx(0.4)
    assert tab.after.answer.text().startswith("Normal")
    for _ in range(5):
        press(qtbot, Qt.Key.Key_Tab)
    assert QApplication.focusWidget().accessibleName() == "Take away: cover a box"
    press(qtbot, Qt.Key.Key_Space)
    settle(tab)
    assert tab.presenter.steps == []
    assert QApplication.focusWidget() is not None  # the keyboard isn't lost


def test_the_keys_go_through_the_steps_from_the_first_to_the_last(tab, qtbot) -> None:
    for kind in ("gamma", "half", "mirror"):
        tab.presenter.add(kind)
    settle(tab)
    qtbot.waitUntil(lambda: len(shown(tab)) == 3)
    wanted = [field for card in tab.cards for field in card.fields]
    tab._add.setFocus()
    for field in (*wanted, tab._clear, tab._save):
        press(qtbot, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is field


def test_a_figure_is_not_saved_with_answers_to_other_steps(tab, tmp_path) -> None:
    assert tab._save.isEnabled()
    assert tab._save.toolTip() == ""
    tab.presenter.add("gamma")
    assert not tab._save.isEnabled()
    assert tab._save.toolTip() == text.BENCH_SAVE_LATER
    tab.presenter.save_figure(tmp_path / "figure.png")
    assert not tab.presenter.export.is_writing
    settle(tab)
    assert tab._save.isEnabled()


def test_every_step_and_setting_has_words(tab) -> None:
    for kind in kinds():
        tab.presenter.add(kind)
    shown = [tab.chooser.itemText(place) for place in range(tab.chooser.count())]
    assert len(set(shown)) == len(shown)
    for words in (*shown, *text.BENCH_SETTINGS.values()):
        assert "_" not in words
    assert set(shown).isdisjoint({"resample", "equalize", "jpeg"})


@pytest.fixture
def type_of(qapp):
    """Sets the size of the type; puts the usual one back at the end."""
    yield lambda points: apply_style(qapp, points)
    apply_style(qapp)


@pytest.mark.parametrize("points", [10, 14, 18])
def test_nothing_is_cut_whatever_the_size_of_the_type(qtbot, post, xray, type_of, points) -> None:
    type_of(points)
    engine = Engine()
    tab = BenchTab(post, lambda: engine)
    tab.post = post
    qtbot.addWidget(tab)
    tab.resize(1366, 640)  # what is left of 1366 x 768 by menus, tabs and the status
    tab.show()
    tab.take(xray)
    for kind in kinds():
        tab.presenter.add(kind)
    settle(tab)
    qtbot.waitUntil(lambda: len(shown(tab)) == len(kinds()))
    assert tab.size().width() == 1366
    buttons = [button for button in tab.findChildren(QPushButton) if button.isVisible()]
    assert len(buttons) > len(kinds())
    for button in buttons:
        words = button.fontMetrics().horizontalAdvance(button.text())
        assert button.width() >= words + 20, button.text()
    for area in tab.findChildren(QScrollArea):
        assert area.widget().width() <= area.viewport().width(), area.accessibleName()
    tab.close_down()


def test_up_and_down_lead_through_the_worklist_and_the_steps_stay(qtbot, folder) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    window.presenter.open([folder])
    qtbot.waitUntil(lambda: len(window.presenter.items) == 5, timeout=60_000)
    bench = window.bench
    window.go_to(bench)
    bench.presenter.add("blur")
    assert bench.presenter.subject.name == "0.png"
    press(qtbot, Qt.Key.Key_Down)
    press(qtbot, Qt.Key.Key_Down)
    assert bench.presenter.subject.name == "2.png"
    assert bench._name.text() == "2.png"
    bench.cards[0].findChild(QSlider).setFocus()
    press(qtbot, Qt.Key.Key_Up)
    assert bench.presenter.subject.name == "1.png"
    assert [step.kind for step in bench.presenter.steps] == ["blur"]
    qtbot.waitUntil(lambda: bench.presenter.pictures is not None, timeout=60_000)
    bench.chooser.setFocus()
    press(qtbot, Qt.Key.Key_Space)  # in the opened list the arrows are its own
    qtbot.keyClick(bench.chooser.view(), Qt.Key.Key_Down)
    bench.chooser.hidePopup()
    assert bench.presenter.subject.name == "1.png"
    window.close()


def test_what_is_read_blind_is_not_walked_through_on_the_bench(qtbot, folder) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    window.presenter.open([folder])
    qtbot.waitUntil(lambda: len(window.presenter.items) == 5, timeout=60_000)
    window.presenter.begin_study(seed=1)
    current = window.presenter.current
    window.go_to(window.bench)
    press(qtbot, Qt.Key.Key_Down)
    assert window.presenter.current is current
    assert window.bench.presenter.subject is None
    window.presenter.end_study()
    window.close()


def test_what_was_said_of_a_file_goes_when_something_else_is_shown(tab, tmp_path, xray) -> None:
    for change in (
        lambda: tab.presenter.add("gamma"),
        lambda: tab.presenter.change(0, "gamma", 2.0),
        lambda: tab.take(None),
    ):
        for path in (tmp_path / "nowhere" / "figure.png", tmp_path / "figure.png"):
            tab.presenter.save_figure(path)
            assert tab._written.isVisible()
            tab.post.until(lambda: not tab.presenter.export.is_writing)
            assert tab._written.isVisible() == (path.parent == tmp_path)
            assert bool(tab._export_problem.words()) == (path.parent != tmp_path)
            assert tab._export_problem.isVisible() == (path.parent != tmp_path)
        tab.presenter.save_figure(tmp_path / "nowhere" / "figure.png")
        tab.post.until(lambda: not tab.presenter.export.is_writing)
        assert tab._export_problem.isVisible()
        change()
        assert not tab._export_problem.isVisible()
        assert not tab._written.isVisible()
        settle(tab)


def test_what_is_being_written_is_told_though_the_steps_change(tab, tmp_path) -> None:
    tab.presenter.save_figure(tmp_path / "figure.png")
    tab.presenter.add("gamma")
    assert tab._written.text() == "Writing figure.png…"
    tab.post.until(lambda: not tab.presenter.export.is_writing)
    assert "figure.png" in tab._written.text()
    settle(tab)
    tab.presenter.remove(0)
    assert not tab._written.isVisible()
