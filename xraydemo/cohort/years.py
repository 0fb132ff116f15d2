"""Years out of dates as people write them: exact, or a span of years, or none."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

EARLIEST, LATEST = 1895, 2100  # no X-ray is older than X-rays
_COMPACT = re.compile(r"(\d{4})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", re.ASCII)  # as DICOM has it
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)", re.ASCII)


def years_in(text: str) -> tuple[float, float]:
    """Find the first and the last year that a date speaks of.

    Parameters
    ----------
    text : str
        "2020", "2020-03-05", "20200305", "March 5, 2020" or "3/5/2020" are of one year,
        "1992-2015" is a span. A year of two digits is none: it may be a day.

    Returns
    -------
    first, last : float
        In [1895, 2100]; NaN if there is none.
    """
    compact = _COMPACT.fullmatch(text.strip())
    found = [compact[1]] if compact else _YEAR.findall(text)
    years = [year for year in map(float, found) if EARLIEST <= year <= LATEST]
    return (min(years), max(years)) if years else (np.nan, np.nan)


def spans(texts: pd.Series) -> NDArray[np.float64]:
    """Find the first and last year of each text, shape (n, 2); NaN where there is none."""
    found = {text: years_in(text) for text in texts.unique()}
    return np.array([found[text] for text in texts], dtype=np.float64).reshape(-1, 2)


def span_name(first: float, last: float) -> str:
    """Write a year or a span of years; "" for none."""
    if np.isnan(first):
        return ""
    return f"{first:.0f}" if first == last else f"{first:.0f} to {last:.0f}"
