"""Draws the figures of checks with matplotlib: calm, readable in print, in gray and colour-blind.

matplotlib is slow to load: import this module only where something is drawn.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from io import BytesIO
from itertools import cycle
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure as Drawing
from numpy.typing import NDArray

from xraydemo.classes import CLASSES
from xraydemo.evaluation.figures import (
    Bars,
    Curves,
    Exhibit,
    Figure,
    Gallery,
    Grid,
    Line,
    Scatter,
    Slopes,
)
from xraydemo.evaluation.run import Run
from xraydemo.report.fonts import FAMILY, drawable
from xraydemo.report.pictures import pictures_of
from xraydemo.report.words import alike, digits_of, interval_text, where_text

CLASS_COLOURS = {
    "normal": "#0072B2",
    "covid": "#D55E00",
    "pneumonia": "#CC79A7",
    "opacity": "#E69F00",
}
"""Of Okabe and Ito's colours, which colour-blind readers tell apart; dark to light, for gray."""

OTHER_COLOURS = ("#333333", "#56B4E9", "#009E73", "#8C6D31", "#7A8691", "#B79F00")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P")
BAR, INK, PALE = "#7A8691", "#222222", "#DDE2E6"

MOST_BARS = 30
MOST_CELLS = 40
MOST_EXHIBITS = 12
MOST_SIDE_BY_SIDE = 3
LONGEST_NAME = 24
TALLEST = 8.5  # inches: what fits a page

STYLE: Any = {
    "font.family": FAMILY,
    "font.size": 8.0,
    "figure.titlesize": 9.0,
    "figure.titleweight": "bold",
    "axes.edgecolor": "#888888",
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "text.parse_math": False,  # a dollar sign in a file name is no formula
    "pdf.fonttype": 42,  # TrueType, embedded, so that text can be searched and copied
}
_PICTURE_HEIGHT = 240  # pixels
_GAP = 10


def draw(figure: Figure, run: Run, *, width: float = 6.7, most: int = MOST_CELLS) -> Drawing:
    """Draw a figure.

    Parameters
    ----------
    figure : Figure
    run : Run
        Where a gallery finds its X-rays; one that can't be read is a frame with the reason.
    width : float
        Inches; the height follows from what is drawn, and is at most 8.5.
    most : int
        Bars, or rows of cells; more than `MOST_BARS` and `MOST_CELLS` there never are.

    Returns
    -------
    matplotlib.figure.Figure
    """
    with matplotlib.rc_context(STYLE):
        match figure:
            case Bars():
                return _draw_bars(figure, width, min(most, MOST_BARS))
            case Curves():
                return _draw_curves(figure, width)
            case Grid():
                return _draw_grid(figure, width, min(most, MOST_CELLS))
            case Slopes():
                return _draw_slopes(figure, width)
            case Scatter():
                return _draw_scatter(figure, width)
            case Gallery():
                return _draw_gallery(figure, run, width)


class Album:
    """Drawings as one PDF, a page each: they share their fonts, whose embedding is what costs."""

    def __init__(self) -> None:
        self._buffer = BytesIO()
        self._pages = PdfPages(
            self._buffer, metadata={"CreationDate": None, "Producer": None, "Creator": None}
        )
        self._n = 0

    def add(self, drawing: Drawing) -> int:
        """Add a drawing, and give the number of its page, from 0."""
        with matplotlib.rc_context(STYLE):
            self._pages.savefig(drawing, dpi=200)  # type: ignore[no-untyped-call]
        self._n += 1
        return self._n - 1

    def close(self) -> bytes:
        """Give the PDF, vectors with their fonts, the same bytes each time; "" without a page."""
        with matplotlib.rc_context(STYLE):
            self._pages.close()  # type: ignore[no-untyped-call]
        return self._buffer.getvalue()


def class_colour(name: str, place: int) -> str:
    """Give a class's own colour, to anything else the one of its place."""
    return CLASS_COLOURS.get(name, OTHER_COLOURS[place % len(OTHER_COLOURS)])


