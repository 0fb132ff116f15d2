"""``xraydemo phantom``: a cohort of synthetic X-rays, with a shortcut planted on demand."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from xraydemo.cohort.phantom_plan import FOLLOWED, Order, Row
from xraydemo.cohort.phantoms import TABLE, write_phantoms

ALL_WELL, STOPPED = 0, 130  # as shells count a program that Ctrl-C ended


def make_phantoms(out: Path, order: Order) -> int:
    """Make a cohort, and say what was made.

    Parameters
    ----------
    out : Path
        A folder that is absent or empty.
    order : Order

    Returns
    -------
    int
        The program's exit status.
    """
    console = Console(stderr=True)
    columns = (TextColumn("Phantoms"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=order.n)
        try:
            rows = write_phantoms(
                out, order, on_progress=lambda done, _: bar.update(task, completed=done)
            )
        except KeyboardInterrupt:
            print(f"Stopped. What was made is in {out / TABLE}", file=sys.stderr)
            return STOPPED
    print(
        f"{len(rows):,} phantoms of {len({row.patient for row in rows}):,} patients: {out / TABLE}"
    )
    if order.shortcut:
        print(_association(rows, order))
    return ALL_WELL


def _association(rows: list[Row], order: Order) -> str:
    """Say how often the shortcut stands with the label that it follows, and without it."""
    counts = []
    for follows in (True, False):
        here = [row.planted for row in rows if (row.label == FOLLOWED) is follows]
        who = FOLLOWED if follows else "the others"
        counts.append(f"{sum(map(bool, here)):,} of {len(here):,} of {who}")
    where = "in tag and table alone" if order.tag_only else "in the pixels"
    return f"Shortcut {order.shortcut} ({where}): {', '.join(counts)}"
