"""How much of the performance at home is lost elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.check import check
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.figures import Bars
from xraydemo.evaluation.known_inside import certified, certified_among
from xraydemo.evaluation.origin import from_elsewhere, learnt_from, origin
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
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.simultaneous import value_and_draws
from xraydemo.evaluation.tell_result import listed
from xraydemo.metrics.bootstrap import LEVEL, Estimate, percentile_interval
from xraydemo.metrics.intervals import independent_difference
from xraydemo.metrics.weighted import Draws
from xraydemo.model.among import SOME_CLASSES, estimate_among
from xraydemo.model.bundle import BundleCard
from xraydemo.model.dossier import Dossier

SOURCES = ("source", "site", "hospital", "institution", "dataset")
UNKNOWN, WHOLE = "unknown", "all"
ALL = tuple(range(len(CLASSES)))
HELD_OUT = "X-rays held out in training"
OF_CARD = (("test", "the internal test"), ("calibrate", HELD_OUT))
CERTIFY = "`python -m xraydemo.training.certify BUNDLE CSV`"
PUBLISHED = (
    "Published: AUC 1.00 at home and 0.38 at worst elsewhere (COVID-19 against the rest, Ben Ahmed "
    "2021), 0.931 and 0.815 (pneumonia, Zech 2018)."
)


@dataclass(frozen=True)
class Lost:
    """Settings of `shift.gap`.

    Attributes
    ----------
    warn, fail : float
        What is lost: AUC, or recall where a source has one class only.
    floor : int
        Least X-rays of a class, and of the others, on each side.
    """

    warn: float
    fail: float
    floor: int


@dataclass(frozen=True, eq=False)
class Gap:
    """One source, and the same X-ray classes at home.

    Attributes
    ----------
    source : str
    classes : tuple of int
        Class numbers.
    metric : str
        "macro AUC", or "recall" of the one class.
    here, home, lost : Estimate
        `lost` is home less here, its interval simultaneous over the sources.
    positions : tuple of int
        The X-rays behind it.
    """

    source: str
    classes: tuple[int, ...]
    metric: str
    here: Estimate
    home: Estimate
    lost: Estimate
    positions: tuple[int, ...]

    @property
    def where(self) -> str:
        """Name the source with its classes."""
        return f"{self.source} ({', '.join(CLASSES[k] for k in self.classes)})"


@dataclass(frozen=True, eq=False)
class Home:
    """What is known of the model at home.

    Attributes
    ----------
    name : str
        As it stands in a sentence.
    sample : Sample, optional
        Its X-rays.
    told : mapping of tuple of int to Estimate
        Without a sample, what the card tells: by class numbers, recall of one class, macro AUC of
        several.
    """

    name: str
    sample: Sample | None = None
    told: Mapping[tuple[int, ...], Estimate] = field(default_factory=dict)

    def has(self, k: int, floor: int) -> bool:
        """Tell whether there are so many X-rays of a class; taken to be so where it isn't known."""
        if self.sample is not None:
            return bool(self.sample.counts[k] >= floor)
        recall = self.told.get((k,))
        return recall is None or recall.n >= floor


@check(
    "shift.gap",
    "How much is lost away from home?",
    parameters=Lost,
)
def gap(context: Context[Lost]) -> CheckResult:
    """Compare each source with home on the same metric and the same classes.

    The metric is the AUC of a class against the other compared ones, averaged; where a source has
    one class only, its recall. Both sides are drawn anew by patient, apart from one another; where
    only the card speaks of home, intervals are put together from both [1]_.

    References
    ----------
    .. [1] Zou & Donner, Construction of confidence limits about effect measures: a general
       approach, Statistics in Medicine 27, 2008.
    """
    run, settings = context.run, context.parameters
    if not len(run.sample):  # one class is enough here: its recall can be compared
        return cannot_check("Needs labelled X-rays: a CSV with the columns file and label")
    if origin(run) == "home":
        return cannot_check(
            "These X-rays are from home: they are of the table that the bundle was trained from. "
            "What is lost elsewhere is asked of X-rays from another hospital"
        )
    home = _home(context)
    if home is None:
        return cannot_check(
            "Nothing is known of the model at home: the bundle's card tells no macro AUC. Give a "
            f"run of the internal test with --reference, or certify the bundle again ({CERTIFY})"
        )
    away = from_elsewhere(run)[run.sample.positions]
    fact, sources = _sources(run, run.sample.positions)
    masks = _masks(away, sources, settings.floor)
    asked = {
        name: classes
        for name, mask in masks.items()
        if (classes := _comparable(run.sample.part(mask), home, settings.floor))
    }
    notes = _notes(away, context.given.dossier, context.given.reference)
    if not asked:
        return _nothing_to_compare(run, home, masks, settings.floor, notes)
    level = 1 - (1 - LEVEL) / len(asked)
    gaps = []
    for name, classes in asked.items():
        gaps.append(_gap(name, classes, run.sample.part(masks[name]), home, level))
        context.progress(len(gaps) / len(asked))
    return _result(run, home, gaps, sorted(set(masks) - set(asked)), fact, notes, settings)


