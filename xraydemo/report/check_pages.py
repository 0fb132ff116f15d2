"""The pages of checks, group by group: what was found, how, what it leaves open, what to do."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO

import pikepdf
from reportlab.lib.units import inch, mm
from reportlab.platypus import Flowable

from xraydemo.evaluation.figures import Figure, Gallery
from xraydemo.evaluation.result import CheckResult, Table, Verdict
from xraydemo.evaluation.run import Run
from xraydemo.report.captions import describe
from xraydemo.report.drawing import Album, draw
from xraydemo.report.explanations import explanations
from xraydemo.report.filling import Filling, Part
from xraydemo.report.gallery import LEAST_OF_GALLERY, Pictures, gallery
from xraydemo.report.groups import grouped, question
from xraydemo.report.placed import PlacedFigure, fill
from xraydemo.report.power import power_of
from xraydemo.report.shapes import VerdictMark
from xraydemo.report.typesetting import (
    LINE,
    LONGEST_ITEM,
    PALE,
    Sheet,
    cell,
    clipped,
    grid,
    heading,
    items,
    pairs,
    set_text,
)
from xraydemo.report.words import (
    interval_text,
    value_text,
    verdict_text,
    where_text,
    without_marks,
)

MEANING, TO_DO = "What it means", "What to do"
_ADVICE = re.compile(rf"(?:^|\s)({MEANING}|{TO_DO}): ")
_LEAST_OF_EXPLAINED = 30 * mm  # of a table that goes on on the next page


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
        self.pictures.begin_anew()

    def figure(self, figure: Figure, most: Most) -> Part:
        """Draw a figure, and say below in a line what it shows."""
        if isinstance(figure, Gallery):
            hung = gallery(figure, self.pictures, self.sheet, most.exhibits)
            return Part(hung, least=LEAST_OF_GALLERY)
        if id(figure) not in self._drawn:
            width = min(self.sheet.width / inch, 6.7)
            drawing = draw(figure, self.run, width=width, most=most.bars)
            width, height = (float(side) * inch for side in drawing.get_size_inches())
            self._drawn[id(figure)] = self._album.add(drawing), width, height
        number = len(self._figures)
        one = PlacedFigure(number, *self._drawn[id(figure)])
        self._figures.append(one)
        words = set_text(f"Figure {number + 1}. {describe(figure)}", "caption")
        return Part([one, words], is_figure=True)

    def fill(self, pdf: pikepdf.Pdf) -> None:
        """Put everything that was drawn into the pages; afterwards nothing more can be drawn."""
        fill(pdf, self.pictures.placed)
        drawn = self._album.close()
        if self._figures:
            with pikepdf.open(BytesIO(drawn)) as album:
                for figure in self._figures:
                    figure.album = album
                fill(pdf, self._figures)


def check_pages(
    results: Sequence[CheckResult],
    drawer: Drawer,
    on_progress: Callable[[float], None] = lambda _: None,
) -> list[Flowable]:
    """Set the pages of all checks that could be asked, the gravest of each group first.

    `on_progress` is told the share of the checks that is done.
    """
    parts: list[Flowable] = []
    to_do = sum(r.verdict is not Verdict.CANNOT_CHECK for r in results)
    done = 0
    for group in grouped(results):
        answered = [r for r in group.results if r.verdict is not Verdict.CANNOT_CHECK]
        if not answered:
            continue
        parts += heading(group.title, "h1", f"group {group.key}", room=75 * mm)
        for result in answered:
            parts += _one_check(result, drawer)
            done += 1
            on_progress(done / to_do)
    return parts


def unasked(results: Sequence[CheckResult], sheet: Sheet) -> list[Flowable]:
    """List the checks that could not be asked, with what it would take."""
    unasked_of = defaultdict[str, list[str]](list)
    for group in grouped(results):
        for result in group.results:
            if result.verdict is Verdict.CANNOT_CHECK:
                asked = f"{result.check}: {question(result.check)}".removesuffix(": ")
                unasked_of[without_marks(result.headline)].append(asked)
    if not unasked_of:
        return []
    rows = [[cell("it takes", "bold cell"), cell("to ask", "bold cell")]]
    for takes, all_asked in unasked_of.items():
        said_once = [takes, *[""] * (len(all_asked) - 1)]
        rows += [[cell(a), cell(b)] for a, b in zip(said_once, all_asked, strict=True)]
    words = (
        "That these questions could not be asked is a finding, too: nothing here speaks for the "
        "model where nothing was looked at."
    )
    return [
        *heading("What could not be asked", "h1", "unasked"),
        set_text(words),
        grid(rows, (70 * mm, sheet.width - 70 * mm)),
    ]


def _one_check(result: CheckResult, drawer: Drawer) -> list[Flowable]:
    sheet, most = drawer.sheet, FINE if result.verdict is Verdict.PASS else GRAVE
    title = question(result.check) or result.check
    outline = f"{result.check}: {result.verdict.value.replace('_', ' ')}"
    parts = heading(title, "h2", result.check, outline=outline, level=1)
    parts.append(_verdict_strip(result, sheet))
    parts.append(set_text(clipped(without_marks(result.headline)), "strong"))
    findings, advice = told_apart(result.findings)
    parts += items(findings[: most.findings])
    figures = _figures(result.figures, drawer, most)
    tables = [table for table in result.tables if table.rows]
    numbers = [_numbers(table, sheet, most) for table in tables[: most.tables]]
    explained = Part(_explained(result, advice, sheet), least=_LEAST_OF_EXPLAINED)
    rest = [*figures[:1], explained, *figures[1:], *numbers]
    left_out = {
        "finding": len(findings) - most.findings,
        "figure": len(result.figures) - len(figures),
        "table": len(tables) - most.tables,
    }
    return [*parts, Filling([part for part in rest if part.flowables]), *_more(left_out)]


def told_apart(findings: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Tell what was found from what it means and what to do about it.

    Parameters
    ----------
    findings : sequence of str
        In which ``What it means:`` and ``What to do:`` begin a part.

    Returns
    -------
    found : list of str
    advice : dict of str to str
        By `MEANING` and `TO_DO`, as far as the check says it.
    """
    found, advice = [], defaultdict[str, list[str]](list)
    for finding in map(without_marks, findings):
        before, *parts = _ADVICE.split(finding)
        found += [before] if before else []
        for label, words in zip(parts[::2], parts[1::2], strict=True):
            advice[label].append(f"{words[:1].upper()}{words[1:]}")
    return found, {label: " ".join(words) for label, words in advice.items()}


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


