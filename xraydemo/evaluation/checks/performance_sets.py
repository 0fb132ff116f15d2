"""Asks whether the bundle's prediction sets hold the label as often as promised."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.check import check
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.figures import Bars
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
from xraydemo.evaluation.tell_result import percent, share_said
from xraydemo.metrics.bootstrap import LEVEL, Estimate
from xraydemo.metrics.intervals import proportion
from xraydemo.metrics.weighted import mean
from xraydemo.model.sets import Sets


@dataclass(frozen=True)
class SetsPromise:
    """Settings of the check.

    Attributes
    ----------
    warn, fail : float
        Coverage of a class, in [0, 1].
    floor : int
        The least number of X-rays of a class.
    """

    warn: float
    fail: float
    floor: int


@check(
    "performance.sets",
    "Do the prediction sets keep their promise here?",
    needs=("labels",),
    parameters=SetsPromise,
)
def sets(context: Context[SetsPromise]) -> CheckResult:
    """Measure how often each class's label is in the set (class-conditional conformal [1]_).

    A set that just keeps its promise of 90 % can't be shown to hold more than that, so this harm is
    shown only where a class's whole interval, simultaneous over the classes, lies below a line; it
    is settled when the interval excludes the `fail` line.

    References
    ----------
    .. [1] Vovk, Conditional validity of inductive conformal predictors, Machine Learning 92, 2013.
    """
    card, sample, parameters = context.run.meta.card, context.run.sample, context.parameters
    if card.sets is None:
        return cannot_check(
            f"The bundle {card.name} gives no prediction sets. Train it anew with this version: it "
            "then sets X-rays apart to calibrate them on"
        )
    judged = [k for k in range(len(CLASSES)) if sample.counts[k] >= parameters.floor]
    if not judged:
        return cannot_check(
            f"No class has {parameters.floor} labelled X-rays; the largest has "
            f"{sample.counts.max()}"
        )
    within, promised = card.sets.mask(sample.probabilities), 1 - card.sets.alpha
    covered = within[np.arange(len(sample)), sample.truth]
    # the worst of several is looked for: their intervals must hold together
    level = 1 - (1 - LEVEL) / len(judged)
    coverage = {k: _share(sample, covered, sample.truth == k, level) for k in judged}
    verdicts = {k: _judge(coverage[k], parameters) for k in judged}
    worst = min(judged, key=lambda k: (WORST_FIRST.index(verdicts[k]), coverage[k].value))
    verdict, lowest = verdicts[worst], min(e.low for e in coverage.values())
    everyone = np.ones(len(sample), bool)
    size = _mean(sample, within.sum(axis=1), everyone)
    return CheckResult(
        verdict,
        _headline(verdict, worst, coverage[worst], promised, size),
        Number.of("coverage", CLASSES[worst], coverage[worst]),
        _findings(sample, within, covered, judged, size),
        (
            Table(
                "Share of labels that are in the set",
                (
                    *(Number.of("coverage", CLASSES[k], coverage[k]) for k in judged),
                    Number.of("coverage", "all", _share(sample, covered, everyone)),
                ),
            ),
            _sizes(sample, within, card.sets),
        ),
        (_coverage_bars(sample, coverage, parameters, promised), _size_bars(sample, within)),
        settled=verdict is not Verdict.PASS or lowest >= parameters.fail,
    )


def _judge(estimate: Estimate, parameters: SetsPromise) -> Verdict:
    value, low, high = estimate.value, estimate.low, estimate.high
    return judge_harm(-high, -value, -low, warn=-parameters.warn, fail=-parameters.fail)[0]


def _share(
    sample: Sample, hits: NDArray[np.bool_], mask: NDArray[np.bool_], level: float = LEVEL
) -> Estimate:
    return proportion(hits[mask], sample.groups[mask], level)


def _mean(sample: Sample, values: NDArray[np.intp], mask: NDArray[np.bool_]) -> Estimate:
    part = values[mask].astype(np.float64)
    return sample.resampling.within(mask).estimate(lambda weights: mean(weights, part))


def _headline(verdict: Verdict, k: int, worst: Estimate, promised: float, size: Estimate) -> str:
    held = f"{share_said(worst)} of {worst.n:,} {DISPLAY_NAMES[CLASSES[k]]} X-rays"
    if verdict is Verdict.PASS:
        return (
            "The sets of possible classes are not shown to break their promise of "
            f"{percent(promised)}: even in the worst class the label is in the set for {held}. A "
            f"set names {size.value:.2f} classes on average"
        )
    return (
        "The sets of possible classes break their promise: the label should be in the set for "
        f"{percent(promised)} of each class, and is for {held}. Here, “the truth is one of these” "
        "must not be believed"
    )


def _findings(
    sample: Sample,
    within: NDArray[np.bool_],
    covered: NDArray[np.bool_],
    judged: Sequence[int],
    size: Estimate,
) -> tuple[str, ...]:
    mean_size = f"{size.value:.2f} [{size.low:.2f}, {size.high:.2f}]"
    findings = [
        f"A set names {mean_size} of the four classes on average: one is a clear answer, four none",
    ]
    sure = within.sum(axis=1) == 1
    if sure.sum():
        right = _share(sample, covered, sure)
        findings.append(
            f"For {int(sure.sum()):,} of {len(sample):,} X-rays the set names one class alone; in "
            f"{share_said(right)} of these it is the label"
        )
    over_all = covered.mean()
    lowest = min(judged, key=lambda k: covered[sample.truth == k].mean())
    share = covered[sample.truth == lowest].mean()
    if over_all - share > 0.05:
        findings.append(
            f"Over all X-rays the label is in the set for {percent(over_all, 1)}, for "
            f"{DISPLAY_NAMES[CLASSES[lowest]]} only for {percent(share, 1)}: an average hides who "
            "pays"
        )
    few = [k for k in range(len(CLASSES)) if k not in judged]
    if few:
        names = ", ".join(f"{DISPLAY_NAMES[CLASSES[k]]} ({sample.counts[k]:,})" for k in few)
        findings.append(f"Too few X-rays to judge: {names}")
    return tuple(findings)


def _sizes(sample: Sample, within: NDArray[np.bool_], sets: Sets) -> Table:
    """List the mean size of sets, and how many would be empty, of all and of each class."""
    # without the rule that the most likely class is always in, these would be empty
    limits = [math.inf if q is None else q for q in (sets.quantiles[name] for name in CLASSES)]
    unlike = 1 - sample.probabilities.max(axis=1).astype(np.float64)
    alone = (within.sum(axis=1) == 1) & (unlike > np.array(limits)[sample.predicted])
    rows = []
    masks: dict[str, NDArray[np.bool_]] = {"all": np.ones(len(sample), bool)}
    masks |= {CLASSES[k]: sample.truth == k for k in range(len(CLASSES)) if sample.counts[k]}
    for where, mask in masks.items():
        rows.append(Number.of("mean set size", where, _mean(sample, within.sum(axis=1), mask)))
        empty = _share(sample, alone, mask)
        rows.append(Number.of("empty but for the most likely class", where, empty))
    return Table("Size of the sets", tuple(rows))


def _coverage_bars(
    sample: Sample, coverage: dict[int, Estimate], parameters: SetsPromise, promised: float
) -> Bars:
    return Bars(
        "Share of each class whose label is in the set",
        "share",
        tuple(CLASSES[k] for k in coverage),
        tuple(e.value for e in coverage.values()),
        tuple(e.low for e in coverage.values()),
        tuple(e.high for e in coverage.values()),
        {"promised": promised, "warn": parameters.warn, "fail": parameters.fail},
        tuple(_places(sample, sample.truth == k) for k in coverage),
    )


def _size_bars(sample: Sample, within: NDArray[np.bool_]) -> Bars:
    masks = [within.sum(axis=1) == size for size in range(1, len(CLASSES) + 1)]
    shares = [_share(sample, mask, np.ones(len(sample), bool)) for mask in masks]
    return Bars(
        "How many classes the set names",
        "share of X-rays",
        tuple(f"{size}" for size in range(1, len(CLASSES) + 1)),
        tuple(e.value for e in shares),
        tuple(e.low for e in shares),
        tuple(e.high for e in shares),
        {},
        tuple(_places(sample, mask) for mask in masks),
    )


def _places(sample: Sample, mask: NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(int(i) for i in sample.positions[mask])
