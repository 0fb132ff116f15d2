"""Many differences at once: intervals that hold together, from shared bootstrap draws."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from xraydemo.evaluation.sample import Sample
from xraydemo.metrics.bootstrap import DRAWS_AT_ONCE, LEVEL
from xraydemo.metrics.weighted import Draws, Weights

Floats = NDArray[np.float64]
Measured = tuple[float, Draws]  # a number on all rows, and in each draw


def value_and_draws(sample: Sample, statistic: Callable[[Weights], Draws]) -> Measured:
    """Give a statistic on all rows, and in each bootstrap draw.

    Parameters
    ----------
    sample : Sample
    statistic : callable
        From weights of the rows, shape (m, n), to one number for each of the m draws.

    Returns
    -------
    value : float
    draws : ndarray, shape (n_draws,)
    """
    weights = sample.resampling.weights
    value = float(statistic(np.ones((1, len(sample)), np.float32))[0])
    chunks = [
        statistic(weights[start : start + DRAWS_AT_ONCE].astype(np.float32))
        for start in range(0, len(weights), DRAWS_AT_ONCE)
    ]
    return value, np.concatenate(chunks)


def difference(first: Measured, second: Measured) -> Measured:
    """Take one from the other, paired."""
    return first[0] - second[0], first[1] - second[1]


def simultaneous_intervals(
    values: Floats, draws: Floats, level: float = LEVEL
) -> tuple[Floats, Floats]:
    """Give intervals that hold all at once: value -+ q times its standard error [1]_.

    q is the quantile, over the draws, of the largest deviation of any of the numbers in its own
    standard errors. Numbers that rest on the same X-rays go up and down together, so it is smaller
    than Bonferroni's; and it needs no quantile so far out that 2,000 draws don't reach there.

    Parameters
    ----------
    values : ndarray, shape (m,)
    draws : ndarray, shape (n_draws, m)
        Paired; NaN where not defined, which counts as no deviation.
    level : float

    Returns
    -------
    low, high : ndarray, shape (m,)

    References
    ----------
    .. [1] Montiel Olea & Plagborg-Moller, Simultaneous confidence bands: theory, implementation,
       and an application to SVARs, Journal of Applied Econometrics 34, 2019.
    """
    error = np.nanstd(draws, axis=0)
    off = np.abs(draws - np.nanmean(draws, axis=0))
    deviation = np.divide(off, error, out=np.zeros_like(draws), where=error > 0)
    q = float(np.quantile(np.nan_to_num(deviation).max(axis=1), level))
    return values - q * error, values + q * error