def _home(context: Context[Lost]) -> Home | None:
    """Take the reference, if it has labels, else what the card tells."""
    reference, dossier = context.given.reference, context.given.dossier
    if reference is not None:
        fresh = ~learnt_from(reference, dossier)[reference.sample.positions]
        if fresh.any():
            whole = reference.sample
            # its own draws: both sides are drawn apart from one another
            sample = Sample.of(
                whole.positions[fresh],
                whole.truth[fresh],
                whole.probabilities[fresh],
                whole.groups[fresh],
                seed=context.seed + 1,
            )
            return Home(f"the reference {reference.meta.cohort['name']}", sample)
    return _home_of_card(context.run.meta.card)


def _home_of_card(card: BundleCard) -> Home | None:
    by_classes = ((some, certified_among(card, some)) for some in SOME_CLASSES)
    told = {some: known for some, known in by_classes if known is not None}
    of_all = ((name, certified(card, part, "macro_auc")) for part, name in OF_CARD)
    name, overall = next(((n, known) for n, known in of_all if known is not None), ("", None))
    if overall is None:
        return Home(f"{HELD_OUT} (from the bundle's card)", told=told) if told else None
    if told and name != HELD_OUT:
        name = f"{name} where all four classes are compared, else {HELD_OUT}"
    return Home(f"{name} (from the bundle's card)", told={**told, ALL: overall})


def _sources(run: Run, positions: NDArray[np.intp]) -> tuple[str, NDArray[np.str_]]:
    """Give the fact that tells where X-rays come from, and its values; one source if none does."""
    for name in SOURCES:
        values = run.known(name).iloc[positions]
        if (values != "").any():
            return name, values.where(values != "", UNKNOWN).to_numpy(str)
    return "", np.full(len(positions), WHOLE)


def _masks(
    away: NDArray[np.bool_], sources: NDArray[np.str_], floor: int
) -> dict[str, NDArray[np.bool_]]:
    """Divide the X-rays from elsewhere by source; the smallest sources count as one together."""
    masks = {str(name): away & (sources == name) for name in np.unique(sources[away])}
    small = [name for name, mask in masks.items() if mask.sum() < floor]
    if len(small) < 2:
        return masks
    together = np.logical_or.reduce([masks.pop(name) for name in small])
    return {**masks, f"{len(small)} smaller sources": together}


def _comparable(sample: Sample, home: Home, floor: int) -> tuple[int, ...]:
    """Give the classes of a source that have enough X-rays on both sides.

    The card of an earlier version speaks of all four classes together: nothing less can be
    compared with it.
    """
    enough = tuple(k for k in ALL if sample.counts[k] >= floor and home.has(k, floor))
    return enough if home.sample is not None or enough in home.told else ()


def _gap(source: str, classes: tuple[int, ...], sample: Sample, home: Home, level: float) -> Gap:
    positions = tuple(map(int, sample.positions[np.isin(sample.truth, classes)]))
    metric = "macro AUC" if len(classes) > 1 else "recall"
    if home.sample is None:
        told = home.told[classes]
        here, wide = (_estimate(sample, classes, of) for of in (LEVEL, level))
        _, low, high = independent_difference(wide, _widened(told, level))
        lost = Estimate(told.value - here.value, low, high, here.n, here.n_groups)
        return Gap(source, classes, metric, here, told, lost, positions)
    here, there = (_estimate(one, classes, LEVEL) for one in (sample, home.sample))
    if len(classes) == 1:
        wide_here, wide_there = (_estimate(one, classes, level) for one in (sample, home.sample))
        _, low, high = independent_difference(wide_here, wide_there)
    else:
        drawn = _draws(home.sample, classes) - _draws(sample, classes)
        low, high = percentile_interval(drawn, level)
    lost = Estimate(there.value - here.value, low, high, here.n, here.n_groups)
    return Gap(source, classes, metric, here, there, lost, positions)


