"""The vertebral column."""

from __future__ import annotations

import numpy as np

from xraydemo.phantom.points import Cloud, disc, ellipse, rod, shell
from xraydemo.phantom.thorax import Body, Floats, spine_x

# middles of the vertebrae C5 to L2, mm
VERTEBRAE = np.array(
    [208, 191, 174, 155, 136, 117, 97, 77, 56, 34, 11, -13, -38, -64, -91, -119, -148, -179],
    np.float32,
)
FIRST_THORACIC = 4
_SEEN = 0.24  # of the volume; the rest is not bright enough to matter through the mediastinum


def spine(body: Body, step: float, generator: np.random.Generator) -> Cloud:
    """Return the vertebrae from the fifth cervical to the second lumbar one.

    Parameters
    ----------
    body : Body
    step : float
        Distance of the points, mm.
    generator : numpy.random.Generator

    Returns
    -------
    Cloud
        Volumes of cortical bone.
    """
    sideways = spine_x(body, VERTEBRAE)
    depth = np.interp(VERTEBRAE, [-180, -60, 60, 130, 210], [-42, -58, -62, -42, -20])
    heights = -np.diff(VERTEBRAE, append=VERTEBRAE[-1] - 32)
    clouds: list[Cloud] = []
    for number, height in enumerate(heights):
        middle = _mm(sideways[number], VERTEBRAE[number], depth[number] - 8 * body.kyphosis)
        wide = float(np.interp(VERTEBRAE[number], [-180, 0, 150, 210], [22, 16, 15, 12]))
        clouds += _body(middle, wide, 0.4 * float(height), step)
        tilt = 2 * float(generator.normal())
        is_thoracic = number >= FIRST_THORACIC
        clouds += _arch(middle, wide, 0.4 * float(height), tilt, step, is_thoracic=is_thoracic)
    whole = Cloud.joined(clouds)
    return Cloud(whole.at, whole.volume * np.float32(_SEEN))


def _body(middle: Floats, wide: float, high: float, step: float) -> list[Cloud]:
    """Return a vertebra's body: its wall, its end plates, and the fine bone inside."""
    levels = np.linspace(-1, 1, 9)
    line = middle + np.outer(levels, _mm(0, high, 0))
    up = np.tile([[1.0, 0, 0]], (9, 1))
    return [
        shell(line, up, wide * (0.9 + 0.1 * levels**2), 0.8 * wide, 0.9, step),
        disc(line[0], 0.92 * wide, 0.74 * wide, 0.45, step),
        disc(line[-1], 0.92 * wide, 0.74 * wide, 0.45, step),
        rod(line[[0, -1]], 0.93 * wide, 0.055, step),
    ]


def _arch(
    middle: Floats, wide: float, high: float, tilt: float, step: float, *, is_thoracic: bool
) -> list[Cloud]:
    """Return what is behind the body: pedicles seen end on, and the processes."""
    behind = -0.8 * wide
    clouds = []
    for sign in (-1, 1):
        eye = middle + _mm(sign * 0.66 * wide, 0.3 * high, behind - 6)
        outline = ellipse(eye, _mm(3.0, 0, 0), _mm(0, 4.6, 0))
        clouds.append(rod(outline, 1.4, 1.1, step))
        if is_thoracic:
            root = middle + _mm(sign * 0.6 * wide, 0.2 * high, behind - 8)
            tip = middle + _mm(sign * (wide + 15), 0.5 * high + tilt, -28)
            clouds.append(rod(np.stack([root, tip]), 3.2, 0.22, step))
    back = [_mm(0, 0.1 * high, behind - 18), _mm(0, -0.9 * high, behind - 30)]
    clouds.append(rod(middle + np.stack(back), np.array([3.4, 2.2]), 0.5, step))
    return clouds


def _mm(x: float, y: float, z: float) -> Floats:
    return np.array([x, y, z])
