"""What became of the answers from one run to another, on a few pages; the numbers are attached.

matplotlib and reportlab are slow to load: import this module only where one is written.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pikepdf
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from xraydemo.evaluation.compare import (
    Comparison,
    Difference,
    SideBySide,
    reasons_not_compared,
    tally_sides,
)
from xraydemo.evaluation.figures import Bars
from xraydemo.evaluation.result import Verdict
from xraydemo.evaluation.run import Run
from xraydemo.report.atomic import replaced
from xraydemo.report.attached import attach
from xraydemo.report.check_pages import Drawer, Most
from xraydemo.report.comparison_words import (
    became_text,
    changed_first,
    models_text,
    numbers_text,
)
from xraydemo.report.contents import Pages
from xraydemo.report.gallery import Pictures
from xraydemo.report.pdf import typeset
from xraydemo.report.typesetting import (
    TIGHT,
    Sheet,
    cell,
    grid,
    heading,
    register_fonts,
    set_text,
)
from xraydemo.report.words import p_text, verdict_text

ATTACHMENT = "comparison.json"
OF_GROUPS = "share right"  # the one metric that groups are compared by
MOST = Most(findings=12, figures=2, galleries=1, exhibits=24, bars=20, tables=4, rows=40)
_NUMBER = 19 * mm  # of a column
_INTERVAL = 46 * mm


def write_comparison_pdf(
    path: Path, found: Comparison, after: Run, *, paper: str = "a4", names: bool = False
) -> None:
    """Write a comparison of two runs as a PDF.

    Parameters
    ----------
    path : Path
    found : Comparison
    after : Run
        The second run, whose X-rays and heat maps are shown.
    paper : {"a4", "letter"}
    names : bool
        Name files, in the pages and in what is attached; they can hold the names of patients.

    Raises
    ------
    XrayDemoError
        If the file can't be written.
    """
    register_fonts()
    sheet = Sheet.of(paper)
    drawer = Drawer(after, sheet, Pictures(after, names))
    title = f"From {found.before} to {found.after}: what changed?"
    # drawn once: the drawer knows a figure again by its identity
    of_metrics, of_groups = (
        _changes("Metrics: positive is better", found.metrics),
        _changes("Share of right answers of each group: positive is better", found.groups),
    )

    def story(_: Pages) -> list[Flowable]:
        return [
            *_first(found, title),
            *_measured("Metrics", found.metrics, of_metrics, drawer),
            *_measured("Groups, the largest fall first", found.groups, of_groups, drawer),
            *_beside("Checks", found.checks, sheet),
            *_beside("Scenarios", found.scenarios, sheet),
            *heading("Changed answers", "h1", "changed"),
            *drawer.figure(found.gallery, MOST).set(),
        ]

    text = typeset(title, story, drawer)
    with replaced(path) as new, pikepdf.open(text) as pdf:
        drawer.fill(pdf)
        numbers = json.dumps(_told(found, names=names), indent=2)
        attach(pdf, ATTACHMENT, numbers, "All that these pages show, for programs")
        pdf.save(new, deterministic_id=True)


def _told(found: Comparison, *, names: bool) -> dict[str, Any]:
    """Give the comparison as plain data; an X-ray goes by its place in the second run."""
    plain = found.to_dict()
    if not names:
        for answer in plain["changed"]:
            answer["file"] = f"X-ray {answer['position_after']}"
    return plain


def _first(found: Comparison, title: str) -> list[Flowable]:
    return [
        *heading(title, "title", "title", outline="What changed", room=0.1),
        set_text(
            f"{found.n:,} X-rays read by both, {found.n_labelled:,} of them with a label that both "
            f"runs agree on. {'. '.join(found.notes)}.",
            "dim",
        ),
        *(set_text(f"{line[:1].upper()}{line[1:]}.", "dim") for line in models_text(found)),
        *(set_text(f"{line}.", "warning") for line in found.loud),
        set_text(f"{found.headline[:1].upper()}{found.headline[1:]}.", "answer"),
        set_text(
            "Every difference is paired: both models answer for the same X-rays, and intervals "
            "(95 %) draw patients, not X-rays. p is of a group's change, exact, and corrected for "
            "the number of groups (Holm). A check is worse, or better, where the intervals of its "
            "two numbers lie apart; perhaps so where only its verdict moved."
        ),
    ]


def _changes(title: str, differences: Sequence[Difference]) -> Bars:
    """Draw every change so that right of zero is better."""
    shown = differences[: MOST.bars]
    ends = [(-d.high, -d.low) if d.less_is_better else (d.low, d.high) for d in shown]
    return Bars(
        title=title,
        unit="change, after less before",
        labels=tuple(_named(d) for d in shown),
        values=tuple(d.gain for d in shown),
        lows=tuple(low for low, _ in ends),
        highs=tuple(high for _, high in ends),
        lines={"no change": 0.0},
    )


def _named(d: Difference) -> str:
    if d.where == "all":
        return d.metric
    return d.where if d.metric == OF_GROUPS else f"{d.metric}, {d.where}"


def _measured(
    title: str, differences: Sequence[Difference], figure: Bars, drawer: Drawer
) -> list[Flowable]:
    if not differences:
        return []
    tested = any(math.isfinite(d.p) for d in differences)
    names = ["", "before", "after", "change [95 % interval]", "n", *(["p"] if tested else [])]
    rows: list[list[Flowable]] = [[cell(name, "bold cell") for name in names]]
    for d in differences[: MOST.rows]:
        cells = [f"{d.before:.3f}", f"{d.after:.3f}"]
        cells += [f"{d.change:+z.3f} [{d.low:+z.3f}, {d.high:+z.3f}]", f"{d.n:,}"]
        cells += [p_text(d.p)] if tested else []
        rows.append([cell(_named(d)), *map(cell, cells)])
    numbers = [_NUMBER, _NUMBER, _INTERVAL, _NUMBER, *([_NUMBER] if tested else [])]
    widths = [drawer.sheet.width - sum(numbers), *numbers]
    more = len(differences) - MOST.rows
    return [
        *heading(title, "h1", title),
        *drawer.figure(figure, MOST).set(),
        grid(rows, widths, more=TIGHT),
        *([set_text(f"{more} more stand in the attached numbers.", "dim")] if more > 0 else []),
    ]


def _beside(title: str, sides: Sequence[SideBySide], sheet: Sheet) -> list[Flowable]:
    if not sides:
        return []
    rows = [[cell(name, "bold cell") for name in ("", "before", "after", "became", "from")]]
    # what became worse is what a reader looks for
    compared = changed_first([side for side in sides if side.is_compared])
    for side in compared:
        verdicts = [_verdict(side.verdict_before), _verdict(side.verdict_after)]
        words = [side.name, *verdicts, became_text(side.became), side.source]
        rows.append([cell(word, "bold cell" if side.is_worse else "cell") for word in words])
    columns = [28 * mm, 28 * mm, 36 * mm, 20 * mm]
    widths = [sheet.width - sum(columns), *columns]
    changed = [(s.name, numbers_text(s)) for s in compared if s.became != "same"]
    return [
        *heading(f"{title}: {tally_sides(sides)}", "h1", title),
        *([grid(rows, widths, more=TIGHT)] if compared else []),
        *(set_text(f"{name}: {numbers}.") for name, numbers in changed if numbers),
        *(
            set_text(f"Not compared: {', '.join(names)}. {why}.", "dim")
            for why, names in reasons_not_compared(sides).items()
        ),
    ]


def _verdict(verdict: Verdict | None) -> str:
    return "not asked" if verdict is None else verdict_text(verdict)
