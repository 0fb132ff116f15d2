from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xraydemo.model.reading import Reading, softmax

LOGITS = arrays(np.float32, 4, elements=st.floats(-80, 80, width=32))


@given(logits=LOGITS, temperature=st.floats(0.05, 20))
def test_probabilities_sum_to_one_and_keep_the_order(logits, temperature) -> None:
    probabilities = softmax(logits, temperature)
    assert abs(probabilities.sum() - 1) < 1e-5
    assert (probabilities >= 0).all()
    assert (np.diff(probabilities[np.argsort(logits, kind="stable")]) >= 0).all()


def test_by_hand() -> None:
    """Odds of e^2 : 1, at temperature 2 of e : 1."""
    np.testing.assert_allclose(softmax(np.float32([2, 0]), 2.0), [0.731059, 0.268941], atol=1e-6)


def test_reading_names_the_class() -> None:
    probabilities = np.float32([0.1, 0.2, 0.6, 0.1])
    reading = Reading(np.log(probabilities), probabilities, milliseconds=1.0)
    assert reading.predicted == "pneumonia"
    assert reading.probability_of("covid") == np.float32(0.2)
