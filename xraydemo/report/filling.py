"""Lets the parts of a check fill its pages: what fits comes first, so that none ends half empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reportlab.platypus import Flowable, KeepTogether, NullActionFlowable


@dataclass(frozen=True)
class Part:
    """What is set in one piece, or begun where there is room for its least.

    Attributes
    ----------
    flowables : list of Flowable
    least : float
        Points of a page that it can begin on; 0 for one that is not divided.
    is_figure : bool
        Figures are numbered, and keep their order.
    """

    flowables: list[Flowable]
    least: float = 0.0
    is_figure: bool = False

    def set(self) -> list[Flowable]:
        """Give what stands on the page, in one piece if it is not divided."""
        return self.flowables if self.least else [KeepTogether(self.flowables)]


class Filling(Flowable):
    """Parts in their order, but for those that would leave room: a later one that fits comes first.

    reportlab asks it to `split` wherever it stands; it then gives one part and keeps the rest.

    Parameters
    ----------
    parts : sequence of Part
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        super().__init__()
        self._parts = list(parts)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Never fit whole."""
        return width, height + 1 if self._parts else 0

    def split(self, width: float, height: float) -> list[Flowable]:
        """Give the first part that fits what is left of the page, or the first; then the rest."""
        chosen = self._first_that_fits(width, height) or self._parts[0]
        rest = [part for part in self._parts if part is not chosen]
        # reportlab holds the first of what is split to the room that is left
        return [NullActionFlowable(), *chosen.set(), *([Filling(rest)] if rest else [])]

    def draw(self) -> None:
        """Draw nothing: it never stands on a page itself."""

    def _first_that_fits(self, width: float, height: float) -> Part | None:
        passed_figure = False
        for part in self._parts:
            may_come = not (part.is_figure and passed_figure)
            if may_come and self._least(part, width) <= height:
                return part
            passed_figure |= part.is_figure
        return None

    def _least(self, part: Part, width: float) -> float:
        return part.least or _height(part.flowables, self.canv, width)


def _height(flowables: Sequence[Flowable], canvas: Any, width: float) -> float:  # noqa: ANN401  reportlab's
    return sum(
        float(one.wrapOn(canvas, width, 1e6)[1] + one.getSpaceBefore() + one.getSpaceAfter())
        for one in flowables
    )