def _draw_bars(bars: Bars, width: float, most: int) -> Drawing:
    n = min(len(bars.labels), most)
    values = np.array(bars.values[:n], float)
    lows, highs = np.array(bars.lows[:n], float), np.array(bars.highs[:n], float)
    places, names = np.arange(n), _labels(bars.labels[:n], 46)
    row = 0.28 if any("\n" in name for name in names) else 0.22
    drawing, axes = _empty(width, 0.95 + row * max(n, 1) + 0.2 * bool(bars.lines))
    colours = [CLASS_COLOURS.get(label, BAR) for label in bars.labels[:n]]
    axes.barh(places, np.nan_to_num(values), height=0.62, color=colours, zorder=2)

    sure = np.isfinite(values) & np.isfinite(lows) & np.isfinite(highs)
    reach = np.stack([values - lows, highs - values])[:, sure].clip(min=0)
    axes.errorbar(
        values[sure], places[sure], xerr=reach, fmt="none", ecolor=INK, elinewidth=1, capsize=2.5
    )
    for dash, (name, line) in zip(cycle(DASHES[1:]), bars.lines.items(), strict=False):
        axes.axvline(line, color=INK, linewidth=0.9, linestyle=dash, label=_name(name), zorder=3)
    if bars.lines:
        drawing.legend(loc="outside lower center", ncols=4)

    axes.set_yticks(places, names)
    axes.set_ylim(max(n, 1) - 0.4, -0.6)
    axes.set_xlim(*_range_of(values, lows, highs, np.array(list(bars.lines.values()), float)))
    axes.set_xlabel(drawable(bars.unit))
    digits = digits_of(*values, *lows, *highs)
    for place, value in enumerate(alike(values.tolist(), digits=digits)):
        words = f"{value} {interval_text(lows[place], highs[place], digits=digits)}".strip()
        axes.text(1.01, place, words, transform=axes.get_yaxis_transform(), va="center", size=7)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=PALE, linewidth=0.6, zorder=0)
    if not n:
        _say_empty(axes)
    _set_title(drawing, bars.title, shown=n, of=len(bars.labels))
    return drawing


def _draw_curves(curves: Curves, width: float) -> Drawing:
    drawing, axes = _empty(min(width, 4.9) if curves.diagonal else width, 3.0)
    if curves.diagonal:
        axes.plot([0, 1], [0, 1], color="#999999", linewidth=0.8, zorder=1)
    for place, line in enumerate(curves.lines):
        _draw_line(axes, line, place, marked=curves.points)
    if curves.diagonal:
        axes.set_box_aspect(1)
    if curves.lines:
        drawing.legend(loc="outside right center")
    axes.set_xlabel(drawable(curves.x_label))
    axes.set_ylabel(drawable(curves.y_label))
    axes.grid(color=PALE, linewidth=0.6, zorder=0)
    if not curves.lines:
        _say_empty(axes)
    _set_title(drawing, curves.title)
    return drawing


def _draw_line(axes: Axes, line: Line, place: int, *, marked: bool) -> None:
    style = CLASSES.index(line.name) if line.name in CLASSES else place
    colour = class_colour(line.name, place)
    if line.low and line.high:
        axes.fill_between(line.x, line.low, line.high, color=colour, alpha=0.15, linewidth=0)
    axes.plot(
        line.x,
        line.y,
        color=colour,
        linewidth=1.4,
        linestyle=DASHES[style % len(DASHES)],
        marker=MARKERS[style % len(MARKERS)] if marked else None,
        markersize=3.5,
        label=_name(_short(where_text(line.name), 36)),
        zorder=2,
    )


