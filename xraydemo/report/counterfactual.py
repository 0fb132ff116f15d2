"""A figure of one counterfactual: an X-ray before and after, and what the model said to each."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure as Drawing
from numpy.typing import NDArray

from xraydemo.classes import CLASSES, DISCLAIMER, DISPLAY_NAMES
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.tell_result import percent
from xraydemo.model.reading import Reading
from xraydemo.report.atomic import replaced
from xraydemo.report.drawing import BAR, INK, class_colour

_ENDINGS = ("png", "svg", "pdf")


def write_counterfactual(
    path: Path,
    pictures: tuple[NDArray[np.uint8], NDArray[np.uint8]],
    readings: tuple[Reading, Reading],
    steps: Sequence[str],
) -> None:
    """Write the figure; a file that is there stays as it is until the new one is whole.

    Parameters
    ----------
    path : Path
        ``.png``, ``.svg`` or ``.pdf``.
    pictures : tuple of ndarray of uint8, shape (height, width)
        Before and after.
    readings : tuple of Reading
    steps : sequence of str
        What was done, in words.

    Raises
    ------
    XrayDemoError
        If the file can't be written, or its ending names no format.
    """
    ending = path.suffix.lstrip(".").lower()
    if ending not in _ENDINGS:
        message = f"The figure {path} can't be written: its ending names no format"
        raise XrayDemoError(message, "Choose a name ending in .png, .svg or .pdf")
    if not path.parent.is_dir():  # else it would be made: of a name that is wrongly typed
        message = f"The figure {path} can't be written: its folder isn't there"
        raise XrayDemoError(message, "Choose another place")
    with matplotlib.rc_context({"font.size": 8, "svg.fonttype": "none", "pdf.fonttype": 42}):
        drawing = Drawing(figsize=(6.7, 5.0), layout="constrained")
        FigureCanvasAgg(drawing)
        upper, lower = drawing.subplots(2, 2, height_ratios=(3, 1))
        done = "; ".join(steps) or "nothing"
        for axes, picture, words in zip(upper, pictures, ("as it is", done), strict=True):
            axes.imshow(picture, cmap="gray", vmin=0, vmax=255)
            axes.set_axis_off()
            axes.set_title(textwrap.fill(words, 36), size=8, loc="left")
        for axes, reading in zip(lower, readings, strict=True):
            shares = [reading.probability_of(class_id) for class_id in CLASSES]
            colours = [class_colour(c, 0) if c == reading.predicted else BAR for c in CLASSES]
            axes.barh(range(len(CLASSES)), shares, color=colours, height=0.6)
            axes.set_yticks(range(len(CLASSES)), [DISPLAY_NAMES[c] for c in CLASSES])
            axes.set_xlim(0, 1)
            axes.invert_yaxis()
            for place, (share, colour) in enumerate(zip(shares, colours, strict=True)):
                inside = share > 0.8  # beside a long bar there is no room
                at, side = (share - 0.02, "right") if inside else (share + 0.02, "left")
                ink = _ink_on(colour) if inside else INK
                axes.text(at, place, percent(share, 1), va="center", ha=side, size=7, color=ink)
        drawing.supxlabel(DISCLAIMER, size=6.5)
        with replaced(path) as new:
            drawing.savefig(new, format=ending, dpi=200)


def _ink_on(colour: str) -> str:
    """Give the ink that is read better on a colour."""
    red, green, blue = to_rgb(colour)
    return "white" if 0.21 * red + 0.72 * green + 0.07 * blue < 0.4 else INK
