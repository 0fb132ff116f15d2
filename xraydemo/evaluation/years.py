"""Years out of dates as people write them: exact, or a span of years, or none."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xraydemo.evaluation.run import Run
from xraydemo.metrics.weighted import Draws, Mask, Weights

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


def spans_of_run(run: Run) -> NDArray[np.float64]:
    """Give the first and last year in which each X-ray of a run can have been taken.

    Returns
    -------
    ndarray, shape (n, 2)
        From the fact `year` where it tells one, else from `date`; NaN where neither does.
    """
    year = spans(run.known("year"))
    return np.where(np.isnan(year), spans(run.known("date")), year)


def span_name(first: float, last: float) -> str:
    """Write a year or a span of years; "" for none."""
    if np.isnan(first):
        return ""
    return f"{first:.0f}" if first == last else f"{first:.0f} to {last:.0f}"


def newer_auc(weights: Weights, span_of_each: NDArray[np.float64], newer: Mask) -> Draws:
    """Give how often an X-ray of one kind is newer than one of the other: an AUC of dates.

    Parameters
    ----------
    weights : ndarray, shape (m, n)
    span_of_each : ndarray, shape (n, 2)
        First and last year, none NaN.
    newer : ndarray of bool, shape (n,)
        The kind of which it is asked.

    Returns
    -------
    ndarray, shape (m,)
        Two spans that overlap count as a half, as ties do; NaN in a draw that lacks either kind.
    """
    spans_there, code = np.unique(span_of_each, axis=0, return_inverse=True)
    one_hot = np.eye(len(spans_there), dtype=weights.dtype)[code.reshape(-1)]
    first, last = spans_there.T
    is_later = (first[:, None] > last).astype(np.float64)
    wins = 0.5 + 0.5 * (is_later - is_later.T)
    of_newer = (weights[:, newer] @ one_hot[newer]).astype(np.float64)
    of_older = (weights[:, ~newer] @ one_hot[~newer]).astype(np.float64)
    pairs = of_newer.sum(axis=1) * of_older.sum(axis=1)
    won = ((of_newer @ wins) * of_older).sum(axis=1)
    share = np.full(len(pairs), np.nan)
    np.divide(won, pairs, out=share, where=pairs > 0)
    return share


def share_in_order(span_of_each: NDArray[np.float64], newer: Mask) -> float:
    """Give the share of pairs of which is known which X-ray is older, or that both are of one year.

    See `newer_auc` for the arguments.
    """
    (first_a, last_a), (first_b, last_b) = span_of_each[newer].T, span_of_each[~newer].T
    apart = (first_a[:, None] > last_b) | (last_a[:, None] < first_b)
    same = (first_a == last_a)[:, None] & (first_b == last_b) & (first_a[:, None] == first_b)
    return float((apart | same).mean())
