"""What was measured of a check stands in its opened card: all of it, to be read and copied."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from xraydemo.desktop import text
from xraydemo.desktop.answer_panel import AnswerPanel
from xraydemo.desktop.asking import Answer
from xraydemo.desktop.power_pieces import power_pieces
from xraydemo.desktop.word_table import WordTable
from xraydemo.evaluation.result import CheckResult, Verdict
from xraydemo.report.power import Power, PowerTable, power_of


def test_it_shows_summary_tables_and_notes(qtbot) -> None:
    table = PowerTable("It finds <it>", ("planted", "n = 400"), (("a & b", "98 % [95, 99]"),))
    notes = ("s is the strength.", "Measured by `python -m tests.benchmarks.power`, xraydemo 1.")
    card = QWidget()
    column = QVBoxLayout(card)
    for piece in power_pieces(Power("Mostly right.", (table,), notes)):
        column.addWidget(piece)
    qtbot.addWidget(card)
    labels = {label.text(): label for label in card.findChildren(QLabel)}
    selectable = Qt.TextInteractionFlag.TextSelectableByMouse
    for words in ("Mostly right.", "s is the strength. Measured, xraydemo 1."):
        assert labels[words].textInteractionFlags() & selectable
    assert {text.EXPLAIN_POWER, "It finds <it>"} <= set(labels)
    (shown,) = card.findChildren(WordTable)
    assert shown.accessibleName() == "It finds <it>"
    assert shown.words() == "a & b\t98 % [95, 99]"
    head = [shown.horizontalHeaderItem(column).text() for column in range(2)]
    assert head == ["planted", "n = 400"]


def opened(qtbot, check: str) -> AnswerPanel:
    """Open the answer of a check, all of it."""
    answer = Answer("Is it?", CheckResult(Verdict.PASS, "It isn't.", check=check))
    presenter = SimpleNamespace(chosen=check, headline=None, answer=answer, figures=(), edited={})
    panel = AnswerPanel(presenter)
    qtbot.addWidget(panel)
    panel.show_answer()
    qtbot.waitUntil(lambda: panel.is_whole, timeout=60_000)
    return panel


@pytest.mark.parametrize("check", ["confounder.used", "data.balance"])
def test_an_opened_answer_tells_what_was_measured_of_its_check(qtbot, check) -> None:
    panel = opened(qtbot, check)
    words = [label.text() for label in panel.findChildren(QLabel)]
    names = [table.accessibleName() for table in panel.findChildren(WordTable)]
    power = power_of(check)
    assert (text.EXPLAIN_POWER in words) == (power is not None)
    assert names == [table.title for table in (power.tables if power else ())]
    if power:  # after what the check tells
        assert words.index(text.EXPLAIN_HOW) < words.index(text.EXPLAIN_POWER)


def test_what_an_opened_answer_tells_is_without_options_of_the_command_line(qtbot) -> None:
    panel = opened(qtbot, "performance.scenarios")  # its advice names --scenarios FILE
    words = " ".join(label.text() for label in panel.findChildren(QLabel))
    assert "--scenarios" not in words
    assert "“Scenarios” under Other data" in words
