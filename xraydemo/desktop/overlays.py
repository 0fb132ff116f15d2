"""What is laid over an X-ray besides the heat map: where it is unlike, and lungs. Knows no Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from xraydemo.desktop.text import UNLIKE_FROM, UNLIKE_FULL

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A colour that the heat map doesn't use; how much is told by how dense it is.
_COLOUR = (232, 92, 255)
_DENSEST = 0.7
_FINER = 4


def unlike_rgba(unlike: NDArray[np.floating], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Colour a map of where an X-ray is unlike, and stretch it.

    Parameters
    ----------
    unlike : ndarray of float, shape (h, w)
        About 1 is usual.
    shape : (int, int)
        Height and width of what it will lie on.

    Returns
    -------
    ndarray of uint8, shape (height, width, 4)
        RGBA, not premultiplied.
    """
    height, width = shape
    small = Image.fromarray(np.asarray(unlike, dtype=np.float32))
    smooth = np.asarray(small.resize((width, height), Image.Resampling.BILINEAR))
    alpha = np.clip((smooth - UNLIKE_FROM) / (UNLIKE_FULL - UNLIKE_FROM), 0, 1) * (255 * _DENSEST)
    rgba = np.empty((height, width, 4), np.uint8)
    rgba[..., :3] = _COLOUR
    rgba[..., 3] = alpha.round()
    return rgba


def outlines(mask: NDArray[np.bool_]) -> list[NDArray[Any]]:
    """Give the edges of a mask's parts.

    Parameters
    ----------
    mask : ndarray of bool, shape (h, w)

    Returns
    -------
    list of ndarray of float, shape (n, 2)
        Corners of each part as x and y, shares of the whole's width and height.
    """
    import cv2

    # a few times as fine, and smoothed: else the edge goes in steps of the network's pixels
    fine = cv2.resize(mask.astype(np.float32), None, fx=_FINER, fy=_FINER)
    smooth = (cv2.GaussianBlur(fine, (0, 0), _FINER) > 0.5).astype(np.uint8)
    edges, _ = cv2.findContours(smooth, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    size = np.array(smooth.shape[::-1], dtype=np.float64)
    return [(edge[:, 0] + 0.5) / size for edge in edges]
