"""The first page: the answer, the number with its gap, every verdict, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from xraydemo import __version__
from xraydemo.classes import DISCLAIMER, DISPLAY_NAMES
from xraydemo.evaluation.headline import Headline
from xraydemo.evaluation.result import CheckResult
from xraydemo.report.answer import ELSEWHERE, NO, answer_of
from xraydemo.report.groups import grouped
from xraydemo.report.ladder import Ladder
from xraydemo.report.typesetting import (
    PALE,
    Heading,
    Sheet,
    cell,
    clipped,
    grid,
    items,
    safe,
    set_text,
)
from xraydemo.report.wall import VerdictWall
from xraydemo.report.words import interval_text, number_text, tally

_NAME = 60  # letters of a name on this page, which must not run over


def first_page(
    headline: Headline, results: Sequence[CheckResult], document: Mapping[str, Any], sheet: Sheet
) -> list[Flowable]:
    """Set the first page.

    Parameters
    ----------
    headline : Headline
    results : sequence of CheckResult
    document : mapping
        What `results_json` gives.
    sheet : Sheet
    """
    answer = answer_of(headline, results)
    bundle, cohort = document["bundle"]["name"], document["cohort"]
    made = datetime.fromisoformat(document["created"])
    title = f"Should {clipped(bundle, _NAME)} be believed on {clipped(cohort['name'], _NAME)}?"
    parts: list[Flowable] = [
        set_text(f"Evaluation report · xraydemo {__version__} · {made:%Y-%m-%d}", "dim"),
        Heading(safe(title), "title", "first", "The answer", 0),
        set_text(_opening(document), "dim"),
        *_stopped(cohort),
        set_text(answer.short, "answer"),
        _number_and_ladder(headline, sheet),
    ]
    sentences: dict[str, list[Flowable]] = {"Found": [set_text(answer.found)]}
    if answer.why:
        against = "Why not" if answer.short.startswith(NO) else "Against it"
        sentences[against] = items(answer.why)
    sentences |= {
        "How sure": [set_text(answer.how_sure)],
        "Do next": [set_text(answer.next)],
        "Elsewhere": [set_text(ELSEWHERE)],
    }
    rows = [[cell(name, "bold cell"), words] for name, words in sentences.items()]
    parts.append(grid(rows, (20 * mm, sheet.width - 20 * mm), head=False))
    if results:
        parts += [
            set_text(f"All checks: {tally(results)}", "strong"),
            VerdictWall(grouped(results), sheet.width),
            set_text(
                "“Cannot check” is a finding, too: what it takes is listed at the end. The lines "
                "between pass, warn and fail are ours, no paper fixes them.",
                "caption",
            ),
        ]
    else:
        parts.append(set_text("No check was asked.", "strong"))
    return [*parts, set_text(DISCLAIMER, "warning")]


def _opening(document: Mapping[str, Any]) -> str:
    cohort, engine = document["cohort"], document["bundle"]
    counts, called = _counted(cohort["labels"]), _counted(document["run"]["answers"])
    n, n_read = cohort["n"], cohort["n_read"]
    xrays = "1 X-ray" if n == 1 else f"{n:,} X-rays"
    read = "all read" if n_read == n else f"{n_read:,} read"
    if n_failed := len(cohort["errors"]):
        read += f", {n_failed:,} could not be"
    return (
        f"{xrays}, {read} ({counts}), by the model {clipped(engine['name'], _NAME)} "
        f"({engine['fingerprint'][:12]}, {engine['runtime']} on {engine['device']})."
        + (f" It calls {called}." if called and cohort["labels"]["unknown"] == n else "")
    )


def _counted(of_classes: Mapping[str, int]) -> str:
    named = ((DISPLAY_NAMES.get(name, "without a label"), n) for name, n in of_classes.items())
    return ", ".join(f"{n:,} {name}" for name, n in named if n)


def _stopped(cohort: Mapping[str, Any]) -> list[Flowable]:
    """Say that the run is not whole, where it is not."""
    left = cohort["n"] - cohort["n_read"] - len(cohort["errors"])
    if left <= 0:
        return []
    words = (
        f"This run was stopped: {left:,} of {cohort['n']:,} X-rays have not been looked at yet. "
        "Every number here is of the others alone."
    )
    return [set_text(words, "warning")]


def _number_and_ladder(headline: Headline, sheet: Sheet) -> Flowable:
    left = 50 * mm
    if headline.number is None:
        words: list[Flowable] = [set_text("–", "number"), cell("nothing could be measured here")]
    else:
        number = headline.number
        words = [
            set_text(f"{number.value:.3f}", "number"),
            cell(f"{interval_text(number.low, number.high)}, n = {number.n:,}", "bold cell"),
            cell(f"{number.metric} at its worst: {clipped(number.where, _NAME)}"),
        ]
        if headline.internal and headline.gap:
            home = clipped(number_text(headline.internal), 2 * _NAME)
            words.append(cell(f"at home: {home}", "dim cell"))
            lost = f"{headline.gap.value:.3f} {interval_text(headline.gap.low, headline.gap.high)}"
            words.append(cell(f"the gap: {lost}", "dim cell"))
    ladder = Ladder(headline, sheet.width - left - 6)
    look = [("LINEBELOW", (0, 0), (-1, -1), 0, PALE), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
    return grid([[words, ladder]], (left, sheet.width - left), head=False, more=look)
