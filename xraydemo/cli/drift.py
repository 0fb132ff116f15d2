"""``xraydemo drift``: how foreignness, answers and facts move over time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.store import open_run
from xraydemo.evaluation.timeline import By, Moment, Quantity, Timeline, timeline

BLOCKS = {
    "trust": "Share that is foreign to the model, and that it is unsure of",
    "answers": "Share of each answer",
    "probabilities": "Mean probability of each class",
    "facts": "What is known of the X-rays",
}
PERIODS: tuple[By, ...] = ("run", "month", "year")
COLUMNS = 4  # of a table, to fit a terminal
FEW = 0.1  # smaller shares are told with a digit more
UP, DOWN = "▲", "▼"


def watch(folders: Sequence[Path], by: str | None, json_file: Path | None) -> None:
    """Print how runs move over time, and write it as JSON where asked.

    Raises
    ------
    XrayDemoError
        If a run can't be opened or is given twice, the runs are of different bundles, there is
        only one period, or the file can't be written.
    """
    twice = [f for i, f in enumerate(folders) if f.resolve() in [g.resolve() for g in folders[:i]]]
    if twice:
        raise XrayDemoError(f"{twice[0]} is given twice", "Give each run once")
    found = timeline({_name(f, folders): open_run(f) for f in folders}, _checked(by))
    if json_file is not None:
        try:
            json_file.write_text(json.dumps(found.to_dict(), indent=2), "utf-8")
        except OSError as error:
            raise XrayDemoError(f"{json_file} can't be written: {error}", "") from error
    Console().print(summary(found))


def _name(folder: Path, folders: Sequence[Path]) -> str:
    """Call a run by its folder's name, or by the whole path where two have the same."""
    name = folder.resolve().name
    return name if sum(f.resolve().name == name for f in folders) == 1 else str(folder)


def _checked(by: str | None) -> By | None:
    found = next((period for period in PERIODS if period == by), None)
    if by is not None and found is None:
        raise XrayDemoError(f"There is no period {by!r}", f"Choose {', '.join(PERIODS)}")
    return found


def summary(found: Timeline) -> RenderableType:
    """Show the alarms first, then each quantity in order of time."""
    alarms = [Text(line) for line in _alarms(found)]
    first = found.periods[0].name
    told = (
        f"Changes against {first} that are shown: {len(alarms)}, marked {UP} or {DOWN}"
        if alarms
        else f"No change against {first} is shown"
        if found.n_comparisons
        else f"Nothing can be compared: no two {found.by}s have 20 X-rays"
    )
    parts: list[RenderableType] = [
        Text(f"{found.bundle}, by {found.by}", style="bold"),
        *(Text(f"{note}.", style="dim") for note in found.notes),
        Text(f"{told}.", style="bold"),
        *alarms,
    ]
    for block, title in BLOCKS.items():
        quantities = [q for q in found.moments if q.block == block]
        for start in range(0, len(quantities), COLUMNS):
            parts.append(Rule(title, align="left", style="dim"))
            parts.append(_table(found, quantities[start : start + COLUMNS]))
    parts.append(
        Text(
            "In brackets 95 % intervals, by patient where patients are known. A change is marked "
            f"only if it is shown after correction for all {found.n_comparisons:,} comparisons "
            "with the first period. A dash: fewer than 20 X-rays tell.",
            style="dim",
        )
    )
    return Group(*parts)


def _alarms(found: Timeline) -> Iterator[str]:
    for period, quantity, first, now in found.alarms():
        assert now.change is not None
        verb = "rose" if now.change[0] > 0 else "fell"
        what = {"answers": "answer ", "probabilities": "probability of "}.get(quantity.block, "")
        yield (
            f"  {period.name}: {what}{quantity.name} {verb} from {_number(quantity, first)} to "
            f"{_number(quantity, now)}"
        )


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
        return Text(f"{_number(quantity, moment)}  ")
    mark = UP if moment.change[0] > 0 else DOWN
    return Text(f"{_number(quantity, moment)} {mark}", style="bold red")


def _number(quantity: Quantity, moment: Moment) -> str:
    value, low, high, *_ = moment.estimate
    if quantity.unit == "share" or quantity.block == "probabilities":
        digits = 0 if high > FEW else 1
        return f"{100 * value:.{digits}f}% [{100 * low:.{digits}f}, {100 * high:.{digits}f}]"
    return f"{value:.3g} [{low:.3g}, {high:.3g}]"
