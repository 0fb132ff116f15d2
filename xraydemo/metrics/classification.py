"""How well the most likely class, and its probability, fit the truth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score, roc_auc_score

from xraydemo.classes import CLASSES

Labels = NDArray[np.intp]


def macro_f1(truth: Labels, predicted: Labels) -> float:
    """F1 of each class that occurs in `truth`, averaged; class numbers in the order of CLASSES."""
    occurring = np.unique(truth)
    return float(f1_score(truth, predicted, labels=occurring, average="macro", zero_division=0.0))


def macro_auc(truth: Labels, probabilities: NDArray[np.floating]) -> float:
    """Area under the ROC curve, each occurring class against the rest, averaged.

    Parameters
    ----------
    truth : ndarray of int, shape (n,)
    probabilities : ndarray of float, shape (n, 4)

    Returns
    -------
    float
        NaN when fewer than two classes occur.
    """
    occurring = np.unique(truth)
    if len(occurring) < 2:
        return float("nan")
    return float(np.mean([roc_auc_score(truth == k, probabilities[:, k]) for k in occurring]))


def class_auc(truth: Labels, probabilities: NDArray[np.floating]) -> dict[str, float]:
    """Area under the ROC curve of each class against the rest; absent classes are left out."""
    occurring = np.unique(truth)
    return {
        CLASSES[k]: float(roc_auc_score(truth == k, probabilities[:, k]))
        for k in occurring
        if len(occurring) > 1
    }


def negative_log_likelihood(truth: Labels, probabilities: NDArray[np.floating]) -> float:
    """Mean surprise at the truth, in nats."""
    of_truth = probabilities[np.arange(len(truth)), truth].astype(np.float64)
    return float(-np.log(np.clip(of_truth, 1e-12, 1.0)).mean())
