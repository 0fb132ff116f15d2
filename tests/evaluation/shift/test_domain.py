import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from tests.evaluation.dossiers import features
from xraydemo.evaluation.shift.domain import TwoSets, discrepancy, enough_to_tell_apart, tell_apart


def two_sets(n: int, shift: float, *, a_group: int = 1, seed: int = 0) -> TwoSets:
    here = np.arange(2 * n) < n
    both = np.concatenate([features(n, seed, shift), features(n, seed + 1)])
    groups = np.arange(2 * n) // a_group
    return TwoSets(both, here, groups, np.arange(2 * n) % 2)


def test_a_shift_is_told_and_no_shift_is_not() -> None:
    assert tell_apart(two_sets(150, 2.0), seed=0).auc().low > 0.8
    none = tell_apart(two_sets(150, 0.0), seed=0).auc()
    assert none.value == pytest.approx(0.5, abs=0.1)


def test_auc_is_that_of_each_fold_weighted_by_its_pairs() -> None:
    told = tell_apart(two_sets(60, 1.0), seed=0)
    here = told.sets.here
    values, pairs = [], []
    for fold in range(5):
        rows = told.folds == fold
        values.append(roc_auc_score(here[rows], told.odds[rows]))
        pairs.append(here[rows].sum() * (~here[rows]).sum())
    assert told.auc().value == pytest.approx(np.average(values, weights=pairs))
    # and the mean of what each X-ray is above, where folds are of one size
    assert told.above()[here].mean() == pytest.approx(np.mean(values), abs=0.02)


def test_a_patient_never_straddles_folds_and_stands_once_in_tests() -> None:
    sets = two_sets(100, 0.0, a_group=4)
    told = tell_apart(sets, seed=0)
    for group in np.unique(sets.groups):
        assert len(np.unique(told.folds[sets.groups == group])) == 1
    assert len(sets.one_a_group()) == 50
    assert sets.n_groups == (25, 25)


def test_copies_of_one_patient_are_not_recognized() -> None:
    # 10 patients a side, 20 X-rays each, all alike: by rows it would be told with certainty
    rng = np.random.default_rng(0)
    patients = rng.normal(size=(20, 16)) + 2
    many = (np.repeat(patients, 20, axis=0) + 0.01 * rng.normal(size=(400, 16))).astype(np.float32)
    groups = np.repeat(np.arange(20), 20)
    sets = TwoSets(many, np.arange(400) < 200, groups, np.zeros(400, np.intp))
    assert tell_apart(sets, seed=0).auc().low < 0.7


def test_another_mix_of_classes_is_no_difference_within_classes() -> None:
    rng = np.random.default_rng(0)
    here = np.arange(400) < 200
    truth = np.where(here, rng.random(400) < 0.9, rng.random(400) < 0.1).astype(np.intp)
    seen = features(400, 3)
    seen[:, 0] += 3 * truth
    told = tell_apart(TwoSets(seen, here, np.arange(400), truth), seed=0)
    within = told.auc_within_classes()
    assert told.auc().low > 0.8
    assert within is not None
    assert within.value == pytest.approx(0.5, abs=0.12)


def test_without_a_class_on_both_sides_nothing_is_said_within() -> None:
    sets = two_sets(30, 0.0)
    apart = TwoSets(sets.features, sets.here, sets.groups, np.where(sets.here, 0, -1))
    assert tell_apart(apart, seed=0).auc_within_classes() is None


@settings(max_examples=10)
@given(st.integers(0, 100))
def test_p_of_a_discrepancy_is_a_p(seed) -> None:
    generator = np.random.default_rng(seed)
    found = discrepancy(two_sets(30, 0.0, seed=seed), most=25, permutations=99, generator=generator)
    assert 0.01 <= found.p <= 1
    assert found.n == 50


def test_a_discrepancy_is_found_where_there_is_one() -> None:
    generator = np.random.default_rng(0)
    found = discrepancy(two_sets(60, 2.0), most=60, permutations=999, generator=generator)
    assert found.p == pytest.approx(0.001)


def test_enough_is_a_floor_and_a_patient_a_fold() -> None:
    assert enough_to_tell_apart(two_sets(20, 0.0), 20)
    assert not enough_to_tell_apart(two_sets(19, 0.0), 20)
    assert not enough_to_tell_apart(two_sets(20, 0.0, a_group=5), 20)
