"""The pages of checks, group by group: what was found, how, what it leaves open, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO

import pikepdf
from reportlab.lib.units import inch, mm
from reportlab.platypus import Flowable, KeepTogether

from xraydemo.evaluation.check import all_checks
from xraydemo.evaluation.figures import Figure, Gallery
from xraydemo.evaluation.result import CheckResult, Table, Verdict
from xraydemo.evaluation.run import Run
from xraydemo.report.captions import describe
from xraydemo.report.drawing import Album, draw
from xraydemo.report.explanations import explanations
from xraydemo.report.gallery import Pictures, gallery
from xraydemo.report.groups import grouped
from xraydemo.report.placed import PlacedFigure, fill
from xraydemo.report.power import power_of
from xraydemo.report.shapes import VerdictMark
from xraydemo.report.typesetting import (
    LINE,
    PALE,
    Sheet,
    cell,
    clipped,
    grid,
    heading,
    items,
    pairs,
    set_text,
    small_heading,
)
from xraydemo.report.words import (
    interval_text,
    value_text,
    verdict_text,
    where_text,
)


@dataclass(frozen=True)
class Most:
    """How much of a check is shown; the rest is counted, and stands in the attached results.

    Attributes
    ----------
    findings, figures, galleries, exhibits, bars, tables, rows : int
        Exhibits of one gallery, bars or rows of cells of one figure, rows of one table.
    """

    findings: int
    figures: int
    galleries: int
    exhibits: int
    bars: int
    tables: int
    rows: int


GRAVE = Most(findings=6, figures=2, galleries=1, exhibits=9, bars=20, tables=1, rows=10)
"""Of what failed, warns or has no verdict."""
FINE = Most(findings=3, figures=1, galleries=1, exhibits=3, bars=12, tables=1, rows=6)
"""Of what passed: a reader wants to know what was asked, not every number."""


@dataclass
class Drawer:
    """Draws every figure of a report once, however often the text is set.

    Attributes
    ----------
    run : Run
    sheet : Sheet
    pictures : Pictures
    """

    run: Run
    sheet: Sheet
    pictures: Pictures
    _figures: list[PlacedFigure] = field(default_factory=list)
    _drawn: dict[int, tuple[int, float, float]] = field(default_factory=dict)
    _album: Album = field(default_factory=Album)

    def begin_anew(self) -> None:
        """Forget what was placed, not what was drawn: the text is set again from the start."""
        self._figures.clear()
        self.pictures.placed.clear()

    def figure(self, figure: Figure, most: Most) -> list[Flowable]:
        """Draw a figure, and say below in a line what it shows."""
        if isinstance(figure, Gallery):
            return gallery(figure, self.pictures, self.sheet, most.exhibits)
        if id(figure) not in self._drawn:
            width = min(self.sheet.width / inch, 6.7)
            drawing = draw(figure, self.run, width=width, most=most.bars)
            width, height = (float(side) * inch for side in drawing.get_size_inches())
            self._drawn[id(figure)] = self._album.add(drawing), width, height
        number = len(self._figures)
        one = PlacedFigure(number, *self._drawn[id(figure)])
        self._figures.append(one)
        words = set_text(f"Figure {number + 1}. {describe(figure)}", "caption")
        return [KeepTogether([one, words])]

    def fill(self, pdf: pikepdf.Pdf) -> None:
        """Put everything that was drawn into the pages; afterwards nothing more can be drawn."""
        fill(pdf, self.pictures.placed)
        drawn = self._album.close()
        if self._figures:
            with pikepdf.open(BytesIO(drawn)) as album:
                for figure in self._figures:
                    figure.album = album
                fill(pdf, self._figures)


def check_pages(results: Sequence[CheckResult], drawer: Drawer) -> list[Flowable]:
    """Set the pages of all checks that could be asked, the gravest of each group first."""
    parts: list[Flowable] = []
    for group in grouped(results):
        answered = [r for r in group.results if r.verdict is not Verdict.CANNOT_CHECK]
        if not answered:
            continue
        parts += heading(group.title, "h1", f"group {group.key}", room=90 * mm)
        for result in answered:
            parts += _one_check(result, drawer)
    return parts


def unasked(results: Sequence[CheckResult], sheet: Sheet) -> list[Flowable]:
    """List the checks that could not be asked, with what it would take."""
    rows = [[cell("check", "bold cell"), cell("asks", "bold cell"), cell("takes", "bold cell")]]
    rows += [
        [cell(result.check), cell(question(result.check)), cell(result.headline)]
        for group in grouped(results)
        for result in group.results
        if result.verdict is Verdict.CANNOT_CHECK
    ]
    if len(rows) == 1:
        return []
    words = (
        "That these questions could not be asked is a finding, too: nothing here speaks for the "
        "model where nothing was looked at."
    )
    widths = (44 * mm, 52 * mm, sheet.width - 96 * mm)
    return [
        *heading("What could not be asked", "h1", "unasked"),
        set_text(words),
        grid(rows, widths),
    ]


def question(check_id: str) -> str:
    """Give what a check asks; "" for one that isn't installed here."""
    check = all_checks().get(check_id)
    return check.question if check else ""