def _figures(figures: Sequence[Figure], drawer: Drawer, most: Most) -> list[Part]:
    """Set each figure that is shown, galleries last."""
    drawn = [f for f in figures if not isinstance(f, Gallery)][: most.figures]
    hung = [f for f in figures if isinstance(f, Gallery)][: most.galleries]
    return [drawer.figure(figure, most) for figure in (*drawn, *hung)]


def _explained(result: CheckResult, advice: Mapping[str, str], sheet: Sheet) -> list[Flowable]:
    """Say what it means, how it was computed, what it leaves open, what to do, and by whom."""
    known, power = explanations().get(result.check), power_of(result.check)
    needs_nothing = result.verdict is Verdict.PASS and result.settled
    to_do = advice.get(TO_DO) or (known.next if known and not needs_nothing else "")
    rows = {
        MEANING: advice.get(MEANING, ""),
        "How it was computed": known.how if known else "",
        "What it can't tell": known.cannot_tell if known else "",
        TO_DO: to_do,
        "What others found": known.literature if known else "",
        "How often it is right": f"{power.summary} {power.notes[-1]}" if power else "",
        "Lines and settings": settings_text(result.parameters) if result.parameters else "",
        "Sources": "; ".join(map(str, known.sources)) + "." if known else "",
    }
    told = {
        name: set_text(clipped(without_marks(words), LONGEST_ITEM), "cell")
        for name, words in rows.items()
        if words
    }
    return [pairs(told, sheet, first=32 * mm)] if told else []


def settings_text(parameters: Mapping[str, object]) -> str:
    """Write parameters in a line."""
    shown = {name: "–" if value in ("", None) else value for name, value in parameters.items()}
    return ", ".join(f"{name} = {value}" for name, value in shown.items()) or "none"


def _numbers(table: Table, sheet: Sheet, most: Most) -> Part:
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
    more = _more({"row": len(table.rows) - most.rows})
    return Part([set_text(clipped(table.title), "h3"), grid([head, *rows], widths), *more])


def _more(left_out: Mapping[str, int]) -> list[Flowable]:
    """Count what is not shown, by its name."""
    counted = [f"{n:,} more {what}{'s' * (n > 1)}" for what, n in left_out.items() if n > 0]
    if not counted:
        return []
    *first, last = counted
    listed = f"{', '.join(first)} and {last}" if first else last
    return [set_text(f"In the attached results.json: {listed}", "dim")]
