"""The second page: the answer in full, what was not measured, and where everything stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, PageBreak

from xraydemo.evaluation.headline import Headline
from xraydemo.evaluation.result import CheckResult
from xraydemo.report.answer import in_words
from xraydemo.report.groups import question
from xraydemo.report.shapes import VerdictMark
from xraydemo.report.typesetting import (
    TIGHT,
    Sheet,
    cell,
    grid,
    heading,
    items,
    link,
    markup,
    safe,
    set_text,
    small_heading,
)
from xraydemo.report.words import number_text


@dataclass(frozen=True)
class Entry:
    """A heading, as it was found while the text was set.

    Attributes
    ----------
    title : str
    level : int
        From 0.
    page : int
        From 1.
    """

    title: str
    level: int
    page: int


@dataclass
class Pages:
    """Where everything stands: known when the text was set once, used when it is set again.

    Attributes
    ----------
    entries : dict of str to Entry
        By the keys of headings, in their order.
    total : int
        Pages.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    total: int = 0

    def of(self, key: str) -> int | None:
        """Give the page of a heading; None where it isn't in the report."""
        entry = self.entries.get(key)
        return entry.page if entry else None


def answer_in_full(headline: Headline, sheet: Sheet) -> list[Flowable]:
    """Set the headline's paragraph, every number that it rests on, and what was not measured."""
    parts: list[Flowable] = [
        PageBreak(),
        *heading("The answer in full", "h1", "answer"),
        set_text(in_words(headline.paragraph)),
    ]
    if headline.parts:
        rows = [[cell(name, "bold cell") for name in ("measured", "number", "what it is")]]
        rows += [
            [cell(part.name), cell(number_text(part.number)), cell(part.note)]
            for part in headline.parts
        ]
        widths = (24 * mm, 66 * mm, sheet.width - 90 * mm)
        parts.append(grid(rows, widths))
    if headline.not_measured:
        parts += small_heading("Not measured")
        parts += items([f"{name}: {why}" for name, why in headline.not_measured.items()])
    return parts


def contents(pages: Pages, results: Sequence[CheckResult], sheet: Sheet) -> list[Flowable]:
    """Set the table of contents, with what each check asks; every line leads to its page."""
    verdicts: Mapping[str, CheckResult] = {result.check: result for result in results}
    rows = []
    for key, entry in pages.entries.items():
        result = verdicts.get(key)
        mark = VerdictMark(result.verdict, 8) if result else cell("")
        words = f"{'&nbsp;' * 5 * entry.level}{link(entry.title, key)}"
        if asked := question(key):
            words += f" · {safe(asked)}"
        look = "cell" if entry.level else "bold cell"
        rows.append([mark, markup(words, look), markup(safe(str(entry.page)), "right")])
    if not rows:
        rows = [[cell(""), cell(""), cell("")]]
    return [
        *heading("Contents", "h1", "contents"),
        grid(rows, (14, sheet.width - 14 - 16 * mm, 16 * mm), head=False, more=TIGHT),
    ]
