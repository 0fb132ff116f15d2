from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pydicom
import pytest
from PIL import Image
from scipy import stats

from xraydemo.classes import CLASSES
from xraydemo.cohort.cohort import read_cohort
from xraydemo.cohort.phantom_dicom import write_dicom
from xraydemo.cohort.phantom_plan import NEW_YEARS, Order, Row, plan
from xraydemo.cohort.phantoms import TABLE, make, write_phantoms
from xraydemo.cohort.table import read_table
from xraydemo.errors import XrayDemoError
from xraydemo.phantom.scanners import NEWEST
from xraydemo.phantom.shortcuts import SHORTCUTS, TAGGED
from xraydemo.radiograph.radiograph import read

SMALL = Order(8, side=64)


def everything(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def pngs(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("phantoms") / "png"
    write_phantoms(folder, SMALL)
    return folder


@pytest.fixture(scope="module")
def dicoms(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("phantoms") / "dicom"
    write_phantoms(folder, replace(SMALL, format="dicom", shortcut="year"))
    return folder


def is_there(row: Row, shortcut: str) -> bool:
    """Tell from what the row says, and not from the plan, whether the shortcut is there."""
    return {
        "year": int(row.date[:4]) >= NEW_YEARS[0],
        "scanner": row.source == NEWEST,
        "view": row.view == "AP",
        "age": row.age >= 65,
        "marker": row.marker,
        "border": row.border,
        "jpeg": row.jpeg,
    }[shortcut]


def test_the_cohort_is_read_and_nothing_is_wrong_with_it(pngs) -> None:
    cohort = read_cohort(pngs / TABLE)
    assert not cohort.problems
    assert cohort.grouping == "column group"
    assert cohort.table["label"].value_counts().to_dict() == dict.fromkeys(CLASSES, 2)
    assert len(read_table(pngs / TABLE)) == 8
    for path in cohort.table["path"]:
        radiograph = read(path)
        assert radiograph.pixels.shape == (64, 64)
        assert radiograph.pixels.dtype == np.uint8
        assert 0.2 < radiograph.presented().mean() < 0.8


def test_every_picture_has_its_truth(pngs) -> None:
    truth = json.loads((pngs / "truth" / "truth.json").read_text())
    table = pd.read_csv(pngs / TABLE)
    assert list(truth["images"]) == list(table["file"])
    assert truth["order"]["n"] == 8
    for file, told in truth["images"].items():
        masks = {}
        for name in ("lungs", "findings"):
            with Image.open(pngs / "truth" / name / f"{Path(file).stem}.png") as mask:
                assert (mask.mode, mask.size) == ("1", (64, 64))
                masks[name] = np.asarray(mask)
        assert masks["lungs"].any()
        assert (told["parameters"]["finding"] is None) == (told["label"] == "normal")
        if told["label"] == "normal":
            assert not masks["findings"].any()


def test_the_same_seed_gives_the_same_bytes_in_one_process_and_in_two(tmp_path) -> None:
    order = replace(SMALL, n=9, format="dicom", shortcut="jpeg")
    write_phantoms(tmp_path / "two", order)  # more than a few: two other processes
    row = plan(order)[4]
    written = tmp_path / "two" / row.file("dicom")
    write_dicom(tmp_path / "here.dcm", make(row, order), row, order.seed)
    assert written.read_bytes() == (tmp_path / "here.dcm").read_bytes()
    assert len(pd.read_csv(tmp_path / "two" / TABLE)) == 9


def test_the_same_order_writes_the_same_files(pngs, tmp_path) -> None:
    write_phantoms(tmp_path / "again", SMALL)
    assert everything(tmp_path / "again") == everything(pngs)
    assert plan(replace(SMALL, seed=1)) != plan(SMALL)


def test_dicom_tags_are_honest_and_agree_with_the_table(dicoms) -> None:
    table = pd.read_csv(dicoms / TABLE, dtype=str)
    for row in table.itertuples():
        radiograph = read(dicoms / row.file)
        assert radiograph.pixels.shape == (64, 64)
        assert radiograph.pixels.max() > 255  # 12 bits
        assert not radiograph.notes
        facts = radiograph.facts
        assert facts["manufacturer"] == "xraydemo phantom"
        for fact in ("view", "sex", "site", "date"):
            assert facts[fact] == getattr(row, fact)
        assert facts["device"] == row.source
        assert facts["age"] == int(row.age)
        assert facts["year"] == int(row.year)

        header = pydicom.dcmread(dicoms / row.file)
        assert "ynthetic" in header.ImageComments
        assert header.PatientID == row.patient_id
        assert header.Modality == row.source.rpartition(" ")[2]
        assert header.SOPInstanceUID == header.file_meta.MediaStorageSOPInstanceUID
        assert header.BurnedInAnnotation == "NO"
    assert table["file"].nunique() == 8


@pytest.mark.parametrize("shortcut", SHORTCUTS)
def test_strength_one_is_covid_and_nothing_else(shortcut) -> None:
    for row in plan(Order(60, shortcut=shortcut, strength=1.0)):
        assert is_there(row, shortcut) == (row.label == "covid") == row.planted


@pytest.mark.parametrize("shortcut", SHORTCUTS)
def test_strength_zero_is_no_association(shortcut) -> None:
    """Of patients, for some shortcuts are theirs; by a bound that one in a million passes."""
    rows = plan(Order(800, shortcut=shortcut, strength=0.0))
    patients = {row.patient: (row.label == "covid", is_there(row, shortcut)) for row in rows}
    counts = np.zeros((2, 2), int)
    for label, there in patients.values():
        counts[int(label), int(there)] += 1
    assert counts.min() > 10
    assert stats.fisher_exact(counts).pvalue > 1e-6


@pytest.mark.parametrize("strength", [0.5, 0.8])
def test_strength_is_the_correlation_with_the_label(strength) -> None:
    rows = plan(Order(3000, shortcut="marker", strength=strength, side=64))
    label, there = ([row.label == "covid" for row in rows], [row.marker for row in rows])
    assert np.corrcoef(label, there)[0, 1] == pytest.approx(strength, abs=0.06)


def test_without_a_shortcut_nothing_tells_the_label() -> None:
    rows = plan(Order(1200))
    label = [CLASSES.index(row.label) for row in rows]
    assert not any(row.marker or row.border or row.jpeg for row in rows)
    for name in ("sex", "view", "source", "site"):
        table = pd.crosstab(label, [getattr(row, name) for row in rows])
        assert stats.chi2_contingency(table).pvalue > 1e-4, name
    for number in ([row.age for row in rows], [int(row.date[:4]) for row in rows]):
        parts = [np.array(number)[np.array(label) == one] for one in range(4)]
        assert stats.kruskal(*parts).pvalue > 1e-4


def test_the_year_changes_the_device_too_but_not_tag_only() -> None:
    year = plan(Order(80, shortcut="year"))
    assert all((row.true_scanner == NEWEST) == (row.label == "covid") for row in year)
    tag = plan(Order(80, shortcut="year", tag_only=True))
    assert len({row.true_scanner for row in tag if row.label == "covid"}) > 1
    assert [row.date for row in tag] == [row.date for row in year]


def in_the_pixels(row: Row) -> Row:
    """Leave out what is told: the rest is all that a picture is made of."""
    told = dict.fromkeys(("date", "source"), "")
    return replace(row, **told, view=row.true_view, age=row.true_age, planted=None)


@pytest.mark.parametrize("shortcut", TAGGED)
def test_tag_only_leaves_every_pixel_as_it_was(shortcut) -> None:
    order, plain = Order(12, shortcut=shortcut, tag_only=True, side=64), Order(12, side=64)
    pairs = list(zip(plan(order), plan(plain), strict=True))
    assert all(in_the_pixels(tagged) == in_the_pixels(row) for tagged, row in pairs)
    assert [is_there(tagged, shortcut) for tagged, _ in pairs] == [
        row.label == "covid" for _, row in pairs
    ]
    tagged, row = next(pair for pair in pairs if pair[0].cells("png") != pair[1].cells("png"))
    assert np.array_equal(make(tagged, order).pixels, make(row, plain).pixels)


@pytest.mark.parametrize("shortcut", SHORTCUTS)
def test_a_shortcut_is_in_the_pixels(shortcut) -> None:
    order, plain = Order(40, shortcut=shortcut, side=64), Order(40, side=64)
    planted, row = next(
        (planted, row)
        for planted, row in zip(plan(order), plan(plain), strict=True)
        if planted.label == "covid" and in_the_pixels(planted) != in_the_pixels(row)
    )
    assert not np.array_equal(make(planted, order).pixels, make(row, plain).pixels)


def test_patients_stay_on_one_side_of_the_split() -> None:
    table = pd.DataFrame([row.cells("png") for row in plan(Order(400))])
    assert table.groupby("patient_id")["split"].nunique().max() == 1
    assert table.groupby("patient_id")["sex"].nunique().max() == 1
    assert table["patient_id"].nunique() < len(table)
    assert 0.15 < (table["split"] == "test").mean() < 0.35
    assert not table["file"].duplicated().any()


def test_ctrl_c_keeps_what_is_done(tmp_path) -> None:
    def stop(done: int, n: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_phantoms(tmp_path / "stopped", SMALL, on_progress=stop)
    table = pd.read_csv(tmp_path / "stopped" / TABLE)
    pictures = list((tmp_path / "stopped" / "images").rglob("*.png"))
    assert len(table) == len(pictures) == 3
    assert not read_cohort(tmp_path / "stopped" / TABLE).problems
    truth = json.loads((tmp_path / "stopped" / "truth" / "truth.json").read_text())
    assert list(truth["images"]) == list(table["file"])


@pytest.mark.parametrize(
    ("order", "complaint"),
    [
        (Order(8, shortcut="date"), "no shortcut 'date'"),
        (Order(8, shortcut="year", strength=1.5), "strength of 1.5"),
        (Order(8, shortcut="marker", tag_only=True), "marker has no tag"),
        (Order(8, tag_only=True), "no shortcut has no tag"),
        (Order(8, strength=0.5), "without a shortcut"),
        (Order(8, format="bmp"), "no format 'bmp'"),
        (Order(0), "0 phantoms"),
        (Order(8, side=32), "of 32 pixels"),
    ],
)
def test_impossible_orders_are_refused_before_anything_is_written(order, complaint, tmp_path):
    with pytest.raises(XrayDemoError, match=complaint):
        write_phantoms(tmp_path / "new", order)
    assert not (tmp_path / "new").exists()


def test_a_folder_in_use_is_refused(tmp_path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(XrayDemoError, match="is not empty"):
        write_phantoms(tmp_path, SMALL)
    with pytest.raises(XrayDemoError, match="is a file"):
        write_phantoms(tmp_path / "notes.txt", SMALL)
    assert everything(tmp_path) == {"notes.txt": b"mine"}


def test_a_full_disk_is_an_error_that_one_understands(tmp_path, monkeypatch) -> None:
    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("PIL.Image.Image.save", full)
    with pytest.raises(XrayDemoError, match="can't be written: No space left"):
        write_phantoms(tmp_path / "new", SMALL)
    assert len(pd.read_csv(tmp_path / "new" / TABLE)) == 0
