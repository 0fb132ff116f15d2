"""Who is served worst: groups that have a name, and weak slices that have none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.check import check
from xraydemo.evaluation.confounding.weak_slices import (
    WeakSlice,
    weakest_by_embeddings,
    weakest_by_facts,
)
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.figures import Bars, Exhibit, Figure, Gallery
from xraydemo.evaluation.ranking import macro_auc_of
from xraydemo.evaluation.result import (
    WORST_FIRST,
    CheckResult,
    Number,
    Table,
    Verdict,
    cannot_check,
    judge_harm,
)
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.simultaneous import simultaneous_intervals, value_and_draws
from xraydemo.evaluation.slices import Slice, fact_slices
from xraydemo.evaluation.tell_result import counted, percent, signed
from xraydemo.evaluation.testable_facts import testable_facts
from xraydemo.metrics.bootstrap import LEVEL, Estimate, percentile_interval
from xraydemo.metrics.intervals import proportion
from xraydemo.metrics.weighted import Draws, Weights, recall

MOST_BARS = 40
MOST_NAMED = 6
MOST_SHOWN = 24
AUC, RECALL = "macro AUC", "recall"
PUBLISHED = (
    "For comparison: in public sets of medical pictures, groups that matter and that nobody "
    "had named were served worse by over 20 % of the overall performance (Oakden-Rayner 2020)."
)

Statistic = Callable[[Weights], Draws]


@dataclass(frozen=True)
class Groups:
    """Settings of `confounder.groups`.

    Attributes
    ----------
    warn, fail : float
        What a group loses against all X-rays.
    floor : int
        Least X-rays of a class in a group, and of the others there.
    clusters : int
        Of embeddings.
    """

    warn: float
    fail: float
    floor: int
    clusters: int


@dataclass(frozen=True, eq=False)
class Question:
    """One number of one group, beside the same of all X-rays.

    Attributes
    ----------
    metric : str
    group : Slice
    classes : tuple of int
        Those that it is of.
    mask : ndarray of bool
        The X-rays of the group that it rests on.
    here : Estimate
        In the group.
    everywhere : float
        Of all X-rays, the same classes.
    drawn : ndarray, shape (n_draws,)
        The difference in each draw.
    """

    metric: str
    group: Slice
    classes: tuple[int, ...]
    mask: NDArray[np.bool_]
    here: Estimate
    everywhere: float
    drawn: Draws

    @property
    def where(self) -> str:
        """Name it as a table does."""
        if self.metric == AUC:
            return self.group.name
        return f"{self.group.name}: {CLASSES[self.classes[0]]}"


@dataclass(frozen=True, eq=False)
class Loss:
    """What a group has less than all X-rays, and what that means.

    Attributes
    ----------
    about : Question or WeakSlice
    less : Estimate
        Group less all: negative where the group is served worse.
    verdict : Verdict
    settled : bool
    """

    about: Question | WeakSlice
    less: Estimate
    verdict: Verdict
    settled: bool


@check("confounder.groups", "Who is served worst?", needs=("labels",), parameters=Groups)
def groups(context: Context[Groups]) -> CheckResult:
    """Compare each group with all X-rays; look for weak slices that no fact names.

    Half of the allowed error goes to the groups with a name, whose intervals hold all at once; a
    quarter to each of two weak slices, which are chosen on one half of the patients and measured on
    the other, so that the smallest of many noisy numbers is not mistaken for a finding.
    """
    lines, sample = context.parameters, context.run.sample
    slices = fact_slices(context.run, sample.positions, lines.floor)
    questions = _questions(sample, slices, lines.floor, lambda share: context.progress(0.7 * share))
    weak = _weak_slices(context)
    losses = [*_judge_named(questions, lines), *(_judge(s, s.less, lines) for s in weak)]
    if not losses:
        return cannot_check(
            "No group has enough X-rays to be compared with the rest: it takes at least "
            f"{lines.floor} of a class in a group, and {lines.floor} of other classes or of other "
            "groups. Add facts such as view, sex, age and site to the CSV, or give the DICOM files"
        )
    losses.sort(key=_badness)
    verdict = losses[0].verdict
    settled = verdict is not Verdict.PASS or all(loss.settled for loss in losses)
    named = [loss for loss in losses if isinstance(loss.about, Question)]
    return CheckResult(
        verdict,
        _headline(losses[0], settled, lines),
        _difference(losses[0]),
        findings=(
            *_worse(losses),
            *_unnamed(losses),
            *_how_many(named, slices),
            *_advice(verdict),
            PUBLISHED,
        ),
        tables=_tables(named, losses),
        figures=(*_forests(named, sample, lines), *_galleries(weak, sample)),
        settled=settled,
    )


def _questions(
    sample: Sample, slices: list[Slice], floor: int, progress: Callable[[float], None]
) -> list[Question]:
    """Ask for each number that a group has enough X-rays for."""

    @cache
    def of_all(metric: str, classes: tuple[int, ...]) -> tuple[float, Draws]:
        return value_and_draws(sample, STATISTICS[metric](sample, classes))

    asked = []
    for i, group in enumerate(slices):
        counts = sample.part(group.mask).counts
        enough = tuple(k for k in range(len(CLASSES)) if counts[k] >= floor)
        ranked = tuple(k for k in enough if counts.sum() - counts[k] >= floor)
        if ranked:
            asked.append(_question(AUC, group, ranked, sample, of_all(AUC, ranked)))
        asked += [
            _question(RECALL, group, (k,), sample, of_all(RECALL, (k,)))
            for k in enough
            if counts[k] < sample.counts[k]  # else there is nothing to compare with
        ]
        progress((i + 1) / len(slices))
    return asked


def _question(
    metric: str,
    group: Slice,
    classes: tuple[int, ...],
    sample: Sample,
    everywhere: tuple[float, Draws],
) -> Question:
    part = sample.part(group.mask)
    value, drawn = value_and_draws(part, STATISTICS[metric](part, classes))
    if metric == RECALL:
        members = part.truth == classes[0]
        here = proportion((part.predicted == classes[0])[members], part.groups[members])
        mask = group.mask & (sample.truth == classes[0])
    else:
        n_groups = len(np.unique(part.groups))
        here = Estimate(value, *percentile_interval(drawn), len(part), n_groups)
        mask = group.mask
    return Question(metric, group, classes, mask, here, everywhere[0], drawn - everywhere[1])


def _recall_of(sample: Sample, classes: tuple[int, ...]) -> Statistic:
    """Make the statistic: the share of a class that is found."""
    (k,) = classes
    return lambda weights: recall(weights, sample.predicted == k, sample.truth == k)


STATISTICS: dict[str, Callable[[Sample, tuple[int, ...]], Statistic]] = {
    AUC: macro_auc_of,
    RECALL: _recall_of,
}


def _judge_named(questions: list[Question], lines: Groups) -> list[Loss]:
    """Judge groups with a name, by intervals that hold for all of them at once."""
    if not questions:
        return []
    values = np.array([q.here.value - q.everywhere for q in questions])
    drawn = np.stack([q.drawn for q in questions], axis=1)
    # value -+ q errors knows no bounds, but two shares, or two AUCs, differ by 1 at most
    lows, highs = np.clip(simultaneous_intervals(values, drawn, 1 - (1 - LEVEL) / 2), -1.0, 1.0)
    return [
        _judge(q, q.here._replace(value=float(v), low=float(low), high=float(high)), lines)
        for q, v, low, high in zip(questions, values, lows, highs, strict=True)
    ]


def _judge(about: Question | WeakSlice, less: Estimate, lines: Groups) -> Loss:
    verdict, settled = judge_harm(
        -less.high, -less.value, -less.low, warn=lines.warn, fail=lines.fail
    )
    return Loss(about, less, verdict, settled)


def _badness(loss: Loss) -> tuple[int, bool, float]:
    """Put the worst first: by what is surely lost, and where nothing surely is, by what may be."""
    shown = loss.less.high < 0
    at_least = loss.less.high if shown else loss.less.value
    return WORST_FIRST.index(loss.verdict), not shown, at_least


def _weak_slices(context: Context[Groups]) -> list[WeakSlice]:
    run, sample, lines = context.run, context.run.sample, context.parameters
    level = 1 - (1 - LEVEL) / 4
    facts = testable_facts(run, sample.positions)
    by_facts = weakest_by_facts(facts, sample, floor=lines.floor, level=level)
    context.progress(0.8)
    by_embeddings = weakest_by_embeddings(
        run.arrays.embeddings()[sample.positions],
        run.logits[sample.positions],
        facts,
        sample,
        clusters=lines.clusters,
        floor=lines.floor,
        level=level,
        seed=context.seed,
    )
    return [found for found in (by_facts, by_embeddings) if found is not None]


def _headline(worst: Loss, settled: bool, lines: Groups) -> str:
    if worst.verdict is not Verdict.PASS:
        much = "much worse" if worst.verdict is Verdict.FAIL else "worse"
        return f"Some X-rays are served {much} than the rest: {_said(worst)}"
    line = f"{100 * lines.warn:.0f} percentage points"
    if worst.less.high < 0:
        start = f"Some X-rays are served worse than the rest, though not surely by more than {line}"
    elif settled:
        start = f"No group is served worse than all X-rays by more than {line}"
    else:
        start = "That a group is served worse than others is not shown, nor excluded"
    return f"{start}; at worst: {_said(worst)}"


def _said(loss: Loss) -> str:
    """Say what a group has, what all have, and the difference with its interval."""
    less = f"{_points(loss.less.value)} [{_points(loss.less.low)}, {_points(loss.less.high)}]"
    about = loss.about
    if isinstance(about, WeakSlice):
        which = f"with {about.name}"
        if about.how == "embeddings":
            which = f"of a cluster that look alike to the model ({about.name})"
        return (
            f"of the {counted(about.right.n)} {which}, {percent(about.right.value)} are answered "
            f"right, where {percent(about.awaited.value)} would be if its classes did as they do "
            f"elsewhere: {less} percentage points."
        )
    if about.metric == RECALL:
        name = _named(about.classes[0])
        return (
            f"of the {counted(about.here.n)} of {name} with {about.group.name}, "
            f"{percent(about.here.value)} are found, of all of {name} {percent(about.everywhere)}: "
            f"{less} percentage points."
        )
    value, low, high = (signed(x, 2) for x in loss.less[:3])
    return (
        f"among the {counted(about.here.n)} with {about.group.name} the model has macro AUC "
        f"{about.here.value:.2f} (how surely it ranks an X-ray of a class above the others; 0.5 is "
        f"guessing), over all X-rays and for the same classes {about.everywhere:.2f}: "
        f"{value} [{low}, {high}]."
    )


def _points(share: float) -> str:
    return signed(100 * share)


def _worse(losses: list[Loss]) -> tuple[str, ...]:
    """Say which other groups are shown to be served worse."""
    shown = [
        loss
        for loss in losses[1:]
        if loss.verdict is not Verdict.PASS and isinstance(loss.about, Question)
    ]
    said = [_capital(_said(loss)) for loss in shown[:MOST_NAMED]]
    if len(shown) > MOST_NAMED:
        said.append(f"{len(shown) - MOST_NAMED} more are in the tables.")
    return tuple(said)


def _unnamed(losses: list[Loss]) -> tuple[str, ...]:
    """Say what became of the weak slices on the half on which they were not chosen."""
    found = []
    for loss in losses:
        if isinstance(loss.about, WeakSlice):
            held = "It is weak there, too" if loss.less.high < 0 else "It is not shown to be weak"
            found.append(
                f"By {loss.about.how}, a weak slice was looked for on half of the patients, and "
                f"measured on the other half. {held}: {_said(loss)}"
            )
    return tuple(found)


def _how_many(named: list[Loss], slices: list[Slice]) -> tuple[str, ...]:
    if not named:
        return (
            (
                "No group with a name has enough X-rays: nothing can be said of views, sexes, ages "
                "or sites."
            ),
        )
    facts = len({one.fact for one in slices})
    return (
        (
            f"{len(named)} numbers of groups by {facts} facts were compared; their ranges in "
            "brackets hold all at once. A group's macro AUC is compared with that of all X-rays "
            "over the same classes; a group may also be worse because its X-rays are harder, or "
            "because elsewhere the classes come from different places and are told by that."
        ),
    )


def _advice(verdict: Verdict) -> tuple[str, ...]:
    if verdict is Verdict.PASS:
        return ()
    return (
        ("What it means: the number over all X-rays is not what these will get."),
        (
            "What to do: quote the group's own number; look at its X-rays that are answered wrong; "
            "collect more of them with every class among them."
        ),
    )


def _difference(loss: Loss) -> Number:
    if isinstance(loss.about, WeakSlice):
        return Number.of("share right, less", f"slice by {loss.about.how}", loss.less)
    return Number.of(f"{loss.about.metric}, less", loss.about.where, loss.less)


def _tables(named: list[Loss], losses: list[Loss]) -> tuple[Table, ...]:
    tables = []
    for metric in (AUC, RECALL):
        rows: list[Number] = []
        for loss in named:
            if isinstance(loss.about, Question) and loss.about.metric == metric:
                rows += [Number.of(metric, loss.about.where, loss.about.here), _difference(loss)]
        if rows:
            tables.append(Table(f"{_capital(metric)} of groups, and less all X-rays", tuple(rows)))
    weak: list[Number] = []
    for loss in losses:
        if isinstance(loss.about, WeakSlice):
            where = f"slice by {loss.about.how}: {loss.about.name}"
            weak += [
                Number.of("share right", where, loss.about.right),
                Number.of("awaited", where, loss.about.awaited),
                Number.of("share right, less", where, loss.less),
            ]
    if weak:
        tables.append(Table("Weak slices, on the half they were not chosen on", tuple(weak)))
    return tuple(tables)


def _forests(named: list[Loss], sample: Sample, lines: Groups) -> tuple[Figure, ...]:
    """Draw the differences, the worst first."""
    figures = []
    for metric in (AUC, RECALL):
        of_metric = [
            (loss, loss.about)
            for loss in sorted(named, key=lambda loss: loss.less.value)
            if isinstance(loss.about, Question) and loss.about.metric == metric
        ]
        shown = of_metric[:MOST_BARS]
        if not shown:
            continue
        some = (
            f", the {len(shown):,} worst of {len(of_metric):,}"
            if len(of_metric) > len(shown)
            else ""
        )
        figures.append(
            Bars(
                title=f"{_capital(metric)} of groups, less that of all X-rays{some}",
                unit=f"difference of {metric}",
                labels=tuple(about.where for _, about in shown),
                values=tuple(loss.less.value for loss, _ in shown),
                lows=tuple(loss.less.low for loss, _ in shown),
                highs=tuple(loss.less.high for loss, _ in shown),
                lines={"all X-rays": 0.0, "warn": -lines.warn, "fail": -lines.fail},
                groups=tuple(tuple(map(int, sample.positions[about.mask])) for _, about in shown),
            )
        )
    return tuple(figures)


def _galleries(weak: list[WeakSlice], sample: Sample) -> tuple[Figure, ...]:
    """Show what is answered wrong in each weak slice, the surest wrong answers first."""
    galleries = []
    for one in weak:
        wrong = np.flatnonzero(one.mask & (sample.truth != sample.predicted))
        sure = sample.probabilities[wrong, sample.predicted[wrong]]
        shown = wrong[np.argsort(-sure, kind="stable")][:MOST_SHOWN]
        galleries.append(
            Gallery(
                f"Answered wrong in the slice found by {one.how}: {one.name}",
                tuple(
                    Exhibit(
                        (int(sample.positions[i]),),
                        f"{_named(sample.truth[i])}, called {_named(sample.predicted[i])}",
                    )
                    for i in shown
                ),
            )
        )
    return tuple(galleries)


def _named(k: int) -> str:
    return DISPLAY_NAMES[CLASSES[k]]


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
