"""Probes: the same as scikit-learn's ridge, and blind to what goes through the label."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from xraydemo.evaluation.confounding.probe import RIDGE, Levels, Probes, _dealt, components

N = 200
ONES = np.ones((1, N), np.float32)


def material(shown, through_label_only=False, seed=0):
    generator = np.random.default_rng(seed)
    truth = np.arange(N) % 2
    fact = generator.random(N) < np.where(truth == 1, 0.8, 0.2)
    embeddings = generator.normal(size=(N, 6))
    embeddings[:, 0] += 3 * truth
    embeddings[:, 1] += 0 if through_label_only else shown * fact
    groups = np.arange(N).astype(str)
    folds = generator.permutation(N) % 5
    levels = Levels.of(pd.Series(np.where(fact, "B", "A")), truth, groups)
    return embeddings, truth, folds, groups, levels


def test_scores_are_ridge_out_of_fold():
    embeddings, truth, folds, _, levels = material(1.0)
    scores = Probes.of(embeddings, truth, folds).scores(levels.members)
    x = components(embeddings[truth == 0])
    inside, y = folds[truth == 0], levels.members[truth == 0, 1].astype(float)
    for fold in range(5):
        held = inside == fold
        centred = x[~held] - x[~held].mean(axis=0)
        alpha = RIDGE * np.trace(centred.T @ centred) / x.shape[1]
        theirs = Ridge(alpha=alpha).fit(x[~held], y[~held]).predict(x[held])
        ours = scores[truth == 0][held, 1]
        assert ours - ours.mean() == pytest.approx(theirs - theirs.mean())


def test_components_keep_distances():
    for shape in ((10, 30), (30, 10)):
        x = np.random.default_rng(0).normal(size=shape)
        turned = components(x)
        centred = x - x.mean(axis=0)
        assert turned @ turned.T == pytest.approx(centred @ centred.T)


def test_a_fact_that_is_shown_is_found_and_one_through_the_label_is_not():
    for through_label_only in (False, True):
        embeddings, truth, folds, groups, levels = material(2.0, through_label_only)
        probes = Probes.of(embeddings, truth, folds)
        auc = probes.auc(ONES, levels, probes.scores(levels.members))[0]
        shuffled = probes.auc_of_shuffled(levels, groups, 50, np.random.default_rng(0))
        assert shuffled.mean() == pytest.approx(0.5, abs=0.02)
        if through_label_only:
            assert abs(auc - 0.5) < 3 * shuffled.std()
        else:
            assert auc > 0.85


def test_rare_values_are_not_asked_about():
    values = pd.Series(["A"] * 15 + ["B"] * 5)
    groups = np.arange(20).astype(str)
    levels = Levels.of(values, np.zeros(20, np.intp), groups)
    assert not levels.asked.any()
    assert np.isnan(
        Probes.of(np.eye(20), np.zeros(20, np.intp), np.arange(20) % 5).auc(
            np.ones((1, 20)), levels, np.zeros((20, 2))
        )[0]
    )
    same_patient = Levels.of(
        pd.Series(["A", "B"] * 10), np.zeros(20, np.intp), np.array(["x", "y"] * 10)
    )
    assert not same_patient.asked.any()


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.integers(0, 99))
def test_groups_are_dealt_as_a_whole(groups, seed):
    names = np.array(groups).astype(str)
    donors = _dealt(names, np.random.default_rng(seed))
    for name in set(names):
        assert len(set(names[donors[names == name]])) == 1
    givers = {names[donors[names == name]][0] for name in set(names)}
    assert givers == set(names)
