"""What was measured of a check stands on a card: all of it, to be read and copied."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from xraydemo.desktop import text
from xraydemo.desktop.power_card import power_card
from xraydemo.report.power import Power, PowerTable


def test_it_shows_summary_tables_and_notes(qtbot) -> None:
    table = PowerTable("It finds <it>", ("planted", "n = 400"), (("a & b", "98 % [95, 99]"),))
    card = power_card(Power("Mostly right.", (table,), ("s is the strength.", "Measured.")))
    qtbot.addWidget(card)
    labels = card.findChildren(QLabel)
    words = " ".join(label.text() for label in labels)
    assert text.EXPLAIN_POWER in words
    for part in ("Mostly right.", "It finds &lt;it&gt;", "a &amp; b", "98 % [95, 99]", "n = 400"):
        assert part in words
    assert "s is the strength. Measured." in words
    selectable = Qt.TextInteractionFlag.TextSelectableByMouse
    assert all(label.textInteractionFlags() & selectable for label in labels[1:])
