"""The rows of a CSV file as text, each with its line number."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from xraydemo.errors import BadCohort

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAVE_AGAIN = "Save it as comma-separated UTF-8 text"


@dataclass(frozen=True, eq=False)
class CsvRows:
    """What stands in a CSV file.

    Parameters
    ----------
    table : pandas.DataFrame
        All cells as text, under the names of the first line.
    lines : list of int
        The line in the file that each row begins on; the header is line 1.
    """

    table: pd.DataFrame
    lines: list[int]


def read_csv_rows(path: Path) -> CsvRows:
    """Read a CSV file in UTF-8, separated by commas, semicolons or tabs; empty lines are no rows.

    pandas would fill short lines up in silence, and so shift nothing but the truth.

    Parameters
    ----------
    path : Path

    Returns
    -------
    CsvRows
        With a column `file`. A column without a name is called "column 3", by its place.

    Raises
    ------
    BadCohort
        If the file is absent, empty, not UTF-8, has no column `file` or one twice, a line with more
        or fewer cells than the first, or no rows. The message names the line.
    """
    records = _records(path, _text(path))
    if not records:
        raise BadCohort(f"The table {path} is empty", "Its first line names the columns")
    columns = _columns(path, records[0][1])
    rows = records[1:]
    if not rows:
        raise BadCohort(f"The table {path} has no rows", "Add one line for each X-ray")

    ragged = [(line, cells) for line, cells in rows if len(cells) != len(columns)]
    if ragged:
        line, cells = ragged[0]
        raise BadCohort(
            f"{path}, line {line} has {len(cells)} cells, but line 1 names {len(columns)} columns",
            f"{len(ragged)} of {len(rows)} lines are so; a cell with a comma needs double quotes",
        )
    table = pd.DataFrame([cells for _, cells in rows], columns=list(columns), dtype=str)
    return CsvRows(table, [line for line, _ in rows])


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise BadCohort(f"There is no table {path}", "Check the path for typing errors") from error
    except OSError as error:
        hint = "Check its permissions and the disk"
        raise BadCohort(f"The table {path} can't be read: {error.strerror}", hint) from error
    if raw.startswith(_UTF_16):
        raise BadCohort(f"The table {path} can't be read: it is UTF-16, not UTF-8", _SAVE_AGAIN)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        wrong = f"byte {error.start + 1}, on line {line}, is not UTF-8"
        raise BadCohort(f"The table {path} can't be read: {wrong}", _SAVE_AGAIN) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise BadCohort(f"The table {path} can't be read: line {line} is no text", _SAVE_AGAIN)
    return text


def _records(path: Path, text: str) -> list[tuple[int, list[str]]]:
    header = text.lstrip().partition("\n")[0]
    separator = next((sign for sign in ",;\t" if sign in header), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    records = []
    begun = 1  # a row with line breaks in a cell is several lines
    try:
        for cells in reader:
            records.append((begun, cells))
            begun = reader.line_num + 1
    except csv.Error as error:
        raise BadCohort(
            f"{path}, line {begun}: the table can't be read: {error}",
            "Look for a double quote that is opened and not closed",
        ) from error
    return [(line, cells) for line, cells in records if any(cell.strip() for cell in cells)]


def _columns(path: Path, header: list[str]) -> list[str]:
    names = [name.strip() or f"column {place}" for place, name in enumerate(header, start=1)]
    # "File" and "Label" will do where there is no "file" and "label"
    for wanted in ("file", "label"):
        close = [place for place, name in enumerate(names) if name.casefold() == wanted]
        if wanted not in names and len(close) == 1:
            names[close[0]] = wanted
    doubled = [name for name, count in Counter(names).items() if count > 1]
    if doubled:
        place = [i for i, name in enumerate(names, start=1) if name == doubled[0]]
        raise BadCohort(
            f"{path}, line 1: the column {doubled[0]!r} stands there {len(place)} times"
            f" (columns {', '.join(map(str, place))})",
            "Give each column a name of its own",
        )
    if "file" not in names:
        raise BadCohort(
            f"{path}, line 1: the table has no column 'file'",
            f"It has {', '.join(names)}; call the column with the paths `file`",
        )
    return names
