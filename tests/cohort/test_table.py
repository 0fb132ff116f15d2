from __future__ import annotations

from pathlib import Path

import pytest

from xraydemo.cohort.table import read_table
from xraydemo.errors import BadCohort


def write(folder: Path, text: str | bytes) -> Path:
    for name in ("a.png", "b.png"):
        (folder / name).touch()
    csv = folder / "t.csv"
    csv.write_bytes(text if isinstance(text, bytes) else text.encode())
    return csv


def test_paths_are_relative_to_the_table(tmp_path) -> None:
    table = read_table(write(tmp_path, "file,label,age\na.png,covid,\nb.png,normal,45\n"))
    assert list(table["path"]) == [tmp_path / "a.png", tmp_path / "b.png"]
    assert list(table["age"]) == ["", "45"]


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path) -> None:
    assert "file" in read_table(write(tmp_path, "\ufefffile,label\na.png,covid\n"))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "is empty"),
        ("file,label\n", "no rows"),
        ("path,label\na.png,covid\n", "no column 'file'"),
        ("file\na.png\n", "a.png has no label"),
        ("file,label\na.png,covid\nb.png,flu\n", r"line 3: the label 'flu'"),
        ("file,label\na.png,covid\nc.png,covid\n", r"line 3: c\.png is not there"),
        ("file,label\na.png,covid\n".encode("utf-16"), "can't be read"),
        ('file,label\n"a.png,covid\n', "can't be read"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, complaint) -> None:
    with pytest.raises(BadCohort, match=complaint):
        read_table(write(tmp_path, text))


def test_only_what_is_known_is_a_group(tmp_path) -> None:
    assert "group" not in read_table(write(tmp_path, "file,label\na.png,covid\n"))
    table = read_table(write(tmp_path, "file,label,patient_id\na.png,covid,p\nb.png,normal,\n"))
    assert list(table["group"]) == ["p", "b.png"]


def test_a_doubled_row_is_there_once(tmp_path) -> None:
    csv = write(tmp_path, "file,label,split\na.png,covid,pool\na.png,covid,test\n")
    assert list(read_table(csv)["split"]) == ["pool"]


def test_problems_are_counted(tmp_path) -> None:
    csv = write(tmp_path, "file,label\na.png,covid\nb.png,flu\nc.png,covid\n")
    with pytest.raises(BadCohort, match=r"line 3: .*\(2 rows are wrong, this is the first\)"):
        read_table(csv)


def test_an_absent_table(tmp_path) -> None:
    with pytest.raises(BadCohort, match="no table"):
        read_table(tmp_path / "t.csv")
