"""Ask whether the model is better than something stupid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xraydemo.evaluation.baselines import FACTS, baselines, cross_validated, facts_alone
from xraydemo.evaluation.check import check
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.figures import Bars
from xraydemo.evaluation.result import (
    CheckResult,
    Number,
    Table,
    Verdict,
    cannot_check,
    judge_promise,
)
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.tell import classes_with_enough, folds_of
from xraydemo.evaluation.tell_result import left_out, listed, percent, plain, too_few
from xraydemo.metrics.bootstrap import Estimate
from xraydemo.metrics.intervals import proportion
from xraydemo.metrics.weighted import Draws, Weights, auc_in_folds, macro_auc

WORST = -1.0  # the model doubles the error, or worse
NOTHING = 1e-9  # an error no larger is that of rounding


@dataclass(frozen=True)
class Baselines:
    """Settings of `performance.baselines`.

    Attributes
    ----------
    warn, fail : float
        Share of the best baseline's remaining error, 1 - AUC, that the model removes.
    floor : int
        Least X-rays of a class.
    """

    warn: float
    fail: float
    floor: int


@dataclass(frozen=True, eq=False)
class Baseline:
    """One stupid way to answer, and how well it did beside the model.

    Attributes
    ----------
    name : str
    auc, accuracy : Estimate
        Its own.
    more : Estimate
        The model's macro AUC less its own.
    removed : Estimate
        The share of its error, 1 - AUC, that the model removes: from -1 to 1.
    """

    name: str
    auc: Estimate
    accuracy: Estimate
    more: Estimate
    removed: Estimate

    @property
    def is_flawless(self) -> bool:
        """Tell whether it makes no error of which a share could be removed."""
        return self.auc.value > 1 - NOTHING

    @property
    def is_off_the_scale(self) -> bool:
        """Tell whether the share of its error removed says nothing to a reader."""
        return self.is_flawless or self.removed.value <= WORST

    @property
    def number(self) -> Number:
        """Give the share of its error removed, or where that says nothing, the difference."""
        if self.is_off_the_scale:
            return Number.of("the model's macro AUC, less that of", self.name, self.more)
        return Number.of("share of the method's error removed", self.name, self.removed)


@check(
    "performance.baselines",
    "Is it better than something stupid?",
    needs=("labels",),
    parameters=Baselines,
)
def performance_baselines(context: Context[Baselines]) -> CheckResult:
    """Judge how much of the error that the best baseline leaves is removed by the model."""
    lines, run = context.parameters, context.run
    sample, small = classes_with_enough(run.sample, lines.floor)
    if len(np.unique(sample.truth)) < 2:
        return cannot_check(too_few(run.sample, lines.floor))
    facts, barred = facts_alone(run)
    folds = folds_of(sample, context.seed)
    tried = []
    for name, method, features in baselines(run, sample, facts, context.seed):
        probabilities = cross_validated(method, features, sample.truth, folds)
        tried.append(_measured(name, probabilities, sample, folds))
        context.progress(len(tried) / 6)
    best = max(tried, key=lambda baseline: baseline.auc.value)
    model = sample.resampling.estimate(lambda w: macro_auc(w, sample.truth, sample.probabilities))
    removed = best.removed
    verdict = judge_promise(
        removed.low, removed.value, removed.high, warn=lines.warn, fail=lines.fail
    )
    return CheckResult(
        verdict,
        _headline(verdict, removed, model, best),
        best.number,
        findings=(
            *_off_the_scale(tried),
            *_of_those_that_look(tried, best),
            _how(sample, folds),
            _facts_said(list(map(str, facts)), barred),
            *left_out(small, run.sample, lines.floor),
        ),
        tables=(_table(sample, model, tried),),
        figures=(_bars(sample, model, tried),),
    )


def _measured(
    name: str, probabilities: NDArray[np.float64], sample: Sample, folds: NDArray[np.intp]
) -> Baseline:
    estimate = sample.resampling.estimate
    right = probabilities.argmax(axis=1) == sample.truth
    return Baseline(
        name,
        estimate(lambda w: _macro_auc_in_folds(w, sample, probabilities, folds)),
        proportion(right, sample.groups),
        estimate(
            lambda w: (
                macro_auc(w, sample.truth, sample.probabilities)
                - _macro_auc_in_folds(w, sample, probabilities, folds)
            )
        ),
        estimate(lambda w: _removed(w, sample, probabilities, folds)),
    )


def _macro_auc_in_folds(
    weights: Weights,
    sample: Sample,
    probabilities: NDArray[np.float64],
    folds: NDArray[np.intp],
) -> Draws:
    each = [
        auc_in_folds(weights, probabilities[:, k], sample.truth == k, folds)
        for k in np.unique(sample.truth)
    ]
    return np.asarray(np.mean(each, axis=0), dtype=np.float64)


def _removed(
    weights: Weights,
    sample: Sample,
    probabilities: NDArray[np.float64],
    folds: NDArray[np.intp],
) -> Draws:
    """Give (AUC of the model - AUC of the baseline) / (1 - AUC of the baseline), at least -1.

    Where the baseline makes no error there is none to remove: 0.
    """
    of_model = macro_auc(weights, sample.truth, sample.probabilities)
    error = 1 - _macro_auc_in_folds(weights, sample, probabilities, folds)
    flawless = error < NOTHING
    share = 1 - (1 - of_model) / np.where(flawless, 1.0, error)
    return np.clip(np.where(flawless, of_model - 1, share), WORST, 1.0)


def _headline(verdict: Verdict, removed: Estimate, model: Estimate, best: Baseline) -> str:
    numbers = (
        f"macro AUC {model.value:.3f} [{model.low:.3f}, {model.high:.3f}] of the model, "
        f"{best.auc.value:.3f} [{best.auc.low:.3f}, {best.auc.high:.3f}] of the best simple method "
        f"({best.name}), n = {model.n:,}"
    )
    if best.is_flawless:
        return (
            f"These X-rays can't show what the model is worth: a simple method ({best.name}) tells "
            f"the classes without any error, so there is none left to remove; {numbers}"
        )
    if removed.value <= 0 and best.name == FACTS:
        return (
            "Whoever knows the facts need not look at the picture: they alone tell the classes at "
            f"least as well as the model, so these X-rays can't show that it reads lungs; {numbers}"
        )
    if removed.value <= 0:
        return f"The model is no better than something stupid: {numbers}"
    share = (
        f"{percent(removed.value)} of the error that the best simple method leaves "
        f"({percent(removed.low)} to {percent(removed.high)})"
    )
    if verdict is Verdict.PASS:
        return f"The model removes {share}: {numbers}"
    enough = "too little" if verdict is Verdict.FAIL else "that this is enough is not shown"
    return f"The model removes only {share}, {enough}: {numbers}"


def _off_the_scale(tried: list[Baseline]) -> tuple[str, ...]:
    """Say where the difference is given, and why."""
    names = [baseline.name for baseline in tried if baseline.is_off_the_scale]
    if not names:
        return ()
    words = (
        f"For {listed(names)} the tables give by how much the model's macro AUC is lower, not the "
        "share of the error, 1 - AUC, that it removes: the method makes none, or the model at "
        "least twice as much."
    )
    return (words,)


def _of_those_that_look(tried: list[Baseline], best: Baseline) -> tuple[str, ...]:
    """Say how the model compares with the best that looks at the picture, if the best doesn't."""
    if best.name != FACTS:
        return ()
    other = max((b for b in tried if b.name != FACTS), key=lambda b: b.auc.value)
    compared = (
        f"removes {percent(other.removed.value)} of its error ({percent(other.removed.low)} to "
        f"{percent(other.removed.high)})"
        if other.removed.value > 0
        else "is no better"
    )
    sentence = (
        f"Of the simple methods that look at the picture the best is {other.name}, macro AUC "
        f"{other.auc.value:.3f} [{other.auc.low:.3f}, {other.auc.high:.3f}]; the model {compared}."
    )
    return (sentence,)


