"""The verdict wall: every check of a report in a cell."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable

from xraydemo.evaluation.result import CheckResult, Verdict
from xraydemo.report.fonts import drawable
from xraydemo.report.groups import Group, plain_name
from xraydemo.report.shapes import draw_mark
from xraydemo.report.typesetting import BOLD, DIM, INK, PALE, REGULAR, VERDICT_COLOURS

_COLUMNS = 5
_LOW, _HIGH = 15.0, 26.0  # a row, as far as the page has room
_BELOW = 17 * mm  # for what stands below it on the page
_WORD = {verdict: verdict.value.replace("_", " ") for verdict in Verdict}


class VerdictWall(Flowable):
    """Every check in a cell with its mark, name and verdict; a click leads to its page."""

    _label = 66.0

    def __init__(self, groups: Sequence[Group], width: float) -> None:
        super().__init__()
        self.groups, self.width = groups, width
        self._cell = (width - self._label) / _COLUMNS
        self._row = _HIGH

    def wrap(self, _: float, height: float) -> tuple[float, float]:
        """Take as much of the height that is left as it needs to be read well."""
        lines = sum(math.ceil(len(group.results) / _COLUMNS) for group in self.groups)
        gaps = 3 * len(self.groups)
        self._row = min(max((height - _BELOW - gaps) / max(lines, 1), _LOW), _HIGH)
        self.height = self._row * lines + gaps
        return self.width, self.height

    def draw(self) -> None:
        """Draw it, group by group, as it is read."""
        y = self.height
        for group in self.groups:
            lines = math.ceil(len(group.results) / _COLUMNS)
            height = self._row * lines
            y -= height
            self.canv.setFillColor(PALE)
            self.canv.rect(0, y, self.width, height, stroke=0, fill=1)
            self._group(group, y + height)
            for place, result in enumerate(group.results):
                row, column = divmod(place, _COLUMNS)
                self._check(
                    result, self._label + column * self._cell, y + height - (row + 1) * self._row
                )
            y -= 3

    def _group(self, group: Group, top: float) -> None:
        canvas = self.canv
        canvas.setFillColor(INK)
        canvas.setFont(BOLD, 7.4)
        canvas.drawString(4, top - 10, _fitting(group.short, BOLD, 7.4, self._label - 8))
        failed = sum(result.verdict is Verdict.FAIL for result in group.results)
        canvas.setFillColor(DIM)
        canvas.setFont(REGULAR, 6.3)
        canvas.drawString(4, top - 18, f"{failed} of {len(group.results)} fail")

    def _check(self, result: CheckResult, x: float, y: float) -> None:
        canvas, side = self.canv, 11.0
        middle = y + self._row / 2
        draw_mark(canvas, result.verdict, x + 2, middle - side / 2, side)
        room = self._cell - side - 7
        canvas.setFillColor(INK)
        name = _fitting(plain_name(result.check), BOLD, 6.8, room)
        canvas.setFont(BOLD, 6.8)
        canvas.drawString(x + side + 5, middle + 1.2, name)
        canvas.setFillColor(VERDICT_COLOURS[result.verdict])
        canvas.setFont(REGULAR, 6.3)
        word = _WORD[result.verdict] + ("" if result.settled else ", not settled")
        canvas.drawString(x + side + 5, middle - 6.3, _fitting(word, REGULAR, 6.3, room))
        unasked = result.verdict is Verdict.CANNOT_CHECK
        target = "unasked" if unasked else result.check
        canvas.linkRect("", target, (x, y, x + self._cell, y + self._row), relative=1, thickness=0)


def _fitting(text: str, font: str, size: float, room: float) -> str:
    """Shorten a text at its end until it fits."""
    text = drawable(text)
    if stringWidth(text, font, size) <= room:
        return text
    while text and stringWidth(f"{text}…", font, size) > room:
        text = text[:-1]
    return f"{text}…"
