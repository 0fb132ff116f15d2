from __future__ import annotations

import numpy as np
import pytest

from xraydemo.metrics.bootstrap import bootstrap


def test_interval_of_a_mean_is_the_textbooks() -> None:
    generator = np.random.default_rng(0)
    x = generator.normal(size=400)
    estimate = bootstrap(
        lambda rows: float(x[rows].mean()),
        np.zeros(400, int),
        np.arange(400).astype(str),
        seed=1,
    )
    half = 1.96 * x.std() / 20
    assert estimate.value == pytest.approx(x.mean())
    assert estimate.low == pytest.approx(x.mean() - half, abs=0.02)
    assert estimate.high == pytest.approx(x.mean() + half, abs=0.02)
    assert (estimate.n, estimate.n_groups) == (400, 400)


def test_copies_of_a_patient_are_no_new_evidence() -> None:
    """Each row ten times over: the interval stays as wide as that of the patients."""
    x = np.random.default_rng(0).normal(size=60)
    widths = []
    for copies in (1, 10):
        values, groups = np.repeat(x, copies), np.repeat(np.arange(60), copies).astype(str)
        estimate = bootstrap(
            lambda rows, values=values: float(values[rows].mean()),
            np.zeros(len(values), int),
            groups,
            seed=2,
        )
        widths.append(estimate.high - estimate.low)
    assert widths[1] == pytest.approx(widths[0], rel=0.1)


def test_each_class_keeps_its_number() -> None:
    strata = np.repeat([0, 1], [5, 95])
    counted = []

    def count(rows: np.ndarray) -> float:
        counted.append(int((strata[rows] == 0).sum()))
        return 0.0

    bootstrap(count, strata, np.arange(100).astype(str), seed=0, n_draws=50)
    assert set(counted) == {5}


def test_groups_come_whole() -> None:
    groups = np.array(["a", "a", "b", "c", "c", "c"])

    def check(rows: np.ndarray) -> float:
        counts = np.bincount(rows, minlength=6)
        assert counts[0] == counts[1]
        assert counts[3] == counts[4] == counts[5]
        return 0.0

    bootstrap(check, np.zeros(6, int), groups, seed=0, n_draws=50)


def test_the_seed_decides() -> None:
    x = np.random.default_rng(0).normal(size=30)
    arguments = (lambda rows: float(x[rows].mean()), np.zeros(30, int), np.arange(30).astype(str))
    assert bootstrap(*arguments, seed=1) == bootstrap(*arguments, seed=1)
    assert bootstrap(*arguments, seed=1) != bootstrap(*arguments, seed=2)
