"""``xraydemo compare`` on runs that were asked already."""

from __future__ import annotations

import json

import pytest

from tests.evaluation.test_compare import LABELS, with_answers, wrong_at
from tests.report.test_answered import ASKS_MODEL, PIXELS, QUICK, answer, finished
from xraydemo.cli import compare as command
from xraydemo.evaluation.result import Verdict
from xraydemo.evaluation.runner import chosen_checks
from xraydemo.report import answered


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """Two finished runs of one cohort; what needs the model is worse in the second."""
    monkeypatch.setattr(answered, "chosen_checks", lambda _: chosen_checks([QUICK, ASKS_MODEL]))
    a, b = with_answers(LABELS), with_answers(wrong_at(range(9)))
    monkeypatch.setattr(command, "open_run", lambda folder: {"a": a, "b": b}[folder.name])
    worse = answer(ASKS_MODEL, Verdict.FAIL)
    return (
        finished(tmp_path / "a", a, answer(ASKS_MODEL, Verdict.PASS, PIXELS)),
        finished(tmp_path / "b", b, worse),
    )


def test_what_needs_the_model_is_compared_by_what_the_runs_hold(runs, capsys):
    command.compare_runs(*runs, None, seed=0, as_json=False, pdf=None)
    said = " ".join(capsys.readouterr().out.split())
    assert "confounder.pixels ✓ pass ✗ fail worse results" in said
    assert "data.balance ✓ pass ✓ pass as before computed" in said
    assert "1 of 2 compared got worse" in said
    assert "trained on 4 X-rays (2026-01-01)" in said


def test_programs_are_told_where_each_answer_is_from(runs, capsys):
    command.compare_runs(*runs, None, seed=0, as_json=True, pdf=None)
    checks = {one["name"]: one for one in json.loads(capsys.readouterr().out)["checks"]}
    assert {name: (one["source"], one["became"]) for name, one in checks.items()} == {
        QUICK: ("computed", "same"),
        ASKS_MODEL: ("results", "worse"),
    }
