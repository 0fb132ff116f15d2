"""How surely the model ranks X-rays of some classes above the others, as a statistic of draws."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xraydemo.evaluation.sample import Sample
from xraydemo.metrics.weighted import Draws, Weights, auc


def macro_auc_of(sample: Sample, classes: tuple[int, ...]) -> Callable[[Weights], Draws]:
    """Make the statistic: AUC of each class against the rest, averaged over some classes only."""

    def statistic(weights: Weights) -> Draws:
        each = [auc(weights, sample.probabilities[:, k], sample.truth == k) for k in classes]
        return np.asarray(np.mean(each, axis=0))

    return statistic
