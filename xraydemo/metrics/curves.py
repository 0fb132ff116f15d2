"""Points of curves that trade one kind of mistake for another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_curve, roc_curve

MOST_POINTS = 200

Points = tuple[tuple[float, ...], tuple[float, ...]]


def roc_points(positive_mask: NDArray[np.bool_], scores: NDArray[np.floating]) -> Points:
    """Give the ROC curve: share of negatives and share of positives above each threshold.

    Parameters
    ----------
    positive_mask : ndarray of bool, shape (n,)
        Both sides occur.
    scores : ndarray, shape (n,)
        Higher for positives.

    Returns
    -------
    tuple of float, tuple of float
        False and true positive rate from (0, 0) to (1, 1), at most 200 points.
    """
    false_positive, true_positive, _ = roc_curve(positive_mask, scores)
    return _thinned(false_positive, true_positive)


def precision_recall_points(
    positive_mask: NDArray[np.bool_], scores: NDArray[np.floating]
) -> Points:
    """Give the precision-recall curve: share found, and share of what is called that is right.

    See `roc_points` for the arguments.

    Returns
    -------
    tuple of float, tuple of float
        Recall, falling from 1 to 0, and precision; at most 200 points.
    """
    precision, recall, _ = precision_recall_curve(positive_mask, scores, drop_intermediate=True)
    return _thinned(recall, precision)


def _thinned(x: NDArray[np.floating], y: NDArray[np.floating]) -> Points:
    """Keep points at even distances along the curve, and both ends."""
    if len(x) > MOST_POINTS:
        steps = np.abs(np.diff(x)) + np.abs(np.diff(y))
        along = np.concatenate([[0.0], np.cumsum(steps)])
        wanted = np.linspace(0, along[-1], MOST_POINTS)
        kept = np.unique(np.clip(np.searchsorted(along, wanted), 0, len(x) - 1))
        kept[-1] = len(x) - 1
        x, y = x[kept], y[kept]
    return tuple(map(float, x)), tuple(map(float, y))
