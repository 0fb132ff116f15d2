"""How far two readers agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm
from statsmodels.stats.inter_rater import cohens_kappa

from xraydemo.metrics.bootstrap import LEVEL, Estimate
from xraydemo.metrics.intervals import proportion


@dataclass(frozen=True, eq=False)
class Agreement:
    """How far two readers agree on the same X-rays.

    Attributes
    ----------
    share : Estimate
        Of X-rays that both call the same, with Wilson's interval.
    kappa : Estimate
        Cohen's kappa, which is 0 for no more than chance and 1 for all; NaN where it is not
        defined: no X-rays, or both call all of them the same. Its interval is NaN where its
        standard error is 0, as with readers who agree on all: that is no certainty.
    table : ndarray of int, shape (k, k)
        How often the first says the row and the second the column.
    """

    share: Estimate
    kappa: Estimate
    table: NDArray[np.intp]


def agreement_of(
    first: NDArray[np.intp], second: NDArray[np.intp], n_classes: int, level: float = LEVEL
) -> Agreement:
    """Measure agreement; each X-ray counts as independent.

    Kappa [1]_ with the interval by its large-sample standard error [2]_, cut at -1 and 1.

    Parameters
    ----------
    first, second : ndarray of int, shape (n,)
        Class numbers.
    n_classes : int
    level : float
        Of the intervals, in (0, 1).

    References
    ----------
    .. [1] Cohen, A coefficient of agreement for nominal scales, 1960.
    .. [2] Fleiss, Cohen & Everitt, Large sample standard errors of kappa and weighted kappa, 1969.
    """
    table = np.zeros((n_classes, n_classes), dtype=np.intp)
    np.add.at(table, (first, second), 1)
    n = len(first)
    share = proportion(first == second, np.arange(n), level)
    expected = float((table.sum(axis=0) * table.sum(axis=1)).sum())
    if n == 0 or expected == n * n:  # nothing is left that could differ by chance
        nan = float("nan")
        return Agreement(share, Estimate(nan, nan, nan, n, n), table)
    with np.errstate(invalid="ignore"):  # of a test that isn't used
        found = cohens_kappa(table)
    value, error = float(found.kappa), float(found.std_kappa)
    reach = float(norm.isf((1 - level) / 2)) * error if error > 0 else float("nan")
    kappa = Estimate(value, max(value - reach, -1.0), min(value + reach, 1.0), n, n)
    return Agreement(share, kappa, table)
