"""How well a score tells what is foreign, on many bootstrap draws at once; see `weighted`.

Foreign ones are the positives, and a higher score is more foreign. The area under the ROC curve
is `weighted.auc`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xraydemo.metrics.bootstrap import LEVEL, Estimate, Resampling
from xraydemo.metrics.weighted import Draws, Mask, Weights, auc

CAUGHT = 0.95


class Detection(NamedTuple):
    """How well one score tells one kind of foreign picture from ordinary X-rays.

    Attributes
    ----------
    auroc : Estimate
        How often a foreign one has the higher score.
    aupr : Estimate
        Average precision; what guessing gives is the share of foreign ones, so it can be compared
        only where that share is the same.
    fpr95 : Estimate
        Share of ordinary X-rays that is refused when 95 % of the foreign ones are.
    """

    auroc: Estimate
    aupr: Estimate
    fpr95: Estimate

    @classmethod
    def of(
        cls,
        scores: NDArray[np.floating],
        foreign: Mask,
        resampling: Resampling,
        level: float = LEVEL,
    ) -> Detection:
        """Measure on rows of both sides, shape (n,); `level` is that of the AUROC's interval."""
        return cls(
            resampling.estimate(lambda w: auc(w, scores, foreign), level),
            resampling.estimate(lambda w: average_precision(w, scores, foreign)),
            resampling.estimate(lambda w: fpr_at_tpr(w, scores, foreign)),
        )


def average_precision(weights: Weights, scores: NDArray[np.floating], positive_mask: Mask) -> Draws:
    """Give the area under the precision-recall curve, as steps [1]_.

    Rows of the same score are taken at once. Unlike the area under the ROC curve it depends on how
    common positives are: guessing gives their share.

    Parameters
    ----------
    weights : ndarray, shape (m, n)
    scores : ndarray, shape (n,)
        Finite; higher for positives.
    positive_mask : ndarray of bool, shape (n,)

    Returns
    -------
    ndarray, shape (m,)
        NaN in a draw without positives.

    References
    ----------
    .. [1] Davis & Goadrich, The relationship between precision-recall and ROC curves, ICML 2006.
    """
    order, ends = _falling(scores)
    every, found = _up_to(weights[:, order], positive_mask[order], ends)
    gained = np.diff(found, axis=1, prepend=0.0)
    precision = np.divide(found, every, out=np.zeros_like(found), where=every > 0)
    positives = found[:, -1]
    area = np.full(len(weights), np.nan)
    np.divide((gained * precision).sum(axis=1), positives, out=area, where=positives > 0)
    return area


def fpr_at_tpr(
    weights: Weights, scores: NDArray[np.floating], positive_mask: Mask, tpr: float = CAUGHT
) -> Draws:
    """Give the share of negatives at or above the highest threshold that catches so many positives.

    With foreign pictures as positives this is FPR95 as OpenOOD has it [1]_.

    Parameters
    ----------
    weights, scores, positive_mask
        See `average_precision`.
    tpr : float
        Share of positives, in (0, 1].

    Returns
    -------
    ndarray, shape (m,)
        NaN in a draw that lacks either side.

    References
    ----------
    .. [1] Zhang et al., OpenOOD v1.5: Enhanced Benchmark for Out-of-Distribution Detection, 2023.
    """
    order, ends = _falling(scores)
    every, found = _up_to(weights[:, order], positive_mask[order], ends)
    wrongly = every - found
    positives, negatives = found[:, -1], wrongly[:, -1]
    # sums of whole weights: what is a hair below the share is not there yet
    enough = found >= (tpr * positives)[:, None] - 1e-9
    first = enough.argmax(axis=1)
    share = np.full(len(weights), np.nan)
    at_threshold = wrongly[np.arange(len(weights)), first]
    np.divide(at_threshold, negatives, out=share, where=(positives > 0) & (negatives > 0))
    return share


def _falling(scores: NDArray[np.floating]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Sort by falling score; give the order and the last place of each distinct score."""
    order = np.argsort(-scores, kind="stable")
    falling = scores[order]
    ends = np.append(np.flatnonzero(falling[1:] != falling[:-1]), len(falling) - 1)
    return order, ends


def _up_to(weights: Weights, positive: Mask, ends: NDArray[np.intp]) -> tuple[Draws, Draws]:
    """Sum the weights of all, and of positives, up to each distinct score: shape (m, distinct)."""
    every = np.cumsum(weights, axis=1, dtype=np.float64)[:, ends]
    found = np.cumsum(weights * positive, axis=1, dtype=np.float64)[:, ends]
    return every, found
