"""The marks of verdicts on paper: each has its shape, its sign and its word, not only a colour."""

from __future__ import annotations

import math
from typing import Any

from reportlab.lib.colors import white
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from xraydemo.evaluation.result import Verdict
from xraydemo.report.typesetting import BOLD, VERDICT_COLOURS

_CORNERS = {Verdict.WARN: (3, 90.0), Verdict.FAIL: (8, 22.5), Verdict.ERROR: (4, 90.0)}
"""How many, and where the first is in degrees: a triangle, an octagon, a diamond."""


class VerdictMark(Flowable):
    """A verdict's mark as a part of the text.

    Parameters
    ----------
    verdict : Verdict
    side : float
        Points.
    """

    def __init__(self, verdict: Verdict, side: float) -> None:
        super().__init__()
        self.verdict, self.width, self.height = verdict, side, side

    def wrap(self, *_: Any) -> tuple[float, float]:  # noqa: ANN401  reportlab's
        """Tell the size."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw it."""
        draw_mark(self.canv, self.verdict, 0.0, 0.0, self.width)


def draw_mark(canvas: Canvas, verdict: Verdict, x: float, y: float, side: float) -> None:
    """Draw a verdict's mark into the square whose lower left corner is (x, y)."""
    canvas.saveState()
    colour = VERDICT_COLOURS[verdict]
    canvas.setFillColor(colour)
    canvas.setStrokeColor(colour)
    middle_x, middle_y, radius = x + side / 2, y + side / 2, side / 2
    if verdict is Verdict.CANNOT_CHECK:
        canvas.setLineWidth(side / 14)
        canvas.setDash(side / 7, side / 10)
        canvas.circle(middle_x, middle_y, radius * 0.93, stroke=1, fill=0)
        canvas.setDash()
    elif verdict is Verdict.PASS:
        canvas.circle(middle_x, middle_y, radius, stroke=0, fill=1)
    elif verdict is Verdict.INFO:
        canvas.roundRect(x + side * 0.06, y + side * 0.06, side * 0.88, side * 0.88, side / 8, 0, 1)
    else:
        _polygon(canvas, middle_x, middle_y, radius, *_CORNERS[verdict])
    _sign(canvas, verdict, middle_x, middle_y, side)
    canvas.restoreState()


def _polygon(canvas: Canvas, x: float, y: float, radius: float, corners: int, first: float) -> None:
    if corners == 3:  # as wide as the others, and standing on the same line
        points = [(x, y + radius), (x - radius, y - radius * 0.85), (x + radius, y - radius * 0.85)]
    else:
        turns = [math.radians(first + 360 * i / corners) for i in range(corners)]
        points = [(x + radius * math.cos(t), y + radius * math.sin(t)) for t in turns]
    path = canvas.beginPath()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def _sign(canvas: Canvas, verdict: Verdict, x: float, y: float, side: float) -> None:
    """Draw tick and cross as lines, the others as letters; words beside them are what is read."""
    canvas.setStrokeColor(white)
    canvas.setLineWidth(side / 8)
    canvas.setLineCap(1)
    arm = side * 0.2
    if verdict is Verdict.PASS:
        path = canvas.beginPath()
        path.moveTo(x - arm * 1.1, y)
        path.lineTo(x - arm * 0.25, y - arm * 0.9)
        path.lineTo(x + arm * 1.2, y + arm * 0.9)
        canvas.drawPath(path, stroke=1, fill=0)
    elif verdict is Verdict.FAIL:
        canvas.line(x - arm, y - arm, x + arm, y + arm)
        canvas.line(x - arm, y + arm, x + arm, y - arm)
    elif verdict is Verdict.ERROR:
        canvas.line(x - arm, y, x + arm, y)
    elif verdict is Verdict.CANNOT_CHECK:
        canvas.setFont(BOLD, side * 0.62)
        canvas.drawCentredString(x, y - side * 0.22, "?")
    else:
        down = side * (0.3 if verdict is Verdict.WARN else 0.26)
        canvas.setFillColor(white)
        canvas.setFont(BOLD, side * (0.6 if verdict is Verdict.WARN else 0.7))
        canvas.drawCentredString(x, y - down, "!" if verdict is Verdict.WARN else "i")
