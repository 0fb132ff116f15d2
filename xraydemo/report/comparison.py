"""What became of the answers from one run to another, for people at a terminal."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from xraydemo.evaluation.compare import (
    ChangedAnswer,
    Comparison,
    Difference,
    SideBySide,
    reasons_not_compared,
    tally_sides,
)
from xraydemo.evaluation.result import Verdict
from xraydemo.report.comparison_words import (
    became_text,
    changed_first,
    models_text,
    numbers_text,
)
from xraydemo.report.terminal import STYLES
from xraydemo.report.words import one_line, p_text, verdict_text, where_text

MOST_GROUPS = 15
MOST_CHANGED = 20


def comparison_summary(found: Comparison) -> RenderableType:
    """Show what a comparison found: first, and loud, who pays for a better average."""
    parts: list[RenderableType] = [
        *(Text(one_line(line), style="bold") for line in models_text(found)),
        Text(
            f"{found.n:,} X-rays read by both, {found.n_labelled:,} of them with a label "
            "that both runs agree on",
            style="dim",
        ),
        *(Text(one_line(note), style="dim") for note in found.notes),
        Text(""),
        *(Text(f"!! {one_line(line)}", style=STYLES[Verdict.FAIL]) for line in found.loud),
        Text(one_line(found.headline), style="bold"),
    ]
    if found.metrics:
        parts += [_rule("Metrics: change with its 95 % interval"), _differences(found.metrics)]
    if found.groups:
        shown = found.groups[:MOST_GROUPS]
        title = f"Groups, the largest fall first: {len(shown)} of {len(found.groups)}"
        parts += [_rule(title), _differences(shown)]
    for title, sides in (("Checks", found.checks), ("Scenarios", found.scenarios)):
        if sides:
            parts += [_rule(f"{title}: {tally_sides(sides)}"), *_side_by_side(sides)]
    parts += [_rule("Changed answers"), Text(_count_changed(found.changed))]
    if found.changed:
        parts.append(_changed(found.changed))
    return Group(*parts)


def _rule(title: str) -> Rule:
    return Rule(title, align="left", style="dim")


def _differences(differences: Sequence[Difference]) -> Table:
    table = Table("what", box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("before", "after", "change", "n"):
        table.add_column(name, justify="right", no_wrap=True)
    tested = any(math.isfinite(d.p) for d in differences)
    if tested:
        table.add_column("p", justify="right", no_wrap=True)
    for d in differences:
        change = f"{d.change:+z.3f} [{d.low:+z.3f}, {d.high:+z.3f}]"
        of_what = "" if d.where == "all" else f", {d.where}"
        cells = [one_line(f"{d.metric}{of_what}"), f"{d.before:.3f}", f"{d.after:.3f}", change]
        cells += [f"{d.n:,}", *([p_text(d.p)] if tested else [])]
        table.add_row(*map(Text, cells))
    return table


def _side_by_side(sides: Sequence[SideBySide]) -> list[RenderableType]:
    """Give the table of what was compared, the numbers of what changed, and what was not."""
    table = Table(
        "", "before", "after", "became", "from", box=None, pad_edge=False, padding=(0, 2, 0, 0)
    )
    compared = changed_first([side for side in sides if side.is_compared])
    for side in compared:
        verdicts = (_verdict(side.verdict_before), _verdict(side.verdict_after))
        table.add_row(Text(one_line(side.name)), *verdicts, became_text(side.became), side.source)
    parts: list[RenderableType] = [table] if compared else []
    parts += [
        Text(f"{one_line(side.name)}: {numbers}")
        for side in compared
        if side.became != "same" and (numbers := numbers_text(side))
    ]
    for why, names in reasons_not_compared(sides).items():
        parts.append(Text(f"Not compared: {', '.join(names)}. {one_line(why)}", style="dim"))
    return parts


def _verdict(verdict: Verdict | None) -> Text:
    if verdict is None:
        return Text("not asked", style="dim")
    return Text(verdict_text(verdict), style=STYLES[verdict])


def _changed(changed: Sequence[ChangedAnswer]) -> Table:
    table = Table(
        "file", "label", "before", "after", "became", box=None, pad_edge=False, padding=(0, 1, 0, 0)
    )
    table.columns[0].overflow = "fold"
    for answer in changed[:MOST_CHANGED]:
        classes = [where_text(name) or "–" for name in (answer.label, answer.before, answer.after)]
        table.add_row(Text(one_line(answer.file)), *classes, answer.became)
    return table


def _count_changed(changed: Sequence[ChangedAnswer]) -> str:
    counts = Counter(answer.became for answer in changed)
    became = ", ".join(f"{n:,} became {name}" for name, n in counts.most_common())
    more = f"; the first {MOST_CHANGED}" if len(changed) > MOST_CHANGED else ""
    return f"{became}{more}" if changed else "none"
