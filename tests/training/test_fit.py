from __future__ import annotations

import time

import numpy as np
import pytest
import torch

from tests.conftest import chest_like
from xraydemo.model.preprocess import Preprocessing
from xraydemo.training.fit import disagreement, fit
from xraydemo.training.recipe import Recipe
from xraydemo.training.table import Part


def test_pairs_are_compared_where_both_have_lungs() -> None:
    """Halves (0.5, 0.5) and (0.8, 0.2): differences of log-probabilities by hand."""
    answers = torch.tensor([[0.5, 0.5], [0.5, 0.5], [0.8, 0.2], [0.9, 0.1]]).log()
    targets = torch.tensor([[1.0, 0.0], [0.5, 0.5], [1.0, 0.0], [1.0, 0.0]])
    expected = ((torch.tensor([0.5, 0.5]) / torch.tensor([0.8, 0.2])).log() ** 2).mean()
    assert float(disagreement(answers, targets)) == pytest.approx(float(expected), rel=1e-5)


def test_no_pair_is_no_disagreement() -> None:
    answers = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    targets = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    assert float(disagreement(answers, targets)) == 0


@pytest.mark.parametrize("evidence", [0, 1])
def test_a_ceiling_that_is_over_still_gives_weights(evidence) -> None:
    generator = np.random.default_rng(0)
    nothing = np.full(16, "")
    pictures = [chest_like(generator, 32) for _ in range(16)]
    part = Part(pictures, np.arange(16) % 4, nothing, nothing, np.arange(16).astype(str))
    fitted = fit(
        part,
        part,
        Recipe(sides=(), batch_size=8, evidence=evidence),
        Preprocessing(side=32),
        device="cpu",
        seed=0,
        deadline=time.monotonic() - 60,
        progress=lambda *_: None,
    )
    assert len(fitted.curves) == 1
    assert fitted.stopped == "the ceiling of minutes was reached"
