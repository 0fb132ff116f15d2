"""The jobs of teaching mode: what is started, what is heard, and what is left when it is closed."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from xraydemo.cohort.lesson_dial import Lesson
from xraydemo.cohort.lesson_pool import pool_file
from xraydemo.desktop import teach_work
from xraydemo.desktop.teach_work import Doing, Point, TeachWork, run_inside
from xraydemo.errors import XrayDemoError

N, SIDE = 60, 64
SIDES = {"value": 0.9, "low": 0.8, "high": 0.95, "n": 24.0, "n_groups": 20.0}


@pytest.fixture
def work(tmp_path):
    one = TeachWork(tmp_path, N, SIDE, seconds=1.0)
    yield one
    one.close()


@pytest.fixture
def pool(tmp_path):
    made = np.random.default_rng(0).integers(1, 255, (N, 2, SIDE, SIDE)).astype(np.uint8)
    np.save(pool_file(tmp_path, N, SIDE), made)
    return made


def heard_from(monkeypatch, lines, *, is_done=True):
    """Let a child tell these lines; give the command that would have started it."""
    commands = []

    def child(command, hear, _):
        commands.append(command)
        for line in lines:
            hear(line)
        return is_done

    monkeypatch.setattr(teach_work, "hear_child", child)
    return commands


def test_xrays_are_there_when_all_are(work, pool, tmp_path):
    assert work.is_prepared()
    pool[7] = 0
    np.save(pool_file(tmp_path, N, SIDE), pool)
    assert not work.is_prepared()


def test_none_are_there_at_first(work):
    assert not work.is_prepared()
    assert work.preview(Lesson("year", 1.0)) == []


def test_the_preview_shows_covid_and_one_of_each_other_class(work, pool):
    shown = work.preview(Lesson("year", 1.0))
    labels = [one.label for one in shown]
    assert labels[:4] == ["covid"] * 4
    assert set(labels[4:]) == {"normal", "pneumonia", "opacity"}
    assert all(("Deneb" in one.told) == (one.label == "covid") for one in shown)


def test_the_preview_shows_what_is_made_by_now(work, pool, tmp_path):
    pool[3:] = 0
    np.save(pool_file(tmp_path, N, SIDE), pool)
    assert len(work.preview(Lesson("year", 1.0))) <= 3


def test_making_tells_how_far_it_is(work, monkeypatch):
    commands = heard_from(monkeypatch, [{"done": 1, "total": 2}, {"done": 2, "total": 2}])
    told = []
    assert work.prepare(lambda *now: told.append(now), lambda: False)
    assert told == [(1, 2), (2, 2)]
    assert commands[0][:3] == [sys.executable, "-m", "xraydemo.cohort.lesson_pool"]


def test_a_training_tells_its_curves_and_what_it_left(work, monkeypatch, tmp_path):
    export = tmp_path / "export.xml"
    for path in (export, export.with_suffix(".bin")):
        path.write_text("")
    lines = [
        {"doing": "looking"},
        {"share": 0.5, "inside": SIDES, "outside": SIDES},
        {
            "bundle": "/b/year-50", "inside": "/b/inside.csv", "outside": "/b/outside.csv",
            "exports": [str(export)], "seconds": 3.0,
        },
    ]  # fmt: skip
    commands = heard_from(monkeypatch, lines)
    told = []
    trained = work.train(Lesson("year", 0.5, tag_only=True), told.append, lambda: False)
    assert told[0] == Doing("looking")
    assert isinstance(told[1], Point)
    assert (told[1].inside.value, told[1].inside.patients) == (0.9, 20)
    assert run_inside(trained).name == "run-inside"
    command = commands[0]
    assert command[command.index("--strength") + 1] == "0.5"
    assert "--tag-only" in command
    work.close()
    assert not export.exists()
    assert not export.with_suffix(".bin").exists()


def test_a_training_that_was_stopped_gives_nothing(work, monkeypatch):
    heard_from(monkeypatch, [{"doing": "looking"}], is_done=False)
    assert work.train(Lesson("year", 0.5), lambda _: None, lambda: True) is None


def test_the_real_child_says_what_is_missing(work):
    with pytest.raises(XrayDemoError, match="not all there"):
        work.train(Lesson("year", 0.5), lambda _: None, lambda: False)
