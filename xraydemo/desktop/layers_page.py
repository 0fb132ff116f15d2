"""What lies over the X-ray: the heat map with its numbers, the lungs, and where it is unlike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from xraydemo.classes import CLASSES
from xraydemo.desktop import style, text
from xraydemo.desktop.parts import words_label
from xraydemo.desktop.type_fit import TypeFit
from xraydemo.model.method_map import METHODS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xraydemo.desktop.commands import Commands
    from xraydemo.model.method_map import Method

_COLOURS = 128  # from nothing to full colour
_LEAST_OF_A_CHOICE = 6  # letters


class ColourBar(QWidget):
    """The heat map's colours over the gray of an X-ray, with raw numbers.

    They go from -scale to +scale; of a map without a unit, from 0 to its strongest cell.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(text.NAME_COLOUR_BAR)
        self.setToolTip(text.HEATMAP_UNIT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._image: QImage | None = None
        self._scale = 0.0
        self._has_unit = True
        self._range: tuple[float, float] | None = None

    def show_colours(self, scale: float, *, has_unit: bool) -> None:
        """Show the colours of maps whose full colour is `scale`."""
        if self._image is None or has_unit != self._has_unit:
            from xraydemo.model.heatmap import colour_bar

            colours = colour_bar(2 * _COLOURS)[::-1].transpose(1, 0, 2)
            solid = np.ascontiguousarray(colours if has_unit else colours[:, _COLOURS:])
            self._image = QImage(
                solid.data, solid.shape[1], 1, solid.strides[0], QImage.Format.Format_RGBA8888
            ).copy()
        self._scale, self._has_unit = scale, has_unit
        self.setToolTip(text.HEATMAP_UNIT if has_unit else text.HEATMAP_NO_UNIT)
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
                low, high = (self._place(end) * (self.width() - 2) for end in self._range)
                painter.fillRect(QRectF(low, 15, high - low + 2, 2), QColor(style.TEXT))
                for end in (low, high):
                    painter.fillRect(QRectF(end, 12, 2, 5), QColor(style.TEXT))
            painter.setPen(QColor(style.DIM))
            line = QRectF(0, 19, self.width(), self.fontMetrics().height() + 2)
            left, middle, right = text.colour_bar(self._scale, has_unit=self._has_unit)
            top = Qt.AlignmentFlag.AlignTop
            painter.drawText(line, top, left)
            painter.drawText(line, top | Qt.AlignmentFlag.AlignRight, right)
            # in the middle, if there is room for it beside the wider end
            width = painter.fontMetrics().horizontalAdvance
            if width(middle) + 2 * max(width(left), width(right)) + 16 <= self.width():
                painter.drawText(line, top | Qt.AlignmentFlag.AlignHCenter, middle)

    def _place(self, value: float) -> float:
        """Say where a value lies on the bar, in [0, 1]."""
        relative = value / self._scale if self._scale else 0.0
        return min(max((relative + 1) / 2 if self._has_unit else relative, 0.0), 1.0)


class LayersPage(QWidget):
    """Chooses what is laid over the X-ray, and says what it means."""

    class_chosen = Signal(object)
    """A class id, or None for the most likely one."""
    method_chosen = Signal(object)
    """A method, or None for Grad-CAM."""
    layer_toggled = Signal(str)
    lungs_toggled = Signal(bool)
    opacity_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._show = QCheckBox(text.HEATMAP_SHOW)
        self._class = QComboBox()
        self._class.addItem(text.HEATMAP_MOST_LIKELY, None)
        for class_id in CLASSES:
            self._class.addItem(text.class_name(class_id), class_id)
        self._class.setAccessibleName(text.HEATMAP_CLASS)
        self._method = QComboBox()
        self._method.addItem(text.HEATMAP_METHODS[""], None)
        for method in METHODS:
            self._method.addItem(text.HEATMAP_METHODS[method], method)
        self._method.setAccessibleName(text.HEATMAP_METHOD)
        self._method.setToolTip(text.HEATMAP_METHOD_TIP)
        for chooser in (self._class, self._method):  # with large type their words may be cut
            chooser.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            chooser.setMinimumContentsLength(_LEAST_OF_A_CHOICE)
        self._opacity = QSlider(Qt.Orientation.Horizontal)
        self._opacity.setRange(0, 100)
        self._opacity.setAccessibleName(text.HEATMAP_OPACITY)
        self._opacity_number = words_label("dim")
        self._opacity_number.setWordWrap(False)
        self._opacity_number.setAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        self._colours = ColourBar()
        self._map_note = words_label("dim")
        self._lungs = QCheckBox(text.LUNGS_SHOW)
        self._lungs_note = words_label("dim")
        self._unlike = QCheckBox(text.UNLIKE_SHOW)
        self._unlike_note = words_label("dim")
        self._lay_out()

        self._class.activated.connect(lambda _: self.class_chosen.emit(self._class.currentData()))
        self._method.activated.connect(
            lambda _: self.method_chosen.emit(self._method.currentData())
        )
        self._show.clicked.connect(lambda on: self.layer_toggled.emit("heatmap" if on else ""))
        self._unlike.clicked.connect(lambda on: self.layer_toggled.emit("unlike" if on else ""))
        self._lungs.clicked.connect(self.lungs_toggled)
        self._opacity.valueChanged.connect(lambda value: self.opacity_changed.emit(value / 100))

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.addWidget(self._show, 0, 0)
        grid.addWidget(self._class, 0, 1, 1, 2)
        grid.addWidget(words_label("dim", text.HEATMAP_METHOD), 1, 0)
        grid.addWidget(self._method, 1, 1, 1, 2)
        grid.addWidget(words_label("dim", text.HEATMAP_OPACITY), 2, 0)
        grid.addWidget(self._opacity, 2, 1)
        grid.addWidget(self._opacity_number, 2, 2)
        grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 8)
        column.setSpacing(5)
        column.addLayout(grid)
        column.addWidget(self._colours)
        column.addWidget(self._map_note)
        column.addWidget(self._lungs)
        column.addWidget(self._lungs_note)
        column.addWidget(self._unlike)
        column.addWidget(self._unlike_note)
        column.addStretch(1)
        TypeFit(self, self._measure)
        self._map_note.setAlignment(Qt.AlignmentFlag.AlignTop)

    def _measure(self) -> None:
        metrics = self.fontMetrics()
        for chooser in (self._class, self._method):
            chooser.setMinimumHeight(metrics.height() + 10)
        self._opacity_number.setFixedWidth(metrics.horizontalAdvance("100 % "))
        # lines are kept, so that nothing jumps from one X-ray to the next
        self._map_note.setMinimumHeight(3 * metrics.lineSpacing())

    def show_keys(self, commands: Commands) -> None:
        """Name the keys that are in force."""
        for box, words, name in (
            (self._show, text.HEATMAP_SHOW, "heatmap"),
            (self._lungs, text.LUNGS_SHOW, "lungs"),
            (self._unlike, text.UNLIKE_SHOW, "unlike"),
        ):
            box.setText(text.with_key(words, commands.key(name)))

    @property
    def keyboard_widgets(
        self,
    ) -> tuple[QCheckBox, QComboBox, QComboBox, QSlider, QCheckBox, QCheckBox]:
        """Those which need keys of their own: heat map, class, method, opacity, lungs, unlike."""
        return self._show, self._class, self._method, self._opacity, self._lungs, self._unlike

    def show_heatmap(
        self,
        raw: NDArray[Any] | None,
        note: str,
        *,
        chosen: str | None,
        method: Method | None,
        layer: str,
        opacity: float,
    ) -> None:
        """Show what is chosen about the map, and the numbers of the raw one."""
        self._class.setCurrentIndex(self._class.findData(chosen) if chosen else 0)
        self._method.setCurrentIndex(self._method.findData(method) if method else 0)
        self._show.setChecked(layer == "heatmap")
        self._unlike.setChecked(layer == "unlike")
        self._opacity.blockSignals(True)
        self._opacity.setValue(round(100 * opacity))
        self._opacity.blockSignals(False)
        self._opacity_number.setText(f"{100 * opacity:.0f} %")
        self._colours.show_range(None if raw is None else (float(raw.min()), float(raw.max())))
        self._map_note.setText(note)

    def show_details(self, *, lungs_shown: bool, lungs: str, unlike: str) -> None:
        """Show whether lungs are shown, and a sentence on them and on the map of what is unlike."""
        self._lungs.setChecked(lungs_shown)
        self._lungs_note.setText(lungs)
        self._lungs_note.setVisible(bool(lungs))
        self._unlike_note.setText(unlike)
        self._unlike_note.setVisible(bool(unlike))

    def show_colours(self, scale: float, *, has_unit: bool) -> None:
        """Show the colours of maps whose full colour is `scale`."""
        self._colours.show_colours(scale, has_unit=has_unit)
