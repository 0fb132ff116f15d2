from __future__ import annotations

from xraydemo.desktop import text
from xraydemo.desktop.worklist import PROBABILITY, Worklist


def test_the_longest_probability_is_not_cut(qtbot) -> None:
    """It was shown as ">…%": the column was as wide as its heading only."""
    worklist = Worklist()
    qtbot.addWidget(worklist)
    needed = worklist.fontMetrics().horizontalAdvance(text.percent(0.999)) + 20  # both margins
    assert worklist.columnWidth(PROBABILITY) >= needed
