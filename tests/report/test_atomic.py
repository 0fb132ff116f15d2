from __future__ import annotations

import pytest

from xraydemo.errors import XrayDemoError
from xraydemo.report.atomic import replaced


def test_a_file_appears_whole_with_its_folder(tmp_path):
    path = tmp_path / "new" / "a.txt"
    with replaced(path) as new:
        new.write_text("all")
        assert not path.exists()
    assert path.read_text() == "all"
    assert [p.name for p in path.parent.iterdir()] == ["a.txt"]


def test_what_was_there_stays_when_the_writing_fails(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), replaced(path) as new:
        new.write_text(str(1 / 0))
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_can_not_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(XrayDemoError, match="can't be written"), replaced(tmp_path / "file" / "a"):
        pass


def test_a_folder_is_not_replaced(tmp_path):
    with pytest.raises(XrayDemoError, match="can't be written"), replaced(tmp_path) as new:
        new.write_text("x")
