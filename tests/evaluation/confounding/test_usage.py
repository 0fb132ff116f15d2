"""Usage: two ways to the same numbers, and what counts as confirmed."""

import numpy as np
import pandas as pd
import pytest

from tests.evaluation.shortcuts import shortcut_run
from xraydemo.evaluation.confounding.erasing import Eraser, log_odds
from xraydemo.evaluation.confounding.matching import against
from xraydemo.evaluation.confounding.usage import _lost_by_many, usage_of
from xraydemo.evaluation.tell import folds_of


def asked(run, least_pairs=10):
    sample = run.sample
    eraser = Eraser.of(run.arrays.embeddings(), run.logits, sample.truth, folds_of(sample, seed=0))
    values = run.known("scanner")
    found, overlaps = usage_of(
        "scanner", values, sample, eraser, temperature=1.0, least_pairs=least_pairs, seed=0
    )
    return found, overlaps, sample, values


def test_losses_of_many_scores_are_those_of_one():
    run = shortcut_run(200, shown=2.0, weight=1.0)
    strata = pd.factorize(run.known("scanner"))[0]
    scores = log_odds(run.logits.astype(float), 1, 1.0)
    one = against(run.sample, scores, 1, (0,), strata)
    lost = one["as it is"][0] - one["matched"][0]
    many = _lost_by_many(np.stack([scores, -scores]), run.sample, 1, (0,), strata)
    assert many == pytest.approx([lost, -lost])


def test_a_shortcut_is_confirmed_and_its_absence_is_not():
    (normal, covid), _, _, _ = asked(shortcut_run(400, shown=2.0, weight=1.0))
    for usage in (normal, covid):
        assert usage.lost[0] > 0.1
        assert usage.is_confirmed
        assert usage.of_the_disease[0] < 0
        assert abs(usage.lost_when_erased[0]) < 0.05
    (normal, _), _, _, _ = asked(shortcut_run(400, shown=2.0, weight=0.0))
    assert abs(normal.lost[0]) < 0.05


def test_too_few_pairs():
    found, overlaps, _, _ = asked(shortcut_run(200), least_pairs=90)
    assert not found
    assert overlaps[0].apart == (1,)
