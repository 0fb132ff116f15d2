from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xraydemo.metrics.sets import class_coverage, class_quantiles, prediction_sets, share


def test_the_quantile_is_the_ninth_of_nine() -> None:
    """ceil((9 + 1) * 0.9) = 9: of nine rows the greatest score."""
    scores = np.column_stack([np.arange(1, 10) / 10, np.zeros(9)])
    assert class_quantiles(scores, np.zeros(9, int), 0.1)[0] == 0.9


def test_the_quantile_of_nineteen_leaves_one_out() -> None:
    """ceil(20 * 0.9) = 18: one row of nineteen is missed."""
    scores = np.arange(1, 20, dtype=float)[:, None]
    assert class_quantiles(scores, np.zeros(19, int), 0.1)[0] == 18


def test_too_few_rows_promise_nothing() -> None:
    scores = np.ones((8, 2))
    assert np.isinf(class_quantiles(scores, np.zeros(8, int), 0.1)).all()


def test_each_class_looks_at_its_own_rows_and_score() -> None:
    labels = np.repeat([0, 1], 9)
    scores = np.column_stack([np.full(18, 0.2), np.full(18, 0.7)])
    assert class_quantiles(scores, labels, 0.1).tolist() == [0.2, 0.7]


@pytest.mark.parametrize("alpha", [0.0, 1.0, -1.0])
def test_a_senseless_alpha_is_refused(alpha) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        class_quantiles(np.ones((3, 2)), np.zeros(3, int), alpha)


def test_sets_by_hand() -> None:
    probabilities = np.array([[0.6, 0.3, 0.1], [0.4, 0.35, 0.25]])
    sets = prediction_sets(probabilities, np.array([0.1, 0.66, 0.8]))
    # the first column is in only as the most likely one
    assert sets.tolist() == [[True, False, False], [True, True, True]]


@settings(max_examples=30)  # the first call imports scipy
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.05, 0.1, 0.2]))
def test_no_set_is_empty_and_the_rows_themselves_are_covered(seed, alpha) -> None:
    generator = np.random.default_rng(seed)
    probabilities = generator.dirichlet(np.ones(4), 200)
    labels = generator.integers(0, 4, 200)
    sets = prediction_sets(probabilities, class_quantiles(1 - probabilities, labels, alpha))
    assert sets.any(axis=1).all()
    for covered in class_coverage(sets, labels).values():
        assert covered.value >= 1 - alpha


def test_a_class_that_is_rarely_right_is_covered_too() -> None:
    """New rows are covered in each class, though one class looks like another."""
    generator = np.random.default_rng(1)
    labels = np.repeat([0, 1], [4000, 400])
    p = np.clip(generator.normal(np.where(labels == 0, 0.2, 0.3), 0.15), 0.001, 0.999)
    probabilities = np.column_stack([1 - p, p])
    half = generator.random(len(labels)) < 0.5
    quantiles = class_quantiles(1 - probabilities[half], labels[half], 0.1)
    found = class_coverage(prediction_sets(probabilities[~half], quantiles), labels[~half])
    assert found[1].high >= 0.9
    assert found[0].high >= 0.9


def test_wilson_by_hand() -> None:
    """8 of 10 by the formula of Wilson, z = 1.95996."""
    estimate = share(np.arange(10) < 8)
    assert estimate.value == 0.8
    assert estimate.low == pytest.approx(0.49016, abs=1e-5)
    assert estimate.high == pytest.approx(0.94332, abs=1e-5)
    assert np.isnan(share(np.zeros(0, bool)).value)
