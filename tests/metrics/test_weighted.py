from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics as theirs

from xraydemo.metrics import weighted as ours

N, K = 24, 4
LABELS = arrays(np.intp, N, elements=st.integers(0, K - 1))
WEIGHTS = arrays(np.uint8, (2, N), elements=st.integers(0, 5)).map(lambda w: w.astype(np.float32))
# few different values, so that there are ties
SCORES = arrays(np.float32, N, elements=st.sampled_from([0.0, 0.125, 0.25, 0.5, 0.75, 1.0]))
PROBABILITIES = arrays(np.float32, (N, K), elements=st.floats(0.0625, 1, width=32)).map(
    lambda p: p / p.sum(axis=1, keepdims=True)
)
some = settings(max_examples=30, deadline=None)


def each_draw(weights, theirs_of_one_draw):
    with warnings.catch_warnings():
        # a draw may lack a class: where ours says NaN, theirs warns
        warnings.simplefilter("ignore")
        return np.array([theirs_of_one_draw(w) for w in weights])


@some
@given(LABELS, LABELS, WEIGHTS)
def test_answers_are_judged_as_scikit_learn_does(truth, predicted, weights) -> None:
    assume((weights.sum(axis=1) > 0).all())

    def expected(function, **options):
        return each_draw(weights, lambda w: function(truth, predicted, sample_weight=w, **options))

    np.testing.assert_allclose(
        ours.accuracy(weights, truth, predicted), expected(theirs.accuracy_score)
    )
    np.testing.assert_allclose(
        ours.mcc(weights, truth, predicted, K), expected(theirs.matthews_corrcoef), atol=1e-7
    )
    np.testing.assert_allclose(
        ours.confusion(weights, truth, predicted, K),
        expected(theirs.confusion_matrix, labels=range(K)),
    )
    balanced = each_draw(
        weights,
        lambda w: theirs.balanced_accuracy_score(
            truth[w > 0], predicted[w > 0], sample_weight=w[w > 0]
        ),
    )
    np.testing.assert_allclose(ours.balanced_accuracy(weights, truth, predicted, K), balanced)
    macro_f1 = each_draw(
        weights,
        lambda w: theirs.f1_score(
            truth, predicted, sample_weight=w, labels=np.unique(truth[w > 0]), average="macro"
        ),
    )
    np.testing.assert_allclose(ours.macro_f1(weights, truth, predicted, K), macro_f1)


@some
@given(LABELS, LABELS, WEIGHTS)
def test_one_class_is_judged_as_scikit_learn_does(truth, predicted, weights) -> None:
    assume((weights.sum(axis=1) > 0).all())
    members, called = truth == 1, predicted == 1

    def expected(function):
        return each_draw(
            weights, lambda w: function(members, called, sample_weight=w, zero_division=np.nan)
        )

    np.testing.assert_allclose(ours.recall(weights, called, members), expected(theirs.recall_score))
    np.testing.assert_allclose(
        ours.precision(weights, called, members), expected(theirs.precision_score)
    )
    f1 = expected(theirs.f1_score)
    f1[weights[:, members].sum(axis=1) == 0] = np.nan
    np.testing.assert_allclose(ours.f1(weights, called, members), f1)


@some
@given(LABELS, SCORES, WEIGHTS)
def test_auc_is_scikit_learns(truth, scores, weights) -> None:
    positive = truth == 0
    values = ours.auc(weights, scores, positive)
    for w, value in zip(weights, values, strict=True):
        if w[positive].sum() and w[~positive].sum():
            # theirs drops repeated points of a curve, and with them exactness at weight 0
            kept = w > 0
            expected = theirs.roc_auc_score(
                positive[kept], scores[kept], sample_weight=w[kept].astype(float)
            )
            assert value == pytest.approx(expected)
        else:
            assert np.isnan(value)


@some
@given(LABELS, SCORES, WEIGHTS)
def test_auc_knows_only_the_order(truth, scores, weights) -> None:
    positive = truth == 0
    auc = ours.auc(weights, scores, positive)
    np.testing.assert_allclose(ours.auc(weights, np.exp(3 * scores) - 7, positive), auc)
    np.testing.assert_allclose(ours.auc(weights, -scores, positive), 1 - auc)
    np.testing.assert_allclose(ours.auc(weights, scores, ~positive), 1 - auc)


