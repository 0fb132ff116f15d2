"""Runs: streamed, resumable, one writer, and no fault of a file ends one."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.evaluation.cohorts import write_xrays
from xraydemo.classes import CLASSES
from xraydemo.cohort.cohort import read_cohort
from xraydemo.engine.client import Engine
from xraydemo.errors import BadBundle, XrayDemoError
from xraydemo.evaluation.collect import Progress, collect, read_places
from xraydemo.evaluation.store import open_run, open_store


@pytest.fixture(scope="module")
def engine(tiny_bundle) -> Iterator[Engine]:
    with Engine(tiny_bundle) as engine:
        yield engine


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Path:
    return write_xrays(tmp_path_factory.mktemp("cohort"), 90)


def test_a_run_holds_what_the_engine_says(table, engine, tmp_path) -> None:
    assert collect(read_cohort(table), engine, tmp_path / "run")
    run = open_run(tmp_path / "run")
    assert len(run) == 90
    assert run.was_read.all()
    assert [CLASSES[k] for k in run.truth] == run.rows["label"].tolist()
    assert run.rows["view"].tolist()[:3] == ["AP", "PA", ""]
    assert run.known("width").tolist()[:2] == ["48", "48"]
    assert len(set(run.groups)) == 45
    reading = engine.submit(table.parent / "00042.png", want=("maps", "embedding")).result(600)
    np.testing.assert_array_equal(run.logits[42], reading.logits)
    np.testing.assert_array_equal(run.probabilities[42], reading.probabilities)
    np.testing.assert_array_equal(run.arrays.maps()[42], reading.maps)
    np.testing.assert_allclose(run.arrays.embeddings()[42], reading.embedding, rtol=1e-3, atol=1e-3)


def test_a_stopped_run_goes_on_where_it_was(table, engine, tmp_path) -> None:
    seen: list[Progress] = []
    cohort, folder = read_cohort(table), tmp_path / "run"
    finished = collect(
        cohort,
        engine,
        folder,
        on_progress=seen.append,
        should_stop=lambda: bool(seen) and seen[-1].done >= 40,
    )
    assert not finished
    assert open_run(folder).was_read.sum() == 40
    seen.clear()
    assert collect(cohort, engine, folder, on_progress=seen.append)
    assert [seen[0].done, seen[-1].done, len(seen)] == [40, 90, 51]
    seen.clear()
    assert collect(cohort, engine, folder, on_progress=seen.append)
    assert len(seen) == 1  # nothing was missing


def test_a_changed_file_is_read_again(engine, tmp_path) -> None:
    table = write_xrays(tmp_path / "x", 6)
    bad = tmp_path / "x" / "00002.png"
    good = bad.read_bytes()
    bad.write_bytes(b"no picture")
    for content, expected in ((None, False), (good, True)):
        if content:
            bad.write_bytes(content)
        collect(read_cohort(table), engine, tmp_path / "run")
        run = open_run(tmp_path / "run")
        assert run.was_read.tolist() == [True, True, expected, True, True, True]
    assert run.rows.loc[2, "error_type"] == ""


def test_an_unreadable_file_is_a_row_with_its_reason(engine, tmp_path) -> None:
    table = write_xrays(tmp_path / "x", 4)
    (tmp_path / "x" / "00001.png").write_bytes(b"no picture")
    (tmp_path / "x" / "00003.png").unlink()
    collect(read_cohort(table), engine, tmp_path / "run")
    run = open_run(tmp_path / "run")
    assert run.was_read.tolist() == [True, False, True, False]
    assert run.rows["error_type"].tolist() == ["", "UnreadableImage", "", "UnreadableImage"]
    assert "00003.png" in run.rows.loc[3, "error_message"]
    assert len(run.rows.loc[1, "sha256"]) == 64
    assert np.isnan(run.probabilities[1]).all()
    assert len(run.sample) == 2


def test_one_file_may_stand_there_with_two_labels(engine, tmp_path) -> None:
    table = write_xrays(tmp_path / "x", 3)
    table.write_text("file,label\n00000.png,normal\n00000.png,covid\n00001.png,opacity\n")
    collect(read_cohort(table), engine, tmp_path / "run")
    run = open_run(tmp_path / "run")
    assert run.rows["label"].tolist() == ["normal", "covid", "opacity"]
    assert run.twins[["a", "b"]].to_numpy().tolist() == [[0, 1]]
    assert run.groups[0] == run.groups[1] != run.groups[2]


def test_a_folder_of_another_run_is_refused(table, engine, tmp_path) -> None:
    folder = tmp_path / "run"
    collect(read_cohort(table, where=["view=AP"]), engine, folder)
    with pytest.raises(XrayDemoError, match="another cohort"):
        collect(read_cohort(table), engine, folder)


def test_a_second_writer_is_refused(table, engine, tmp_path) -> None:
    cohort, folder = read_cohort(table), tmp_path / "run"
    collect(cohort, engine, folder)
    meta = open_run(folder).meta
    with (
        open_store(folder, meta, cohort),
        pytest.raises(XrayDemoError, match=rf"Another process \(number {os.getpid()}\)"),
        open_store(folder, meta, cohort),
    ):
        pass
    with open_store(folder, meta, cohort):
        pass  # and when it is gone, the next may


def test_what_is_no_run_is_said_so(tmp_path) -> None:
    with pytest.raises(XrayDemoError, match="no run in"):
        open_run(tmp_path)
    (tmp_path / "run.sqlite").write_bytes(b"this is no database at all, but long enough" * 100)
    with pytest.raises(XrayDemoError, match="can't be kept"):
        open_run(tmp_path)


def test_a_bad_bundle_blames_no_file(table, tiny_bundle, tmp_path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(tiny_bundle, bundle)
    (bundle / "model.safetensors").write_bytes(b"altered")
    with Engine(bundle) as engine, pytest.raises(BadBundle):
        collect(read_cohort(table), engine, tmp_path / "run")


def test_a_part_of_a_run_needs_no_other_part(table, engine) -> None:
    """The unit of work: places in, outcomes out, in order."""
    cohort = read_cohort(table)
    outcomes = list(read_places(engine, cohort, [5, 3, 80]))
    again = next(read_places(engine, cohort, [3]))
    assert [outcome.position for outcome in outcomes] == [5, 3, 80]
    np.testing.assert_array_equal(outcomes[1].answer.logits, again.answer.logits)


def test_names_in_any_script(engine, tmp_path) -> None:
    folder = tmp_path / "x"
    write_xrays(folder, 2)
    for i, name in enumerate(("صدر.png", "🫁 lung.png")):
        Image.open(folder / f"{i:05d}.png").save(folder / name)
        (folder / f"{i:05d}.png").unlink()
    (folder / "table.csv").unlink()
    collect(read_cohort(folder), engine, tmp_path / "run")
    assert sorted(open_run(tmp_path / "run").rows["file"]) == sorted(["صدر.png", "🫁 lung.png"])


def test_what_is_not_to_be_read_is_not_touched(engine, tmp_path) -> None:
    """Neither a file outside of the table's folder, nor a pipe without end."""
    folder = tmp_path / "x"
    table = write_xrays(folder, 1)
    (tmp_path / "secret.txt").write_text("of no concern")
    os.mkfifo(folder / "pipe.png")
    table.write_text("file\n00000.png\n../secret.txt\npipe.png\n")
    assert collect(read_cohort(table), engine, tmp_path / "run")
    run = open_run(tmp_path / "run")
    assert run.was_read.tolist() == [True, False, False]
    assert run.rows["sha256"].tolist()[1:] == ["", ""]


