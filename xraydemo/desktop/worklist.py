"""The worklist: one row a file, with its most likely class and what the reader should notice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from xraydemo.classes import CLASSES
from xraydemo.desktop import style, text
from xraydemo.desktop.type_fit import TypeFit

if TYPE_CHECKING:
    from xraydemo.desktop.items import Item
    from xraydemo.desktop.presenter import Presenter

FILE, CLASS, NUMBER, SIGNS = range(4)
_KEY_OF_COLUMN = {FILE: "file", CLASS: "class", NUMBER: "probability", SIGNS: "foreignness"}
_CELL_MARGINS, _HEAD_MARGINS = 20, 20
_LEAST_OF_A_NAME, _SHORTEST_NAME, _SHORTEST_CLASS = 9, 5, 6  # letters
_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
Signs = Literal["words", "alone", "gravest"]


class WorklistModel(QAbstractTableModel):
    """The listed files and their readings, for Qt; all of it belongs to the presenter."""

    def __init__(self, presenter: Presenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self._shown: list[int] = []
        self.signs: Signs = "words"
        """How signs are shown: with their words, alone, or only the gravest one of a row."""
        self.letters = 0
        """How many of a name are shown, from its end; 0 for all."""

    def take_order(self) -> None:
        """Show other rows, or the same in another order."""
        self.beginResetModel()
        self._shown = self._presenter.shown
        self.endResetModel()

    def row_of(self, place: int) -> int:
        """Give the file that is listed here."""
        return self._shown[place]

    def row_changed(self, row: int) -> None:
        """Show a file anew, if it is listed."""
        place = self._presenter.place_of(row)
        if place is not None and place < len(self._shown):
            self.dataChanged.emit(self.index(place, 0), self.index(place, SIGNS))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802 - as Qt has it
        """Count the files."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802 - as Qt has it
        """Count the columns."""
        return 0 if parent.isValid() else SIGNS + 1

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole
    ) -> Any:  # noqa: ANN401 - as Qt has it
        """Name a column."""
        if orientation is Qt.Orientation.Horizontal and role == _Role.DisplayRole:
            number = text.COLUMN_NUMBERS.get(self._presenter.order.key, text.COLUMN_PROBABILITY)
            signs = "" if self.letters else text.COLUMN_SIGNS
            return (text.COLUMN_FILE, text.COLUMN_CLASS, number, signs)[section]
        if role == _Role.AccessibleTextRole and section == SIGNS:
            return text.COLUMN_SIGNS
        if role == _Role.TextAlignmentRole:
            return _alignment(section)
        if role == _Role.ToolTipRole:
            return f"{text.SORT_TIP}\n\n{text.legend()}" if section == SIGNS else text.SORT_TIP
        return None

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:  # noqa: ANN401 - as Qt has it
        """Tell what a cell shows."""
        presenter, column = self._presenter, index.column()
        item = presenter.items[self._shown[index.row()]]
        if role == _Role.TextAlignmentRole:
            return _alignment(column)
        if presenter.hides(item):
            place = str(index.row() + 1)
            number = place if self.letters else text.NUMBER_IN_STUDY.format(number=place)
            words = (number, text.ROW_ERROR if item.error else text.ROW_WAITING, "", "")
            return words[column] if role == _Role.DisplayRole else None
        if role == _Role.DisplayRole:
            return _words(item, column, presenter.order.key, self)
        if role == _Role.ToolTipRole:
            return _tip(item)
        if role == _Role.AccessibleTextRole and column == SIGNS:
            return text.signs_in_words(item.signs)
        if role == _Role.ForegroundRole:
            return _colour(item, column)
        return None


def _words(item: Item, column: int, key: str, room: WorklistModel) -> str:
    if column == FILE:
        return text.end_of_name(item.path, room.letters) if room.letters else item.path.name
    if column == SIGNS:  # what is unreadable says so in the column before
        names = [sign for sign in item.signs if sign != "unreadable"]
        if room.signs == "words":
            return text.signs(names, item.mark)
        return text.brief_signs(names) if room.signs == "alone" else text.gravest_sign(names)
    if item.reading:
        if column == CLASS:
            return text.class_name(item.reading.predicted)
        return text.number_in_list(item, key)
    if column == CLASS:
        return text.ROW_ERROR if item.error else text.ROW_WAITING
    return ""


def _tip(item: Item) -> str:
    said = [str(item.path), str(item.error) if item.error else "", text.signs_in_words(item.signs)]
    return "\n".join(part for part in said if part)


def _colour(item: Item, column: int) -> QColor | None:
    if column == SIGNS and item.signs:
        loud = {"foreign": style.WARNING, "label": style.VERDICTS["warn"]}
        return QColor(loud.get(item.signs[0], style.DIM))
    if column != FILE and not item.reading:
        return QColor(style.WARNING if item.error else style.DIM)
    return None


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column == NUMBER else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


