import csv
import json

import pytest

from xraydemo.desktop.marks import COLUMNS, Marks, write_csv
from xraydemo.errors import XrayDemoError

A, B = "a" * 64, "b" * 64


@pytest.fixture
def journal(tmp_path):
    return tmp_path / "data" / "marks.jsonl"


def test_survive_the_program(journal):
    marks = Marks(journal)
    marks.set(A, "covid")
    marks.set(B, "normal")
    marks.set(B, "opacity")
    again = Marks(journal)
    assert again.of(A).label == "covid"
    assert again.of(B).label == "opacity"
    assert again.of("c" * 64) is None


def test_undo_goes_back_step_by_step_and_no_further_than_this_session(journal):
    Marks(journal).set(A, "normal")
    marks = Marks(journal)
    marks.set(A, "covid")
    marks.set(A, "")
    assert marks.of(A) is None
    assert [(mark.sha256, mark.label) for mark in marks.undo()] == [(A, ""), (A, "covid")]
    assert marks.of(A).label == "covid"
    assert [(mark.sha256, mark.label) for mark in marks.undo()] == [(A, "covid"), (A, "normal")]
    assert marks.of(A).label == "normal"
    assert marks.undo() is None
    assert Marks(journal).of(A).label == "normal"


def test_nothing_is_kept_but_content_label_and_time(journal):
    Marks(journal).set(A, "covid")
    assert set(json.loads(journal.read_text())) == {"sha256", "label", "time"}


def test_a_line_that_was_cut_off_costs_only_itself(journal):
    Marks(journal).set(A, "covid")
    with journal.open("a") as file:
        file.write('{"sha256": "bbb')
    assert Marks(journal).of(A).label == "covid"


def test_where_nothing_can_be_written_is_said(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(XrayDemoError, match="can't be kept"):
        Marks(tmp_path / "file" / "marks.jsonl").set(A, "covid")
    with pytest.raises(XrayDemoError, match="can't be saved"):
        write_csv(tmp_path / "file" / "marks.csv", [])


def test_the_table(journal, tmp_path):
    marks = Marks(journal)
    marks.set(A, "covid")
    write_csv(tmp_path / "marks.csv", [("x, y.png", marks.of(A))])
    with (tmp_path / "marks.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == list(COLUMNS)
    assert rows[1][:2] == ["x, y.png", "covid"]
    assert rows[1][2].endswith("Z")
