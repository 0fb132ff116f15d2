"""The reading: four bars, then the heat map's class, opacity, colours and raw numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from xraydemo.classes import CLASSES
from xraydemo.desktop import style, text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xraydemo.model.reading import Reading


class ProbabilityBars(QWidget):
    """Four bars in the fixed order of the classes; the most likely one is marked and bold."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(text.NAME_BARS)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._reading: Reading | None = None

    def show_reading(self, reading: Reading | None) -> None:
        """Show these probabilities; None for empty bars."""
        self._reading = reading
        words = (
            "; ".join(
                f"{text.class_name(c)} {text.percent(reading.probability_of(c))}" for c in CLASSES
            )
            if reading
            else ""
        )
        self.setAccessibleDescription(words)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return room for four rows of text with air between them."""
        return QSize(280, len(CLASSES) * self._row())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return no less height than all four rows need."""
        return QSize(240, self.sizeHint().height())

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw mark, name, bar and number of each class."""
        bold = self.font()
        bold.setBold(True)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(bold)
            metrics = painter.fontMetrics()
            mark = metrics.horizontalAdvance(text.MOST_LIKELY_MARK + " ")
            names = mark + 12 + max(metrics.horizontalAdvance(text.class_name(c)) for c in CLASSES)
            numbers = metrics.horizontalAdvance(">99 %") + 10
            space = self.width() - names - numbers
            for number, class_id in enumerate(CLASSES):
                top = number * self._row()
                most = self._reading is not None and self._reading.predicted == class_id
                painter.setFont(bold if most else self.font())
                painter.setPen(QColor(style.TEXT if most or not self._reading else style.DIM))
                middle = Qt.AlignmentFlag.AlignVCenter
                row = QRectF(0, top, self.width(), self._row())
                if most:
                    painter.drawText(row, middle, text.MOST_LIKELY_MARK)
                painter.drawText(row.adjusted(mark, 0, 0, 0), middle, text.class_name(class_id))
                bar = QRectF(names, top + self._row() / 2 - 5, space, 10)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(style.FIELD))
                painter.drawRoundedRect(bar, 2, 2)
                if self._reading is None:
                    continue
                share = self._reading.probability_of(class_id)
                painter.setBrush(QColor(style.BAR_MOST if most else style.BAR))
                bar.setWidth(max(2.0, share * space))
                painter.drawRoundedRect(bar, 2, 2)
                painter.setPen(QColor(style.TEXT if most else style.DIM))
                painter.drawText(row, middle | Qt.AlignmentFlag.AlignRight, text.percent(share))

    def _row(self) -> int:
        return self.fontMetrics().height() + 11


class ColourBar(QWidget):
    """The heat map's colours from -scale to +scale, over the gray of an X-ray, with raw numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(text.NAME_COLOUR_BAR)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._image: QImage | None = None
        self._scale = 0.0
        self._range: tuple[float, float] | None = None

    @property
    def has_colours(self) -> bool:
        """Whether there is something to show."""
        return self._image is not None

    def show_colours(self, rgba: NDArray[np.uint8], scale: float) -> None:
        """Show these colours, first the one of -scale: RGBA, shape (1, n, 4)."""
        solid = np.ascontiguousarray(rgba)
        self._image = QImage(
            solid.data, solid.shape[1], 1, solid.strides[0], QImage.Format.Format_RGBA8888
        ).copy()
        self._scale = scale
        self.update()

    def show_range(self, lowest_highest: tuple[float, float] | None) -> None:
        """Mark how far the shown map reaches; None if none is shown."""
        self._range = lowest_highest
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return room for the bar, the bracket below and a line of numbers."""
        return QSize(280, 22 + self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return no less height than bar and numbers need."""
        return QSize(240, self.sizeHint().height())

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw bar, bracket and numbers."""
        if self._image is None:
            return
        with QPainter(self) as painter:
            bar = QRectF(0, 0, self.width(), 12)
            painter.fillRect(bar, QColor("#5a5a5a"))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(bar, self._image)
            if self._range:
                low, high = (
                    (min(max(end / self._scale, -1.0), 1.0) + 1) / 2 * (self.width() - 2)
                    for end in self._range
                )
                painter.fillRect(QRectF(low, 15, high - low + 2, 2), QColor(style.TEXT))
                for end in (low, high):
                    painter.fillRect(QRectF(end, 12, 2, 5), QColor(style.TEXT))
            painter.setPen(QColor(style.DIM))
            line = QRectF(0, 19, self.width(), self.fontMetrics().height() + 2)
            left, right = f"{text.signed(-self._scale)} ", f" {text.signed(self._scale)}"
            top = Qt.AlignmentFlag.AlignTop
            painter.drawText(line, top, left + text.HEATMAP_AGAINST)
            painter.drawText(line, top | Qt.AlignmentFlag.AlignHCenter, text.HEATMAP_UNIT)
            painter.drawText(line, top | Qt.AlignmentFlag.AlignRight, text.HEATMAP_FOR + right)


class ReadingPanel(QWidget):
    """The right-hand panel's upper part."""

    class_chosen = Signal(object)
    """A class id, or None for the most likely one."""
    heatmap_toggled = Signal(bool)
    opacity_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._answer = _label("", wrap=True)
        font = self._answer.font()
        font.setPointSizeF(font.pointSizeF() * 1.3)
        font.setBold(True)
        self._answer.setFont(font)
        self._time = _label("dim")
        self._bars = ProbabilityBars()
        self._judged = _label("dim", wrap=True)
        self._note = _label("dim", wrap=True)
        self._show = QCheckBox(text.HEATMAP_SHOW)
        self._class = QComboBox()
        self._class.addItem(text.HEATMAP_MOST_LIKELY, None)
        for class_id in CLASSES:
            self._class.addItem(text.class_name(class_id), class_id)
        self._class.setMinimumHeight(self.fontMetrics().height() + 10)
        self._class.setAccessibleName(text.HEATMAP_CLASS)
        self._opacity = QSlider(Qt.Orientation.Horizontal)
        self._opacity.setRange(0, 100)
        self._opacity.setAccessibleName(text.HEATMAP_OPACITY)
        self._opacity_number = _label("dim")
        self._opacity_number.setAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        self._opacity_number.setFixedWidth(self.fontMetrics().horizontalAdvance("100 % "))
        self._colours = ColourBar()
        self._map_note = _label("dim", wrap=True)
        self._lay_out()

        self._class.activated.connect(lambda _: self.class_chosen.emit(self._class.currentData()))
        self._show.clicked.connect(self.heatmap_toggled)
        self._opacity.valueChanged.connect(lambda value: self.opacity_changed.emit(value / 100))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        title = _label("title")
        title.setText(text.READING_TITLE)
        head.addWidget(title, 1)
        head.addWidget(self._time)
        map_head = QHBoxLayout()
        map_title = _label("title")
        map_title.setText(text.HEATMAP_TITLE)
        map_head.addWidget(map_title, 1)
        map_head.addWidget(self._show)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(7)
        for row, words in enumerate((text.HEATMAP_CLASS, text.HEATMAP_OPACITY)):
            label = _label("dim")
            label.setText(words)
            grid.addWidget(label, row, 0)
        grid.addWidget(self._class, 0, 1, 1, 2)
        grid.addWidget(self._opacity, 1, 1)
        grid.addWidget(self._opacity_number, 1, 2)
        grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._answer)
        column.addWidget(self._bars)
        column.addWidget(self._judged)
        column.addWidget(self._note)
        column.addSpacing(12)
        column.addLayout(map_head)
        column.addLayout(grid)
        column.addSpacing(2)
        column.addWidget(self._colours)
        column.addWidget(self._map_note)
        # three lines are always kept, so that nothing below jumps from one X-ray to the next
        self._judged.setMinimumHeight(3 * self.fontMetrics().lineSpacing())
        self._judged.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._map_note.setMinimumHeight(3 * self.fontMetrics().lineSpacing())
        self._map_note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    @property
    def keyboard_widgets(self) -> tuple[QWidget, QWidget, QWidget]:
        """The check box, the chooser and the slider, which need keys of their own."""
        return self._show, self._class, self._opacity

    def show_reading(self, reading: Reading | None, note: str, *, failed: bool) -> None:
        """Show a reading, or why there is none."""
        self._bars.show_reading(reading)
        self._time.setText(text.milliseconds(reading.milliseconds) if reading else "")
        if reading:
            predicted = reading.predicted
            self._answer.setText(text.summary(predicted, reading.probability_of(predicted)))
            note = text.READING_CAPTION
        else:
            self._answer.setText(text.READING_FAILED if failed else text.READING_ANSWER_NONE)
        judged = reading.judgement if reading else None
        self._judged.setText(text.judged(judged) if judged else "")
        foreignness = judged.foreignness if judged else None
        foreign = foreignness is not None and foreignness.verdict == "foreign"
        _rename(self._judged, "warning" if foreign else "dim")
        self._note.setText(note)
        _rename(self._note, "warning" if failed else "dim")

    def show_heatmap(
        self,
        raw: NDArray[Any] | None,
        note: str,
        *,
        chosen: str | None,
        shown: bool,
        opacity: float,
    ) -> None:
        """Show what is chosen about the heat map, and the numbers of the raw one."""
        self._class.setCurrentIndex(self._class.findData(chosen) if chosen else 0)
        self._show.setChecked(shown)
        self._opacity.blockSignals(True)
        self._opacity.setValue(round(100 * opacity))
        self._opacity.blockSignals(False)
        self._opacity_number.setText(f"{100 * opacity:.0f} %")
        self._colours.show_range(None if raw is None else (float(raw.min()), float(raw.max())))
        self._map_note.setText(note)

    @property
    def has_colours(self) -> bool:
        """Whether the colour bar has its colours: they are the model's, and come once."""
        return self._colours.has_colours

    def show_colours(self, rgba: NDArray[np.uint8], scale: float) -> None:
        """Show the colours of -scale to +scale."""
        self._colours.show_colours(rgba, scale)


def _label(kind: str, *, wrap: bool = False) -> QLabel:
    label = QLabel()
    label.setObjectName(kind)
    label.setWordWrap(wrap)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def _rename(label: QLabel, kind: str) -> None:
    """Give a label another style of the style sheet."""
    if label.objectName() != kind:
        label.setObjectName(kind)
        label.style().unpolish(label)
        label.style().polish(label)
