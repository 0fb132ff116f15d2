import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from xraydemo.metrics.bootstrap import Resampling
from xraydemo.metrics.detection import Detection, average_precision, fpr_at_tpr

ROWS = st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.integers(0, 3)), min_size=2).filter(
    lambda rows: {positive for _, positive, weight in rows if weight} == {True, False}
)


def columns(rows):
    scores, positive, weights = map(np.array, zip(*rows, strict=True))
    return scores.astype(float), positive.astype(bool), weights


@given(ROWS)
def test_average_precision_is_scikit_learns(rows) -> None:
    scores, positive, weights = columns(rows)
    expected = average_precision_score(positive, scores, sample_weight=weights)
    found = average_precision(weights[None].astype(np.float32), scores, positive)
    assert found[0] == pytest.approx(expected)


@given(ROWS)
def test_false_positives_are_those_of_the_roc_curve(rows) -> None:
    scores, positive, weights = columns(rows)
    false, true, _ = roc_curve(positive, scores, sample_weight=weights, drop_intermediate=False)
    found = fpr_at_tpr(weights[None].astype(np.float32), scores, positive)
    assert found[0] == pytest.approx(false[np.flatnonzero(true >= 0.95 - 1e-9)[0]])


@given(ROWS)
def test_weights_are_copies(rows) -> None:
    scores, positive, weights = columns(rows)
    copies = np.repeat(np.arange(len(rows)), weights)
    ones = np.ones((1, len(copies)))
    for metric in (average_precision, fpr_at_tpr):
        weighed = metric(weights[None].astype(float), scores, positive)
        assert weighed == pytest.approx(metric(ones, scores[copies], positive[copies]))


def test_by_hand() -> None:
    """20 foreign ones: the lowest may be missed, and two ordinary ones lie above the next."""
    scores = np.array([*range(10, 30), 1.0, 2.0, 10.5, 11.5], float)
    foreign = np.arange(24) < 20
    one = np.ones((1, 24))
    assert fpr_at_tpr(one, scores, foreign)[0] == pytest.approx(1 / 4)
    assert fpr_at_tpr(one, scores, foreign, tpr=1.0)[0] == pytest.approx(2 / 4)


def test_what_lacks_a_side_has_no_answer() -> None:
    scores, foreign = np.arange(4.0), np.array([True, True, False, False])
    weights = np.array([[0, 0, 1, 1], [1, 1, 0, 0]], float)
    assert np.isnan(fpr_at_tpr(weights, scores, foreign)).all()
    assert np.isnan(average_precision(weights, scores, foreign)).tolist() == [True, False]


def test_all_three_with_intervals() -> None:
    generator = np.random.default_rng(0)
    foreign = np.arange(300) < 100
    scores = generator.normal(foreign * 1.5)
    groups = np.arange(300).astype(str)
    found = Detection.of(scores, foreign, Resampling.of(foreign.astype(int), groups, seed=0))
    assert found.auroc.value == pytest.approx(roc_auc_score(foreign, scores))
    for estimate in found:
        assert estimate.low < estimate.value < estimate.high
        assert estimate.n == 300
