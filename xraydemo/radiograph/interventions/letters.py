"""Where bright letters and markers stand."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from xraydemo.radiograph.interventions.kind import Outline, Picture
from xraydemo.radiograph.profile import OUTER, SIDE, STEP

STROKE = 13  # what is wider than this, of a longest side of 256, is no letter
RIM = 0.25  # of the step: so far a letter's blurred edge is painted, too
LONGEST = 0.25  # of the longest side; what is longer is bone, or the edge of the film
IN_RING = 0.9  # of it; what reaches further in is a rib or a tube
AROUND = 1  # pixels, painted with the letter


def letters_of(picture: Picture) -> Outline:
    """Find narrow things in the outer fifth that are a quarter brighter than all around them.

    What they stand above is the morphological opening. It finds gray letters, too, which
    `burned_in_text` of a profile misses; what that counts along the edges of large bright areas is
    left alone.

    Parameters
    ----------
    picture : ndarray of float32, shape (H, W)
        In [0, 1].

    Returns
    -------
    ndarray of bool, shape (H, W)
    """
    height, width = picture.shape
    share = min(SIDE / max(picture.shape), 1.0)
    size = (max(round(width * share), 1), max(round(height * share), 1))
    gray = np.rint(cv2.resize(picture, size, interpolation=cv2.INTER_AREA) * 255).astype(np.uint8)
    above = np.asarray(cv2.morphologyEx(gray, cv2.MORPH_TOPHAT, _square(STROKE)))
    rims = (above >= RIM * STEP).astype(np.uint8)
    n, parts, boxes, _ = cv2.connectedComponentsWithStats(rims, connectivity=8)
    ring = _ring(gray.shape)
    bright = np.bincount(parts[(above >= STEP) & ring], minlength=n)
    outside = np.bincount(parts[ring], minlength=n)
    extent = np.maximum(boxes[:, cv2.CC_STAT_WIDTH], boxes[:, cv2.CC_STAT_HEIGHT])
    letter = (bright > 0) & (extent <= LONGEST * max(gray.shape))
    letter &= outside >= IN_RING * boxes[:, cv2.CC_STAT_AREA]
    letter[0] = False  # what stands above nothing
    found = cv2.dilate(letter[parts].astype(np.uint8), _square(2 * AROUND + 1))
    whole = cv2.resize(found, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(whole) > 0


def _square(side: int) -> NDArray[np.uint8]:
    return np.ones((side, side), np.uint8)


def _ring(shape: tuple[int, ...]) -> Outline:
    height, width = shape
    down, across = max(int(height * OUTER), 1), max(int(width * OUTER), 1)
    ring = np.ones(shape, bool)
    ring[down : height - down, across : width - across] = False
    return ring
