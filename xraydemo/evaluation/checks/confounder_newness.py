"""Whether some classes are newer than others, or from elsewhere.

The classifier of which this program tells was superb on its test set and useless on new X-rays,
for every X-ray of covid was newer than the rest. In covid-chestxray-dataset the year alone tells
covid from other pneumonia with AUC 1.0.

Dates are compared by the year: months and days are often made up when files are wrapped.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.cohort.years import span_name, years_in
from xraydemo.evaluation.check import check
from xraydemo.evaluation.confounding.edges import edges
from xraydemo.evaluation.confounding.wall import Wall, holes_in_words
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.figures import Bars, Figure
from xraydemo.evaluation.result import (
    WORST_FIRST,
    CheckResult,
    Number,
    Table,
    Verdict,
    cannot_check,
    judge_harm,
)
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.tell_result import listed, percent, plain, said
from xraydemo.evaluation.testable_facts import UNKNOWN, testable_facts
from xraydemo.evaluation.years import newer_auc, share_in_order, spans_of_run
from xraydemo.metrics.bootstrap import LEVEL, Estimate
from xraydemo.metrics.weighted import auc_in_folds

PLACES = ("site", "institution", "hospital", "source", "manufacturer", "device")
MOSTLY = 0.5  # of the pairs of X-rays must be known which is older, to ask at all
MOST_NAMED = 3
WHAT_WOULD_DO = (
    "It takes the year in which each X-ray was taken: a column date or year, or DICOM files with "
    "a StudyDate"
)

Spans = NDArray[np.float64]
PUBLISHED = (
    "For comparison: a review of 62 studies of covid models found none of them of potential use in "
    "the clinic, for faults of method and biases such as this one (Roberts 2021)."
)


@dataclass(frozen=True)
class Newness:
    """Settings of `confounder.newness`.

    Attributes
    ----------
    fail : float
        AUC of telling two classes apart by their years.
    expected : float
        Patients that chance would put into an empty cell for it to be a finding; such cells warn.
    floor : int
        Least X-rays of a class with a date.
    """

    fail: float
    expected: float
    floor: int


@dataclass(frozen=True, eq=False)
class Pair:
    """Two classes, told apart by date alone.

    Attributes
    ----------
    newer, older : int
        Class numbers.
    dates : Estimate
        How often an X-ray of the newer class is newer: AUC.
    verdict : Verdict
        Fail or pass.
    settled : bool
    sample : Sample
        Their X-rays with dates.
    spans : ndarray, shape (n, 2)
        First and last year of each.
    """

    newer: int
    older: int
    dates: Estimate
    verdict: Verdict
    settled: bool
    sample: Sample
    spans: Spans

    @property
    def names(self) -> str:
        """Name the two."""
        return f"{_named(self.newer)} from {_named(self.older)}"


@check(
    "confounder.newness",
    "Are some classes newer than others?",
    needs=("labels", "dates"),
    parameters=Newness,
)
def newness(context: Context[Newness]) -> CheckResult:
    """Tell each two classes apart by date alone; look for years and places that a class lacks."""
    lines, run, sample = context.parameters, context.run, context.run.sample
    spans = spans_of_run(run)[sample.positions]
    walls = _walls(run, sample, spans)
    figures = tuple(wall.figure() for wall in walls)
    missing = _missing(sample, spans, walls, lines)
    one_class = _of_one_class(walls, lines.floor)
    pairs = _pairs(sample, spans, lines)
    if not pairs:
        nothing = cannot_check(_why_not(sample, spans, lines.floor))
        findings = (*missing, *one_class)
        return dataclasses.replace(nothing, findings=findings, figures=figures)
    context.progress(0.5)
    pairs.sort(key=lambda p: (WORST_FIRST.index(p.verdict), -p.dates.value))
    verdict = pairs[0].verdict
    if missing and verdict is Verdict.PASS:
        verdict = Verdict.WARN
    within = [_model_within_years(pair, lines.floor) for pair in pairs]
    settled = verdict is not Verdict.PASS or all(pair.settled for pair in pairs)
    return CheckResult(
        verdict,
        _headline(verdict, settled, pairs, missing),
        _number(pairs[0]),
        findings=(
            *(_turning_point(pair) for pair in pairs if pair.verdict is Verdict.FAIL),
            *missing,
            *one_class,
            *(sentence for sentence, _ in within),
            *_advice(verdict),
            *_without_dates(sample, spans, pairs),
            PUBLISHED,
        ),
        tables=(
            Table("Telling two classes apart by date alone", tuple(map(_number, pairs))),
            Table(
                "The model between X-rays of the same year, and of all years",
                tuple(number for _, numbers in within for number in numbers),
            ),
            *(wall.table() for wall in walls),
        ),
        figures=(*figures[:1], _bars(pairs, lines), *figures[1:]),
        settled=settled,
    )


def _walls(run: Run, sample: Sample, spans: Spans) -> list[Wall]:
    """Count classes against years, and against each thing that is known of the place."""
    years = pd.Series([span_name(*span) or UNKNOWN for span in spans])
    facts = testable_facts(run, sample.positions)
    places = [name for name in PLACES if name in facts.columns]
    return [
        Wall.of("year", years, sample),
        *(Wall.of(plain(name), facts.binned(name), sample) for name in places),
    ]


def _missing(sample: Sample, spans: Spans, walls: list[Wall], lines: Newness) -> list[str]:
    """Say which classes are missing from which years and places, the years first.

    The allowed error is shared evenly by the walls and the question of first and last years.
    """
    error = (1 - LEVEL) / (len(walls) + 1)
    found = edges(sample, spans, lines.expected, error)
    said_of = [f"{edge}." for edge in found]
    for wall in walls:
        holes = wall.holes(lines.expected, error)
        if wall.fact == "year":  # those beyond a class's first and last year have been said
            holes = [
                hole
                for hole in holes
                if not any(edge.k == hole.k and edge.has(*years_in(hole.value)) for edge in found)
            ]
        said_of += holes_in_words(wall.fact, holes)
    return said_of


def _pairs(sample: Sample, spans: Spans, lines: Newness) -> list[Pair]:
    """Judge each two classes with enough dates that can be put in order."""
    dated = ~np.isnan(spans[:, 0])
    counts = sample.part(dated).counts
    parts = []
    for a, b in combinations([k for k in range(len(CLASSES)) if counts[k] >= lines.floor], 2):
        mask = dated & np.isin(sample.truth, (a, b))
        part = sample.part(mask)
        if share_in_order(spans[mask], part.truth == a) >= MOSTLY:
            parts.append((a, b, part, spans[mask]))
    return [_judge(*part, 1 - (1 - LEVEL) / len(parts), lines) for part in parts]


def _judge(a: int, b: int, part: Sample, spans: Spans, level: float, lines: Newness) -> Pair:
    def a_is_newer(weights: NDArray[np.float32]) -> NDArray[np.float64]:
        return newer_auc(weights, spans, part.truth == a)

    dates = part.resampling.estimate(a_is_newer, level)
    if dates.value < 0.5:
        a, b = b, a
        dates = dates._replace(value=1 - dates.value, low=1 - dates.high, high=1 - dates.low)
    # there is no line to warn at: empty cells do that
    verdict, settled = judge_harm(
        dates.low, dates.value, dates.high, warn=lines.fail, fail=lines.fail
    )
    return Pair(a, b, dates, verdict, settled, part, spans)


def _model_within_years(pair: Pair, floor: int) -> tuple[str, list[Number]]:
    """Measure the model between X-rays of the two classes, of the same year and of all years."""
    sample, year = pair.sample, pair.spans[:, 0]
    positive = sample.truth == pair.newer
    both = sample.probabilities[:, pair.newer] + sample.probabilities[:, pair.older]
    score = sample.probabilities[:, pair.newer] / np.maximum(both, 1e-12)
    exact = pair.spans[:, 0] == pair.spans[:, 1]
    shared = np.intersect1d(year[exact & positive], year[exact & ~positive])
    inside = exact & np.isin(year, shared)
    n_newer, n_older = int((inside & positive).sum()), int((inside & ~positive).sum())
    everywhere = sample.resampling.estimate(
        lambda w: auc_in_folds(w, score, positive, np.zeros(len(score), np.intp))
    )
    where = f"{CLASSES[pair.newer]} against {CLASSES[pair.older]}"
    overall = Number.of("AUC", f"{where}, all years", everywhere)
    if min(n_newer, n_older) < floor:
        return (
            (
                f"How well the model tells {pair.names} at the same date can't be said: in the "
                f"years in which both occur there are {n_newer:,} X-rays of {_named(pair.newer)} "
                f"and {n_older:,} of {_named(pair.older)}. Over all years it has AUC "
                f"{said(everywhere)}."
            ),
            [overall],
        )
    part = sample.part(inside)
    within = part.resampling.estimate(
        lambda w: auc_in_folds(w, score[inside], positive[inside], year[inside].astype(np.intp))
    )
    return (
        (
            f"Between X-rays of the same year (n = {within.n:,}) the model tells {pair.names} with "
            f"AUC {said(within)}; over all years with {said(everywhere)}."
        ),
        [Number.of("AUC", f"{where}, within years", within), overall],
    )


def _headline(verdict: Verdict, settled: bool, pairs: list[Pair], missing: list[str]) -> str:
    told = [f"{pair.names} with AUC {said(pair.dates)} (n = {pair.dates.n:,})" for pair in pairs]
    meaning = ", where 0.5 is guessing and 1 is always right"
    if verdict is Verdict.FAIL:
        failed = [pair for pair in pairs if pair.verdict is Verdict.FAIL]
        others = f", and {len(failed) - MOST_NAMED} more pairs" if len(failed) > MOST_NAMED else ""
        newer = {pair.newer for pair in failed}
        which = _named(failed[0].newer) if len(newer) == 1 else "the first of each pair"
        return (
            f"The date alone tells {listed(told[: min(len(failed), MOST_NAMED)])}{others}{meaning}:"
            f" {which} is newer."
        )
    best = f"at best the date alone tells {told[0]}{meaning}"
    if verdict is Verdict.WARN:
        return f"{missing[0].rstrip('.')}; {best}."
    if settled:
        return f"No class is much newer than another: {best}."
    return f"That a class is newer than another is not shown, nor excluded: {best}."


def _turning_point(pair: Pair) -> str:
    """Name the year that parts two classes best."""
    newer = pair.sample.truth == pair.newer
    first, last = pair.spans.T
    years = np.unique(pair.spans)
    found = [(first[newer] >= y).mean() - (last[~newer] >= y).mean() for y in years]
    year = years[int(np.argmax(found))]
    return (
        f"{percent((first[newer] >= year).mean())} of {_named(pair.newer)} (n = "
        f"{int(newer.sum()):,}) are of {year:.0f} or later, and "
        f"{percent((last[~newer] >= year).mean())} of {_named(pair.older)} (n = "
        f"{int((~newer).sum()):,})."
    )


def _of_one_class(walls: list[Wall], floor: int) -> tuple[str, ...]:
    said_of = [
        f"All {n:,} X-rays of {wall.fact} {value} are {_named(k)}."
        for wall in walls
        for value, k, n in wall.of_one_class(floor)[:MOST_NAMED]
    ]
    return tuple(said_of)


def _without_dates(sample: Sample, spans: Spans, pairs: list[Pair]) -> tuple[str, ...]:
    """Say of how many the date is known, and which classes could not be asked about."""
    dated = ~np.isnan(spans[:, 0])
    of_each = listed(
        f"{int((dated & (sample.truth == k)).sum()):,} of {sample.counts[k]:,} X-rays of "
        f"{_named(k)}"
        for k in np.unique(sample.truth)
    )
    asked = {k for pair in pairs for k in (pair.newer, pair.older)}
    not_asked = [_named(int(k)) for k in np.unique(sample.truth) if k not in asked]
    left = f"; nothing could be asked about {listed(not_asked)}" if not_asked else ""
    return (f"A date, or a span of years, is known of {of_each}{left}.",)


def _why_not(sample: Sample, spans: Spans, floor: int) -> str:
    """Say why no two classes can be compared."""
    dated = ~np.isnan(spans[:, 0])
    if not dated.any():
        return f"None of the dates tells a year. {WHAT_WOULD_DO}"
    counts = sample.part(dated).counts
    enough = [k for k in range(len(CLASSES)) if counts[k] >= floor]
    if len(enough) < 2:
        of_each = listed(
            f"{counts[k]} of {sample.counts[k]:,} of {_named(k)}" for k in np.unique(sample.truth)
        )
        only = f"of {_named(enough[0])} only" if enough else "of no class"
        return (
            f"Enough dates are known {only} ({of_each}; it takes {floor} a class): there is "
            f"nothing to compare with. {WHAT_WOULD_DO}, for at least two classes"
        )
    named = sorted({span_name(*span) for span in spans[dated] if span[0] != span[1]})
    return (
        f"The dates of {int(dated.sum()):,} X-rays are spans of years that can't be put in order "
        f"({listed(named[:MOST_NAMED])}). {WHAT_WOULD_DO}"
    )


def _advice(verdict: Verdict) -> tuple[str, ...]:
    if verdict is Verdict.PASS:
        return ()
    return (
        (
            "What it means: machines, settings, hospitals and patients change with the years. A "
            "model that recognizes any of these answers well here, and fails on the next new X-ray."
        ),
        (
            "What to do: collect X-rays of every class from the same years and places, and believe "
            "only comparisons within them."
        ),
    )


def _bars(pairs: list[Pair], lines: Newness) -> Figure:
    return Bars(
        title="How well the date alone tells two classes apart",
        unit="AUC",
        labels=tuple(pair.names for pair in pairs),
        values=tuple(pair.dates.value for pair in pairs),
        lows=tuple(pair.dates.low for pair in pairs),
        highs=tuple(pair.dates.high for pair in pairs),
        lines={"guessing": 0.5, "fail": lines.fail},
        groups=tuple(tuple(map(int, pair.sample.positions)) for pair in pairs),
    )


def _number(pair: Pair) -> Number:
    where = f"date: {CLASSES[pair.newer]} newer than {CLASSES[pair.older]}"
    return Number.of("AUC", where, pair.dates)


def _named(k: int) -> str:
    return DISPLAY_NAMES[CLASSES[k]]
