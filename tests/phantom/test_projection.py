from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.phantom.people import SIDE, somebody
from xraydemo.phantom.organs import smooth_organs
from xraydemo.phantom.points import Cloud, path_lengths, rod
from xraydemo.phantom.projection import ATTENUATION, Beam, enlarged, transmitted
from xraydemo.phantom.thorax import Thorax

STRAIGHT = {"yaw": 0.0, "pitch": 0.0, "tilt": 0.0, "shift_x": 0.0, "shift_y": 0.0}


def straight(view: str, seed: int = 0) -> Thorax:
    return somebody(seed, view=view, breath=0.8, field=400.0, **STRAIGHT)


def test_what_is_near_the_source_is_larger() -> None:
    to_the_front = np.array([-80.0, 0.0, 80.0])
    in_pa = Beam(straight("PA"), SIDE).magnification(to_the_front)
    in_ap = Beam(straight("AP"), SIDE).magnification(to_the_front)
    assert np.all(np.diff(in_pa) < 0)
    assert np.all(np.diff(in_ap) > 0)
    assert in_pa[1] == pytest.approx(1800 / 1650)
    assert in_ap[1] == pytest.approx(1100 / 935)


@pytest.mark.parametrize("seed", range(3))
def test_the_heart_is_wider_in_ap_than_in_pa(seed) -> None:
    """Of the same person in the same breath; the chest grows less, for its sides lie midway."""
    heart, chest = {}, {}
    for view in ("PA", "AP"):
        thorax = straight(view, seed)
        heartless = replace(thorax, body=replace(thorax.body, heart=0.01))
        beam = Beam(thorax, 256)
        lung, more = (smooth_organs(who, None, beam).lung for who in (thorax, heartless))
        heart[view] = np.ptp(np.flatnonzero((more - lung > 5).any(axis=0))) * beam.pixel
        chest[view] = np.ptp(np.flatnonzero((lung > 30).any(axis=0))) * beam.pixel
    assert heart["AP"] > 1.07 * heart["PA"]
    assert heart["AP"] / chest["AP"] > heart["PA"] / chest["PA"]


def test_a_clouds_volume_arrives() -> None:
    """A rod of 100 mm and 5 mm radius; its shadow times the pixel's area, less magnification."""
    beam = Beam(straight("PA"), SIDE)
    size = beam.thorax.body.size
    line = np.array([[-50.0, -20, 0], [50, -20, 0]], np.float32)
    paths = path_lengths(rod(line, 5.0, 1.0, 1.0), beam)
    volume = paths.sum() * (beam.pixel / beam.magnification(0.0)) ** 2
    assert volume == pytest.approx(np.pi * 25 * 100 * beam.stretch, rel=0.02)
    assert paths.max() == pytest.approx(10 * size, rel=0.1)  # the diameter


def test_points_beside_the_detector_are_not_seen() -> None:
    beam = Beam(straight("PA"), SIDE)
    far = Cloud(np.array([[900.0, 0, 0], [0, -900, 0]], np.float32), np.ones(2, np.float32))
    assert not path_lengths(far, beam).any()


def test_beer_and_lambert() -> None:
    beam = Beam(straight("PA"), 64)
    water, bone = ATTENUATION["PA"]
    soft, hard = np.full((64, 64), 100.0), np.full((64, 64), 5.0)
    through = transmitted(soft, hard, beam, scatter=0.0)
    assert through == pytest.approx(np.exp(-(100 * water + 5 * bone)))
    # where all pixels see the same, what is scattered adds its share of it
    doubled = transmitted(2 * soft, hard, beam, scatter=1.0)
    assert doubled == pytest.approx(2 * np.exp(-(200 * water + 5 * bone)), rel=1e-4)


def test_enlarging_keeps_a_slope() -> None:
    slope = np.tile(np.arange(8.0), (8, 1))
    fine = enlarged(slope, 32)
    assert fine[:, 4:-4] == pytest.approx(np.tile((np.arange(4, 28) + 0.5) / 4 - 0.5, (32, 1)))
