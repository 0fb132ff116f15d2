"""Whether probabilities mean what they say: 80 % should come true in 80 % of the cases.

Everything here is about one stated probability a row and whether it came true. For the most likely
class that is its probability and whether the answer is right; for one class, its probability and
whether it is the truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xraydemo.metrics.bootstrap import DRAWS_AT_ONCE, Estimate, Resampling, percentile_interval
from xraydemo.metrics.intervals import proportion
from xraydemo.metrics.weighted import Draws, Mask, Weights

MOST_BINS = 15
ROWS_PER_BIN = 30

Stated = NDArray[np.floating]


class Excess(NamedTuple):
    """How far probabilities are off, and how much of that is chance.

    Attributes
    ----------
    ece : float
        Expected calibration error.
    by_chance : float
        What perfectly calibrated probabilities of these sizes would show at this n.
    excess : Estimate
        The first less the second, with its interval.
    """

    ece: float
    by_chance: float
    excess: Estimate


@dataclass(frozen=True)
class Bin:
    """Rows with about the same stated probability.

    Attributes
    ----------
    least, mean, most : float
        Of the stated probabilities.
    came_true : Estimate
        The share that did.
    rows : ndarray of int
        Their numbers.
    """

    least: float
    mean: float
    most: float
    came_true: Estimate
    rows: NDArray[np.intp]


def equal_mass_bins(stated: Stated) -> NDArray[np.intp]:
    """Sort rows into bins of equal numbers by their stated probability.

    Equal probabilities share a bin, so that the order of the rows is of no account.

    Parameters
    ----------
    stated : ndarray, shape (n,)

    Returns
    -------
    ndarray of int, shape (n,)
        Each row's bin, from 0 without gaps; min(15, n / 30) of them, or fewer where many
        probabilities are equal.
    """
    count = int(np.clip(len(stated) // ROWS_PER_BIN, 1, MOST_BINS))
    inner_edges = np.quantile(stated, np.arange(1, count) / count, method="higher")
    number = np.searchsorted(inner_edges, stated, side="right")
    return np.asarray(np.unique(number, return_inverse=True)[1], dtype=np.intp)


def ece(weights: Weights, stated: Stated, came_true: Mask, bins: NDArray[np.intp]) -> Draws:
    """Give the expected calibration error, mean |said - came true| over bins, of each draw [1]_.

    Parameters
    ----------
    weights : ndarray, shape (m, n)
        See `xraydemo.metrics.weighted`.
    stated : ndarray, shape (n,)
        Probabilities.
    came_true : ndarray of bool, shape (n,) or (m, n)
        One for all draws, or one for each.
    bins : ndarray of int, shape (n,)
        From `equal_mass_bins`.

    Returns
    -------
    ndarray, shape (m,)

    References
    ----------
    .. [1] Naeini, Cooper & Hauskrecht, Obtaining well calibrated probabilities using Bayesian
       binning, AAAI 2015; bins of equal mass as in Nixon et al., Measuring calibration in deep
       learning, CVPR workshops 2019.
    """
    in_bin = np.zeros((len(stated), int(bins.max()) + 1), dtype=np.float32)
    in_bin[np.arange(len(stated)), bins] = 1
    gaps = (weights * (came_true - stated)).astype(np.float32) @ in_bin
    total: Draws = weights.sum(axis=1, dtype=np.float64)
    return np.asarray(np.abs(gaps).sum(axis=1) / total, dtype=np.float64)


def excess_ece(
    resampling: Resampling, stated: Stated, came_true: Mask, *, seed: int, n_draws: int
) -> Excess:
    """Measure calibration error beyond what chance alone would show.

    Binned calibration error is biased upward: a bin of 30 is a few percent off by luck, and the
    error counts every bin's distance from 0. So the same error is measured on outcomes drawn from
    the stated probabilities themselves, which are perfectly calibrated [1]_. In each bootstrap draw
    luck counts twice, once in the sample and once in drawing from it; there, drawn outcomes are
    drawn from once more, too. With 2 to 15 bins the interval held the true excess of perfect
    probabilities in all of 300 simulated cohorts of 60 to 1,000 rows: rather too wide.

    Parameters
    ----------
    resampling : Resampling
        Of n rows. Rows of one group (a patient) come true together in drawn outcomes.
    stated : ndarray, shape (n,)
    came_true : ndarray of bool, shape (n,)
    seed : int
    n_draws : int
        Of outcomes.

    References
    ----------
    .. [1] Bröcker & Smith, Increasing the reliability of reliability diagrams, Weather and
       Forecasting 22, 2007 (consistency resampling).
    """
    generator = np.random.default_rng(seed)
    bins = equal_mass_bins(stated)
    n_groups = int(resampling.groups.max()) + 1
    observed, lucky, twice_lucky = [], [], []
    for start in range(0, max(n_draws, len(resampling.weights)), DRAWS_AT_ONCE):
        weights = resampling.weights[start : start + DRAWS_AT_ONCE].astype(np.float32)
        luck = generator.random((DRAWS_AT_ONCE, n_groups), dtype=np.float32)
        outcomes = luck[:, resampling.groups] < stated
        if start < n_draws:
            lucky.append(ece(np.ones_like(outcomes, np.float32), stated, outcomes, bins))
        if len(weights):
            observed.append(ece(weights, stated, came_true, bins))
            twice_lucky.append(ece(weights, stated, outcomes[: len(weights)], bins))
    once = np.ones((1, len(stated)), dtype=np.float32)
    value = float(ece(once, stated, came_true, bins)[0])
    by_chance = float(np.concatenate(lucky)[:n_draws].mean())
    beyond = np.concatenate(observed) - np.concatenate(twice_lucky).mean()
    low, high = percentile_interval(beyond)
    distinct = len(np.unique(resampling.groups))
    # where a gap is far larger than luck, luck counts less than is subtracted from the draws
    low, high = min(low, value - by_chance), max(high, value - by_chance)
    estimate = Estimate(value - by_chance, low, high, len(stated), distinct)
    return Excess(value, by_chance, estimate)


def reliability(stated: Stated, came_true: Mask, groups: NDArray[Any]) -> list[Bin]:
    """Give the reliability diagram: in bins of equal mass, what was said and what came true.

    Parameters
    ----------
    stated : ndarray, shape (n,)
    came_true : ndarray of bool, shape (n,)
    groups : ndarray, shape (n,)
        What isn't independent.

    Returns
    -------
    list of Bin
        By rising probability.
    """
    numbers = equal_mass_bins(stated)
    bins = []
    for number in range(int(numbers.max()) + 1):
        mask = numbers == number
        said = stated[mask]
        bins.append(
            Bin(
                float(said.min()),
                float(said.mean()),
                float(said.max()),
                proportion(came_true[mask], groups[mask]),
                np.flatnonzero(mask),
            )
        )
    return bins
