import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xraydemo.metrics.selective import aurc, kept_first

ROWS = st.lists(
    st.tuples(st.integers(0, 5), st.booleans(), st.integers(0, 3)), min_size=1, max_size=30
).filter(lambda rows: any(weight for *_, weight in rows))


def one(refusal, wrong) -> float:
    return float(aurc(np.ones((1, len(wrong))), np.array(refusal, float), np.array(wrong))[0])


def test_by_hand() -> None:
    """The right one is kept first: no error up to a half, then t / (1 + t) for t from 0 to 1."""
    assert one([0, 1], [False, True]) == pytest.approx((1 - np.log(2)) / 2)
    assert one([0, 1], [True, False]) == pytest.approx((1 + np.log(2)) / 2)
    assert one([0, 0], [True, False]) == pytest.approx(0.5)


@pytest.mark.parametrize("rate", [0.01, 0.2, 0.9])
def test_refusing_the_wrong_ones_first_is_the_best_there_is(rate) -> None:
    wrong = np.arange(1000) >= 1000 * (1 - rate)
    assert one(wrong, wrong) == pytest.approx(rate + (1 - rate) * np.log(1 - rate))


def test_a_constant_is_random() -> None:
    assert one(np.zeros(10), np.arange(10) < 3) == pytest.approx(0.3)


def test_it_is_the_mean_risk_over_thresholds_when_there_are_many() -> None:
    generator = np.random.default_rng(0)
    refusal = generator.random(5000)
    wrong = generator.random(5000) < 0.3 * refusal
    in_order = wrong[np.argsort(refusal)]
    steps = (np.cumsum(in_order) / np.arange(1, 5001)).mean()
    assert one(refusal, wrong) == pytest.approx(steps, abs=1e-3)


@given(ROWS)
def test_weights_are_copies(rows) -> None:
    refusal, wrong, weights = (np.array(column) for column in zip(*rows, strict=True))
    copies = np.repeat(np.arange(len(rows)), weights)
    weighed = aurc(weights[None].astype(np.float32), refusal, wrong)
    assert weighed[0] == pytest.approx(one(refusal[copies], wrong[copies]))


@given(ROWS)
def test_it_lies_between_the_best_and_the_worst(rows) -> None:
    refusal, wrong, _ = (np.array(column) for column in zip(*rows, strict=True))
    found = one(refusal, wrong)
    assert one(wrong, wrong) - 1e-9 <= found <= one(~wrong, wrong) + 1e-9


def test_infinite_scores_go_first() -> None:
    assert one([0, np.inf], [False, True]) == one([0, 1], [False, True])
    assert one([0, np.inf, np.inf], [False, True, False]) == one([0, 1, 1], [False, True, False])


def test_a_draw_of_nothing() -> None:
    assert np.isnan(aurc(np.zeros((1, 2)), np.arange(2.0), np.array([True, False]))[0])


def test_what_is_kept() -> None:
    assert kept_first(np.array([3, 1, 2, np.inf]), 0.5).tolist() == [False, True, True, False]
    assert kept_first(np.array([3, 1, 2]), 0.0).sum() == 1
    assert kept_first(np.zeros(3), 0.67).tolist() == [True, True, False]