def _widened(estimate: Estimate, level: float) -> Estimate:
    """Give an interval of the card for another level, as if it were of a normal distribution."""
    factor = float(norm.ppf((1 + level) / 2) / norm.ppf((1 + LEVEL) / 2))
    value, low, high, *_ = estimate
    return estimate._replace(
        low=value - factor * (value - low), high=min(value + factor * (high - value), 1.0)
    )


def _estimate(sample: Sample, classes: tuple[int, ...], level: float) -> Estimate:
    return estimate_among(sample.truth, sample.probabilities, sample.resampling, classes, level)


def _draws(sample: Sample, classes: tuple[int, ...]) -> Draws:
    of_classes = sample.part(np.isin(sample.truth, classes))
    return value_and_draws(of_classes, macro_auc_of(of_classes, classes))[1]


def _judge(one: Gap, settings: Lost) -> tuple[Verdict, bool]:
    lost = one.lost
    return judge_harm(lost.low, lost.value, lost.high, warn=settings.warn, fail=settings.fail)


def _result(
    run: Run,
    home: Home,
    gaps: list[Gap],
    not_asked: list[str],
    fact: str,
    notes: list[str],
    settings: Lost,
) -> CheckResult:
    verdicts = {one.source: _judge(one, settings) for one in gaps}
    gaps.sort(key=lambda one: (WORST_FIRST.index(verdicts[one.source][0]), -one.lost.value))
    worst = gaps[0]
    verdict = verdicts[worst.source][0]
    settled = verdict is not Verdict.PASS or all(ok for _, ok in verdicts.values())
    return CheckResult(
        verdict,
        _headline(verdict, settled, worst),
        Number.of(f"lost {worst.metric}", worst.where, worst.lost),
        _findings(gaps, home, not_asked, fact, notes, verdict),
        (_table(gaps, home), *_recalls(run, gaps, home)),
        (_bars(gaps, settings),),
        settled=settled,
    )


