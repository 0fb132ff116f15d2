"""How often a check finds what was planted, and how often it cries wolf."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QWidget

from xraydemo.desktop import text
from xraydemo.desktop.parts import words_label
from xraydemo.desktop.word_table import WordTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xraydemo.report.power import Power, PowerTable


def power_pieces(power: Power) -> Iterator[QWidget]:
    """Give a summary, the tables below it, and what their words mean, one after the other."""
    yield words_label("title", text.EXPLAIN_POWER)
    yield _selectable(words_label("", power.summary))
    for table in power.tables:
        yield words_label("title", table.title)
        yield _table(table)
    yield _selectable(words_label("dim", text.what_would_help(" ".join(power.notes))))


def _table(table: PowerTable) -> WordTable:
    """Fill a table; one in a label would take Qt several times as long to lay out."""
    numbers = range(1, len(table.head))
    shown = WordTable(table.head, table.title, numbers)
    for column in numbers:  # above what it is the name of: some cells are empty
        if head := shown.horizontalHeaderItem(column):
            head.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    shown.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    rows = [[(words, "") for words in row] for row in table.rows]
    shown.fill(rows, most=len(rows))
    return shown


def _selectable(label: QLabel) -> QLabel:
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
