"""Facts and DICOM tags of the current file, with a search; what tells who it is stays hidden."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from xraydemo.desktop import style, text
from xraydemo.desktop.type_fit import TypeFit
from xraydemo.desktop.word_table import CopyTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from xraydemo.radiograph import Tag


_NAME = 17  # letters


@dataclass(frozen=True)
class Row:
    """A line of the table; a heading where it has no value of its own."""

    name: str
    value: str
    tip: str = ""
    heading: bool = False


def rows_of(
    facts: Mapping[str, object],
    notes: Iterable[str],
    tags: Iterable[Tag],
    search: str,
    *,
    identity: bool,
) -> tuple[list[Row], int]:
    """Return the lines that match the search, and how many are hidden for the patient's sake.

    Parameters
    ----------
    facts, notes : mapping, iterable of str
        Of the radiograph.
    tags : iterable of Tag
        Of the file.
    search : str
        Words that have to be in a line, in any case.
    identity : bool
        Show the tags that could tell who the patient is.
    """
    words = search.casefold().split()

    def matches(*parts: str) -> bool:
        whole = " ".join(parts).casefold()
        return all(word in whole for word in words)

    tags = list(tags)
    of_file = [Row("note", note, note) for note in notes if matches("note", note)]
    of_file += [
        Row(name.replace("_", " "), value, f"{name}: {value}")
        for name, fact in facts.items()
        if matches(name.replace("_", " "), value := _value(fact))
    ]
    of_dicom = [
        Row(tag.name or tag.keyword or tag.tag, tag.value, f"{tag.tag} {tag.keyword} {tag.vr}")
        for tag in tags
        if (identity or not tag.identity) and matches(tag.tag, tag.keyword, tag.name, tag.value)
    ]
    rows: list[Row] = []
    for title, part in ((text.FACTS_SECTION, of_file), (text.TAGS_SECTION, of_dicom)):
        if part:
            rows += [Row(title, "", heading=True), *part]
    hidden = 0 if identity else sum(tag.identity for tag in tags)
    return rows, hidden


def _value(fact: object) -> str:
    return text.number(fact) if isinstance(fact, float) else str(fact)


class FactsPanel(QWidget):
    """The right-hand panel's lower part."""

    changed = Signal()
    """Another search, or identity shown or hidden."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._search = QLineEdit()
        self._search.setPlaceholderText(text.FACTS_SEARCH)
        self._search.setAccessibleName(text.FACTS_SEARCH)
        self._search.setClearButtonEnabled(True)
        self._identity = QCheckBox(text.FACTS_IDENTITY)
        self._identity.setToolTip(text.FACTS_IDENTITY_TIP)
        self._hidden = QLabel()
        self._hidden.setObjectName("dim")
        self._table = CopyTable(0, 2)
        self._table.setObjectName("tags")
        self._table.setAccessibleName(text.NAME_TAGS)
        self._table.horizontalHeader().hide()
        self._table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        self._table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self._table.verticalHeader().hide()
        self._table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        TypeFit(self._table, self._fit)
        self._table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setShowGrid(False)
        self._table.setWordWrap(False)
        self._table.setTabKeyNavigation(False)

        below = QHBoxLayout()
        below.addWidget(self._identity)
        below.addStretch(1)
        below.addWidget(self._hidden)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 8)
        column.setSpacing(6)
        column.addWidget(self._search)
        column.addWidget(self._table, 1)
        column.addLayout(below)
        self._search.textChanged.connect(self.changed)
        self._identity.toggled.connect(self.changed)

    def _fit(self) -> None:
        """Make the rows as high as a line, and the names' column wide enough for most of them."""
        metrics = self._table.fontMetrics()
        self._table.verticalHeader().setDefaultSectionSize(metrics.height() + 7)
        self._table.setColumnWidth(0, metrics.horizontalAdvance("x" * _NAME))

    @property
    def keyboard_widgets(self) -> tuple[QWidget, QWidget]:
        """The check box and the table, which need keys of their own."""
        return self._identity, self._table

    @property
    def search(self) -> str:
        """What is searched for."""
        return self._search.text()

    @property
    def identity(self) -> bool:
        """Whether identity is to be shown."""
        return self._identity.isChecked()

    def focus_search(self) -> None:
        """Put the cursor into the search field."""
        self._search.setFocus()
        self._search.selectAll()

    def show_rows(self, rows: list[Row], hidden: int, *, nothing: str) -> None:
        """Show these lines, or the sentence `nothing` where there are none."""
        rows = rows or [Row(nothing, "", heading=True)]
        self._hidden.setText(text.identity_hidden(hidden))
        self._table.clearSpans()
        self._table.setRowCount(len(rows))
        bold = QFont(self.font())
        bold.setBold(True)
        for number, row in enumerate(rows):
            name, value = QTableWidgetItem(row.name), QTableWidgetItem(row.value)
            name.setForeground(QColor(style.DIM))
            name.setToolTip(row.tip or row.name)
            value.setToolTip(row.value)
            if row.heading:
                name.setFont(bold)
                name.setFlags(Qt.ItemFlag.NoItemFlags)
                value.setFlags(Qt.ItemFlag.NoItemFlags)
                self._table.setSpan(number, 0, 1, 2)
            self._table.setItem(number, 0, name)
            self._table.setItem(number, 1, value)
