import threading
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest

from tests.evaluation.runs import make_run
from xraydemo.desktop.compare_presenter import ComparePresenter, CompareView
from xraydemo.desktop.compare_work import Compared, ModelName, RunName, Working
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.compare import SideBySide, compare
from xraydemo.evaluation.result import Verdict

A, B, MADE = Path("/runs/a"), Path("/runs/b"), Path("/runs/made")


def comparison(**settings):
    """Four X-rays of which one became wrong, one right, and one otherwise wrong."""
    labels = ["normal", "normal", "covid", "covid"]
    before, after = (np.full((4, 4), 0.1, np.float32) for _ in range(2))
    before[[0, 1, 2, 3], [0, 1, 0, 1]] = 0.7
    after[[0, 1, 2, 3], [1, 0, 3, 1]] = 0.7
    return compare(make_run(labels, before), make_run(labels, after), **settings)


class FakeWork:
    def __init__(self):
        self.gate = threading.Event()
        self.gate.set()
        self.failure = None
        self.asked = []

    def name_run(self, folder):
        if self.failure:
            raise self.failure
        return RunName(folder, "table.csv", folder.name, 4)

    def list_models(self):
        return (ModelName(Path("/models/shipped"), "shipped", "trained on 4 X-rays (2026-01-01)"),)

    def open_folder(self, folder):
        if self.failure:
            raise self.failure
        return f"the run in {folder}"

    def compare_runs(self, before, after, hear, should_stop):
        return self._work((before, after), after, hear, should_stop)

    def compare_models(self, before, bundle, device, hear, should_stop):
        return self._work((before, bundle, device), MADE, hear, should_stop)

    def _work(self, asked, after, hear, should_stop):
        self.asked.append(asked)
        hear(Working("Reading", 0.5))
        self.gate.wait(5)
        if self.failure:
            raise self.failure
        if should_stop():
            return None
        paths = tuple(f"/xrays/{i}.png" for i in range(4))
        return Compared(comparison(), paths, after, {"class = Normal": frozenset({0, 1})})


class Bench:
    def __init__(self, post):
        self.post, self.work, self.shown = post, FakeWork(), []
        self.view = Mock(spec=CompareView)
        self.presenter = ComparePresenter(self.view, post, self._show, self.work)

    def _show(self, paths, labels=None):
        self.shown.append((paths, labels))

    def choose(self):
        self.presenter.choose("before", A)
        self.presenter.choose("after", B)
        self.post.until(lambda: self.presenter.can_compare)

    def compare(self):
        self.choose()
        self.presenter.compare()
        self.post.until(lambda: self.presenter.compared)


@pytest.fixture
def bench(post):
    bench = Bench(post)
    yield bench
    bench.work.gate.set()
    bench.presenter.close()


def test_two_runs_are_needed(bench):
    assert not bench.presenter.can_compare
    assert not bench.presenter.can_read
    bench.presenter.choose("before", A)
    bench.post.until(lambda: bench.presenter.can_read)
    assert not bench.presenter.can_compare
    bench.presenter.compare()
    assert not bench.work.asked


def test_flips_are_told_apart_and_shown(bench):
    bench.compare()
    presenter = bench.presenter
    assert bench.work.asked == [(A, B)]
    assert presenter.kinds == [("wrong", 1), ("otherwise wrong", 1), ("right", 1)]
    assert [flip.position_after for flip in presenter.flips("right")] == [1]
    in_group = presenter.flips(group="class = Normal")
    assert sorted(flip.position_before for flip in in_group) == [0, 1]
    assert presenter.flips("otherwise wrong", "class = Normal") == []
    presenter.show(presenter.flips())
    (paths, labels), flips = bench.shown[0], presenter.flips()
    assert sorted(paths) == [Path(f"/xrays/{i}.png") for i in range(3)]
    assert labels == {Path(f"/xrays/{f.position_after}.png"): f.label for f in flips}
    assert all(labels.values())
    presenter.show([])
    assert len(bench.shown) == 1


def test_checks_that_are_worse_come_first(bench):
    bench.compare()
    compared = bench.presenter.compared
    sides = [
        SideBySide("same", Verdict.FAIL, Verdict.FAIL, None, None),
        SideBySide("better", Verdict.WARN, Verdict.PASS, None, None),
        SideBySide("worse", Verdict.PASS, Verdict.FAIL, None, None),
    ]
    object.__setattr__(compared.found, "checks", tuple(sides))
    assert [side.name for side in bench.presenter.sides] == ["worse", "better", "same"]


