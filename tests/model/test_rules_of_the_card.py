"""Sets, triage and doubt: fitted, kept in the card, and asked."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xraydemo.model.doubt import Doubt, energy, entropy
from xraydemo.model.sets import Sets
from xraydemo.model.triage import Triage


def test_sets_name_the_most_likely_first() -> None:
    quantiles = {"normal": 0.9, "covid": 0.5, "pneumonia": None, "opacity": 0.1}
    sets = Sets(alpha=0.1, quantiles=quantiles, n=dict.fromkeys(quantiles, 20))
    # normal: 0.8 <= 0.9; covid: the most likely; pneumonia: can't be excluded; opacity: 0.85 > 0.1
    assert sets.of(np.array([0.2, 0.45, 0.2, 0.15])) == ("covid", "normal", "pneumonia")
    assert Sets.model_validate_json(sets.model_dump_json()) == sets


def test_sets_without_enough_rows_exclude_nothing() -> None:
    probabilities = np.tile([0.97, 0.01, 0.01, 0.01], (20, 1))
    sets = Sets.fit(probabilities, np.zeros(20, int))
    assert sets.n == {"normal": 20, "covid": 0, "pneumonia": 0, "opacity": 0}
    assert sets.quantiles["normal"] == pytest.approx(0.03)
    assert sets.quantiles["covid"] is None
    assert set(sets.of(probabilities[0])) == {"normal", "covid", "pneumonia", "opacity"}


def test_the_operating_point_finds_nineteen_of_twenty() -> None:
    ill = np.linspace(0.05, 1.0, 20)  # 1 - p(normal) of twenty ill: the lowest may be missed
    well = np.array([0.0, 0.02, 0.06, 0.12])  # the last is taken for ill
    value = np.concatenate([ill, well])
    probabilities = np.column_stack([1 - value, value, np.zeros(24), np.zeros(24)])
    labels = np.repeat([1, 0], [20, 4])
    triage = Triage.fit(probabilities, labels, np.arange(24).astype(str))
    assert triage.threshold == pytest.approx(0.1)
    assert triage.sensitivity.value == 0.95
    assert triage.specificity.value == 0.75
    assert triage.sensitivity.low < 0.95 < triage.sensitivity.high
    assert (triage.sensitivity.n, triage.specificity.n) == (20, 4)
    assert triage.of(np.array([0.9, 0.05, 0.05, 0.0])).first
    assert not triage.of(np.array([0.95, 0.05, 0.0, 0.0])).first


def test_entropy_and_energy_by_hand() -> None:
    assert entropy(np.array([[0.25] * 4]))[0] == pytest.approx(math.log(4))
    assert entropy(np.array([[1.0, 0, 0, 0]]))[0] == pytest.approx(0, abs=1e-9)
    assert energy(np.zeros((1, 4)))[0] == pytest.approx(-math.log(4))
    assert energy(np.array([[1000.0, 0, 0, 0]]))[0] == pytest.approx(-1000)


def test_doubt_comes_from_entropy_or_energy() -> None:
    doubt = Doubt(percentile=95, entropy=1.0, energy=-2.0, n=100)
    sure = doubt.of(np.array([9.0, 0, 0, 0]), np.array([1.0, 0, 0, 0]))
    assert sure.verdict == "sure"
    assert doubt.of(np.array([9.0, 9, 9, 9]), np.array([0.25] * 4)).verdict == "unsure"
    assert doubt.of(np.array([0.1, 0, 0, 0]), np.array([1.0, 0, 0, 0])).verdict == "unsure"


def test_one_in_twenty_of_the_held_out_is_beyond_each_limit() -> None:
    logits = np.random.default_rng(0).normal(0, 3, (1000, 4))
    powers = np.exp(logits)
    doubt = Doubt.fit(logits, powers / powers.sum(1, keepdims=True))
    assert (energy(logits) > doubt.energy).mean() == pytest.approx(0.05)
    assert doubt.n == 1000
