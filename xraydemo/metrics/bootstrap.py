"""Intervals by drawing whole groups (patients) anew, within each class."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

N_DRAWS = 2000


class Estimate(NamedTuple):
    """A number with what it rests on.

    Attributes
    ----------
    value : float
        On all rows.
    low, high : float
        Percentile interval.
    n : int
        Rows.
    n_groups : int
        Independent groups among them.
    """

    value: float
    low: float
    high: float
    n: int
    n_groups: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}], n = {self.n}"


def bootstrap(
    statistic: Callable[[NDArray[np.intp]], float],
    strata: NDArray[np.intp],
    groups: NDArray[np.str_],
    *,
    seed: int,
    n_draws: int = N_DRAWS,
    level: float = 0.95,
) -> Estimate:
    """Estimate a statistic's interval by the cluster bootstrap, stratified.

    Rows of one group come and go together; a group belongs to the stratum of its first row, and
    each stratum keeps its number of groups [1]_.

    Parameters
    ----------
    statistic : callable
        From row numbers (with repetitions) to a number; for a paired difference it computes both
        sides on the same rows.
    strata : ndarray of int, shape (n,)
        The class of each row.
    groups : ndarray of str, shape (n,)
        The patient, or whatever is not independent.
    seed : int
        Of the draws.
    n_draws : int
        How many.
    level : float
        Of the interval, in (0, 1).

    Returns
    -------
    Estimate
        Draws in which the statistic is NaN are left out of the interval.

    References
    ----------
    .. [1] Davison & Hinkley, Bootstrap Methods and their Application, 1997, sections 2.4 and 3.2.
    """
    generator = np.random.default_rng(seed)
    _, first_row, group_of_row = np.unique(groups, return_index=True, return_inverse=True)
    order = np.argsort(group_of_row, kind="stable")
    rows_of_group = np.split(order, np.cumsum(np.bincount(group_of_row))[:-1])
    stratum_of_group = strata[first_row]
    groups_of_stratum = [np.flatnonzero(stratum_of_group == s) for s in np.unique(stratum_of_group)]

    draws = np.empty(n_draws)
    for i in range(n_draws):
        drawn = np.concatenate([generator.choice(g, len(g)) for g in groups_of_stratum])
        draws[i] = statistic(np.concatenate([rows_of_group[g] for g in drawn]))
    tail = (1 - level) / 2
    low, high = np.nanquantile(draws, [tail, 1 - tail])
    value = statistic(np.arange(len(strata)))
    return Estimate(float(value), float(low), float(high), len(strata), len(rows_of_group))
