"""Clavicle, shoulder blade and upper arm."""

from __future__ import annotations

import numpy as np

from xraydemo.phantom.points import Cloud, ball, band, bezier, ellipse, rod, shell, upright
from xraydemo.phantom.thorax import Floats, Pose


def shoulder(pose: Pose, sign: int, step: float, generator: np.random.Generator) -> list[Cloud]:
    """Return the bones of one shoulder.

    Parameters
    ----------
    pose : Pose
    sign : int
        -1 right, 1 left.
    step : float
        Distance of the points, mm.
    generator : numpy.random.Generator

    Returns
    -------
    list of Cloud
        Volumes of cortical bone.
    """
    rise = 3 * generator.normal() + 6 * (pose.view == "AP") - 4 * pose.shoulders
    drop = 2 * generator.normal() - 5 * pose.shoulders
    return [
        *_clavicle(rise, 4 * pose.shoulders, sign, step),
        *_blade(34 * pose.shoulders, drop, sign, step, generator),
        *_arm(pose, drop, sign, step),
    ]


def _clavicle(rise: float, out: float, sign: int, step: float) -> list[Cloud]:
    corners = [
        [17, 88, 70],
        [60, 85 + rise, 100],
        [104, 122 + rise, 10],
        [164 + out, 112 + rise, 4],
    ]
    line = bezier([np.array(corner) for corner in corners], sign)
    share = np.linspace(0, 1, len(line))
    radius = np.interp(share, [0, 0.05, 0.14, 0.5, 0.85, 0.95, 1], [5, 8, 6.3, 5.4, 6.5, 7, 3])
    solid = np.interp(share, [0, 0.06, 0.5, 0.9, 1], [0.5, 1, 1, 0.8, 0.3])
    up = upright(line)
    return [
        shell(line, up, radius, radius, 0.9 * solid, step),
        band(line, up, radius, radius, 0.42 * solid, step),
    ]


def _blade(
    turn: float, drop: float, sign: int, step: float, generator: np.random.Generator
) -> list[Cloud]:
    """Return a shoulder blade that is turned out of the lung by some mm."""
    superior = np.array([82 + 0.6 * turn, 88 + drop, -78])
    inferior = np.array([106 + turn, -42 + drop, -84 + 0.3 * turn])
    glenoid = np.array([160 + 0.2 * turn, 82 + drop, -32 + 0.3 * turn])
    acromion = np.array([172 + 0.2 * turn, 108 + drop, -22])
    coracoid = glenoid + np.array([-14, 22, 20])
    clouds = [_plate(superior, inferior, glenoid, sign, step, generator)]
    for begin, end, wide, wall in (
        (superior, inferior, 1.6, 0.35),
        (inferior, glenoid, 3.4, 0.5),
        (superior, glenoid, 1.6, 0.3),
        (0.72 * superior + 0.28 * inferior, acromion, 3.4, 0.6),
        (glenoid, coracoid, 4.0, 0.8),
    ):
        bow = np.array([0, -4, 0])
        line = bezier([begin, (2 * begin + end) / 3 + bow, (begin + 2 * end) / 3 + bow, end], sign)
        clouds.append(shell(line, upright(line), wide, 0.7 * wide, wall, step))
    rim = ellipse(glenoid * [sign, 1, 1], np.array([5.0, 0, 0]), np.array([0, 16.0, 0]))
    return [*clouds, rod(rim, 1.5, 0.7, step)]


def _plate(
    superior: Floats,
    inferior: Floats,
    glenoid: Floats,
    sign: int,
    step: float,
    generator: np.random.Generator,
) -> Cloud:
    """Return the thin triangle between the borders of a shoulder blade."""
    area = float(np.linalg.norm(np.cross(inferior - superior, glenoid - superior))) / 2
    n = int(area / (0.5 * step) ** 2)
    # a sequence of low discrepancy (Roberts' R2) leaves neither clumps nor rows
    a, b = (generator.random(2)[:, None] + np.arange(n) * [[0.7548776662], [0.5698402910]]) % 1
    a, b = np.where(a + b > 1, 1 - a, a), np.where(a + b > 1, 1 - b, b)
    at = superior + a[:, None] * (inferior - superior) + b[:, None] * (glenoid - superior)
    at[:, 2] -= 26 * a * b + 8 * b * (1 - a - b)
    thickness = 1.5 + 1.5 * b
    return Cloud((at * [sign, 1, 1]).astype(np.float32), (thickness * area / n).astype(np.float32))


def _arm(pose: Pose, drop: float, sign: int, step: float) -> list[Cloud]:
    angle = np.deg2rad(pose.arms)
    head = np.array([180 + 3.4 * pose.shoulders, 86 + drop, -26])
    elbow = head + 440 * np.array([np.sin(angle), -np.cos(angle), 0.05])
    line = bezier([head, 0.9 * head + 0.1 * elbow, (head + elbow) / 2, elbow], sign)
    share = np.linspace(0, 1, len(line))
    radius = np.interp(share, [0, 0.06, 0.11, 0.2, 0.35, 1], [19, 21, 17, 12.5, 11, 11])
    wall = np.interp(share, [0, 0.12, 0.3, 1], [0.8, 1.2, 3.2, 3.6])
    clouds = [shell(line, upright(line, (1, 0, 0)), radius, radius, wall, step)]
    clouds.append(ball(head * [sign, 1, 1], 21.0, 0.6, step))
    return clouds
