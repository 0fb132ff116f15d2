"""Which X-rays of a table may be trained on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from tests.training.tables import OF_A_CLASS, write_table
from xraydemo.errors import BadCohort
from xraydemo.training.table import part_of, read_training_table


def quiet(done: int, n: int) -> None:
    pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """With a darker copy of the first normal X-ray, in no table yet."""
    folder = tmp_path_factory.mktemp("table")
    write_table(folder)
    with Image.open(folder / "normal0.png") as picture:
        Image.fromarray((np.asarray(picture) * 0.8).astype(np.uint8)).save(folder / "copy.png")
    return folder


@pytest.fixture(scope="module")
def table(folder) -> pd.DataFrame:
    return pd.read_csv(folder / "t.csv")


def with_copy(folder: Path, table: pd.DataFrame, **cells: str) -> Path:
    row = {"file": "copy.png", "label": "normal", "split": "pool", "group": "another"} | cells
    csv = folder / f"{row['split']}.csv"
    pd.concat([table, pd.DataFrame([row])]).to_csv(csv, index=False)
    return csv


def test_different_xrays_keep_their_groups(folder) -> None:
    told: list[tuple[int, int]] = []
    found = read_training_table(folder / "t.csv", lambda done, n: told.append((done, n)))
    assert len(found.rows) == len(found.pictures) == 4 * OF_A_CLASS
    assert found.n_left_out == 0
    assert found.rows["group"].nunique() == 4 * OF_A_CLASS
    assert told[-1] == (4 * OF_A_CLASS, 4 * OF_A_CLASS)


def test_a_twin_joins_two_groups(folder, table) -> None:
    shared = table.assign(group=table["group"].replace("normal1", "normal0"))
    found = read_training_table(with_copy(folder, shared), quiet).rows.set_index("file")["group"]
    joined = found[["normal0.png", "normal1.png", "copy.png"]]
    assert joined.nunique() == 1  # normal1 shares a patient with normal0, not a picture
    assert found.nunique() == 4 * OF_A_CLASS - 1


def test_a_twin_joins_where_no_group_is_told(folder, table) -> None:
    csv = with_copy(folder, table)
    pd.read_csv(csv).drop(columns="group").to_csv(folder / "ungrouped.csv", index=False)
    found = read_training_table(folder / "ungrouped.csv", quiet).rows.set_index("file")["group"]
    assert found["normal0.png"] == found["copy.png"]
    assert found.nunique() == 4 * OF_A_CLASS


def test_what_stands_in_the_test_too_is_left_out(folder, table) -> None:
    more = pd.DataFrame([{"file": "copy.png", "label": "normal", "split": "test", "group": "x"}])
    spare = {"file": "spare.png", "label": "normal", "split": "pool", "group": "spare"}
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (64, 64), np.uint8)).save(
        folder / "spare.png"
    )
    csv = folder / "tested.csv"
    pd.concat([table, more, pd.DataFrame([spare])]).to_csv(csv, index=False)
    found = read_training_table(csv, quiet)
    assert found.n_left_out == 1
    assert {"normal0.png", "copy.png"}.isdisjoint(found.rows["file"])
    assert len(found.rows) == len(found.pictures) == 4 * OF_A_CLASS


def test_too_few_of_a_class_are_refused(folder, table) -> None:
    table[:-1].to_csv(folder / "few.csv", index=False)
    with pytest.raises(BadCohort, match=f"{OF_A_CLASS - 1} X-rays of opacity to train on"):
        read_training_table(folder / "few.csv", quiet)


def test_too_few_that_are_left_are_refused(folder, table) -> None:
    with pytest.raises(BadCohort, match=f"{OF_A_CLASS - 1} X-rays of normal to train on"):
        read_training_table(with_copy(folder, table, split="test"), quiet)


def test_a_part_has_what_is_known(folder) -> None:
    table = read_training_table(folder / "t.csv", quiet)
    part = part_of(table, np.array([OF_A_CLASS, 0]))
    assert part.labels.tolist() == [1, 0]
    assert part.groups.tolist() == ["covid0", "normal0"]
    assert part.views.tolist() == ["", ""]
    np.testing.assert_array_equal(part.pictures[1], table.pictures[0])
