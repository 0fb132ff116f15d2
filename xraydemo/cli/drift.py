"""``xraydemo drift``: how foreignness, answers and facts move over time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.shift.course import BLOCKS
from xraydemo.evaluation.shift.timeline import By, Moment, Quantity, Timeline, timeline_of
from xraydemo.report.drift_json import write_drift_json
from xraydemo.report.drift_words import (
    DOWN,
    UP,
    alarm_sentences,
    headline,
    moment_text,
    what_is_marked,
)

PERIODS: tuple[By, ...] = ("run", "month", "year")
COLUMNS = 4  # of a table, to fit a terminal


def watch(
    folders: Sequence[Path],
    by: str | None,
    json_file: Path | None,
    pdf: Path | None = None,
    png: Path | None = None,
) -> None:
    """Print how runs move over time, and write it as JSON, PDF or a picture where asked.

    Raises
    ------
    XrayDemoError
        If a run can't be opened or is given twice, the runs are of different bundles, there is
        only one period, or the file can't be written.
    """
    twice = [f for i, f in enumerate(folders) if f.resolve() in [g.resolve() for g in folders[:i]]]
    if twice:
        raise XrayDemoError(f"{twice[0]} is given twice", "Give each run once")
    found = timeline_of(folders, _checked(by))
    Console().print(summary(found))
    if json_file is not None:
        write_drift_json(json_file, found)
    if pdf is not None or png is not None:
        from xraydemo.report.drift_pdf import write_drift_pdf, write_drift_png

        if pdf is not None:
            write_drift_pdf(pdf, found)
        if png is not None:
            write_drift_png(png, found)
    for file in filter(None, (json_file, pdf, png)):
        print(f"Written: {file}")


def _checked(by: str | None) -> By | None:
    found = next((period for period in PERIODS if period == by), None)
    if by is not None and found is None:
        raise XrayDemoError(f"There is no period {by!r}", f"Choose {', '.join(PERIODS)}")
    return found


def summary(found: Timeline) -> RenderableType:
    """Show the alarms first, then each quantity in order of time."""
    parts: list[RenderableType] = [
        Text(f"{found.bundle}, by {found.by}", style="bold"),
        *(Text(f"{note}.", style="dim") for note in found.notes),
        Text(headline(found), style="bold"),
        *(Text(f"  {sentence}") for sentence in alarm_sentences(found)),
    ]
    for block, title in BLOCKS.items():
        quantities = [q for q in found.moments if q.block == block]
        for start in range(0, len(quantities), COLUMNS):
            parts.append(Rule(title, align="left", style="dim"))
            parts.append(_table(found, quantities[start : start + COLUMNS]))
    parts.append(
        Text(
            "In brackets 95 % intervals, by patient where patients are known. "
            f"{what_is_marked(found)} A dash: fewer than 20 X-rays tell.",
            style="dim",
        )
    )
    return Group(*parts)


def _table(found: Timeline, quantities: Sequence[Quantity]) -> Table:
    table = Table(found.by, box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("X-rays", justify="right")
    for quantity in quantities:
        table.add_column(quantity.name, justify="right")
    for i, period in enumerate(found.periods):
        cells = [_cell(q, found.moments[q][i]) for q in quantities]
        table.add_row(Text(period.name), Text(f"{period.n:,}"), *cells)
    return table


def _cell(quantity: Quantity, moment: Moment | None) -> Text:
    if moment is None:
        return Text("-", style="dim")
    if not moment.is_alarm or moment.change is None:
        return Text(f"{moment_text(quantity, moment)}  ")
    mark = UP if moment.change[0] > 0 else DOWN
    return Text(f"{moment_text(quantity, moment)} {mark}", style="bold red")
