"""Ask whether 80 % means 80 %."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xraydemo.classes import CLASSES
from xraydemo.evaluation.check import check
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.figures import Curves, Line
from xraydemo.evaluation.result import (
    CheckResult,
    Number,
    Table,
    Verdict,
    cannot_check,
    judge_promise,
)
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.tell_result import percent, share_said
from xraydemo.metrics import weighted
from xraydemo.metrics.bootstrap import Estimate
from xraydemo.metrics.calibration import Bin, Excess, excess_ece, reliability
from xraydemo.metrics.intervals import proportion


@dataclass(frozen=True)
class Calibration:
    """Settings of `performance.calibration`.

    Attributes
    ----------
    warn, fail : float
        Expected calibration error beyond that of perfectly calibrated probabilities.
    floor : int
        Least labelled X-rays: two bins of 30.
    draws : int
        Of outcomes from the probabilities themselves.
    """

    warn: float
    fail: float
    floor: int
    draws: int


@check(
    "performance.calibration",
    "Does 80 % mean 80 %?",
    needs=("labels",),
    parameters=Calibration,
)
def calibration(context: Context[Calibration]) -> CheckResult:
    """Judge the calibration error of the most likely class, beyond what chance would show."""
    lines, sample = context.parameters, context.run.sample
    if len(sample) < lines.floor:
        return cannot_check(
            f"{len(sample):,} labelled X-rays are too few to compare what is said with what comes "
            f"true: it takes {lines.floor} at least"
        )
    stated, right = sample.probabilities.max(axis=1), sample.predicted == sample.truth
    found = excess_ece(sample.resampling, stated, right, seed=context.seed, n_draws=lines.draws)
    bins = reliability(stated, right, sample.groups)
    excess = found.excess
    verdict = judge_promise(
        -excess.high, -excess.value, -excess.low, warn=-lines.warn, fail=-lines.fail
    )
    of_classes, classwise = _classwise(context, sample)
    return CheckResult(
        verdict,
        _headline(verdict, found, sample),
        Number.of("calibration error beyond chance", "all", excess),
        findings=(
            _what_it_means(found, lines),
            *(_worst_bin(bins) if excess.low > 0 else ()),
            _certificate(context.run),
        ),
        tables=(_of_all(sample, found), of_classes, _of_bins(bins)),
        figures=(
            Curves(
                title="What is said, and what comes true",
                x_label="stated probability of the most likely class, mean of each bin",
                y_label="share that is right",
                lines=(_line("most likely class", bins),),
                diagonal=True,
                points=True,
            ),
            classwise,
        ),
    )


def _headline(verdict: Verdict, found: Excess, sample: Sample) -> str:
    sure = float(sample.probabilities.max(axis=1).mean())
    right = proportion(sample.predicted == sample.truth, sample.groups)
    on_average = (
        f"the model is {percent(sure, 1)} sure on average and right in {share_said(right)} of "
        f"{right.n:,} cases"
    )
    excess = found.excess
    off = (
        f"its probabilities are off by {100 * max(excess.value, 0):.1f} points beyond chance "
        f"(95 % interval up to {100 * max(excess.high, 0):.1f})"
    )
    if verdict is Verdict.PASS:
        return f"The probabilities mean what they say: {on_average}; {off}"
    way = "too sure of itself" if sure > right.value else "not sure enough of itself"
    if verdict is Verdict.FAIL:
        return f"The probabilities can't be believed, the model is {way}: {on_average}; {off}"
    if excess.low > 0:
        return f"The probabilities are somewhat off, the model is {way}: {on_average}; {off}"
    return f"That the probabilities mean what they say is not shown: {on_average}; {off}"


def _what_it_means(found: Excess, lines: Calibration) -> str:
    return (
        f"The expected calibration error is {found.ece:.3f}: how far, on average, what is said "
        f"lies from how often it is right. Perfectly calibrated probabilities would show "
        f"{found.by_chance:.3f} by luck alone with this many X-rays, so {found.excess.value:.3f} "
        f"[{found.excess.low:.3f}, {found.excess.high:.3f}] is the model's own; up to "
        f"{lines.warn} is accepted."
    )


def _worst_bin(bins: list[Bin]) -> tuple[str, ...]:
    """Name the bin that is furthest off, of those whose interval excludes what was said."""
    off = [b for b in bins if not b.came_true.low <= b.mean <= b.came_true.high]
    if not off:
        return ()
    worst = max(off, key=lambda b: abs(b.mean - b.came_true.value))
    true = worst.came_true
    sentence = (
        f"Furthest off: where it says about {percent(worst.mean)}, it is right in "
        f"{percent(true.value)} of {true.n:,} cases ({percent(true.low)} to {percent(true.high)})."
    )
    return (sentence,)


def _certificate(run: Run) -> str:
    """Set the log loss here beside that of the bundle's own held-out X-rays."""
    here = _log_loss(run.sample)
    said = (
        f"Log loss (mean surprise at the truth; 0 is best, {np.log(len(CLASSES)):.2f} is guessing) "
        f"is {here.value:.3f} [{here.low:.3f}, {here.high:.3f}] here"
    )
    promised = run.meta.card.metrics.get("calibrate", {}).get("log_loss")
    if promised is None:
        return f"{said}; the bundle's card does not say what it was where its temperature was set."
    return (
        f"{said}, and {promised['value']:.3f} [{promised['low']:.3f}, {promised['high']:.3f}] on "
        f"the {promised['n']} X-rays on which the model's temperature was set (from its card)."
    )


