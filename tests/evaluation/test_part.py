"""A part of many X-rays is even over the classes, and spread over the patients."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xraydemo.evaluation.part import even_part


def test_a_small_class_is_taken_whole_and_the_others_share_the_rest() -> None:
    strata = np.repeat([0, 1, 2], [100, 10, 60])
    part = even_part(strata, np.arange(170).astype(str), 90)
    assert np.bincount(strata[part]).tolist() == [40, 10, 40]


def test_each_patient_gives_one_before_any_gives_two() -> None:
    groups = np.array([f"p{i % 10}" for i in range(50)])
    part = even_part(np.zeros(50, np.intp), groups, 15)
    _, counts = np.unique(groups[part], return_counts=True)
    assert sorted(counts) == [1] * 5 + [2] * 5


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), max_size=60),
    st.integers(0, 70),
    st.integers(0, 3),
)
def test_it_is_as_large_as_asked_without_repetition(rows, most, seed) -> None:
    strata = np.array([k for k, _ in rows], np.intp)
    groups = np.array([str(g) for _, g in rows], str)
    part = even_part(strata, groups, most, seed=seed)
    assert len(part) == min(most, len(rows))
    assert (np.diff(part) > 0).all()
    np.testing.assert_array_equal(part, even_part(strata, groups, most, seed=seed))
    taken, all_of = np.bincount(strata[part], minlength=4), np.bincount(strata, minlength=4)
    short = taken < all_of
    if short.any():
        assert taken.max() - taken[short].min() <= 1
