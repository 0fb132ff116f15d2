import threading
import time
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest

from tests.evaluation.shift.test_timeline import run_of
from xraydemo.desktop import over_time_work, text
from xraydemo.desktop.compare_work import RunName
from xraydemo.desktop.figure_work import Drawn
from xraydemo.desktop.over_time_presenter import OverTimePresenter, OverTimeView
from xraydemo.desktop.over_time_work import OverTime
from xraydemo.errors import XrayDemoError

A, B = Path("/runs/a"), Path("/runs/b")
RUNS = {
    "before": run_of(columns={"view": ["PA"] * 100}),
    "after": run_of(n_foreign=30, seed=1, columns={"view": ["AP"] * 50 + ["PA"] * 50}),
    "alike": run_of(seed=2, columns={"view": ["PA"] * 100}),
}


def over_time(monkeypatch, *names, by=""):
    """What the child says of runs, without a child."""
    monkeypatch.setattr(
        "xraydemo.evaluation.shift.timeline.open_run", lambda folder: RUNS[folder.name]
    )
    return over_time_work._watch([Path("/runs") / name for name in names], by, print)


class FakeWork:
    def __init__(self, found):
        self.found, self.asked, self.drawn, self.written = found, [], [], []
        self.gate = threading.Event()
        self.gate.set()
        self.failure = None

    def watch(self, folders, by, should_stop):
        self.asked.append((folders, by))
        self.gate.wait(60)
        if self.failure:
            raise self.failure
        return None if should_stop() else self.found

    def draw(self, found, width, sharpness, should_stop):
        self.drawn.append(width)
        return (Drawn(np.zeros((4, width, 4), np.uint8), ()),)

    def write(self, found, path, should_stop):
        self.gate.wait(60)
        if self.failure:
            raise self.failure
        self.written.append((found, path))


class Bench:
    def __init__(self, post):
        self.post, self.view = post, Mock(spec=OverTimeView)
        self.work = FakeWork(OverTime(Mock(), "Changes", "", (), (), (), ("one",)))
        self.presenter = OverTimePresenter(self.view, post, self.work, self._name)
        self.bad = None

    def _name(self, folder):
        if folder == self.bad:
            raise XrayDemoError("no run", "choose one")
        return RunName(folder, "table.csv", folder.name, 4)

    def add(self, *folders):
        for folder in folders:
            before = len(self.presenter.runs)
            self.presenter.add(folder)
            self.post.until(lambda n=before: len(self.presenter.runs) > n)

    def watch(self):
        self.presenter.watch()
        self.post.until(lambda: not self.presenter.is_at_work)


@pytest.fixture
def bench(post):
    bench = Bench(post)
    yield bench
    bench.work.gate.set()
    bench.presenter.close()


def test_runs_are_added_once_and_left_out(bench, post):
    presenter = bench.presenter
    assert not presenter.can_watch
    bench.add(A, B)
    assert presenter.can_watch
    presenter.add(A)
    post.until(lambda: presenter.problem is not None)
    assert "is there already" in presenter.problem.message
    assert [run.folder for run in presenter.runs] == [A, B]
    presenter.remove({0})
    assert [run.folder for run in presenter.runs] == [B]
    assert presenter.problem is None


def test_what_is_no_run_is_said_and_not_taken(bench, post):
    bench.bad = A
    bench.presenter.add(A)
    post.until(lambda: bench.presenter.problem is not None)
    assert bench.presenter.runs == []


def test_what_was_found_is_drawn_as_wide_as_it_is_shown(bench, post):
    presenter = bench.presenter
    bench.add(A, B)
    presenter.set_by("month")
    bench.watch()
    assert bench.work.asked == [([A, B], "month")]
    assert presenter.found.headline == "Changes"
    assert bench.work.drawn == []  # nobody sees it yet
    presenter.set_size(700, 1.0)
    post.until(lambda: presenter.pictures is not None)
    presenter.set_size(700, 1.0)
    presenter.set_size(900, 2.0)
    post.until(lambda: presenter.pictures[0].picture.shape[1] == 900)
    assert bench.work.drawn == [700, 900]


@pytest.mark.parametrize("change", ["add", "remove", "by"])
def test_what_was_found_holds_only_for_what_it_was_asked_of(bench, change):
    presenter = bench.presenter
    bench.add(A)
    bench.watch()
    assert presenter.found
    if change == "add":
        bench.add(B)
    elif change == "remove":
        presenter.remove({0})
    else:
        presenter.set_by("year")
    assert presenter.found is None
    assert bench.view.found_changed.called


