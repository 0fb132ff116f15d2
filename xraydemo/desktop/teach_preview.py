"""Some X-rays in a row, with what the dial plants on them: with COVID-19, and others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from xraydemo.classes import DISPLAY_NAMES
from xraydemo.desktop import style, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xraydemo.desktop.teach_work import Shown

_SIDE, _GAP = 104, 8


class TeachPreview(QWidget):
    """Draws X-rays beside each other, and writes below each what is told of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(text.TEACH_PREVIEW)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.xrays: Sequence[Shown] = ()
        self._images: list[QImage] = []

    def show_xrays(self, xrays: Sequence[Shown]) -> None:
        """Show others."""
        self.xrays = xrays
        self._images = []
        for one in xrays:
            solid = one.picture.copy()
            height, width = solid.shape
            gray = QImage.Format.Format_Grayscale8
            self._images.append(QImage(solid.data, width, height, width, gray).copy())
        words = [f"{DISPLAY_NAMES[one.label]}, {one.told}" for one in xrays]
        self.setAccessibleDescription("; ".join(words) or text.TEACH_PREVIEW_EMPTY)
        self.setToolTip("\n".join(words))  # below the X-rays they may be cut
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a size at which eight are side by side."""
        return QSize(8 * (_SIDE + _GAP), _SIDE + 2 * self.fontMetrics().lineSpacing() + 6)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw them."""
        with QPainter(self) as painter:
            if not self._images:
                painter.setPen(QColor(style.DIM))
                painter.drawText(
                    self.rect(), Qt.AlignmentFlag.AlignCenter, text.TEACH_PREVIEW_EMPTY
                )
                return
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            step = self.width() / max(len(self._images), 8)
            side = min(_SIDE, step - _GAP)
            line = self.fontMetrics().lineSpacing()
            for i, (image, one) in enumerate(zip(self._images, self.xrays, strict=True)):
                painter.drawImage(QRectF(i * step, 0, side, side), image)
                for row, (words, ink) in enumerate(
                    ((DISPLAY_NAMES[one.label], style.TEXT), (one.told, style.DIM))
                ):
                    short = self.fontMetrics().elidedText(
                        words, Qt.TextElideMode.ElideRight, int(step - _GAP)
                    )
                    painter.setPen(QColor(ink))
                    box = QRectF(i * step, side + 2 + row * line, step - _GAP, line)
                    painter.drawText(box, Qt.AlignmentFlag.AlignLeft, short)
