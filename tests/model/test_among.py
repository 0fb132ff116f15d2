"""Figures among some of the classes, held to scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import recall_score, roc_auc_score

from xraydemo.metrics.bootstrap import Resampling
from xraydemo.metrics.intervals import wilson
from xraydemo.model.among import SOME_CLASSES, estimate_among, name_among

N = 400
TRUTH = np.arange(N) % 4
LOGITS = np.random.default_rng(0).normal(size=(N, 4)) + 1.2 * np.eye(4)[TRUTH]
PROBABILITIES = (np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)).astype(np.float32)
RESAMPLING = Resampling.of(TRUTH, np.arange(N).astype(str), seed=0, n_draws=200)


def test_every_choice_but_all_four_has_a_name_of_its_own():
    names = {name_among(some) for some in SOME_CLASSES}
    assert len(names) == len(SOME_CLASSES) == 14
    assert {"recall_covid", "macro_auc_normal_covid", "macro_auc_covid_pneumonia_opacity"} <= names


@pytest.mark.parametrize("some", SOME_CLASSES)
def test_numbers_are_scikit_learns_on_the_x_rays_of_these_classes(some):
    kept = np.isin(TRUTH, some)
    found = estimate_among(TRUTH, PROBABILITIES, RESAMPLING, some)
    if len(some) == 1:
        recalls = recall_score(TRUTH, PROBABILITIES.argmax(axis=1), average=None)
        expected = recalls[some[0]]
        assert (found.low, found.high) == pytest.approx(wilson(expected * 100, 100))
    else:
        each = [roc_auc_score(TRUTH[kept] == k, PROBABILITIES[kept, k]) for k in some]
        expected = np.mean(each)
    assert found.value == pytest.approx(expected)
    assert found.low < found.value < found.high
    assert found.n == kept.sum()
