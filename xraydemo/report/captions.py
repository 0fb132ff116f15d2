"""What a figure shows, in a line of text: for those who can't see it, and for searching."""

from __future__ import annotations

import math
from collections.abc import Sequence

from xraydemo.evaluation.figures import (
    Bars,
    Curves,
    Figure,
    Gallery,
    Grid,
    Scatter,
    Slopes,
)
from xraydemo.report.words import alike, where_text

MOST_NAMED = 8


def describe(figure: Figure) -> str:
    """Say what a figure shows: its kind, its axes, and its largest and smallest numbers."""
    match figure:
        case Bars():
            span = _span(figure.labels, figure.values, alike(figure.values))
            lines = ", ".join(f"{name} at {_number(value)}" for name, value in figure.lines.items())
            said = f"{_count(len(figure.labels), 'bar')} ({figure.unit}){span}"
            return f"{said}; lines: {lines}." if lines else f"{said}."
        case Curves():
            names = _listed([line.name for line in figure.lines])
            diagonal = "; the thin diagonal is chance or a perfect match" * figure.diagonal
            kind = _count(len(figure.lines), "curve")
            return f"{kind} of {figure.y_label} over {figure.x_label}: {names}{diagonal}."
        case Grid():
            cells = [
                f"{where_text(row)} and {where_text(column)}"
                for row in figure.row_labels
                for column in figure.column_labels
            ]
            values = [value for row in figure.values for value in row]
            span = _span(cells, values, alike(values, fewest=True))
            return (
                f"Cells, darker is more; rows: {figure.row_title} ({len(figure.row_labels)}), "
                f"columns: {figure.column_title} ({len(figure.column_labels)}){span}."
            )
        case Slopes():
            names, stages = _listed(figure.labels), _listed(figure.stages)
            return f"A line each for {names}, of {figure.unit}, through the stages {stages}."
        case Scatter():
            clouds = _listed([f"{where_text(c.name)} ({len(c.x):,})" for c in figure.clouds])
            return f"Points over {figure.x_label} and {figure.y_label}: {clouds}."
        case Gallery():
            return f"{_count(len(figure.exhibits), 'entry', 'entries')}, the most telling first."


def _span(names: Sequence[str], values: Sequence[float], written: Sequence[str]) -> str:
    """Name the largest and the smallest."""
    known = [i for i, value in enumerate(values) if math.isfinite(value)]
    if not known:
        return ""
    top, low = max(known, key=lambda i: values[i]), min(known, key=lambda i: values[i])
    said = f": the largest is {where_text(names[top])}, {written[top]}"
    return (
        said
        if values[top] == values[low]
        else (f"{said}, the smallest {where_text(names[low])}, {written[low]}")
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(where_text(name) for name in names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown or "none"


def _count(n: int, one: str, many: str = "") -> str:
    return f"{n} {one if n == 1 else many or one + 's'}"


def _number(value: float) -> str:
    return f"{value:g}" if math.isfinite(value) else "–"
