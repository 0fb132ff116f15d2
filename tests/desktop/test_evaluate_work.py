"""The jobs of the Evaluate tab, on real files and with a real model, and no Qt."""

import shutil
import threading
from concurrent.futures import CancelledError
from datetime import date
from pathlib import Path
from unittest.mock import Mock

import pytest

from tests.evaluation.cohorts import write_xrays
from xraydemo.desktop import evaluate_work
from xraydemo.desktop.asking import Answer, Asking, Beside, Inquiry, ask_all, in_order
from xraydemo.desktop.evaluate_presenter import SCENARIOS, EvaluatePresenter, EvaluateView
from xraydemo.desktop.evaluate_work import (
    OwnName,
    own_thresholds,
    read_all,
    save_figure,
    understand,
    write_document,
    write_report,
    write_table,
)
from xraydemo.engine.client import Engine
from xraydemo.errors import BadCohort, XrayDemoError
from xraydemo.evaluation.check import all_checks
from xraydemo.evaluation.store import DATABASE, open_run
from xraydemo.report.results import read_results
from xraydemo.report.verify import verify

TODAY = date(2026, 11, 21)


def look(source, *, where=(), mapping=None, folder=None, bundle=""):
    return understand(source, where, mapping or {}, folder, bundle, TODAY)


def rename(table, old, new):
    table.write_text(table.read_text().replace(f",{old},", f",{new},"))


@pytest.fixture
def table(tmp_path):
    return write_xrays(tmp_path / "xrays", 12)


@pytest.fixture
def engine(tiny_bundle):
    with Engine(tiny_bundle) as engine:
        engine.wait_until_ready()
        yield engine


def test_counts_what_is_there(table):
    rename(table, "covid", "SARS-CoV-2")
    rename(table, "opacity", "shadow")
    with table.open("a") as file:
        file.write("gone.png,normal,AP,p9\n")
    understood = look(table)
    assert understood.total == 13
    assert dict(understood.counts) == {
        "normal": 4, "covid": 3, "pneumonia": 3, "opacity": 0, "": 3
    }  # fmt: skip
    assert OwnName("SARS-CoV-2", "covid", 3) in understood.names
    assert OwnName("shadow", "", 3) in understood.names
    assert understood.unusable == 1
    assert {problem.kind for problem in understood.problems} == {"absent", "unknown label"}


def test_a_name_can_be_taken_for_a_class_or_for_none(table):
    understood = look(table, mapping={"covid": "opacity", "normal": ""})
    assert dict(understood.counts) == {
        "normal": 0, "covid": 0, "pneumonia": 3, "opacity": 6, "": 3
    }  # fmt: skip


def test_names_of_which_none_is_known_are_told(table, tmp_path):
    table.write_text("file,label\n00000.png,gesund\n00001.png,krank\n")
    with pytest.raises(BadCohort) as raised:
        look(table)
    assert raised.value.labels == ("gesund", "krank")
    folder = tmp_path / "folders"
    for name in ("gesund", "krank"):
        (folder / name).mkdir(parents=True)
        (folder / name / "x.png").write_bytes((table.parent / "00000.png").read_bytes())
    with pytest.raises(BadCohort) as raised:
        look(folder)
    assert raised.value.labels == ("gesund", "krank")
    assert look(folder, mapping={"gesund": "normal"}).total == 2


def test_the_usual_folder_is_the_user_s_and_named_after_cohort_and_day(table):
    place = look(table, where=["view=AP,PA"]).folder
    assert place.done is None
    assert place.path.parent.name == "runs"
    assert place.path.name == "table.csv-view=AP-PA-2026-11-21"
    assert table.parent not in place.path.parents


def test_a_run_is_never_kept_among_the_xrays(table, tmp_path):
    (table.parent / "normal").mkdir()
    (table.parent / "normal" / "x.png").write_bytes((table.parent / "00000.png").read_bytes())
    folder = table.parent
    for source, inside in ((table, folder), (folder, folder), (folder, folder / "deep" / "run")):
        understood = look(source, folder=inside)
        assert understood.folder is None
        assert "among the cohort" in understood.folder_problem.message
    assert look(table, folder=tmp_path / "run").folder.path == tmp_path / "run"
    assert look(table, folder=Path("run")).folder_problem


def test_a_run_of_another_kind_is_left_alone(table, engine, tmp_path):
    bundle = engine.bundle.fingerprint
    first = look(table, bundle=bundle)
    seen = []
    finished = read_all(
        first.cohort, engine, first.folder.path, seen.append, lambda: seen[-1].done >= 5
    )
    assert not finished
    again = look(table, bundle=bundle)
    assert again.folder.path == first.folder.path
    assert again.folder.done == 5
    other = look(table, where=["view=AP"], folder=first.folder.path, bundle=bundle)
    assert "another cohort or model" in other.folder_problem.message
    assert look(table, bundle="c" * 64).folder.path.name == f"{first.folder.path.name}-2"
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "run.sqlite").write_bytes(b"nothing" * 1000)
    assert look(table, folder=tmp_path / "bad").folder_problem


