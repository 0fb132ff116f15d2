"""Which files of a folder are taken for X-rays."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from xraydemo.errors import BadCohort

NOT_IMAGES = {".csv", ".txt", ".json", ".md"}
NOT_IMAGE_NAMES = {"thumbs.db", "dicomdir"}


def image_files(paths: Iterable[str | Path]) -> list[Path]:
    """List the files to read: the given files themselves, and every X-ray below the given folders.

    A file that is named is always taken. In a folder every regular file is, whatever its suffix
    (DICOM files often have none), but dot files, ``Thumbs.db``, ``DICOMDIR``, ``.csv``, ``.txt``,
    ``.json`` and ``.md``. Links to folders are not followed, so that a loop of links ends.

    Parameters
    ----------
    paths : iterable of str or Path
        Files and folders.

    Returns
    -------
    list of Path
        In the order given, each folder's files sorted by path.

    Raises
    ------
    BadCohort
        If a path doesn't exist, or a folder may not be entered.
    """
    files: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            files.extend(sorted(_files_below(path)))
        elif path.exists() or path.is_symlink():
            files.append(path)
        else:
            raise BadCohort(
                f"There is no file or folder {path}", "Check the path for typing errors"
            )
    return files


def _files_below(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder, onerror=_refuse):
        for name in names:
            path = Path(parent, name)
            if not _is_left_out(path) and (path.is_file() or path.is_symlink()):
                yield path


def _is_left_out(path: Path) -> bool:
    name = path.name.lower()
    return name.startswith(".") or name in NOT_IMAGE_NAMES or path.suffix.lower() in NOT_IMAGES


def _refuse(error: OSError) -> None:
    raise BadCohort(
        f"The folder {error.filename} can't be read: {error.strerror}",
        "Change its permissions, or name its readable parts one by one",
    ) from error
