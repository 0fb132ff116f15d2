"""Where this report tells what reporting checklists ask for; what it doesn't tell stays blank."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from xraydemo.evaluation.headline import Headline
from xraydemo.evaluation.result import CheckResult, Verdict
from xraydemo.report.contents import Pages
from xraydemo.report.typesetting import (
    TIGHT,
    Sheet,
    cell,
    grid,
    heading,
    link,
    markup,
    set_text,
)

TEXTS = "checklists.toml"
NOT_AVAILABLE = "not available"
_PART = "part "  # of the headline, which stands on the first page: "part external"


@dataclass(frozen=True)
class Item:
    """One item of a checklist.

    Attributes
    ----------
    number, asks : str
    told_by : tuple of str
        Keys of headings of the report; empty where nothing here tells it.
    """

    number: str
    asks: str
    told_by: tuple[str, ...]


@dataclass(frozen=True)
class Checklist:
    """A checklist with its source."""

    name: str
    source: str
    items: tuple[Item, ...]


@cache
def checklists() -> tuple[Checklist, ...]:
    """Read the checklists."""
    text = files("xraydemo.report").joinpath(TEXTS).read_text("utf-8")
    return tuple(
        Checklist(
            plain["name"],
            plain["source"],
            tuple(Item(number, asks, tuple(keys)) for number, asks, keys in plain["items"]),
        )
        for plain in tomllib.loads(text)["checklist"]
    )


def checklist_pages(
    pages: Pages, headline: Headline, results: Sequence[CheckResult], sheet: Sheet
) -> list[Flowable]:
    """Set the checklists, with the pages on which their items are told."""
    answered = {r.check for r in results if r.verdict not in (Verdict.CANNOT_CHECK, Verdict.ERROR)}
    measured = {f"{_PART}{part.name}" for part in headline.parts}
    parts = [
        *heading("Reporting checklists", "h1", "checklists"),
        set_text(
            "Where this report tells something that a checklist asks for; in our own short words, "
            "the checklist itself is what counts. “Not available” means that nothing here tells "
            "it: the author of a study must."
        ),
    ]
    for one in checklists():
        told = [_told(item, pages, answered | measured) for item in one.items]
        n = sum(places is not None for places in told)
        title = f"{one.name}: {n} of {len(one.items)} told here"
        parts += heading(title, "h2", f"checklist {one.name}", level=1)
        parts.append(set_text(one.source, "caption"))
        rows = [[cell(name, "bold cell") for name in ("item", "asks", "page")]]
        rows += [
            [
                cell(item.number),
                cell(item.asks),
                markup(places, "cell") if places else cell(NOT_AVAILABLE, "dim cell"),
            ]
            for item, places in zip(one.items, told, strict=True)
        ]
        widths = (14 * mm, sheet.width - 54 * mm, 40 * mm)
        parts.append(grid(rows, widths, more=TIGHT))
    return parts


def _told(item: Item, pages: Pages, answered: Collection[str]) -> str | None:
    """Give links to the pages that tell an item; None where none does."""
    places: dict[int, str] = {}
    for key in item.told_by:
        target = "first" if key.startswith(_PART) else key
        is_check = "." in key or key.startswith(_PART)
        page = pages.of(target)
        if page is not None and (not is_check or key in answered):
            places.setdefault(page, link(f"page {page}", target))
    return ", ".join(places[page] for page in sorted(places)) or None
