from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from xraydemo.cohort.files import files_below, image_files
from xraydemo.cohort.problem import Problem
from xraydemo.errors import BadCohort


def test_every_regular_file_but_the_known_others(tmp_path: Path) -> None:
    taken = ["b.dcm", "a", "deep/er/c.PNG", "صورة.png", "🫁.jpg"]
    left = [".hidden", "Thumbs.db", "DICOMDIR", "t.csv", "t.TXT", "t.json", "README.md", ".d/.x"]
    for name in taken + left:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert image_files([tmp_path]) == sorted(tmp_path / name for name in taken)


def test_a_file_that_is_named_is_always_taken(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").touch()
    assert image_files([tmp_path / "labels.csv"]) == [tmp_path / "labels.csv"]


def test_the_order_is_the_users(tmp_path: Path) -> None:
    for name in ("b/2.png", "b/1.png", "a/3.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = image_files([tmp_path / "b", tmp_path / "a"])
    assert [path.name for path in found] == ["1.png", "2.png", "3.png"]


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    (tmp_path / "x.png").touch()
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    assert tmp_path / "x.png" in image_files([tmp_path])


def test_a_broken_link_is_listed_for_its_error(tmp_path: Path) -> None:
    (tmp_path / "gone.png").symlink_to(tmp_path / "nowhere.png")
    assert image_files([tmp_path]) == [tmp_path / "gone.png"]


def test_an_absent_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCohort, match="no file or folder"):
        image_files([tmp_path / "absent"])
    # who reads on past problems is told by the reading
    assert image_files([tmp_path / "absent"], []) == [tmp_path / "absent"]


def test_a_closed_folder_is_refused_or_listed(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "x.png").touch()
    scandir = os.scandir

    def refusing(path):  # root may enter every folder
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(BadCohort, match="closed: the folder can't be read: Permission denied"):
        image_files([tmp_path])
    problems: list[Problem] = []
    assert image_files([tmp_path], problems) == [tmp_path / "x.png"]
    assert [problem.where for problem in problems] == [str(tmp_path / "closed")]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_pipes_and_devices_are_left_out_by_whatever_name(tmp_path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "link to a pipe.png").symlink_to(tmp_path / "pipe.png")
    (tmp_path / "zero.png").symlink_to("/dev/zero")
    (tmp_path / "broken.png").symlink_to(tmp_path / "gone.png")
    files, _ = files_below(tmp_path)
    assert [file.name for file in files] == ["broken.png"]
