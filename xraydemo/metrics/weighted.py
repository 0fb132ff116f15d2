"""Metrics on many bootstrap draws at once: each takes the draws as weights of the rows.

The first argument is always `weights`, shape (m, n): how often each of n rows stands in each of m
draws. The answer has shape (m,), NaN in a draw in which the metric is not defined. With one draw of
ones it is the plain metric; integer weights are the same as that many copies of the row.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.floating]
Mask = NDArray[np.bool_]
Labels = NDArray[np.intp]
Draws = NDArray[np.float64]

LEAST_PROBABILITY = 1e-12  # a logarithm must stay finite


def share(weights: Weights, hit_mask: Mask, of_mask: Mask) -> Draws:
    """Give the share of the rows in `of_mask` that are in `hit_mask`, too."""
    return _ratio(_total(weights, hit_mask & of_mask), _total(weights, of_mask))


def recall(weights: Weights, hit_mask: Mask, member_mask: Mask) -> Draws:
    """Give the share of a class that is found.

    Parameters
    ----------
    weights : ndarray, shape (m, n)
    hit_mask : ndarray of bool, shape (n,)
        Where the class is the answer.
    member_mask : ndarray of bool, shape (n,)
        Where it is the truth.
    """
    return share(weights, hit_mask, member_mask)


def precision(weights: Weights, hit_mask: Mask, member_mask: Mask) -> Draws:
    """Give the share of a class's answers that are right; see `recall` for the arguments."""
    return share(weights, member_mask, hit_mask)


def f1(weights: Weights, hit_mask: Mask, member_mask: Mask) -> Draws:
    """Give the harmonic mean of precision and recall; NaN where the class has no members.

    See `recall` for the arguments.
    """
    members = _total(weights, member_mask)
    found = _total(weights, hit_mask & member_mask)
    return np.where(members > 0, _ratio(2 * found, members + _total(weights, hit_mask)), np.nan)


def confusion(weights: Weights, truth: Labels, predicted: Labels, n_classes: int) -> Draws:
    """Count truth (rows) against answer (columns), shape (m, n_classes, n_classes)."""
    cell = np.zeros((len(truth), n_classes * n_classes), dtype=weights.dtype)
    cell[np.arange(len(truth)), truth * n_classes + predicted] = 1
    counts = (weights @ cell).astype(np.float64)
    return counts.reshape(-1, n_classes, n_classes)


def accuracy(weights: Weights, truth: Labels, predicted: Labels) -> Draws:
    """Give the share of right answers."""
    return share(weights, truth == predicted, np.ones(len(truth), dtype=bool))


def balanced_accuracy(weights: Weights, truth: Labels, predicted: Labels, n_classes: int) -> Draws:
    """Give the recall of each class that occurs, averaged."""
    counts = confusion(weights, truth, predicted, n_classes)
    return _mean_of_defined(_ratio(_diagonal(counts), counts.sum(axis=2)))


def macro_f1(weights: Weights, truth: Labels, predicted: Labels, n_classes: int) -> Draws:
    """Give F1 of each class that occurs in the truth, averaged."""
    counts = confusion(weights, truth, predicted, n_classes)
    members, answers = counts.sum(axis=2), counts.sum(axis=1)
    each = _ratio(2 * _diagonal(counts), members + answers)
    return _mean_of_defined(np.where(members > 0, each, np.nan))


def mcc(weights: Weights, truth: Labels, predicted: Labels, n_classes: int) -> Draws:
    """Give the Matthews correlation of truth and answer, for any number of classes [1]_.

    In [-1, 1]; 0 where all answers, or all truths, are one class, as in scikit-learn.

    References
    ----------
    .. [1] Gorodkin, Comparing two K-category assignments by a K-category correlation coefficient,
       Computational Biology and Chemistry 28, 2004.
    """
    counts = confusion(weights, truth, predicted, n_classes)
    members, answers, total = counts.sum(axis=2), counts.sum(axis=1), counts.sum(axis=(1, 2))
    agreement = _diagonal(counts).sum(axis=1) * total - (members * answers).sum(axis=1)
    spread_of_truth = total**2 - (members**2).sum(axis=1)
    spread_of_answer = total**2 - (answers**2).sum(axis=1)
    scale = np.sqrt(spread_of_truth * spread_of_answer)
    return np.where(total > 0, np.where(scale > 0, _ratio(agreement, scale), 0.0), np.nan)


