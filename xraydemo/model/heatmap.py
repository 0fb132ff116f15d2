"""Drawing a raw heat map: signed, on one scale for every X-ray, transparent where nothing is.

A map that is scaled to its own maximum makes "no evidence" look like evidence; so the scale comes
from the bundle's card and a weak map looks weak.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# Orange against blue: told apart by the common kinds of colour blindness, on gray X-rays too.
FOR = np.array([[255, 120, 0], [255, 235, 90]], dtype=np.float32)  # weak, strong evidence for
AGAINST = np.array([[30, 90, 255], [120, 220, 255]], dtype=np.float32)  # ... against
EXPLAINS_NOTHING = 0.5  # likeness to the maps of shuffled weights, above which it is hidden
_STEPS = 1000  # from no evidence to full colour
STRONGEST_ALPHA = 0.75  # the X-ray stays visible below


def colour(
    raw: NDArray[np.floating], shape: tuple[int, int], scale: float, opacity: float = 1.0
) -> NDArray[np.uint8]:
    """Colour a raw map and stretch it over an image.

    Parameters
    ----------
    raw : ndarray of float, shape (h, w)
        One class's raw Grad-CAM, in logit per cell.
    shape : (int, int)
        Height and width of the image that it will lie on.
    scale : float
        The value that gets the full colour, in logit per cell.
    opacity : float
        In [0, 1], multiplies the alpha.

    Returns
    -------
    ndarray of uint8, shape (height, width, 4)
        RGBA, not premultiplied.
    """
    height, width = shape
    image = Image.fromarray(np.asarray(raw, dtype=np.float32))
    smooth = np.asarray(image.resize((width, height), Image.Resampling.BICUBIC))
    return _rgba(smooth / scale, opacity)


def colour_bar(height: int) -> NDArray[np.uint8]:
    """Give the colours from ``+scale`` (top) to ``-scale`` (bottom): RGBA, shape (height, 1, 4)."""
    return _rgba(np.linspace(1.0, -1.0, height)[:, None], 1.0)


def overlay(gray: NDArray[np.uint8], rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Lay a coloured map over a gray image of the same height and width: RGB."""
    alpha = rgba[..., 3:].astype(np.float32) / 255
    blended = gray[..., None] * (1 - alpha) + rgba[..., :3] * alpha
    return np.asarray(blended.round(), dtype=np.uint8)


def has_evidence(raw: NDArray[np.floating], scale: float) -> bool:
    """Tell whether any cell speaks for the class, by at least a twentieth of the scale."""
    return bool(np.max(raw) > scale / 20)


def _rgba(relative: NDArray[np.floating], opacity: float) -> NDArray[np.uint8]:
    """Look the colours up in a table: to compute those of each pixel takes ten times as long."""
    strength = np.linspace(0.0, 1.0, _STEPS + 1)[:, None]
    alpha = strength * (255 * STRONGEST_ALPHA * opacity)
    weak_first = [
        np.hstack([ends[0] + (ends[1] - ends[0]) * strength, alpha]) for ends in (AGAINST, FOR)
    ]
    table = np.vstack([weak_first[0][:0:-1], weak_first[1]]).round().astype(np.uint8)
    steps = np.rint(np.clip(relative, -1.0, 1.0) * _STEPS).astype(np.int16) + _STEPS
    # as whole pixels: four bytes at a time
    pixels = np.take(table.view(np.uint32)[:, 0], steps)
    rgba: NDArray[np.uint8] = pixels.view(np.uint8).reshape(*relative.shape, 4)
    return rgba
