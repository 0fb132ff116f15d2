"""Large smooth organs: lungs, and what bounds them, marched through in planes of equal depth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xraydemo.phantom.findings import Field
from xraydemo.phantom.projection import Beam, Image
from xraydemo.phantom.soft_tissue import body_thickness, gas_thickness
from xraydemo.phantom.thorax import SQUARENESS, Floats, Thorax, cage, domes, spine_x

MARGIN = 1.1  # of the coarse detector, so that a tilted picture has its corners
_FRONT, _BACK, _STEP = 101.0, -111.0, 7.0  # mm


@dataclass(frozen=True, eq=False)
class Organs:
    """Path lengths in mm, each (side, side).

    Parameters
    ----------
    body : ndarray
        Inside the skin, less gas in stomach and bowel.
    lung : ndarray
        Inside the lungs.
    finding : ndarray
        Of the water that equals what the finding adds to the lungs.
    """

    body: Image
    lung: Image
    finding: Image


def smooth_organs(thorax: Thorax, field: Field | None, beam: Beam) -> Organs:
    """Send the beam through body, lungs and finding, on a detector half as fine.

    Parameters
    ----------
    thorax : Thorax
    field : Field, optional
        The finding.
    beam : Beam

    Returns
    -------
    Organs
    """
    n = max(round(beam.side / 2 * MARGIN), 64)
    lung, finding = np.zeros((2, n, n), np.float32)
    for depth in np.arange(_BACK, _FRONT, _STEP, dtype=np.float32):
        _march(thorax, field, beam, float(depth), lung, finding)
    x, y, _ = beam.rays(0.0, n, MARGIN)
    body = body_thickness(thorax, x, y) - gas_thickness(thorax, x, y)
    size = np.float32(thorax.body.size)
    return Organs(
        beam.resample(body * size, MARGIN),
        beam.resample(lung * size, MARGIN),
        beam.resample(finding * size, MARGIN) if field else _nothing(beam.side),
    )


def _nothing(side: int) -> Image:
    return np.zeros((side, side), np.float32)


def _march(
    thorax: Thorax, field: Field | None, beam: Beam, depth: float, lung: Image, finding: Image
) -> None:
    """Add one plane's share to the path lengths."""
    n = len(lung)
    x, y, turned = beam.rays(depth, n, MARGIN)
    pixel = float(x[1] - x[0])
    half_width, half_depth, middle = cage(y)
    rows = np.flatnonzero((y < 142) & (y > -215) & (np.abs(depth - middle) < half_depth + 12))
    if not len(rows):
        return
    body = thorax.body
    top, bottom = rows[0], rows[-1] + 1
    y, half_width, half_depth, middle = (v[top:bottom] for v in (y, half_width, half_depth, middle))
    centre = np.zeros((len(y), n), np.float32)
    near = np.flatnonzero(np.abs(x) < 115)
    centre[:, near] = _mediastinum(thorax, x[near], y, depth, pixel)
    for is_left, dome in zip((False, True), domes(thorax), strict=True):
        columns = np.flatnonzero((x > -2) & (x < 150) if is_left else (x < 2) & (x > -150))
        if not len(columns):
            continue
        first, last = columns[0], columns[-1] + 1
        side_x = x[first:last]
        sideways = (np.abs(side_x)[None] / half_width[:, None]) ** SQUARENESS
        z = depth + turned * side_x
        inward = sideways + ((z[None] - middle[:, None]) / half_depth[:, None]) ** 2
        # the surface is as blurred as a pixel is wide, and as it leans within a plane's thickness
        leans = np.abs(depth - middle) * (2 * _STEP) / half_depth**2
        blur = np.maximum(pixel * SQUARENESS / half_width, leans)[:, None]
        inside = np.clip(0.5 + (1 - inward) / blur, 0, 1)
        inside *= _above(dome, is_left, side_x, y, depth, pixel, body.build)
        inside *= 1 - centre[:, first:last]
        inside *= np.float32(_STEP)
        lung[top:bottom, first:last] += inside
        if field:
            added = field.density(side_x, y, depth, inward)
            finding[top:bottom, first:last] += added * inside


def _above(
    dome: float, is_left: bool, x: Floats, y: Floats, z: float, pixel: float, build: float
) -> Image:
    """Return what lies above one half of the diaphragm."""
    sign = 1 if is_left else -1
    aside = ((x - sign * 68) / np.where(sign * x > 68, 80, 135)) ** 2
    reach = 150 if z < 22 else 96
    from_middle = np.minimum(aside + ((z - 22) / reach) ** 2, 1.0)
    arch = np.sqrt(1.002 - from_middle)
    height = dome - (66 - 6 * build) * (1 - arch)
    leans = (66 - 6 * build) * np.abs(z - 22) / reach**2 / arch * _STEP
    blur = np.maximum(1.4 * pixel, np.minimum(leans, 12))
    above: Image = np.clip(0.5 + (y[:, None] - height) / blur, 0, 1).astype(np.float32)
    return above


