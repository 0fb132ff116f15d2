"""The strip above the picture: which X-ray it is, and the window it is seen through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QSize, Qt
from PySide6.QtGui import QDoubleValidator, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from xraydemo.desktop import text, windowing
from xraydemo.desktop.parts import ElidedLabel
from xraydemo.desktop.type_fit import TypeFit

if TYPE_CHECKING:
    from xraydemo.desktop.commands import Commands
    from xraydemo.desktop.gray_values import GrayValues

_LEAST_OF_A_PRESET, _LEAST_OF_A_NAME = 6, 16  # letters
_ARROW = 38  # pixels, with the frame
_WIDEST, _FRAME = "65535", 22  # of an end of the window


class ReadHead(QWidget):
    """Name and place of the X-ray; presets, ends of the window, and inversion.

    Parameters
    ----------
    gray : GrayValues
        Is shown, and told what the reader chooses.
    """

    def __init__(self, gray: GrayValues, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("head")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._gray = gray
        self.name, self.position = ElidedLabel(), QLabel()
        self.presets, self.invert = QComboBox(), QPushButton(text.INVERT)
        self.low, self.high = QLineEdit(), QLineEdit()
        self._lay_out()
        self.presets.activated.connect(lambda _: gray.set_preset(self.presets.currentData()))
        self.invert.clicked.connect(gray.invert)
        for field in (self.low, self.high):
            field.editingFinished.connect(self._typed)

    def _lay_out(self) -> None:
        self.presets.setAccessibleName(text.WINDOW_LABEL)
        self.presets.setToolTip(text.WINDOW_LABEL)
        for name in windowing.PRESETS:
            self.presets.addItem(text.PRESETS[name], name)
        self.presets.setPlaceholderText(text.PRESET_OWN)
        # it may be cut before the X-ray's name is
        self.presets.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.presets.setMinimumContentsLength(_LEAST_OF_A_PRESET)
        self.invert.setCheckable(True)
        for field, tip in ((self.low, text.WINDOW_LOW), (self.high, text.WINDOW_HIGH)):
            validator = QDoubleValidator(field)
            validator.setRange(-1e9, 1e9)
            validator.setLocale(QLocale.c())
            field.setValidator(validator)
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.setToolTip(tip)
            field.setAccessibleName(tip)
        self.position.setObjectName("dim")
        dash = QLabel(text.WINDOW_TO)
        dash.setObjectName("dim")
        # all of the name, as far as there is room: what stretches gets only what is left
        self.name.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        which, seen = QHBoxLayout(), QHBoxLayout()
        which.addWidget(self.name)
        which.addWidget(self.position)
        which.addStretch(1)
        seen.addStretch(1)
        seen.addWidget(self.presets, 100)
        for widget in (self.low, dash, self.high, self.invert):
            seen.addWidget(widget)
        self._which, self._seen = which, seen
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._rows.setContentsMargins(12, 6, 10, 6)
        for layout in (self._rows, which, seen):
            layout.setSpacing(8)
        self._rows.addLayout(which)
        self._rows.addLayout(seen, 1)
        TypeFit(self.low, self._fit)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the width of the lower of two rows: one is for where there is room."""
        margins = self.contentsMargins() + self._rows.contentsMargins()
        width = self._seen.minimumSize().width() + margins.left() + margins.right()
        return QSize(width, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Show all in a row, or in two where too little of the name could be seen."""
        super().resizeEvent(event)
        name = self.fontMetrics().horizontalAdvance("x" * _LEAST_OF_A_NAME)
        needed = name + self._which.minimumSize().width() + self.minimumSizeHint().width()
        way = QBoxLayout.Direction
        self._rows.setDirection(way.LeftToRight if self.width() >= needed else way.TopToBottom)

    def _fit(self) -> None:
        """Make the fields as wide as their numbers, and the presets no wider than their words."""
        width = self.low.fontMetrics().horizontalAdvance
        for field in (self.low, self.high):
            field.setFixedWidth(width(_WIDEST) + _FRAME)
        self.presets.setMinimumHeight(self.low.sizeHint().height())
        names = (self.presets.itemText(place) for place in range(self.presets.count()))
        self.presets.setMaximumWidth(max(map(width, names)) + _ARROW)

    def show_keys(self, commands: Commands) -> None:
        """Name the keys that are in force."""
        self.invert.setToolTip(text.with_key(text.INVERT, commands.key("invert")))
        for place, name in enumerate(windowing.PRESETS):
            key = commands.key(f"preset-{name}")
            self.presets.setItemText(place, f"{key}  {text.PRESETS[name]}".strip())
        self._fit()

    def show_name(self, name: str, tip: str, position: str) -> None:
        """Show which X-ray it is."""
        self.name.setText(name)
        self.name.setToolTip(tip)
        self.position.setText(position)

    def show_presentation(self) -> None:
        """Show the window that is in force."""
        gray = self._gray
        window = windowing.window_of(gray.presentation) if gray.presentation else None
        table = text.WINDOW_TABLE if gray.presentation and window is None else ""
        for field, end in ((self.low, "low"), (self.high, "high")):
            field.setText(text.number(getattr(window, end)) if window else "")
            field.setPlaceholderText(table)
        self.presets.setCurrentIndex(self.presets.findData(gray.preset))
        self.invert.setChecked(gray.inverted)
        for widget in (self.presets, self.low, self.high, self.invert):
            widget.setEnabled(gray.presentation is not None)

    def _typed(self) -> None:
        fields = (self.low, self.high)
        if not any(field.isModified() for field in fields):
            return
        if all(field.hasAcceptableInput() for field in fields):
            self._gray.set_window(*(float(field.text()) for field in fields))
        elif all(field.text() for field in fields):
            self.show_presentation()
        # else the reader is about to fill in the other end
