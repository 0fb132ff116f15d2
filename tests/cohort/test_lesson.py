"""Lessons: what is planted, and on whom; and the pool that they choose from."""

from __future__ import annotations

import csv
import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xraydemo.cohort.cohort import read_cohort
from xraydemo.cohort.lesson import picture, placed, write_part
from xraydemo.cohort.lesson_dial import KINDS, TAG_KINDS, Lesson, can_be_tag_only
from xraydemo.cohort.lesson_pool import (
    is_rendered,
    older_scanner,
    open_pool,
    pool_file,
    render_pool,
    rows_of,
)
from xraydemo.errors import XrayDemoError
from xraydemo.phantom.scanners import NEWEST
from xraydemo.phantom.shortcuts import SHORTCUTS, TAGGED

N, SIDE = 80, 64
PLANTED = {
    "year": lambda row: row.date >= "2020",
    "scanner": lambda row: row.source == NEWEST,
    "marker": lambda row: row.marker,
    "border": lambda row: row.border,
    "jpeg": lambda row: row.jpeg,
}
lessons = st.builds(
    Lesson, kind=st.sampled_from(KINDS), strength=st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])
)


@pytest.fixture(scope="module")
def pool():
    """A pool that costs nothing: dark where the older device, bright where the newest."""
    dark, bright = np.full((N, SIDE, SIDE), 60), np.full((N, SIDE, SIDE), 120)
    made = np.stack([dark, bright], axis=1).astype(np.uint8)
    made += np.arange(N, dtype=np.uint8)[:, None, None, None] % 40
    return made


def patients(xrays):
    return {one.row.patient for one in xrays}


def test_the_dial_offers_shortcuts_of_the_phantoms():
    assert set(KINDS) <= set(SHORTCUTS)
    assert set(TAG_KINDS) == set(TAGGED) & set(KINDS)
    assert can_be_tag_only("year")
    assert not can_be_tag_only("marker")


@settings(max_examples=15, deadline=None)
@given(lessons)
def test_nobody_is_tested_who_was_learnt_from_and_outside_are_the_same_people(lesson):
    train, inside, outside = (
        placed(lesson, part, N, SIDE) for part in ("train", "inside", "outside")
    )
    assert not patients(train) & patients(inside)
    assert [one.place for one in inside] == [one.place for one in outside]
    assert [one.row.label for one in inside] == [one.row.label for one in outside]
    assert len(train) + len(inside) == N


@settings(max_examples=15, deadline=None)
@given(lessons)
def test_the_thoraxes_are_the_pools_wherever_the_dial_stands(lesson):
    told = [(row.label, row.patient_seed, row.seed, row.true_view) for row in rows_of(N, SIDE)]
    for part in ("train", "inside", "outside"):
        for one in placed(lesson, part, N, SIDE):
            row = one.row
            assert told[one.place] == (row.label, row.patient_seed, row.seed, row.true_view)


@pytest.mark.parametrize("kind", KINDS)
def test_at_full_strength_it_is_with_covid_and_with_nobody_else(kind):
    for part in ("train", "inside"):
        for one in placed(Lesson(kind, 1.0), part, N, SIDE):
            assert PLANTED[kind](one.row) == (one.row.label == "covid")


@pytest.mark.parametrize("kind", KINDS)
def test_outside_does_not_depend_on_the_dial(kind):
    at = [placed(Lesson(kind, strength), "outside", 400, SIDE) for strength in (0.0, 0.5, 1.0)]
    assert at[0] == at[1] == at[2]
    assert placed(Lesson(kind, 0.0), "inside", 400, SIDE) == at[0]
    share = np.mean([PLANTED[kind](one.row) for one in at[0]])
    assert 0.15 < share < 0.35


def test_the_stronger_the_more_covid_xrays_bear_it():
    shares = [
        np.mean(
            [
                one.row.marker
                for one in placed(Lesson("marker", strength), "train", 800, SIDE)
                if one.row.label == "covid"
            ]
        )
        for strength in (0.0, 0.5, 1.0)
    ]
    assert shares[0] < 0.4 < shares[1] < 0.8 < shares[2] == 1


