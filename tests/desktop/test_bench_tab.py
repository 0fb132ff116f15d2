"""The bench in a real window: steps are added, changed and taken away, and areas drawn."""

from __future__ import annotations

from concurrent.futures import Future

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QPushButton, QSlider

from tests.desktop.conftest import make_reading
from xraydemo.desktop.bench_tab import BenchTab
from xraydemo.desktop.step_card import StepCard


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
