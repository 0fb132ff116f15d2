"""Opening a run: in parts, so that no more is held than what is made of it."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.evaluation.runs import make_run
from xraydemo.classes import CLASSES
from xraydemo.cohort.cohort import Cohort, read_cohort
from xraydemo.errors import UnreadableImage
from xraydemo.evaluation import store
from xraydemo.evaluation.store import Outcome, open_run, open_store
from xraydemo.model.reading import Reading, Record
from xraydemo.radiograph.profile import STATISTICS, Profile

READ, BROKEN = 0, 1


def cohort_of(folder: Path, n: int) -> Cohort:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "0.png").write_bytes(b"nobody reads it here")  # the others are not there
    rows = (f"{i}.png,{CLASSES[i % 4]},site {i}" for i in range(n))
    table = folder / "table.csv"
    table.write_text("\n".join(["file,label,site", *rows]) + "\n")
    return read_cohort(table)


def outcome(position: int, facts: dict[str, object]) -> Outcome:
    if position % 7 == BROKEN:
        return Outcome(position, "", f"sha {position}", UnreadableImage("it is broken"), facts)
    numbers = np.arange(4, dtype=np.float32) + position
    profile = Profile(
        f"pixels {position}",
        position,
        np.zeros((32, 32), np.uint8),
        dict.fromkeys(STATISTICS, position / 8),
    )
    record = Record(f"sha {position}", {}, position % 2 == 0, profile)
    maps = np.zeros((4, 2, 2), np.float16)
    answer = Reading(numbers, numbers / 4, 5.0, maps, np.zeros(3, np.float32), record=record)
    return Outcome(position, "", f"sha {position}", answer, facts)


def stored(folder: Path, n: int, read: int) -> Path:
    """Write a run of n places, of which the first were looked at."""
    cohort = cohort_of(folder / "cohort", n)
    meta = make_run(["normal"]).meta
    there = meta.cohort | {"own_columns": list(cohort.own_columns)}
    meta = meta.model_copy(update={"cohort": there, "schema_version": store.SCHEMA_VERSION})
    with open_store(folder / "run", meta, cohort) as run:
        for i in range(read):
            facts = {"format": "PNG", "bytes": 1_234_567 + i}
            run.add(outcome(i, {} if i % 7 == BROKEN else facts))
    return folder / "run"


@pytest.mark.parametrize(("n", "read"), [(1, 1), (1, 0), (23, 23), (23, 9)])
def test_a_run_is_the_same_in_whatever_parts_it_is_opened(n, read, tmp_path, monkeypatch) -> None:
    folder = stored(tmp_path, n, read)
    whole = open_run(folder)
    monkeypatch.setattr(store, "ROWS_IN_MEMORY", 2)
    parts = open_run(folder)
    assert len(whole) == n
    for name in ("rows", "facts", "statistics", "judgements"):
        pd.testing.assert_frame_equal(getattr(whole, name), getattr(parts, name), check_like=True)
    np.testing.assert_array_equal(whole.logits, parts.logits)
    np.testing.assert_array_equal(whole.probabilities, parts.probabilities)
    assert whole.was_read.tolist() == [i < read and i % 7 != BROKEN for i in range(n)]
    assert whole.rows["sha256"].tolist() == [f"sha {i}" * (i < read) for i in range(n)]
    assert whole.rows["site"].tolist() == [f"site {i}" for i in range(n)]


def test_a_whole_number_stays_one_where_it_is_unknown_for_others(tmp_path) -> None:
    run = open_run(stored(tmp_path, 9, 9))
    assert type(run.facts["bytes"].iat[0]) is int
    assert run.known("bytes").tolist()[:2] == ["1234567", ""]


def test_opening_a_run_in_parts_takes_less_memory_than_at_once(tmp_path, monkeypatch) -> None:
    folder = stored(tmp_path, 2_000, 2_000)

    def peak(rows: int) -> int:
        monkeypatch.setattr(store, "ROWS_IN_MEMORY", rows)
        tracemalloc.start()
        try:
            assert len(open_run(folder)) == 2_000
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(2_000)  # what is loaded once
    assert 2 * peak(125) < peak(2_000)
