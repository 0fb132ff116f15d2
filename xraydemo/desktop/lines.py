"""Sentences in a few lines, the last one shortened where they don't fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt

if TYPE_CHECKING:
    from PySide6.QtGui import QFontMetrics, QPainter


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
