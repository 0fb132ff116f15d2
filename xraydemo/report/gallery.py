"""Galleries on paper: X-rays in rows, each with its heat map beside it and a caption below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from reportlab.lib.units import mm
from reportlab.platypus import Flowable
from reportlab.platypus import Table as Grid

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.figures import Exhibit, Gallery
from xraydemo.evaluation.run import Run
from xraydemo.radiograph.interventions import Intervention
from xraydemo.report.pictures import Picture, pictures_of, with_heat_map
from xraydemo.report.placed import Jpeg, PlacedPicture
from xraydemo.report.typesetting import REGULAR, Sheet, cell, set_text, small_heading

COLUMNS = 3
SIDE_BY_SIDE = 2
TALL = 27 * mm
LEAST_OF_GALLERY = TALL + 30 * mm  # its title and first row, with long captions
PIXELS = 224  # a picture's height: about 210 to the inch
OUTSIDE = "an X-ray outside this run"
_LONGEST_CAPTION = 170


@dataclass
class Pictures:
    """Every picture of a report, each read once however often the text is set.

    Attributes
    ----------
    run : Run
    names : bool
        Whether files may be named.
    placed : list of PlacedPicture
        All that were put into the text so far.
    is_explained : bool
        Whether a gallery before has said how heat maps are to be read.
    """

    run: Run
    names: bool = False
    placed: list[PlacedPicture] = field(default_factory=list)
    is_explained: bool = False
    _of: dict[int, list[Jpeg | str]] = field(default_factory=dict)

    @cached_property
    def _maps(self) -> NDArray[np.float16]:
        return self.run.arrays.maps()

    def begin_anew(self) -> None:
        """Forget what was placed, not what was read."""
        self.placed.clear()
        self.is_explained = False

    def of(self, exhibit: Exhibit) -> list[Jpeg | str]:
        """Give an exhibit's X-rays, and the heat map of one that stands alone and unchanged.

        One that can't be shown is a text that says so.
        """
        if id(exhibit) not in self._of:
            self._of[id(exhibit)] = list(map(_compressed, self._read(exhibit)))
        return self._of[id(exhibit)]

    def place(self, picture: Jpeg, height: float) -> PlacedPicture:
        """Make room for a picture, so many points high."""
        one = PlacedPicture(f"Picture{len(self.placed)}", picture, height)
        self.placed.append(one)
        return one

    def name(self, position: int) -> str:
        """Name an X-ray: by its place in the run, or by its file where that is asked for."""
        file = str(self.run.rows["file"].iat[position])
        return file if self.names else f"X-ray {position}"

    def names_in(self, exhibit: Exhibit) -> str:
        """Name the X-rays that are shown of an exhibit, and count the others."""
        named = list(map(self.name, exhibit.positions[:SIDE_BY_SIDE]))
        named += exhibit.beside if self.names else [OUTSIDE] * len(exhibit.beside)
        more = exhibit.n_xrays - SIDE_BY_SIDE
        return ", ".join(named[:SIDE_BY_SIDE]) + (f" and {more} more" if more > 0 else "")

    def _read(self, exhibit: Exhibit) -> list[Picture]:
        shown = pictures_of(exhibit, self.run, PIXELS, SIDE_BY_SIDE)
        if not self.names:
            shown = ["this X-ray can't be read now" if isinstance(s, str) else s for s in shown]
        if has_heat_map(exhibit):
            (position,), (gray,) = exhibit.positions, shown
            predicted = int(self.run.predicted[position])
            if not isinstance(gray, str) and predicted >= 0:
                raw = self._maps[position, predicted].astype(np.float32)
                shown.append(with_heat_map(gray, raw, self.run.meta.card.heatmap_scale))
        return shown


def gallery(figure: Gallery, pictures: Pictures, sheet: Sheet, most: int) -> list[Flowable]:
    """Set a gallery.

    Parameters
    ----------
    figure : Gallery
    pictures : Pictures
    sheet : Sheet
    most : int
        Entries that are shown.
    """
    different = _without_copies(figure.exhibits, pictures.run)
    shown, of, n_different = different[:most], len(figure.exhibits), len(different)
    title = f"{figure.title} (the first {len(shown)} of {of})" if len(shown) < of else figure.title
    if not shown:
        return [*small_heading(title), set_text("There is none.", "dim")]
    width = sheet.width / COLUMNS
    cells = [_exhibit(exhibit, pictures, width) for exhibit in shown]
    cells += [[] for _ in range(-len(cells) % COLUMNS)]
    rows = [cells[i : i + COLUMNS] for i in range(0, len(cells), COLUMNS)]
    look = [
        ("FONT", (0, 0), (-1, -1), REGULAR),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 6),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    hangs = Grid(rows, colWidths=[width] * COLUMNS, style=look, hAlign="LEFT", spaceAfter=4)
    return [
        *small_heading(title, LEAST_OF_GALLERY),
        hangs,
        set_text(_legend(shown, pictures, copies=of - n_different), "caption"),
    ]


def _without_copies(exhibits: Sequence[Exhibit], run: Run) -> list[Exhibit]:
    """Leave out X-rays that hang alone and are, pixel for pixel, one that hangs before them."""
    pixels: list[str] = run.rows["pixel_sha256"].tolist()
    first: dict[tuple[str, tuple[Intervention, ...]], int] = {}

    def is_copy(exhibit: Exhibit) -> bool:
        if exhibit.n_xrays != 1 or exhibit.beside or not pixels[exhibit.positions[0]]:
            return False
        (position,) = exhibit.positions
        return first.setdefault((pixels[position], exhibit.interventions), position) != position

    return [exhibit for exhibit in exhibits if not is_copy(exhibit)]


def _exhibit(exhibit: Exhibit, pictures: Pictures, width: float) -> list[Flowable]:
    """Set X-rays side by side, as tall as they may be, with what they are below."""
    shown = pictures.of(exhibit)
    room = (width - 8) / max(len(shown), 1)
    frames: list[Flowable] = []
    for one in shown:
        if isinstance(one, str):
            frames.append(cell(one, "small"))
            continue
        frames.append(pictures.place(one, min(TALL, (room - 2) * one.height / one.width)))
    look = [
        ("FONT", (0, 0), (-1, -1), REGULAR),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2),
        ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
    ]
    widths = [frame.width + 3 if isinstance(frame, PlacedPicture) else room for frame in frames]
    side_by_side = Grid([frames], colWidths=widths, style=look, hAlign="LEFT")
    names = pictures.names_in(exhibit)
    if has_heat_map(exhibit) and len(shown) == 2:
        named = pictures.run.predicted[exhibit.positions[0]]
        names += f" (map for {DISPLAY_NAMES[CLASSES[named]]})"
    caption = exhibit.caption
    if len(caption) > _LONGEST_CAPTION:
        caption = f"{caption[:_LONGEST_CAPTION]} …"
    return [side_by_side, cell(f"{names}: {caption}", "small")]


def has_heat_map(exhibit: Exhibit) -> bool:
    """Tell whether a heat map stands beside: of an X-ray alone, as the model saw it."""
    return len(exhibit.positions) == exhibit.n_xrays == 1 and not exhibit.interventions


def _legend(shown: Sequence[Exhibit], pictures: Pictures, copies: int) -> str:
    """Say how to read it, for print in gray, too: at length below the first gallery alone."""
    said = "X-rays are numbered from 0, in the order of the cohort."
    said += f" Left out, since they are copies of others here: {copies}." if copies else ""
    if any(map(has_heat_map, shown)):
        if pictures.is_explained:
            return f"{said} Bright orange is evidence for the class that is named, blue against it."
        scale = pictures.run.meta.card.heatmap_scale
        said += (
            " The right one of a pair has the heat map of the class that the model names: bright "
            "orange is evidence for it, blue against it; on one scale for all, so that little "
            f"evidence looks little (full colour: {scale:g} logit a cell)."
        )
        pictures.is_explained = True
    return said


def _compressed(shown: Picture) -> Jpeg | str:
    return shown if isinstance(shown, str) else Jpeg.of(shown)
