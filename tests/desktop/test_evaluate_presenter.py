import threading
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import numpy as np
import pytest

from tests.evaluation.runs import make_run
from xraydemo.desktop import pace, text
from xraydemo.desktop.asking import Answer, Asking, Beside, Finished, ReadingBeside
from xraydemo.desktop.evaluate_presenter import (
    HEADLINE,
    UNREADABLE,
    Choice,
    EvaluatePresenter,
    EvaluateView,
    choices,
)
from xraydemo.desktop.evaluate_work import OwnName, RunFolder, Understood
from xraydemo.desktop.figure_work import Drawn
from xraydemo.errors import BadCohort, EngineLost, XrayDemoError
from xraydemo.evaluation.collect import Progress
from xraydemo.evaluation.figures import Bars, Curves, Exhibit, Gallery, Grid
from xraydemo.evaluation.result import CheckResult, Verdict

SOURCE = Path("/cohort/table.csv")
FOLDER = Path("/runs/table")
BARS = Bars("X-rays", "n", ("normal",), (3.0,), (np.nan,), (np.nan,), {}, ((0, 1, 2),))


def result(check, verdict, *figures):
    return CheckResult(verdict, f"About {check}.", figures=figures, check=check)


class FakeWork:
    """Jobs that are done at once, or wait for a test at `gate`."""

    def __init__(self):
        self.understood_with = []
        self.failure = None
        self.total = 10
        self.read = 0
        self.gate = threading.Event()
        self.gate.set()
        self.run = make_run(["normal"] * 5 + ["covid"] * 5, unreadable=[3])
        self.results = [
            result("data.balance", Verdict.PASS),
            result("data.files", Verdict.FAIL, BARS),
            result("performance.classes", Verdict.WARN),
        ]
        self.asked = []
        self.drawn = []
        self.written = []
        self.last = {}
        self.there = None
        self.not_written = None

    def understand(self, source, where, mapping, folder, bundle, today):
        assert isinstance(today, date)
        self.understood_with.append((source, tuple(where), dict(mapping), folder, bundle))
        if self.failure:
            raise self.failure
        cohort = SimpleNamespace(name=source.name, problems=(), grouping="")
        names = (OwnName("Gesund", mapping.get("Gesund", ""), 5),)
        counts = (("normal", 5), ("covid", 5), ("pneumonia", 0), ("opacity", 0), ("", 0))
        return Understood(cohort, self.total, counts, 0, names, RunFolder(folder or FOLDER))

    def read_all(self, cohort, engine, folder, on_progress, should_stop):
        on_progress(Progress(self.read, self.total, 0, 0.0))
        while self.read < self.total:
            self.gate.wait(5)
            if self.failure:
                raise self.failure
            self.read += 1
            on_progress(Progress(self.read, self.total, 0, 50.0))
            if should_stop():
                return False
        return True

    def open_folder(self, folder):
        if self.failure:
            raise self.failure
        return self.run

    def prepare(self, run):
        return run.arrays.thumbnails()

    def results_there(self, folder, run):
        assert run is self.run
        return self.there

    def own_thresholds(self, folder):
        return self.last

    def ask_all(self, inquiry, on_answer, on_asking, should_stop):
        self.asked.append(inquiry)
        known = {result.check for result in inquiry.known}
        if inquiry.beside.reference:
            on_asking(ReadingBeside("the reference", 3, 10))
        wanted = [r for r in self.results if r.check not in known]
        for number, answer in enumerate(wanted):
            self.gate.wait(5)
            if should_stop():
                return None
            on_asking(Asking(answer.check, 0.0, number, len(wanted)))
            on_answer(Answer("Is it?", answer))
        headline = SimpleNamespace(paragraph="It is not to be believed.", figure=BARS)
        return Finished(headline, {"seed": 0}, self.not_written)

    def write_document(self, document, path):
        if path.name == "bad.json":
            raise XrayDemoError("No room", "Make some")
        self.written.append((document, path))

    def write_table(self, run, path):
        self.written.append((run, path))

    def write_report(self, folder, document, path, on_progress, should_stop):
        on_progress(0.25)
        self.gate.wait(5)
        if should_stop():
            return False
        self.written.append((folder, path))
        return True

    def save_figure(self, figure, folder, path):
        self.written.append((figure, path))

    def close(self):
        pass

    def draw_figure(self, figure, folder, width, sharpness):
        assert folder == FOLDER
        self.drawn.append((figure, width))
        if figure.title == "bad":
            raise ValueError("no ink")
        return Drawn(np.zeros((4, width, 4), np.uint8), ())


