"""Electrodes and their cables, as they lie on the chests of those who are X-rayed in bed."""

from __future__ import annotations

import numpy as np

from xraydemo.phantom.points import Cloud, rod
from xraydemo.phantom.thorax import Thorax


def leads(thorax: Thorax, step: float) -> Cloud | None:
    """Return electrodes and cables, None where there are none.

    Parameters
    ----------
    thorax : Thorax
    step : float
        Distance of the points, mm.

    Returns
    -------
    Cloud or None
        Volumes of cortical bone that absorb as much.
    """
    if not thorax.pose.leads:
        return None
    generator = np.random.default_rng([thorax.body.seed, 6])
    clouds = []
    for sign, y in ((-1, 70), (1, 66), (1, -95))[: int(generator.integers(2, 4))]:
        at = np.array([sign * generator.uniform(80, 115), y + generator.normal(0, 12), 112])
        turn = np.linspace(0, 4 * np.pi, 40)[:, None]
        disc = at + np.linspace(1, 4.5, 40)[:, None] * np.hstack(
            [np.cos(turn), np.sin(turn), 0 * turn]
        )
        clouds.append(rod(disc.astype(np.float32), 0.9, 1.6, step))
        end = at + np.array([sign * generator.uniform(10, 60), -generator.uniform(120, 220), 0])
        bow = at + (end - at) * 0.4 + np.array([-sign * generator.uniform(20, 75), 0, 0])
        t = np.linspace(0, 1, 40)[:, None]
        line = at * (1 - t) ** 2 + 2 * bow * t * (1 - t) + end * t**2
        clouds.append(rod(line.astype(np.float32), 0.75, 1.9, step))
    return Cloud.joined(clouds)