def _mediastinum(thorax: Thorax, x: Floats, y: Floats, z: float, pixel: float) -> Image:
    """Return what lies between the lungs: spine, great vessels, hila and heart."""
    body = thorax.body
    taken = np.zeros((len(y), len(x)), np.float32)
    spine = spine_x(body, y)
    heart, aorta = body.heart, body.aorta
    # the heart hangs on the diaphragm: a deep breath makes it narrow and long
    stretch = 1 + 0.10 * (thorax.pose.breath - 0.8)
    low = 0.75 * (min(domes(thorax)[1], -70) + 128) - 16

    def ellipsoid(
        at: tuple[float, float, float], radii: tuple[float, float, float], lean: float = 0.0
    ) -> None:
        rest = 1 - ((z - at[2]) / radii[2]) ** 2
        if rest <= 0:
            return
        width, height = radii[0], radii[1]
        reach = max(width, height) * 1.5 * np.sqrt(rest) + pixel
        rows = np.flatnonzero(np.abs(y - at[1]) < reach)
        columns = np.flatnonzero(np.abs(x - at[0]) < reach)
        if not len(rows) or not len(columns):
            return
        part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        dx = (x[part[1]] - at[0])[None]
        dy = (y[part[0]] - at[1])[:, None]
        cos, sin = np.cos(lean), np.sin(lean)
        value = ((dx * cos + dy * sin) / width) ** 2 + ((dy * cos - dx * sin) / height) ** 2
        blur = max(2 * pixel / min(width, height), 2 * abs(z - at[2]) / radii[2] ** 2 * _STEP)
        solid = np.clip(0.5 + (rest - value) / blur, 0, 1)
        np.maximum(taken[part], solid, out=taken[part])

    def column(
        middle: Floats | float, depth: float, width: Floats | float, thick: float, low: float,
        high: float,
    ) -> None:  # fmt: skip
        rest = 1 - ((z - depth) / thick) ** 2
        if rest <= 0:
            return
        widest = np.broadcast_to(np.asarray(width, np.float32), y.shape)
        half, leans = widest * rest, widest * (2 * abs(z - depth) / thick**2 * _STEP)
        blur = np.maximum(pixel, leans)[:, None]
        ends = np.clip((y - low) / 8, 0, 1) * np.clip((high - y) / 8, 0, 1)
        off = np.abs(x[None] - np.broadcast_to(np.asarray(middle, np.float32), y.shape)[:, None])
        solid = np.clip(0.5 + (half[:, None] - off) / blur, 0, 1) * ends[:, None]
        np.maximum(taken, solid, out=taken)

    column(spine, -80, np.interp(y, [-190, -130, -60], [44, 25, 17]), 30, -400, 400)
    column(
        0.0,
        -18,
        np.interp(y, [-100, -20, 25, 55, 85, 140], [17, 20, 25, 21, 20, 29]),
        54,
        -400,
        400,
    )
    column(0.0, 55, np.interp(y, [-150, 0, 60, 100], [12, 5, 6, 15]), 60, -400, 400)
    column(
        np.interp(y, [-40, 60, 130], [-21, -19, -24]), 12, 13, 16, -40, 150
    )  # superior vena cava
    column(
        np.interp(y, [40, 70, 130], [17, 17, 24]), -14, 10, 13, 40, 150
    )  # left subclavian artery
    column(-6.0 - 5 * (aorta - 1), 22, 19 * aorta, 24, -30, 45)  # ascending aorta
    down = np.interp(y, [-150, -60, 40], [6, 14, 20]).astype(np.float32) + spine / 2
    column(down + 12 * (aorta - 1), -52, 14 * aorta, 15, -300, 42)  # descending aorta
    ellipsoid((15 + 8 * (aorta - 1), 45, -14), (18 * aorta, 19 * aorta, 34), 0.2)  # its arch
    ellipsoid((18, 12, 8), (21, 26, 26), 0.35)  # pulmonary trunk
    ellipsoid((-27, 6, -6), (12, 24, 13), 0.35)  # right hilum
    ellipsoid((29, 15, -8), (11, 21, 13), -0.3)  # left hilum
    wide, deep = heart / stretch, 46 * heart
    ellipsoid((-6 * wide, -50 + low, 14), (32 * wide, 54 * heart, deep), 0.12)  # right atrium
    ellipsoid(
        (14 * wide, -70 + low, 22), (54 * wide, 46 * heart, deep + 3), -0.5
    )  # right ventricle
    ellipsoid((34 * wide, -62 + low, 6), (62 * wide, 40 * heart, deep + 2), -0.85)  # left ventricle
    ellipsoid((42 * wide, -103 + low, 28), (52, 20, 42), 0.1)  # fat at its apex
    ellipsoid((14 * wide, -14 + low, 0), (30 * wide, 40 * heart, 30), 0.35)  # left atrium
    return taken
