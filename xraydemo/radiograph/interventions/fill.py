"""Fill a hole of a picture from what stands around it."""

from __future__ import annotations

import cv2
import numpy as np

from xraydemo.radiograph.interventions.kind import Outline, Picture

WORK_SIDE = 112  # of the picture on which the system is solved: a fill has no detail
SWEEPS = 20  # on each size
RADIUS = np.float32(0.99)  # what Chebyshev's method takes for the largest eigenvalue of a sweep

# of the eight neighbours: a sixth for those that share a side, a twelfth for the others
_WEIGHTS = np.array([[1, 2, 1], [2, 0, 2], [1, 2, 1]], np.float32) / 12


def filled(picture: Picture, hole: Outline) -> Picture:
    """Make each pixel of the hole the weighted mean of its neighbours.

    The linear system of ROAD [1]_, solved on a picture whose longest side is 112, from coarse to
    fine by Jacobi's method with Chebyshev's acceleration [2]_.

    Parameters
    ----------
    picture : ndarray of float32, shape (H, W)
        In [0, 1].
    hole : ndarray of bool, shape (H, W)

    Returns
    -------
    ndarray of float32, shape (H, W)
        A new one. Outside the hole it is the picture; what was in the hole has no influence. Where
        all is hole it is of one gray, 0.5.

    References
    ----------
    .. [1] Rong, Leemann, Borisov, Kasneci, Kasneci, A Consistent and Efficient Evaluation Strategy
       for Attribution Methods, ICML 2022.
    .. [2] Golub, Varga, Chebyshev Semi-iterative Methods, Successive Overrelaxation Iterative
       Methods, and Second Order Richardson Iterative Methods, Numerische Mathematik 3, 1961.
    """
    if not hole.any():
        return picture.copy()
    height, width = picture.shape
    known = (~hole).astype(np.float32)
    values = picture * known
    share = min(WORK_SIDE / max(picture.shape), 1.0)
    size = (max(round(width * share), 1), max(round(height * share), 1))
    solved = _solve(_smaller(values, size), _smaller(known, size))
    whole = cv2.resize(solved, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.where(hole, np.clip(np.asarray(whole, np.float32), 0.0, 1.0), picture)


def _solve(values: Picture, known: Picture) -> Picture:
    """Fill what isn't known; `values` are summed and weighed by `known`."""
    hole = known <= 0
    mean = np.divide(values, known, out=np.zeros_like(values), where=~hole)
    if not hole.any():
        return mean
    height, width = values.shape
    if height == width == 1:
        return np.full_like(mean, 0.5)
    half = ((width + 1) // 2, (height + 1) // 2)
    coarse = _solve(_smaller(values, half), _smaller(known, half))
    start = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    solved: Picture = np.where(hole, np.asarray(start, np.float32), mean)
    # at the sides there are fewer neighbours
    total = cv2.filter2D(np.ones_like(mean), -1, _WEIGHTS, borderType=cv2.BORDER_CONSTANT)
    share = np.where(hole, 1 / np.asarray(total, np.float32), np.float32(0))
    outside = np.where(hole, np.float32(0), mean)

    def sweep(old: Picture) -> Picture:
        around = cv2.filter2D(old, -1, _WEIGHTS, borderType=cv2.BORDER_CONSTANT)
        around *= share
        around += outside
        return np.asarray(around, np.float32)

    before, now, pace = solved, sweep(solved), np.float32(2)
    for _ in range(SWEEPS):
        pace = 1 / (1 - RADIUS**2 * pace / 4)
        before, now = now, before + pace * (sweep(now) - before)
    return now


def _smaller(picture: Picture, size: tuple[int, int]) -> Picture:
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)
