"""Choosing rows of a cohort: ``--where COLUMN=VALUE``."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from xraydemo.errors import BadCohort

Operator = Callable[[Any, Any], bool]

COMPARISONS: dict[str, Operator] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

_PARTS = re.compile(r"(?P<column>.+?)(?P<sign>!=|<=|>=|=|<|>)(?P<value>.*)", re.DOTALL)
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ].*)?)?)?|(\d{4})(\d\d)(\d\d)", re.ASCII)


@dataclass(frozen=True)
class Condition:
    """One condition on one column.

    Parameters
    ----------
    text : str
        As the user wrote it.
    column : str
    sign : {"=", "!=", "<", "<=", ">", ">="}
    values : tuple of str
        Any of which will do for "=", none of which may be for "!="; one for the others.
    """

    text: str
    column: str
    sign: str
    values: tuple[str, ...]

    def holds(self, cell: str) -> bool:
        """Tell whether the condition holds for a cell.

        "=" and "!=" compare text, or numbers where both are numbers ("45" is "45.0"); the others
        compare numbers, or else dates (2020-03-14, 20200314, 2020-03, 2020: two dates are compared
        as precisely as the coarser one is given). An empty or incomparable cell never holds for
        them.
        """
        if self.sign in COMPARISONS:
            return _compares(cell.strip(), self.values[0], COMPARISONS[self.sign])
        return (self.sign == "=") == any(_equals(cell.strip(), value) for value in self.values)


def parse(text: str) -> Condition:
    """Read one condition.

    Parameters
    ----------
    text : str
        ``COLUMN=VALUE[,VALUE...]``, or with ``!=``, ``<``, ``<=``, ``>``, ``>=``.

    Returns
    -------
    Condition

    Raises
    ------
    BadCohort
        If it is none.
    """
    found = _PARTS.fullmatch(text)
    if not found or not found["column"].strip():
        hint = "Write COLUMN=VALUE or COLUMN=VALUE,VALUE; also !=, <, <=, >, >="
        raise BadCohort(f"--where {text!r} is no condition", hint)
    column, sign = found["column"].strip(), found["sign"]
    if sign not in COMPARISONS:
        values = tuple(value.strip() for value in found["value"].split(","))
        return Condition(text, column, sign, values)
    value = found["value"].strip()
    if _number(value) is None and _date(value) is None:
        hint = f"After {sign} comes a number, or a date such as 2020-03-14, 2020-03 or 2020"
        raise BadCohort(f"--where {text!r}: {value!r} is neither a number nor a date", hint)
    return Condition(text, column, sign, (value,))


def select(table: pd.DataFrame, where: Sequence[str]) -> pd.Series[bool]:
    """Tell which rows meet all conditions.

    Parameters
    ----------
    table : pandas.DataFrame
        All cells are text.
    where : sequence of str
        See `parse`.

    Returns
    -------
    pandas.Series of bool
        With the table's index.

    Raises
    ------
    BadCohort
        If a condition is none, names a column that isn't there, or no row meets all.
    """
    chosen = pd.Series(data=True, index=table.index)
    kept = []
    for condition in map(parse, where):
        if condition.column not in table:
            raise BadCohort(
                f"--where {condition.text!r}: there is no column {condition.column!r}",
                f"The columns are {', '.join(table.columns)}",
            )
        holds = table[condition.column].map(condition.holds).astype(bool)
        kept.append(f"{condition.text} keeps {holds.sum()}")
        chosen &= holds
    if where and not chosen.any():
        hint = f"Of {len(table)} rows, {', '.join(kept)}"
        raise BadCohort(f"No row meets --where {' and '.join(where)}", hint)
    return chosen


def _equals(cell: str, value: str) -> bool:
    if cell == value:
        return True
    number = _number(value)
    return number is not None and number == _number(cell)


def _compares(cell: str, value: str, compare: Operator) -> bool:
    for as_type in (_number, _date):
        left, right = as_type(cell), as_type(value)
        if left is None or right is None:
            continue
        if isinstance(left, tuple) and isinstance(right, tuple):
            precision = min(len(left), len(right))
            return compare(left[:precision], right[:precision])
        return compare(left, right)
    return False


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    # Python reads "1_000" and "nan" as numbers; people don't
    return number if math.isfinite(number) and "_" not in text else None


def _date(text: str) -> tuple[int, ...] | None:
    found = _DATE.fullmatch(text)
    if not found:
        return None
    parts = tuple(int(part) for part in found.groups() if part)
    try:
        year, month, day = (*parts, 1, 1)[:3]
        date(year, month, day)
    except ValueError:
        return None
    return parts