def _in_words(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


def _headline(verdict: Verdict, settled: bool, worst: Gap) -> str:
    numbers = (
        f"{worst.metric} {_in_words(worst.home)} at home, {_in_words(worst.here)} here (n = "
        f"{worst.here.n:,}), lost {_in_words(worst.lost)}"
    )
    if verdict is not Verdict.PASS:
        return f"Away from home much is lost, most on {worst.where}: {numbers}."
    if not settled:
        return (
            f"That much is lost away from home is not shown, nor excluded: most on {worst.where}: "
            f"{numbers}."
        )
    return f"Little or nothing is lost away from home; most on {worst.where}: {numbers}."


def _findings(
    gaps: Sequence[Gap],
    home: Home,
    not_asked: Sequence[str],
    fact: str,
    notes: Sequence[str],
    verdict: Verdict,
) -> tuple[str, ...]:
    findings = [
        f"{one.where}: {one.metric} {_in_words(one.here)} against {_in_words(one.home)} at home, "
        f"lost {_in_words(one.lost)} (n = {one.here.n:,})."
        for one in gaps[1:]
    ]
    findings.append(
        f"Home is {home.name}. AUC is how surely an X-ray of a class is ranked above the other "
        "classes named (1 always, 0.5 by chance); recall is the share of a class that is found. "
        f"Ranges of what is lost hold for all {len(gaps)} comparisons together."
    )
    if not fact:
        findings.append(
            "Nothing tells where these X-rays come from: they are compared as one. A column source "
            "or site would tell which hospital it is that loses."
        )
    if not_asked:
        findings.append(
            f"Not compared, for too few X-rays or other classes than at home: {listed(not_asked)}."
        )
    findings += notes
    findings.append(PUBLISHED)
    if verdict is not Verdict.PASS:
        findings.append(
            "What it means: the number from home does not hold here. What to do: quote this one "
            "for X-rays such as these; see `shift.drift` for what differs, and the checks of "
            "confounders for what the answer was read off at home."
        )
    return tuple(findings)


def _notes(away: NDArray[np.bool_], dossier: Dossier | None, reference: Run | None) -> list[str]:
    """Say what was left out on either side."""
    notes = []
    if n := int((~away).sum()):
        notes.append(
            f"{n:,} X-rays of this run are, pixel for pixel, of the training table: they are from "
            "home, and were left out. Copies that were saved anew go unnoticed."
        )
    if reference is not None:
        n = int(learnt_from(reference, dossier)[reference.sample.positions].sum())
        if n:
            notes.append(
                f"{n:,} X-rays of the reference were left out: the network learnt from them."
            )
        if origin(reference) != "home":
            notes.append(
                "The reference is not known to be of the bundle's own table: what is called home "
                "here is only another place."
            )
    return notes


def _nothing_to_compare(
    run: Run, home: Home, masks: dict[str, NDArray[np.bool_]], floor: int, notes: list[str]
) -> CheckResult:
    """Say why not, with what can be measured here."""
    too_few = (
        f"No source has {floor} X-rays of a class that home ({home.name}) has as many of. Give "
        "more labelled X-rays"
    )
    if home.sample is not None:
        return cannot_check(too_few)
    overall = home.told.get(ALL)
    rows = [Number.of("macro AUC", f"all four classes, {home.name}", overall)] if overall else []
    for name, mask in masks.items():
        sample = run.sample.part(mask)
        classes = tuple(k for k in ALL if sample.counts[k] >= floor)
        if classes:
            metric = "macro AUC" if len(classes) > 1 else "recall"
            where = f"{name} ({', '.join(CLASSES[k] for k in classes)})"
            rows.append(Number.of(metric, where, _estimate(sample, classes, LEVEL)))
    return CheckResult(
        Verdict.CANNOT_CHECK,
        too_few
        if len(home.told) > 1
        else "The bundle's card was written by an earlier version: it tells its number at home "
        f"over all four classes together only, and no source here has {floor} X-rays of each. Give "
        f"a run of the internal test with --reference, or certify the bundle again ({CERTIFY})",
        findings=(*notes, PUBLISHED),
        tables=(Table("Side by side, but not of the same classes", tuple(rows)),),
    )


def _table(gaps: Sequence[Gap], home: Home) -> Table:
    rows = []
    for one in gaps:
        rows += [
            Number.of(one.metric, f"{one.where}, at home", one.home),
            Number.of(one.metric, f"{one.where}, here", one.here),
            Number.of(f"lost {one.metric}", one.where, one.lost),
        ]
    return Table(f"At home ({home.name}) and here, on the same classes", tuple(rows))


def _recalls(run: Run, gaps: Sequence[Gap], home: Home) -> tuple[Table, ...]:
    """Give the recall of each class: a source may rank well, and yet answer wrongly."""
    if not all(home.sample or (k,) in home.told for one in gaps for k in one.classes):
        return ()
    rows = []
    of_run = np.full(len(run), -1)
    of_run[run.sample.positions] = np.arange(len(run.sample))
    for one in gaps:
        sample = run.sample.part(np.isin(np.arange(len(run.sample)), of_run[list(one.positions)]))
        for k in one.classes:
            where = f"{CLASSES[k]}, {one.source}"
            rows += [
                Number.of(
                    "recall",
                    f"{where}, at home",
                    _estimate(home.sample, (k,), LEVEL) if home.sample else home.told[(k,)],
                ),
                Number.of("recall", f"{where}, here", _estimate(sample, (k,), LEVEL)),
            ]
    return (Table("Share of each class that is found, at home and here", tuple(rows)),)


def _bars(gaps: Sequence[Gap], settings: Lost) -> Bars:
    return Bars(
        "What is lost away from home",
        "lost AUC, or recall where there is one class",
        tuple(
            f"{one.source}: {', '.join(DISPLAY_NAMES[CLASSES[k]] for k in one.classes)}"
            for one in gaps
        ),
        tuple(one.lost.value for one in gaps),
        tuple(one.lost.low for one in gaps),
        tuple(one.lost.high for one in gaps),
        {"warn": settings.warn, "fail": settings.fail},
        tuple(one.positions for one in gaps),
    )
