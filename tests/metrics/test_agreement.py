from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xraydemo.metrics.agreement import agreement_of


def pairs(table):
    return np.argwhere(np.ones_like(table)).repeat(np.ravel(table), axis=0)


def test_by_hand() -> None:
    """0.7 agree, 0.5 would by chance: kappa is 0.2 / 0.5."""
    first, second = pairs([[20, 5], [10, 15]]).T
    found = agreement_of(first, second, 2)
    assert found.share.value == pytest.approx(0.7)
    assert found.kappa.value == pytest.approx(0.4)
    # the large-sample standard error of Fleiss, Cohen and Everitt by hand: 0.12700
    assert found.kappa.high - found.kappa.low == pytest.approx(2 * 1.95996 * 0.12700, abs=1e-4)
    assert found.kappa.n == 50
    assert found.table.tolist() == [[20, 5], [10, 15]]


def test_perfect_agreement_is_no_certainty() -> None:
    found = agreement_of(np.array([0, 1, 2]), np.array([0, 1, 2]), 4)
    assert found.kappa.value == pytest.approx(1)
    assert np.isnan([found.kappa.low, found.kappa.high]).all()
    assert found.share.low < 0.5


@pytest.mark.parametrize("n", [0, 7])
def test_kappa_of_one_class_or_none_is_not_defined(n) -> None:
    same = np.zeros(n, dtype=np.intp)
    assert np.isnan(agreement_of(same, same, 4).kappa.value)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40))
def test_is_the_same_whoever_comes_first(drawn) -> None:
    first, second = np.array(drawn, dtype=np.intp).T
    one, other = agreement_of(first, second, 4), agreement_of(second, first, 4)
    np.testing.assert_allclose(one.kappa[:3], other.kappa[:3], atol=1e-9)
    assert one.kappa.n == len(drawn)
    if not np.isnan(one.kappa.low):
        assert -1 <= one.kappa.low <= one.kappa.value <= one.kappa.high <= 1
