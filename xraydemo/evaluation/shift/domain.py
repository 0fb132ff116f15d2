"""Telling two sets of X-rays apart by what the network sees in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from xraydemo.metrics.bootstrap import LEVEL, Estimate, Resampling
from xraydemo.metrics.weighted import auc_in_folds

FOLDS = 5
RIDGE = (
    0.01  # inverse strength of the penalty; so strong that 100 X-rays a side aren't learnt by heart
)

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class TwoSets:
    """Two sets of X-rays, one below the other.

    Attributes
    ----------
    features : ndarray of float32, shape (n, d)
    here : ndarray of bool, shape (n,)
        The set that is asked about; the others are what it is compared with.
    groups : ndarray of int, shape (n,)
        The patient, or whatever is not independent; it may stand on both sides.
    truth : ndarray of int, shape (n,)
        Class numbers, -1 where unknown.
    """

    features: Floats
    here: NDArray[np.bool_]
    groups: NDArray[np.intp]
    truth: NDArray[np.intp]

    @property
    def n_groups(self) -> tuple[int, int]:
        """Count the groups here and there."""
        here, there = self.groups[self.here], self.groups[~self.here]
        return len(np.unique(here)), len(np.unique(there))

    def one_a_group(self) -> NDArray[np.intp]:
        """Give the rows of the first X-ray of each group, here and there: these are independent."""
        _, first = np.unique(np.stack([self.here, self.groups]), axis=1, return_index=True)
        return np.sort(first)


@dataclass(frozen=True, eq=False)
class ToldApart:
    """How well two sets are told apart by a classifier that has seen neither patient nor X-ray.

    Attributes
    ----------
    sets : TwoSets
    odds : ndarray of float64, shape (n,)
        Log odds of being here, by the model that did not see the row's group.
    folds : ndarray of int, shape (n,)
        Which model that was.
    resampling : Resampling
        Draws of groups, within those that stand here, there, or on both sides.
    """

    sets: TwoSets
    odds: NDArray[np.float64]
    folds: NDArray[np.intp]
    resampling: Resampling

    def auc(self, mask: NDArray[np.bool_] | None = None, level: float = LEVEL) -> Estimate:
        """Estimate how often an X-ray from here looks more like here than one from there.

        0.5 is that they can't be told apart, 1 that they always are.

        The interval is of the X-rays, not of the fitting: between two halves of one set it misses
        0.5 more often than it should (of 20 times 5), by a few hundredths.

        Parameters
        ----------
        mask : ndarray of bool, shape (n,), optional
            Of the X-rays from here that are asked about; default all.
        level : float
            Of the interval.
        """
        kept = ~self.sets.here | (mask if mask is not None else True)
        return self._auc(kept, self.folds[kept], level)

    def auc_within_classes(self) -> Estimate | None:
        """Estimate the same between X-rays of the same class; None where no class is on both sides.

        What differs then is no longer that here are more of one class.
        """
        truth, here = self.sets.truth, self.sets.here
        on_both = np.intersect1d(truth[here & (truth >= 0)], truth[~here & (truth >= 0)])
        kept = np.isin(truth, on_both)
        if not kept.any():
            return None
        # pairs are compared within a fold and a class
        cells = self.folds[kept] * (int(truth.max()) + 1) + truth[kept]
        return self._auc(kept, cells, LEVEL)

    def _auc(self, kept: NDArray[np.bool_], cells: NDArray[np.intp], level: float) -> Estimate:
        odds, here = self.odds[kept], self.sets.here[kept]
        return self.resampling.within(kept).estimate(
            lambda weights: auc_in_folds(weights, odds, here, cells), level
        )

    def above(self) -> NDArray[np.float64]:
        """Give for each X-ray the share of those from there that look less like here, shape (n,).

        Only those are counted that the same model judged: models are not on one scale.
        """
        share = np.empty(len(self.odds))
        for fold in np.unique(self.folds):
            rows = self.folds == fold
            there = np.sort(self.odds[rows & ~self.sets.here])
            share[rows] = np.searchsorted(there, self.odds[rows]) / len(there)
        return share


def enough_to_tell_apart(sets: TwoSets, floor: int) -> bool:
    """Tell whether both sides have `floor` X-rays, and a group for each fold."""
    n_here = int(sets.here.sum())
    fewest = min(n_here, len(sets.here) - n_here)
    return fewest >= floor and min(sets.n_groups) >= FOLDS


def tell_apart(sets: TwoSets, *, seed: int) -> ToldApart:
    """Learn to tell two sets apart, by logistic regression with cross-validation [1]_ [2]_.

    A group never stands in two folds, so nobody is recognized. Both sides weigh the same. There is
    nothing to tune, so nothing is hunted for.

    Parameters
    ----------
    sets : TwoSets
        With at least 5 groups on either side.
    seed : int

    References
    ----------
    .. [1] Lopez-Paz & Oquab, Revisiting Classifier Two-Sample Tests, ICLR 2017.
    .. [2] Rabanser, Guennemann & Lipton, Failing Loudly: An Empirical Study of Methods for
       Detecting Dataset Shift, NeurIPS 2019.
    """
    n = len(sets.here)
    odds, folds = np.empty(n), np.empty(n, dtype=np.intp)
    splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    for number, (seen, held) in enumerate(splitter.split(sets.features, sets.here, sets.groups)):
        model = make_pipeline(
            StandardScaler(), LogisticRegression(C=RIDGE, class_weight="balanced", max_iter=1000)
        )
        # problems as small as these are solved faster by one thread than by several that wait
        with threadpool_limits(1):
            model.fit(sets.features[seen], sets.here[seen])
        odds[held] = model.decision_function(sets.features[held])
        folds[held] = number
    resampling = Resampling.of(_sides(sets), sets.groups.astype(str), seed=seed)
    return ToldApart(sets, odds, folds, resampling)


def _sides(sets: TwoSets) -> NDArray[np.intp]:
    """Give 0 for a group that stands there, 1 here, 2 on both sides, shape (n,)."""
    in_here = np.isin(sets.groups, sets.groups[sets.here])
    in_there = np.isin(sets.groups, sets.groups[~sets.here])
    return np.where(in_here & in_there, 2, in_here.astype(np.intp))


@dataclass(frozen=True)
class Discrepancy:
    """A maximum mean discrepancy, and how rarely it is as large where nothing differs.

    Attributes
    ----------
    squared : float
    p : float
        By permutations.
    n : int
        X-rays on both sides together.
    """

    squared: float
    p: float
    n: int


def discrepancy(
    sets: TwoSets, *, most: int, permutations: int, generator: np.random.Generator
) -> Discrepancy:
    """Test whether two sets are drawn from one distribution: kernel two-sample test [1]_.

    One X-ray a group, at most `most` a side; Gaussian kernel, as wide as the median distance.

    References
    ----------
    .. [1] Gretton et al., A Kernel Two-Sample Test, Journal of Machine Learning Research 13, 2012.
    """
    rows = sets.one_a_group()
    chosen = np.concatenate(
        [generator.permutation(rows[sets.here[rows] == side])[:most] for side in (False, True)]
    )
    squared = cdist(sets.features[chosen], sets.features[chosen], "sqeuclidean")
    width = np.median(squared[np.triu_indices(len(chosen), 1)])
    kernel = np.exp(-squared / max(float(width), 1e-12)).astype(np.float32)
    here = sets.here[chosen]
    weights = np.where(here, 1 / here.sum(), -1 / (~here).sum()).astype(np.float32)
    found = float(weights @ kernel @ weights)
    as_large = 0
    for start in range(0, permutations, 1000):
        some = np.tile(weights, (min(1000, permutations - start), 1))
        shuffled = generator.permuted(some, axis=1)
        drawn = np.einsum("pi,pi->p", shuffled @ kernel, shuffled)
        # what is equal but for rounding counts, too
        as_large += int((drawn >= found - 1e-7).sum())
    return Discrepancy(found, (1 + as_large) / (1 + permutations), len(chosen))
