"""How well only some of the classes are told apart, and where a card keeps it.

Other hospitals seldom have all four classes; what is measured there can be compared with home only
on the same classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from xraydemo.classes import CLASSES
from xraydemo.metrics.bootstrap import LEVEL, Estimate, Resampling
from xraydemo.metrics.intervals import proportion
from xraydemo.metrics.weighted import macro_auc

AMONG = "calibrate, by classes"  # the part of a card's metrics

SOME_CLASSES = tuple(
    chosen for n in range(1, len(CLASSES)) for chosen in combinations(range(len(CLASSES)), n)
)


def name_among(classes: Sequence[int]) -> str:
    """Name the figure in the card: "recall_covid", "macro_auc_normal_covid".

    Parameters
    ----------
    classes : sequence of int
        Class numbers, ascending.
    """
    metric = "recall" if len(classes) == 1 else "macro_auc"
    return "_".join([metric, *(CLASSES[k] for k in classes)])


def estimate_among(
    truth: NDArray[np.intp],
    probabilities: NDArray[np.float32],
    resampling: Resampling,
    classes: Sequence[int],
    level: float = LEVEL,
) -> Estimate:
    """Measure on the X-rays of some classes only.

    Parameters
    ----------
    truth : ndarray of int, shape (n,)
    probabilities : ndarray of float32, shape (n, 4)
        Of all classes: the model doesn't know which of them can occur.
    resampling : Resampling
        Of these n rows.
    classes : sequence of int
        Class numbers.
    level : float
        Of the interval.

    Returns
    -------
    Estimate
        AUC of each class against the others of them, averaged; of a single class the share that
        is found.
    """
    kept = np.isin(truth, classes)
    of_these, seen = resampling.within(kept), probabilities[kept]
    if len(classes) == 1:
        return proportion(seen.argmax(axis=1) == classes[0], of_these.groups, level)
    return of_these.estimate(lambda weights: macro_auc(weights, truth[kept], seen), level)
