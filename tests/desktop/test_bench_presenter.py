from concurrent.futures import Future
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest

from tests.desktop.conftest import make_reading
from xraydemo.desktop import text
from xraydemo.desktop.bench_presenter import BenchPresenter, BenchView, kinds
from xraydemo.errors import UnreadableImage


class VaryingEngine:
    """Keeps questions until a test answers them."""

    def __init__(self):
        self.asked = []

    def vary(self, path, variants, *, want, priority):
        future = Future()
        self.asked.append((path, [tuple(v) for v in variants], future))
        return future

    def answer(self, before="covid", after="normal", lungs=True):
        readings = [make_reading(before), make_reading(after)]
        outline = np.zeros((96, 96), bool)
        outline[20:80, 20:80] = lungs
        object.__setattr__(readings[0], "lungs", outline)
        self.asked[-1][2].set_result(readings)


class Bench:
    def __init__(self, post):
        self.engine = VaryingEngine()
        self.view = Mock(spec=BenchView)
        self.post = post
        self.presenter = BenchPresenter(self.view, post, lambda: self.engine)

    def settle(self):
        self.post.until(lambda: not self.presenter._asking and not self.presenter._drawing)


@pytest.fixture
def bench(post):
    bench = Bench(post)
    yield bench
    bench.presenter.close()


def test_both_answers_and_both_pictures_come(bench, xray):
    bench.presenter.take(xray)
    bench.presenter.add("black_lungs")
    assert bench.presenter.is_waiting
    path, variants, _ = bench.engine.asked[0]
    assert path == xray
    assert variants == [(), ()]  # asked before there was a step
    bench.engine.answer()
    bench.post.until(lambda: len(bench.engine.asked) == 2)
    assert [step.kind for step in bench.engine.asked[1][1][1]] == ["black_lungs"]
    bench.engine.answer()
    bench.settle()
    assert bench.presenter.before.predicted == "covid"
    assert bench.presenter.after.predicted == "normal"
    assert not bench.presenter.is_waiting
    pictures = bench.presenter.pictures
    assert pictures.before.shape == pictures.after.shape
    middle = pictures.after.shape[0] // 2
    assert pictures.after[middle, middle] == 0 < pictures.before[middle, middle]


def test_a_slider_that_moves_asks_only_for_where_it_ends(bench, xray):
    bench.presenter.take(xray)
    bench.engine.answer()
    bench.settle()
    bench.presenter.add("gamma")
    for gamma in (2.0, 2.5, 3.0, 3.5):
        bench.presenter.change(0, "gamma", gamma)
    bench.engine.answer()
    bench.post.until(lambda: len(bench.engine.asked) == 3)
    assert bench.engine.asked[-1][1][1][0].settings["gamma"] == 3.5
    bench.engine.answer()
    bench.settle()
    assert not bench.presenter.is_waiting


def test_steps_stay_for_the_next_xray_and_can_be_taken_away(bench, xray):
    bench.presenter.add("invert")
    bench.presenter.add("blur")
    bench.presenter.take(xray)
    assert [step.kind for step in bench.engine.asked[-1][1][1]] == ["invert", "blur"]
    bench.presenter.remove(0)
    assert [step.kind for step in bench.presenter.steps] == ["blur"]
    bench.presenter.clear()
    assert bench.presenter.steps == []


def test_areas_drawn_by_hand_become_one_step(bench):
    bench.presenter.cover([(0.1, 0.1), (0.2, 0.1)])
    assert bench.presenter.steps == []
    bench.presenter.cover([(0.1, 0.1), (0.2, 0.1), (1.4, 0.2)])
    bench.presenter.cover([(0.5, 0.5), (0.6, 0.5), (0.6, 0.6)])
    (step,) = bench.presenter.steps
    assert step.kind == "paint"
    assert len(step.settings["polygons"]) == 2
    assert step.settings["polygons"][0][2] == [1.0, 0.2]


def test_lungs_that_are_not_found_are_told(bench, xray):
    bench.presenter.add("only_lungs")
    bench.presenter.take(xray)
    assert not bench.presenter.lungs_missing
    bench.engine.answer(lungs=False)
    bench.settle()
    assert bench.presenter.lungs_missing


def test_a_file_that_cannot_be_read_is_a_problem_until_another_is_taken(bench, xray, tmp_path):
    bench.presenter.take(tmp_path / "none.png")
    bench.engine.asked[-1][2].set_exception(UnreadableImage("It is broken", "Copy it again"))
    bench.settle()
    assert bench.presenter.problem is not None
    bench.presenter.take(xray)
    assert bench.presenter.problem is None
    assert bench.engine.asked[-1][0] == xray


def test_a_late_answer_to_another_xray_is_not_shown(bench, xray, tmp_path):
    bench.presenter.take(xray)
    late = bench.engine.asked[-1][2]
    bench.presenter.take(tmp_path / "other.png")
    late.set_result([make_reading(), make_reading()])
    bench.settle_later = bench.post.until(lambda: len(bench.engine.asked) == 2)
    assert bench.presenter.before is None
    assert bench.engine.asked[-1][0] == tmp_path / "other.png"


def test_a_figure_is_written(bench, xray, tmp_path):
    bench.presenter.take(xray)
    bench.presenter.add("invert")
    bench.engine.answer()
    bench.post.until(lambda: len(bench.engine.asked) == 2)
    bench.engine.answer()
    bench.settle()
    export = bench.presenter.export
    for name in ("figure.png", "figure.svg"):
        bench.presenter.save_figure(tmp_path / name)
        assert export.is_writing  # elsewhere: the window goes on
        assert export.note == f"Writing {name}…"
        bench.post.until(lambda: not export.is_writing)
        assert export.note == f"Written: {tmp_path / name}"
        assert (tmp_path / name).stat().st_size > 5_000
    for path in (tmp_path / "figure.doc", Path("/nowhere/figure.png")):
        bench.presenter.save_figure(path)
        bench.post.until(lambda: not export.is_writing)
        assert "can't be written" in export.problem.message
        assert export.note == ""
    bench.view.export_changed.assert_called()


def test_a_figure_waits_until_picture_and_answers_are_those_of_the_steps(bench, xray, tmp_path):
    presenter = bench.presenter
    assert presenter.why_not_saved == text.BENCH_EMPTY
    presenter.take(xray)
    bench.engine.answer()
    bench.settle()
    assert presenter.why_not_saved == ""
    presenter.add("invert")
    bench.post.until(lambda: presenter._drawn_version == presenter._version)
    assert presenter.why_not_saved == text.BENCH_SAVE_LATER  # the picture is there before
    presenter.save_figure(tmp_path / "figure.png")
    assert not presenter.export.is_writing
    bench.engine.asked[-1][2].set_exception(UnreadableImage("It is broken", "Copy it again"))
    bench.settle()
    assert presenter.after is not None  # the answer to the steps before
    assert presenter.why_not_saved == "It is broken"


def test_without_an_engine_it_says_why_and_not_that_it_waits(post, xray):
    failure = ""
    view = Mock(spec=BenchView)
    presenter = BenchPresenter(view, post, lambda: None, lambda: failure)
    presenter.take(xray)
    assert presenter.note == text.BENCH_WAITING
    failure = "No model: it is broken"
    view.answers_changed.reset_mock()
    presenter.take(xray)  # as the window does when the engine's state is another
    view.answers_changed.assert_called()
    assert presenter.note == failure
    presenter.close()


def test_every_kind_can_be_tried_with_its_usual_settings(bench):
    for name in kinds():
        bench.presenter.add(name)
    assert len(bench.presenter.steps) == len(kinds()) > 15
