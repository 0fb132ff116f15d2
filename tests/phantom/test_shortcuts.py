from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.phantom.people import picture, somebody
from xraydemo.phantom.scanners import WHITE
from xraydemo.phantom.shortcuts import planted, with_traces

N = 4000
LABEL = np.arange(N) % 4 == 1
NOTHING = {"marker": False, "border": False, "jpeg": False}


def test_strength_one_follows_the_label_exactly() -> None:
    assert np.array_equal(planted(LABEL, 1.0, 0.25, np.random.default_rng(0)), LABEL)


@given(strength=st.sampled_from([0.0, 0.3, 0.7]), seed=st.integers(0, 50))
def test_strength_is_the_association(strength, seed) -> None:
    """Shares with and without the label, within binomial bounds that one in 1e9 draws leaves."""
    there = planted(LABEL, strength, 0.25, np.random.default_rng(seed))
    for with_label, share in ((True, strength + (1 - strength) / 4), (False, (1 - strength) / 4)):
        here = there[with_label == LABEL]
        low, high = stats.binom.interval(1 - 1e-9, len(here), share)
        assert low <= here.sum() <= high


@pytest.mark.parametrize(("strength", "base"), [(-0.1, 0.5), (1.1, 0.5), (0.5, 2.0)])
def test_impossible_strengths_are_refused(strength, base) -> None:
    with pytest.raises(ValueError, match="strength and base"):
        planted(LABEL, strength, base, np.random.default_rng(0))


def test_no_trace_leaves_the_picture_alone() -> None:
    phantom = picture(somebody())
    assert with_traces(phantom, **NOTHING) is phantom


@pytest.mark.parametrize("trace", list(NOTHING))
def test_each_trace_changes_pixels_and_not_the_truth(trace) -> None:
    phantom = picture(somebody())
    before = phantom.pixels.copy()
    marked = with_traces(phantom, **{**NOTHING, trace: True})
    changed = marked.pixels != phantom.pixels
    assert changed.any()
    assert np.array_equal(phantom.pixels, before)
    assert marked.lung_mask is phantom.lung_mask
    assert marked.parameters["traces"] == {**NOTHING, trace: True}
    if trace == "border":
        assert not marked.pixels[:4].any()
        assert not marked.pixels[:, -4:].any()
    if trace == "marker":
        assert np.flatnonzero(changed.any(axis=1)).max() < 0.1 * len(before)
    if trace == "jpeg":
        off = np.abs(marked.pixels - phantom.pixels.astype(float)) / WHITE
        assert off.mean() < 0.05
        assert len(np.unique(marked.pixels)) <= 256
