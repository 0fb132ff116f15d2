"""A drawn figure that answers to the mouse and to the keys: what is behind a part of it opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from xraydemo.desktop import style, text

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent

    from xraydemo.desktop.figure_work import Drawn, Part
    from xraydemo.errors import XrayDemoError

_REACH = 7.0  # pixels from a point at which the mouse still means it
_EMPTY = QSize(420, 120)
_NEAR = 1e-6  # what two places are apart that are drawn at one
_WAYS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Down: (0, 1),
}
_OPENS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class FigureView(QWidget):
    """Shows a figure.

    Parameters
    ----------
    title : str
        Its name, for screen readers.
    """

    opened = Signal(object)
    """The `Part` that the reader wants to see the X-rays of."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._pixmap: QPixmap | None = None
        self._sentence = text.FIGURE_DRAWING
        self._parts: tuple[Part, ...] = ()
        self._boxes = np.zeros((0, 4))
        self._at: int | None = None
        self.setAccessibleName(title)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def has_picture(self) -> bool:
        """Whether the figure is there."""
        return self._pixmap is not None

    @property
    def at(self) -> Part | None:
        """The part under the mouse, or that the keys went to."""
        return None if self._at is None else self._parts[self._at]

    def show_drawn(self, drawn: Drawn, sharpness: float) -> None:
        """Show the figure; `sharpness` is device pixels to one of the screen's."""
        solid = np.ascontiguousarray(drawn.picture)
        height, width = solid.shape[:2]
        image = QImage(solid.data, width, height, solid.strides[0], QImage.Format.Format_RGBA8888)
        self._pixmap = QPixmap.fromImage(image.copy())
        self._pixmap.setDevicePixelRatio(sharpness)
        self._parts, self._at = drawn.parts, None
        size = QSize(round(width / sharpness), round(height / sharpness))
        sides = (size.width(), size.height(), size.width(), size.height())
        self._boxes = np.array([part.box for part in self._parts]).reshape(-1, 4) * sides
        self.setFixedSize(size)
        can = bool(self._parts)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if can else Qt.FocusPolicy.NoFocus)
        self.setAccessibleDescription(text.FIGURE_HELP if can else "")
        self.update()

    def say(self, problem: XrayDemoError) -> None:
        """Say why the figure can't be drawn."""
        self._sentence = f"{text.FIGURE_FAILED}: {problem}"
        self.update()

    def part_at(self, x: float, y: float) -> int | None:
        """Find the part at a place of the widget, or the nearest point within reach of it."""
        if not len(self._boxes):
            return None
        left, top, right, bottom = self._boxes.T
        across = np.maximum(np.maximum(left - x, x - right), 0.0)
        down = np.maximum(np.maximum(top - y, y - bottom), 0.0)
        far = np.hypot(across, down)
        nearest = int(far.argmin())
        reach = _REACH if right[nearest] == left[nearest] else 0.0
        return nearest if far[nearest] <= reach else None

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the room of a sentence; a drawn figure has its own size."""
        return _EMPTY

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the figure, and mark the part that is meant."""
        with QPainter(self) as painter:
            if self._pixmap is None:
                painter.setPen(QColor(style.WORDS_ON_PAPER))
                flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(self.rect(), int(flags), self._sentence)
                return
            painter.drawPixmap(0, 0, self._pixmap)
            if self._at is not None:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                left, top, right, bottom = self._boxes[self._at]
                # the light edge shows on what is as dark as the mark
                for colour, width in ((style.PAPER, 5), (style.ON_PAPER, 2)):
                    painter.setPen(QPen(QColor(colour), width))
                    if right == left:
                        painter.drawEllipse(QPointF(left, top), 7, 7)
                    else:
                        box = QRectF(left, top, right - left, bottom - top)
                        painter.drawRoundedRect(box.adjusted(2, 2, -2, -2), 3, 3)
            elif self.hasFocus():
                painter.setPen(QPen(QColor(style.ON_PAPER), 1, Qt.PenStyle.DotLine))
                painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Mark what is under the mouse and say what it is."""
        place = event.position()
        found = self.part_at(place.x(), place.y())
        if found != self._at:
            self._go_to(found)
            if found is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPosition().toPoint(), self._words(found), self)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Open what is under the mouse."""
        place = event.position()
        found = self.part_at(place.x(), place.y())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(self._parts[found])

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Mark nothing."""
        super().leaveEvent(event)
        self._go_to(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Mark nothing."""
        super().focusOutEvent(event)
        self._go_to(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Go from part to part, and open the one that is marked."""
        key = Qt.Key(event.key())
        to = self._leads_to(key)
        if to is not None:
            self._go_to(to)
            left, top = self._boxes[to][:2]
            corner = self.mapToGlobal(QPointF(left + 12, top + 12).toPoint())
            QToolTip.showText(corner, self._words(to), self)
        elif key in _OPENS and self._at is not None:
            self.opened.emit(self._parts[self._at])
        else:
            super().keyPressEvent(event)

    def _leads_to(self, key: Qt.Key) -> int | None:
        """Give the part that a key leads to, be it the same one; None if it isn't for that."""
        if not self._parts or key not in (*_WAYS, Qt.Key.Key_Home, Qt.Key.Key_End):
            return None
        if key == Qt.Key.Key_End:
            return len(self._parts) - 1
        if key == Qt.Key.Key_Home or self._at is None:
            return 0
        return self._next(self._at, *_WAYS[key])

    def _next(self, at: int, right: int, down: int) -> int:
        """Find the nearest part on a side; the same one where there is none.

        What lies more to another side doesn't count. Distances are those of a walk along both
        axes: so each step to the side where a part lies leads nearer to it, and no part is out of
        reach. A box is the measure of them: in a grid all that counts is how many cells away.
        What lies on a diagonal belongs to one of its two sides, else two parts could lead to one
        another for ever and never to the third.
        """
        middles = (self._boxes[:, :2] + self._boxes[:, 2:]) / 2
        size = self._boxes[at, 2:] - self._boxes[at, :2]
        across, below = ((middles - middles[at]) / np.where(size > 0, size, 1.0)).T
        ahead = across * right + below * down
        aside = below * right - across * down
        later = (np.arange(len(middles)) - at) * (right + down)
        # of those at the very same place, the later ones are to the right of the others and below
        same = (np.abs(ahead) < _NEAR) & (np.abs(aside) < _NEAR) & (later > 0)
        there = (ahead > _NEAR) & (aside < ahead - _NEAR) & (aside > -ahead - _NEAR) | same
        far = ahead + np.abs(aside) + _NEAR * np.abs(later)
        return int(np.where(there, far, np.inf).argmin()) if there.any() else at

    def _go_to(self, at: int | None) -> None:
        if at == self._at:
            return
        self._at = at
        shape = Qt.CursorShape.ArrowCursor if at is None else Qt.CursorShape.PointingHandCursor
        self.setCursor(shape)
        if at is not None:
            self.setAccessibleDescription(self._words(at))
        self.update()

    def _words(self, at: int) -> str:
        part = self._parts[at]
        return text.part_tip(part.words, len(part.positions))
