"""The strip above the picture: which X-ray it is, and the window it is seen through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QDoubleValidator
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from xraydemo.desktop import text, windowing
from xraydemo.desktop.parts import ElidedLabel

if TYPE_CHECKING:
    from xraydemo.desktop.commands import Commands
    from xraydemo.desktop.gray_values import GrayValues

_LEAST_OF_A_PRESET = 6  # letters
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
        self.presets.setMinimumHeight(self.low.sizeHint().height())
        self.presets.setPlaceholderText(text.PRESET_OWN)
        # it may be cut before the list of X-rays is, where the type is large
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
            field.setFixedWidth(field.fontMetrics().horizontalAdvance(_WIDEST) + _FRAME)
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.setToolTip(tip)
            field.setAccessibleName(tip)
        self.position.setObjectName("dim")
        dash = QLabel(text.WINDOW_TO)
        dash.setObjectName("dim")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 10, 6)
        row.setSpacing(8)
        row.addWidget(self.name, 1)
        row.addWidget(self.position)
        row.addSpacing(4)
        row.addWidget(self.presets, 10)  # as wide as its words, before the name gets more
        for widget in (self.low, dash, self.high, self.invert):
            row.addWidget(widget)

    def show_keys(self, commands: Commands) -> None:
        """Name the keys that are in force."""
        self.invert.setToolTip(text.with_key(text.INVERT, commands.key("invert")))
        for place, name in enumerate(windowing.PRESETS):
            key = commands.key(f"preset-{name}")
            self.presets.setItemText(place, f"{key}  {text.PRESETS[name]}".strip())
        width = self.presets.fontMetrics().horizontalAdvance
        items = range(self.presets.count())
        self.presets.setMaximumWidth(max(width(self.presets.itemText(i)) for i in items) + _ARROW)

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