def _one_check(result: CheckResult, drawer: Drawer) -> list[Flowable]:
    sheet, most = drawer.sheet, FINE if result.verdict is Verdict.PASS else GRAVE
    title = question(result.check) or result.check
    outline = f"{result.check}: {result.verdict.value.replace('_', ' ')}"
    parts = heading(title, "h2", result.check, outline=outline, level=1)
    parts.append(_verdict_strip(result, sheet))
    parts.append(set_text(clipped(result.headline), "strong"))
    parts += items(result.findings[: most.findings])
    parts += _more(len(result.findings) - most.findings, "findings")
    figures = _figures(result.figures, drawer, most)
    parts += [*figures[0], *_explained(result, sheet)]  # which fills the page before the next one
    parts += [part for figure in figures[1:] for part in figure]
    tables = [table for table in result.tables if table.rows]
    parts += [part for table in tables[: most.tables] for part in _numbers(table, sheet, most)]
    parts += _more(len(tables) - most.tables, "tables")
    return parts


def _verdict_strip(result: CheckResult, sheet: Sheet) -> Flowable:
    """Set mark, word and id at the left, the number that decided at the right."""
    word = verdict_text(result.verdict)
    unsettled = [] if result.settled else [cell("not settled: too few to be sure", "small")]
    left = [cell(word, "middle number"), cell(result.check, "dim cell"), *unsettled]
    right: list[Flowable] = []
    if number := result.number:
        where = where_text(number.where)
        of = f" of {where}" if where and where != "all" else ""
        shown = f"{value_text(number)} {interval_text(number.low, number.high)}"
        right = [
            cell(shown.strip(), "middle number"),
            cell(f"{number.metric}{of}, n = {number.n:,}", "dim cell"),
        ]
    row = [VerdictMark(result.verdict, 24), left, right]
    look = [
        ("BACKGROUND", (0, 0), (-1, -1), PALE),
        ("LINEBEFORE", (2, 0), (2, 0), 0.6, LINE),
        ("LEFTPADDING", (2, 0), (2, 0), 8),
        ("VALIGN", (0, 0), (0, 0), "MIDDLE"),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
    ]
    return grid([row], (32, 62 * mm, sheet.width - 32 - 62 * mm), head=False, more=look)


def _figures(figures: Sequence[Figure], drawer: Drawer, most: Most) -> list[list[Flowable]]:
    """Set each figure that is shown, and at last say how many are not."""
    drawn = [f for f in figures if not isinstance(f, Gallery)][: most.figures]
    hung = [f for f in figures if isinstance(f, Gallery)][: most.galleries]
    parts = [drawer.figure(figure, most) for figure in (*drawn, *hung)]
    return [*parts, _more(len(figures) - len(drawn) - len(hung), "figures")]


def _explained(result: CheckResult, sheet: Sheet) -> list[Flowable]:
    """Say how it was computed, what it leaves open, what to do, and where the method is from."""
    known = explanations().get(result.check)
    rows: dict[str, object] = {}
    if known:
        rows = {
            "How it was computed": known.how,
            "What it can't tell": known.cannot_tell,
            "What to do": known.next,
        }
    if power := power_of(result.check):
        rows["How often it is right"] = f"{power.summary} {power.notes[-1]}"
    if result.parameters:
        rows["Lines and settings"] = settings_text(result.parameters)
    if known:
        rows["Sources"] = "; ".join(map(str, known.sources)) + "."
    return [pairs(rows, sheet, first=32 * mm)] if rows else []


def settings_text(parameters: Mapping[str, object]) -> str:
    """Write parameters in a line."""
    shown = {name: "–" if value in ("", None) else value for name, value in parameters.items()}
    return ", ".join(f"{name} = {value}" for name, value in shown.items()) or "none"


def _numbers(table: Table, sheet: Sheet, most: Most) -> list[Flowable]:
    head = [cell("metric", "bold cell"), cell("of", "bold cell")]
    head += [cell(name, "right") for name in ("value", "95 % interval", "n")]
    rows = [
        [
            cell(row.metric),
            cell(where_text(row.where)),
            cell(value_text(row), "right"),
            cell(interval_text(row.low, row.high) or "–", "right"),
            cell(f"{row.n:,}", "right"),
        ]
        for row in table.rows[: most.rows]
    ]
    widths = (46 * mm, sheet.width - 120 * mm, 20 * mm, 36 * mm, 18 * mm)
    parts = [*small_heading(clipped(table.title)), grid([head, *rows], widths)]
    return [KeepTogether(parts), *_more(len(table.rows) - most.rows, "rows")]


def _more(n: int, what: str) -> list[Flowable]:
    if n <= 0:
        return []
    what = what if n > 1 else what.removesuffix("s")
    return [set_text(f"and {n:,} more {what} in the attached results.json", "dim")]
