"""What a reader study came to: agreement with the model, and the table of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QVBoxLayout,
    QWidget,
)

from xraydemo.classes import CLASSES
from xraydemo.desktop import text
from xraydemo.desktop.parts import words_label

if TYPE_CHECKING:
    from collections.abc import Callable

    from xraydemo.metrics.agreement import Agreement


class StudyDialog(QDialog):
    """Shows agreement.

    Parameters
    ----------
    found : Agreement
        Of reader (first) and model (second).
    save : callable
        Asks where, and saves the table.
    """

    def __init__(
        self, found: Agreement, save: Callable[[], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(text.STUDY_TITLE)
        self.setMinimumWidth(520)
        self.said = words_label("", text.agreement(found))
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        saving = buttons.addButton(text.STUDY_SAVE, QDialogButtonBox.ButtonRole.ActionRole)
        saving.clicked.connect(save)
        saving.setEnabled(found.share.n > 0)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(12)
        column.addWidget(self.said)
        column.addLayout(_table(found))
        column.addWidget(words_label("dim", text.STUDY_NOTE))
        column.addWidget(buttons)


def _table(found: Agreement) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(22)
    axes = words_label("title", text.STUDY_AXES)
    axes.setWordWrap(False)
    grid.addWidget(axes, 0, 0)
    names = [text.class_name(class_id) for class_id in CLASSES]
    for place, name in enumerate(names, 1):
        for label, cell in (
            (words_label("dim", name), (0, place)),
            (words_label("", name), (place, 0)),
        ):
            label.setWordWrap(False)
            grid.addWidget(label, *cell)
        for column in range(1, len(names) + 1):
            count = words_label("", str(found.table[place - 1, column - 1]))
            count.setAlignment(Qt.AlignmentFlag.AlignRight)
            font = count.font()
            font.setBold(place == column)
            count.setFont(font)
            grid.addWidget(count, place, column)
    return grid