class Bench:
    def __init__(self, post):
        self.post, self.work = post, FakeWork()
        self.view = Mock(spec=EvaluateView)
        self.engine = SimpleNamespace(bundle=SimpleNamespace(fingerprint="b" * 64))
        self.failure = ""
        self.shown = []
        self.presenter = EvaluatePresenter(
            self.view,
            post,
            lambda: self.engine,
            self._show,
            self.work,
            self.work,
            lambda: self.failure,
        )

    def _show(self, paths, labels=None):
        self.shown.append((paths, labels))

    def until_idle(self):
        self.post.until(lambda: not self.presenter.doing)

    def choose(self):
        self.presenter.choose(SOURCE)
        self.until_idle()


@pytest.fixture
def bench(post):
    bench = Bench(post)
    yield bench
    bench.work.gate.set()
    bench.presenter.close()


def test_a_cohort_is_shown_before_it_runs(bench):
    bench.choose()
    presenter = bench.presenter
    assert presenter.page == "cohort"
    assert presenter.understood.total == 10
    assert presenter.can_run
    assert bench.work.understood_with == [(SOURCE, (), {}, None, "b" * 64)]
    assert not bench.work.asked


def test_changes_are_understood_anew(bench):
    bench.choose()
    presenter = bench.presenter
    presenter.set_where("split=test;  view=AP,PA ;")
    presenter.set_class("Gesund", "normal")
    presenter.set_folder(Path("/mine"))
    bench.until_idle()
    asked = (SOURCE, ("split=test", "view=AP,PA"), {"Gesund": "normal"}, Path("/mine"), "b" * 64)
    assert bench.work.understood_with[-1] == asked
    assert presenter.names == (OwnName("Gesund", "normal", 5),)
    assert presenter.understood.folder.path == Path("/mine")
    presenter.choose(Path("/other"))
    bench.until_idle()
    assert bench.work.understood_with[-1] == (Path("/other"), (), {}, None, "b" * 64)


def test_names_can_be_given_where_none_is_known(bench):
    bench.work.failure = BadCohort("None of them", "--map", ("Gesund", "Krank"))
    bench.choose()
    presenter = bench.presenter
    assert [name.label for name in presenter.names] == ["Gesund", "Krank"]
    assert presenter.problem.hint == text.EVALUATE_SAY_WHICH
    assert not presenter.can_run
    bench.work.failure = None
    presenter.set_class("Gesund", "normal")
    bench.until_idle()
    assert presenter.problem is None
    assert presenter.can_run


def test_what_is_wrong_is_said_in_its_place(bench):
    bench.work.failure = BadCohort("There is no such file", "Look again")
    bench.choose()
    assert str(bench.presenter.problem) == "There is no such file. Look again."
    assert not bench.presenter.can_run
    bench.presenter.start()
    assert bench.presenter.doing == ""


def test_without_a_model_nothing_runs(bench):
    bench.engine = None
    bench.choose()
    assert bench.presenter.understood
    assert not bench.presenter.can_run
    bench.presenter.start()
    assert bench.presenter.doing == ""


def test_a_model_that_will_not_come_is_not_waited_for(bench):
    presenter = bench.presenter
    assert presenter.waits_for_model == ""
    bench.engine = None
    assert presenter.waits_for_model == text.RUN_WAITS_FOR_MODEL
    presenter.engine_changed()
    bench.view.cohort_changed.reset_mock()
    bench.failure = "No model: there is none."
    for _ in range(2):
        presenter.engine_changed()
    bench.view.cohort_changed.assert_called_once_with()
    assert presenter.waits_for_model == "No model: there is none."


