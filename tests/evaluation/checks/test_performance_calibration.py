from __future__ import annotations

import numpy as np
import pytest

from tests.evaluation.runs import ask, make_run
from xraydemo.classes import CLASSES
from xraydemo.evaluation.result import Verdict

FAST = {"draws": 200}


def cohort(n: int, boast: float, seed: int = 0) -> tuple[list[str], np.ndarray]:
    """Draw labels from honest probabilities, and state them sharpened by a power."""
    generator = np.random.default_rng(seed)
    honest = generator.dirichlet([0.4] * 4, n)
    labels = [CLASSES[generator.choice(4, p=p)] for p in honest]
    stated = honest**boast
    return labels, stated / stated.sum(axis=1, keepdims=True)


def test_honest_probabilities_pass() -> None:
    result = ask(make_run(*cohort(800, boast=1)), "performance.calibration", **FAST)
    assert result.verdict is Verdict.PASS
    assert result.number.value < 0.02
    assert result.headline.startswith("The probabilities mean what they say")


def test_boasting_fails() -> None:
    result = ask(make_run(*cohort(800, boast=6)), "performance.calibration", **FAST)
    assert result.verdict is Verdict.FAIL
    assert result.number.low > 0.10
    assert "too sure of itself" in result.headline


def test_false_modesty_is_told_from_boasting() -> None:
    result = ask(make_run(*cohort(800, boast=0.3)), "performance.calibration", **FAST)
    assert result.verdict is Verdict.FAIL
    assert "not sure enough" in result.headline


def test_few_x_rays_show_nothing() -> None:
    result = ask(make_run(*cohort(70, boast=1)), "performance.calibration", **FAST)
    assert result.verdict is Verdict.WARN
    assert "is not shown" in result.headline


def test_below_the_floor_it_cannot_be_checked() -> None:
    result = ask(make_run(*cohort(59, boast=1)), "performance.calibration", **FAST)
    assert result.verdict is Verdict.CANNOT_CHECK
    assert "60" in result.headline


def test_bins_and_classes_are_there_to_be_drawn() -> None:
    run = make_run(*cohort(300, boast=1))
    result = ask(run, "performance.calibration", **FAST)
    likely, classwise = result.figures
    assert len(likely.lines[0].x) == 10
    assert sum(row.n for row in result.tables[2].rows) == 300
    assert tuple(line.name for line in classwise.lines) == CLASSES
    brier = next(n for n in result.tables[0].rows if n.metric == "Brier score")
    happened = np.eye(4)[run.truth]
    assert brier.value == pytest.approx(((run.probabilities - happened) ** 2).sum(axis=1).mean())


def test_the_cards_own_log_loss_is_set_beside_it() -> None:
    loss = {"value": 0.25, "low": 0.2, "high": 0.3, "n": 500, "n_groups": 500}
    run = make_run(*cohort(100, boast=1), card={"metrics": {"calibrate": {"log_loss": loss}}})
    with_promise = ask(run, "performance.calibration", **FAST).findings[-1]
    assert "0.250 [0.200, 0.300] on the 500 X-rays" in with_promise
    without = ask(make_run(*cohort(100, boast=1)), "performance.calibration", **FAST)
    assert "card does not say" in without.findings[-1]
