from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from xraydemo.classes import CLASSES
from xraydemo.cohort import demo, demo_cohort
from xraydemo.cohort.cohort import read_cohort
from xraydemo.cohort.demo import INSIDE, OUTSIDE, demo_labels, demo_subjects
from xraydemo.cohort.demo_cohort import TRAP, DemoRow, demo_rows, write_demo
from xraydemo.cohort.phantom_plan import NEW_YEARS
from xraydemo.cohort.phantoms import make
from xraydemo.cohort.where import select
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.scenarios import read_scenarios
from xraydemo.phantom.scanners import NEWEST


@pytest.fixture(scope="module")
def rows() -> list[DemoRow]:
    return demo_rows()


def of(rows: list[DemoRow], part: str) -> list[DemoRow]:
    return [one for one in rows if one.part == part]


def test_inside_every_covid_is_new_and_from_the_newest_device_and_nothing_else_is(rows) -> None:
    for one in of(rows, INSIDE):
        is_covid = one.row.label == "covid"
        assert (int(one.row.date[:4]) >= NEW_YEARS[0]) is is_covid
        assert (one.row.source == one.row.true_scanner == NEWEST) is is_covid


def test_outside_is_another_hospital_where_nothing_goes_with_the_label(rows) -> None:
    assert not {o.row.site for o in of(rows, INSIDE)} & {o.row.site for o in of(rows, OUTSIDE)}
    newest = Counter(o.row.label for o in of(rows, OUTSIDE) if o.row.source == NEWEST)
    assert set(newest) == set(CLASSES)
    assert max(newest.values()) < 30  # of each class


def test_classes_are_even_and_large_enough_for_every_check(rows) -> None:
    for part, n in ((INSIDE, 75), (OUTSIDE, 30)):
        assert set(Counter(one.row.label for one in of(rows, part)).values()) == {n}


def test_of_each_class_some_have_a_twin(rows) -> None:
    twins = Counter((one.part, one.row.label) for one in rows if one.twin)
    assert twins == {(p, c): n for p, n in ((INSIDE, 10), (OUTSIDE, 5)) for c in CLASSES}


def test_the_scenarios_can_all_be_asked_of_the_demo() -> None:
    table = read_cohort(demo.demo_cohort()).table
    for scenario in read_scenarios(demo.demo_scenarios()):
        chosen = table[select(table, scenario.where)]
        assert len(chosen) >= scenario.fewest
        if scenario.class_id and scenario.metric in ("recall", "auc"):
            assert (chosen["label"] == scenario.class_id).sum() >= scenario.fewest


def test_names_dont_tell_the_label(rows) -> None:
    names = [one.file for one in rows]
    assert len(set(names)) == len(names)
    assert not any(label in name for label in CLASSES for name in names)


def test_written_it_is_a_cohort_with_boxes_and_masks(tmp_path, monkeypatch) -> None:
    small = [replace(one, order=replace(TRAP, side=64)) for one in demo_rows()]
    monkeypatch.setattr(demo_cohort, "demo_rows", lambda: small[:6])
    write_demo(tmp_path)
    table = tmp_path / demo.TABLE
    assert len(read_cohort(table).table) == 6
    with table.open() as file:
        twins = {row["file"]: row["same_as"] for row in csv.DictReader(file)}
    assert any(twins.values())
    for one, twin in twins.items():
        if twin:
            as_png, as_jpeg = (np.asarray(Image.open(tmp_path / f), float) for f in (one, twin))
            assert np.abs(as_png - as_jpeg).mean() < 10
    with (tmp_path / demo.BOXES).open() as file:
        boxes = list(csv.DictReader(file))
    labels = demo_labels(table)
    for box in boxes:
        assert labels[tmp_path / box["file"]] != "normal"
        left, top, width, height = (float(box[n]) for n in ("x", "y", "width", "height"))
        mask = np.asarray(Image.open(tmp_path / demo.FINDINGS / box["file"]))
        rows, columns = mask.any(axis=1).nonzero()[0], mask.any(axis=0).nonzero()[0]
        assert columns.min() <= round(64 * left)
        assert round(64 * (left + width)) <= columns.max() + 1
        assert rows.min() <= round(64 * top)
        assert round(64 * (top + height)) <= rows.max() + 1


def test_the_story_is_told_of_two_of_the_same_device(tmp_path) -> None:
    table = tmp_path / "demo.csv"
    table.write_text(
        "file,label,part,source\n"
        "a.png,normal,inside,A\nb.png,covid,inside,B\nc.png,normal,outside,A\n"
        "d.png,covid,outside,B\ne.png,normal,outside,B\n"
    )
    assert demo_subjects(table) == (tmp_path / "b.png", tmp_path / "e.png")


def test_not_installed_it_says_what_to_do(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(demo, "__file__", str(tmp_path / "xraydemo" / "cohort" / "demo.py"))
    with pytest.raises(XrayDemoError, match="not installed"):
        demo.demo_cohort()


def test_what_ships_is_what_is_planned(rows) -> None:
    with demo.demo_cohort().open(newline="") as file:
        shipped = list(csv.DictReader(file))
    assert shipped == [{k: str(v) for k, v in one.cells().items()} for one in rows]
    for one in rows:
        assert (demo.demo_cohort().parent / one.file).is_file()
        assert (demo.demo_cohort().parent / one.twin).exists()  # of none, it is the folder


@pytest.mark.parametrize("place", [0, -1])
def test_what_ships_is_what_is_rendered(rows, place) -> None:
    folder, one = demo.demo_cohort().parent, rows[place]
    shipped = np.asarray(Image.open(folder / one.file), np.int16)
    phantom = make(one.row, one.order)
    # on another machine sums may round another way
    assert np.abs(shipped - phantom.eight_bits()).max() <= 1
    finding = folder / demo.FINDINGS / one.file
    assert finding.is_file() == phantom.finding_mask.any()