@some
@given(LABELS, PROBABILITIES, WEIGHTS)
def test_integer_weights_are_copies_of_rows(truth, probabilities, weights) -> None:
    predicted = probabilities.argmax(axis=1)
    weighted = {
        "macro_auc": ours.macro_auc(weights, truth, probabilities),
        "macro_f1": ours.macro_f1(weights, truth, predicted, K),
        "mcc": ours.mcc(weights, truth, predicted, K),
        "brier": ours.brier(weights, truth, probabilities),
        "log_loss": ours.log_loss(weights, truth, probabilities),
    }
    for draw, w in enumerate(weights):
        rows = np.repeat(np.arange(N), w.astype(int))
        once = np.ones((1, len(rows)), dtype=np.float32)
        copies = {
            "macro_auc": ours.macro_auc(once, truth[rows], probabilities[rows]),
            "macro_f1": ours.macro_f1(once, truth[rows], predicted[rows], K),
            "mcc": ours.mcc(once, truth[rows], predicted[rows], K),
            "brier": ours.brier(once, truth[rows], probabilities[rows]),
            "log_loss": ours.log_loss(once, truth[rows], probabilities[rows]),
        }
        for name, value in copies.items():
            np.testing.assert_allclose(weighted[name][draw], value[0], rtol=1e-5, err_msg=name)


@some
@given(LABELS, PROBABILITIES)
def test_ones_give_the_plain_metric(truth, probabilities) -> None:
    assume(len(np.unique(truth)) == K)
    once = np.ones((1, N), dtype=np.float32)
    probabilities = probabilities.astype(np.float64)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    assert ours.macro_auc(once, truth, probabilities)[0] == pytest.approx(
        theirs.roc_auc_score(truth, probabilities, multi_class="ovr")
    )
    assert ours.brier(once, truth, probabilities)[0] == pytest.approx(
        theirs.brier_score_loss(truth, probabilities, labels=range(K), scale_by_half=False),
        rel=1e-5,
    )
    assert ours.log_loss(once, truth, probabilities)[0] == pytest.approx(
        theirs.log_loss(truth, probabilities, labels=range(K)), rel=1e-5
    )


def test_what_is_not_defined_is_not_a_number() -> None:
    truth, predicted = np.array([0, 0, 1]), np.array([0, 1, 1])
    probabilities = np.array([[0.9, 0.1], [0.4, 0.6], [0.3, 0.7]])
    nothing = np.zeros((1, 3), dtype=np.float32)
    first_class_only = np.array([[1, 1, 0]], dtype=np.float32)
    for value in (
        ours.accuracy(nothing, truth, predicted),
        ours.balanced_accuracy(nothing, truth, predicted, 2),
        ours.macro_f1(nothing, truth, predicted, 2),
        ours.mcc(nothing, truth, predicted, 2),
        ours.brier(nothing, truth, probabilities),
        ours.log_loss(nothing, truth, probabilities),
        ours.macro_auc(first_class_only, truth, probabilities),
        ours.recall(first_class_only, predicted == 1, truth == 1),
    ):
        assert np.isnan(value).tolist() == [True]


def test_a_sure_mistake_costs_much_but_not_endlessly() -> None:
    once = np.ones((1, 1), dtype=np.float32)
    loss = ours.log_loss(once, np.array([0]), np.array([[0.0, 1.0]]))[0]
    assert loss == pytest.approx(12 * np.log(10))


def test_precision_of_float32_suffices_for_a_large_cohort() -> None:
    """10,000 rows, weights as they are drawn: equal to scikit-learn in double precision."""
    generator = np.random.default_rng(0)
    truth = generator.integers(0, 2, 10_000)
    scores = generator.normal(size=10_000) + truth
    weights = generator.poisson(1, (2, 10_000)).astype(np.float32)
    expected = [theirs.roc_auc_score(truth, scores, sample_weight=w.astype(float)) for w in weights]
    np.testing.assert_allclose(ours.auc(weights, scores, truth == 1), expected, rtol=1e-9)


def test_scores_of_two_folds_are_not_compared() -> None:
    """Each fold is in perfect order, but the second model's scores are all higher."""
    scores = np.array([0.1, 0.2, 0.8, 0.9])
    positive, folds = np.array([False, True, False, True]), np.array([0, 0, 1, 1])
    once = np.ones((1, 4), dtype=np.float32)
    assert ours.auc_in_folds(once, scores, positive, folds)[0] == 1.0
    assert ours.auc(once, scores, positive)[0] == 0.75
    one_fold = ours.auc_in_folds(once, scores, positive, np.zeros(4, int))
    assert one_fold[0] == 0.75
