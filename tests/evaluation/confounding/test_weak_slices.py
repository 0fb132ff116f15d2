"""Weak slices that nobody named."""

import numpy as np
import pytest

from tests.evaluation.runs import make_run
from xraydemo.evaluation.confounding.weak_slices import weakest_by_embeddings, weakest_by_facts
from xraydemo.evaluation.testable_facts import testable_facts

N = 800
GENERATOR = np.random.default_rng(1)
LABELS = GENERATOR.choice(["normal", "covid"], N).tolist()
VIEW = GENERATOR.choice(["AP", "PA"], N)
SEX = GENERATOR.choice(["F", "M"], N)
WEAK = (VIEW == "AP") & (SEX == "F")


def probabilities(wrong):
    """Give answers that are wrong with some probability, however the X-ray looks."""
    rolls = np.random.default_rng(2).random(N)
    found = np.full((N, 4), 0.05)
    for i, label in enumerate(LABELS):
        right = 0 if label == "normal" else 1
        found[i, 1 - right if rolls[i] < wrong[i] else right] = 0.85
    return found


def run_with(wrong, embeddings=None):
    return make_run(
        LABELS,
        probabilities(wrong),
        columns={"view": VIEW.tolist(), "sex": SEX.tolist()},
        embeddings=embeddings,
    )


def by_facts(run, floor=20):
    facts = testable_facts(run, run.sample.positions)
    return weakest_by_facts(facts, run.sample, floor=floor, level=0.95)


def by_embeddings(run):
    sample = run.sample
    return weakest_by_embeddings(
        run.arrays.embeddings(),
        run.logits,
        testable_facts(run, sample.positions),
        sample,
        clusters=4,
        floor=20,
        level=0.95,
        seed=0,
    )


def test_the_facts_of_a_planted_slice_are_found():
    found = by_facts(run_with(np.where(WEAK, 0.6, 0.05)))
    assert "view = AP" in found.name or "view not PA" in found.name
    assert "sex = F" in found.name or "sex not M" in found.name
    assert found.less.high < -0.2
    assert found.less.value == pytest.approx(found.right.value - found.awaited.value)
    assert WEAK[found.mask].all()
    assert found.right.n == found.mask.sum() < WEAK.sum()  # only the half it was not chosen on


def test_without_a_weak_slice_the_worst_on_one_half_is_not_weak_on_the_other():
    found = by_facts(run_with(np.full(N, 0.3)))
    assert found.less.low < 0 < found.less.high


def test_a_cluster_that_no_fact_marks_is_found():
    odd = np.random.default_rng(3).random(N) < 0.25
    embeddings = np.random.default_rng(4).normal(size=(N, 16)).astype(np.float32)
    embeddings[odd] += 4
    found = by_embeddings(run_with(np.where(odd, 0.6, 0.05), embeddings))
    assert found.less.high < -0.2
    assert odd[found.mask].mean() > 0.95


def test_being_near_another_class_is_no_weak_slice():
    """Errors that the embedding shows only by the answer itself make no cluster."""
    run = run_with(np.full(N, 0.3))
    embeddings = np.random.default_rng(5).normal(size=(N, 16)).astype(np.float32)
    embeddings += 10 * (run.logits @ np.random.default_rng(6).normal(size=(4, 16)))
    found = by_embeddings(run_with(np.full(N, 0.3), embeddings.astype(np.float32)))
    assert found.less.low < 0 < found.less.high


def test_too_few():
    run = make_run(LABELS[:60], columns={"view": VIEW[:60].tolist()})
    assert by_facts(run) is None
    assert by_embeddings(run) is None
