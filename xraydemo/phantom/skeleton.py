"""All bones; and of them the ribs and the breastbone, as thin shells."""

from __future__ import annotations

import numpy as np

from xraydemo.phantom.points import Cloud, band, rods, shell, upright
from xraydemo.phantom.shoulders import shoulder
from xraydemo.phantom.spine import FIRST_THORACIC, VERTEBRAE, spine
from xraydemo.phantom.thorax import SQUARENESS, Body, Floats, Thorax, cage, spine_x

_DROP = np.array([36, 58, 82, 104, 120, 132, 138, 134, 120, 98, 62, 30], np.float32)
_END = np.array([140, 143, 146, 147, 147, 146, 143, 138, 128, 116, 96, 74], np.float32)  # degrees
_HIGH = np.array([5.0, 5.0, 5.2, 5.4, 5.6, 5.8, 5.9, 5.9, 5.8, 5.4, 4.6, 4.0], np.float32)


def skeleton(thorax: Thorax, step: float) -> Cloud:
    """Return all bones.

    Parameters
    ----------
    thorax : Thorax
    step : float
        Distance of the points, mm.

    Returns
    -------
    Cloud
        Volumes are of cortical bone of a young adult.
    """
    generator = np.random.default_rng([thorax.body.seed, 2])
    body, pose = thorax.body, thorax.pose
    clouds = [
        *_ribs(body, step, generator),
        spine(body, step, generator),
        _breastbone(step),
    ]
    for sign in (-1, 1):
        clouds += shoulder(pose, sign, 1.15 * step, generator)
    if body.age > 45:
        clouds += _calcified_cartilage(body, step, generator)
    whole = Cloud.joined(clouds)
    return Cloud(whole.at, whole.volume * np.float32(body.bone))


def rib_line(body: Body, number: int, sign: int) -> Floats:
    """Return the axis of a rib from back to front.

    Parameters
    ----------
    body : Body
    number : int
        0 to 11.
    sign : int
        -1 right, 1 left.

    Returns
    -------
    ndarray of float32, shape (K, 3)
    """
    angle = np.deg2rad(np.linspace(9, _END[number], 48, dtype=np.float32))
    share = (angle - angle[0]) / (np.deg2rad(150) - angle[0])
    head = VERTEBRAE[number + FIRST_THORACIC] + 3
    # away from the spine it first rises a little, and then falls all the way to the front
    y = (
        head
        + 7 * np.sin(np.clip(share * 6, 0, np.pi))
        - _DROP[number] * body.rib_slope * share**1.12
    )
    width, depth, middle = cage(y.astype(np.float32))
    tight = 1 if number else 0.92
    # heads of the upper ribs lie where the cage is narrower than their own arch
    width = np.maximum(width, 60) * tight + 4
    depth = np.maximum(depth, 36) * tight + 4
    x = sign * width * np.abs(np.sin(angle)) ** (2 / SQUARENESS)
    z = middle - depth * np.cos(angle)
    near = np.exp(-((share / 0.08) ** 2))
    z = z * (1 - near) + near * np.maximum(z, -74)
    x += spine_x(body, y.astype(np.float32)) * np.exp(-((share / 0.3) ** 2))
    return np.stack([x, y, z], axis=1).astype(np.float32)


def _ribs(body: Body, step: float, generator: np.random.Generator) -> list[Cloud]:
    clouds = []
    for number in range(12):
        for sign in (-1, 1):
            line = rib_line(body, number, sign)
            line[:, 1] += 1.2 * generator.normal()
            share = np.linspace(0, 1, len(line), dtype=np.float32)
            up = upright(line)
            high = _HIGH[number] * (0.80 + 0.3 * np.sin(np.pi * np.clip(share * 1.15, 0, 1)))
            # the wall is stout behind and thin in front, where cartilage begins
            wall = np.interp(share, [0, 0.1, 0.3, 0.5, 0.8, 1], [0.7, 1.5, 1.2, 0.4, 0.55, 0.2])
            thick = 3.4 if number else 2.4
            wall *= generator.normal(1, 0.05)
            clouds.append(shell(line, up, high, thick, 0.54 * wall, 1.2 * step))
            # the marrow's fine bone
            clouds.append(band(line, up, high, thick, 0.17 * wall, 1.3 * step))
    return clouds


def _breastbone(step: float) -> Cloud:
    y = np.linspace(84, -70, 12, dtype=np.float32)
    line = np.stack([np.zeros(12), y, np.interp(y, [-70, 40, 84], [88, 78, 64])], 1)
    wide = np.interp(y, [-70, 30, 48, 76, 84], [14, 12, 15, 27, 22]).astype(np.float32)
    up = np.tile(np.array([[1, 0, 0]], np.float32), (12, 1))
    return shell(line.astype(np.float32), up, wide, 4.5, 0.6, step)


def _calcified_cartilage(body: Body, step: float, generator: np.random.Generator) -> list[Cloud]:
    """Return the specks of lime in the cartilage of old people's ribs."""
    clouds = []
    much = (body.age - 45) / 45
    for number in range(7):
        for sign in (-1, 1):
            end = rib_line(body, number, sign)[-1]
            n = int(generator.poisson(26 * much * (2.2 if number == 0 else 1)))
            if not n:
                continue
            inner = np.array([sign * 16, end[1] + (10 + 4 * number) * (number > 0), end[2] + 12])
            share = generator.beta(1, 2.5, n)[:, None]
            at = end * (1 - share) + inner * share + generator.normal(0, 3.2, (n, 3))
            along = np.tile(np.array([[1.0, 0.3, 0.0]]), (n, 1))
            size = generator.uniform(0.5, 1.2, n)
            clouds.append(rods(at, along, 3 * size, size, 0.7, 0.7 * step))
    return clouds
