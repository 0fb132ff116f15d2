"""Findings: textures in three dimensions that make parts of the lungs denser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from xraydemo.phantom.projection import Image
from xraydemo.phantom.thorax import Floats

Kind = Literal["ground glass", "lobar", "patchy", "diffuse"]
KINDS: tuple[Kind, ...] = ("ground glass", "lobar", "patchy", "diffuse")
Lobe = Literal["right upper", "right middle", "right lower", "left upper", "left lower"]
LOBES: tuple[Lobe, ...] = (
    "right upper", "right middle", "right lower", "left upper", "left lower"
)  # fmt: skip

_X, _Y, _Z = (-150.0, 150.0), (-215.0, 140.0), (-111.0, 101.0)  # mm that the texture fills
_CELL = 5.0  # mm


@dataclass(frozen=True)
class Finding:
    """What is wrong with the lungs, in numbers.

    Parameters
    ----------
    kind : str
        "ground glass" (patches under the pleura of both lungs), "lobar" (one lobe filled, its
        bronchi open), "patchy" (some clouds anywhere) or "diffuse" (a veil over both lungs).
    severity : float
        0 to 1; 0.25 at least where it is drawn.
    lobe : str
        Of a lobar one, else "".
    centres : tuple of (x, y, z, radius)
        Of the clouds, mm.
    seed : int
        Of the texture.
    """

    kind: Kind
    severity: float
    lobe: Lobe | Literal[""]
    centres: tuple[tuple[float, float, float, float], ...]
    seed: int


def sample_finding(
    kind: Kind, generator: np.random.Generator, severity: float | None = None
) -> Finding:
    """Draw a finding of a kind.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    generator : numpy.random.Generator
    severity : float, optional
        0.25 to 1; drawn, too, if it isn't given.

    Returns
    -------
    Finding
    """
    drawn = float(np.clip(generator.beta(2.2, 1.6), 0.25, 1))
    severity = drawn if severity is None else severity
    lobe: Lobe | Literal[""] = ""
    centres: list[tuple[float, float, float, float]] = []
    if kind == "lobar":
        lobe = LOBES[generator.choice(5, p=[0.22, 0.16, 0.27, 0.14, 0.21])]
        x, y, z = _MIDDLE_OF[lobe] + generator.normal(0, 9, 3)
        centres = [(float(x), float(y), float(z), float(46 + 34 * severity))]
    elif kind == "ground glass":
        for sign in (-1, 1):
            for _ in range(1 + int(generator.integers(2, 5) * (0.5 + severity))):
                centres.append(_under_the_pleura(sign, generator, severity))
    elif kind == "patchy":
        for _ in range(int(generator.integers(2, 5) + 2 * severity)):
            sign = 1 if generator.random() < 0.5 else -1
            x, y = sign * generator.uniform(35, 105), generator.uniform(-105, 70)
            radius = generator.uniform(18, 30) + 14 * severity
            centres.append((float(x), float(y), float(generator.normal(-15, 35)), float(radius)))
    return Finding(kind, severity, lobe, tuple(centres), int(generator.integers(2**32)))


_MIDDLE_OF: dict[str, Floats] = {
    "right upper": np.array([-72.0, 50, -5]),
    "right middle": np.array([-62.0, -45, 45]),
    "right lower": np.array([-78.0, -70, -45]),
    "left upper": np.array([70.0, 30, 15]),
    "left lower": np.array([76.0, -68, -45]),
}


def _under_the_pleura(
    sign: int, generator: np.random.Generator, severity: float
) -> tuple[float, float, float, float]:
    """Draw a cloud near the chest wall, rather low and rather far back."""
    angle = generator.normal(0.35, 0.6)  # 0 at the side, positive to the back
    y = generator.normal(-50, 48)
    x, z = sign * 118 * np.cos(angle), -4 - 86 * np.sin(angle)
    return float(x), float(y), float(z), float(generator.uniform(26, 42) + 16 * severity)


class Field:
    """A finding's added density at points of the lungs, relative to water.

    Parameters
    ----------
    finding : Finding
    """

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        self._grid = tuple(np.arange(low, high + _CELL, _CELL) for low, high in (_X, _Y, _Z))
        self._values = _texture(finding, *self._grid).astype(np.float32)

    def density(self, x: Floats, y: Floats, z: float, inward: Image) -> Image:
        """Return the added density in one plane.

        Parameters
        ----------
        x, y : ndarray, shape (W,), (H,)
            mm.
        z : float
            mm.
        inward : ndarray, shape (H, W)
            0 at the lung's middle, 1 at the pleura.

        Returns
        -------
        ndarray of float32, shape (H, W)
        """
        grid_x, grid_y, grid_z = self._grid
        (layer, upper), (row, down), (column, over) = (
            _cells(grid_z, np.array([z])), _cells(grid_y, y), _cells(grid_x, x),
        )  # fmt: skip
        plane = self._values[layer[0]] * (1 - upper) + self._values[layer[0] + 1] * upper
        lines = plane[row] * (1 - down)[:, None] + plane[row + 1] * down[:, None]
        values: Image = lines[:, column] * (1 - over) + lines[:, column + 1] * over
        if self.finding.kind == "ground glass":
            values = values * np.clip((inward - 0.3) / 0.5, 0.15, 1)
        return values.astype(np.float32)

    def at(self, points: Floats) -> Floats:
        """Return the added density at points (N, 3) in mm."""
        columns, rows, planes = (
            (points[:, axis] - grid[0]) / _CELL for axis, grid in enumerate(self._grid)
        )
        values = ndimage.map_coordinates(self._values, [planes, rows, columns], order=1)
        return np.asarray(values, np.float32)


def _cells(grid: Floats, at: NDArray[Any]) -> tuple[NDArray[np.intp], Floats]:
    """Return the grid's cell that each place is in, and how far in it, 0 to 1."""
    cell = np.clip((at - grid[0]) / _CELL, 0, len(grid) - 1.001)
    return cell.astype(np.intp), (cell % 1).astype(np.float32)


