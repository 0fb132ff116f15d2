"""The body's outline, and what fills it beside bones and lungs: fat, muscle, breasts and gas."""

from __future__ import annotations

import numpy as np
from scipy import fft, ndimage

from xraydemo.phantom.projection import Image
from xraydemo.phantom.thorax import Floats, Thorax, cage, domes


def body_thickness(thorax: Thorax, x: Floats, y: Floats) -> Image:
    """Return the body's thickness from front to back, in mm.

    Parameters
    ----------
    thorax : Thorax
    x, y : ndarray, shape (W,), (H,)
        Millimetres of an adult of mean size.

    Returns
    -------
    ndarray of float32, shape (H, W)
    """
    body, pose = thorax.body, thorax.pose
    generator = np.random.default_rng([body.seed, 1])
    fat = 1 + 0.55 * (body.build + 0.4)
    wide = np.abs(x)[None]
    high = y[:, None]

    wall = np.interp(y, [-260, -150, -60, 20, 90, 140], [52, 50, 47, 54, 70, 60]) * (
        0.7 + 0.3 * fat
    )
    half_width = cage(y)[0] + wall + np.interp(y, [-260, -120], [10, 0]) * max(fat - 1, 0)
    half_depth = np.interp(y, [-260, -120, -40, 40, 90, 125, 160], [104, 108, 106, 98, 91, 82, 68])
    half_depth = half_depth + 16 * (fat - 1)
    inward = np.clip(wide / np.maximum(half_width, 30)[:, None], 0, 1) ** 2.6
    trunk = 2 * half_depth[:, None] * np.sqrt(1 - inward) * np.clip((165 - high) / 45, 0, 1) ** 0.5

    slope = 96 + 6 * generator.normal() + 10 * (pose.view == "AP") + 6 * pose.shoulders
    roof = np.interp(
        np.abs(x), [40, 58, 80, 120, 160, 190, 212], [230, 172, 148, 132, 122, slope + 6, 62]
    )
    roof = ndimage.gaussian_filter1d(roof, 10 / float(x[1] - x[0]))[None]
    below = np.clip((roof - high) / (62 + 6 * fat), 0, 1)
    end = np.clip((246 - wide) / 60, 0, 1)
    reach = np.clip((high - np.interp(wide, [130, 215], [-30, 35])) / 80, 0, 1)
    shoulders = 2 * (52 + 8 * fat) * np.sqrt(1 - (1 - below) ** 2) * np.sqrt(end) * np.sqrt(reach)

    neck = 2 * (56 + 5 * fat) * np.sqrt(np.clip(1 - (wide / (54 + 6 * fat)) ** 2, 0, 1))
    neck = neck * np.clip((high - 70) / 60, 0, 1)
    arms = _arms(x, y, 43 + 9 * fat, np.deg2rad(pose.arms))
    parts = np.stack([trunk, shoulders, neck, arms]).astype(np.float32)
    union = ((parts / 100) ** 5).sum(0) ** 0.2 * 100
    union += _breasts(thorax, x, y, generator)
    soft_edged: Image = ndimage.gaussian_filter(union.astype(np.float32), 3.0 / float(x[1] - x[0]))
    return soft_edged


def _arms(x: Floats, y: Floats, radius: float, angle: float) -> Image:
    """Return the thickness of both upper arms: tapering cylinders from the shoulder joints."""
    total = np.zeros((len(y), len(x)), np.float32)
    for sign in (-1, 1):
        dx, dy = (sign * x - 184)[None], (y - 84)[:, None]
        along = np.clip(dx * np.sin(angle) - dy * np.cos(angle), 0, 440)
        off2 = (dx - along * np.sin(angle)) ** 2 + (dy + along * np.cos(angle)) ** 2
        thick = 2 * np.sqrt(np.clip((radius - 0.03 * along) ** 2 - off2, 0, None))
        np.maximum(total, thick, out=total)
    return total


