"""Matched evaluation: weights worked by hand, and what stays the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from xraydemo.evaluation.confounding.matching import (
    against,
    balanced,
    overlap_of,
    with_counterpart,
)
from xraydemo.evaluation.sample import Sample


def sample_of(truth):
    truth = np.asarray(truth, np.intp)
    n = len(truth)
    groups = np.arange(n).astype(str)
    return Sample.of(np.arange(n), truth, np.zeros((n, 4), np.float32), groups, n_draws=50)


def test_weights_by_hand():
    # stratum 0: 3 positives, 1 negative; stratum 1: 1 positive, 1 negative; stratum 2: one positive
    positive = np.array([1, 1, 1, 0, 1, 0, 1], bool)
    strata = np.array([0, 0, 0, 0, 1, 1, 2])
    weights = balanced(np.ones((1, 7)), positive, strata)[0]
    assert weights == pytest.approx([1 / 4, 1 / 4, 1 / 4, 3 / 4, 1 / 2, 1 / 2, 0])


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 3), st.integers(0, 5)), min_size=1),
)
def test_both_sides_have_the_same_share_of_each_stratum(rows):
    positive, strata, weight = (np.array(column) for column in zip(*rows, strict=True))
    found = balanced(weight[None].astype(float), positive.astype(bool), strata)[0]
    for stratum in range(4):
        of_positives = found[positive & (strata == stratum)].sum()
        of_negatives = found[~positive & (strata == stratum)].sum()
        assert of_positives == pytest.approx(of_negatives, abs=1e-6)


def test_overlap_counts_pairs():
    truth = np.array([0] * 10 + [1] * 10 + [2] * 5)
    strata = np.array([0] * 8 + [1] * 2 + [0] * 3 + [1] * 7 + [2] * 5)
    overlap = overlap_of(truth, strata, 0, least_pairs=5)
    assert (overlap.others, overlap.apart, overlap.n, overlap.kept) == ((1,), (2,), 20, 10)
    assert overlap_of(truth, strata, 0, least_pairs=6).others == ()


def test_what_counts_when_matched_has_a_weight():
    truth = np.array([0] * 10 + [1] * 10 + [2] * 5)
    strata = np.array([0] * 8 + [1] * 2 + [0] * 3 + [3] * 7 + [2] * 4 + [1])
    counts = with_counterpart(truth, strata, 0, (1, 2))
    for j in (1, 2):
        pair = np.isin(truth, (0, j))
        weights = balanced(np.ones((1, pair.sum())), truth[pair] == 0, strata[pair])[0]
        assert counts[pair][weights > 0].all()
    assert np.flatnonzero(counts).tolist() == [*range(10), 10, 11, 12, 24]
    assert np.flatnonzero(with_counterpart(truth, strata, 0, (1,))).tolist() == [
        *range(8), 10, 11, 12,
    ]  # fmt: skip


def test_as_it_is_is_the_auc_against_the_rest():
    generator = np.random.default_rng(0)
    truth = generator.integers(0, 3, 200)
    scores = generator.normal(size=200) + (truth == 1)
    found = against(sample_of(truth), scores, 1, (0, 2))
    assert set(found) == {"as it is"}
    assert found["as it is"][0] == pytest.approx(roc_auc_score(truth == 1, scores))


def test_matching_takes_away_what_the_stratum_gives_and_no_more():
    generator = np.random.default_rng(1)
    truth = np.repeat([0, 1], 2000)
    strata = (generator.random(4000) < np.where(truth == 1, 0.8, 0.2)).astype(np.intp)
    sample = sample_of(truth)
    reads_it = against(sample, strata + 0.1 * generator.random(4000), 1, (0,), strata)
    assert reads_it["as it is"][0] > 0.75
    assert reads_it["matched"][0] == pytest.approx(0.5, abs=0.03)
    assert reads_it["within"][0] == pytest.approx(0.5, abs=0.03)
    is_honest = against(sample, truth + generator.normal(size=4000), 1, (0,), strata)
    assert is_honest["matched"][0] == pytest.approx(is_honest["as it is"][0], abs=0.02)
    assert len(is_honest["matched"][1]) == 50