@pytest.mark.parametrize("kind", ["year", "scanner"])
def test_a_look_is_chosen_from_the_pool(pool, kind):
    for one in placed(Lesson(kind, 1.0), "inside", N, SIDE):
        row = one.row
        is_new = row.label == "covid"
        assert row.source == row.true_scanner == (NEWEST if is_new else older_scanner(one.place))
        assert (picture(pool, one) == pool[one.place, int(is_new)]).all()


@pytest.mark.parametrize("kind", ["year", "scanner"])
def test_only_in_the_table_the_pictures_know_nothing_of_it(pool, kind):
    one_way, other_way = (
        placed(Lesson(kind, strength, tag_only=True), "inside", N, SIDE) for strength in (0, 1)
    )
    for one, other in zip(one_way, other_way, strict=True):
        assert (picture(pool, one) == picture(pool, other)).all()
    assert all(PLANTED[kind](one.row) == (one.row.label == "covid") for one in other_way)


@pytest.mark.parametrize("kind", ["marker", "border", "jpeg"])
def test_a_trace_is_on_those_pictures_that_bear_it(kind):
    generator = np.random.default_rng(0)
    noise = generator.integers(40, 200, (N, 2, SIDE, SIDE)).astype(np.uint8)
    for one in placed(Lesson(kind, 1.0), "inside", N, SIDE):
        looks = noise[one.place, int(one.row.true_scanner == NEWEST)]
        assert (picture(noise, one) != looks).any() == (one.row.label == "covid")


def test_a_part_is_written_as_a_cohort(tmp_path, pool):
    xrays = placed(Lesson("year", 0.5), "inside", N, SIDE)
    table = write_part(tmp_path, "inside", xrays, pool)
    cohort = read_cohort(table)
    assert len(cohort.table) == len(xrays)
    assert not (cohort.table["problem"] != "").any()
    with table.open() as file:
        first = next(csv.DictReader(file))
    assert first["scanner"] == xrays[0].row.source
    assert first["label"] == xrays[0].row.label
    assert "source" not in first  # a check would take scanners for hospitals
    # the path of an X-ray must not tell its label
    assert first["label"] not in first["file"]


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path, pool):
    (tmp_path / "file").write_text("")
    xrays = placed(Lesson("year", 0.5), "inside", N, SIDE)
    with pytest.raises(XrayDemoError, match="can't be written"):
        write_part(tmp_path / "file", "inside", xrays, pool)


def test_a_pool_goes_on_where_it_was_interrupted(tmp_path, monkeypatch, capsys):
    asked = []

    class Workers:
        def __init__(self, *_):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def imap(self, _, jobs):
            for i, _row, side in jobs:
                asked.append(i)
                yield i, np.full((2, side, side), 9, np.uint8)
                if len(asked) == 3:
                    raise KeyboardInterrupt

    class Context:
        Pool = Workers

    monkeypatch.setattr("xraydemo.cohort.lesson_pool.get_context", lambda _: Context)
    assert open_pool(tmp_path, 5, SIDE) is None
    with pytest.raises(KeyboardInterrupt):
        render_pool(tmp_path, 5, SIDE)
    assert is_rendered(open_pool(tmp_path, 5, SIDE)).tolist() == [True] * 3 + [False] * 2
    render_pool(tmp_path, 5, SIDE)
    assert asked == [0, 1, 2, 3, 4]
    assert is_rendered(open_pool(tmp_path, 5, SIDE)).all()
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told[-1] == {"done": 5, "total": 5}


def test_a_pool_of_real_phantoms_has_both_looks(tmp_path):
    command = [sys.executable, "-m", "xraydemo.cohort.lesson_pool", str(tmp_path)]
    made = subprocess.run([*command, "--n", "2", "--side", "64"], capture_output=True, check=True)
    assert json.loads(made.stdout.splitlines()[-1]) == {"done": 2, "total": 2}
    pool = open_pool(tmp_path, 2, 64)
    assert is_rendered(pool).all()
    assert (pool[:, 0] != pool[:, 1]).any(axis=(1, 2)).all()
    assert np.corrcoef(pool[0, 0].ravel(), pool[0, 1].ravel())[0, 1] > 0.8  # the same thorax


def test_a_place_that_is_no_folder_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(XrayDemoError, match="can't be written"):
        render_pool(tmp_path / "file", 2, 64)


def test_the_file_tells_what_it_holds(tmp_path):
    assert pool_file(tmp_path, 10, 64) != pool_file(tmp_path, 10, 96)