def test_a_half_finished_run_goes_on_on_another_day(table, engine):
    """Only today's folder was looked at, and what was read the day before was read again."""
    bundle = engine.bundle.fingerprint

    def on(day, *, done, where=()):
        """Read so much of the cohort on this day."""
        found = understand(table, where, {}, None, bundle, day)
        read_all(
            found.cohort, engine, found.folder.path, seen.append, lambda: seen[-1].done >= done
        )
        return found.folder.path

    def found(bundle=bundle, where=()):
        return understand(table, where, {}, None, bundle, TODAY).folder

    seen = []
    stopped = on(date(2026, 11, 9), done=4)
    assert (found().path, found().done) == (stopped, 4)
    new = stopped.with_name(f"table.csv-{TODAY}")
    assert found(bundle="c" * 64).path == new
    assert found(bundle="").path == new  # it may be of another model than the one that comes
    assert found(where=["view=AP"]).done is None
    on(date(2026, 11, 10), done=2, where=["view=AP"])
    assert found().path == stopped

    newer = stopped.with_name("table.csv-2026-11-19-10")
    shutil.copytree(stopped, newer)
    shutil.copytree(stopped, stopped.with_name("table.csv-2026-11-19-9"))
    spoiled = stopped.with_name("table.csv-2026-11-20")
    spoiled.mkdir()
    (spoiled / DATABASE).write_bytes(b"nothing" * 1000)
    assert found().path == newer

    for folder in stopped.parent.glob("table.csv-2026*"):
        shutil.rmtree(folder)
    assert found().path == new
    assert on(date(2026, 11, 18), done=12) != new
    assert found().path == new  # it was finished: a new one is begun
    shutil.copytree(stopped.with_name("table.csv-2026-11-18"), new)
    assert found().done == 12


def test_a_folder_holds_a_run_or_does_not(tmp_path):
    assert not evaluate_work.holds_run(tmp_path)
    (tmp_path / DATABASE).touch()
    assert evaluate_work.holds_run(tmp_path)
    assert not evaluate_work.holds_run(tmp_path / DATABASE)


def test_closing_the_engine_in_the_middle_spoils_no_row(tiny_bundle, tmp_path):
    """The X-ray at work was kept as unreadable, and never tried again."""
    cohort = look(write_xrays(tmp_path / "many", 300)).cohort
    engine, begun = Engine(tiny_bundle), threading.Event()

    def read():
        try:
            read_all(
                cohort, engine, tmp_path / "run", lambda p: p.done > 3 and begun.set(), lambda: 0
            )
        except (XrayDemoError, CancelledError) as error:
            raised.append(error)

    raised = []
    thread = threading.Thread(target=read)
    thread.start()
    assert begun.wait(60)
    engine.close()
    thread.join(10)
    assert not thread.is_alive()
    assert raised
    run = open_run(tmp_path / "run")
    assert (run.rows["error_type"] == "").all()
    assert 0 < run.was_read.sum() < 300


def read(table, engine, folder):
    cohort = look(table).cohort
    assert read_all(cohort, engine, folder, lambda _: None, lambda: False)
    return folder


