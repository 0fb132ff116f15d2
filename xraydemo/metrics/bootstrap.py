"""Intervals by drawing whole groups (patients) anew, within each class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

N_DRAWS = 2000
LEVEL = 0.95
DRAWS_AT_ONCE = 100  # as floats, draws of a large cohort would fill the memory


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
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}], n = {self.n:,}"


@dataclass(frozen=True, eq=False)
class Resampling:
    """Bootstrap draws of some rows, made once and shared by every metric, so that all are paired.

    Attributes
    ----------
    weights : ndarray of uint8, shape (n_draws, n)
        How often each row stands in each draw.
    groups : ndarray of int, shape (n,)
        The group of each row, as numbers.
    """

    weights: NDArray[np.uint8]
    groups: NDArray[np.intp]

    @classmethod
    def of(
        cls,
        strata: NDArray[np.intp],
        groups: NDArray[np.str_],
        *,
        seed: int,
        n_draws: int = N_DRAWS,
    ) -> Resampling:
        """Draw groups anew within strata: the cluster bootstrap, stratified [1]_.

        Rows of one group come and go together; a group belongs to the stratum of its first row,
        and each stratum keeps its number of groups.

        Parameters
        ----------
        strata : ndarray of int, shape (n,)
            The class of each row.
        groups : ndarray of str, shape (n,)
            The patient, or whatever is not independent.
        seed : int
        n_draws : int

        References
        ----------
        .. [1] Davison & Hinkley, Bootstrap Methods and their Application, 1997, sections 2.4, 3.2.
        """
        generator = np.random.default_rng(seed)
        _, first_row, group_of_row = np.unique(groups, return_index=True, return_inverse=True)
        stratum_of_group = strata[first_row]
        counts = np.zeros((n_draws, len(first_row)), dtype=np.uint8)
        for stratum in np.unique(stratum_of_group):
            members = np.flatnonzero(stratum_of_group == stratum)
            even = np.full(len(members), 1 / len(members))
            for start in range(0, n_draws, DRAWS_AT_ONCE):
                some = slice(start, min(start + DRAWS_AT_ONCE, n_draws))
                drawn = generator.multinomial(len(members), even, size=some.stop - some.start)
                counts[some, members] = drawn
        return cls(counts[:, group_of_row], group_of_row)

    def within(self, mask: NDArray[np.bool_]) -> Resampling:
        """Give the same draws, of some rows only."""
        return Resampling(self.weights[:, mask], self.groups[mask])

    def estimate(
        self, statistic: Callable[[NDArray[np.float32]], NDArray[np.floating]], level: float = LEVEL
    ) -> Estimate:
        """Give a statistic on all rows, and its percentile interval over the draws.

        Parameters
        ----------
        statistic : callable
            From weights of the rows, shape (m, n), to one number for each of the m draws, NaN
            where it is not defined. Those draws are left out.
        level : float
            Of the interval, in (0, 1).
        """
        n = self.weights.shape[1]
        value = float(statistic(np.ones((1, n), dtype=np.float32))[0])
        chunks = [
            statistic(self.weights[start : start + DRAWS_AT_ONCE].astype(np.float32))
            for start in range(0, len(self.weights), DRAWS_AT_ONCE)
        ]
        low, high = percentile_interval(np.concatenate(chunks), level)
        return Estimate(value, low, high, n, len(np.unique(self.groups)))


def percentile_interval(draws: NDArray[np.floating], level: float = LEVEL) -> tuple[float, float]:
    """Give the percentile interval of a statistic's draws; NaN if it is defined in none."""
    defined = draws[~np.isnan(draws)]
    if not len(defined):
        return float("nan"), float("nan")
    tail = (1 - level) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return float(low), float(high)


def bootstrap(
    statistic: Callable[[NDArray[np.intp]], float],
    strata: NDArray[np.intp],
    groups: NDArray[np.str_],
    *,
    seed: int,
    n_draws: int = N_DRAWS,
    level: float = LEVEL,
) -> Estimate:
    """Estimate the interval of a statistic that is not written for weights; see `Resampling`.

    Parameters
    ----------
    statistic : callable
        From row numbers (with repetitions) to a number; for a paired difference it computes both
        sides on the same rows.
    strata, groups, seed, n_draws
        See `Resampling.of`.
    level : float
        Of the interval, in (0, 1).

    Returns
    -------
    Estimate
        Draws in which the statistic is NaN are left out of the interval.
    """
    resampling = Resampling.of(strata, groups, seed=seed, n_draws=n_draws)
    rows = np.arange(len(strata))
    draws = np.array([statistic(np.repeat(rows, counts)) for counts in resampling.weights])
    low, high = percentile_interval(draws, level)
    n_groups = len(np.unique(groups))
    return Estimate(float(statistic(rows)), low, high, len(rows), n_groups)
