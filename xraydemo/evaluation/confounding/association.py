"""How strongly a fact with few values and the class go together: Cramer's V, without its bias."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.simultaneous import value_and_draws
from xraydemo.metrics.bootstrap import LEVEL, Estimate, percentile_interval
from xraydemo.metrics.weighted import Draws, Weights


def cramers_v(values: pd.Series, sample: Sample, level: float = LEVEL) -> Estimate:
    """Estimate the bias-corrected Cramer's V of a fact and the class [1]_.

    Parameters
    ----------
    values : pandas.Series, n rows
        Text with few values; each is a category, "unknown" too.
    sample : Sample, n rows
    level : float
        Of the interval.

    Returns
    -------
    Estimate
        In [0, 1]: 0 when the two are independent, 1 when each tells the other; NaN where either
        has one value. The bias is taken from the number of independent groups. Bootstrap draws,
        which carry the noise of the sample and their own, are first centred on the sample.

    References
    ----------
    .. [1] Bergsma, A bias-correction for Cramer's V and Tschuprow's T, Journal of the Korean
       Statistical Society 42, 2013.
    """
    truth = np.unique(sample.truth, return_inverse=True)[1]
    codes, names = pd.factorize(values)
    shape = (len(names), int(truth.max()) + 1)
    cell = np.zeros((len(sample), shape[0] * shape[1]), np.float32)
    cell[np.arange(len(sample)), codes * shape[1] + truth] = 1

    def phi_squared(weights: Weights) -> Draws:
        return _phi_squared((weights @ cell).astype(np.float64).reshape(-1, *shape))

    n_groups = len(np.unique(sample.groups))
    of_sample, drawn = value_and_draws(sample, phi_squared)
    centred = drawn - (drawn.mean() - of_sample)
    low, high = percentile_interval(_unbiased(centred, shape, n_groups), level)
    value = float(_unbiased(np.array([of_sample]), shape, n_groups)[0])
    return Estimate(value, low, high, len(sample), n_groups)


def _phi_squared(counts: NDArray[np.float64]) -> Draws:
    """Give chi-square over n of tables, shape (m, r, c); rows and columns of zeros add nothing."""
    total = counts.sum(axis=(1, 2))
    expected = counts.sum(axis=2)[:, :, None] * counts.sum(axis=1)[:, None, :]
    expected /= total[:, None, None]
    excess = np.zeros_like(counts)
    np.divide((counts - expected) ** 2, expected, out=excess, where=expected > 0)
    return np.asarray(excess.sum(axis=(1, 2)) / total)


def _unbiased(phi_squared: Draws, shape: tuple[int, int], n: int) -> Draws:
    rows, columns = shape
    bias = (rows - 1) * (columns - 1) / (n - 1)
    smaller = min(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)) - 1
    if smaller <= 0:
        return np.full(len(phi_squared), np.nan)
    return np.sqrt(np.clip((phi_squared - bias) / smaller, 0.0, 1.0))
