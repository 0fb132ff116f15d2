from __future__ import annotations

import numpy as np
import pytest

from tests.evaluation.runs import ask, make_run
from xraydemo.evaluation.result import Verdict

LABELS = [*["normal"] * 10, *["opacity"] * 10]


def answers() -> np.ndarray:
    """All right, but 3 normal called opacity and 1 opacity called pneumonia."""
    probabilities = np.full((20, 4), 0.02)
    probabilities[:10, 0] = probabilities[10:, 3] = 0.94
    probabilities[[0, 1, 2]] = [[0.3, 0, 0, 0.7], [0.01, 0, 0, 0.99], [0.2, 0, 0, 0.8]]
    probabilities[10] = [0, 0, 0.6, 0.4]
    return probabilities


def test_mistakes_are_counted_and_the_worst_comes_first() -> None:
    result = ask(make_run(LABELS, answers()), "performance.errors")
    assert result.verdict is Verdict.INFO
    assert result.number.value == pytest.approx(4 / 20)
    assert "the commonest mistake is Normal called Lung opacity (3 of 4)" in result.headline
    bars, gallery = result.figures
    assert bars.labels == ("Normal called Lung opacity", "Lung opacity called Pneumonia")
    assert bars.values == pytest.approx((0.3, 0.1))
    assert bars.groups == ((0, 1, 2), (10,))
    assert [exhibit.positions for exhibit in gallery.exhibits] == [(1,), (2,), (0,), (10,)]
    assert gallery.exhibits[0].caption == "Labelled Normal (1.0 %), called Lung opacity (99.0 %)"


def test_sure_and_overlapping_mistakes_are_told() -> None:
    sure, overlap = ask(make_run(LABELS, answers()), "performance.errors").findings
    assert sure.startswith("1 of the 4 wrong answers were given with more than 90 % certainty")
    assert overlap.startswith("1 of the 4 are between pneumonia and lung opacity")
    assert "15.0 %" in overlap


def test_the_gallery_is_as_long_as_wanted() -> None:
    result = ask(make_run(LABELS, answers()), "performance.errors", shown=2)
    assert len(result.figures[1].exhibits) == 2
    assert result.figures[1].title == "The worst mistakes, 2 of 4"


def test_without_mistakes_there_is_nothing_to_show() -> None:
    probabilities = np.eye(4)[[0] * 10 + [3] * 10]
    result = ask(make_run(LABELS, probabilities), "performance.errors")
    assert result.headline.startswith("All 20 answers are right; elsewhere up to 16.1 %")
    assert result.figures == ()


def test_without_labels_it_cannot_be_checked() -> None:
    result = ask(make_run([""] * 5), "performance.errors")
    assert result.verdict is Verdict.CANNOT_CHECK
