"""How often a check finds what was planted, and how often it cries wolf, as a card."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy

from xraydemo.desktop import style, text
from xraydemo.desktop.parts import Card, words_label

if TYPE_CHECKING:
    from xraydemo.report.power import Power, PowerTable

_CELL = "padding: 3px 14px 3px 0;"


def power_card(power: Power) -> Card:
    """Show a summary, the tables below it, and what their words mean."""
    card = Card()
    card.column.addWidget(words_label("title", text.EXPLAIN_POWER))
    card.column.addWidget(_selectable(words_label("", power.summary)))
    for table in power.tables:
        label = QLabel(_html(table))
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setWordWrap(True)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        card.column.addWidget(_selectable(label))
    card.column.addWidget(_selectable(words_label("dim", " ".join(power.notes))))
    return card


def _html(table: PowerTable) -> str:
    head = _row("th", table.head, f"{_CELL} color: {style.DIM}; font-weight: 600;")
    rows = "".join(_row("td", row, _CELL) for row in table.rows)
    return f"<b>{escape(table.title)}</b><table cellspacing='0'>{head}{rows}</table>"


def _row(tag: str, words: tuple[str, ...], look: str) -> str:
    cells = "".join(
        f"<{tag} align='{'right' if place else 'left'}' style='{look}'>{escape(one)}</{tag}>"
        for place, one in enumerate(words)
    )
    return f"<tr>{cells}</tr>"


def _selectable(label: QLabel) -> QLabel:
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
