"""Prediction sets that keep their promise in each class: split conformal, class by class."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from xraydemo.metrics.bootstrap import LEVEL, Estimate


def class_quantiles(
    scores: NDArray[np.floating], labels: NDArray[np.intp], alpha: float
) -> NDArray[np.float64]:
    """Find, for each class, how strange a row of this class may look and still be let in.

    It is the ``ceil((n + 1) (1 - alpha))``-th smallest score of the class's n rows, so that a new
    row of the class is let in with a probability of at least ``1 - alpha`` ([1]_, Mondrian).

    Parameters
    ----------
    scores : ndarray of float, shape (n, k)
        Nonconformity of each row with each class, such as 1 - probability.
    labels : ndarray of int, shape (n,)
        The truth, in 0 .. k - 1; rows that nothing was fitted on.
    alpha : float
        Share of a class that may be missed, in (0, 1).

    Returns
    -------
    ndarray of float64, shape (k,)
        Infinite where a class has too few rows to promise anything: it is always let in.

    References
    ----------
    .. [1] Vovk, Conditional Validity of Inductive Conformal Predictors, Machine Learning 2013.
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha lies between 0 and 1, not at {alpha}")
    quantiles = np.full(scores.shape[1], np.inf)
    for k in range(scores.shape[1]):
        of_class = np.sort(scores[labels == k, k].astype(np.float64))
        # rounded, for (9 + 1) * (1 - 0.1) is a hair above 9
        rank = math.ceil(round((len(of_class) + 1) * (1 - alpha), 9))
        if rank <= len(of_class):
            quantiles[k] = of_class[rank - 1]
    return quantiles


def prediction_sets(
    probabilities: NDArray[np.floating], quantiles: NDArray[np.floating]
) -> NDArray[np.bool_]:
    """Tell which classes are in each row's set; the most likely one always is, so none is empty.

    Parameters
    ----------
    probabilities : ndarray of float, shape (n, k)
    quantiles : ndarray of float, shape (k,)
        Of 1 - probability, from `class_quantiles`.

    Returns
    -------
    ndarray of bool, shape (n, k)
    """
    sets = 1.0 - probabilities.astype(np.float64) <= quantiles
    sets[np.arange(len(sets)), probabilities.argmax(axis=1)] = True
    return np.asarray(sets)


def share(hits: NDArray[np.bool_], level: float = LEVEL) -> Estimate:
    """Give the share of hits among independent rows, with Wilson's interval; NaN of no rows."""
    from scipy.stats import binomtest

    n = len(hits)
    if n == 0:
        return Estimate(math.nan, math.nan, math.nan, 0, 0)
    interval = binomtest(int(hits.sum()), n).proportion_ci(level, method="wilson")
    return Estimate(float(hits.mean()), float(interval.low), float(interval.high), n, n)


def class_coverage(sets: NDArray[np.bool_], labels: NDArray[np.intp]) -> dict[int, Estimate]:
    """Give the share of each occurring class's rows whose set holds the truth."""
    covered = sets[np.arange(len(labels)), labels]
    return {int(k): share(covered[labels == k]) for k in np.unique(labels)}
