"""The readings of a run as a table: ``predictions.csv`` and ``predictions.parquet``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from xraydemo.classes import CLASSES
from xraydemo.evaluation.run import Run
from xraydemo.report.atomic import replaced
from xraydemo.report.words import utf8, without_place

COLUMNS = {
    "file": "text",
    "label": "text",
    "predicted": "text",
    **{f"p_{name}": "float32" for name in CLASSES},
    "set": "text",
    "priority": "float64",
    "doubt": "text",
    "foreign_score": "float64",
    "foreign_percentile": "float64",
    "foreign_verdict": "text",
    "foreign_reason": "text",
    "milliseconds": "float64",
    "error_type": "text",
    "error_message": "text",
    "sha256": "text",
}
"""The columns of every table, in order; what a bundle says nothing of is empty."""

_TEXT = pd.StringDtype("pyarrow")
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def predictions(run: Run) -> pd.DataFrame:
    """Give one row for each place of the cohort, in its order; an unread file has its error.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`, then the cohort's own columns (text; one that bears the name of a column here is
        called ``cohort.NAME``), then ``fact.NAME`` for what the files tell of themselves (whole
        numbers, numbers or text). What is unknown is missing.
    """
    rows = run.rows
    shares = {f"p_{name}": run.probabilities[:, k] for k, name in enumerate(CLASSES)}
    names = np.array([*CLASSES, ""], dtype=object)  # -1, nothing read, is the last
    known = {
        "file": rows["file"],
        "label": rows["label"],
        "predicted": names[run.predicted],
        **shares,
        **{name: run.judgements[name] for name in run.judgements if name in COLUMNS},
        "milliseconds": rows["milliseconds"].where(run.was_read).round(2),
        "error_type": rows["error_type"],
        "error_message": error_messages(run),
        "sha256": rows["sha256"],
    }
    columns = {name: _typed(known.get(name), kind, rows.index) for name, kind in COLUMNS.items()}
    for name in run.meta.cohort["own_columns"]:
        if name not in ("file", "label"):
            shown = f"cohort.{name}" if name in COLUMNS or name.startswith("fact.") else name
            columns[utf8(shown)] = _text(rows[name], rows.index)
    for name in run.facts:
        columns[utf8(f"fact.{name}")] = _fact(run.facts[name])
    return pd.DataFrame(columns)


def error_messages(run: Run) -> pd.Series:
    """Give why each file wasn't read, its place on this machine left out; "" where it was."""
    rows = run.rows
    parts = zip(rows["error_message"], rows["path"], rows["file"], strict=True)
    return pd.Series([without_place(*part) for part in parts], rows.index, dtype=object)


def write_csv(path: Path, run: Run) -> None:
    """Write the predictions as a CSV in UTF-8; see `csv_text`.

    Raises
    ------
    XrayDemoError
        If the file can't be written.
    """
    text = csv_text(run)
    with replaced(path) as new:
        new.write_bytes(text.encode())


def csv_text(run: Run) -> str:
    """Give the predictions as a CSV: comma-separated, with a header.

    A text that begins like a formula (``= + - @``, a tab or a line break) gets an apostrophe
    before it, so that a file name can't run as one when the table is opened in a spreadsheet;
    numbers stay as they are. The Parquet file holds every text unchanged.
    """
    table = predictions(run)
    table.columns = pd.Index([_harmless(name) for name in table.columns])
    for name in table:
        if table[name].dtype == _TEXT:
            table[name] = table[name].map(_harmless, na_action="ignore")
    return str(table.to_csv(index=False, lineterminator="\n"))


def write_parquet(path: Path, run: Run) -> None:
    """Write the predictions as Parquet: typed columns, missing values as null.

    Raises
    ------
    XrayDemoError
        If the file can't be written.
    """
    with replaced(path) as new:
        predictions(run).to_parquet(new, index=False, engine="pyarrow", compression="zstd")


def _typed(values: Any, kind: str, index: pd.Index) -> pd.Series:  # noqa: ANN401  column or None
    if kind == "text":
        return _text([""] * len(index) if values is None else values, index)
    return pd.Series(np.nan if values is None else values, index, dtype=kind)


def _text(values: Iterable[object], index: pd.Index) -> pd.Series:
    """Give texts, missing where empty or unknown."""
    texts = [None if _is_unknown(value) else utf8(str(value)) or None for value in values]
    return pd.Series(texts, index, dtype=_TEXT)


def _is_unknown(value: object) -> bool:
    return value is None or value != value


def _fact(values: pd.Series) -> pd.Series:
    """Give a fact as whole numbers or as numbers where all that are known are, else as text."""
    known = values.dropna().tolist()
    if known and all(type(v) is int and abs(v) < 2**63 for v in known):
        return values.astype("Int64")
    if known and all(type(v) in (int, float) for v in known):
        return values.astype("Float64")
    return _text(values, values.index)


def _harmless(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(_STARTS_FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