def test_a_run_is_looked_for_again_once_the_model_is_known(bench):
    engine, bench.engine = bench.engine, None
    bench.choose()
    assert bench.work.understood_with[-1][-1] == ""
    bench.engine = engine
    bench.presenter.engine_changed()
    bench.until_idle()
    assert bench.work.understood_with[-1] == (SOURCE, (), {}, None, "b" * 64)
    bench.presenter.engine_changed()
    assert len(bench.work.understood_with) == 2
    assert bench.presenter.doing == ""


def test_a_run_is_read_and_asked(bench):
    bench.choose()
    presenter = bench.presenter
    presenter.start()
    assert presenter.doing == "reading"
    bench.until_idle()
    bench.post.until(lambda: presenter.headline)
    assert presenter.page == "verdicts"
    assert presenter.progress.done == 10
    assert [inquiry.folder for inquiry in bench.work.asked] == [FOLDER]
    checks = [answer.result.check for answer in presenter.answers]
    assert checks == ["data.files", "performance.classes", "data.balance"]  # the gravest first
    assert presenter.chosen == ""  # all are looked at together first
    assert presenter.document == {"seed": 0}
    assert presenter.headline.paragraph.startswith("It is not")


def test_a_stopped_run_keeps_what_is_done_and_goes_on(bench):
    bench.choose()
    presenter = bench.presenter
    bench.work.gate.clear()
    presenter.start()
    bench.post.until(lambda: presenter.progress)
    assert presenter.can_stop
    presenter.stop()
    assert not presenter.can_stop
    bench.work.gate.set()
    bench.until_idle()
    assert presenter.stopped
    assert presenter.page == "cohort"
    assert bench.work.read == 1
    assert presenter.understood.folder.done == 1
    assert not bench.work.asked
    presenter.start()
    bench.post.until(lambda: presenter.headline)
    assert bench.work.read == 10


def test_while_a_run_is_read_nothing_else_begins(bench):
    bench.choose()
    bench.work.gate.clear()
    bench.presenter.start()
    bench.presenter.set_class("Gesund", "covid")
    for begin in (bench.presenter.choose, bench.presenter.open_run):
        bench.presenter.problem = None
        bench.view.cohort_changed.reset_mock()
        begin(Path("/other"))
        assert bench.presenter.problem.message == text.EVALUATE_BUSY
        assert bench.presenter.problem.hint == text.EVALUATE_BUSY_HINT
        bench.view.cohort_changed.assert_called_once_with()
    assert bench.presenter.doing == "reading"
    assert bench.presenter.source == SOURCE
    bench.work.gate.set()
    bench.post.until(lambda: bench.presenter.headline)
    assert bench.presenter.problem is None


def test_the_folder_of_a_run_is_opened_and_not_taken_for_a_cohort(bench, tmp_path):
    (tmp_path / "run.sqlite").touch()
    bench.presenter.choose(tmp_path)
    bench.post.until(lambda: bench.presenter.headline)
    assert bench.presenter.run_folder == tmp_path
    assert bench.presenter.source is None
    assert not bench.work.understood_with


def test_a_lost_engine_is_said_and_the_run_can_go_on(bench):
    bench.choose()
    bench.work.gate.clear()
    bench.presenter.start()
    bench.work.failure = EngineLost("The engine died", "Try again")
    bench.work.gate.set()
    bench.until_idle()
    assert bench.presenter.problem.message == "The engine died"
    assert bench.presenter.page == "cohort"
    assert bench.presenter.can_run


def test_a_run_can_be_opened_without_an_engine(bench):
    bench.engine = None
    bench.presenter.open_run(FOLDER)
    bench.post.until(lambda: bench.presenter.headline)
    assert bench.presenter.page == "verdicts"
    assert len(bench.presenter.answers) == 3