def _log_loss(sample: Sample) -> Estimate:
    return sample.resampling.estimate(
        lambda w: weighted.log_loss(w, sample.truth, sample.probabilities)
    )


def _of_all(sample: Sample, found: Excess) -> Table:
    nan, n = float("nan"), len(sample)
    brier = sample.resampling.estimate(
        lambda w: weighted.brier(w, sample.truth, sample.probabilities)
    )
    return Table(
        "The most likely class",
        (
            Number.of("calibration error beyond chance", "all", found.excess),
            Number("expected calibration error", "all", found.ece, nan, nan, n),
            Number("the same by chance alone", "all", found.by_chance, nan, nan, n),
            Number.of("Brier score", "all", brier),
            Number.of("log loss", "all", _log_loss(sample)),
        ),
    )


def _classwise(context: Context[Calibration], sample: Sample) -> tuple[Table, Curves]:
    rows, lines = [], []
    for k, name in enumerate(CLASSES):
        stated, happened = sample.probabilities[:, k], sample.truth == k
        found = excess_ece(
            sample.resampling,
            stated,
            happened,
            seed=context.seed,
            n_draws=context.parameters.draws,
        )
        rows.append(Number.of("calibration error beyond chance", name, found.excess))
        lines.append(_line(name, reliability(stated, happened, sample.groups)))
        context.progress((k + 1) / len(CLASSES))
    curves = Curves(
        title="What is said of each class, and what comes true",
        x_label="stated probability of the class, mean of each bin",
        y_label="share that is of the class",
        lines=tuple(lines),
        diagonal=True,
        points=True,
    )
    return Table("Each class's own probability", tuple(rows)), curves


def _of_bins(bins: list[Bin]) -> Table:
    return Table(
        "How often it is right, by what it says",
        tuple(
            Number.of(
                "share right",
                f"said {percent(b.least, 1)} to {percent(b.most, 1)}, {percent(b.mean, 1)} on "
                "average",
                b.came_true,
            )
            for b in bins
        ),
    )


def _line(name: str, bins: list[Bin]) -> Line:
    return Line(
        name,
        x=tuple(b.mean for b in bins),
        y=tuple(b.came_true.value for b in bins),
        low=tuple(b.came_true.low for b in bins),
        high=tuple(b.came_true.high for b in bins),
    )
