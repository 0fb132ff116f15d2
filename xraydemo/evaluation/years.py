"""When the X-rays of a run were taken, and which of two kinds are newer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xraydemo.cohort.years import spans
from xraydemo.evaluation.run import Run
from xraydemo.metrics.weighted import Draws, Mask, Weights


def spans_of_run(run: Run) -> NDArray[np.float64]:
    """Give the first and last year in which each X-ray of a run can have been taken.

    Returns
    -------
    ndarray, shape (n, 2)
        From the fact `year` where it tells one, else from `date`; NaN where neither does.
    """
    year = spans(run.known("year"))
    return np.where(np.isnan(year), spans(run.known("date")), year)


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