def test_what_is_no_run_is_said(bench):
    bench.work.failure = XrayDemoError("There is no run", "Make one")
    bench.presenter.open_run(FOLDER)
    bench.until_idle()
    assert bench.presenter.problem.message == "There is no run"
    assert bench.presenter.page == "start"


def test_asking_can_be_stopped_and_begun_again(bench):
    bench.work.gate.clear()
    presenter = bench.presenter
    presenter.open_run(FOLDER)
    bench.post.until(lambda: presenter.doing == "asking")
    presenter.stop()
    bench.work.gate.set()
    bench.until_idle()
    assert presenter.partly_asked
    presenter.ask_on()
    bench.post.until(lambda: presenter.headline)
    assert not presenter.partly_asked


def test_what_was_answered_before_a_stop_is_not_asked_again(bench):
    presenter = bench.presenter
    presenter.open_run(FOLDER)
    bench.post.until(lambda: presenter.headline)
    presenter.headline = None  # as if it had been stopped after the last answer
    presenter.answers = presenter.answers[:2]
    presenter.ask_on()
    assert len(presenter.answers) == 2
    bench.post.until(lambda: presenter.headline)
    assert {result.check for result in bench.work.asked[-1].known} == {
        "data.files", "performance.classes"
    }  # fmt: skip
    assert len(presenter.answers) == 3


def test_an_edited_threshold_asks_its_check_alone_and_is_marked(bench):
    presenter = bench.presenter
    presenter.open_run(FOLDER)
    bench.post.until(lambda: presenter.headline)
    presenter.set_thresholds({"data.files": {"warn": 0.7}})
    bench.view.settings_changed.assert_called_with()
    assert presenter.edited == {"data.files": ("warn",)}
    bench.post.until(lambda: presenter.headline)
    inquiry = bench.work.asked[-1]
    assert inquiry.own == {"data.files": {"warn": 0.7}}
    assert {r.check for r in inquiry.known} == {"data.balance", "performance.classes"}
    n = len(bench.work.asked)
    presenter.set_thresholds({"data.files": {"warn": 0.7}})
    assert len(bench.work.asked) == n


def test_a_run_is_opened_with_the_thresholds_that_it_was_asked_with(bench):
    bench.work.last = {"data.files": {"warn": 0.7}, "performance.scenarios": {"file": "/s.toml"}}
    presenter = bench.presenter
    presenter.open_run(FOLDER)
    bench.post.until(lambda: presenter.headline)
    assert presenter.edited == {"data.files": ("warn",)}  # the file is no threshold
    assert presenter.scenarios == Path("/s.toml")
    assert bench.work.asked[-1].own == bench.work.last


def test_results_that_are_there_stay_until_the_reader_changes_something(bench):
    """To open a run wrote poorer results over those that an evaluation with more data had left."""
    bench.work.there = {"seed": 7}
    presenter = bench.presenter
    presenter.open_run(FOLDER)
    bench.post.until(lambda: presenter.headline)
    assert bench.work.asked[-1].last == {"seed": 7}
    assert not bench.work.asked[-1].writes
    presenter.headline = None  # as if it had been stopped
    presenter.ask_on()
    bench.post.until(lambda: presenter.headline)
    assert not bench.work.asked[-1].writes
    for change in (
        lambda: presenter.set_thresholds({"data.files": {"warn": 0.7}}),
        lambda: presenter.set_beside(Beside(reference=Path("/other"))),
        lambda: presenter.set_scenarios(Path("/s.toml")),
    ):
        presenter.open_run(FOLDER)
        bench.post.until(lambda: presenter.headline)
        assert not bench.work.asked[-1].writes
        change()
        bench.post.until(lambda: presenter.headline)
        assert bench.work.asked[-1].writes
        assert bench.work.asked[-1].last == {"seed": 7}


def test_results_are_written_where_there_are_none_or_of_a_part_or_a_run_is_begun(bench):
    presenter = bench.presenter
    presenter.open_run(FOLDER)
    bench.post.until(lambda: presenter.headline)
    assert bench.work.asked[-1].writes
    bench.work.there = {"seed": 7}
    bench.choose()
    presenter.start()
    bench.post.until(lambda: presenter.headline)
    assert bench.work.asked[-1].writes
    bench.work.run.was_read[0] = False
    presenter.open_run(FOLDER)
    bench.post.until(lambda: presenter.headline)
    assert presenter.unfinished == 1
    assert bench.work.asked[-1].writes


