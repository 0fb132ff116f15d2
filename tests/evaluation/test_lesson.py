"""A lesson's checks through the ordinary door: both runs are made, each check asked of its side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.evaluation.runs import ask
from tests.evaluation.shortcuts import shortcut_run
from xraydemo.cohort.lesson import placed, write_part
from xraydemo.cohort.lesson_dial import Lesson
from xraydemo.evaluation.lesson import CHECKS, Asking, Reading, ask_lesson, run_folders
from xraydemo.evaluation.pooling import pool
from xraydemo.evaluation.result import CheckResult, Verdict
from xraydemo.evaluation.runner import chosen_checks
from xraydemo.evaluation.store import open_run

N, SIDE = 24, 64


def test_every_check_is_there() -> None:
    assert {check.id for check in chosen_checks(list(CHECKS))} == set(CHECKS)


def test_both_sides_are_read_and_every_check_answers(tiny_bundle: Path, tmp_path: Path) -> None:
    looks = np.random.default_rng(0).integers(0, 255, (N, 2, SIDE, SIDE)).astype(np.uint8)
    lesson = Lesson("year", 1.0)
    tables = {
        part: write_part(tmp_path, part, placed(lesson, part, N, SIDE), looks)
        for part in ("inside", "outside")
    }
    news: list[object] = []
    ask_lesson(tmp_path, tiny_bundle, tables["inside"], tables["outside"], news.append)

    results = [one for one in news if isinstance(one, CheckResult)]
    assert [result.check for result in results] == list(CHECKS)
    # so few X-rays prove nothing, and no check claims they do; none broke down
    assert {result.verdict for result in results} <= {Verdict.CANNOT_CHECK, Verdict.WARN}
    reading = [one for one in news if isinstance(one, Reading)]
    assert reading[-1].done == reading[-1].total == 2 * len(placed(lesson, "inside", N, SIDE))
    assert {one.check for one in news if isinstance(one, Asking)} == set(CHECKS)

    inside, outside = map(open_run, run_folders(tmp_path))
    assert inside.rows["label"].tolist() == outside.rows["label"].tolist()
    both = pool([inside, outside])
    assert len(both) == len(both.sample) == 2 * len(inside)
    assert (both.rows["group"] == [*inside.rows["group"], *outside.rows["group"]]).all()
    assert (both.arrays.embeddings()[: len(inside)] == inside.arrays.embeddings()).all()
    assert (both.arrays.maps()[len(inside) :] == outside.arrays.maps()).all()
    new = inside.rows["date"] >= "2020"
    assert (new == (inside.rows["label"] == "covid")).all()
    assert not inside.rows["date"].equals(outside.rows["date"])


@pytest.mark.parametrize(("weight", "is_used"), [(1.0, True), (0.0, False)])
def test_at_full_strength_only_both_sides_together_tell_whether_the_fact_is_used(
    weight: float, is_used: bool
) -> None:
    inside = shortcut_run(300, strength=1.0, shown=2.0, weight=weight, seed=1)
    outside = shortcut_run(300, strength=0.0, shown=2.0, weight=weight, seed=2)
    assert ask(inside, "confounder.used").verdict is Verdict.CANNOT_CHECK
    answer = ask(pool([inside, outside]), "confounder.used")
    assert (answer.verdict is Verdict.FAIL) == is_used
    assert ("scanner" in answer.headline) == is_used or answer.verdict is Verdict.PASS