def test_columns_may_be_named_as_ours(engine, tmp_path) -> None:
    table = write_xrays(tmp_path / "x", 2)
    ours = ["sha256", "pixel_sha256", "phash", "milliseconds", "error_type", "path", "own_path"]
    lines = [f"0000{i}.png,{','.join(['a'] * len(ours))}" for i in range(2)]
    table.write_text("\n".join([f"file,{','.join(ours)}", *lines]) + "\n")
    assert collect(read_cohort(table), engine, tmp_path / "run")
    run = open_run(tmp_path / "run")
    assert run.rows.columns.is_unique
    assert len(run.twins) == 0
    assert run.known("own_phash").tolist() == ["a", "a"]


def test_a_problem_that_was_mended_is_forgotten(engine, tmp_path) -> None:
    table = write_xrays(tmp_path / "x", 3)
    absent = tmp_path / "x" / "00001.png"
    content = absent.read_bytes()
    absent.unlink()
    collect(read_cohort(table), engine, tmp_path / "run")
    assert len(open_run(tmp_path / "run").meta.cohort["problems"]) == 1
    absent.write_bytes(content)
    collect(read_cohort(table), engine, tmp_path / "run")
    run = open_run(tmp_path / "run")
    assert run.was_read.all()
    assert run.meta.cohort["problems"] == []


def test_a_database_that_is_none_is_not_written_over(table, engine, tmp_path) -> None:
    database = tmp_path / "run.sqlite"
    database.write_bytes(b"this is no database at all, but long enough" * 100)
    with pytest.raises(XrayDemoError, match="can't be kept"):
        collect(read_cohort(table), engine, tmp_path)
    assert database.read_bytes().startswith(b"this is no database")


def test_a_run_of_an_older_version_is_said_so(engine, tmp_path) -> None:
    """The first one had no judgements: nothing is wrong with the disk."""
    table = write_xrays(tmp_path / "x", 2)
    collect(read_cohort(table), engine, tmp_path / "run")
    with closing(sqlite3.connect(tmp_path / "run" / "run.sqlite")) as connection, connection:
        connection.execute("ALTER TABLE readings DROP COLUMN judgement")
        connection.execute(
            "UPDATE meta SET value = json_set(value, '$.schema_version', 1) WHERE key = 'meta'"
        )
    with pytest.raises(XrayDemoError, match="no run that this version can read"):
        open_run(tmp_path / "run")
