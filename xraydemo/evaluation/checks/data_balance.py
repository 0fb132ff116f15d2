"""Whether the classes are balanced, and whether accuracy hides that they are not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.check import check
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.figures import Bars
from xraydemo.evaluation.result import (
    CheckResult,
    Number,
    Table,
    Verdict,
    cannot_check,
    judge_harm,
)
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.tell_result import counted, listed, share_said
from xraydemo.metrics.bootstrap import Estimate, Resampling
from xraydemo.metrics.weighted import Draws, Weights, accuracy, balanced_accuracy


@dataclass(frozen=True)
class Balance:
    """Settings of `data.balance`.

    Attributes
    ----------
    warn, fail : float
        Number of X-rays of the commonest class over that of the rarest.
    floor : int
        Least X-rays in all.
    """

    warn: float
    fail: float
    floor: int


@check("data.balance", "Are the classes balanced?", needs=("labels",), parameters=Balance)
def data_balance(context: Context[Balance]) -> CheckResult:
    """Count the classes, and hold the model's accuracy against always naming the commonest.

    Intervals are of groups drawn anew from all classes at once: draws within classes, as for other
    metrics, would keep the very counts that are asked about.
    """
    lines = context.parameters
    sample = context.run.sample
    if len(sample) < lines.floor:
        return cannot_check(
            f"{len(sample):,} labelled X-rays are too few to speak of balance: it takes "
            f"{lines.floor}"
        )
    one_stratum = np.zeros(len(sample), dtype=np.intp)
    resampling = Resampling.of(one_stratum, sample.groups, seed=context.seed)
    occurring = [int(k) for k in np.unique(sample.truth)]
    common = max(occurring, key=lambda k: sample.counts[k])
    # from the other end, so that of equal classes two are named
    rare = min(reversed(occurring), key=lambda k: sample.counts[k])
    ratio = resampling.estimate(lambda weights: _ratio(weights, sample, common, rare))
    verdict, settled = judge_harm(
        ratio.low, ratio.value, ratio.high, warn=lines.warn, fail=lines.fail
    )
    majority = np.full_like(sample.truth, common)
    always = resampling.estimate(lambda w: accuracy(w, sample.truth, majority))
    model = resampling.estimate(lambda w: accuracy(w, sample.truth, sample.predicted))
    gain = resampling.estimate(
        lambda w: accuracy(w, sample.truth, sample.predicted) - accuracy(w, sample.truth, majority)
    )
    even = resampling.estimate(
        lambda w: balanced_accuracy(w, sample.truth, sample.predicted, len(CLASSES))
    )
    return CheckResult(
        verdict,
        _headline(verdict, settled, sample, common, rare, ratio, lines.warn),
        Number.of("ratio", f"{CLASSES[common]} over {CLASSES[rare]}", ratio),
        findings=(
            _accuracy_in_words(always, model, gain, even, DISPLAY_NAMES[CLASSES[common]]),
            *_missing(context.run, sample),
            *_advice(verdict),
        ),
        tables=(
            Table(
                "X-rays that were read, by label",
                tuple(Number.count("X-rays", CLASSES[k], int(sample.counts[k]), len(sample))
                      for k in range(len(CLASSES))),
            ),
            Table(
                "Accuracy, and what it hides",
                (
                    Number.of("accuracy", f"always {CLASSES[common]}", always),
                    Number.of("accuracy", "model", model),
                    Number.of("accuracy", "model less always the commonest", gain),
                    Number.of("balanced accuracy", "model", even),
                ),
            ),
        ),
        figures=(_bars(sample),),
        settled=settled,
    )  # fmt: skip


def _ratio(weights: Weights, sample: Sample, common: int, rare: int) -> Draws:
    """Divide two counts; a draw without any of the rare class is taken to have one."""
    many, few = (weights @ (sample.truth == k).astype(np.float32) for k in (common, rare))
    return np.asarray(many / np.maximum(few, 1.0), dtype=np.float64)


def _headline(
    verdict: Verdict,
    settled: bool,
    sample: Sample,
    common: int,
    rare: int,
    ratio: Estimate,
    warn: float,
) -> str:
    many, few = (DISPLAY_NAMES[CLASSES[k]] for k in (common, rare))
    counts = (
        f"{sample.counts[common]:,} X-rays of {many}, {sample.counts[rare]:,} of {few}, "
        f"{ratio.value:.1f} to 1 [{ratio.low:.1f}, {ratio.high:.1f}]"
    )
    if verdict is Verdict.FAIL:
        return f"The classes are far out of balance: {counts}."
    if verdict is Verdict.WARN:
        return f"The classes are out of balance: {counts}."
    if not settled:
        return (
            f"That the classes are out of balance, more than {warn:g} to 1, is not shown, but "
            f"these are too few X-rays to exclude it: {counts}."
        )
    return f"The classes are fairly balanced: {counts}."


def _accuracy_in_words(
    always: Estimate, model: Estimate, gain: Estimate, even: Estimate, common: str
) -> str:
    told = (
        f"Who always answers {common}, without a look, is right in {share_said(always)} of "
        f"these X-rays; the model in {share_said(model)}"
    )
    if gain.low > 0:
        better = ", which is more"
    elif gain.high < 0:
        better = ", which is less: its accuracy here is worth nothing"
    else:
        better = ": no clear gain"
    return (
        f"{told}{better}. Averaged over the classes, each counting the same, it is right in "
        f"{share_said(even)} (n = {model.n:,})."
    )


def _missing(run: Run, sample: Sample) -> tuple[str, ...]:
    found = []
    if absent := [DISPLAY_NAMES[CLASSES[k]] for k in np.flatnonzero(sample.counts == 0)]:
        found.append(f"There is no X-ray of {listed(absent)}: of that nothing can be said.")
    failed = (run.rows["error_type"] != "").to_numpy(bool)
    not_reached = ~failed & ~run.was_read
    for one, many, mask in (
        ("file could not be read and counts", "files could not be read and count", failed),
        ("X-ray is not read yet and counts", "X-rays are not read yet and count", not_reached),
    ):
        unread = (run.truth >= 0) & mask
        if unread.any():
            named = listed(
                f"{(unread & (run.truth == k)).sum():,} of {(run.truth == k).sum():,} of "
                f"{DISPLAY_NAMES[CLASSES[k]]}"
                for k in np.unique(run.truth[unread])
            )
            n = int(unread.sum())
            found.append(f"{counted(n, f'labelled {one}', f'labelled {many}')} nowhere: {named}.")
    return tuple(found)


def _advice(verdict: Verdict) -> tuple[str, ...]:
    if verdict is Verdict.PASS:
        return ()
    return (
        (
            "What it means: accuracy is mostly that of the commonest class, and a model that never "
            "finds the rarest can still look good."
        ),
        (
            "What to do: look at each class by itself (performance.classes), compare models by "
            "balanced accuracy or macro F1, and collect more X-rays of the rarest class."
        ),
    )


def _bars(sample: Sample) -> Bars:
    counts = tuple(float(n) for n in sample.counts)
    nothing = (float("nan"),) * len(CLASSES)
    groups = tuple(
        tuple(map(int, sample.positions[sample.truth == k])) for k in range(len(CLASSES))
    )
    return Bars("X-rays a class", "X-rays", CLASSES, counts, nothing, nothing, {}, groups)