def _draw_grid(grid: Grid, width: float, most: int) -> Drawing:
    rows = grid.row_labels[:most]
    columns = grid.column_labels[:MOST_CELLS]
    values = np.full((max(len(rows), 1), max(len(columns), 1)), np.nan)
    for i, row in enumerate(grid.values[: len(rows)]):
        values[i, : len(columns)] = row[: len(columns)]
    row_names = _labels(rows, 34)
    reach = max((len(line) for name in row_names for line in name.split("\n")), default=0)
    width = min(width, 1.2 + 0.066 * reach + 0.8 * values.shape[1])  # 0.066 inches a letter
    longest = max((len(where_text(label)) for label in columns), default=0)
    turned = 0.066 * longest * len(columns) > width - 0.6 - 0.066 * reach
    size = 8.0 if len(columns) <= 8 else 6.5 if len(columns) <= 16 else 4.5
    line = 0.27 if len(values) <= 8 or any("\n" in name for name in row_names) else 0.21
    height = 1.0 + line * len(values) + (0.06 * min(longest, 24) if turned else 0)
    drawing, axes = _empty(width, height)
    shades = matplotlib.colormaps["Blues"].with_extremes(bad="#F2F2F2")
    top = float(np.nanmax(values, initial=0.0, where=np.isfinite(values))) or 1.0
    axes.imshow(values, cmap=shades, vmin=min(0.0, float(_least(values))), vmax=top, aspect="auto")
    for place, words in enumerate(alike(values.ravel().tolist(), fewest=True)):
        i, j = divmod(place, values.shape[1])
        ink = "white" if values[i, j] > 0.55 * top else INK
        axes.text(j, i, words, ha="center", va="center", color=ink, size=size)
    names = [_short(where_text(label), 24) for label in columns]
    turn: dict[str, Any] = (
        {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if turned else {}
    )
    axes.set_xticks(range(len(names)), names, **turn)
    axes.set_yticks(range(len(rows)), row_names)
    axes.set_xlabel(drawable(grid.column_title))
    axes.set_ylabel(drawable(grid.row_title))
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    shown, of = len(rows), len(grid.row_labels)
    if len(columns) < len(grid.column_labels):
        shown, of = len(columns), len(grid.column_labels)
    _set_title(drawing, grid.title, shown=shown, of=of)
    return drawing


def _draw_slopes(slopes: Slopes, width: float) -> Drawing:
    drawing, axes = _empty(width, 3.2)
    stages = np.arange(len(slopes.stages))
    entries = zip(slopes.labels, slopes.values, slopes.lows, slopes.highs, strict=True)
    for place, (label, *numbers) in enumerate(entries):
        values, lows, highs = (np.array(row, float) for row in numbers)
        apart = 0.03 * (place - (len(slopes.labels) - 1) / 2)  # intervals side by side
        colour = class_colour(label, place)
        axes.errorbar(
            stages + apart,
            values,
            yerr=np.stack([values - lows, highs - values]).clip(min=0),
            color=colour,
            linestyle=DASHES[place % len(DASHES)],
            marker=MARKERS[place % len(MARKERS)],
            markersize=4,
            linewidth=1.4,
            elinewidth=0.8,
            capsize=2,
            label=_name(_short(where_text(label), 36)),
            zorder=2,
        )
    for name, line in slopes.lines.items():
        axes.axhline(line, color=INK, linewidth=0.9, linestyle=DASHES[1], label=_name(name))
    if slopes.labels:
        drawing.legend(loc="outside right center")
    else:
        _say_empty(axes)
    axes.set_xticks(stages, [_wrapped(stage, 18, lines=3) for stage in slopes.stages])
    axes.set_xlim(-0.3, max(len(stages), 1) - 0.7)
    axes.set_ylabel(drawable(slopes.unit))
    axes.grid(axis="y", color=PALE, linewidth=0.6, zorder=0)
    _set_title(drawing, slopes.title)
    return drawing


def _draw_scatter(scatter: Scatter, width: float) -> Drawing:
    drawing, axes = _empty(width, 4.2)
    for place, cloud in enumerate(sorted(scatter.clouds, key=lambda c: not c.background)):
        style = CLASSES.index(cloud.name) if cloud.name in CLASSES else place
        colour = "#D5D5D5" if cloud.background else class_colour(cloud.name, place)
        is_hollow = cloud.name in CLASSES[1::2]  # which shows in gray print
        axes.scatter(
            cloud.x,
            cloud.y,
            s=5 if cloud.background else 11,
            facecolors="none" if is_hollow else colour,
            edgecolors=colour,
            marker=MARKERS[style % len(MARKERS)],
            linewidths=0.7 if is_hollow else 0,
            alpha=0.8,
            label=_name(_short(where_text(cloud.name), 36)),
            zorder=1 if cloud.background else 2,
            rasterized=True,  # thousands of vectors would make a heavy report
        )
    if scatter.clouds:
        drawing.legend(loc="outside right center", markerscale=1.6)
    else:
        _say_empty(axes)
    axes.set_xlabel(drawable(scatter.x_label))
    axes.set_ylabel(drawable(scatter.y_label))
    axes.grid(color=PALE, linewidth=0.6, zorder=0)
    _set_title(drawing, scatter.title)
    return drawing


def _draw_gallery(gallery: Gallery, run: Run, width: float) -> Drawing:
    shown = gallery.exhibits[:MOST_EXHIBITS]
    widest = max((min(exhibit.n_xrays, MOST_SIDE_BY_SIDE) for exhibit in shown), default=1)
    columns = 4 if widest <= 1 else 2
    n_rows = max(math.ceil(len(shown) / columns), 1)
    height = min(0.3 + (2.1 if columns == 4 else 1.7) * n_rows, TALLEST)
    drawing = Drawing(figsize=(width, height), layout="constrained")
    cells = drawing.subplots(n_rows, columns, squeeze=False).ravel()
    for cell in cells[len(shown) :]:
        cell.set_axis_off()
    if not shown:
        _say_empty(cells[0])
    for cell, exhibit in zip(cells, shown, strict=False):
        _hang(cell, exhibit, run, letters=int(width / columns * 15))
    _set_title(drawing, gallery.title, shown=len(shown), of=len(gallery.exhibits))
    return drawing


def _hang(cell: Axes, exhibit: Exhibit, run: Run, letters: int) -> None:
    """Put an exhibit's X-rays side by side into a cell, with the caption below."""
    side, left = _PICTURE_HEIGHT, 0
    for shown in pictures_of(exhibit, run, side, MOST_SIDE_BY_SIDE):
        if isinstance(shown, str):
            right = left + side
            cell.fill_between((left, right), 0, side, color="#EEEEEE", edgecolor=BAR, linewidth=0.5)
            words = _wrapped(shown, 19, lines=9)
            cell.text((left + right) / 2, side / 2, words, ha="center", va="center", size=5.5)
        else:
            right = left + shown.shape[1]
            extent = (left, right, side, 0)
            cell.imshow(shown, cmap="gray", vmin=0, vmax=255, extent=extent, interpolation="none")
        left = right + _GAP
    cell.set_xlim(0, max(left - _GAP, 1))
    cell.set_ylim(side, 0)
    cell.set_aspect("equal")
    cell.set_xticks([])
    cell.set_yticks([])
    cell.spines[:].set_visible(False)
    more = exhibit.n_xrays - MOST_SIDE_BY_SIDE
    caption = exhibit.caption + (f" (and {more} more)" if more > 0 else "")
    files = [*(str(run.rows["file"].iat[i]) for i in exhibit.positions), *exhibit.beside]
    names = map(_short_name, files[:MOST_SIDE_BY_SIDE])
    below = (_wrapped(", ".join(names), letters, lines=2), _wrapped(caption, letters, lines=4))
    cell.set_xlabel("\n".join(below), size=6.5, labelpad=2)


def _short_name(file: str) -> str:
    """Give a file's name by which it can be looked up, shortened in the middle."""
    name = file.rpartition("/")[2]
    return name if len(name) <= LONGEST_NAME else f"{name[:12]}…{name[-11:]}"


def _empty(width: float, height: float) -> tuple[Drawing, Axes]:
    drawing = Drawing(figsize=(width, min(height, TALLEST)), layout="constrained")
    return drawing, drawing.subplots()


def _say_empty(axes: Axes) -> None:
    axes.set_axis_off()
    axes.text(0.5, 0.5, "nothing to show", transform=axes.transAxes, ha="center", va="center")


def _set_title(drawing: Drawing, title: str, *, shown: int = 0, of: int = 0) -> None:
    title += f" (the first {shown} of {of})" if shown < of else ""
    letters = int(drawing.get_figwidth() * 13)
    drawing.suptitle(_wrapped(title, letters, lines=3), x=0.005, ha="left")


def _wrapped(text: str, letters: int, *, lines: int) -> str:
    return "\n".join(
        textwrap.wrap(drawable(text), letters, max_lines=lines, placeholder=" …") or [""]
    )


def _labels(names: Sequence[str], letters: int) -> list[str]:
    """Give names for an axis: in two lines where one is not enough, then shortened."""
    short = [_short(where_text(name), 2 * letters - 8) for name in names]
    return [_wrapped(name, letters, lines=2) for name in short]


def _short(text: str, letters: int) -> str:
    """Shorten a name in its middle: beginnings and ends tell files apart."""
    text = drawable(text)
    half = (letters - 1) // 2
    return text if len(text) <= letters else f"{text[:half]}…{text[-half:]}"


def _name(text: str) -> str:
    """Give a name for a legend; matplotlib hides those that begin with an underscore."""
    return drawable(text).lstrip("_") or "–"


def _range_of(*numbers: NDArray[np.float64]) -> tuple[float, float]:
    """Give a range of an axis that starts at zero or below and shows all numbers."""
    every = np.concatenate(numbers)
    every = every[np.isfinite(every)]
    low, high = min(0.0, every.min(initial=0.0)), max(0.0, every.max(initial=0.0))
    room = 0.05 * (high - low) or 1.0
    return low - room * (low < 0), high + room


def _least(values: NDArray[np.float64]) -> np.float64:
    return np.nanmin(values, initial=0.0, where=np.isfinite(values))
