"""Part of an X-ray taken away: the lungs, all but the lungs, corners, letters, any area."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np

from xraydemo.radiograph.interventions.fill import filled
from xraydemo.radiograph.interventions.kind import (
    Cells,
    Choice,
    Kind,
    Number,
    Outline,
    Picture,
    Polygons,
)
from xraydemo.radiograph.interventions.letters import letters_of


def black_lungs(picture: Picture, lungs: Outline, *, margin: float, gray: float) -> Picture:
    """Cover the box around the lungs: an outline would still show their shape."""
    if not lungs.any():  # cut away, or lost in a picture of a few pixels
        return picture
    ends = []
    for axis, length in ((1, picture.shape[0]), (0, picture.shape[1])):
        line = np.asarray(lungs.any(axis=axis))
        covered = np.flatnonzero(line)
        low, high = covered[0] / len(line), (covered[-1] + 1) / len(line)
        extra = margin * (high - low)
        # rounded, so that what a float is off by doesn't cost a row
        first, last = round((low - extra) * length, 6), round((high + extra) * length, 6)
        ends.append((math.floor(first), math.ceil(last)))
    (top, bottom), (left, right) = ends
    changed = picture.copy()
    changed[max(top, 0) : bottom, max(left, 0) : right] = gray
    return changed


def only_lungs(picture: Picture, lungs: Outline, *, margin: float) -> Picture:
    """Black out all that is further from the lungs' outline than a margin."""
    height, width = picture.shape
    kept = lungs.astype(np.uint8)
    # widened on the outline's own grid, which is small; its cells needn't be square
    reach = margin * max(picture.shape)
    across = round(reach * kept.shape[1] / width)
    down = round(reach * kept.shape[0] / height)
    if across or down:
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * across + 1, 2 * down + 1))
        kept = np.asarray(cv2.dilate(kept, disc), np.uint8)
    smooth = cv2.resize(kept.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.where(np.asarray(smooth) >= 0.5, picture, np.float32(0))


def outer_ring(picture: Picture, *, share: float) -> Picture:
    """Black out the middle, so that only the outermost share of each side is left."""
    height, width = picture.shape
    down, across = round(share * height), round(share * width)
    changed = picture.copy()
    changed[down : height - down, across : width - across] = 0
    return changed


def half(picture: Picture, *, keep: str) -> Picture:
    """Black out the left or the right half; a middle column stays."""
    middle = picture.shape[1] // 2
    changed = picture.copy()
    if keep == "left":
        changed[:, picture.shape[1] - middle :] = 0
    else:
        changed[:, :middle] = 0
    return changed


def paint_corners(picture: Picture, *, size: float, fill: str) -> Picture:
    """Paint over the four corners, where markers, dates and collimator blades are."""
    height, width = picture.shape
    down, across = min(round(size * height), height // 2), min(round(size * width), width // 2)
    hole = np.zeros(picture.shape, bool)
    for rows in (slice(down), slice(height - down, None)):
        for columns in (slice(across), slice(width - across, None)):
            hole[rows, columns] = True
    return _painted(picture, hole, fill)


def paint_text(picture: Picture, *, fill: str) -> Picture:
    """Paint over bright letters and markers of the outer fifth."""
    return _painted(picture, letters_of(picture), fill)


def _painted(picture: Picture, hole: Outline, fill: str) -> Picture:
    if fill == "surroundings":
        return filled(picture, hole)
    return np.where(hole, np.float32(0), picture)


def box(
    picture: Picture, *, left: float, top: float, width: float, height: float, gray: float
) -> Picture:
    """Cover a box with a gray; what of it lies outside the picture is cut off."""
    rows, columns = picture.shape
    changed = picture.copy()
    down = slice(round(top * rows), round((top + height) * rows))
    across = slice(round(left * columns), round((left + width) * columns))
    changed[down, across] = gray
    return changed


def paint(
    picture: Picture, *, polygons: Sequence[Sequence[Sequence[float]]], gray: float
) -> Picture:
    """Cover any areas with a gray."""
    height, width = picture.shape
    changed = picture.copy()
    for polygon in polygons:  # one at a time: in one call, what two of them share stays bare
        corners = np.rint(np.array(polygon) * (width, height) - 0.5).astype(np.int32)
        cv2.fillPoly(changed, [corners], gray)
    return changed


def impute(
    picture: Picture, *, cells: Sequence[int], rows: int, columns: int, noise: float, seed: int
) -> Picture:
    """Replace cells of a grid by what their surroundings let expect, and a little noise.

    Noisy linear imputation as in ROAD [1]_: unlike black boxes, it doesn't show a network where
    something was removed. The linear system is solved at a reduced size (see `filled`).

    References
    ----------
    .. [1] Rong, Leemann, Borisov, Kasneci, Kasneci, A Consistent and Efficient Evaluation Strategy
       for Attribution Methods, ICML 2022.
    """
    if not cells:
        return picture
    removed = np.zeros(rows * columns, bool)
    removed[list(cells)] = True
    height, width = picture.shape
    down = np.arange(height) * rows // height
    across = np.arange(width) * columns // width
    hole = removed.reshape(rows, columns)[np.ix_(down, across)]
    changed = filled(picture, hole)
    if noise:
        grain = np.random.default_rng(seed).standard_normal(picture.shape, np.float32)
        changed += np.float32(noise) * grain * hole
        np.clip(changed, 0.0, 1.0, out=changed)
    return changed


def _cells_are_of_the_grid(settings: Mapping[str, Any]) -> None:
    rows, columns, cells = settings["rows"], settings["columns"], settings["cells"]
    if cells and cells[-1] >= rows * columns:
        raise ValueError(f"A grid of {rows} x {columns} has the cells 0 to {rows * columns - 1}")


_FILL = Choice(
    "surroundings",
    ("surroundings", "black"),
    "what it is painted over with",
    spoken={"surroundings": "their surroundings' grays"},
)

COVERING = (
    Kind(
        "black_lungs",
        "Covers the box around the lungs: whatever answer is left doesn't come from them.",
        {
            "margin": Number(0.0, 0.0, 1.0, "share", "added on each side, of the box's own side"),
            "gray": Number(0.0, 0.0, 1.0, "gray", "of the box"),
        },
        black_lungs,
        "the lungs covered by a {gray} box (margin {margin})",
        needs_lungs=True,
    ),
    Kind(
        "only_lungs",
        "Leaves the lungs and blacks out all else.",
        {"margin": Number(0.02, 0.0, 0.3, "share", "left around the outline, of the longest side")},
        only_lungs,
        "only the lungs left (margin {margin})",
        needs_lungs=True,
    ),
    Kind(
        "outer_ring",
        "Leaves only the edge of the X-ray, where no lung is.",
        {"share": Number(0.125, 0.0, 0.5, "share", "left on each side, of that side")},
        outer_ring,
        "only the outer {share} of each side left",
    ),
    Kind(
        "half",
        "Leaves one half of the picture and blacks out the other.",
        {"keep": Choice("left", ("left", "right"), "the half that stays, as seen")},
        half,
        "only the {keep} half of the picture left",
    ),
    Kind(
        "paint_corners",
        "Paints over the four corners, where markers and dates are.",
        {
            "size": Number(0.15, 0.0, 0.5, "share", "of each side"),
            "fill": _FILL,
        },
        paint_corners,
        "the four corners ({size} of each side) painted over with {fill}",
    ),
    Kind(
        "paint_text",
        "Finds bright letters and markers near the sides and paints over them.",
        {"fill": _FILL},
        paint_text,
        "bright letters and markers in the outer fifth painted over with {fill}",
    ),
    Kind(
        "box",
        "Covers a box that you place by its settings, without a mouse.",
        {
            "left": Number(0.35, 0.0, 1.0, "share", "its left side, of the width"),
            "top": Number(0.35, 0.0, 1.0, "share", "its upper side, of the height"),
            "width": Number(0.3, 0.02, 1.0, "share", "of the box, of the picture's width"),
            "height": Number(0.3, 0.02, 1.0, "share", "of the box, of the picture's height"),
            "gray": Number(0.0, 0.0, 1.0, "gray", "of the box"),
        },
        box,
        "a {gray} box {width} wide and {height} high, {left} from the left and {top} from the top",
    ),
    Kind(
        "paint",
        "Covers areas that you draw.",
        {
            "polygons": Polygons("corners [x, y], as shares of the width and the height"),
            "gray": Number(0.0, 0.0, 1.0, "gray", "of the paint"),
        },
        paint,
        "{polygons} painted {gray}",
    ),
    Kind(
        "impute",
        "Replaces cells of a grid by what their surroundings let expect, and a little noise.",
        {
            "cells": Cells("numbers of the cells, row after row from the top left"),
            "rows": Number(7, 1, 64, "", "of the grid", whole=True),
            "columns": Number(7, 1, 64, "", "of the grid", whole=True),
            "noise": Number(0.01, 0.0, 0.5, "share", "standard deviation, of black to white"),
            "seed": Number(0, 0, 2**31 - 1, "", "another seed, another noise", whole=True),
        },
        impute,
        "{cells} of {rows} x {columns} replaced from their surroundings (noise {noise}, seed "
        "{seed})",
        agree=_cells_are_of_the_grid,
    ),
)
