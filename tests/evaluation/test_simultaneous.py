"""Intervals that hold all at once."""

import numpy as np
import pytest
from scipy.stats import norm

from tests.evaluation.runs import make_run
from xraydemo.evaluation.ranking import macro_auc_of
from xraydemo.evaluation.simultaneous import simultaneous_intervals, value_and_draws
from xraydemo.metrics.weighted import macro_auc


def test_one_number_has_the_normal_interval():
    draws = np.random.default_rng(0).normal(1.0, 0.1, (20_000, 1))
    low, high = simultaneous_intervals(np.array([1.0]), draws)
    assert (high - low)[0] / 2 == pytest.approx(0.1 * norm.ppf(0.975), rel=0.03)


def test_independent_numbers_are_corrected_as_sidak_does():
    draws = np.random.default_rng(0).normal(size=(20_000, 10))
    _, high = simultaneous_intervals(np.zeros(10), draws)
    assert high[0] == pytest.approx(norm.ppf(0.5 + 0.95**0.1 / 2), rel=0.03)


def test_the_same_number_ten_times_costs_nothing():
    draws = np.random.default_rng(0).normal(size=(20_000, 1)).repeat(10, axis=1)
    _, high = simultaneous_intervals(np.zeros(10), draws)
    assert high[0] == pytest.approx(norm.ppf(0.975), rel=0.03)


def test_constant_and_undefined_draws_do_no_harm():
    draws = np.random.default_rng(0).normal(size=(1000, 3))
    draws[:, 1] = 0.5
    draws[:10, 2] = np.nan
    low, high = simultaneous_intervals(np.array([0.0, 0.5, 0.0]), draws)
    assert low[1] == high[1] == 0.5
    assert np.isfinite(low).all()


def test_value_and_draws_are_those_of_the_estimate():
    sample = make_run(["normal", "covid"] * 30).sample
    value, draws = value_and_draws(sample, macro_auc_of(sample, (0, 1)))
    assert value == pytest.approx(
        macro_auc(np.ones((1, 60), np.float32), sample.truth, sample.probabilities)[0]
    )
    estimate = sample.resampling.estimate(macro_auc_of(sample, (0, 1)))
    assert np.quantile(draws, 0.025) == pytest.approx(estimate.low)
