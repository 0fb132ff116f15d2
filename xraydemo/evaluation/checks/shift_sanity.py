"""Whether these are usable frontal chest X-rays at all: simple rules, each with its reason.

The looks (inverted, upside down, turned, cropped, blank, unusual) are judged when an X-ray is
read, and count here when they made it foreign; the rest is told by the file and by statistics.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xraydemo.evaluation.check import check
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.figures import Bars, Exhibit, Figure, Gallery
from xraydemo.evaluation.result import CheckResult, Number, Table, Verdict, cannot_check
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.tell_result import listed
from xraydemo.model.sanity import BLANK, BLURRED, FACT_RULES, NARROW, REASONS, WIDE
from xraydemo.model.trust import NO_USUAL_CHEST

# what a reading's reason says when a rule of the looks is broken
OF_LOOKS = {
    "polarity": (REASONS["inverted"],),
    "orientation": (REASONS["upside down"], REASONS["turned left"], REASONS["turned right"]),
    "crop": (REASONS["cropped"],),
    "blank": (BLANK,),
    "blurred": (BLURRED,),
    "shape": (NARROW, WIDE),
    "unusual looks": (NO_USUAL_CHEST,),
}
NEEDED = {
    "another part of the body": "body_part",
    "another kind of machine": "modality",
    "lateral": "view",
    "colour": "colour",
    "resolution": "width",
}
OF_FILES = ("body_part", "modality", "colour", "width", "height")  # not what a table calls so
WHITE, BLACK = 0.99, 0.01  # of the range from black to white
FRAMED = 0.4  # share of the picture: so wide a frame is black or white by itself
SOFT = (
    4e-5  # sharpness, pixel by pixel; a third of what the least sharp of 6,238 training X-rays has
)
BY_CHANCE = 0.01  # of right X-rays are foreign, and some for their looks
Broken = dict[int, list[str]]


@dataclass(frozen=True)
class SanityRules:
    """Settings of `shift.sanity`.

    Attributes
    ----------
    shown : int
        Entries of the gallery.
    """

    shown: int


@check("shift.sanity", "Is this a usable frontal chest X-ray at all?", parameters=SanityRules)
def sanity(context: Context[SanityRules]) -> CheckResult:
    """Count the X-rays that break a rule; one is enough to warn."""
    run = context.run
    positions = np.flatnonzero(run.was_read)
    if not len(positions):
        return cannot_check("Needs at least one X-ray that can be read")
    has_looks = bool(run.judgements["foreign_verdict"].notna().any())
    facts = _facts(run)
    asked = _asked(facts, len(positions), has_looks=has_looks)
    by_looks = _by_looks(run)
    every = {
        **by_looks,
        **_by_files(facts),
        "clipped": _clipped(run),
        # slight blur shows only pixel by pixel, that of an enlarged X-ray only from afar
        "blurred": _soft(run) | by_looks["blurred"],
    }
    rules = {rule: every[rule] for rule, n in asked.items() if n}
    reasons: Broken = {}
    for broken in rules.values():
        for position, why in broken.items():
            reasons.setdefault(position, []).extend(why)
    hits = {rule: broken for rule, broken in rules.items() if broken}
    count = Number.count("X-rays that break a rule", "all", len(reasons), len(positions))
    figures: tuple[Figure, ...] = ()
    if hits:
        figures = (_bars(hits), _gallery(hits, reasons, context.parameters.shown))
    return CheckResult(
        Verdict.WARN if reasons else Verdict.PASS,
        _headline(len(reasons), len(positions), hits, len(rules)),
        count,
        findings=tuple(_findings(hits, asked, len(positions))),
        tables=(
            Table(
                "X-rays that break each rule",
                tuple(
                    Number.count("X-rays", rule, len(broken), asked[rule])
                    for rule, broken in rules.items()
                ),
            ),
        ),
        figures=figures,
        settled=bool(reasons) or has_looks,
    )


def _by_looks(run: Run) -> dict[str, Broken]:
    rules: dict[str, Broken] = {rule: {} for rule in OF_LOOKS}
    is_foreign = (run.judgements["foreign_verdict"] == "foreign").to_numpy(bool)
    for position in np.flatnonzero(is_foreign):
        said = str(run.judgements["foreign_reason"].iloc[position]).split("; ")
        for rule, phrases in OF_LOOKS.items():
            why = [words for words in said if any(phrase in words for phrase in phrases)]
            if why:
                rules[rule][int(position)] = why
    return rules


def _facts(run: Run) -> pd.DataFrame:
    """Give what is known of the X-rays that were read; "" where unknown."""
    known = {name: run.facts[name] for name in OF_FILES if name in run.facts}
    facts = pd.DataFrame({**known, "view": run.known("view")}, index=run.rows.index)
    return facts.astype(object).where(facts.notna(), "")[run.was_read]


def _asked(facts: pd.DataFrame, n: int, *, has_looks: bool) -> dict[str, int]:
    """Count the X-rays of which each rule could be asked."""
    return {
        **dict.fromkeys(OF_LOOKS, n if has_looks else 0),
        **{
            rule: int((facts[fact] != "").sum()) if fact in facts else 0
            for rule, fact in NEEDED.items()
        },
        "clipped": n,
        "blurred": n,
    }


def _by_files(facts: pd.DataFrame) -> dict[str, Broken]:
    rules: dict[str, Broken] = {rule: {} for rule in FACT_RULES}
    for position, row in zip(facts.index, facts.to_dict("records"), strict=True):
        of_one = {str(name): value for name, value in row.items() if value != ""}
        for rule, says in FACT_RULES.items():
            if why := says(of_one):
                rules[rule][int(position)] = [why]
    return rules


def _clipped(run: Run) -> Broken:
    """Find X-rays of which much is plain white or black, though not for a frame around them."""
    numbers = run.statistics
    unframed = numbers["border"] < FRAMED
    white = unframed & (numbers["percentile_75"] >= WHITE)
    black = unframed & (numbers["percentile_50"] <= BLACK)
    says = "has no detail left: it is plain"
    return {
        **{int(i): [f"a quarter of it {says} white"] for i in np.flatnonzero(white)},
        **{int(i): [f"half of it {says} black"] for i in np.flatnonzero(black)},
    }


def _soft(run: Run) -> Broken:
    too_soft = np.flatnonzero(run.statistics["sharpness"] < SOFT)
    return {int(i): [BLURRED] for i in too_soft}


def _headline(n: int, of: int, hits: Mapping[str, Broken], n_rules: int) -> str:
    if not n:
        return (
            f"None of {of:,} X-rays breaks one of the {n_rules} rules for a usable frontal chest "
            "X-ray."
        )
    each = listed(
        f"{len(broken):,} by {rule}"
        for rule, broken in sorted(hits.items(), key=lambda item: -len(item[1]))
    )
    return f"{n:,} of {of:,} X-rays may be no usable frontal chest X-rays: {each}. Look at them."


def _findings(hits: Mapping[str, Broken], asked: Mapping[str, int], n: int) -> list[str]:
    found = []
    for rule, broken in sorted(hits.items(), key=lambda item: -len(item[1])):
        why = next(iter(broken.values()))[0]
        found.append(f"{rule}: {len(broken):,}, shown in the gallery. Of the first: {why}.")
    if any(rule in OF_LOOKS for rule in hits):
        found.append(
            f"The looks are judged by a small model that is wrong at times: of {n:,} right X-rays "
            f"up to about {max(1, round(BY_CHANCE * n)):,} would be named."
        )
    unasked = [rule for rule, n_asked in asked.items() if not n_asked]
    of_looks = [rule for rule in unasked if rule in OF_LOOKS]
    if of_looks:
        found.append(f"Not asked: {listed(of_looks)}. That needs the bundle's dossier.")
    of_files = [rule for rule in unasked if rule not in OF_LOOKS]
    if of_files:
        found.append(f"Not asked, for the files tell nothing of it: {listed(of_files)}.")
    if hits:
        found.append(
            "What to do: turn, mirror or invert what is a right X-ray wrongly stored; take out "
            "what is lateral, no chest, or has no detail left. The model was made for neither."
        )
    return found


def _bars(hits: Mapping[str, Broken]) -> Bars:
    nothing = (float("nan"),) * len(hits)
    return Bars(
        title="X-rays that break each rule",
        unit="X-rays",
        labels=tuple(hits),
        values=tuple(float(len(broken)) for broken in hits.values()),
        lows=nothing,
        highs=nothing,
        lines={},
        groups=tuple(tuple(broken) for broken in hits.values()),
    )


def _gallery(hits: Mapping[str, Broken], reasons: Broken, shown: int) -> Gallery:
    """Show X-rays rule by rule, the rare rules first: they are the surer ones to be looked at."""
    order = [i for rule in sorted(hits, key=lambda r: len(hits[r])) for i in hits[rule]]
    exhibits = []
    for position in list(dict.fromkeys(order))[:shown]:
        rules = listed(rule for rule, broken in hits.items() if position in broken)
        why = "; ".join(reasons[position])
        exhibits.append(Exhibit((position,), f"{rules}: {why}"))
    return Gallery("X-rays that break a rule", tuple(exhibits))
