from __future__ import annotations

import numpy as np
import pytest

from xraydemo.metrics.classification import (
    class_auc,
    macro_auc,
    macro_f1,
    negative_log_likelihood,
)

TRUTH = np.array([0, 0, 1, 1])


def test_macro_f1_by_hand() -> None:
    """Class 0: precision 1, recall 1/2, F1 2/3. Class 1: precision 2/3, recall 1, F1 4/5."""
    assert macro_f1(TRUTH, np.array([0, 1, 1, 1])) == pytest.approx((2 / 3 + 4 / 5) / 2)


def test_macro_f1_counts_a_guess_outside_the_truth_as_wrong() -> None:
    """Class 0: precision 1, recall 1/2. Class 1: both 1. Class 3 doesn't occur: no third term."""
    assert macro_f1(TRUTH, np.array([0, 3, 1, 1])) == pytest.approx((2 / 3 + 1) / 2)


def test_auc_by_hand() -> None:
    """Of the 4 pairs (positive, negative), 3 are in order."""
    p = np.array([0.1, 0.6, 0.4, 0.8])
    probabilities = np.column_stack([1 - p, p, 0 * p, 0 * p])
    assert macro_auc(TRUTH, probabilities) == pytest.approx(0.75)
    assert class_auc(TRUTH, probabilities) == pytest.approx({"normal": 0.75, "covid": 0.75})


def test_auc_of_one_class_is_not_a_number() -> None:
    assert np.isnan(macro_auc(np.array([1, 1]), np.full((2, 4), 0.25)))
    assert class_auc(np.array([1, 1]), np.full((2, 4), 0.25)) == {}


def test_log_loss_by_hand() -> None:
    probabilities = np.array([[0.5, 0.5], [0.75, 0.25]])
    expected = (np.log(2) + np.log(4)) / 2
    assert negative_log_likelihood(np.array([0, 1]), probabilities) == pytest.approx(expected)