def auc(weights: Weights, scores: NDArray[np.floating], positive_mask: Mask) -> Draws:
    """Give the area under the ROC curve: how often a positive outranks a negative [1]_.

    A tie counts a half. It costs one sort of the negatives for all draws.

    Parameters
    ----------
    weights : ndarray, shape (m, n)
    scores : ndarray, shape (n,)
        Finite; higher for positives.
    positive_mask : ndarray of bool, shape (n,)

    Returns
    -------
    ndarray, shape (m,)
        NaN in a draw that lacks either side.

    References
    ----------
    .. [1] Hanley & McNeil, The meaning and use of the area under a receiver operating
       characteristic (ROC) curve, Radiology 143, 1982.
    """
    positives, negatives = np.flatnonzero(positive_mask), np.flatnonzero(~positive_mask)
    negatives = negatives[np.argsort(scores[negatives], kind="stable")]
    below = np.searchsorted(scores[negatives], scores[positives], side="left")
    not_above = np.searchsorted(scores[negatives], scores[positives], side="right")
    of_positives = weights[:, positives].astype(np.float64)
    up_to = np.zeros((len(weights), len(negatives) + 1))
    np.cumsum(weights[:, negatives], axis=1, dtype=np.float64, out=up_to[:, 1:])
    outranked = up_to[:, below]
    if (below != not_above).any():
        outranked = (outranked + up_to[:, not_above]) / 2
    pairs = of_positives.sum(axis=1) * up_to[:, -1]
    return _ratio(np.einsum("mp,mp->m", of_positives, outranked), pairs)


def auc_in_folds(
    weights: Weights, scores: NDArray[np.floating], positive_mask: Mask, folds: NDArray[np.intp]
) -> Draws:
    """Give the area under the ROC curve of scores that come from cross-validation [1]_.

    A positive and a negative are compared only where the same model judged both: the scores of two
    models are not on one scale, and pooling them pulls the area of mere noise below one half.

    Parameters
    ----------
    weights, scores, positive_mask
        See `auc`.
    folds : ndarray of int, shape (n,)
        Which model judged each row.

    References
    ----------
    .. [1] Airola et al., An experimental comparison of cross-validation techniques for estimating
       the area under the ROC curve, Computational Statistics & Data Analysis 55, 2011.
    """
    outranked, pairs = np.zeros(len(weights)), np.zeros(len(weights))
    for fold in np.unique(folds):
        rows = np.flatnonzero(folds == fold)
        of_fold, positive = weights[:, rows], positive_mask[rows]
        of_pairs = _total(of_fold, positive) * _total(of_fold, ~positive)
        share_of_fold = auc(of_fold, scores[rows], positive)
        outranked += np.where(of_pairs > 0, share_of_fold * of_pairs, 0.0)
        pairs += of_pairs
    return _ratio(outranked, pairs)


def macro_auc(weights: Weights, truth: Labels, probabilities: NDArray[np.floating]) -> Draws:
    """Give the area under the ROC curve of each class that occurs against the rest, averaged.

    Parameters
    ----------
    weights : ndarray, shape (m, n)
    truth : ndarray of int, shape (n,)
    probabilities : ndarray, shape (n, n_classes)

    Returns
    -------
    ndarray, shape (m,)
        NaN in a draw in which only one class occurs.
    """
    occurring = np.unique(truth)
    each = [auc(weights, probabilities[:, k], truth == k) for k in occurring]
    return _mean_of_defined(np.reshape(each, (len(occurring), len(weights))).T)


def brier(weights: Weights, truth: Labels, probabilities: NDArray[np.floating]) -> Draws:
    """Give the squared distance of the probabilities from the truth, summed over classes [1]_.

    In [0, 2].

    References
    ----------
    .. [1] Brier, Verification of forecasts expressed in terms of probability, Monthly Weather
       Review 78, 1950.
    """
    happened = np.arange(probabilities.shape[1]) == truth[:, None]
    return mean(weights, ((probabilities - happened) ** 2).sum(axis=1))


def log_loss(weights: Weights, truth: Labels, probabilities: NDArray[np.floating]) -> Draws:
    """Give the mean surprise at the truth, in nats; a probability counts as 1e-12 at least."""
    return mean(weights, surprise(truth, probabilities))


def surprise(truth: Labels, probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """Give each row's loss, minus the logarithm of the truth's probability, in nats; shape (n,)."""
    of_truth = probabilities[np.arange(len(truth)), truth].astype(np.float64)
    return -np.log(np.clip(of_truth, LEAST_PROBABILITY, 1.0))


def mean(weights: Weights, values: NDArray[np.floating]) -> Draws:
    """Give the mean of a value that each row has."""
    total = (weights @ values.astype(weights.dtype)).astype(np.float64)
    return _ratio(total, weights.sum(axis=1, dtype=np.float64))


def _total(weights: Weights, mask: Mask) -> Draws:
    return np.asarray(weights @ mask.astype(weights.dtype), dtype=np.float64)


def _ratio(part: Draws, whole: Draws) -> Draws:
    ratio = np.full(whole.shape, np.nan)
    np.divide(part, whole, out=ratio, where=whole > 0)
    return ratio


def _diagonal(counts: Draws) -> Draws:
    return np.asarray(np.diagonal(counts, axis1=1, axis2=2), dtype=np.float64)


def _mean_of_defined(each: Draws) -> Draws:
    defined = ~np.isnan(each)
    return _ratio(np.where(defined, each, 0.0).sum(axis=1), defined.sum(axis=1).astype(np.float64))