class Worklist(QTableView):
    """The worklist on the screen."""

    selected = Signal(int)
    """The file that the reader went to."""
    sort_wanted = Signal(str)
    """The key that the reader wants it sorted by."""

    def __init__(self, presenter: Presenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self.setAccessibleName(text.NAME_WORKLIST)
        self._model = WorklistModel(presenter, self)
        self.setModel(self._model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns = self.horizontalHeader()
        columns.setSectionsClickable(True)
        columns.setHighlightSections(False)
        columns.setTextElideMode(Qt.TextElideMode.ElideRight)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.sectionClicked.connect(lambda column: self.sort_wanted.emit(_KEY_OF_COLUMN[column]))
        TypeFit(self, self._fit)
        TypeFit(columns, self._fit_columns)
        self.selectionModel().currentRowChanged.connect(self._gone_to)

    def show_order(self) -> None:
        """Show other rows, or the same in another order."""
        self._model.take_order()
        self._fit_columns()

    def row_changed(self, row: int) -> None:
        """Show a file anew."""
        self._model.row_changed(row)

    def go_to(self, place: int | None) -> None:
        """Mark a place as the current one, and bring it to sight; None for none."""
        if place is None:
            self.clearSelection()
            self.selectionModel().clearCurrentIndex()
            return
        index = self._model.index(place, 0)
        if self.currentIndex().row() != place:
            self.setCurrentIndex(index)
        self.scrollTo(index)

    def keyboardSearch(self, _: str) -> None:  # noqa: N802 - Qt's name
        """Do nothing: letters are the window's keys, and must not also jump to a file."""

    def _gone_to(self, index: QModelIndex) -> None:
        if index.isValid():
            self.selected.emit(self._model.row_of(index.row()))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fit the columns to another width."""
        super().resizeEvent(event)
        self._fit_columns()

    def _fit(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 12)
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Make the columns as wide as their widest words, and leave the rest to the names.

        Where too little is left, signs go without their words; then names and classes are cut, so
        that no sign is out of sight; then only the gravest is shown; at last it scrolls sideways.
        """
        cell = self.fontMetrics()
        bold = self.horizontalHeader().font()
        bold.setBold(True)
        head = QFontMetrics(bold)
        key = self._presenter.order.key
        number = text.COLUMN_NUMBERS.get(key, text.COLUMN_PROBABILITY)
        digits = "0000-00-00" if key == "date" else text.percent(0.999)
        classes = [*(text.class_name(class_id) for class_id in CLASSES), text.ROW_ERROR]
        worst = ["unusual", "unsure", "label"]

        def width(title: str, words: list[str]) -> int:
            widest = max(cell.horizontalAdvance(each) for each in words)
            return max(widest + _CELL_MARGINS, head.horizontalAdvance(title) + _HEAD_MARGINS)

        widths = {
            CLASS: width(text.COLUMN_CLASS, classes),
            NUMBER: width(number, [digits]),
            SIGNS: width(text.COLUMN_SIGNS, [text.signs(worst)]),
        }
        room = self.viewport().width()

        def letters(number: int) -> int:
            return cell.horizontalAdvance("x" * number) + _CELL_MARGINS

        self._model.signs = "words"
        if room - sum(widths.values()) < letters(_LEAST_OF_A_NAME):
            self._model.signs = "alone"
            widths[SIGNS] = width(text.COLUMN_SIGNS, [text.brief_signs(worst)])
        is_tight = room - sum(widths.values()) < letters(_LEAST_OF_A_NAME)
        if is_tight:
            least = widths[NUMBER] + letters(_SHORTEST_NAME) + letters(_SHORTEST_CLASS)
            widths[SIGNS] = width("", [text.brief_signs(worst)])
            if room - widths[SIGNS] < least:
                self._model.signs = "gravest"
                widths[SIGNS] = width("", [text.gravest_sign(worst)])
            left = room - widths[NUMBER] - widths[SIGNS] - letters(_SHORTEST_NAME)
            widths[CLASS] = min(widths[CLASS], max(left, letters(_SHORTEST_NAME)))
        names = room - sum(widths.values())
        self._model.letters = 0
        if is_tight:
            shown = max(names, letters(_SHORTEST_NAME)) - letters(0)
            digit, dots = cell.horizontalAdvance("0"), cell.horizontalAdvance("…")
            self._model.letters = max((shown - dots) // digit, 1)
        elide = Qt.TextElideMode
        self.setTextElideMode(elide.ElideRight if is_tight else elide.ElideMiddle)
        mode = QHeaderView.ResizeMode
        fits = names >= letters(_SHORTEST_NAME)
        self.horizontalHeader().setSectionResizeMode(FILE, mode.Stretch if fits else mode.Fixed)
        if not fits:
            widths[FILE] = letters(_SHORTEST_NAME)
        for column, wide in widths.items():
            self.setColumnWidth(column, wide)
