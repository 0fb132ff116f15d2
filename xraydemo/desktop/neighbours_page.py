"""The nearest training X-rays: what is known of them, held to the whole training set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from xraydemo.desktop import style, text
from xraydemo.desktop.parts import words_label
from xraydemo.desktop.type_fit import TypeFit
from xraydemo.desktop.word_table import CopyTable

if TYPE_CHECKING:
    from xraydemo.model.neighbours import Neighbours

ROOM = 8  # pixels between rows


class NeighboursPage(QWidget):
    """A sentence and a table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentence, self._note = words_label(), words_label("dim")
        self._table = CopyTable(0, len(text.NEIGHBOURS_COLUMNS))
        self._table.setAccessibleName(text.PAGE_TIPS["neighbours"])
        for place, (name, tip) in enumerate(
            zip(text.NEIGHBOURS_COLUMNS, text.NEIGHBOURS_TIPS, strict=True)
        ):
            head = QTableWidgetItem(name)
            head.setToolTip(tip)
            head.setTextAlignment(_side(place))
            self._table.setHorizontalHeaderItem(place, head)
        heads = self._table.horizontalHeader()
        heads.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        heads.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        heads.setSectionsClickable(False)
        heads.setHighlightSections(False)
        rows = self._table.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        heads.sectionResized.connect(self._fit_rows)
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setShowGrid(False)
        self._table.setMinimumHeight(60)
        self._table.setTabKeyNavigation(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 8)
        column.setSpacing(6)
        column.addWidget(self._sentence)
        column.addWidget(self._table, 1)
        column.addWidget(self._note)
        self.show_neighbours(None, "")
        TypeFit(self._table, self._fit_rows)

    @property
    def table(self) -> QTableWidget:
        """The table, which needs keys of its own."""
        return self._table

    def show_neighbours(self, found: Neighbours | None, note: str) -> None:
        """Show neighbours, or why there are none."""
        self._sentence.setText(text.neighbours(found) if found else note)
        self._note.setText(text.NEIGHBOURS_NOTE if found else "")
        among = found.among if found else {}
        self._table.setVisible(bool(among))
        self._table.setRowCount(len(among))
        for row, (kind, count) in enumerate(among.items()):
            assert found is not None
            cells = (
                f"{text.class_name(kind.label)}\n{text.where_from(kind)}",
                str(count),
                text.percent(found.share(kind)),
            )
            for column, words in enumerate(cells):
                item = QTableWidgetItem(words)
                item.setTextAlignment(_side(column))
                item.setToolTip(f"{text.NEIGHBOURS_TIPS[column]}: {words}")
                if column == len(cells) - 1:
                    item.setForeground(QColor(style.DIM))
                self._table.setItem(row, column, item)
        self._fit_rows()

    def _fit_rows(self) -> None:
        for row in range(self._table.rowCount()):
            self._table.setRowHeight(row, self._table.sizeHintForRow(row) + ROOM)

    def words(self) -> str:
        """Return the sentence."""
        return self._sentence.text()


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
