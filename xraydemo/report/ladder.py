"""The worst number beside the one from home, with the gap between them as a bar."""

from __future__ import annotations

import math
from typing import Any

from reportlab.platypus import Flowable

from xraydemo.evaluation.headline import Headline, Part
from xraydemo.evaluation.result import Verdict
from xraydemo.report.fonts import drawable
from xraydemo.report.typesetting import BOLD, DIM, INK, LINE, REGULAR, VERDICT_COLOURS
from xraydemo.report.words import interval_text

_PARTS = ("internal", "external", "matched", "worst group", "newest year")


class Ladder(Flowable):
    """The numbers of which the worst is the headline, one below the other, and the gap as a bar.

    What was not measured has its row, too: a gap in the data is not a gap in the page.
    """

    _row, _top, _below = 15.0, 11.0, 14.0

    def __init__(self, headline: Headline, width: float) -> None:
        super().__init__()
        self.headline = headline
        measured = {part.name: part for part in headline.parts}
        names = [*_PARTS, *(name for name in measured if name not in _PARTS)]
        missing = headline.not_measured
        self.rows: list[tuple[str, Part | None]] = [
            (name, measured.get(name)) for name in names if name in measured or name in missing
        ]
        self.width = width
        self._left, self._right = 64.0, width - 98.0
        self.height = self._top + self._row * max(len(self.rows), 1) + self._below
        lows = [p.number.low if math.isfinite(p.number.low) else p.number.value
                for p in headline.parts]  # fmt: skip
        self.low = min(0.5, math.floor(10 * min(lows, default=0.5)) / 10)

    def wrap(self, *_: Any) -> tuple[float, float]:  # noqa: ANN401  reportlab's
        """Tell the size."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw it."""
        bottom = self._below
        top = bottom + self._row * max(len(self.rows), 1)
        self._axis(bottom, top)
        for place, (name, part) in enumerate(self.rows):
            self._one(name, part, top - (place + 0.5) * self._row)

    def _x(self, value: float) -> float:
        return self._left + (self._right - self._left) * (value - self.low) / (1.0 - self.low)

    def _axis(self, bottom: float, top: float) -> None:
        canvas, x = self.canv, self._x
        canvas.setLineWidth(0.4)
        ticks = round((1.0 - self.low) * 10) + 1
        for i in range(ticks):
            value = self.low + i / 10
            canvas.setStrokeColor(LINE)
            canvas.line(x(value), bottom, x(value), top)
            canvas.setFont(REGULAR, 6.3)
            canvas.setFillColor(DIM)
            canvas.drawCentredString(x(value), bottom - 8, f"{value:.1f}")
        canvas.setFont(REGULAR, 6.3)
        words = "macro AUC: 0.5 is guessing, 1 always ranks rightly"
        words += "; hatched: the gap to home" if self.headline.gap else ""
        canvas.drawString(x(self.low), top + 4, words)

    def _one(self, name: str, part: Part | None, y: float) -> None:
        """Draw a number with its interval, or that it was not measured."""
        canvas, headline, x = self.canv, self.headline, self._x
        canvas.setFillColor(INK if part else DIM)
        is_worst = part is not None and part.number == headline.number
        canvas.setFont(BOLD if is_worst else REGULAR, 7.4)
        canvas.drawRightString(self._left - 5, y - 2.5, drawable(name))
        canvas.setFont(BOLD if is_worst else REGULAR, 6.8)
        if part is None:
            canvas.drawString(self._right + 7, y - 2.5, "not measured")
            return
        number = part.number
        if is_worst and headline.internal and headline.gap:
            self._gap(x(number.value), x(headline.internal.value), y)
        canvas.setStrokeColor(INK)
        canvas.setFillColor(INK)
        canvas.setLineWidth(1)
        if math.isfinite(number.low) and math.isfinite(number.high):
            canvas.line(x(number.low), y, x(number.high), y)
            for end in (number.low, number.high):
                canvas.line(x(end), y - 2, x(end), y + 2)
        canvas.circle(x(number.value), y, 2.6, stroke=0, fill=1)
        words = f"{number.value:.3f} {interval_text(number.low, number.high)}"
        canvas.drawString(self._right + 7, y - 2.5, words)

    def _gap(self, worst: float, home: float, y: float) -> None:
        """Draw what is lost, hatched so that it shows in gray."""
        canvas, low, high = self.canv, min(worst, home), max(worst, home)
        canvas.saveState()
        path = canvas.beginPath()
        path.rect(low, y - 5, high - low, 10)
        canvas.setFillColor(VERDICT_COLOURS[Verdict.FAIL], alpha=0.16)
        canvas.setStrokeColor(VERDICT_COLOURS[Verdict.FAIL])
        canvas.setLineWidth(0.7)
        canvas.drawPath(path, stroke=1, fill=1)
        canvas.clipPath(path, stroke=0)
        at = low - 10
        while at < high:
            canvas.line(at, y - 5, at + 10, y + 5)
            at += 4
        canvas.restoreState()
