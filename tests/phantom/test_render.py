from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.phantom.people import SIDE, ill, picture, somebody
from xraydemo.phantom.findings import KINDS
from xraydemo.phantom.render import render
from xraydemo.phantom.scanners import SCANNERS, WHITE


@settings(max_examples=8)
@given(
    seed=st.integers(0, 2**32 - 1),
    kind=st.sampled_from([None, *KINDS]),
    scanner=st.sampled_from(sorted(SCANNERS)),
)
def test_anybody_gives_a_picture_with_lungs_and_the_same_one_again(seed, kind, scanner) -> None:
    thorax, finding = somebody(seed), ill(kind, seed) if kind else None
    one, again = (picture(thorax, finding, scanner, side=64) for _ in range(2))
    assert one.pixels.dtype == np.uint16
    assert one.pixels.shape == one.lung_mask.shape == one.finding_mask.shape == (64, 64)
    assert one.pixels.max() <= WHITE
    assert 0.1 < one.lung_mask.mean() < 0.8  # of a large chest on a small field, 0.72
    assert finding or not one.finding_mask.any()
    for name in ("pixels", "lung_mask", "finding_mask"):
        assert np.array_equal(getattr(one, name), getattr(again, name))
    assert one.parameters == again.parameters


def test_another_seed_is_other_noise_on_the_same_person() -> None:
    thorax = somebody()
    one, other = (
        render(thorax, None, SCANNERS["Altair CR"], seed=seed, side=SIDE) for seed in (1, 2)
    )
    assert not np.array_equal(one.pixels, other.pixels)
    assert np.array_equal(one.lung_mask, other.lung_mask)
    assert np.corrcoef(one.pixels.ravel(), other.pixels.ravel())[0, 1] > 0.97


@pytest.mark.parametrize("kind", KINDS)
def test_the_finding_mask_lies_where_the_finding_changed_the_picture(kind) -> None:
    """The same person, healthy and ill, without noise, on a device that lifts nothing."""
    plain = replace(
        SCANNERS["Altair CR"], photons=1e12, equalized=0.0, edges=0.0, scatter=0.0,
        window=(0.0, 100.0),
    )  # fmt: skip
    thorax, finding = somebody(3), ill(kind, 5, severity=0.9)
    healthy, sick = (render(thorax, found, plain, seed=1, side=SIDE) for found in (None, finding))
    changed = sick.pixels.astype(float) - healthy.pixels
    inside, outside = changed[sick.finding_mask], changed[~sick.finding_mask]
    assert inside.mean() > 10 * abs(outside.mean())
    assert np.median(inside) > np.quantile(outside, 0.99)
    assert not (sick.finding_mask & ~sick.lung_mask).any()
    assert not healthy.finding_mask.any()
    assert np.array_equal(healthy.lung_mask, sick.lung_mask)


def test_lungs_are_darker_than_what_is_around_them() -> None:
    phantom = picture(somebody())
    body = phantom.pixels > 0.2 * WHITE
    inside, outside = phantom.pixels[phantom.lung_mask], phantom.pixels[body & ~phantom.lung_mask]
    assert np.median(inside) < np.median(outside)


def test_all_parameters_are_told() -> None:
    thorax, finding = somebody(), ill("lobar")
    told = picture(thorax, finding).parameters
    assert told["body"]["age"] == thorax.body.age
    assert told["pose"]["view"] == thorax.pose.view
    assert told["finding"]["kind"] == "lobar"
    assert told["finding"]["lobe"] == finding.lobe
    assert told["scanner"]["name"] == "Capella DX"
    assert (told["seed"], told["side"]) == (1, SIDE)


def test_a_picture_of_no_size_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 64"):
        picture(somebody(), side=32)
