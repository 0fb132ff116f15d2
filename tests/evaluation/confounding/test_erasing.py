"""Erasing a fact: as if the embeddings were projected and the last layer run again."""

import numpy as np
import pytest

from xraydemo.evaluation.confounding.erasing import Eraser, log_odds
from xraydemo.evaluation.confounding.probe import RIDGE

N, D = 150, 8


def material():
    generator = np.random.default_rng(0)
    truth = np.arange(N) % 3
    fact = generator.random(N) < 0.5
    x = generator.normal(size=(N, D)) @ generator.normal(size=(D, D))
    x[:, 0] += 2.0 * fact
    head = generator.normal(size=(4, D))
    folds = generator.permutation(N) % 5
    members = np.stack([fact, ~fact], axis=1)
    return x, truth, folds, head, members


def test_is_the_oblique_projection_through_the_last_layer():
    x, truth, folds, head, members = material()
    found = Eraser.of(x, x @ head.T, truth, folds).without(members)
    for fold in range(5):
        known, held = folds != fold, folds == fold
        centred, target = x[known].copy(), members[known, :1].astype(float)
        for k in range(3):
            of_class = truth[known] == k
            centred[of_class] -= centred[of_class].mean(axis=0)
            target[of_class] -= target[of_class].mean(axis=0)
        scatter = centred.T @ centred
        inverse = np.linalg.inv(scatter + RIDGE * np.trace(scatter) / D * np.eye(D))
        difference = centred.T @ target
        probe = inverse @ difference
        projection = np.eye(D) - difference @ probe.T / (probe.T @ difference)
        mean = x[known].mean(axis=0)
        theirs = (mean + (x[held] - mean) @ projection.T) @ head.T
        assert found[held] == pytest.approx(theirs, abs=1e-6)
        # afterwards the means agree, so no linear layer can tell the fact
        assert (centred @ projection.T).T @ target == pytest.approx(np.zeros((D, 1)), abs=1e-8)


def test_a_layer_that_does_not_read_the_fact_answers_nearly_the_same():
    x, truth, folds, head, members = material()
    generator = np.random.default_rng(1)
    x = generator.normal(size=x.shape)
    x[:, 0] += 5.0 * members[:, 0]
    head[:, 0] = 0
    logits = x @ head.T
    eraser = Eraser.of(x, logits, truth, folds)
    small = np.abs(eraser.without(members) - logits).mean()
    head[:, 0] = 1
    logits = x @ head.T
    large = np.abs(Eraser.of(x, logits, truth, folds).without(members) - logits).mean()
    assert small < 0.2 * large


def test_random_directions_leave_the_fact():
    x, truth, folds, head, members = material()
    x[:, 0] += 20.0 * members[:, 0]  # by far the largest thing to be seen
    logits = x @ head.T
    eraser = Eraser.of(x, logits, truth, folds)
    chance = eraser.without_chance(members, 20, np.random.default_rng(0))
    assert chance.shape == (20, N, 4)

    def gap(answers):
        each = [
            answers[..., members[:, 0] & (truth == k), :].mean(axis=-2)
            - answers[..., members[:, 1] & (truth == k), :].mean(axis=-2)
            for k in range(3)
        ]
        return np.abs(np.mean(each, axis=0)).max(axis=-1)

    assert gap(eraser.without(members)) < 0.1 * gap(logits)
    assert np.median(gap(chance)) > 0.5 * gap(logits)


def test_log_odds():
    logits = np.array([[1.0, 2.0, 0.5, -1.0], [100.0, 0.0, 0.0, 0.0]])
    p = np.exp(logits[0] / 2) / np.exp(logits[0] / 2).sum()
    found = log_odds(logits, 1, 2.0)
    assert found[0] == pytest.approx(np.log(p[1] / (1 - p[1])))
    assert found[1] == pytest.approx(-50.0)
