"""Intervals of proportions and differences, and the correction for having asked many times."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from xraydemo.metrics.bootstrap import LEVEL, Estimate


def proportion(hits: NDArray[np.bool_], groups: NDArray[Any], level: float = LEVEL) -> Estimate:
    """Estimate a share with Wilson's interval, for as many rows as are independent.

    A bootstrap of twelve right answers out of twelve never draws a wrong one, and gives the
    interval [1, 1]; Wilson's gives [0.76, 1].

    Parameters
    ----------
    hits : ndarray of bool, shape (n,)
    groups : ndarray, shape (n,)
        The patient, or whatever is not independent: n counts as ``n**2 / sum(m**2)``, m the sizes
        of the groups. That is Kish's effective size [1]_ if a group's rows are all alike, so the
        interval is rather too wide than too narrow.
    level : float
        Of the interval, in (0, 1).

    Returns
    -------
    Estimate
        NaN for no rows at all.

    References
    ----------
    .. [1] Kish, Survey Sampling, 1965, section 5.4.
    """
    n = len(hits)
    if n == 0:
        return Estimate(float("nan"), float("nan"), float("nan"), 0, 0)
    _, sizes = np.unique(groups, return_counts=True)
    effective = n**2 / float((sizes.astype(np.float64) ** 2).sum())
    share = float(hits.mean())
    return Estimate(share, *wilson(share * effective, effective, level), n, len(sizes))


def wilson(k: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """Give the interval of a proportion, k of n, when the n are independent [1]_.

    It stays in [0, 1] and is honest for 0 of n, too. For rows that come in groups see
    `proportion`.

    Returns
    -------
    low, high : float
        NaN when n is 0.

    References
    ----------
    .. [1] Wilson, Probable inference, the law of succession, and statistical inference, JASA 22,
       1927.
    """
    if n == 0:
        return float("nan"), float("nan")
    low, high = proportion_confint(k, n, alpha=1 - level, method="wilson")
    return max(float(low), 0.0), min(float(high), 1.0)  # it may miss the ends by 1e-17


def holm(p_values: Sequence[float] | NDArray[np.floating]) -> NDArray[np.float64]:
    """Correct p-values for their number, so that any at all is wrongly small as rarely as one [1]_.

    Parameters
    ----------
    p_values : sequence of float, shape (m,)

    Returns
    -------
    ndarray of float, shape (m,)
        Adjusted p-values, in the order given.

    References
    ----------
    .. [1] Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of
       Statistics 6, 1979.
    """
    if not len(p_values):
        return np.empty(0)
    adjusted = multipletests(np.asarray(p_values, dtype=np.float64), method="holm")[1]
    return np.asarray(adjusted, dtype=np.float64)


class Measured(Protocol):
    """A number with its interval."""

    @property
    def value(self) -> float:
        """Give the number."""
        ...

    @property
    def low(self) -> float:
        """Give the interval's lower end."""
        ...

    @property
    def high(self) -> float:
        """Give the interval's upper end."""
        ...


def independent_difference(first: Measured, second: Measured) -> tuple[float, float, float]:
    """Take one estimate from another that rests on other X-rays.

    Parameters
    ----------
    first, second : Measured
        ``second - first`` is taken.

    Returns
    -------
    value, low, high : float
        Its interval rests on those of the two, which need not be symmetric [1]_.

    References
    ----------
    .. [1] Zou & Donner, Statistics in Medicine 27, 2008, 1693-1702.
    """
    value = second.value - first.value
    below = math.hypot(second.value - second.low, first.high - first.value)
    above = math.hypot(second.high - second.value, first.value - first.low)
    return value, value - below, value + above
