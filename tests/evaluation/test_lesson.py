"""A lesson's checks through the ordinary door: both runs are made, each check asked of its side."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from xraydemo.cohort.lesson import placed, write_part
from xraydemo.cohort.lesson_dial import Lesson
from xraydemo.evaluation.lesson import CHECKS, Asking, Reading, ask_lesson, run_folders
from xraydemo.evaluation.result import CheckResult, Verdict
from xraydemo.evaluation.runner import chosen_checks
from xraydemo.evaluation.store import open_run

N, SIDE = 24, 64


def test_every_check_is_there() -> None:
    assert {check.id for check in chosen_checks(list(CHECKS))} == set(CHECKS)


def test_both_sides_are_read_and_every_check_answers(tiny_bundle: Path, tmp_path: Path) -> None:
    pool = np.random.default_rng(0).integers(0, 255, (N, 2, SIDE, SIDE)).astype(np.uint8)
    lesson = Lesson("year", 1.0)
    tables = {
        part: write_part(tmp_path, part, placed(lesson, part, N, SIDE), pool)
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
    new = inside.rows["date"] >= "2020"
    assert (new == (inside.rows["label"] == "covid")).all()
    assert not inside.rows["date"].equals(outside.rows["date"])