def test_asks_what_is_not_known_and_writes_what_was_found(table, engine, tmp_path):
    """The quick checks first; thresholds of one's own are kept with the results."""
    folder = read(table, engine, tmp_path / "run")
    answers, askings = [], []
    own = {"data.balance": {"warn": 2.0}}
    finished = ask_all(Inquiry(folder, own=own), answers.append, askings.append, lambda: False)
    ids = [answer.result.check for answer in answers]
    assert ids == [check.id for check in in_order(tuple(all_checks().values()))]
    asks_model = [news.asks_model for news in askings if isinstance(news, Asking)]
    assert asks_model == sorted(asks_model)
    assert all(isinstance(answer, Answer) and answer.question for answer in answers)
    assert read_results(folder / "results.json") == finished.document
    assert finished.document["thresholds"]["data.balance"]["warn"] == 2.0
    assert own_thresholds(folder) == own
    assert (folder / "predictions.csv").exists()

    known = tuple(a.result for a in answers if a.result.check != "data.balance")
    again = []
    second = ask_all(Inquiry(folder, known=known), again.append, lambda _: None, lambda: False)
    assert [answer.result.check for answer in again] == ["data.balance"]
    assert len(second.document["checks"]) == len(ids)
    assert own_thresholds(folder) == {}

    pdf, csv, parquet = (tmp_path / f"a.{ending}" for ending in ("pdf", "csv", "parquet"))
    shares = []
    assert write_report(folder, second.document, pdf, shares.append, lambda: False)
    assert pdf.read_bytes().startswith(b"%PDF")
    assert len(shares) > 4  # each check that could be asked, and each setting of the text
    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.3
    assert 0.89 < shares[-1] <= 1
    before, there = pdf.read_bytes(), sorted(tmp_path.rglob("*"))
    for enough in (shares[0], shares[-1]):  # while it is drawn, and while it is put together
        heard = [0.0]
        assert not write_report(
            folder, second.document, pdf, heard.append, lambda h=heard, e=enough: h[-1] >= e
        )
        assert pdf.read_bytes() == before
        assert sorted(tmp_path.rglob("*")) == there
    run = open_run(folder)
    write_table(run, csv)
    write_table(run, parquet)
    write_document(second.document, tmp_path / "a.json")
    figure = next(a.result.figures[0] for a in answers if a.result.figures)
    save_figure(figure, folder, tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_text().startswith("<?xml")
    assert csv.exists()
    assert parquet.read_bytes().startswith(b"PAR1")
    assert read_results(tmp_path / "a.json") == second.document


SCENARIO = """
[[scenario]]
name = "Hardly ever covid"
metric = "share_answered"
class = "covid"
at_most = 0.0
fewest = 1
reason = "None."

[[scenario]]
name = "Always covid"
metric = "share_answered"
class = "covid"
at_least = 1.0
fewest = 1
reason = "None."
"""


def verdicts(document):
    return {check["id"]: (check["verdict"], check["headline"]) for check in document["checks"]}


def test_what_was_asked_with_more_data_is_not_lost_in_the_window(table, engine, tmp_path, post):
    """Results don't hold where boxes, scenarios, ... lie, and opening a run wrote them anew."""
    folder = read(table, engine, tmp_path / "run")
    foreign, boxes, file = write_xrays(tmp_path / "hands", 4, seed=1).parent, "boxes.csv", "s.toml"
    (table.parent / boxes).write_text("file,x,y,width,height\n00000.png,0.1,0.1,0.5,0.5\n")
    (tmp_path / file).write_text(SCENARIO)
    beside = Beside(ood=(("hands", foreign),), boxes=table.parent / boxes)
    own = {SCENARIOS: {"file": str(tmp_path / file)}}
    then = ask_all(Inquiry(folder, beside, own), lambda _: None, lambda _: None, lambda: False)
    report, stored = folder / "report.pdf", read_results(folder / "results.json")
    assert write_report(folder, stored, report, lambda _: None, lambda: False)
    there = [(folder / name).read_bytes() for name in ("results.json", "predictions.csv")]
    resting = (SCENARIOS, "confounder.heatmaps", "shift.ood_auroc")
    assert verdicts(stored)[SCENARIOS][0] == "fail"
    assert stored["given"] == then.document["given"]
    assert stored["given"]["boxes"] == 1
    assert stored["given"]["ood"] == {"hands": 4}

    presenter = EvaluatePresenter(Mock(spec=EvaluateView), post, lambda: None, lambda *_: None)
    try:
        presenter.open_run(folder)
        post.until(lambda: presenter.headline)
        assert there == [
            (folder / name).read_bytes() for name in ("results.json", "predictions.csv")
        ]
        assert presenter.document == stored
        said = {a.result.check: (a.result.verdict, a.result.headline) for a in presenter.answers}
        assert said == verdicts(stored)
        assert {a.result.check for a in presenter.answers if a.is_taken} == set(resting)
        presenter.write_report(report)
        post.until(lambda: presenter.export.share is None)
        assert all(held.belongs for held in verify(report, folder))

        presenter.set_thresholds({"data.balance": {"warn": 2.0}})
        post.until(lambda: presenter.headline)
        written = read_results(folder / "results.json")
        assert written == presenter.document != stored
        assert written["thresholds"]["data.balance"]["warn"] == 2.0
        assert written["thresholds"][SCENARIOS] == {"file": file}
        assert written["given"] == stored["given"]
        for check in resting:
            assert verdicts(written)[check] == verdicts(stored)[check]

        presenter.set_beside(Beside(boxes=table.parent / boxes, ood=(("feet", foreign),)))
        presenter.set_scenarios(tmp_path / file)
        post.until(lambda: presenter.headline)
        assert presenter.document["given"]["ood"] == {"feet": 4}
        assert verdicts(presenter.document)[SCENARIOS] == verdicts(stored)[SCENARIOS]
    finally:
        presenter.close()


def test_a_run_that_nobody_asked_has_the_shipped_thresholds(tmp_path):
    assert own_thresholds(tmp_path) == {}


def test_scenarios_whose_file_is_not_there_are_forgotten(tmp_path, monkeypatch):
    """Results name the file, and not where it is: to ask it again would end in an error."""
    there = tmp_path / "mine.toml"
    there.touch()
    for file, own in (
        ("gone.toml", {}),
        (str(there), {"performance.scenarios": {"file": str(there)}}),
    ):
        told = {"thresholds": {"performance.scenarios": {"file": file}}}
        monkeypatch.setattr("xraydemo.report.results.read_results", lambda _, told=told: told)
        assert own_thresholds(tmp_path) == own
