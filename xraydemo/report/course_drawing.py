"""Draws how numbers move over time with matplotlib; see `xraydemo.report.drawing`."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from xraydemo.evaluation.shift.course import Course
from xraydemo.report.drawing import DASHES, MARKERS, PALE, STYLE, class_colour
from xraydemo.report.drift_words import DOWN, UP
from xraydemo.report.fonts import drawable
from xraydemo.report.words import where_text

PANEL = 1.75  # inches
MOST_LEVEL = 8  # names of periods that stand level; more are turned
MOST_NAMED = 26  # of more, only every second, third, ... is named
SHARES = PercentFormatter(1.0, decimals=None, symbol=" %")


def draw_courses(
    courses: Sequence[Course], title: str = "", *, width: float = 6.7, panel: float = PANEL
) -> Drawing:
    """Draw courses one below the other, over the same periods.

    Parameters
    ----------
    courses : sequence of Course
        At least one; all of one timeline.
    title : str
        Above all of them; "" for none.
    width, panel : float
        Inches; `panel` is the height of one course, without the names of the periods.
    """
    with matplotlib.rc_context(STYLE):
        names = _names(courses[0])
        turned = len(names) > MOST_LEVEL or max(map(len, names)) > 90 // len(names)
        below = 0.25 + (0.065 * max(map(len, names)) if turned else 0.15)
        height = panel * len(courses) + below + 0.3 * bool(title)
        drawing = Drawing(figsize=(width, height), layout="constrained")
        panels = drawing.subplots(len(courses), 1, sharex=True, squeeze=False).ravel()
        for axes, course in zip(panels, courses, strict=True):
            _draw_course(axes, course)
        _name_periods(panels[-1], names, turned=turned)
        if title:
            drawing.suptitle(drawable(title), x=0.005, ha="left")
        return drawing


def _draw_course(axes: Axes, course: Course) -> None:
    places = np.arange(len(course.periods))
    lines = zip(course.labels, course.values, course.lows, course.highs, strict=True)
    for place, (label, *numbers) in enumerate(lines):
        colour = class_colour(label, place)
        values, lows, highs = (np.array(of, float) for of in numbers)
        apart = 0.06 * (place - (len(course.labels) - 1) / 2)  # intervals side by side
        reach = np.nan_to_num(np.stack([values - lows, highs - values]).clip(min=0))
        axes.errorbar(
            places + apart,
            values,
            yerr=reach,
            color=colour,
            linestyle=DASHES[place % len(DASHES)],
            marker=MARKERS[place % len(MARKERS)],
            markersize=3.2,
            linewidth=1.2,
            elinewidth=0.7,
            capsize=1.5,
            label=drawable(where_text(label)).lstrip("_") or "–",
            zorder=2,
        )
        _mark_alarms(axes, places + apart, lows, highs, course.alarms[place], colour)
    axes.set_title(drawable(course.title), loc="left", size=8, weight="bold")
    axes.set_ylabel(drawable(course.unit), size=7)
    if course.is_share:
        axes.yaxis.set_major_formatter(SHARES)
        top = float(np.nanmax([*map(np.array, course.highs)], initial=0.0))
        top = min(1.15 * top + 0.02, 1.08)
        axes.set_ylim(-0.09 * top, top)  # below 0 is room for marks
    else:
        axes.margins(y=0.18)
    axes.grid(axis="y", color=PALE, linewidth=0.6, zorder=0)
    if len(course.labels) > 1 or course.is_share:
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=7)


def _mark_alarms(
    axes: Axes,
    places: NDArray[np.floating],
    lows: NDArray[np.floating],
    highs: NDArray[np.floating],
    alarms: Sequence[int],
    colour: str,
) -> None:
    """Put a triangle above what rose, and below what fell."""
    for place, low, high, alarm in zip(places, lows, highs, alarms, strict=True):
        if alarm:
            axes.annotate(
                UP if alarm > 0 else DOWN,
                (place, high if alarm > 0 else low),
                xytext=(0, 2 if alarm > 0 else -2),
                textcoords="offset points",
                ha="center",
                va="bottom" if alarm > 0 else "top",
                size=8,
                color=colour,
                annotation_clip=False,
                zorder=4,
            )


def _names(course: Course) -> list[str]:
    return [
        f"{drawable(name)} ({n:,})" for name, n in zip(course.periods, course.counts, strict=True)
    ]


def _name_periods(axes: Axes, names: Sequence[str], *, turned: bool) -> None:
    every = -(-len(names) // MOST_NAMED)
    places = range(0, len(names), every)
    chosen = [names[place] for place in places]
    if turned:
        axes.set_xticks(places, chosen, rotation=45, ha="right", rotation_mode="anchor", size=7)
    else:
        axes.set_xticks(places, chosen, size=7)
    axes.set_xlim(-0.4, len(names) - 0.6)
