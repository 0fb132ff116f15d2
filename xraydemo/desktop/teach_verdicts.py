"""The checks' verdicts in a row; the one that is chosen says its sentence below."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QPushButton, QVBoxLayout, QWidget

from xraydemo.desktop import style, text
from xraydemo.desktop.parts import words_label
from xraydemo.desktop.type_fit import TypeFit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xraydemo.desktop.teach_work import Verdict

_LINES = 2
_GAP = 6
_GRAVEST = ("fail", "warn", "error", "cannot_check", "pass", "info")


class TeachVerdicts(QWidget):
    """A button a check: the sign and word of its verdict, and what it asks."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._verdicts: Mapping[str, Verdict] = {}
        self._by_hand = ""
        self._group = QButtonGroup(self)
        self.badges: dict[str, QPushButton] = {}
        self._columns = 0
        self._grid = QGridLayout()
        self._grid.setSpacing(_GAP)
        for check, name in text.TEACH_CHECKS.items():
            badge = QPushButton()
            badge.setCheckable(True)
            badge.setAccessibleName(name)
            badge.clicked.connect(partial(self._choose, check))
            self._group.addButton(badge)
            self.badges[check] = badge
        self._put_in_columns(len(self.badges))
        self.sentence = words_label("dim", "")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._grid)
        column.addWidget(self.sentence)
        TypeFit(self, self._fit)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the width of two rows: one is for where there is room."""
        return QSize(self._width(len(self.badges) // 2), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Show all badges in a row, or in two where they don't fit."""
        super().resizeEvent(event)
        self._put_in_columns(self._fitting())

    def _fit(self) -> None:
        line = self.fontMetrics().lineSpacing()
        self.sentence.setFixedHeight(_LINES * line + 4)
        self._put_in_columns(self._fitting())

    def _fitting(self) -> int:
        count = len(self.badges)
        return count if self.width() >= self._width(count) else count // 2

    def _width(self, columns: int) -> int:
        """Give the width of rows of so many badges, all of them as wide as the widest."""
        widest = max(badge.sizeHint().width() for badge in self.badges.values())
        return columns * (widest + _GAP) - _GAP

    def _put_in_columns(self, columns: int) -> None:
        if columns == self._columns:
            return
        for place, badge in enumerate(self.badges.values()):
            self._grid.addWidget(badge, *divmod(place, columns))
        for place in range(len(self.badges)):
            self._grid.setColumnStretch(place, 1 if place < columns else 0)
        self._columns = columns

    def show_verdicts(self, verdicts: Mapping[str, Verdict]) -> None:
        """Show others; the gravest is chosen, unless the reader chose one."""
        self._verdicts = verdicts
        for check, badge in self.badges.items():
            verdict = verdicts.get(check)
            badge.setText(f"{text.TEACH_CHECKS[check]}\n{said(verdict) or '–'}")
            badge.setStyleSheet(f"color: {colour_of(verdict) or style.DIM}")
            badge.setToolTip(verdict.headline if verdict else check)
            badge.setEnabled(verdict is not None)
        if not verdicts:
            self._by_hand = ""
            self._uncheck()
        elif self._by_hand not in verdicts:
            gravest = min(verdicts.values(), key=lambda one: _GRAVEST.index(one.verdict))
            self.badges[gravest.check].setChecked(True)
        self._say()

    def _choose(self, check: str) -> None:
        self._by_hand = check
        self._say()

    def _uncheck(self) -> None:
        self._group.setExclusive(False)
        for badge in self.badges.values():
            badge.setChecked(False)
        self._group.setExclusive(True)

    def _say(self) -> None:
        checked = (check for check, badge in self.badges.items() if badge.isChecked())
        verdict = self._verdicts.get(next(checked, ""))
        self.sentence.setText(verdict.headline if verdict else "")
        self.sentence.setToolTip(self.sentence.text())


def said(verdict: Verdict | None) -> str:
    """Give a verdict's sign and word; nothing for none."""
    if verdict is None:
        return ""
    if verdict.is_open:
        return text.TEACH_NOT_SHOWN
    from xraydemo.evaluation.result import Verdict as Word
    from xraydemo.report.words import verdict_text

    return verdict_text(Word(verdict.verdict))


def colour_of(verdict: Verdict | None) -> str:
    """Give a verdict's colour; nothing for none."""
    if verdict is None:
        return ""
    return style.VERDICTS["cannot_check" if verdict.is_open else verdict.verdict]
