"""Drawing figures for the screen, and finding what lies under the mouse. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xraydemo.desktop import text
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing
    from numpy.typing import NDArray

    from xraydemo.evaluation.figures import Bars, Figure, Gallery, Grid, Scatter, Slopes
    from xraydemo.evaluation.run import Run

ENDINGS = ("png", "svg", "pdf")
Box = tuple[float, float, float, float]

_PIXELS_PER_INCH = 110.0  # its letters of 8 points are then about as large as the window's
_DOTS_PER_INCH_OF_A_FILE = 200


@dataclass(frozen=True)
class Part:
    """A part of a drawn figure with the X-rays behind it: a cell, a bar, a point, an exhibit.

    Parameters
    ----------
    box : tuple of float
        Left, top, right, bottom as shares of the drawing's width and height; a point has no width.
    words : str
        What it is.
    positions : tuple of int
        In the run.
    """

    box: Box
    words: str
    positions: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Drawn:
    """A figure as it is shown.

    Parameters
    ----------
    picture : ndarray of uint8, shape (height, width, 4)
        RGBA, in device pixels.
    parts : tuple of Part
        Those with X-rays behind them, in reading order.
    """

    picture: NDArray[Any]
    parts: tuple[Part, ...]


def draw_figure(figure: Figure, run: Run, width: int, sharpness: float) -> Drawn:
    """Draw a figure as it is in the report.

    Parameters
    ----------
    figure : Figure
    run : Run
    width : int
        Pixels of the screen at most.
    sharpness : float
        Device pixels to one of those.
    """
    from xraydemo.report.drawing import draw

    drawing = draw(figure, run, width=inches_of(width))
    picture = picture_of(drawing, width, sharpness)
    return Drawn(picture, _parts(figure, run, drawing))


def inches_of(width: int) -> float:
    """Give the width in inches at which a figure's letters are about as large as the window's.

    Parameters
    ----------
    width : int
        Pixels of the screen.
    """
    return min(max(width / _PIXELS_PER_INCH, 4.6), 9.0)


def picture_of(drawing: Drawing, width: int, sharpness: float) -> NDArray[Any]:
    """Draw for the screen.

    Parameters
    ----------
    drawing : Drawing
        `inches_of` this width.
    width, sharpness
        See `draw_figure`.

    Returns
    -------
    ndarray of uint8, shape (height, width, 4)
        RGBA.
    """
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    drawing.set_dpi(min(_PIXELS_PER_INCH, width / drawing.get_figwidth()) * sharpness)
    canvas = FigureCanvasAgg(drawing)
    canvas.draw()  # type: ignore[no-untyped-call]
    return np.array(canvas.buffer_rgba())  # type: ignore[no-untyped-call]


def save_figure(figure: Figure, run: Run, path: Path) -> None:
    """Write a figure as PNG, SVG or PDF, by the ending of the name.

    Raises
    ------
    XrayDemoError
        If the file can't be written, or the ending is none of these.
    """
    from xraydemo.report.atomic import replaced
    from xraydemo.report.drawing import draw

    ending = path.suffix.lstrip(".").lower()
    if ending not in ENDINGS:
        raise XrayDemoError(text.FIGURE_ENDING.format(name=path.name), text.FIGURE_ENDING_HINT)
    drawing = draw(figure, run)
    with replaced(path) as new:
        drawing.savefig(new, format=ending, dpi=_DOTS_PER_INCH_OF_A_FILE)


def _parts(figure: Figure, run: Run, drawing: Drawing) -> tuple[Part, ...]:
    from xraydemo.evaluation.figures import Bars, Gallery, Grid, Scatter, Slopes

    match figure:
        case Bars():
            found = _bars(figure, drawing)
        case Grid():
            found = _cells(figure, drawing)
        case Slopes():
            found = _line_points(figure, drawing)
        case Scatter():
            found = _points(figure, run, drawing)
        case Gallery():
            found = _exhibits(figure, drawing)
        case _:
            found = []
    return tuple(part for part in found if part.positions)


def _bars(bars: Bars, drawing: Drawing) -> list[Part]:
    """Give each bar the whole of its row: its name and its number answer to the mouse, too."""
    from xraydemo.report.drawing import MOST_BARS
    from xraydemo.report.words import where_text

    axes, found = drawing.axes[0], []
    for place, (label, positions) in enumerate(
        zip(bars.labels[:MOST_BARS], bars.groups, strict=False)
    ):
        _, top, _, bottom = _shares(axes, drawing, (0, place - 0.5), (0, place + 0.5))
        found.append(Part((0.0, top, 1.0, bottom), where_text(label), positions))
    return found


def _cells(grid: Grid, drawing: Drawing) -> list[Part]:
    from xraydemo.report.drawing import MOST_CELLS
    from xraydemo.report.words import where_text

    axes, found = drawing.axes[0], []
    rows, columns = grid.row_labels[:MOST_CELLS], grid.column_labels[:MOST_CELLS]
    for i, (row, groups) in enumerate(zip(rows, grid.groups, strict=False)):
        for j, (column, positions) in enumerate(zip(columns, groups, strict=False)):
            box = _shares(axes, drawing, (j - 0.5, i - 0.5), (j + 0.5, i + 0.5))
            words = text.cell_name(
                grid.row_title, where_text(row), grid.column_title, where_text(column)
            )
            found.append(Part(box, words, positions))
    return found


def _line_points(slopes: Slopes, drawing: Drawing) -> list[Part]:
    """Let each point of a line answer for the whole of it."""
    import numpy as np
    from matplotlib.container import ErrorbarContainer

    from xraydemo.report.words import where_text

    axes, found = drawing.axes[0], []
    drawn = (one.lines[0] for one in axes.containers if isinstance(one, ErrorbarContainer))
    for label, positions, line in zip(slopes.labels, slopes.groups, drawn, strict=False):
        points = np.asarray(line.get_xydata())
        for x, y in points[~np.isnan(points).any(axis=1)]:
            box = _shares(axes, drawing, (x, y), (x, y))
            found.append(Part(box, where_text(label), positions))
    return found


def _points(scatter: Scatter, run: Run, drawing: Drawing) -> list[Part]:
    import numpy as np

    from xraydemo.classes import CLASSES
    from xraydemo.report.words import where_text

    axes, found = drawing.axes[0], []
    files, labels = run.rows["file"].tolist(), run.rows["label"].tolist()
    width, height = drawing.canvas.get_width_height(physical=True)
    for cloud in scatter.clouds:
        if not cloud.positions:
            continue
        places = axes.transData.transform(np.column_stack([cloud.x, cloud.y]))
        for (x, y), position in zip(places, cloud.positions, strict=True):
            right, down = float(x / width), float(1 - y / height)
            answer = CLASSES[run.predicted[position]] if run.was_read[position] else ""
            words = text.point_name(files[position], where_text(labels[position]), answer)
            found.append(Part((right, down, right, down), words, (position,)))
    return found


def _exhibits(gallery: Gallery, drawing: Drawing) -> list[Part]:
    found = []
    width, height = drawing.canvas.get_width_height(physical=True)
    for axes, exhibit in zip(drawing.axes, gallery.exhibits, strict=False):
        frame = axes.get_tightbbox()
        if frame is not None:
            box = (
                frame.x0 / width,
                1 - frame.y1 / height,
                frame.x1 / width,
                1 - frame.y0 / height,
            )
            found.append(Part(box, exhibit.caption, exhibit.positions))
    return found


def _shares(
    axes: Axes, drawing: Drawing, first: tuple[float, float], second: tuple[float, float]
) -> Box:
    """Give a rectangle of the axes' own numbers as shares of the drawing, from its top."""
    width, height = drawing.canvas.get_width_height(physical=True)
    (x0, y0), (x1, y1) = axes.transData.transform([first, second])
    left, right = sorted((float(x0 / width), float(x1 / width)))
    top, bottom = sorted((float(1 - y0 / height), float(1 - y1 / height)))
    return left, top, right, bottom
