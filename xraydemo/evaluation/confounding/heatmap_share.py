"""Numbers of heat maps: how much lies in the lungs or in boxes."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from xraydemo.evaluation.given import Box
from xraydemo.metrics.bootstrap import Estimate

FINE = 32  # pixels a cell, where a box or a point must be placed more exactly than by cells
BLOB = 0.25  # standard deviation of the centred blob, of the side

Maps = NDArray[np.floating]
Cells = NDArray[np.float32]


def cells_of_outlines(outlines: NDArray[np.bool_], side: int) -> Cells:
    """Give the share of each heat-map cell that an outline covers.

    Parameters
    ----------
    outlines : ndarray of bool, shape (n, h, w)
        Lying over the whole X-ray, as a heat map does.
    side : int
        Cells a side.

    Returns
    -------
    ndarray of float32, shape (n, side, side)
        In [0, 1].
    """
    cells = np.zeros((len(outlines), side, side), np.float32)
    for i, outline in enumerate(outlines):
        small = cv2.resize(outline.astype(np.float32), (side, side), interpolation=cv2.INTER_AREA)
        cells[i] = np.clip(small, 0.0, 1.0)
    return cells


def outline_of_boxes(boxes: Sequence[Box], side: int) -> NDArray[np.bool_]:
    """Draw boxes as one outline, shape (side, side); what two of them share counts once."""
    outline = np.zeros((side, side), bool)
    for left, top, width, height in boxes:
        rows = slice(round(top * side), round((top + height) * side))
        outline[rows, round(left * side) : round((left + width) * side)] = True
    return outline


def share_inside(maps: Maps, cells: Cells) -> NDArray[np.float64]:
    """Give the share of each map's positive evidence that lies inside.

    Parameters
    ----------
    maps : ndarray, shape (n, side, side)
        Raw and signed; what speaks against the class is left out.
    cells : ndarray, shape (n, side, side)
        Share of each cell that is inside.

    Returns
    -------
    ndarray of float64, shape (n,)
        In [0, 1]; NaN for a map that speaks for the class nowhere.
    """
    positive = np.maximum(maps.astype(np.float64), 0.0)
    total = positive.sum(axis=(1, 2))
    inside = (positive * cells).sum(axis=(1, 2))
    share = np.full(len(maps), np.nan)
    np.divide(inside, total, out=share, where=total > 0)
    return share


def strongest_point(one: Maps) -> tuple[float, float]:
    """Give where a map, shape (side, side), is strongest: x and y as shares of the picture.

    The map is stretched smoothly first, as it is when it is shown.
    """
    side = FINE * len(one)
    smooth = np.asarray(
        cv2.resize(one.astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
    )
    row, column = np.unravel_index(int(smooth.argmax()), smooth.shape)
    return (float(column) + 0.5) / side, (float(row) + 0.5) / side


def is_in_boxes(point: tuple[float, float], boxes: Sequence[Box]) -> bool:
    """Tell whether a point lies in any of the boxes: the pointing game [1]_.

    References
    ----------
    .. [1] Zhang, Bargal, Lin, Brandt, Shen & Sclaroff, Top-Down Neural Attention by Excitation
       Backprop, International Journal of Computer Vision 126, 2018.
    """
    x, y = point
    return any(
        left <= x <= left + width and top <= y <= top + height for left, top, width, height in boxes
    )


def centred_blob(side: int) -> Cells:
    """Give a map that is strongest in the middle, whatever the X-ray, shape (side, side)."""
    along = (np.arange(side) + 0.5) / side - 0.5
    bell = np.exp(-0.5 * (along / BLOB) ** 2)
    return np.outer(bell, bell).astype(np.float32)


def points_said(estimate: Estimate) -> str:
    """Give a difference of shares in percent points, in words."""
    low, high = 100 * estimate.low, 100 * estimate.high
    return f"{100 * estimate.value:+.1f} [{low:+.1f}, {high:+.1f}] points"
