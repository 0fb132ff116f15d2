from __future__ import annotations

import shutil
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from xraydemo.classes import CLASSES
from xraydemo.cohort.table import read_table
from xraydemo.metrics.bootstrap import Estimate
from xraydemo.model.bundle import load_bundle
from xraydemo.training.pictures import MIDDLE
from xraydemo.training.probes import ProbeData, Rows, blacked, load_probe_data, main, probe
from xraydemo.training.table import TrainingTable

OF_A_CLASS = 20


def pictures_of(classes, corner) -> list[np.ndarray]:
    """Gray X-rays whose middle tells the class, and whose corner tells it too if asked for."""
    made = []
    for k in classes:
        picture = np.full((32, 32), 100, np.uint8)
        picture[12:20, 12:20] = 50 * k
        if corner:
            picture[:3, :3] = 50 * k
        made.append(picture)
    return made


def rows_of(classes, corner, **columns) -> Rows:
    n = len(classes)
    table = pd.DataFrame(
        {
            "label": [CLASSES[k] for k in classes],
            "group": [f"g{i}" for i in range(n)],
            **columns,
        }
    )
    return Rows(table, pictures_of(classes, corner))


def probe_data(corner: bool) -> ProbeData:
    inside = np.repeat(np.arange(4), OF_A_CLASS)
    outside = np.tile([1, 2, 0, 2], OF_A_CLASS)
    same = pictures_of(inside[:10], corner)
    return ProbeData(
        rows_of(inside, corner, source=np.tile(["a", "b"], len(inside) // 2)),
        rows_of(
            outside,
            corner,
            source=np.tile(["cohen", "cohen", "nih", "nih"], OF_A_CLASS),
            view=np.repeat(["AP", "PA"], len(outside) // 2),
        ),
        (same, same),
        [(0.3, 0.3, 0.7, 0.7)] * len(inside),
    )


def reader_of(rows: slice):
    """A network that reads the class off the brightness of one place."""

    def read(pictures):
        place = np.array([p[rows, rows].mean() for p in pictures])
        logits = -np.abs(place[:, None] - 50 * np.arange(4)) / 10
        return logits.astype(np.float32), np.stack([place, place], axis=1).astype(np.float32)

    return read


def test_a_network_that_needs_the_middle_passes() -> None:
    answers = probe(reader_of(slice(12, 20)), probe_data(corner=False), seed=0)
    assert answers["macro_f1"].value == 1
    assert answers["covid_auc_middle_blacked"].value == 0.5
    assert answers["macro_auc_middle_blacked"].value == 0.5
    assert answers["covid_auc_lungs_blacked"].value == 0.5
    assert answers["parity_flips"].value == 0
    assert answers["parity_flips"].n == 10
    assert 0.2 < answers["parity_flips"].high < 0.3  # Wilson: 1.96**2 / (10 + 1.96**2) = 0.278
    assert answers["parity_median_change"].value == 0
    assert answers["cohen_covid_against_pneumonia"].value == 1
    assert answers["nih_pneumonia_against_normal_ap"].n == OF_A_CLASS


def test_a_network_that_reads_a_corner_is_found_out() -> None:
    answers = probe(reader_of(slice(0, 3)), probe_data(corner=True), seed=0)
    assert answers["macro_f1"].value == 1
    assert answers["covid_auc_middle_blacked"].value == 1
    assert answers["macro_auc_middle_blacked"].value == 1


def test_flips_are_counted() -> None:
    data = probe_data(corner=False)
    first, second = data.pairs
    second = [*second[:-2], *pictures_of([3, 3], corner=False)]
    answers = probe(reader_of(slice(12, 20)), replace(data, pairs=(first, second)), seed=0)
    assert answers["parity_flips"].value == pytest.approx(0.2)


def test_blacked_leaves_the_original() -> None:
    picture = np.full((40, 80), 9, np.uint8)
    copy = blacked(picture)
    assert (copy[5:35, 10:70] == 0).all()
    assert copy.sum() == 9 * (40 * 80 - 30 * 60)
    assert picture.min() == 9


def test_rows_for_tuning_and_for_reports_are_apart(shared_data, monkeypatch) -> None:
    monkeypatch.setattr("xraydemo.training.probes.load_pictures", lambda paths, progress: paths)
    monkeypatch.setattr("xraydemo.training.probes.as_presented", lambda picture: picture)

    def pool(csv, progress):
        table = read_table(csv)
        return TrainingTable(table[table["split"] == "pool"].reset_index(drop=True), [], 0)

    monkeypatch.setattr("xraydemo.training.probes.read_training_table", pool)

    class NoLungs:
        def outline(self, presented):
            return np.zeros((8, 8), bool)

    tuned, reported = (load_probe_data(shared_data, 0, NoLungs(), report=r) for r in (False, True))
    assert set(tuned.boxes) == {MIDDLE}
    assert set(tuned.inside.table["split"]) == {"pool"}
    assert set(reported.inside.table["split"]) == {"test"}
    assert set(tuned.outside.table["split"]) == {"dev"}
    assert not set(tuned.outside.table["group"]) & set(reported.outside.table["group"])
    assert len(tuned.pairs[0]) == 157


def test_a_report_is_written_down_and_comes_into_the_card(tiny_bundle, tmp_path, monkeypatch):
    folder = shutil.copytree(tiny_bundle, tmp_path / "tiny")
    found = Estimate(0.9, 0.8, 1.0, 50, 40)
    for name, answer in {
        "load_lungs": None,
        "open_lung_finder": None,
        "reader_of": None,
        "load_probe_data": None,
        "probe": {"macro_f1": found, "parity_flips": found},
        "twins": found,
    }.items():
        monkeypatch.setattr(
            f"xraydemo.training.probes.{name}", lambda *_, answer=answer, **__: answer
        )
    monkeypatch.setattr(sys, "argv", ["probes", str(folder), "data", "--report"])
    main()
    card = load_bundle(folder).card
    assert card.metrics["test"] == {"macro_f1": found._asdict()}
    assert set(card.metrics["report"]["figures"]) == {"parity_flips", "twins_within_0.05"}
    assert card.metrics["looks"] == {"internal test": 1, "external report": 1}
    assert (
        "share that changes class | 0.900 | 0.800 to 1.000 | 50 |"
        in (folder / "README.md").read_text()
    )