def test_it_can_be_stopped(bench, post):
    bench.add(A)
    bench.work.gate.clear()
    bench.presenter.watch()
    assert bench.presenter.can_stop
    bench.presenter.add(B)  # not now
    bench.presenter.stop()
    assert not bench.presenter.can_stop
    bench.work.gate.set()
    post.until(lambda: not bench.presenter.is_at_work)
    assert bench.presenter.found is None
    assert bench.presenter.problem is None
    assert len(bench.presenter.runs) == 1


def test_a_failure_is_said(bench):
    bench.add(A)
    bench.work.failure = XrayDemoError("There is only one month to look at", "Give several")
    bench.watch()
    assert bench.presenter.problem is bench.work.failure
    assert bench.presenter.found is None
    assert bench.presenter.can_watch


def test_it_is_written_and_said_where(bench, post):
    presenter = bench.presenter
    presenter.write(Path("/nowhere.pdf"))  # there is nothing yet
    bench.add(A)
    bench.watch()
    presenter.write(Path("/x/over-time.pdf"))
    assert "over-time.pdf" in presenter.note
    post.until(lambda: bench.work.written)
    post.until(lambda: presenter.note == text.EXPORT_DONE.format(path="/x/over-time.pdf"))
    bench.work.failure = XrayDemoError("can't be written", "")
    presenter.write(Path("/x/over-time.pdf"))
    post.until(lambda: presenter.problem is not None)
    assert presenter.note == ""


def test_closing_stops_what_is_being_written(bench, post):
    presenter, stopped, begun = bench.presenter, [], threading.Event()
    bench.add(A)
    bench.watch()

    def write(found, path, should_stop):
        begun.set()
        end = time.monotonic() + 60
        while not should_stop() and time.monotonic() < end:
            time.sleep(0.01)
        stopped.append(should_stop())

    bench.work.write = write
    assert not presenter.is_writing
    presenter.write(Path("/x/over-time.pdf"))
    assert presenter.is_writing
    assert begun.wait(60)
    presenter.close()
    assert stopped == [True]


def test_it_is_written_one_after_the_other(bench, post):
    presenter = bench.presenter
    bench.add(A)
    bench.watch()
    for _ in range(2):
        presenter.write(Path("/x/over-time.pdf"))
    assert presenter.is_writing
    post.until(lambda: not presenter.is_writing)
    assert len(bench.work.written) == 2


# the work itself


def test_stopped_it_writes_nothing_and_leaves_what_was_there(monkeypatch, tmp_path):
    found = over_time(monkeypatch, "before", "after").found
    old = tmp_path / "over-time.pdf"
    old.write_text("of yesterday")
    over_time_work.write(found, old, lambda: True)
    assert [path.name for path in tmp_path.iterdir()] == ["over-time.pdf"]
    assert old.read_text() == "of yesterday"


def test_alarms_are_told_in_words_and_marked_in_the_table(monkeypatch):
    found = over_time(monkeypatch, "before", "after")
    assert "Changes against before that are shown: 2" in found.headline
    assert found.alarms[0] == ("after: foreign rose from 0.0 % [0.0, 3.7] to 30 % [22, 40].")
    marked = [(row.what, row.period, row.moved) for row in found.rows if row.moved]
    assert marked == [("foreign", "after", 1), ("view PA", "after", -1)]
    names = {row.what for row in found.rows}
    assert {"answer COVID-19", "probability of COVID-19"} <= names
    assert all(row.n == 100 for row in found.rows)


def test_nothing_is_marked_where_nothing_is_shown(monkeypatch):
    found = over_time(monkeypatch, "before", "alike")
    assert "No change against before is shown" in found.headline
    assert found.alarms == ()


def test_a_single_run_without_dates_is_told_without_a_command_line(monkeypatch):
    with pytest.raises(XrayDemoError) as told:
        over_time(monkeypatch, "before")
    hint = text.in_the_window(told.value.hint)
    assert "xraydemo" not in hint
    assert hint.startswith("Give several runs, or X-rays with dates")


def test_the_picture_is_as_wide_as_asked_and_sharp(monkeypatch):
    over = over_time(monkeypatch, "before", "after")
    for sharpness in (1, 2):
        drawn = over_time_work._draw(over.found, 700, sharpness, print)
        assert len(drawn) == len(over.figures)
        for one in drawn:
            assert abs(one.picture.shape[1] - 700 * sharpness) <= sharpness


def test_the_ending_says_what_is_written(monkeypatch, tmp_path):
    found = over_time(monkeypatch, "before", "after").found
    for name, begins in (("a.pdf", b"%PDF"), ("a.png", b"\x89PNG"), ("a.json", b"{")):
        over_time_work._write(found, tmp_path / name, print)
        assert (tmp_path / name).read_bytes().startswith(begins)
    with pytest.raises(XrayDemoError) as told:
        over_time_work._write(found, tmp_path / "a.doc", print)
    assert ".pdf" in told.value.hint
