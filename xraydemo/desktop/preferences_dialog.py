"""What the reader can choose once and for all: theme, size of the type, what the model runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from xraydemo.desktop import text
from xraydemo.desktop.memory import DEVICES, LARGEST_TEXT, SMALLEST_TEXT, THEMES
from xraydemo.desktop.parts import words_label

if TYPE_CHECKING:
    from xraydemo.desktop.memory import Memory


class PreferencesDialog(QDialog):
    """Changes the window's memory when it is accepted."""

    def __init__(self, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(text.PREFERENCES_TITLE)
        self.setMinimumWidth(440)
        self._memory = memory
        self.size_chooser = QSpinBox()
        self.size_chooser.setRange(SMALLEST_TEXT - 1, LARGEST_TEXT)
        self.size_chooser.setSpecialValueText(text.TEXT_SIZE_SYSTEM)
        self.size_chooser.setSuffix(text.POINTS)
        self.size_chooser.setMinimumHeight(self.fontMetrics().height() + 10)
        self.size_chooser.setValue(memory.text_size or SMALLEST_TEXT - 1)
        self.theme = QComboBox()
        for theme in THEMES:
            self.theme.addItem(text.THEMES[theme], theme)
        self.theme.setCurrentIndex(THEMES.index(memory.theme))
        self.theme.setToolTip(text.THEME_TIP)
        self.device = QComboBox()
        for name in DEVICES:
            self.device.addItem(text.DEVICES[name], name)
        self.device.setCurrentIndex(DEVICES.index(memory.device))
        self.folders = QCheckBox(text.RECENT_KEEP)
        self.folders.setChecked(memory.keeps_folders)
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.addRow(text.THEME, self.theme)
        form.addRow(text.TEXT_SIZE, self.size_chooser)
        form.addRow(text.DEVICE, self.device)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        column.addLayout(form)
        column.addWidget(words_label("dim", text.NEXT_START))
        column.addSpacing(6)
        column.addWidget(self.folders)
        column.addWidget(words_label("dim", text.RECENT_WHY))
        column.addWidget(buttons)

    def accept(self) -> None:
        """Keep what was chosen."""
        size = self.size_chooser.value()
        self._memory.text_size = size if size >= SMALLEST_TEXT else None
        self._memory.theme = self.theme.currentData()
        self._memory.device = self.device.currentData()
        self._memory.keep_folders(keep=self.folders.isChecked())
        super().accept()
