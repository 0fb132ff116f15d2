"""What is left of an answer, and what is lost, on numbers that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.evaluation.runs import make_run
from xraydemo.classes import CLASSES
from xraydemo.evaluation.confounding.asked_again import (
    AS_IT_IS,
    SUREST,
    AskedAgain,
    judged,
    lost_separation,
    remaining,
)
from xraydemo.evaluation.result import Verdict

LABELS = ["normal", "covid"] * 60
COVID = CLASSES.index("covid")


def told(log_odds):
    """Give probabilities in which covid has these log-odds, and normal has the rest."""
    p = 1 / (1 + np.exp(-np.asarray(log_odds, float)))
    return np.stack([1 - p, p, np.zeros_like(p), np.zeros_like(p)], axis=1)


def asked(**log_odds) -> AskedAgain:
    run = make_run(LABELS, told(log_odds["before"]))
    variants = {AS_IT_IS: run.probabilities} | {
        name: told(of) for name, of in log_odds.items() if name != "before"
    }
    return AskedAgain(run.sample, variants)


IS_COVID = np.array(LABELS) == "covid"
PLUS_MINUS = np.where(IS_COVID, 1.0, -1.0)


def test_half_of_what_sets_a_class_apart_is_lost() -> None:
    value, draws = lost_separation(asked(before=PLUS_MINUS, after=PLUS_MINUS / 2), "after", COVID)
    assert value == pytest.approx(0.5)
    assert np.allclose(draws, 0.5)


def test_a_shift_of_all_answers_loses_nothing() -> None:
    value, _ = lost_separation(asked(before=PLUS_MINUS, after=PLUS_MINUS - 3), "after", COVID)
    assert value == pytest.approx(0, abs=1e-6)


def test_a_few_sure_answers_do_not_outweigh_the_others() -> None:
    most = np.log(SUREST / (1 - SUREST))
    value, _ = asked(before=PLUS_MINUS * 40).separation(AS_IT_IS, COVID)
    assert value == pytest.approx(2 * most)


def test_an_answer_that_is_turned_round_remains_whole() -> None:
    again = asked(before=PLUS_MINUS, turned=-PLUS_MINUS, lost=0 * PLUS_MINUS)
    assert remaining(again, "turned", COVID)[0] == 1
    assert remaining(again, "turned", None)[0] == 1
    assert remaining(again, "lost", COVID)[0] == 0


def test_the_worst_comes_first_and_each_class_that_is_known_is_judged() -> None:
    noise = np.random.default_rng(0).normal(size=len(LABELS))
    again = asked(before=PLUS_MINUS, stays=PLUS_MINUS, noise=noise)
    found = judged(again, [(("noise", "stays"), remaining, 0.5, 0.75)])
    assert {(one.variant, one.k) for one in found} == {
        (variant, k) for variant in ("noise", "stays") for k in (0, COVID)
    }
    assert [one.verdict for one in found[:2]] == [Verdict.FAIL] * 2
    assert found[0].variant == found[1].variant == "stays"
    assert found[-1].verdict is Verdict.PASS


def test_a_class_that_is_not_told_cannot_lose_anything() -> None:
    noise = np.random.default_rng(1).normal(size=len(LABELS))
    assert asked(before=noise).known == []