def test_the_cohort_can_be_read_with_another_model(bench):
    bench.presenter.choose("before", A)
    bench.post.until(lambda: bench.presenter.can_read)
    bench.presenter.read_with(Path("/bundle"), "cpu")
    bench.post.until(lambda: bench.presenter.runs["after"])
    assert bench.work.asked == [(A, Path("/bundle"), "cpu")]
    assert bench.presenter.runs["after"].folder == MADE
    assert bench.presenter.compared  # naming the second run keeps the comparison


def test_work_can_be_stopped(bench):
    bench.choose()
    bench.work.gate.clear()
    bench.presenter.compare()
    bench.post.until(lambda: bench.presenter.working)
    assert bench.presenter.working.share == 0.5
    bench.presenter.choose("before", B)  # not while it works
    bench.presenter.stop()
    assert not bench.presenter.can_stop
    bench.work.gate.set()
    bench.post.until(lambda: not bench.presenter.is_at_work)
    assert bench.presenter.compared is None
    assert bench.presenter.runs["before"].folder == A


def test_what_is_wrong_is_said(bench):
    bench.choose()
    bench.work.failure = XrayDemoError("The two runs have no X-ray in common")
    bench.presenter.compare()
    bench.post.until(lambda: bench.presenter.problem)
    assert not bench.presenter.is_at_work
    bench.presenter.choose("after", MADE)
    bench.post.drain()
    assert bench.presenter.runs["after"].folder == B


def test_another_run_needs_another_comparison(bench):
    bench.compare()
    bench.presenter.choose("after", A)
    bench.post.until(lambda: bench.presenter.compared is None)
    bench.view.comparison_changed.assert_called_with()


def test_a_run_that_is_being_opened_is_waited_for(bench):
    bench.choose()
    bench.presenter.choose("after", MADE)
    assert not bench.presenter.can_compare  # B's numbers would stand below the name of MADE
    bench.presenter.compare()
    bench.post.until(lambda: bench.presenter.can_compare)
    assert not bench.work.asked
    assert bench.presenter.runs["after"].folder == MADE


def test_models_are_offered_by_name_once_there_is_a_run(bench):
    assert bench.presenter.models == ()
    bench.presenter.choose("before", A)
    bench.post.until(lambda: bench.presenter.models)
    assert [model.name for model in bench.presenter.models] == ["shipped"]


def test_the_time_left_is_told_of_what_is_at_work(bench, monkeypatch):
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    presenter = bench.presenter
    presenter.is_at_work = True
    for second, share in ((0, 0.0), (10, 0.5)):
        now[0] = second
        presenter._went_on(Working("Reading", share), presenter._stop)
    assert presenter.seconds_left == pytest.approx(10)
    presenter._went_on(Working("Asking", 0.0), presenter._stop)  # another job: nothing known yet
    assert presenter.seconds_left is None
    presenter.is_at_work = False


def test_a_scenario_is_made_of_flips(bench):
    presenter = bench.presenter
    bench.compare()
    presenter.make_scenario("those", presenter.flips("wrong"))
    bench.post.until(lambda: bench.view.ask_for_scenario.called)
    (selection,) = bench.view.ask_for_scenario.call_args.args
    assert selection.run == f"the run in {B}"  # positions are of the second run
    assert selection.positions == (0,)
    assert (selection.words, selection.scenarios) == ("those", None)
    selection.set_scenarios(Path("/mine.toml"))
    assert presenter.scenarios == Path("/mine.toml")
    bench.work.failure = XrayDemoError("It is gone")
    presenter.make_scenario("those", presenter.flips("wrong"))
    bench.post.until(lambda: presenter.problem)
    assert bench.view.ask_for_scenario.call_count == 1


def test_of_the_pair_before_nothing_is_left(bench):
    bench.compare()
    first = bench.presenter.compared
    bench.presenter.choose("before", B)
    bench.presenter.choose("after", A)
    bench.post.until(lambda: bench.presenter.can_compare)
    assert bench.presenter.compared is None
    assert bench.presenter.flips() == bench.presenter.sides == bench.presenter.kinds == []
    bench.presenter.compare()
    bench.post.until(lambda: bench.presenter.compared)
    assert bench.work.asked == [(A, B), (B, A)]
    assert bench.presenter.compared is not first
    assert bench.presenter.compared.after == A
