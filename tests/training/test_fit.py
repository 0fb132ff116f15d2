from __future__ import annotations

import pytest
import torch

from xraydemo.training.fit import disagreement


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
