"""The X-rays of galleries: small, as a reader sees them, with the heat map over them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.confounding.pairs import beside_cohort
from xraydemo.evaluation.figures import Exhibit
from xraydemo.evaluation.run import Run
from xraydemo.model.heatmap import colour, overlay
from xraydemo.model.lungs import LungFinder, has_lung_segmenter, load_lungs
from xraydemo.radiograph import Radiograph, read
from xraydemo.radiograph.interventions import KINDS, Intervention, apply_all
from xraydemo.report.words import without_place

Picture = NDArray[np.uint8] | str
"""Gray, shape (height, width), or why it can't be shown."""

WIDEST = 3  # times its height; what is wider is squeezed


def pictures_of(exhibit: Exhibit, run: Run, height: int, most: int) -> list[Picture]:
    """Give the X-rays of an exhibit, those of the run first.

    Parameters
    ----------
    exhibit : Exhibit
    run : Run
    height : int
        Pixels.
    most : int
        X-rays.

    Returns
    -------
    list of ndarray of uint8, shape (height, width), or str
        See `picture`.
    """
    rows = run.rows
    files = [(Path(str(rows["path"].iat[i])), str(rows["file"].iat[i])) for i in exhibit.positions]
    files += [(beside_cohort(run, file), file) for file in exhibit.beside]
    return [picture(path, file, height, exhibit.interventions) for path, file in files[:most]]


def picture(
    path: Path, name: str, height: int, interventions: tuple[Intervention, ...] = ()
) -> Picture:
    """Give a small X-ray as a reader sees it, or why it can't be shown.

    Parameters
    ----------
    path : Path
    name : str
        What the file is called where it can't be read.
    height : int
        Pixels.
    interventions : tuple of Intervention
        What is done to it first.

    Returns
    -------
    ndarray of uint8, shape (height, width), or str
    """
    try:
        radiograph = read(path)
        if interventions:
            radiograph = apply_all(radiograph, interventions, _lungs(radiograph, interventions))
        gray = (radiograph.presented() * 255).astype(np.uint8)
    except XrayDemoError as error:
        return f"can't be read: {without_place(error.message, path, name)}"
    tall, wide = gray.shape
    width = min(max(round(wide * height / tall), 1), WIDEST * height)
    return np.asarray(Image.fromarray(gray).resize((width, height), Image.Resampling.BILINEAR))


def with_heat_map(
    gray: NDArray[np.uint8], raw: NDArray[np.floating], scale: float
) -> NDArray[np.uint8]:
    """Lay a raw map over a small X-ray, on the scale of the bundle's card.

    Parameters
    ----------
    gray : ndarray of uint8, shape (h, w)
    raw : ndarray of float
        Of one class; see `xraydemo.model.heatmap`.
    scale : float
        The value that is drawn in full colour.

    Returns
    -------
    ndarray of uint8, shape (h, w, 3)
    """
    return overlay(gray, colour(raw, (gray.shape[0], gray.shape[1]), scale))


def _lungs(
    radiograph: Radiograph, interventions: tuple[Intervention, ...]
) -> NDArray[np.bool_] | None:
    """Outline the lungs as the engine did, if an intervention needs it and it was exported."""
    if not any(KINDS[one.kind].needs_lungs for one in interventions):
        return None
    finder = _lung_finder()
    return finder.outline(radiograph.presented()) if finder else None


@cache
def _lung_finder() -> LungFinder | None:
    if not has_lung_segmenter():
        return None
    lungs = load_lungs()
    return LungFinder(lungs) if lungs.exported.is_file() else None
