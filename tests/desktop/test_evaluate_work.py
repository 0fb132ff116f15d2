"""The jobs of the Evaluate tab, on real files and with a real model, and no Qt."""

import threading
import time
from concurrent.futures import CancelledError
from datetime import date
from pathlib import Path

import pytest

from tests.evaluation.cohorts import write_xrays
from tests.evaluation.runs import make_run
from xraydemo.desktop import evaluate_work
from xraydemo.desktop.evaluate_work import OwnName, ask_all, draw_figure, read_all, understand
from xraydemo.engine.client import Engine
from xraydemo.errors import BadCohort, XrayDemoError
from xraydemo.evaluation.figures import Bars
from xraydemo.evaluation.store import open_run

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


def test_a_figure_is_as_wide_as_the_pane_and_as_sharp_as_the_screen():
    bars = Bars("b", "n", ("normal", "covid"), (1.0, 2.0), (0.5, 1.0), (1.5, 3.0), {})
    for width, sharpness in ((500, 1.0), (500, 2.0), (900, 1.0)):
        picture = draw_figure(bars, make_run(["normal"]), width, sharpness)
        assert picture.shape[1] == pytest.approx(width * sharpness, rel=0.02)
        assert picture.shape[2] == 4


def test_what_the_child_can_t_open_is_said(tmp_path):
    with pytest.raises(XrayDemoError, match="no run in"):
        ask_all(tmp_path, lambda _: None, lambda _: None, lambda: False)


def test_a_child_that_dies_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(evaluate_work, "_ask_in_child", _die)
    with pytest.raises(XrayDemoError, match="exit status 3"):
        ask_all(tmp_path, lambda _: None, lambda _: None, lambda: False)


def test_stopping_ends_the_child_in_the_middle_of_a_check(tmp_path, monkeypatch):
    monkeypatch.setattr(evaluate_work, "_ask_in_child", _sleep)
    begun = time.monotonic()
    assert ask_all(tmp_path, lambda _: None, lambda _: None, lambda: True) is None
    assert time.monotonic() - begun < 10


def _die(folder, tell):
    raise SystemExit(3)


def _sleep(folder, tell):
    time.sleep(60)
