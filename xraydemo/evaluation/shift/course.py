"""A timeline's figures as data: how each number moves, and where the change is shown."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.shift.timeline import Moment, Quantity, Timeline

BLOCKS = {
    "trust": "Share that is foreign to the model, and that it is unsure of",
    "answers": "Share of each answer",
    "probabilities": "Mean probability of each class",
    "facts": "What is known of the X-rays",
}
_CLASS_IDS = {DISPLAY_NAMES[class_id]: class_id for class_id in CLASSES}


@dataclass(frozen=True)
class Course:
    """How some numbers of one unit move from period to period: one line a label.

    Attributes
    ----------
    about : str
        "model" for what it makes of the X-rays, "facts" for what is known without it.
    title, unit : str
        `unit` stands at the value axis.
    is_share : bool
        Whether the numbers are of a whole, in [0, 1].
    periods : tuple of str
        In order of time.
    counts : tuple of int
        X-rays of each period.
    labels : tuple of str
        A class id where the line is a class's: then it has the class's colour.
    values, lows, highs : tuple of tuple of float
        One tuple a label, one number a period; NaN where too few X-rays tell.
    alarms : tuple of tuple of int
        1 where it is shown to have risen since the first period, -1 where to have fallen, else 0.
    """

    about: str
    title: str
    unit: str
    is_share: bool
    periods: tuple[str, ...]
    counts: tuple[int, ...]
    labels: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    lows: tuple[tuple[float, ...], ...]
    highs: tuple[tuple[float, ...], ...]
    alarms: tuple[tuple[int, ...], ...]


def courses(found: Timeline) -> tuple[Course, ...]:
    """Draw a timeline: one figure a block; means of facts have one each, for each has its unit."""
    return tuple(
        _course(title, found, quantities) for title, quantities in _together(tuple(found.moments))
    )


def _together(quantities: Sequence[Quantity]) -> Iterator[tuple[str, list[Quantity]]]:
    for block, title in BLOCKS.items():
        of_block = [q for q in quantities if q.block == block]
        apart = [q for q in of_block if q.unit == "mean"] if block == "facts" else []
        if shared := [q for q in of_block if q not in apart]:
            yield title, shared
        for quantity in apart:
            yield f"{title}: {quantity.name}", [quantity]


def _course(title: str, found: Timeline, quantities: Sequence[Quantity]) -> Course:
    def numbers(name: str) -> tuple[tuple[float, ...], ...]:
        return tuple(
            tuple(getattr(m.estimate, name) if m else math.nan for m in found.moments[q])
            for q in quantities
        )

    first = quantities[0]
    return Course(
        about="facts" if first.block == "facts" else "model",
        title=title,
        unit=_unit(first),
        is_share=first.unit == "share" or first.block == "probabilities",
        periods=tuple(period.name for period in found.periods),
        counts=tuple(period.n for period in found.periods),
        labels=tuple(_CLASS_IDS.get(q.name, q.name) for q in quantities),
        values=numbers("value"),
        lows=numbers("low"),
        highs=numbers("high"),
        alarms=tuple(tuple(map(_direction, found.moments[q])) for q in quantities),
    )


def _unit(quantity: Quantity) -> str:
    if quantity.unit == "share":
        return "share of X-rays"
    return "mean probability" if quantity.block == "probabilities" else f"mean {quantity.name}"


def _direction(moment: Moment | None) -> int:
    if moment is None or moment.change is None or not moment.is_alarm:
        return 0
    return 1 if moment.change[0] > 0 else -1
