"""Says that X-rays are being read blind, how far that is, and takes the answers of mouse users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from xraydemo.classes import CLASSES
from xraydemo.desktop import text
from xraydemo.desktop.parts import words_label

if TYPE_CHECKING:
    from xraydemo.desktop.commands import Commands
    from xraydemo.desktop.presenter import Presenter


class StudyBanner(QFrame):
    """A strip above the picture; hidden while nothing is read blind."""

    end_wanted = Signal()

    def __init__(self, presenter: Presenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._presenter = presenter
        self._words = words_label()
        self.buttons: list[QPushButton] = []
        above, below = QHBoxLayout(), QHBoxLayout()
        above.addWidget(self._words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 10, 8)
        column.setSpacing(6)
        for row in (above, below):
            row.setSpacing(8)
            column.addLayout(row)
        for class_id in CLASSES:
            button = QPushButton(text.class_name(class_id))
            button.clicked.connect(lambda _=False, c=class_id: presenter.mark(c))
            self.buttons.append(button)
            below.addWidget(button)
        end = QPushButton(text.STUDY_END_SHORT)
        end.clicked.connect(self.end_wanted)
        below.addStretch(1)
        above.addWidget(end)
        self.show_study()

    def show_keys(self, commands: Commands) -> None:
        """Name the keys that are in force."""
        for button, class_id in zip(self.buttons, CLASSES, strict=True):
            button.setToolTip(commands.key(f"mark-{class_id}"))

    def show_study(self) -> None:
        """Show how far the study is."""
        study = self._presenter.study
        self.setVisible(study is not None)
        if study:
            current = self._presenter.current
            answer = study.answers.get(current.row) if current else None
            said = answer.reader if answer else ""
            self._words.setText(text.blind_progress(len(study.answers), len(study.order), said))
        for button in self.buttons:
            button.setEnabled(self._presenter.is_blind)

    def words(self) -> str:
        """Return what is said."""
        return self._words.text()
