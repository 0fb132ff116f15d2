from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from tests.report.findings import awkward_run, empty_run
from xraydemo.report.tables import COLUMNS, predictions, write_csv, write_parquet

SETTLED = [
    "file", "label", "predicted", "p_normal", "p_covid", "p_pneumonia", "p_opacity", "set",
    "priority", "doubt", "foreign_score", "foreign_percentile", "foreign_verdict",
    "foreign_reason", "milliseconds", "error_type", "error_message", "sha256",
]  # fmt: skip


@pytest.fixture(scope="module")
def run():
    return awkward_run()


@pytest.fixture(scope="module")
def csv_rows(run, tmp_path_factory):
    path = tmp_path_factory.mktemp("csv") / "predictions.csv"
    write_csv(path, run)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_columns_are_the_settled_ones_then_the_cohorts_then_the_files(run):
    assert list(COLUMNS) == SETTLED
    own = ["view", "cohort.predicted", "fact.width", "fact.mixed", "fact.text"]
    assert list(predictions(run)) == SETTLED + own


def test_a_row_for_each_file_in_order_with_its_answer_or_its_error(run, csv_rows):
    assert len(csv_rows) == len(run)
    assert [row["label"] for row in csv_rows[:5]] == ["normal", "covid", "pneumonia", "opacity", ""]
    assert float(csv_rows[0]["p_normal"]) == pytest.approx(run.probabilities[0, 0], abs=1e-7)
    broken = csv_rows[5]
    assert (broken["predicted"], broken["p_normal"], broken["milliseconds"]) == ("", "", "")
    assert broken["error_type"] == "UnreadableImage"
    assert broken["error_message"] == "00005.png is empty"  # not where it lies on this machine


def test_numbers_keep_their_kind(csv_rows, run):
    assert [row["fact.width"] for row in csv_rows] == ["256", "256", "", "300", "1", ""]
    assert [row["fact.mixed"] for row in csv_rows[:3]] == ["1.0", "2.5", ""]
    assert predictions(run)["p_covid"].dtype == np.float32


def test_text_that_begins_like_a_formula_is_made_harmless(csv_rows):
    assert csv_rows[2]["file"] == "'=HYPERLINK(evil).png"
    assert [row["view"] for row in csv_rows] == ["AP", "", "PA", "'=1+1", "-1.5", "'@x"]
    assert csv_rows[3]["fact.text"] == "'+RGB"


def test_bytes_that_are_no_utf8_are_escaped(csv_rows):
    assert csv_rows[2]["fact.text"] == "\\udcff"
    assert csv_rows[1]["file"].startswith("مجلد/صورة 😀")


def test_parquet_is_typed_and_unchanged(run, tmp_path):
    path = tmp_path / "predictions.parquet"
    write_parquet(path, run)
    schema = pq.read_schema(path)
    kinds = {name: str(schema.field(name).type) for name in schema.names}
    assert kinds["p_normal"] == "float"
    assert kinds["fact.width"] == "int64"
    assert kinds["fact.mixed"] == "double"
    assert kinds["priority"] == "double"
    assert all("string" in kinds[name] for name in ("set", "file", "view", "fact.text"))
    table = pd.read_parquet(path)
    assert table["file"][2] == "=HYPERLINK(evil).png"
    np.testing.assert_array_equal(table["p_normal"], run.probabilities[:, 0])
    assert table["label"].isna().tolist() == [False, False, False, False, True, False]


def test_the_same_run_gives_the_same_bytes(run, tmp_path):
    for write in (write_csv, write_parquet):
        write(tmp_path / "a", run)
        write(tmp_path / "b", awkward_run())
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_run_in_which_nothing_was_read(tmp_path):
    write_csv(tmp_path / "a.csv", empty_run())
    write_parquet(tmp_path / "a.parquet", empty_run())
    assert len(pd.read_csv(tmp_path / "a.csv")) == len(pd.read_parquet(tmp_path / "a.parquet")) == 2
