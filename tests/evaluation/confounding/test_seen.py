"""What two checks begin with is made once."""

from __future__ import annotations

import numpy as np

from tests.evaluation.runs import ask
from tests.evaluation.shortcuts import shortcut_run
from xraydemo.evaluation.confounding import seen
from xraydemo.evaluation.confounding.seen import seen_facts


def test_the_same_question_is_answered_once_and_another_anew() -> None:
    run = shortcut_run(120, shown=2.0)
    told: list[float] = []
    first = seen_facts(run, floor=20, most=2000, seed=0, progress=told.append)
    assert told[-1] == 1.0
    assert seen_facts(run, floor=20, most=2000, seed=0) is first
    other = seen_facts(run, floor=20, most=100, seed=0)
    assert other is not first
    assert len(other.tested.sample) == 100
    assert seen_facts(shortcut_run(120, shown=2.0), floor=20, most=2000, seed=0) is not first


def test_a_check_says_the_same_whichever_is_asked_first() -> None:
    one, another = shortcut_run(120, shown=2.0), shortcut_run(120, shown=2.0)
    ask(one, "confounder.encoded")
    first, second = ask(one, "confounder.used"), ask(another, "confounder.used")
    assert first.findings == second.findings
    assert first.figures == second.figures


def test_it_is_forgotten_with_the_run() -> None:
    run = shortcut_run(60)
    seen_facts(run, floor=20, most=2000, seed=0)
    before = len(seen._kept)
    del run
    assert len(seen._kept) == before - 1


def test_one_class_has_nothing_to_see() -> None:
    run = shortcut_run(30)
    found = seen_facts(run, floor=20, most=2000, seed=0)
    assert found.visible == {}
    assert not np.any(found.tested.folds)
