"""The numbers of a check: a table with its title, long ones cut until all is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QPushButton, QVBoxLayout, QWidget

from xraydemo.desktop import text
from xraydemo.desktop.parts import words_label
from xraydemo.desktop.word_table import Cell, WordTable

if TYPE_CHECKING:
    from xraydemo.evaluation.result import Number, Table

_FIRST = 10  # rows, before all are asked for
_NUMBERS = (2, 3, 4)  # columns
_AIR = 60


class NumberTable(QWidget):
    """A table of numbers: its first rows, and all of them where they are asked for.

    Parameters
    ----------
    table : Table
    """

    def __init__(self, table: Table, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = WordTable(text.COLUMNS_OF_NUMBERS, table.title, _NUMBERS)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.fill([_cells(row) for row in table.rows[:_FIRST]])
        self._fit()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addWidget(words_label("title", table.title))
        column.addWidget(self.table)
        if len(table.rows) > _FIRST:
            self.all = QPushButton(text.all_rows(len(table.rows)))
            self.all.setObjectName("fold")
            self.all.setAccessibleName(f"{table.title}: {self.all.text()}")
            self.all.clicked.connect(lambda: self._show_all(table))
            column.addWidget(self.all, 0, Qt.AlignmentFlag.AlignLeft)

    def _fit(self) -> None:
        """Keep the numbers near their names: no wider than the words need."""
        header = self.table.horizontalHeader()
        needed = sum(
            max(self.table.sizeHintForColumn(column), header.sectionSizeHint(column))
            for column in range(self.table.columnCount())
        )
        self.table.setMaximumWidth(needed + _AIR)

    def _show_all(self, table: Table) -> None:
        self.table.fill([_cells(row) for row in table.rows], most=len(table.rows))
        self._fit()
        self.all.hide()
        self.table.setFocus()


def _cells(row: Number) -> list[Cell]:
    from xraydemo.report.words import interval_text, value_text, where_text

    words = (
        row.metric,
        where_text(row.where),
        value_text(row),
        interval_text(row.low, row.high),
        f"{row.n:,}",
    )
    return [(word, "") for word in words]
