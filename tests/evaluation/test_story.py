from __future__ import annotations

import numpy as np
import pytest

from tests.evaluation.runs import make_run
from xraydemo.classes import CLASSES
from xraydemo.evaluation.story import travelled


def test_a_model_that_knows_all_inside_and_nothing_outside() -> None:
    labels = list(CLASSES) * 40
    parts = np.where(np.arange(len(labels)) < 80, "inside", "outside")
    probabilities = np.full((len(labels), 4), 0.25)
    for i, label in enumerate(labels[:80]):
        probabilities[i] = 0.1
        probabilities[i, CLASSES.index(label)] = 0.7
    found = travelled(make_run(labels, probabilities, columns={"part": parts.tolist()}))
    assert found.inside.value == 1
    assert found.inside.n == found.outside.n == 80
    assert found.outside.value == found.outside.low == found.outside.high == 0.5
    assert found.lost.value == pytest.approx(0.5)
    assert found.lost.low == pytest.approx(0.5)
