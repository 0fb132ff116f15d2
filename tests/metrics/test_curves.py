from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import auc

from xraydemo.metrics.curves import MOST_POINTS, precision_recall_points, roc_points
from xraydemo.metrics.weighted import auc as auc_of_draws

POSITIVE = np.array([False, False, True, True])
SCORES = np.array([0.1, 0.4, 0.35, 0.8])


def test_roc_by_hand() -> None:
    x, y = roc_points(POSITIVE, SCORES)
    assert (x, y) == ((0.0, 0.0, 0.5, 0.5, 1.0), (0.0, 0.5, 0.5, 1.0, 1.0))


def test_precision_and_recall_by_hand() -> None:
    recall, precision = precision_recall_points(POSITIVE, SCORES)
    assert (recall[0], precision[0]) == (1.0, 0.5)
    assert (recall[-1], precision[-1]) == (0.0, 1.0)
    assert (0.5, 1.0) in zip(recall, precision, strict=True)


def test_a_large_curve_is_thinned_without_changing_its_area() -> None:
    generator = np.random.default_rng(0)
    positive = np.arange(20_000) % 2 == 0
    scores = generator.normal(size=20_000) + positive
    x, y = roc_points(positive, scores)
    assert len(x) <= MOST_POINTS
    assert (x[0], y[0], x[-1], y[-1]) == (0.0, 0.0, 1.0, 1.0)
    exact = auc_of_draws(np.ones((1, 20_000)), scores, positive)[0]
    assert auc(x, y) == pytest.approx(exact, abs=0.002)
    assert len(precision_recall_points(positive, scores)[0]) <= MOST_POINTS
