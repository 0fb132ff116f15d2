"""Watching runs over time, in a process of its own. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from xraydemo.desktop import text
from xraydemo.desktop.child import in_child
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from xraydemo.desktop.figure_work import Drawn
    from xraydemo.evaluation.shift.timeline import Moment, Timeline

By = Literal["", "run", "month", "year"]
"""What a period is; empty for what fits: see `xraydemo.evaluation.shift.timeline.timeline`."""
PERIODS: tuple[By, ...] = ("", "run", "month", "year")


@dataclass(frozen=True)
class Row:
    """A number in a period.

    Parameters
    ----------
    what, period, value : str
        `value` with its interval.
    n : int
        X-rays that tell.
    moved : int
        1 where it is shown to have risen since the first period, -1 where to have fallen, else 0.
    """

    what: str
    period: str
    value: str
    n: int
    moved: int


@dataclass(frozen=True)
class OverTime:
    """What was found, and what is said of it.

    Parameters
    ----------
    found : Timeline
    headline, marked : str
        Whether anything changed, and what a mark means.
    alarms, notes : tuple of str
        What changed, and how it was ordered and what was left out.
    rows : tuple of Row
        All numbers, quantity by quantity.
    figures : tuple of str
        Titles of what `draw` draws.
    """

    found: Timeline
    headline: str
    marked: str
    alarms: tuple[str, ...]
    notes: tuple[str, ...]
    rows: tuple[Row, ...]
    figures: tuple[str, ...]


def watch(
    folders: Sequence[Path], by: By, should_stop: Callable[[], bool] = lambda: False
) -> OverTime | None:
    """Watch runs over time; None if it was stopped.

    Raises
    ------
    XrayDemoError
        If a run can't be opened, the runs are of different bundles, or there is only one period.
    """
    found = in_child(_watch, tuple(folders), by, should_stop=should_stop)
    return cast("OverTime | None", found)


def draw(
    found: Timeline, width: int, sharpness: float, should_stop: Callable[[], bool] = lambda: False
) -> tuple[Drawn, ...] | None:
    """Draw each course as it is in the report, with its periods; None if it was stopped.

    Parameters
    ----------
    found : Timeline
    width : int
        Pixels of the screen.
    sharpness : float
        Device pixels to one of those.
    """
    return cast(
        "tuple[Drawn, ...] | None",
        in_child(_draw, found, width, sharpness, should_stop=should_stop),
    )


def write(found: Timeline, path: Path, should_stop: Callable[[], bool] = lambda: False) -> None:
    """Write a timeline as PDF, PNG or JSON, by the ending of the name.

    Stopped, it leaves what is there as it is.

    Raises
    ------
    XrayDemoError
        If the file can't be written, or the ending is none of these.
    """
    in_child(_write, found, path, should_stop=should_stop)


def _watch(folders: Sequence[Path], by: By, _: Callable[[object], None]) -> OverTime:
    """Watch; runs in the child."""
    from xraydemo.evaluation.shift.course import BLOCKS, courses
    from xraydemo.evaluation.shift.timeline import timeline_of
    from xraydemo.report.drift_words import (
        alarm_sentences,
        headline,
        moment_text,
        what_is_marked,
    )

    found = timeline_of(folders, by or None)
    in_order = [q for block in BLOCKS for q in found.moments if q.block == block]
    rows = [
        Row(
            text.over_time_quantity(quantity.block, quantity.name),
            period.name,
            moment_text(quantity, moment),
            moment.estimate.n,
            _direction(moment),
        )
        for quantity in in_order
        for period, moment in zip(found.periods, found.moments[quantity], strict=True)
        if moment is not None
    ]
    return OverTime(
        found,
        headline(found),
        what_is_marked(found),
        tuple(f"{sentence}." for sentence in alarm_sentences(found)),
        tuple(f"{note}." for note in found.notes),
        tuple(rows),
        tuple(course.title for course in courses(found)),
    )


def _direction(moment: Moment) -> int:
    if moment.change is None or not moment.is_alarm:
        return 0
    return 1 if moment.change[0] > 0 else -1


def _draw(
    found: Timeline, width: int, sharpness: float, _: Callable[[object], None]
) -> tuple[Drawn, ...]:
    """Draw; runs in the child."""
    from xraydemo.desktop.figure_work import Drawn, inches_of, picture_of
    from xraydemo.evaluation.shift.course import courses
    from xraydemo.report.course_drawing import draw_courses

    inches = inches_of(width)
    drawings = [draw_courses([course], width=inches) for course in courses(found)]
    return tuple(Drawn(picture_of(drawing, width, sharpness), ()) for drawing in drawings)


def _write(found: Timeline, path: Path, _: Callable[[object], None]) -> None:
    """Write; runs in the child."""
    from xraydemo.report.drift_json import write_drift_json
    from xraydemo.report.drift_pdf import write_drift_pdf, write_drift_png

    writers: dict[str, Any] = {
        ".pdf": write_drift_pdf,
        ".png": write_drift_png,
        ".json": write_drift_json,
    }
    if path.suffix.lower() not in writers:
        message = text.FIGURE_ENDING.format(name=path.name)
        raise XrayDemoError(message, text.OVER_TIME_ENDING_HINT)
    writers[path.suffix.lower()](path, found)
