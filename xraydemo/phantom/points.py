"""Thin things as clouds of points: each carries a volume, which its ray takes up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xraydemo.phantom.projection import Beam, Image
from xraydemo.phantom.thorax import Floats

_GOLDEN = 0.61803398875
_AT_ONCE = 1 << 16  # points whose numbers fit into a processor's cache


@dataclass(frozen=True, eq=False)
class Cloud:
    """Points of the patient.

    Parameters
    ----------
    at : ndarray of float32, shape (N, 3)
        x, y, z in mm of an adult of mean size.
    volume : ndarray of float32, shape (N,)
        In cubic mm; negative for air in tissue.
    """

    at: Floats
    volume: Floats

    @staticmethod
    def joined(clouds: list[Cloud]) -> Cloud:
        """Return one cloud of all points."""
        return Cloud(
            np.concatenate([cloud.at for cloud in clouds]),
            np.concatenate([cloud.volume for cloud in clouds]),
        )


def path_lengths(cloud: Cloud, beam: Beam) -> Image:
    """Project a cloud.

    A volume dV at magnification m covers dV m^2 / pixel^2 mm of the rays of one pixel; it is shared
    among the four nearest pixels.

    Returns
    -------
    ndarray of float32, shape (side, side)
        Path length, mm.
    """
    total = np.zeros(beam.side**2)
    for begin in range(0, len(cloud.at), _AT_ONCE):
        part = slice(begin, begin + _AT_ONCE)
        total += _shared_out(cloud.at[part], cloud.volume[part], beam)
    return total.reshape(beam.side, beam.side).astype(np.float32)


def _shared_out(at: Floats, volume: Floats, beam: Beam) -> Floats:
    """Share the volumes of points out among pixels, (side * side,)."""
    side = beam.side
    columns, rows, scale = beam.project(at)
    seen = (columns > 0) & (columns < side - 1.001) & (rows > 0) & (rows < side - 1.001)
    columns, rows, scale = columns[seen], rows[seen], scale[seen]
    path = volume[seen] * scale**2 * np.float32(beam.stretch / beam.pixel**2)
    left, top = columns.astype(np.int32), rows.astype(np.int32)
    over, down = columns - left, rows - top
    corner = top * side + left
    low, high = path * down, path * (1 - down)
    pixels = np.concatenate([corner, corner + 1, corner + side, corner + side + 1])
    shares = np.concatenate([high * (1 - over), high * over, low * (1 - over), low * over])
    return np.bincount(pixels, shares, side * side).astype(np.float64)


def shell(
    line: Floats,
    up: Floats,
    across: Floats | float,
    along: Floats | float,
    thickness: Floats | float,
    step: float,
) -> Cloud:
    """Return the wall of a bent tube of elliptic section.

    Parameters
    ----------
    line : ndarray, shape (K, 3)
        Its axis.
    up : ndarray, shape (K, 3)
        Unit vectors of the section's first half axis, at right angles to the axis.
    across, along : float or ndarray, shape (K,)
        Half axes: along `up`, and at right angles to it.
    thickness : float or ndarray, shape (K,)
        Of the wall.
    step : float
        Distance of the points, mm.

    Returns
    -------
    Cloud
    """
    line, up, across, along, thickness = resampled(line, up, across, along, thickness, step=step)
    out = unit(np.cross(_tangents(line), up))
    half_girth = np.pi * np.sqrt((across**2 + along**2) / 2)
    n = int(np.clip(2 * half_girth.max() / step / 1.3, 8, 96))
    # each ring begins elsewhere, so that no row of points shows as a line
    begin = (np.arange(len(line)) * _GOLDEN) % 1
    angle = 2 * np.pi * (np.arange(n)[None] + begin[:, None]) / n
    cos, sin = np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)
    at = (
        line[:, None]
        + (across[:, None] * cos)[..., None] * up[:, None]
        + (along[:, None] * sin)[..., None] * out[:, None]
    )
    arc = np.hypot(across[:, None] * sin, along[:, None] * cos) * np.float32(2 * np.pi / n)
    volume = arc * (thickness * _lengths(line))[:, None]
    return Cloud(at.reshape(-1, 3), volume.ravel())


def band(
    line: Floats,
    up: Floats,
    across: Floats | float,
    along: Floats | float,
    density: Floats | float,
    step: float,
) -> Cloud:
    """Return the filling of a bent tube of elliptic section, laid into the plane of `up`.

    Parameters
    ----------
    line, up, across, along, step
        As of `shell`.
    density : float or ndarray, shape (K,)
        Relative to what the cloud is of.

    Returns
    -------
    Cloud
    """
    line, up, across, along, density = resampled(line, up, across, along, density, step=step)
    n = int(np.clip(2 * across.max() / step, 4, 64))
    begin = (np.arange(len(line)) * _GOLDEN) % 1
    place = (np.arange(n)[None] + begin[:, None]) / n * 2 - 1
    chord = np.sqrt(1 - place**2)
    chord /= chord.mean(axis=1, keepdims=True)
    at = line[:, None] + (across[:, None] * place)[..., None] * up[:, None]
    area = np.pi * across * along * density * _lengths(line)
    return Cloud(
        at.reshape(-1, 3).astype(np.float32), (area[:, None] * chord / n).ravel().astype(np.float32)
    )


def disc(middle: Floats, wide: float, deep: float, thickness: float, step: float) -> Cloud:
    """Return a thin level plate of elliptic outline, its points arranged as a sunflower's seeds.

    Parameters
    ----------
    middle : ndarray, shape (3,)
    wide, deep : float
        Half axes, sideways and to the front, mm.
    thickness : float
        mm.
    step : float
        Distance of the points, mm.

    Returns
    -------
    Cloud
    """
    area = np.pi * wide * deep
    n = max(int(area / step**2), 16)
    far, angle = np.sqrt((np.arange(n) + 0.5) / n), 2 * np.pi * _GOLDEN * np.arange(n)
    at = middle + np.stack([wide * far * np.cos(angle), 0 * far, deep * far * np.sin(angle)], 1)
    return Cloud(at.astype(np.float32), np.full(n, thickness * area / n, np.float32))


def ball(middle: Floats, radius: float, thickness: float, step: float) -> Cloud:
    """Return the thin shell of a ball, its points on Fibonacci's spiral.

    Parameters
    ----------
    middle : ndarray, shape (3,)
    radius, thickness : float
        mm.
    step : float
        Distance of the points, mm.

    Returns
    -------
    Cloud
    """
    area = 4 * np.pi * radius**2
    n = max(int(area / step**2), 32)
    z, angle = 1 - (2 * np.arange(n) + 1) / n, 2 * np.pi * _GOLDEN * np.arange(n)
    far = np.sqrt(1 - z**2)
    at = middle + radius * np.stack([far * np.cos(angle), far * np.sin(angle), z], 1)
    return Cloud(at.astype(np.float32), np.full(n, thickness * area / n, np.float32))


def rod(line: Floats, radius: Floats | float, density: Floats | float, step: float) -> Cloud:
    """Return a solid bent tube of round section, as seen from the front.

    Parameters
    ----------
    line : ndarray, shape (K, 3)
        Its axis.
    radius : float or ndarray, shape (K,)
    density : float or ndarray, shape (K,)
        Relative to what the cloud is of; negative takes away.
    step : float
        Distance of the points, mm.

    Returns
    -------
    Cloud
    """
    line, radius, density = resampled(line, radius, density, step=step)
    return rods(line, _tangents(line), _lengths(line), radius, density, step)


def rods(
    middle: Floats,
    tangent: Floats,
    length: Floats,
    radius: Floats,
    density: Floats | float,
    step: float,
) -> Cloud:
    """Return many short solid pieces of tube, as seen from the front.

    The points lie in the plane that the reader sees, at right angles to the axis, with the volume
    that a ray crosses there.

    Parameters
    ----------
    middle, tangent : ndarray, shape (K, 3)
        Of each piece, mm; unit vectors.
    length, radius : ndarray, shape (K,)
        Of each piece, mm.
    density, step
        As of `rod`.

    Returns
    -------
    Cloud
    """
    aside = np.stack([-tangent[:, 1], tangent[:, 0], np.zeros(len(tangent))], axis=1)
    aside /= np.linalg.norm(aside, axis=1, keepdims=True) + 1e-3
    n = int(np.clip(2 * radius.max() / step, 3, 64)) if len(radius) else 3
    begin = (np.arange(len(middle)) * _GOLDEN) % 1
    place = (np.arange(n)[None] + begin[:, None]) / n * 2 - 1
    chord = np.sqrt(1 - place**2)
    chord /= chord.mean(axis=1, keepdims=True)
    at = middle[:, None] + (radius[:, None] * place)[..., None] * aside[:, None]
    volume = (np.pi * radius**2 * length * density)[:, None] * (chord / n)
    return Cloud(at.reshape(-1, 3).astype(np.float32), volume.ravel().astype(np.float32))


def resampled(line: Floats, *of_points: Floats | float, step: float) -> tuple[Floats, ...]:
    """Return a polyline, and what is known at its points, at even distances of about `step`."""
    gaps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    at = np.concatenate([[0], np.cumsum(gaps)])
    n = max(int(at[-1] / step) + 1, 2)
    wanted = np.linspace(0, at[-1], n)

    def of(values: Floats | float) -> Floats:
        values = np.asarray(values, np.float32)
        if values.ndim == 0:
            return np.full(n, values, np.float32)
        if values.ndim == 1:
            return np.interp(wanted, at, values).astype(np.float32)
        return np.stack([np.interp(wanted, at, part) for part in values.T], 1).astype(np.float32)

    return tuple(of(values) for values in (line, *of_points))


def unit(vectors: Floats) -> Floats:
    """Return vectors (N, 3) of length 1 in the same directions; zero stays zero."""
    length = np.sqrt((vectors**2).sum(axis=1, keepdims=True))
    directed: Floats = vectors / (length + np.float32(1e-6))
    return directed.astype(np.float32)


def upright(line: Floats, towards: tuple[float, float, float] = (0, 1, 0)) -> Floats:
    """Return unit vectors at right angles to a line (K, 3), as near as can be to a direction."""
    tangent = _tangents(line)
    wanted = np.array(towards, np.float32)
    return unit(wanted - tangent * (tangent @ wanted)[:, None])


def bezier(corners: list[Floats], sign: int) -> Floats:
    """Return a cubic curve of 32 points; its x is mirrored for the right side, sign -1."""
    a, b, c, d = corners
    t = np.linspace(0, 1, 32)[:, None]
    line = a * (1 - t) ** 3 + 3 * b * t * (1 - t) ** 2 + 3 * c * t**2 * (1 - t) + d * t**3
    return (line * [sign, 1, 1]).astype(np.float32)


def ellipse(middle: Floats, across: Floats, along: Floats) -> Floats:
    """Return a closed curve of 25 points with two half axes, each (3,)."""
    angle = np.linspace(0, 2 * np.pi, 25)[:, None]
    return (middle + across * np.cos(angle) + along * np.sin(angle)).astype(np.float32)


def _tangents(line: Floats) -> Floats:
    return unit(np.gradient(line, axis=0))


def _lengths(line: Floats) -> Floats:
    """Return the piece of the axis that each point stands for."""
    gaps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    pieces = np.zeros(len(line), np.float32)
    pieces[:-1] += gaps / 2
    pieces[1:] += gaps / 2
    return pieces