def test_what_stood_beside_another_run_is_not_for_the_one_that_is_opened(bench):
    presenter = bench.presenter
    presenter.set_beside(Beside(boxes=Path("/boxes.csv")))
    bench.choose()
    presenter.start()
    bench.post.until(lambda: presenter.headline)
    assert bench.work.asked[-1].beside.boxes == Path("/boxes.csv")
    presenter.open_run(FOLDER)
    bench.post.until(lambda: presenter.headline)
    assert bench.work.asked[-1].beside == presenter.beside == Beside()


def test_scenarios_are_asked_again_when_their_file_was_written_to(bench):
    bench.work.results.append(result("performance.scenarios", Verdict.PASS))
    presenter = bench.presenter
    presenter.open_run(FOLDER)
    bench.post.until(lambda: presenter.headline)
    for _ in range(2):
        presenter.set_scenarios(Path("/s.toml"))
        bench.post.until(lambda: presenter.headline)
        assert len(bench.work.asked[-1].known) == 3
    assert len(bench.work.asked) == 3
    presenter.set_scenarios(None)
    assert presenter.own_thresholds == {}


def test_other_data_ask_the_checks_that_look_at_them(bench):
    bench.work.results.append(result("shift.drift", Verdict.CANNOT_CHECK))
    presenter = bench.presenter
    presenter.open_run(FOLDER)
    bench.post.until(lambda: presenter.headline)
    presenter.select("shift.drift")
    presenter.set_beside(Beside(reference=Path("/other")))
    assert presenter.answer is None  # it is being asked anew
    bench.post.until(lambda: presenter.headline)
    assert presenter.answer is not None
    inquiry = bench.work.asked[-1]
    assert inquiry.beside.reference == Path("/other")
    assert len(inquiry.known) == 3


def test_what_was_found_is_shown_where_it_can_t_be_written(bench):
    bench.work.not_written = XrayDemoError("The folder is full")
    bench.presenter.open_run(FOLDER)
    bench.post.until(lambda: bench.presenter.headline)
    assert bench.presenter.asking_problem.message == "The folder is full"
    assert bench.presenter.document


def test_goes_from_answer_to_answer(bench):
    presenter = bench.presenter
    presenter.open_run(FOLDER)
    bench.post.until(lambda: presenter.headline)
    presenter.select("data.files")
    presenter.step(-1)
    assert presenter.chosen == "data.files"
    presenter.step(1)
    assert presenter.chosen == "performance.classes"


def test_writes_files_and_says_so(bench, tmp_path):
    presenter = bench.presenter
    presenter.write_document(tmp_path / "early.json")  # nothing is there to write yet
    presenter.open_run(FOLDER)
    bench.post.until(lambda: presenter.headline)
    presenter.select("data.files")
    presenter.write_document(tmp_path / "a.json")
    presenter.write_table(tmp_path / "a.csv")
    presenter.write_report(tmp_path / "a.pdf")
    presenter.write_figure(0, tmp_path / "a.svg")
    assert presenter.export.is_writing
    bench.post.until(lambda: not presenter.export.is_writing)
    assert [path.name for _, path in bench.work.written] == ["a.json", "a.csv", "a.pdf", "a.svg"]
    assert str(tmp_path / "a.svg") in presenter.export.note
    bench.view.export_changed.assert_called_with()
    presenter.write_document(tmp_path / "bad.json")
    bench.post.until(lambda: not presenter.export.is_writing)
    assert presenter.export.problem.message == "No room"
    assert presenter.export.note == ""


