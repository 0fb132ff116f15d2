"""What was found, for people at a terminal: rich tables that stay readable at 80 columns.

Piped output is the same without colours: each verdict has its sign and its word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from xraydemo.classes import CLASSES, DISCLAIMER, DISPLAY_NAMES
from xraydemo.evaluation.check import Check
from xraydemo.evaluation.headline import Headline
from xraydemo.evaluation.result import CheckResult, Verdict
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.trained import trained_on
from xraydemo.report.tables import error_messages
from xraydemo.report.words import (
    GRAVEST_FIRST,
    gravest_first,
    number_text,
    one_line,
    tally,
    verdict_text,
)

STYLES = {
    Verdict.PASS: "green",
    Verdict.WARN: "yellow",
    Verdict.FAIL: "bold red",
    Verdict.INFO: "cyan",
    Verdict.CANNOT_CHECK: "dim",
    Verdict.ERROR: "bold magenta",
}
MOST_LISTED = 20
MOST_FINDINGS = {Verdict.FAIL: 1, Verdict.ERROR: 3}
IN_SHORT = (Verdict.PASS, Verdict.INFO)  # named only: what must be read first should stand out


def summary(
    run: Run, results: Sequence[CheckResult], headline: Headline, written: Sequence[Path]
) -> RenderableType:
    """Show what an evaluation found.

    Parameters
    ----------
    run : Run
    results : sequence of CheckResult
    headline : Headline
    written : sequence of Path
        The files in which the results lie.
    """
    parts = [
        _opening(run),
        _answers(run),
        _headline(headline),
        Rule(f"Checks: {tally(results)}", align="left", style="dim"),
        _verdicts(results),
        *_findings(results),
        *_problems(run),
        *_unread(run),
        _written(written),
        Text(DISCLAIMER, style="dim"),
    ]
    return Group(*parts)


def check_list(checks: Iterable[Check]) -> RenderableType:
    """List checks: id, question, and what each needs."""
    table = Table("check", "asks", "needs", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.columns[0].no_wrap = True
    for check in checks:
        table.add_row(check.id, Text(check.question), Text(", ".join(check.needs)))
    return table


def _opening(run: Run) -> Text:
    read, total = int(run.was_read.sum()), len(run)
    labelled = int((run.truth >= 0).sum())
    words = Text(one_line(run.meta.cohort["name"]), style="bold")
    return words.append(
        f": {read:,} of {total:,} files read, {labelled:,} with a label, by the model "
        f"{run.meta.bundle['name']}, {trained_on(run.meta.card)}",
        style="not bold",
    )


def _answers(run: Run) -> Text:
    """Count what the model says; the only thing to tell where there are no labels."""
    counts = np.bincount(run.predicted[run.was_read], minlength=len(CLASSES))
    said = ", ".join(f"{counts[k]:,} {DISPLAY_NAMES[c]}" for k, c in enumerate(CLASSES))
    foreign = int((run.judgements["foreign_verdict"] == "foreign").sum())
    judged = run.judgements["foreign_verdict"].notna().any()
    look = "looks" if foreign == 1 else "look"
    return Text(f"Its answers: {said}" + (f"; {foreign:,} {look} foreign to it" if judged else ""))


def _headline(headline: Headline) -> RenderableType:
    lines = [Text("")]
    if headline.number:
        lines.append(Text(number_text(headline.number), style="bold"))
    if headline.internal and headline.gap:
        lines.append(Text(f"at home: {number_text(headline.internal)}"))
        lines.append(Text(f"lost: {number_text(headline.gap)}"))
    shown = (headline.number, headline.internal)
    others = [part for part in headline.parts if part.number not in shown]
    lines += [Text(f"{part.name}: {number_text(part.number)}") for part in others]
    return Group(*lines, Text(one_line(headline.paragraph)), Text(""))


def _verdicts(results: Sequence[CheckResult]) -> Table:
    """Give a row a check: verdict, then sentence, with id and number below; the good in short."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    for verdict in GRAVEST_FIRST:
        of_verdict = [result for result in results if result.verdict is verdict]
        told = _in_short(of_verdict) if verdict in IN_SHORT else _in_full(of_verdict)
        for words in told:
            table.add_row(Text(verdict_text(verdict), style=STYLES[verdict]), words)
    return table


def _in_full(results: Sequence[CheckResult]) -> Iterator[Text]:
    # checks that lack the same thing say so once
    alike: dict[str, list[CheckResult]] = {}
    for result in results:
        lacks = result.headline if result.verdict is Verdict.CANNOT_CHECK else result.check
        alike.setdefault(lacks, []).append(result)
    for result, *others in alike.values():
        words = Text(one_line(result.headline))
        names = ", ".join(r.check for r in (result, *others))
        words.append(f"\n{names}", style="dim")
        if result.number:
            words.append(f" · {number_text(result.number)}", style="dim")
        yield words


def _in_short(results: Sequence[CheckResult]) -> Iterator[Text]:
    settled = [result.check for result in results if result.settled]
    if settled:
        yield Text(", ".join(settled))
    unsettled = [result.check for result in results if not result.settled]
    if unsettled:
        yield Text(f"not settled, neither shown nor excluded: {', '.join(unsettled)}")


def _findings(results: Sequence[CheckResult]) -> list[RenderableType]:
    """Give the first findings of what failed or raised."""
    parts: list[RenderableType] = []
    for result in gravest_first(results):
        most = MOST_FINDINGS.get(result.verdict, 0)
        if most and result.findings:
            title = Text(f"{verdict_text(result.verdict)}  {result.check}")
            title.stylize(STYLES[result.verdict])
            more = len(result.findings) - most
            lines = [one_line(finding) for finding in result.findings[:most]]
            lines += [f"{more} more in results.json"] if more > 0 else []
            parts += [title, *map(_item, lines)]
    return [Rule("Findings", align="left", style="dim"), *parts] if parts else []


def _problems(run: Run) -> list[RenderableType]:
    problems = run.meta.cohort["problems"]
    lines = [f"{p['where']}: {p['message']}" for p in problems]
    return _by_kind("Problems of the cohort", [p["kind"] for p in problems], lines)


def _unread(run: Run) -> list[RenderableType]:
    wrong = (run.rows["error_type"] != "").to_numpy()
    files, messages = run.rows["file"][wrong], error_messages(run)[wrong]
    lines = [f"{file}: {why}" for file, why in zip(files, messages, strict=True)]
    return _by_kind("Files that could not be read", run.rows["error_type"][wrong].tolist(), lines)


def _by_kind(title: str, kinds: Sequence[str], lines: Sequence[str]) -> list[RenderableType]:
    """List what is wrong, counted by kind, the first ones in full."""
    if not lines:
        return []
    counts = pd.Series(kinds).value_counts()
    counted = ", ".join(f"{n:,} {kind}" for kind, n in counts.items())
    shown = [_item(one_line(line)) for line in lines[:MOST_LISTED]]
    if len(lines) > MOST_LISTED:
        shown.append(_item(f"and {len(lines) - MOST_LISTED:,} more: all are in results.json"))
    return [Rule(title, align="left", style="dim"), Text(counted), *shown]


def _item(text: str) -> RenderableType:
    row = Table.grid(padding=(0, 1, 0, 0))
    row.add_column(no_wrap=True)
    row.add_column(overflow="fold")
    row.add_row("-", Text(text))
    return Padding(row, (0, 0, 0, 2))


def _written(written: Sequence[Path]) -> RenderableType:
    return Group(
        Rule("Written", align="left", style="dim"),
        *(Text(one_line(str(path)), overflow="fold", no_wrap=True) for path in written),
    )