def _how(sample: Sample, folds: NDArray[np.intp]) -> str:
    n_folds = len(np.unique(folds))
    return (
        f"The simple methods learned from {n_folds - 1} fifths of these very X-rays and were asked "
        f"about the rest, no patient being on both sides; the model has never seen this cohort "
        f"unless it was trained on it, so away from home they have an advantage. Macro AUC: how "
        f"often an X-ray of a class is ranked above one of another, averaged over the classes; 0.5 "
        f"is chance. The intervals are those of these {len(sample):,} X-rays, not of the learning."
    )


def _facts_said(used: list[str], barred: tuple[str, ...]) -> str:
    without = (
        f" Not used, for they speak of the label, the file or the patient: "
        f"{listed(map(plain, barred))}."
        if barred
        else ""
    )
    if not used:
        nothing = "Nothing is known of these X-rays without the picture, so facts were not tried."
        return nothing + without
    return f"Facts used: {listed(map(plain, used))}.{without}"


def _table(sample: Sample, model: Estimate, tried: list[Baseline]) -> Table:
    right = proportion(sample.predicted == sample.truth, sample.groups)
    rows = [Number.of("macro AUC", "the model", model), Number.of("accuracy", "the model", right)]
    for baseline in tried:
        rows.append(Number.of("macro AUC", baseline.name, baseline.auc))
        rows.append(Number.of("accuracy", baseline.name, baseline.accuracy))
        rows.append(baseline.number)
    return Table("The model and simple methods, on the same X-rays", tuple(rows))


def _bars(sample: Sample, model: Estimate, tried: list[Baseline]) -> Bars:
    estimates = [model, *(baseline.auc for baseline in tried)]
    everyone = tuple(map(int, sample.positions))  # all were asked about the same X-rays
    return Bars(
        title="The model against simple methods",
        unit="macro AUC",
        labels=("the model", *(baseline.name for baseline in tried)),
        values=tuple(e.value for e in estimates),
        lows=tuple(e.low for e in estimates),
        highs=tuple(e.high for e in estimates),
        lines={"chance": 0.5},
        groups=(everyone,) * len(estimates),
    )
