"""A labelled table of X-rays, read from a CSV."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from xraydemo.classes import CLASSES
from xraydemo.errors import BadCohort

REQUIRED = ("file", "label")


def read_table(csv: Path) -> pd.DataFrame:
    """Read a cohort from a CSV with the columns `file`, `label` and any others.

    Parameters
    ----------
    csv : Path
        Paths in its `file` column are relative to its folder.

    Returns
    -------
    pandas.DataFrame
        All columns as text (an empty cell is an empty string), and `path`, the absolute path.

    Raises
    ------
    BadCohort
        If the table is absent, empty, not UTF-8, lacks a column, or names an unknown label or a
        file that is absent; the message names the line.
    """
    try:
        table = pd.read_csv(csv, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise BadCohort(f"There is no table {csv}", "Check the path for typing errors") from error
    except pd.errors.EmptyDataError as error:
        raise BadCohort(f"The table {csv} is empty", "Its first line names the columns") from error
    except (UnicodeDecodeError, pd.errors.ParserError) as error:
        hint = "Save it as comma-separated UTF-8 text"
        raise BadCohort(f"The table {csv} can't be read: {error}", hint) from error

    missing = [column for column in REQUIRED if column not in table]
    if missing:
        found = ", ".join(table.columns)
        raise BadCohort(f"The table {csv} has no column {missing[0]!r}", f"It has {found}")
    if table.empty:
        raise BadCohort(f"The table {csv} has no rows", "Add one line for each X-ray")

    unknown = table.index[~table["label"].isin(CLASSES)]
    if len(unknown):
        label = table.loc[unknown[0], "label"]
        message = f"{csv}, line {_line(unknown[0])}: the label {label!r} is none of the classes"
        raise BadCohort(message, f"The classes are {', '.join(CLASSES)}")

    table["path"] = [(csv.parent / file).resolve() for file in table["file"]]
    absent = [row for row, path in enumerate(table["path"]) if not path.is_file()]
    if absent:
        message = f"{csv}, line {_line(absent[0])}: there is no file {table['file'][absent[0]]}"
        raise BadCohort(message, f"{len(absent)} of {len(table)} files are absent")
    return table


def _line(row: object) -> int:
    """Give the line of a row in the file: the header is line 1."""
    return int(str(row)) + 2
