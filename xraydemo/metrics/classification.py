"""How well the most likely class, and its probability, fit the truth: one number for all rows.

For intervals see `xraydemo.metrics.weighted`, which these are one draw of.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xraydemo.classes import CLASSES
from xraydemo.metrics import weighted

Labels = NDArray[np.intp]


def macro_f1(truth: Labels, predicted: Labels) -> float:
    """F1 of each class that occurs in `truth`, averaged; class numbers in the order of CLASSES."""
    return float(weighted.macro_f1(_once(truth), truth, predicted, len(CLASSES))[0])


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
    return float(weighted.macro_auc(_once(truth), truth, probabilities)[0])


def class_auc(truth: Labels, probabilities: NDArray[np.floating]) -> dict[str, float]:
    """Area under the ROC curve of each class against the rest; absent classes are left out."""
    occurring = np.unique(truth)
    return {
        CLASSES[k]: float(weighted.auc(_once(truth), probabilities[:, k], truth == k)[0])
        for k in occurring
        if len(occurring) > 1
    }


def negative_log_likelihood(truth: Labels, probabilities: NDArray[np.floating]) -> float:
    """Mean surprise at the truth, in nats."""
    return float(weighted.log_loss(_once(truth), truth, probabilities)[0])


def _once(truth: Labels) -> NDArray[np.float64]:
    return np.ones((1, len(truth)))