def test_a_report_that_is_stopped_is_said_to_be_not_written(bench, tmp_path):
    presenter = bench.presenter
    presenter.open_run(FOLDER)
    bench.post.until(lambda: presenter.headline)
    presenter.export.stop()
    bench.work.write_report = lambda *_: False
    presenter.write_report(tmp_path / "a.pdf")
    bench.post.until(lambda: not presenter.export.is_writing)
    assert presenter.export.note == text.EXPORT_STOPPED.format(path=tmp_path / "a.pdf")


def test_a_report_is_stopped_while_it_is_written_and_can_be_written_then(bench, tmp_path):
    """What was stopped was asked about a thing that nobody set, and the report was written."""
    presenter, export = bench.presenter, bench.presenter.export
    presenter.open_run(FOLDER)
    bench.post.until(lambda: presenter.headline)
    assert not export.can_stop
    bench.work.gate.clear()
    presenter.write_report(tmp_path / "a.pdf")
    bench.post.until(lambda: export.share == 0.25)
    assert export.can_stop
    export.stop()
    assert not export.can_stop
    bench.view.export_changed.assert_called_with()
    bench.work.gate.set()
    bench.post.until(lambda: not export.is_writing)
    assert export.note == text.EXPORT_STOPPED.format(path=tmp_path / "a.pdf")
    assert export.share is None
    assert not bench.work.written
    assert presenter.run is bench.work.run
    presenter.write_report(tmp_path / "b.pdf")
    bench.post.until(lambda: not export.is_writing)
    assert export.note == text.EXPORT_DONE.format(path=tmp_path / "b.pdf")


def test_how_long_a_report_and_a_check_still_take_is_told(bench, tmp_path, monkeypatch):
    presenter, export = bench.presenter, bench.presenter.export
    presenter.open_run(FOLDER)
    bench.post.until(lambda: presenter.headline)
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(pace, "time", SimpleNamespace(monotonic=lambda: clock.now))
    bench.work.gate.clear()
    presenter.write_report(tmp_path / "a.pdf")
    bench.post.until(lambda: export.share == 0.25)
    assert export.seconds_left is None
    clock.now = 10.0
    export._pace.hear(0.75)
    assert export.seconds_left == 5
    bench.work.gate.set()
    bench.post.until(lambda: not export.is_writing)
    assert export.seconds_left is None

    presenter._asking_went_on(Asking("a", 0.0, 0, 2))
    clock.now = 20.0
    presenter._asking_went_on(Asking("a", 0.5, 0, 2))
    assert presenter.asking_seconds_left == 10
    presenter._asking_went_on(Asking("b", 0.0, 1, 2))
    assert presenter.asking_seconds_left is None  # another one: nothing is known of it
    presenter._asking_went_on(ReadingBeside("hands", 0, 40))
    clock.now = 25.0
    presenter._asking_went_on(ReadingBeside("hands", 10, 40))
    assert presenter.asking_seconds_left == 15


def test_a_change_of_the_cohort_leaves_the_asking_and_that_is_said(bench):
    bench.choose()
    bench.presenter.start()
    bench.post.until(lambda: bench.presenter.doing == "asking")
    bench.work.failure = BadCohort("No such column", "")
    bench.presenter.set_where("colour=red")
    bench.until_idle()
    assert bench.presenter.partly_asked
    assert bench.presenter.problem.message == "No such column"
    assert bench.presenter.asking_problem is None


def test_news_of_what_was_left_is_not_heard(bench):
    presenter = bench.presenter
    presenter.open_run(FOLDER)
    bench.post.until(lambda: presenter.doing == "asking")
    presenter.choose(SOURCE)
    bench.until_idle()
    bench.post.drain()
    assert presenter.page == "cohort"
    assert presenter.headline is None
    assert presenter.doing == ""


def test_the_reader_s_choice_stays_when_something_graver_comes(bench):
    bench.work.results.reverse()
    bench.work.gate.clear()
    presenter = bench.presenter
    presenter.open_run(FOLDER)
    bench.post.until(lambda: presenter.doing == "asking")
    presenter.select("data.balance")
    bench.work.gate.set()
    bench.post.until(lambda: presenter.headline)
    assert presenter.chosen == "data.balance"


