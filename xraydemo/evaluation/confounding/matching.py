"""The model judged where a fact is the same for the classes, so that it can't help.

Two classes are compared at a time. "As it is" both are taken as they come; "matched" the X-rays are
weighted so that both have the same share of each value of the fact; "within" only pairs that agree
in the fact are compared. One class against the rest is the mean over the other classes, weighted by
their size: as it is, that is just the AUC against the rest; matched, the mix of the other classes
stays what it was. (To match a class with all others at once would change that mix, and the AUC
with it: among adults the rest of a set with pneumonia of children is healthy, and easy to tell.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.simultaneous import Measured, value_and_draws
from xraydemo.metrics.weighted import Draws, Mask, Weights, auc, auc_in_folds


@dataclass(frozen=True, eq=False)
class Overlap:
    """Where a class and others have the same values of a fact.

    Attributes
    ----------
    others : tuple of int
        The classes that can be matched with it.
    apart : tuple of int
        Those that can't: too few X-rays share a value.
    n : int
        X-rays that are compared as they are.
    kept : int
        X-rays that remain when as many as possible are paired one to one on the fact.
    """

    others: tuple[int, ...]
    apart: tuple[int, ...]
    n: int
    kept: int


def overlap_of(
    truth: NDArray[np.intp], strata: NDArray[np.intp], k: int, least_pairs: int
) -> Overlap:
    """Find the classes that class `k` can be matched with.

    Parameters
    ----------
    truth, strata : ndarray of int, shape (n,)
        The class, and the value of the fact.
    k : int
    least_pairs : int
        X-rays of each of the two classes that must find a partner with the same value.
    """
    n_strata = int(strata.max()) + 1
    of_class = {
        int(j): np.bincount(strata[truth == j], minlength=n_strata) for j in np.unique(truth)
    }
    pairs = {
        j: int(np.minimum(of_class[k], counts).sum()) for j, counts in of_class.items() if j != k
    }
    others = tuple(j for j, n in pairs.items() if n >= least_pairs)
    rest = sum((of_class[j] for j in others), np.zeros(n_strata, np.intp))
    return Overlap(
        others,
        tuple(j for j in pairs if j not in others),
        int(of_class[k].sum() + rest.sum()),
        2 * int(np.minimum(of_class[k], rest).sum()),
    )


def with_counterpart(
    truth: NDArray[np.intp], strata: NDArray[np.intp], k: int, others: tuple[int, ...]
) -> Mask:
    """Tell which X-rays count when class `k` and others are matched; see `balanced`.

    Parameters
    ----------
    truth, strata : ndarray of int, shape (n,)
    k : int
    others : tuple of int

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    counts = np.zeros(len(truth), bool)
    for j in others:
        shared = np.intersect1d(strata[truth == k], strata[truth == j])
        counts |= np.isin(truth, (k, j)) & np.isin(strata, shared)
    return counts


def balanced(weights: Weights, positive: Mask, strata: NDArray[np.intp]) -> Draws:
    """Weight rows so that positives and negatives have the same share of each stratum [1]_.

    In a stratum with p positives and q negatives a positive gets q / (p + q) and a negative
    p / (p + q): both sides then weigh p q / (p + q). Of all weights that balance exactly these give
    the AUC the least variance; no X-ray is drawn by lot, and one without a counterpart counts 0.

    Parameters
    ----------
    weights : ndarray, shape (m, n)
        Bootstrap draws; each is balanced by itself.
    positive : ndarray of bool, shape (n,)
    strata : ndarray of int, shape (n,)

    Returns
    -------
    ndarray, shape (m, n)

    References
    ----------
    .. [1] Li, Morgan & Zaslavsky, Balancing covariates via propensity score weighting, JASA 113,
       2018.
    """
    codes = np.unique(strata, return_inverse=True)[1]
    cell = np.zeros((len(codes), 2 * (int(codes.max()) + 1)), np.float32)
    cell[np.arange(len(codes)), 2 * codes + positive] = 1
    counts = (weights @ cell).astype(np.float64).reshape(len(weights), -1, 2)
    total = counts.sum(axis=2, keepdims=True)
    # a positive's share is that of the negatives, and the other way round
    share = np.divide(counts[:, :, ::-1], total, out=np.zeros_like(counts), where=total > 0)
    factor = share.reshape(len(weights), -1)[:, 2 * codes + positive]
    return np.asarray(weights * factor, dtype=np.float64)


def against(
    sample: Sample,
    scores: NDArray[np.floating],
    k: int,
    others: tuple[int, ...],
    strata: NDArray[np.intp] | None = None,
    *,
    within: bool = True,
) -> dict[str, Measured]:
    """Measure the AUC of class `k` against others, as it is, matched and within strata.

    Parameters
    ----------
    sample : Sample, n rows
    scores : ndarray, shape (n,)
        For the class.
    k : int
    others : tuple of int
    strata : ndarray of int, shape (n,), optional
        Without it only "as it is" is measured.
    within : bool
        Whether "within" is wanted: it costs as much as the others.

    Returns
    -------
    dict of str to (float, ndarray)
        "as it is", "matched", "within": value and draws.
    """
    total = sum(int(sample.counts[j]) for j in others)
    sums: dict[str, Measured] = {}
    for j in others:
        mask = (sample.truth == k) | (sample.truth == j)
        part, of_part = sample.part(mask), scores[mask]
        share = float(sample.counts[j]) / total
        for name, measured in _of_two(
            part, of_part, part.truth == k, strata, mask, within=within
        ).items():
            value, draws = sums.get(name, (0.0, np.zeros(len(measured[1]))))
            sums[name] = value + share * measured[0], draws + share * measured[1]
    return sums


def _of_two(
    part: Sample,
    scores: NDArray[np.floating],
    positive: Mask,
    strata: NDArray[np.intp] | None,
    mask: Mask,
    *,
    within: bool,
) -> dict[str, Measured]:
    found = {"as it is": value_and_draws(part, lambda w: auc(w, scores, positive))}
    if strata is not None:
        inside = strata[mask]
        found["matched"] = value_and_draws(
            part, lambda w: auc(balanced(w, positive, inside), scores, positive)
        )
        if within:
            found["within"] = value_and_draws(
                part, lambda w: auc_in_folds(w, scores, positive, inside)
            )
    return found
