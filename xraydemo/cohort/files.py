"""Which files of a folder are taken for X-rays."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from xraydemo.cohort.problem import Problem
from xraydemo.errors import BadCohort

NOT_IMAGES = {".csv", ".txt", ".json", ".md"}
NOT_IMAGE_NAMES = {"thumbs.db", "dicomdir"}


def image_files(paths: Iterable[str | Path], problems: list[Problem] | None = None) -> list[Path]:
    """List the files to read: the given files themselves, and every X-ray below the given folders.

    A file that is named is always taken; in a folder, those of `files_below`.

    Parameters
    ----------
    paths : iterable of str or Path
        Files and folders.
    problems : list of Problem, optional
        Folders that may not be entered are added to it, and the rest is read; a path that doesn't
        exist is listed, and whoever reads it says so. Without it both are errors.

    Returns
    -------
    list of Path
        In the order given, each folder's files sorted by path.

    Raises
    ------
    BadCohort
        If a path doesn't exist or a folder may not be entered, and `problems` is not given.
    """
    files: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            below, closed = files_below(path)
            if problems is None and closed:
                raise BadCohort(f"{closed[0].where}: {closed[0].message}", closed[0].hint)
            files.extend(below)
            (problems if problems is not None else []).extend(closed)
        elif problems is not None or path.exists() or path.is_symlink():
            files.append(path)
        else:
            raise BadCohort(
                f"There is no file or folder {path}", "Check the path for typing errors"
            )
    return files


def files_below(folder: Path) -> tuple[list[Path], list[Problem]]:
    """List the X-rays at any depth below a folder.

    Taken is every regular file, whatever its suffix (DICOM files often have none), but dot files,
    ``Thumbs.db``, ``DICOMDIR``, ``.csv``, ``.txt``, ``.json`` and ``.md``. A link to a file is a
    file, even a broken one (reading it says so); one to a pipe or device is not, for reading these
    may never end. Links to folders are not followed, so that a loop of links ends.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    files : list of Path
        Sorted.
    problems : list of Problem
        The folders that may not be entered.
    """
    closed: list[OSError] = []
    files = [
        path
        for parent, _, names in os.walk(folder, onerror=closed.append)
        for path in (Path(parent, name) for name in names)
        if not _is_left_out(path) and (path.is_file() or _is_broken_link(path))
    ]
    return sorted(files), [_closed_folder(error) for error in closed]


def _is_left_out(path: Path) -> bool:
    name = path.name.lower()
    return name.startswith(".") or name in NOT_IMAGE_NAMES or path.suffix.lower() in NOT_IMAGES


def _is_broken_link(path: Path) -> bool:
    return path.is_symlink() and not path.exists()


def _closed_folder(error: OSError) -> Problem:
    return Problem(
        str(error.filename),
        f"the folder can't be read: {error.strerror}",
        "Change its permissions, or name its readable parts one by one",
        "folder",
    )