def test_files_that_could_not_be_read_are_listed(bench):
    presenter = bench.presenter
    assert presenter.unread == []
    presenter.open_run(FOLDER)
    bench.post.until(lambda: presenter.headline)
    presenter.select(UNREADABLE)
    assert presenter.answer is None
    assert [(u.file, u.message) for u in presenter.unread] == [("00003.png", "it is broken")]
    assert presenter.unread_count == 1
    assert presenter.unfinished == 0


def test_the_headline_has_its_own_figure(bench):
    presenter = bench.presenter
    presenter.open_run(FOLDER)
    bench.post.until(lambda: presenter.headline)
    presenter.set_width(300, 1.0)
    presenter.select(HEADLINE)
    assert presenter.figures == (BARS,)
    bench.post.until(lambda: presenter.drawn(0) is not None)


def test_figures_are_drawn_once_a_width(bench):
    presenter = bench.presenter
    presenter.open_run(FOLDER)
    bench.post.until(lambda: presenter.headline)
    presenter.select("data.files")
    assert not bench.work.drawn  # nobody knows how wide yet
    presenter.set_width(300, 1.0)
    bench.post.until(lambda: presenter.drawn(0) is not None)
    assert presenter.drawn(0).picture.shape == (4, 300, 4)
    bench.view.figure_drawn.assert_called_with(0)
    presenter.select("data.balance")
    presenter.select("data.files")
    bench.post.drain()
    assert bench.work.drawn == [(BARS, 300)]
    presenter.set_width(400, 1.0)
    bench.post.until(lambda: presenter.drawn(0) is not None)
    assert presenter.drawn(0).picture.shape[1] == 400


def test_a_figure_that_fails_says_so(bench, caplog):
    bad = Bars("bad", "n", (), (), (), (), {})
    bench.work.results = [result("data.files", Verdict.INFO, bad)]
    bench.presenter.set_width(300, 1.0)
    bench.presenter.open_run(FOLDER)
    bench.post.until(lambda: bench.presenter.headline)
    bench.presenter.select("data.files")
    bench.post.until(lambda: bench.presenter.drawn(0) is not None)
    assert "no ink" in bench.presenter.drawn(0).message


def test_shows_xrays_in_the_worklist_each_once_with_their_labels(bench):
    bench.presenter.open_run(FOLDER)
    bench.post.until(lambda: bench.presenter.run)
    bench.presenter.show_xrays((7, 0, 7))
    covid, normal = Path("/cohort/00007.png"), Path("/cohort/00000.png")
    assert bench.shown == [([covid, normal], {covid: "covid", normal: "normal"})]


def test_closing_stops_a_run_and_waits_for_it(bench):
    bench.choose()
    bench.work.gate.clear()
    bench.presenter.start()
    bench.post.until(lambda: bench.presenter.progress)
    threading.Timer(0.05, bench.work.gate.set).start()
    bench.presenter.stop_reading()
    assert bench.work.read == 1  # it has ended, and not at once


def test_the_xrays_behind_a_figure():
    grid = Grid("g", "label", "answer", ("normal",), ("covid", "x"), ((2.0, 0.0),), (((4, 5), ()),))
    assert choices(grid) == [Choice("label Normal, answer COVID-19", (4, 5))]
    gallery = Gallery("g", (Exhibit((1, 2), "twins"), Exhibit((2,), "worst")))
    assert choices(gallery)[0] == Choice(text.EVALUATE_ALL, (1, 2))
    assert choices(gallery)[1:] == [Choice("twins", (1, 2)), Choice("worst", (2,))]
    assert choices(BARS) == [Choice("Normal", (0, 1, 2))]
    assert choices(Curves("c", "x", "y", ())) == []


def test_what_the_engine_says_again_and_again_is_told_once(bench):
    bench.view.cohort_changed.reset_mock()
    for _ in range(3):
        bench.presenter.engine_changed()
    told = bench.view.cohort_changed.call_count
    assert told <= 1
    bench.engine = None if bench.engine else object()
    bench.presenter.engine_changed()
    assert bench.view.cohort_changed.call_count == told + 1