def _breasts(thorax: Thorax, x: Floats, y: Floats, generator: np.random.Generator) -> Image:
    """Return the thickness of the breasts (of pectoral muscle and fat in men)."""
    body = thorax.body
    total = np.zeros((len(y), len(x)), np.float32)
    for sign in (-1, 1):
        if body.sex == "F":
            drop = -70 - 16 * body.breast - 0.25 * max(body.age - 40, 0) + 4 * generator.normal()
            at_x, radius, most = 84.0 + 8 * body.breast, 62 + 14 * body.breast, 46 * body.breast
            if thorax.pose.view == "AP":  # lying, they spread
                at_x, most = at_x + 12, 0.8 * most
        else:
            drop, at_x, radius, most = (
                -20 + 4 * generator.normal(),
                82.0,
                74.0,
                13.0 + 3 * body.build,
            )
        dx = ((sign * x - at_x) / radius)[None]
        dy = ((y - drop) / radius)[:, None]
        # above they run out flat, below they end in a fold
        dy = np.where(dy > 0, dy * 0.62, dy)
        inside = np.clip(1 - dx**2 - dy**2, 0, 1)
        fold = np.where(dy < 0, inside**0.75, inside)
        total += most * fold
    return total


def gas_thickness(thorax: Thorax, x: Floats, y: Floats) -> Image:
    """Return the gas of stomach and bowel below the left dome, in mm.

    Parameters
    ----------
    thorax : Thorax
    x, y : ndarray, shape (W,), (H,)
        Millimetres of an adult of mean size.

    Returns
    -------
    ndarray of float32, shape (H, W)
    """
    generator = np.random.default_rng([thorax.body.seed, 5])
    top = domes(thorax)[1] - 10
    total = np.zeros((len(y), len(x)), np.float32)
    # upright, the stomach's bubble has a level below it; lying, it is round
    upright = thorax.pose.view == "PA"
    wide = 1.5 * thorax.pose.gas
    high = (0.55 if upright else 0.9) * thorax.pose.gas
    middle = 62 + 10 * generator.normal()
    if thorax.pose.gas > 6:
        bubble = _bubble(x - middle, y - top + high, wide, high, generator)
        level = np.clip((y - top + 1.25 * high) / 5, 0, 1)[:, None] if upright else 1.0
        total += bubble * level
    for _ in range(generator.poisson(2.5)):
        size = generator.uniform(6, 15)
        at_x = generator.choice([-1, 1], p=[0.25, 0.75]) * generator.uniform(20, 105)
        at_y = top - generator.uniform(35, 95)
        total += _bubble(x - at_x, y - at_y, 1.3 * size, 0.8 * size, generator)
    return total


def _bubble(
    dx: Floats, dy: Floats, wide: float, high: float, generator: np.random.Generator
) -> Image:
    """Return the thickness of a bubble with a bumpy outline."""
    phase = generator.uniform(0, 2 * np.pi, 4)
    total = np.zeros((len(dy), len(dx)), np.float32)
    rows, columns = np.flatnonzero(np.abs(dy) < 1.3 * high), np.flatnonzero(np.abs(dx) < 1.3 * wide)
    if not len(rows) or not len(columns):
        return total
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    over, up = dx[part[1]][None] / wide, dy[part[0]][:, None] / high
    angle = np.arctan2(up, over)
    outline = 1 + 0.05 * sum(np.cos(n * angle + p) for n, p in zip(range(2, 6), phase, strict=True))
    inside = np.clip(1 - (over**2 + up**2) / outline**2, 0, 1)
    total[part] = 1.5 * min(wide, high, 24) * np.sqrt(inside)
    return total


def texture(n: int, pixel: float, finest: float, coarsest: float, slope: float, seed: int) -> Image:
    """Return a texture whose spectrum falls with a power of frequency.

    Parameters
    ----------
    n : int
        Pixels of a side.
    pixel : float
        Size of a pixel, mm.
    finest, coarsest : float
        Wavelengths between which it has structure, mm.
    slope : float
        The amplitude falls as frequency to this power.
    seed : int

    Returns
    -------
    ndarray of float32, shape (n, n)
        Mean 0, deviation 1.
    """
    white = np.random.default_rng(seed).standard_normal((n, n), np.float32)
    down = fft.fftfreq(n, pixel)[:, None].astype(np.float32)
    over = fft.rfftfreq(n, pixel)[None].astype(np.float32)
    frequency = np.hypot(down, over)
    band = (frequency > 1 / coarsest) * np.exp(-((frequency * finest) ** 2))
    shape = band * np.maximum(frequency, 1e-6) ** -slope
    shape[0, 0] = 0
    result: Image = fft.irfft2(fft.rfft2(white) * shape, (n, n)).astype(np.float32)
    result /= result.std()
    return result
