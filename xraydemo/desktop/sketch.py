"""Small pictures of figures, without a word: what a card shows of what stands behind it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from xraydemo.desktop import style

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from xraydemo.evaluation.figures import Bars, Curves, Figure, Gallery, Grid, Scatter, Slopes

_MOST_BARS, _MOST_CELLS, _MOST_POINTS = 10, 12, 600
_GAP = 3.0


def sketch(painter: QPainter, place: QRectF, figure: Figure, thumbnails: NDArray[np.uint8]) -> None:
    """Paint a figure small.

    Parameters
    ----------
    painter : QPainter
    place : QRectF
        Where.
    figure : Figure
    thumbnails : ndarray of uint8, shape (n, side, side)
        Of the run's X-rays, for galleries.
    """
    from xraydemo.evaluation.figures import Bars, Curves, Gallery, Grid, Scatter, Slopes

    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setClipRect(place)
    match figure:
        case Bars():
            _bars(painter, place, figure)
        case Grid():
            _grid(painter, place, figure)
        case Curves():
            _curves(painter, place, figure)
        case Slopes():
            _slopes(painter, place, figure)
        case Scatter():
            _scatter(painter, place, figure)
        case Gallery():
            _gallery(painter, place, figure, thumbnails)
    painter.restore()


def _bars(painter: QPainter, place: QRectF, bars: Bars) -> None:
    values = bars.values[:_MOST_BARS]
    low, high = _range([*values, *bars.lines.values()], zero=True)
    step = place.height() / max(len(values), 3)
    for i, value in enumerate(values):
        if math.isfinite(value):
            left, right = sorted((_across(place, 0.0, low, high), _across(place, value, low, high)))
            top = place.top() + i * step
            box = QRectF(left, top, max(right - left, 1.0), min(step * 0.68, 9.0))
            painter.fillRect(box, QColor(style.BAR))
    painter.setPen(QPen(QColor(style.TEXT), 1, Qt.PenStyle.DashLine))
    for line in bars.lines.values():
        if math.isfinite(line):
            x = _across(place, line, low, high)
            painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()))


def _grid(painter: QPainter, place: QRectF, grid: Grid) -> None:
    rows = [row[:_MOST_CELLS] for row in grid.values[:_MOST_CELLS]]
    low, high = _range([value for row in rows for value in row], zero=True)
    columns = max((len(row) for row in rows), default=1)
    height = place.height() / max(len(rows), 1)
    width = min(place.width() / max(columns, 1), 2.2 * height)
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            share = (value - low) / (high - low) if math.isfinite(value) else 0.0
            colour = QColor(style.FOCUS)
            colour.setAlphaF(0.06 + 0.9 * share)
            box = QRectF(
                place.left() + j * width, place.top() + i * height, width - 1.5, height - 1.5
            )
            painter.fillRect(box, colour)


def _curves(painter: QPainter, place: QRectF, curves: Curves) -> None:
    xs = _range([x for line in curves.lines for x in line.x])
    ys = _range([y for line in curves.lines for y in line.y])
    painter.setPen(QPen(QColor(style.EDGE), 1))
    if curves.diagonal:
        xs = ys = (0.0, 1.0)
        painter.drawLine(place.bottomLeft(), place.topRight())
    _frame(painter, place)
    for line, ink in zip(curves.lines, _inks(), strict=False):
        painter.setPen(QPen(QColor(ink), 1.4))
        _polyline(painter, place, line.x, line.y, xs, ys)


def _slopes(painter: QPainter, place: QRectF, slopes: Slopes) -> None:
    stages = tuple(float(i) for i in range(len(slopes.stages)))
    xs = (0.0, max(len(stages) - 1.0, 1.0))
    ys = _range([v for values in slopes.values for v in values])
    _frame(painter, place)
    for values, ink in zip(slopes.values, _inks(), strict=False):
        painter.setPen(QPen(QColor(ink), 1.4))
        _polyline(painter, place, stages, values, xs, ys)


def _scatter(painter: QPainter, place: QRectF, scatter: Scatter) -> None:
    xs = _range([x for cloud in scatter.clouds for x in cloud.x])
    ys = _range([y for cloud in scatter.clouds for y in cloud.y])
    painter.setPen(Qt.PenStyle.NoPen)
    for cloud, ink in zip(
        sorted(scatter.clouds, key=lambda c: not c.background), _inks(), strict=False
    ):
        colour = QColor(style.EDGE if cloud.background else ink)
        painter.setBrush(colour)
        every = max(len(cloud.x) // _MOST_POINTS, 1)
        for x, y in zip(cloud.x[::every], cloud.y[::every], strict=True):
            point = QPointF(_across(place, x, *xs), _down(place, y, *ys))
            painter.drawEllipse(point, 1.1, 1.1)


def _gallery(
    painter: QPainter, place: QRectF, gallery: Gallery, thumbnails: NDArray[np.uint8]
) -> None:
    side = place.height()
    left = place.left()
    positions = [i for exhibit in gallery.exhibits for i in exhibit.positions]
    for position in dict.fromkeys(positions):
        if left + side > place.right() or position >= len(thumbnails):
            break
        solid = np.ascontiguousarray(thumbnails[position])
        height, width = solid.shape
        image = QImage(solid.data, width, height, width, QImage.Format.Format_Grayscale8)
        painter.drawImage(QRectF(left, place.top(), side, side), image)
        left += side + _GAP


def _polyline(
    painter: QPainter,
    place: QRectF,
    x: Sequence[float],
    y: Sequence[float],
    xs: tuple[float, float],
    ys: tuple[float, float],
) -> None:
    points = [
        QPointF(_across(place, a, *xs), _down(place, b, *ys))
        for a, b in zip(x, y, strict=False)
        if math.isfinite(a) and math.isfinite(b)
    ]
    painter.drawPolyline(QPolygonF(points))


def _frame(painter: QPainter, place: QRectF) -> None:
    painter.setPen(QPen(QColor(style.EDGE), 1))
    painter.drawLine(place.topLeft(), place.bottomLeft())
    painter.drawLine(place.bottomLeft(), place.bottomRight())


def _range(values: Iterable[float], *, zero: bool = False) -> tuple[float, float]:
    known = [value for value in values if math.isfinite(value)] + [0.0] * zero
    low, high = min(known, default=0.0), max(known, default=1.0)
    return (low, high) if high > low else (low, low + 1.0)


def _across(place: QRectF, value: float, low: float, high: float) -> float:
    return place.left() + place.width() * (value - low) / (high - low)


def _down(place: QRectF, value: float, low: float, high: float) -> float:
    return place.bottom() - place.height() * (value - low) / (high - low)


def _inks() -> list[str]:
    return [*style.INKS] * 8
