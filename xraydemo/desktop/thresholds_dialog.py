"""The lines between verdicts, as a table that can be edited."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from xraydemo.desktop import style, text
from xraydemo.desktop.parts import words_label

if TYPE_CHECKING:
    from xraydemo.desktop.asking import Thresholds

_SECTION = re.compile(r'^\["([^"]+)"\]')
_SETTING = re.compile(r"^(\w+)\s*=\s*(?:\"[^\"]*\"|[^#]*)#\s*(.+)$")
_NOT_HERE = ("file",)  # the scenarios' file is chosen elsewhere
_VALUE = 2


@dataclass(frozen=True)
class Setting:
    """One threshold or setting.

    Parameters
    ----------
    check, name : str
    shipped : int or float
    comment : str
        What it is; "" where the file says nothing.
    """

    check: str
    name: str
    shipped: int | float
    comment: str


@cache
def settings() -> tuple[Setting, ...]:
    """List the shipped settings with their comments, in the order of their file."""
    from xraydemo.evaluation.thresholds import SHIPPED, load_thresholds

    comments: dict[tuple[str, str], str] = {}
    check = ""
    lines = files("xraydemo.evaluation").joinpath(SHIPPED).read_text("utf-8").splitlines()
    for line in lines:
        if section := _SECTION.match(line):
            check = section[1]
        elif setting := _SETTING.match(line):
            comments[check, setting[1]] = setting[2].strip()
    return tuple(
        Setting(check, name, value, comments.get((check, name), ""))
        for check, section in load_thresholds().items()
        for name, value in section.items()
        if name not in _NOT_HERE and isinstance(value, int | float)
    )


def as_typed(words: str, setting: Setting) -> int | float:
    """Read a value of the kind that a setting has.

    Raises
    ------
    ValueError
        If it is none.
    """
    words = words.strip().replace(",", ".")
    if isinstance(setting.shipped, int):
        return int(words)
    number = float(words)
    if not math.isfinite(number):
        raise ValueError(words)
    return number


class ThresholdsDialog(QDialog):
    """Shows every threshold with what it is, and takes over those that are changed.

    Parameters
    ----------
    own : dict
        Thresholds that aren't the shipped ones.
    check : str
        Whose thresholds to begin with; "" for the first.
    """

    taken = Signal(object)
    """One's own thresholds, a section a check."""

    def __init__(self, own: Thresholds, check: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._own, self._settings = own, settings()
        self.setWindowTitle(text.THRESHOLDS_TITLE)
        self.resize(980, 600)
        self.table = QTableWidget(len(self._settings), len(text.THRESHOLDS_COLUMNS))
        self._fill()
        self._wrong = words_label("warning")
        self._wrong.hide()
        self._buttons = QDialogButtonBox()
        self._take = self._buttons.addButton(
            text.THRESHOLDS_TAKE, QDialogButtonBox.ButtonRole.AcceptRole
        )
        shipped = self._buttons.addButton(
            text.THRESHOLDS_SHIPPED, QDialogButtonBox.ButtonRole.ResetRole
        )
        self._buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        shipped.clicked.connect(self._ship)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addWidget(words_label("dim", text.THRESHOLDS_HELP))
        column.addWidget(self.table, 1)
        column.addWidget(self._wrong)
        column.addWidget(self._buttons)
        self.table.itemChanged.connect(lambda _: self._look())
        self._look()
        first = next((i for i, one in enumerate(self._settings) if one.check == check), 0)
        self.table.setCurrentCell(first, _VALUE)
        self.table.scrollTo(
            self.table.model().index(first, 0), QAbstractItemView.ScrollHint.PositionAtTop
        )
        self.table.setFocus()

    def own(self) -> Thresholds:
        """Give the thresholds that aren't the shipped ones, with those that aren't shown here."""
        found: dict[str, dict[str, Any]] = {
            check: {k: v for k, v in section.items() if k in _NOT_HERE}
            for check, section in self._own.items()
        }
        for row, setting in enumerate(self._settings):
            value = as_typed(self.value(row).text(), setting)
            if value != setting.shipped:
                found.setdefault(setting.check, {})[setting.name] = value
        return {check: section for check, section in found.items() if section}

    def value(self, row: int) -> QTableWidgetItem:
        """Return the cell of a row that can be edited."""
        item = self.table.item(row, _VALUE)
        assert item is not None
        return item

    def accept(self) -> None:
        """Take over what was changed."""
        self.taken.emit(self.own())
        super().accept()

    def restyle(self) -> None:
        """Draw the table anew: its colours are in its cells."""
        self._look()

    def _fill(self) -> None:
        table = self.table
        table.setAccessibleName(text.THRESHOLDS_TITLE)
        table.setHorizontalHeaderLabels(list(text.THRESHOLDS_COLUMNS))
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(4, QHeaderView.ResizeMode.Stretch)
        before = ""
        for row, setting in enumerate(self._settings):
            value = self._own.get(setting.check, {}).get(setting.name, setting.shipped)
            cells = (
                setting.check if setting.check != before else "",
                text.plain_name(setting.name),
                _written(value),
                _written(setting.shipped),
                setting.comment,
            )
            before = setting.check
            for place, words in enumerate(cells):
                item = QTableWidgetItem(words)
                if place != _VALUE:
                    item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                item.setToolTip(setting.comment)
                table.setItem(row, place, item)

    def _look(self) -> None:
        """Mark what is edited and what is no number, in the colours that are in force."""
        wrong = []
        self.table.blockSignals(True)
        for row in range(self.table.rowCount()):
            for place in range(self.table.columnCount()):
                if place != _VALUE and (cell := self.table.item(row, place)):
                    cell.setForeground(QColor(style.DIM if place else style.TEXT))
        for row, setting in enumerate(self._settings):
            item = self.value(row)
            try:
                edited = as_typed(item.text(), setting) != setting.shipped
            except ValueError:
                wrong.append(f"{setting.check}, {text.plain_name(setting.name)}: {item.text()}")
                edited = True
            font = item.font()
            font.setBold(edited)
            item.setFont(font)
            item.setForeground(QColor(style.WARNING if edited else style.TEXT))
        self.table.blockSignals(False)
        self._wrong.setText(f"{text.THRESHOLDS_WRONG} {'; '.join(wrong)}")
        self._wrong.setVisible(bool(wrong))
        self._take.setEnabled(not wrong)

    def _ship(self) -> None:
        for row, setting in enumerate(self._settings):
            self.value(row).setText(_written(setting.shipped))


def _written(value: float) -> str:
    return f"{value:g}"
