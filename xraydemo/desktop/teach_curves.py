"""Two curves as a training goes: inside and outside, each with its band of 95 %."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from xraydemo.desktop import style, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xraydemo.desktop.teach_work import Auc, Point

_TOP = 10.0
_LINES = 8  # of type, that it is high at least
_LOW, _HIGH, _STEP = 0.3, 1.0, 0.1
_GUESSING = 0.5
_BAND = 46  # of 255: how dense


class TeachCurves(QWidget):
    """Draws the points of a lesson, and names the ends of the lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.points: Sequence[Point] = ()
        self.setAccessibleName(text.TEACH_CURVES)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_points(self, points: Sequence[Point]) -> None:
        """Show other points, or more of them."""
        self.points = points
        last = points[-1] if points else None
        self.setAccessibleDescription(
            f"{_named(text.TEACH_INSIDE, last.inside)}; {_named(text.TEACH_OUTSIDE, last.outside)}"
            if last
            else text.TEACH_CURVES_EMPTY
        )
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a size at which the lines can be told apart; more is welcome."""
        return QSize(600, _LINES * self.fontMetrics().lineSpacing())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return no less height than that."""
        return QSize(300, self.sizeHint().height())

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw axes, bands, lines and their names."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            place = self._place()
            self._axes(painter, place)
            if not self.points:
                painter.setPen(QColor(style.DIM))
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text.TEACH_CURVES_EMPTY)
                return
            inside = [(point.share, point.inside) for point in self.points]
            outside = [(point.share, point.outside) for point in self.points]
            ends = [_down(place, side[-1][1].value) for side in (inside, outside)]
            names = _spread(ends, place, self.fontMetrics().height())
            for side, name, at, ink, line in (
                (outside, text.TEACH_OUTSIDE, names[1], style.INKS[2], Qt.PenStyle.DashLine),
                (inside, text.TEACH_INSIDE, names[0], style.INKS[1], Qt.PenStyle.SolidLine),
            ):
                _draw(painter, place, side, QColor(ink), line)
                end = QPointF(_across(place, side[-1][0]) + 8, at)
                painter.setPen(QColor(style.TEXT))
                painter.drawText(end, f"{name} {side[-1][1].value:.2f}")

    def _place(self) -> QRectF:
        """Give the place of the lines: numbers are left of it, names right of it and below."""
        metrics = self.fontMetrics()
        left = metrics.horizontalAdvance("0.0") + 16
        longest = max((text.TEACH_INSIDE, text.TEACH_OUTSIDE), key=metrics.horizontalAdvance)
        right = metrics.horizontalAdvance(f"{longest} 0.00") + 16
        return QRectF(self.rect()).adjusted(left, _TOP, -right, -metrics.height() - 6)

    def _axes(self, painter: QPainter, place: QRectF) -> None:
        line = self.fontMetrics().height()
        marks = round((_HIGH - _LOW) / _STEP)
        every = ceil(0.8 * line / (place.height() / marks))  # else the numbers lie on each other
        for i in range(0, marks + 1, every):
            value = _LOW + i * _STEP
            y = _down(place, value)
            is_guessing = abs(value - _GUESSING) < _STEP / 2
            style_of = Qt.PenStyle.DashLine if is_guessing else Qt.PenStyle.SolidLine
            painter.setPen(QPen(QColor(style.DIM if is_guessing else style.EDGE), 1, style_of))
            painter.drawLine(QPointF(place.left(), y), QPointF(place.right(), y))
            painter.setPen(QColor(style.DIM))
            box = QRectF(0, y - line / 2, place.left() - 8, line)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, int(right), f"{value:.1f}")
        below = QRectF(place.left(), place.bottom() + 4, place.width(), line)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, text.TEACH_BEGIN)
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, text.TEACH_END)
        under = QRectF(place.left(), _down(place, _GUESSING), place.width() - 6, line)
        painter.drawText(under, Qt.AlignmentFlag.AlignRight, text.TEACH_GUESSING)


def _draw(
    painter: QPainter,
    place: QRectF,
    side: Sequence[tuple[float, Auc]],
    ink: QColor,
    line: Qt.PenStyle,
) -> None:
    band = QColor(ink)
    band.setAlpha(_BAND)
    across = [_across(place, share) for share, _ in side]
    above = [QPointF(x, _down(place, auc.high)) for x, (_, auc) in zip(across, side, strict=True)]
    below = [QPointF(x, _down(place, auc.low)) for x, (_, auc) in zip(across, side, strict=True)]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(band)
    painter.drawPolygon(QPolygonF([*above, *reversed(below)]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(ink, 2.4, line))
    middle = [QPointF(x, _down(place, auc.value)) for x, (_, auc) in zip(across, side, strict=True)]
    painter.drawPolyline(QPolygonF(middle))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawEllipse(middle[-1], 4.0, 4.0)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _across(place: QRectF, share: float) -> float:
    return place.left() + share * place.width()


def _down(place: QRectF, value: float) -> float:
    share = (min(max(value, _LOW), _HIGH) - _LOW) / (_HIGH - _LOW)
    return place.bottom() - share * place.height()


def _spread(ends: Sequence[float], place: QRectF, line: float) -> list[float]:
    """Give the heights of two names, apart enough to be read."""
    inside, outside = (end + 5 for end in ends)
    lack = line + 1 - abs(inside - outside)
    if lack > 0:
        up = -1 if inside <= outside else 1
        inside, outside = inside + up * lack / 2, outside - up * lack / 2
    return [min(max(y, place.top() + 8), place.bottom()) for y in (inside, outside)]


def _named(name: str, side: Auc) -> str:
    return f"{name} {text.teach_estimate(side.value, side.low, side.high)}"
