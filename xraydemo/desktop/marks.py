"""What the reader marked as the truth, kept by the content of the files. Knows no Qt.

A file is known by its SHA-256 alone: neither its name nor anything that is written in it is kept,
so that marks tell nothing about a patient, and stay with a file that is moved or renamed.
"""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import platformdirs

from xraydemo.classes import CLASSES
from xraydemo.desktop import text
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

COLUMNS = ("file", "label", "time")


@dataclass(frozen=True)
class Mark:
    """A word on one file.

    Attributes
    ----------
    sha256 : str
        Of the file's bytes.
    label : str
        Class id; empty where a mark was taken back.
    time : str
        In ISO 8601, UTC, to the second.
    """

    sha256: str
    label: str
    time: str


def marks_file() -> Path:
    """Name the file in the user's data folder that marks are kept in."""
    return platformdirs.user_data_path("xraydemo", appauthor=False) / "marks.jsonl"


def now() -> str:
    """Give the time as it is kept."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Marks:
    """A journal of marks: each is a line at its end at once, and the last one counts.

    Parameters
    ----------
    path : Path
        The journal; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._done: list[tuple[str, str]] = []  # of this session, with what it was before
        self._marks: dict[str, Mark] | None = None

    def of(self, sha256: str) -> Mark | None:
        """Give the mark of a file; None where it has none."""
        found = self._known().get(sha256)
        return found if found and found.label else None

    def set(self, sha256: str, label: str) -> None:
        """Mark a file, or take its mark back with an empty label.

        Raises
        ------
        XrayDemoError
            If it can't be written.
        """
        before = self.of(sha256)
        self._write(sha256, label)
        self._done.append((sha256, before.label if before else ""))

    def undo(self) -> tuple[Mark, Mark] | None:
        """Take back the last mark of this session; gives the word on its file before and after."""
        if not self._done:
            return None
        sha256, label = self._done[-1]
        before = self._known()[sha256]
        after = self._write(sha256, label)
        self._done.pop()
        return before, after

    def _write(self, sha256: str, label: str) -> Mark:
        mark, known = Mark(sha256, label, now()), self._known()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(mark)) + "\n")
        except OSError as error:
            message = text.MARK_NOT_KEPT.format(path=self._path, why=error.strerror)
            raise XrayDemoError(message, text.MAY_WRITE_HINT) from error
        known[sha256] = mark
        return mark

    def _known(self) -> dict[str, Mark]:
        if self._marks is None:
            self._marks = {mark.sha256: mark for mark in _read(self._path)}
        return self._marks


def _read(path: Path) -> Iterable[Mark]:
    """Give the marks of a journal; a line that was cut off when the power failed is none."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            mark = Mark(**json.loads(line))
        except (ValueError, TypeError):
            continue
        if mark.label in (*CLASSES, ""):
            yield mark


def write_csv(path: Path, rows: Iterable[tuple[str, Mark]]) -> None:
    """Write a table of files and their marks; its columns are `COLUMNS`.

    Parameters
    ----------
    path : Path
    rows : iterable of (str, Mark)
        A file as it is to be named, and its mark.

    Raises
    ------
    XrayDemoError
        If it can't be written.
    """
    save_table(path, COLUMNS, ((file, mark.label, mark.time) for file, mark in rows))


def save_table(path: Path, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Write a CSV.

    Raises
    ------
    XrayDemoError
        If it can't be written.
    """
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(columns)
            table.writerows(rows)
    except OSError as error:
        message = text.TABLE_NOT_SAVED.format(path=path, why=error.strerror)
        raise XrayDemoError(message, text.MAY_WRITE_HINT) from error
