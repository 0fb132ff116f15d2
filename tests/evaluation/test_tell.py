"""Telling the class from columns: planted and absent differences, kinds of columns, intervals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from xraydemo.evaluation import tell as tell_module
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.tell import (
    as_numbers,
    classes_with_enough,
    folds_of,
    tell,
    tell_from_each,
    varying,
)


def sample_of(truth, groups=None, n_draws=200):
    truth = np.asarray(truth, dtype=np.intp)
    groups = np.array([f"g{i}" for i in range(len(truth))]) if groups is None else np.array(groups)
    even = np.full((len(truth), 4), 0.25, np.float32)
    return Sample.of(np.arange(len(truth)), truth, even, groups, n_draws=n_draws)


def told(columns, truth, groups=None):
    sample = sample_of(truth, groups)
    return tell(pd.DataFrame(columns), sample, folds_of(sample, 0))


TRUTH = np.arange(200) % 2
NOISE = np.random.default_rng(1).normal(size=200)


@pytest.mark.parametrize(
    "column",
    [
        np.where(TRUTH, 256, 1024),
        np.where(TRUTH, "256", "1024"),
        np.where(TRUTH, "PNG", "JPEG"),
        np.where(TRUTH, "", "75"),
        np.where(TRUTH, np.nan, 75.0),
        TRUTH == 1,
        pd.Series(np.where(TRUTH, None, "L"), dtype=object),
    ],
    ids=["numbers", "numbers as text", "text", "unknown text", "NaN", "truth values", "None"],
)
def test_a_column_that_gives_the_class_away_is_found(column):
    answer = told({"noise": NOISE, "planted": column}, TRUTH)
    assert answer.macro.value == 1.0
    assert set(answer.classes) == {0, 1}
    assert answer.macro.n == 200


def test_a_column_that_rises_and_falls_is_found():
    """No threshold tells the class in the middle; its AUC by rank alone would be 0.5."""
    value = np.tile(np.arange(50), 4).astype(float)
    answer = told({"value": value}, (value > 15) & (value < 35))
    assert answer.macro.low > 0.95


def test_columns_that_tell_only_together_are_found():
    a, b = np.arange(400) % 2, np.arange(400) // 2 % 2
    columns = pd.DataFrame({"a": a, "b": b, "noise": np.random.default_rng(0).normal(size=400)})
    sample = sample_of(a ^ b)
    folds = folds_of(sample, 0)
    assert tell(columns, sample, folds).macro.low > 0.8
    alone = tell_from_each(columns, sample, folds)
    assert max(one.macro.low for one in alone.values()) < 0.55


def test_noise_tells_nothing():
    generator = np.random.default_rng(0)
    found = [
        told({"a": generator.normal(size=60), "b": generator.normal(size=60)}, np.arange(60) % 3)
        for _ in range(8)
    ]
    assert abs(np.mean([one.macro.value for one in found]) - 0.5) < 0.05
    assert sum(one.macro.low > 0.5 for one in found) <= 2


def test_constant_columns_tell_exactly_nothing():
    answer = told({"a": np.ones(200), "b": ["PNG"] * 200}, TRUTH)
    assert (answer.macro.value, answer.macro.low, answer.macro.high) == (0.5, 0.5, 0.5)


def test_what_a_group_shares_is_not_learnt():
    """The column names the patient, who has one class: only seen patients could be told by it."""
    groups = np.repeat(np.arange(20), 20)
    generator = np.random.default_rng(0)
    mark = generator.permutation(20)[groups].astype(str)
    truth = generator.permutation(np.arange(20) % 2)[groups]
    by_patient = told({"mark": np.char.add("p", mark)}, truth, groups.astype(str))
    assert by_patient.macro.low < 0.6
    as_if_independent = told({"mark": np.char.add("p", mark)}, truth)
    assert as_if_independent.macro.low > 0.9
    assert by_patient.macro.n_groups == 20


def test_the_auc_is_that_of_pairs_within_a_fold():
    truth = np.arange(300) % 3
    sample = sample_of(truth)
    folds = folds_of(sample, 0)
    columns = pd.DataFrame({"x": truth + np.random.default_rng(0).normal(size=300)})
    scores = tell_module._out_of_fold(columns, truth, folds, 0)
    answer = tell(columns, sample, folds)
    for k in range(3):
        aucs, pairs = [], []
        for fold in range(5):
            held = folds == fold
            positive = truth[held] == k
            aucs.append(roc_auc_score(positive, scores[held, k]))
            pairs.append(positive.sum() * (~positive).sum())
        assert answer.classes[k].value == pytest.approx(np.average(aucs, weights=pairs))
    assert answer.macro.value == pytest.approx(np.mean([e.value for e in answer.classes.values()]))
    assert answer.macro.low < answer.macro.value < answer.macro.high


def test_more_categories_than_the_model_takes():
    generator = np.random.default_rng(0)
    truth = generator.integers(0, 2, 900)
    sites = [f"site {i}" for i in range(700)] + ["A" if t else "B" for t in truth[700:]]
    assert told({"site": sites}, truth).macro.value > 0.5


def test_the_rarest_categories_count_as_one():
    names = pd.Series([f"{i}" for i in range(300)] + ["common"] * 5 + ["", None])
    numbers = tell_module._categories(names)
    assert numbers[300] == 0
    assert numbers.max() == tell_module.MOST_CATEGORIES
    assert numbers.isna().sum() == 2


def test_folds_keep_groups_together_and_spread_classes():
    groups = np.repeat(np.arange(50), 4).astype(str)
    sample = sample_of(np.repeat(np.arange(50) % 2, 4), groups)
    folds = folds_of(sample, 0)
    assert all(len(set(folds[groups == g])) == 1 for g in set(groups))
    assert all(0.3 < sample.truth[folds == f].mean() < 0.7 for f in range(5))
    assert np.array_equal(folds, folds_of(sample, 0))


def test_small_classes_are_left_out_and_named():
    truth = [0] * 30 + [1] * 25 + [2] * 19 + [3] * 40
    groups = [f"g{i}" for i in range(74)] + ["one", "two", "three", "four"] * 10
    kept, small = classes_with_enough(sample_of(truth, groups), 20)
    assert small == (2, 3)  # of 3 there are many X-rays, but of four patients only
    assert list(kept.counts) == [30, 25, 0, 0]
    assert kept.resampling.weights.shape == (200, 55)


@pytest.mark.parametrize(
    ("column", "numbers"),
    [
        (["1", "2.5", ""], [1, 2.5, np.nan]),
        (["1", "x", ""], None),
        (["", "", ""], [np.nan] * 3),
        ([1, None, 3], [1, np.nan, 3]),
        ([True, False, True], [1, 0, 1]),
        ([1.0, np.inf, -np.inf], [1, np.nan, np.nan]),
    ],
)
def test_what_is_taken_as_numbers(column, numbers):
    found = as_numbers(pd.Series(column))
    if numbers is None:
        assert found is None
    else:
        np.testing.assert_array_equal(found.to_numpy(), numbers)


def test_unknown_is_a_value():
    table = pd.DataFrame({"same": ["a", "a"], "missing": ["a", ""], "nothing": [None, ""]})
    assert list(varying(table)) == ["missing"]


@settings(max_examples=4)
@given(st.integers(0, 1000), st.sampled_from([np.exp, lambda x: -x, lambda x: 3 * x + 1]))
def test_only_the_order_of_numbers_counts(seed, change):
    generator = np.random.default_rng(seed)
    truth = generator.integers(0, 2, 100)
    x = generator.normal(size=100).round(2) + truth
    one, other = told({"x": x}, truth).macro.value, told({"x": change(x)}, truth).macro.value
    assert one == pytest.approx(other, abs=0.1)  # bin edges lie midway, so not quite the same


@pytest.mark.parametrize("column", [["1", "1e400", "-inf", ""], [1.0, np.inf, -np.inf, np.nan]])
def test_numbers_without_end_are_unknown(column):
    assert as_numbers(pd.Series(column)).isna().tolist() == [False, True, True, True]
