"""Shortcuts: what may give the label away without the lungs, planted with a known strength."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from xraydemo.phantom.projection import Image
from xraydemo.phantom.render import Phantom
from xraydemo.phantom.scanners import WHITE, frame, stamp

Shortcut = Literal["year", "scanner", "marker", "border", "view", "age", "jpeg"]
SHORTCUTS: tuple[Shortcut, ...] = ("year", "scanner", "marker", "border", "view", "age", "jpeg")
TAGGED: tuple[Shortcut, ...] = ("year", "scanner", "view", "age")  # which have a tag to plant
MARKER = "PORTABLE"
JPEG_QUALITY = 20
BAR = 0.055  # width of the border, of the picture's


def planted(
    follows: NDArray[np.bool_], strength: float, base: float, generator: np.random.Generator
) -> NDArray[np.bool_]:
    """Draw a shortcut's presence.

    With probability `strength` it follows the label, else it is drawn independently. Its share of
    all is then the same at any strength, if `base` is the share of those that it follows, and its
    correlation (phi) with the label is the strength.

    Parameters
    ----------
    follows : ndarray of bool, shape (N,)
        Whether the label is the one that it follows.
    strength : float
        0 to 1.
    base : float
        Probability of the independent draw, 0 to 1.
    generator : numpy.random.Generator

    Returns
    -------
    ndarray of bool, shape (N,)

    Raises
    ------
    ValueError
        If `strength` or `base` is not in [0, 1].
    """
    if not (0 <= strength <= 1 and 0 <= base <= 1):
        raise ValueError(f"strength and base are in [0, 1], not {strength} and {base}")
    obeys = generator.random(len(follows)) < strength
    alone = generator.random(len(follows)) < base
    return np.where(obeys, follows, alone)


def with_traces(phantom: Phantom, *, marker: bool, border: bool, jpeg: bool) -> Phantom:
    """Put the traces of the shortcuts that are no property of thorax or device on a picture.

    Parameters
    ----------
    phantom : Phantom
        Not changed.
    marker : bool
        The word PORTABLE, burned in.
    border : bool
        A black border on all four sides.
    jpeg : bool
        What a JPEG file of quality 20 leaves of it.

    Returns
    -------
    Phantom
        The same where there is nothing to put.
    """
    if not (marker or border or jpeg):
        return phantom
    gray = traced(phantom.pixels / np.float32(WHITE), marker=marker, border=border, jpeg=jpeg)
    traces = {"marker": marker, "border": border, "jpeg": jpeg}
    return replace(
        phantom,
        pixels=np.rint(gray * WHITE).astype(np.uint16),
        parameters={**phantom.parameters, "traces": traces},
    )


def traced(gray: Image, *, marker: bool, border: bool, jpeg: bool) -> Image:
    """Put traces on grays in [0, 1], which may be changed; see `with_traces`."""
    if marker:
        stamp(gray, MARKER, (0.5, 0.035), 0.026)
    if border:
        frame(gray, (BAR, BAR, BAR, BAR))
    return _through_jpeg(gray) if jpeg else gray


def _through_jpeg(gray: Image) -> Image:
    stored = io.BytesIO()
    eight_bits = np.rint(gray * 255).astype(np.uint8)
    PillowImage.fromarray(eight_bits).save(stored, "JPEG", quality=JPEG_QUALITY)
    with PillowImage.open(stored) as back:
        return np.asarray(back, np.float32) / 255
