from __future__ import annotations

import pytest

from tests.report.findings import FIGURES
from tests.report.test_rebuild import SCATTER, SLOPES
from xraydemo.report.captions import describe


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_described(name):
    assert describe(FIGURES[name]).endswith(".")


def test_the_largest_and_smallest_are_named():
    assert "the largest is Normal and Normal, 1,000" in describe(FIGURES["grid"])
    bars = describe(FIGURES["bars"])
    assert "0.993" in bars
    assert "the smallest Normal, 0.700; lines: chance at 0.5" in bars


def test_lines_stages_and_clouds_are_named():
    assert "false positive rate: COVID-19" in describe(FIGURES["curves"])
    assert describe(SLOPES) == "A line each for age, of AUC, through the stages as it is, matched."
    assert describe(SCATTER) == "Points over 1 and 2: COVID-19 (2), training (1)."
