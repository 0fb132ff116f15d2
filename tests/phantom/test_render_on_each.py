"""One thorax on several devices, built once; and findings that are as severe as is asked for."""

from __future__ import annotations

import numpy as np
import pytest

from tests.phantom.people import ill, somebody
from xraydemo.phantom.findings import KINDS, sample_finding
from xraydemo.phantom.render import render, render_on_each
from xraydemo.phantom.scanners import SCANNERS


def test_each_picture_is_the_one_that_the_device_gives_alone() -> None:
    thorax, finding = somebody(), ill("lobar")
    made = render_on_each(thorax, finding, list(SCANNERS.values()), seed=3, side=64)
    for phantom, scanner in zip(made, SCANNERS.values(), strict=True):
        alone = render(thorax, finding, scanner, seed=3, side=64)
        assert np.array_equal(phantom.pixels, alone.pixels)
        assert np.array_equal(phantom.finding_mask, alone.finding_mask)
        assert phantom.parameters == alone.parameters


@pytest.mark.parametrize("kind", KINDS)
def test_a_severity_that_is_asked_for_changes_nothing_else_that_is_drawn(kind) -> None:
    drawn, severe = (
        sample_finding(kind, np.random.default_rng(5), severity) for severity in (None, 1.0)
    )
    assert severe.severity == 1
    assert 0.25 <= drawn.severity <= 1
    assert drawn.lobe == severe.lobe
