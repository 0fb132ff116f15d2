from __future__ import annotations

import numpy as np
import pytest

from tests.phantom.people import ill, picture, somebody
from xraydemo.phantom.findings import KINDS, LOBES, Field, sample_finding
from xraydemo.phantom.vessels import open_bronchi


def draws(kind, n: int = 60):
    return [sample_finding(kind, np.random.default_rng(seed)) for seed in range(n)]


def test_ground_glass_is_on_both_sides() -> None:
    for finding in draws("ground glass"):
        sides = {np.sign(x) for x, *_ in finding.centres}
        assert sides == {-1, 1}
    mask = picture(somebody(yaw=0.0, shift_x=0.0), ill("ground glass", severity=1.0)).finding_mask
    assert mask[:, :48].any()
    assert mask[:, 48:].any()


def test_a_lobar_one_is_on_one_side_and_in_one_lobe() -> None:
    found = draws("lobar")
    assert {finding.lobe for finding in found} == set(LOBES)
    for lobe in LOBES:
        finding = next(finding for finding in found if finding.lobe == lobe)
        x = finding.centres[0][0]
        assert (x > 0) == lobe.startswith("left")
        where = np.array([[-x, y, z] for _, y, z, _ in finding.centres], np.float32)
        assert Field(finding).at(where) == pytest.approx(0)


def test_a_filled_lobe_has_open_bronchi_and_others_have_none() -> None:
    finding = ill("lobar", severity=0.8)
    air = open_bronchi(finding, Field(finding), 2.0)
    assert air is not None
    assert air.volume.sum() < 0
    other = ill("patchy")
    assert open_bronchi(other, Field(other), 2.0) is None


@pytest.mark.parametrize("kind", KINDS)
def test_severity_is_density(kind) -> None:
    mild, grave = (Field(ill(kind, 1, severity=severity)) for severity in (0.2, 1.0))
    grid = np.stack(np.meshgrid(*[np.linspace(-100, 80, 30)] * 3), -1).reshape(-1, 3)
    thin, dense = (field.at(grid.astype(np.float32)) for field in (mild, grave))
    assert thin.min() >= 0
    assert dense.max() < 1  # no denser than water, with the lung's own density
    assert dense.sum() > 1.5 * thin.sum()


def test_a_plane_of_the_field_is_the_field() -> None:
    finding = ill("patchy", severity=0.9)
    field = Field(finding)
    x, y, z = np.linspace(-120, 120, 25), np.linspace(-120, 90, 19), 13.0
    plane = field.density(x, y, z, np.zeros((19, 25)))
    points = np.array([[a, b, z] for b in y for a in x], np.float32)
    assert plane.ravel() == pytest.approx(field.at(points), abs=1e-5)
