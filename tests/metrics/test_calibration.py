from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xraydemo.metrics.bootstrap import Resampling
from xraydemo.metrics.calibration import ece, equal_mass_bins, excess_ece, reliability

ONCE = np.ones((1, 4), dtype=np.float32)


def draws_of(n: int, seed: int = 0) -> Resampling:
    return Resampling.of(np.zeros(n, int), np.arange(n).astype(str), seed=seed, n_draws=300)


def test_error_by_hand() -> None:
    """Bin 0 says 0.5 and 1 of 2 come true; bin 1 says 0.9 and 1 of 2: (2 * 0 + 2 * 0.4) / 4."""
    stated, bins = np.array([0.4, 0.6, 0.9, 0.9]), np.array([0, 0, 1, 1])
    came_true = np.array([True, False, True, False])
    assert ece(ONCE, stated, came_true, bins)[0] == pytest.approx(0.2)


def test_error_of_draws_is_that_of_copied_rows() -> None:
    generator = np.random.default_rng(0)
    stated, came_true = generator.random(90), generator.random(90) < 0.5
    bins = equal_mass_bins(stated)
    weights = generator.integers(0, 3, (2, 90)).astype(np.float32)
    for draw, value in zip(weights, ece(weights, stated, came_true, bins), strict=True):
        rows = np.repeat(np.arange(90), draw.astype(int))
        once = np.ones((1, len(rows)), dtype=np.float32)
        copied = ece(once, stated[rows], came_true[rows], bins[rows])[0]
        assert value == pytest.approx(copied, rel=1e-5)


@settings(max_examples=30)
@given(st.integers(1, 700), st.integers(1, 1000))
def test_bins_are_of_equal_mass_and_ties_share_one(n, different) -> None:
    stated = np.random.default_rng(n).integers(0, different, n) / different
    bins = equal_mass_bins(stated)
    assert sorted(set(bins)) == list(range(max(bins) + 1))
    assert max(bins) < max(min(15, n // 30), 1)
    for value in np.unique(stated):
        assert len(set(bins[stated == value])) == 1
    by_probability = bins[np.argsort(stated, kind="stable")]
    assert (np.diff(by_probability) >= 0).all()
    if len(np.unique(stated)) == n:
        sizes = np.bincount(bins)
        assert sizes.max() - sizes.min() <= 1


def test_perfect_probabilities_have_no_error_beyond_chance() -> None:
    """Their binned error is far from 0 all the same: that is what is subtracted."""
    found = []
    for seed in range(20):
        generator = np.random.default_rng(seed)
        stated = generator.uniform(0.5, 1, 300)
        came_true = generator.random(300) < stated
        found.append(excess_ece(draws_of(300, seed), stated, came_true, seed=seed, n_draws=200))
    assert np.mean([f.ece for f in found]) > 0.05
    assert np.mean([f.excess.value for f in found]) == pytest.approx(0, abs=0.01)
    assert all(f.excess.low <= 0 <= f.excess.high for f in found)


def test_a_boast_is_found() -> None:
    generator = np.random.default_rng(0)
    stated = np.full(600, 0.95)
    found = excess_ece(draws_of(600), stated, generator.random(600) < 0.7, seed=0, n_draws=200)
    assert found.ece == pytest.approx(0.25, abs=0.04)
    assert found.excess.low > 0.15
    assert found.excess.n == 600


def test_copies_of_a_patient_are_no_new_evidence() -> None:
    """Ten copies of each row of perfect probabilities: still no error beyond chance."""
    copies = np.repeat(np.arange(60), 10)
    by_patient, by_row = [], []
    for seed in range(10):
        generator = np.random.default_rng(seed)
        stated = generator.uniform(0.5, 1, 60)
        came_true = (generator.random(60) < stated)[copies]
        for groups, found in ((copies, by_patient), (np.arange(600), by_row)):
            resampling = Resampling.of(
                np.zeros(600, int), groups.astype(str), seed=seed, n_draws=100
            )
            excess = excess_ece(resampling, stated[copies], came_true, seed=seed, n_draws=100)
            found.append(excess.excess.value)
    assert abs(np.mean(by_patient)) < 0.04
    assert np.mean(by_row) > 0.08


def test_reliability_by_hand() -> None:
    stated = np.repeat([0.2, 0.9], 30)
    came_true = np.tile([True, False], 30)
    low, high = reliability(stated, came_true, np.arange(60))
    assert (low.mean, high.mean) == (pytest.approx(0.2), pytest.approx(0.9))
    assert low.came_true.value == high.came_true.value == 0.5
    assert (low.came_true.n, high.came_true.n) == (30, 30)
    assert low.rows.tolist() == list(range(30))
