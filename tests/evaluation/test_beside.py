"""What is given to checks beside a run, and how wrong requests are told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.evaluation.cohorts import write_xrays
from tests.evaluation.runs import make_run
from xraydemo.cli.evaluate import parse_ood
from xraydemo.cohort.cohort import read_cohort
from xraydemo.engine.client import Engine
from xraydemo.errors import BadCohort, XrayDemoError
from xraydemo.evaluation.beside import (
    bundle_of,
    find_beside,
    given_with,
    pairs_of,
    read_boxes,
    run_beside,
)
from xraydemo.evaluation.run import Run


@pytest.fixture
def run(tmp_path):
    run = make_run(["opacity", "normal"])
    run.rows["path"] = [str(tmp_path / file) for file in run.rows["file"]]
    return run


def test_files_of_the_same_name_are_pairs(tmp_path) -> None:
    for folder, names in (("a", "xy"), ("b", "yz")):
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / f"{name}.png").touch()
    ((first, second),) = pairs_of(tmp_path / "a", tmp_path / "b")
    assert (Path(first), Path(second)) == (tmp_path / "a" / "y.png", tmp_path / "b" / "y.png")
    (tmp_path / "b" / "y.png").unlink()
    with pytest.raises(BadCohort, match="namesake"):
        pairs_of(tmp_path / "a", tmp_path / "b")


def test_folders_of_patients_can_be_paired(tmp_path) -> None:
    for folder in "ab":
        write_xrays(tmp_path / folder / "patient 1", 2)
    assert len(pairs_of(tmp_path / "a", tmp_path / "b")) == 2


def test_boxes_are_found_by_the_files_beside_the_table(run, tmp_path) -> None:
    (tmp_path / "boxes.csv").write_text(
        "file,x,y,width,height\n00000.png,0.1,0.2,0.3,0.4\n00000.png,0.5,0.5,0.1,0.1\n"
        "other.png,0,0,1,1\n"
    )
    assert read_boxes(tmp_path / "boxes.csv", run.rows) == {
        "00000.png": ((0.1, 0.2, 0.3, 0.4), (0.5, 0.5, 0.1, 0.1))
    }


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("file,x,y,width\n00000.png,0,0,1", "no column height"),
        ("file,x,y,width,height\n00000.png,0,0,1,0.5\n00001.png,0,0,12,1", "line 3: the box"),
        ("file,x,y,width,height\nother.png,0,0,1,1", "No box"),
        ("file,x,y,width,height\n0001,0,0,1,1", "No box"),
        ("file,x,y,width,height\n00000.png,0.5,0,0.6,1", "line 2: the box"),
        ("", "can't be read"),
    ],
)
def test_wrong_boxes_are_refused(run, tmp_path, table, says) -> None:
    (tmp_path / "boxes.csv").write_text(table)
    with pytest.raises(BadCohort, match=says):
        read_boxes(tmp_path / "boxes.csv", run.rows)


def test_kinds_are_named_folders(tmp_path) -> None:
    assert parse_ood([f"near:tb={tmp_path}"]) == {"near:tb": tmp_path}
    with pytest.raises(XrayDemoError, match="is not NAME=FOLDER"):
        parse_ood([str(tmp_path)])
    with pytest.raises(XrayDemoError, match="hands twice"):
        parse_ood([f"hands={tmp_path}", f"far:hands={tmp_path}"])
    with pytest.raises(XrayDemoError, match="There is no folder"):
        parse_ood([f"hands={tmp_path / 'none'}"])


def test_folders_of_no_class_are_read_where_no_labels_are_asked_for(tmp_path) -> None:
    (tmp_path / "tuberculosis").mkdir()
    write_xrays(tmp_path / "tuberculosis", 3)
    with pytest.raises(BadCohort):
        read_cohort(tmp_path)
    assert set(read_cohort(tmp_path, labelled=False).table["label"]) == {""}


def test_a_run_stands_beside_only_with_its_own_bundle(tiny_bundle, tmp_path) -> None:
    write_xrays(tmp_path / "xrays", 3)
    with Engine(tiny_bundle, "cpu") as engine:
        xrays = find_beside(tmp_path / "xrays", engine.bundle, labelled=False)
        beside = run_beside(xrays, engine, tmp_path / "out")
        assert beside.was_read.sum() == 3
        (folder,) = (tmp_path / "out" / "beside").iterdir()
        again = find_beside(folder, engine.bundle)
        assert isinstance(again, Run)
        assert again.meta.identity == beside.meta.identity
        assert bundle_of(beside) is not None
        with given_with(engine, tmp_path / "out") as given:
            assert given.laboratory is not None
    changed = beside.meta.model_copy(update={"bundle": beside.meta.bundle | {"fingerprint": "x"}})
    assert bundle_of(replace(beside, meta=changed)) is None
    with given_with(None, tmp_path / "out") as given:
        assert given.laboratory is None