def _texture(
    finding: Finding,
    x: Floats,
    y: Floats,
    z: Floats,
) -> Floats:
    """Return the density on a grid, shape (Z, Y, X)."""
    generator = np.random.default_rng(finding.seed)
    shape = len(z), len(y), len(x)
    white = generator.standard_normal(shape, np.float32)
    coarse = _unit(ndimage.gaussian_filter(white, 3.2))
    fine = _unit(ndimage.gaussian_filter(white[::-1], 1.1))
    z3, y3, x3 = (v.astype(np.float32) for v in np.meshgrid(z, y, x, indexing="ij", sparse=True))
    severity = finding.severity
    if finding.kind == "diffuse":
        # heavier below and around the hila, as fluid is
        low = np.clip(0.75 - y3 / 260, 0.35, 1.3)
        near = np.exp(-(((np.abs(x3) - 45) / 75) ** 2))
        veil = (0.45 + 0.55 * near) * low * (1 + 0.45 * coarse + 0.35 * fine)
        return (np.clip(veil, 0, None) * (0.05 + 0.20 * severity)).astype(np.float32)

    cloud = np.full(shape, -9.0, np.float32)
    for at_x, at_y, at_z, radius in finding.centres:
        distance = np.sqrt((x3 - at_x) ** 2 + (y3 - at_y) ** 2 + (z3 - at_z) ** 2)
        np.maximum(cloud, (radius - distance) / radius, out=cloud)
    how: dict[str, tuple[float, float, float, float]] = {
        "ground glass": (0.30, 0.5, 0.40, 0.12 + 0.26 * severity),
        "patchy": (0.28, 0.6, 0.30, 0.16 + 0.34 * severity),
        "lobar": (0.22, 0.45, 0.16, 0.26 + 0.40 * severity),
    }
    rough, smooth, scale, amount = how[finding.kind]
    share = _step(cloud + rough * coarse + 0.1 * fine, 0.0, smooth)
    if finding.kind == "lobar":
        share = share * _of_lobe(finding.lobe, x3, y3, z3)
    dense: Floats = share * np.clip(1 + scale * fine, 0.2, None) * np.float32(amount)
    return dense


def _of_lobe(lobe: str, x: Floats, y: Floats, z: Floats) -> Floats:
    """Return what lies in a lobe; fissures are planes."""
    right = _step(-x, -2, 2)
    # the oblique fissure falls from the fourth thoracic vertebra to the front of the diaphragm
    upper = _step(y - (-28 - 1.05 * z), -4, 4)
    above = _step(y - (2 + 0.05 * (np.abs(x) - 60)), -4, 4)  # the horizontal one
    parts: dict[str, Floats] = {
        "right upper": right * upper * above,
        "right middle": right * upper * (1 - above),
        "right lower": right * (1 - upper),
        "left upper": (1 - right) * upper,
        "left lower": (1 - right) * (1 - upper),
    }
    return parts[lobe]


def _step(values: Floats, low: float, high: float) -> Floats:
    """Return 0 below, 1 above, and a smooth rise between."""
    t = np.clip((values - low) / (high - low), 0, 1).astype(np.float32)
    rise: Floats = t * t * (3 - 2 * t)
    return rise


def _unit(values: Floats) -> Floats:
    scaled: Floats = values / values.std()
    return scaled
