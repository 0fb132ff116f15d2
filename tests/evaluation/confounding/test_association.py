"""Cramer's V without its bias."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats.contingency import association

from tests.evaluation.runs import make_run
from xraydemo.evaluation.confounding.association import cramers_v


def test_equals_bergsma_by_hand():
    labels = ["normal"] * 50 + ["covid"] * 50
    view = ["AP"] * 40 + ["PA"] * 10 + ["AP"] * 10 + ["PA"] * 40
    v = cramers_v(pd.Series(view), make_run(labels).sample)
    # phi squared 0.36; 0.36 - 1 / 99; both sides have 2 - 1 / 99 - 1 degrees left
    assert v.value == pytest.approx(np.sqrt((0.36 - 1 / 99) / (1 - 1 / 99)))
    table = pd.crosstab(pd.Series(labels), pd.Series(view))
    assert v.value == pytest.approx(association(table, correction=False), abs=0.01)
    assert v.low < v.value < v.high
    assert (v.n, v.n_groups) == (100, 100)


def test_what_tells_the_class_has_one():
    labels = ["normal", "covid", "opacity"] * 40
    v = cramers_v(pd.Series(labels), make_run(labels).sample)
    assert v.value == pytest.approx(1.0)


def test_chance_has_about_none():
    generator = np.random.default_rng(0)
    labels = ["normal", "covid"] * 200
    sample = make_run(labels).sample
    found = [cramers_v(pd.Series(generator.choice(list("abcdef"), 400)), sample) for _ in range(20)]
    assert np.mean([v.value for v in found]) < 0.05
    assert sum(v.low > 0 for v in found) <= 3


def test_one_value_has_none():
    assert np.isnan(cramers_v(pd.Series(["x"] * 40), make_run(["normal", "covid"] * 20).sample)[0])
