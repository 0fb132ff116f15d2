"""ViM, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.benchmarks.detectors import alpha_of, with_vim
from xraydemo.evaluation.shift.ood_scores import Kind, Seen


def seen(residual: list[float], energy: list[float]) -> Seen:
    scores = {"residual": np.array(residual), "energy": np.array(energy)}
    return Seen(scores, np.zeros(len(residual), bool), np.array(["a"] * len(residual)))


def test_the_residual_is_one_more_logit() -> None:
    inside = seen([0.01, 0.09], [-3.0, -5.0])
    alpha = alpha_of(np.array([[3.0, 1.0], [0.0, 5.0]]), inside.scores["residual"])
    assert alpha == pytest.approx(4 / 0.2)  # of logits 3 and 5, of lengths 0.1 and 0.3
    kind = with_vim(Kind("hand", "far", seen([0.25], [-2.0]), inside), alpha)
    assert kind.outside.scores["ViM"] == pytest.approx([20 * 0.5 - 2])
    assert kind.inside.scores["ViM"] == pytest.approx([-1, 1])
    assert kind.detectors == ("residual", "energy", "ViM")
