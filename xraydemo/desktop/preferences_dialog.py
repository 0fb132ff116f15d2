"""What the reader can choose once and for all: theme, size of the type, what the model runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QApplication,
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
from xraydemo.desktop.memory import (
    DEVICES,
    LARGEST_TEXT,
    MOST_THREADS,
    SMALLEST_TEXT,
    THEMES,
)
from xraydemo.desktop.parts import words_label
from xraydemo.desktop.style import apply_text_size

if TYPE_CHECKING:
    from xraydemo.desktop.memory import Memory


_NARROWEST = 404  # pixels, between the margins


class PreferencesDialog(QDialog):
    """Changes the window's memory when it is accepted."""

    def __init__(self, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(text.PREFERENCES_TITLE)
        self._memory = memory
        self.size_chooser = self._number(
            SMALLEST_TEXT, LARGEST_TEXT, memory.text_size, text.TEXT_SIZE_SYSTEM
        )
        self.size_chooser.setSuffix(text.POINTS)
        self.theme = QComboBox()
        for theme in THEMES:
            self.theme.addItem(text.THEMES[theme], theme)
        self.theme.setCurrentIndex(THEMES.index(memory.theme))
        self.theme.setToolTip(text.THEME_TIP)
        self.device = QComboBox()
        for name in DEVICES:
            self.device.addItem(text.DEVICES[name], name)
        self.device.setCurrentIndex(DEVICES.index(memory.device))
        self.threads = self._number(1, MOST_THREADS, memory.threads, text.THREADS_ALL)
        self.folders = QCheckBox(text.RECENT_KEEP)
        self.folders.setChecked(memory.keeps_folders)
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        for field in (self.theme, self.size_chooser, self.device, self.threads):
            field.setMinimumHeight(self.fontMetrics().height() + 10)
        form.addRow(text.THEME, self.theme)
        form.addRow(text.TEXT_SIZE, self.size_chooser)
        form.addRow(text.DEVICE, self.device)
        form.addRow(text.THREADS, self.threads)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addStrut(_NARROWEST)  # sentences alone would have it narrow and high
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        column.addLayout(form)
        column.addWidget(words_label("dim", text.NEXT_START))
        column.addSpacing(6)
        column.addWidget(self.folders)
        column.addWidget(words_label("dim", text.RECENT_WHY))
        column.addWidget(buttons)

    def _number(self, least: int, most: int, chosen: int | None, unset: str) -> QSpinBox:
        """Make a field for a number whose lowest step says that none is chosen."""
        field = QSpinBox()
        field.setRange(least - 1, most)
        field.setSpecialValueText(unset)
        field.setValue(chosen or least - 1)
        return field

    def accept(self) -> None:
        """Keep what was chosen."""
        self._memory.text_size = _chosen(self.size_chooser)
        self._memory.threads = _chosen(self.threads)
        self._memory.theme = self.theme.currentData()
        self._memory.device = self.device.currentData()
        self._memory.keep_folders(keep=self.folders.isChecked())
        application = QApplication.instance()
        if isinstance(application, QApplication):
            apply_text_size(application, self._memory.text_size)
        super().accept()


def _chosen(field: QSpinBox) -> int | None:
    return field.value() if field.value() > field.minimum() else None
