"""What the model sees: the very tensor that went into the network, as a picture and in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QFormLayout, QSizePolicy, QVBoxLayout, QWidget

from xraydemo.desktop import style, text
from xraydemo.desktop.image_view import gray_image
from xraydemo.desktop.parts import words_label

if TYPE_CHECKING:
    from numpy.typing import NDArray


class TensorPicture(QWidget):
    """The tensor's first channel, as large as fits; the three are equal."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(text.PAGE_TIPS["tensor"])
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._image = QImage()

    def show_tensor(self, tensor: NDArray[np.floating[Any]] | None) -> None:
        """Show a tensor of shape (channels, height, width); None for nothing."""
        self._image = QImage()
        if tensor is not None:
            low, span = float(tensor.min()), float(np.ptp(tensor)) or 1.0
            gray = np.ascontiguousarray(((tensor[0] - low) / span * 255).round().astype(np.uint8))
            self._image = gray_image(gray).copy()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a size that leaves room for the numbers in a low window; more is welcome."""
        return QSize(150, 150)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a size at which a chest can still be told."""
        return QSize(72, 72)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw it, each of its pixels as a square."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(style.GROUND))
            if self._image.isNull():
                return
            size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
            painter.drawImage(QRectF(left, top, size.width(), size.height()), self._image)


class TensorPage(QWidget):
    """Picture, shape, range, mean and deviation of the network's input."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = TensorPicture()
        self._numbers = [words_label() for _ in text.TENSOR_ROWS]
        self._note = words_label("dim")
        form = QFormLayout()
        form.setVerticalSpacing(2)
        form.setHorizontalSpacing(14)
        for name, number in zip(text.TENSOR_ROWS, self._numbers, strict=True):
            number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            number.setAccessibleName(name)
            form.addRow(words_label("dim", name), number)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 8)
        column.setSpacing(6)
        column.addWidget(self._picture, 1)
        column.addLayout(form)
        column.addWidget(self._note)
        self.show_tensor(None, "")

    def show_tensor(self, tensor: NDArray[np.floating[Any]] | None, note: str) -> None:
        """Show a tensor, or why there is none."""
        self._picture.show_tensor(tensor)
        words = [""] * len(self._numbers) if tensor is None else text.tensor_rows(tensor)
        for label, said in zip(self._numbers, words, strict=True):
            label.setText(said)
        self._note.setText(note if tensor is None else text.TENSOR_NOTE)

    def words(self) -> str:
        """Return all that is said."""
        return "\n".join(label.text() for label in (*self._numbers, self._note) if label.text())
