"""Tables that can be copied, and one of words: in Compare and below the figures of a check."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from xraydemo.desktop import style
from xraydemo.desktop.type_fit import TypeFit

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

Cell = tuple[str, str]
"""Words, and a colour or ""."""

_MOST_ROWS = 12  # before it scrolls by itself
_LEAST = 14  # letters of the first column that are always seen
_MEASURED = 200  # rows, beside those that are seen, to tell how wide a column has to be
_CELL_MARGINS = 20
_BREAKS = r"[\t\r\n]+"  # they part cells and rows where it is pasted
_OPENS, _MOVES = (Qt.Key.Key_Return, Qt.Key.Key_Enter), (Qt.Key.Key_Up, Qt.Key.Key_Down)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class CopyTable(QTableWidget):
    """A table whose chosen rows are copied, even where the window has that key for a picture."""

    def event(self, event: QEvent) -> bool:
        """Take the key before it becomes a shortcut."""
        if event.type() == QEvent.Type.ShortcutOverride and self._copies(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Copy what is chosen."""
        if self._copies(event):
            QGuiApplication.clipboard().setText(self.words(chosen=True))
        else:
            super().keyPressEvent(event)

    def words(self, *, chosen: bool = False) -> str:
        """Give the rows as lines of words parted by tabs; all of them, or those that are chosen."""
        rows = {item.row() for item in self.selectedItems()} if chosen else range(self.rowCount())
        return "\n".join(
            "\t".join(
                re.sub(_BREAKS, " ", item.text()) if (item := self.item(row, column)) else ""
                for column in range(self.columnCount())
            )
            for row in sorted(rows)
        )

    def _copies(self, event: QEvent) -> bool:
        return (
            isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Copy)
            and bool(self.selectedItems())
        )


class WordTable(CopyTable):
    """A table of words to read, and to copy; a double click or Return opens its rows.

    Parameters
    ----------
    columns : sequence of str
    name : str
        For screen readers.
    numbers : collection of int
        Columns of numbers, which stand at the right.
    """

    opened = Signal(QTableWidgetItem)

    def __init__(
        self,
        columns: Sequence[str],
        name: str,
        numbers: Collection[int] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(0, len(columns), parent)
        self.setAccessibleName(name)
        self._numbers = numbers
        self._lines, self._fits = 0, True
        self.setHorizontalHeaderLabels(list(columns))
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setResizeContentsPrecision(_MEASURED)
        header.setMinimumSectionSize(40)
        self.verticalHeader().hide()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemActivated.connect(self.opened)
        TypeFit(self, self._fit_rows)

    def fill(
        self, rows: Sequence[Sequence[Cell]], *, whole: bool = False, most: int = _MOST_ROWS
    ) -> None:
        """Show rows; not `whole`, the table is as high as they are, up to `most` of them."""
        self.setRowCount(0)  # else each item has the columns of the rows there measured anew
        self.setRowCount(len(rows))
        for row, cells in enumerate(rows):
            for column, (words, colour) in enumerate(cells):
                item = QTableWidgetItem(words)
                item.setToolTip(words)
                if column in self._numbers:
                    item.setTextAlignment(_RIGHT)
                if colour:
                    item.setForeground(QColor(colour))
                self.setItem(row, column, item)
        if not whole:
            self._lines = min(max(len(rows), 1), most)
        elif rows:  # the keys begin at the first row, but nothing is chosen yet
            first = self.model().index(0, 0)
            self.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
        self._fit_rows()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fit the columns to another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit_first()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the rows; with nothing chosen, show where the keyboard is."""
        super().paintEvent(event)
        row = self.visualRect(self.currentIndex())
        if self.hasFocus() and row.isValid() and not self.selectionModel().hasSelection():
            with QPainter(self.viewport()) as painter:
                painter.setPen(QColor(style.FOCUS))
                painter.drawRect(0, row.top(), self.viewport().width() - 1, row.height() - 1)

    def _fit_rows(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self._fit_first()

    def _fit_first(self) -> None:
        """Give the first column the room that is left; where that is too little, scroll."""
        header = self.horizontalHeader()
        others = sum(header.sectionSize(column) for column in range(1, self.columnCount()))
        letters = self.fontMetrics().horizontalAdvance("x" * _LEAST) + _CELL_MARGINS
        least = min(max(self.sizeHintForColumn(0), header.sectionSizeHint(0)), letters)
        fits = self.viewport().width() - others >= least
        if fits != self._fits:
            self._fits = fits
            mode, policy = QHeaderView.ResizeMode, Qt.ScrollBarPolicy
            header.setSectionResizeMode(0, mode.Stretch if fits else mode.Fixed)
            self.setHorizontalScrollBarPolicy(
                policy.ScrollBarAlwaysOff if fits else policy.ScrollBarAlwaysOn
            )
        if not fits:
            self.setColumnWidth(0, least)
        if self._lines:
            line = self.verticalHeader().defaultSectionSize()
            bar = 0 if fits else self.horizontalScrollBar().sizeHint().height()
            self.setFixedHeight(header.sizeHint().height() + self._lines * line + 4 + bar)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Open with Return; with nothing chosen, the arrows first choose the row they begin at."""
        current, opens = self.currentItem(), event.key() in _OPENS
        begins = current is not None and not self.selectedItems()
        if current is not None and begins and (opens or event.key() in _MOVES):
            self.selectRow(current.row())
        if current is not None and opens:
            self.itemActivated.emit(current)
        elif not (begins and event.key() in _MOVES):
            super().keyPressEvent(event)
