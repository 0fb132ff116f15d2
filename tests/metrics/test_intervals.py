from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xraydemo.metrics.bootstrap import Estimate
from xraydemo.metrics.intervals import holm, independent_difference, proportion, wilson


def test_wilson_by_hand() -> None:
    """5 of 10: centre 1/2 for symmetry, half width z / (2 sqrt(n + z^2))."""
    z = 1.959964
    half = z / (2 * np.sqrt(10 + z**2))
    assert wilson(5, 10) == pytest.approx((0.5 - half, 0.5 + half), abs=1e-6)


def test_none_of_n_is_not_never() -> None:
    """The upper end of 0 of n is z^2 / (n + z^2)."""
    low, high = wilson(0, 20)
    assert low == pytest.approx(0, abs=1e-12)
    assert high == pytest.approx(1.959964**2 / (20 + 1.959964**2), abs=1e-6)


def test_nothing_has_no_interval() -> None:
    assert np.isnan(wilson(0, 0)).all()


@given(st.integers(1, 500), st.data())
def test_wilson_holds_the_share_and_stays_in_bounds(n, data) -> None:
    k = data.draw(st.integers(0, n))
    low, high = wilson(k, n)
    wide_low, wide_high = wilson(k, n, level=0.99)
    tiny = 1e-12
    assert 0 <= wide_low <= low + tiny
    assert low <= k / n + tiny
    assert k / n <= high + tiny
    assert high <= wide_high + tiny
    assert wide_high <= 1


def test_holm_by_hand() -> None:
    """Sorted 0.01, 0.02, 0.03 times 3, 2, 1, then never less than the one before."""
    np.testing.assert_allclose(holm([0.02, 0.03, 0.01]), [0.04, 0.04, 0.03])
    np.testing.assert_allclose(holm([0.9, 0.8]), [1.0, 1.0])
    assert holm([]).shape == (0,)


def test_twelve_of_twelve_are_not_certain() -> None:
    estimate = proportion(np.ones(12, bool), np.arange(12))
    assert estimate.low == pytest.approx(12 / (12 + 1.959964**2), abs=1e-6)
    assert (estimate.value, estimate.n, estimate.n_groups) == (1.0, 12, 12)
    assert estimate.high == pytest.approx(1)


def test_copies_of_a_patient_are_no_new_evidence() -> None:
    hits = np.array([True, True, False, True])
    alone = proportion(hits, np.arange(4))
    copied = proportion(np.repeat(hits, 5), np.repeat(np.arange(4), 5))
    assert (copied.low, copied.high) == pytest.approx((alone.low, alone.high))
    assert (copied.n, copied.n_groups) == (20, 4)


def test_a_share_of_nothing_is_not_a_number() -> None:
    assert np.isnan(proportion(np.zeros(0, bool), np.zeros(0)).value)


def test_a_difference_of_independent_estimates_is_worked_by_hand() -> None:
    first, second = Estimate(0.5, 0.47, 0.54, 10, 10), Estimate(0.9, 0.87, 0.92, 10, 10)
    value, low, high = independent_difference(first, second)
    # sqrt(0.03² + 0.04²) below, sqrt(0.02² + 0.03²) above
    assert (value, low, high) == pytest.approx((0.4, 0.35, 0.4 + 0.0013**0.5))
