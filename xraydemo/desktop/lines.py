"""Words in little room: a sentence in a few lines, a number before its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt

if TYPE_CHECKING:
    from PySide6.QtGui import QFontMetrics, QPainter

    from xraydemo.evaluation.result import Number


def lines_of(words: str, metrics: QFontMetrics, width: int, most: int) -> list[str]:
    """Break words into at most so many lines of a width in pixels."""
    lines: list[str] = []
    left = words.split()
    while left and len(lines) < most:
        taken = [left.pop(0)]
        while left and metrics.horizontalAdvance(" ".join([*taken, left[0]])) <= width:
            taken.append(left.pop(0))
        is_last = len(lines) == most - 1
        line = " ".join([*taken, *(left if is_last else [])])
        lines.append(metrics.elidedText(line, Qt.TextElideMode.ElideRight, width))
    return lines


def draw_lines(painter: QPainter, place: QRect, words: str, most: int) -> None:
    """Draw words in at most so many lines, from the top of a place."""
    metrics = painter.fontMetrics()
    for number, line in enumerate(lines_of(words, metrics, place.width(), most)):
        top = place.top() + number * metrics.height()
        row = QRect(place.left(), top, place.width(), metrics.height())
        painter.drawText(row, Qt.AlignmentFlag.AlignLeft, line)


def number_first(number: Number) -> str:
    """Write a number with its value first, so that it stands where its name is too long."""
    from xraydemo.report.words import interval_text, one_line, value_text, where_text

    where = where_text(number.where)
    of_what = f" ({where})" if where and where != "all" else ""
    value = f"{value_text(number)} {interval_text(number.low, number.high)}".strip()
    return f"{value}  n = {number.n:,}  ·  {one_line(number.metric + of_what)}"
