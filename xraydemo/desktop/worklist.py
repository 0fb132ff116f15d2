"""The worklist: one row a file, with its most likely class or the word that there is no reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from xraydemo.classes import CLASSES
from xraydemo.desktop import style, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xraydemo.desktop.presenter import Item

FILE, CLASS, PROBABILITY = range(3)
_HEADERS = (text.COLUMN_FILE, text.COLUMN_CLASS, text.COLUMN_PROBABILITY)
_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class WorklistModel(QAbstractTableModel):
    """The files and their readings, for Qt; the items themselves belong to the presenter."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: Sequence[Item] = ()

    def show_items(self, items: Sequence[Item]) -> None:
        """Show other files."""
        self.beginResetModel()
        self._items = items
        self.endResetModel()

    def row_changed(self, row: int) -> None:
        """Show a row anew."""
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(_HEADERS) - 1))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802 - as Qt has it
        """Count the files."""
        return 0 if parent.isValid() else len(self._items)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802 - as Qt has it
        """Count the columns."""
        return 0 if parent.isValid() else len(_HEADERS)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole
    ) -> Any:  # noqa: ANN401 - as Qt has it
        """Name a column."""
        if orientation is Qt.Orientation.Horizontal and role == _Role.DisplayRole:
            return _HEADERS[section]
        if role == _Role.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:  # noqa: ANN401 - as Qt has it
        """Tell what a cell shows."""
        item, column = self._items[index.row()], index.column()
        if role == _Role.DisplayRole:
            return _words(item, column)
        if role == _Role.ToolTipRole:
            return f"{item.path}\n{item.error}" if item.error else str(item.path)
        if role == _Role.TextAlignmentRole:
            return _alignment(column)
        if role == _Role.ForegroundRole and column != FILE and not item.reading:
            return QColor(style.WARNING if item.error else style.DIM)
        return None


def _words(item: Item, column: int) -> str:
    if column == FILE:
        return item.path.name
    if item.reading:
        predicted = item.reading.predicted
        if column == CLASS:
            return text.class_name(predicted)
        return text.percent(item.reading.probability_of(predicted))
    if column == CLASS:
        return text.ROW_ERROR if item.error else text.ROW_WAITING
    return ""


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column == PROBABILITY else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


class Worklist(QTableView):
    """The worklist on the screen."""

    selected = Signal(int)
    """The row that the reader went to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(text.NAME_WORKLIST)
        self._model = WorklistModel(self)
        self.setModel(self._model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        metrics = self.fontMetrics()
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(metrics.height() + 12)
        columns = self.horizontalHeader()
        columns.setSectionsClickable(False)
        columns.setHighlightSections(False)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setSectionResizeMode(FILE, QHeaderView.ResizeMode.Stretch)
        widest = max(metrics.horizontalAdvance(text.class_name(c)) for c in CLASSES)
        widest = max(widest, metrics.horizontalAdvance(text.ROW_ERROR))
        self.setColumnWidth(CLASS, widest + 21)
        longest = max(text.COLUMN_PROBABILITY, text.percent(0.999), key=metrics.horizontalAdvance)
        self.setColumnWidth(PROBABILITY, metrics.horizontalAdvance(longest) + 28)
        self.selectionModel().currentRowChanged.connect(
            lambda index, _: self.selected.emit(index.row()) if index.isValid() else None
        )

    def show_items(self, items: Sequence[Item]) -> None:
        """Show other files."""
        self._model.show_items(items)

    def row_changed(self, row: int) -> None:
        """Show a row anew."""
        self._model.row_changed(row)

    def go_to(self, row: int) -> None:
        """Mark a row as the current one, and bring it to sight."""
        index = self._model.index(row, 0)
        if self.currentIndex().row() != row:
            self.setCurrentIndex(index)
        self.scrollTo(index)

    def keyboardSearch(self, _: str) -> None:  # noqa: N802 - Qt's name
        """Do nothing: letters are the window's keys, and must not also jump to a file."""
