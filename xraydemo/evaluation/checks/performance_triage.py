"""Asks whether it would help to let the model sort the worklist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from xraydemo.evaluation.check import check
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.figures import Bars, Curves, Line
from xraydemo.evaluation.queueing import a_day, waiting_times
from xraydemo.evaluation.result import (
    CheckResult,
    Number,
    Table,
    Verdict,
    cannot_check,
    judge_promise,
)
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.tell_result import percent, share_said
from xraydemo.metrics.bootstrap import DRAWS_AT_ONCE, Estimate, percentile_interval
from xraydemo.metrics.intervals import proportion
from xraydemo.metrics.weighted import Draws, Weights, share
from xraydemo.model.triage import NORMAL, priority_values
from xraydemo.model.triage import Triage as OperatingPoint

REPETITIONS = 200
DAYS = 5  # in each repetition
CURVE = tuple(float(p) for p in np.round(np.arange(0.02, 0.61, 0.02), 2))
WAITERS = ("abnormal", "abnormal, missed", "normal")


@dataclass(frozen=True)
class Triage:
    """Settings of the check.

    Attributes
    ----------
    warn, fail : float
        Sensitivity for "not normal".
    floor : int
        The least number of normal and of abnormal X-rays.
    prevalence : float
        Share of abnormal X-rays where the model would be used, in (0, 1).
    load, reading_minutes, hours : float
        Of the simulated worklist; see `xraydemo.evaluation.queueing.a_day`.
    """

    warn: float
    fail: float
    floor: int
    prevalence: Annotated[float, Field(gt=0, lt=1)]
    load: Annotated[float, Field(gt=0, lt=1)]
    reading_minutes: Annotated[float, Field(gt=0)]
    hours: Annotated[float, Field(gt=0)]


@check(
    "performance.triage",
    "Would it help to sort the worklist?",
    needs=("labels",),
    parameters=Triage,
)
def triage(context: Context[Triage]) -> CheckResult:
    """Judge the bundle's operating point for "not normal", and what sorting by it would change.

    Predictive values are those at the given prevalence, by Bayes' rule, as this cohort's own share
    of abnormal X-rays is an accident of its making. The decision curve is that of Vickers & Elkin
    [1]_, at the same prevalence.

    References
    ----------
    .. [1] Vickers & Elkin, Decision curve analysis: a novel method for evaluating prediction
       models, Medical Decision Making 26, 2006.
    """
    run, parameters = context.run, context.parameters
    card, sample = run.meta.card, run.sample
    if card.triage is None:
        return cannot_check(
            f"The bundle {card.name} has no operating point: nobody chose from which probability "
            "on an X-ray is to be read first. Train it anew with this version: it then chooses one"
        )
    abnormal = sample.truth != NORMAL
    n_abnormal, n_normal = int(abnormal.sum()), int((~abnormal).sum())
    if min(n_abnormal, n_normal) < parameters.floor:
        return cannot_check(
            f"Needs {parameters.floor} normal and {parameters.floor} abnormal X-rays with labels; "
            f"here are {n_normal:,} and {n_abnormal:,}"
        )
    score, threshold = priority_values(sample.probabilities), card.triage.threshold
    flagged = score >= threshold
    sensitivity = proportion(flagged[abnormal], sample.groups[abnormal])
    specificity = proportion(~flagged[~abnormal], sample.groups[~abnormal])
    ppv, npv = _predictive_values(sample, flagged, abnormal, parameters.prevalence)
    waits = _simulate(context, sample, flagged, abnormal)
    verdict = judge_promise(
        sensitivity.low, sensitivity.value, sensitivity.high,
        warn=parameters.warn, fail=parameters.fail,
    )  # fmt: skip
    where = f"probability of not normal ≥ {threshold:.3f}"
    at_prevalence = f"where {percent(parameters.prevalence)} are abnormal"
    return CheckResult(
        verdict,
        _headline(verdict, sensitivity, specificity, waits, parameters),
        Number.of("sensitivity", where, sensitivity),
        _findings(card.triage, sensitivity, ppv, npv, waits, parameters),
        (
            Table(
                "At the bundle's operating point",
                (
                    Number.of("sensitivity", where, sensitivity),
                    Number.of("specificity", where, specificity),
                    Number.of("positive predictive value", at_prevalence, ppv),
                    Number.of("negative predictive value", at_prevalence, npv),
                ),
            ),
            Table(
                "Mean waiting time in the simulated worklist, minutes",
                tuple(Number.of(name, who, wait) for (who, name), wait in waits.items()),
            ),
        ),
        (
            _wait_bars(sample, flagged, waits),
            _decision_curve(sample, score, abnormal, parameters.prevalence),
        ),
    )


def _predictive_values(
    sample: Sample, flagged: NDArray[np.bool_], abnormal: NDArray[np.bool_], prevalence: float
) -> tuple[Estimate, Estimate]:
    """Give the share of flagged X-rays that are abnormal, and of the others that are normal."""

    def ppv(weights: Weights) -> Draws:
        true = prevalence * share(weights, flagged, abnormal)
        return _of(true, (1 - prevalence) * share(weights, flagged, ~abnormal))

    def npv(weights: Weights) -> Draws:
        true = (1 - prevalence) * share(weights, ~flagged, ~abnormal)
        return _of(true, prevalence * share(weights, ~flagged, abnormal))

    return sample.resampling.estimate(ppv), sample.resampling.estimate(npv)


def _of(true: Draws, false: Draws) -> Draws:
    whole = true + false
    return np.asarray(np.divide(true, whole, out=np.full(len(whole), np.nan), where=whole > 0))


def _simulate(
    context: Context[Triage],
    sample: Sample,
    flagged: NDArray[np.bool_],
    abnormal: NDArray[np.bool_],
) -> dict[tuple[str, str], Estimate]:
    """Simulate worklists, sorted and not, with the same X-rays in both.

    Each repetition takes sensitivity and specificity from one bootstrap draw: the interval holds
    what is not known of the model, and how weeks differ. The value is that of the sample's own
    sensitivity and specificity, over all days.
    """
    parameters, generator = context.parameters, context.generator()
    once = np.ones((1, len(sample)), np.float32)
    weights = sample.resampling.weights[:REPETITIONS].astype(np.float32)
    found = share(weights, flagged, abnormal), share(weights, flagged, ~abnormal)
    own = float(share(once, flagged, abnormal)[0]), float(share(once, flagged, ~abnormal)[0])
    by_draw, by_own = [], []
    for r in range(REPETITIONS):
        context.progress(r / REPETITIONS)
        days = [
            a_day(
                generator,
                hours=parameters.hours,
                load=parameters.load,
                minutes=parameters.reading_minutes,
            )
            for _ in range(DAYS)
        ]
        ill = [generator.random(len(arrivals)) < parameters.prevalence for arrivals, _ in days]
        luck = [generator.random(len(arrivals)) for arrivals, _ in days]
        drawn = float(found[0][r]), float(found[1][r])
        plain = [waiting_times(*day, np.zeros(len(day[0]), bool)) for day in days]
        by_draw.append(_mean_waits(days, plain, ill, luck, drawn))
        by_own.append(_mean_waits(days, plain, ill, luck, own))
    keys = [(who, how) for who in WAITERS for how in ("first in, first out", "sorted", "saved")]
    waits = {}
    for i, key in enumerate(keys):
        draws, values = (np.array([row[i] for row in rows]) for rows in (by_draw, by_own))
        if np.isnan(values).all():
            continue  # nobody was missed
        low, high = percentile_interval(draws)
        value = float(np.nanmean(values))
        n_groups = len(np.unique(sample.groups))
        waits[key] = Estimate(value, min(low, value), max(high, value), len(sample), n_groups)
    return waits


def _mean_waits(
    days: list[tuple[NDArray[np.float64], NDArray[np.float64]]],
    plain: list[NDArray[np.float64]],
    ill: list[NDArray[np.bool_]],
    luck: list[NDArray[np.float64]],
    shares_flagged: tuple[float, float],
) -> list[float]:
    """Give mean waits for `WAITERS`: unsorted, sorted, saved by sorting; NaN where nobody is."""
    sums, counts = np.zeros((len(WAITERS), 2)), np.zeros(len(WAITERS))
    for day, unsorted, is_ill, chance in zip(days, plain, ill, luck, strict=True):
        flagged = chance < np.where(is_ill, *shares_flagged)
        ordered = waiting_times(*day, flagged)
        for i, mask in enumerate((is_ill, is_ill & ~flagged, ~is_ill)):
            sums[i] += unsorted[mask].sum(), ordered[mask].sum()
            counts[i] += mask.sum()
    means = sums / np.where(counts > 0, counts, np.nan)[:, None]
    saved = means[:, :1] - means[:, 1:]
    return [float(x) for x in np.hstack([means, saved]).ravel()]


def _headline(
    verdict: Verdict,
    sensitivity: Estimate,
    specificity: Estimate,
    waits: dict[tuple[str, str], Estimate],
    parameters: Triage,
) -> str:
    before = waits["abnormal", "first in, first out"].value
    after = waits["abnormal", "sorted"].value
    judged = {
        Verdict.PASS: "Sorting would miss few",
        Verdict.WARN: "Sorting may miss too many",
        Verdict.FAIL: "Sorting would miss too many",
    }[verdict]
    return (
        f"{judged}: the model puts {share_said(sensitivity)} of {sensitivity.n:,} abnormal X-rays "
        f"first (wanted: {percent(parameters.warn)}), along with "
        f"{percent(1 - specificity.value, 1)} of {specificity.n:,} normal ones. In a simulated "
        f"worklist abnormal ones would wait {after:.0f} instead of {before:.0f} minutes"
    )


def _findings(
    promised: OperatingPoint,
    sensitivity: Estimate,
    ppv: Estimate,
    npv: Estimate,
    waits: dict[tuple[str, str], Estimate],
    parameters: Triage,
) -> tuple[str, ...]:
    values = (
        f"Where {percent(parameters.prevalence)} of X-rays are abnormal, {share_said(ppv, 0)} "
        f"of those put first are, and {share_said(npv)} of the others are normal. Give your own "
        "share with --prevalence: it changes both"
    )
    home = promised.sensitivity
    findings = [values]
    if sensitivity.high < home.low:
        findings.insert(
            0,
            f"The operating point was chosen to find {percent(promised.aim)}, and at home it found "
            f"{share_said(home)}: it does not hold here",
        )
    missed = waits.get(("abnormal, missed", "sorted"))
    if missed is not None:
        before = waits["abnormal, missed", "first in, first out"].value
        findings.append(
            f"The price: an abnormal X-ray that the model misses would wait {missed.value:.0f} "
            f"instead of {before:.0f} minutes"
        )
    findings.append(
        f"The worklist is simulated: {REPETITIONS * DAYS} working days of {parameters.hours:g} "
        f"hours, one reader who is busy {percent(parameters.load)} of the time and takes "
        f"{parameters.reading_minutes:g} minutes for an X-ray on average (exponentially "
        "distributed), X-rays that arrive at random, nobody interrupts a reading, and what is put "
        "first is read in order of arrival. An interval is that of the mean of one week. Your "
        "worklist differs: take the direction, not the minutes"
    )
    return tuple(findings)


def _wait_bars(
    sample: Sample, flagged: NDArray[np.bool_], waits: dict[tuple[str, str], Estimate]
) -> Bars:
    """Draw the waits; behind each are the X-rays that the simulated ones stand for."""
    abnormal = sample.truth != NORMAL
    masks = dict(zip(WAITERS, (abnormal, abnormal & ~flagged, ~abnormal), strict=True))
    behind = {who: tuple(map(int, sample.positions[mask])) for who, mask in masks.items()}
    waits = {(who, how): wait for (who, how), wait in waits.items() if how != "saved"}
    return Bars(
        "Mean waiting time in the simulated worklist",
        "minutes",
        tuple(f"{who}, {how}" for who, how in waits),
        tuple(e.value for e in waits.values()),
        tuple(e.low for e in waits.values()),
        tuple(e.high for e in waits.values()),
        {},
        tuple(behind[who] for who, _ in waits),
    )


def _decision_curve(
    sample: Sample,
    score: NDArray[np.float64],
    abnormal: NDArray[np.bool_],
    prevalence: float,
) -> Curves:
    """Draw net benefit: found abnormal X-rays less needlessly hurried ones, at their price."""
    at = np.array(CURVE)
    above = (score[:, None] >= at).astype(np.float32)
    price = at / (1 - at)

    def net_benefit(weights: Weights) -> Draws:
        ill, well = weights * abnormal, weights * ~abnormal
        sensitivity = (ill @ above) / ill.sum(axis=1, keepdims=True)
        false_alarms = (well @ above) / well.sum(axis=1, keepdims=True)
        return np.asarray(prevalence * sensitivity - (1 - prevalence) * price * false_alarms)

    drawn = sample.resampling.weights
    draws = np.concatenate(
        [
            net_benefit(drawn[i : i + DRAWS_AT_ONCE].astype(np.float32))
            for i in range(0, len(drawn), DRAWS_AT_ONCE)
        ]
    )
    value = net_benefit(np.ones((1, len(sample)), np.float32))[0]
    low, high = np.quantile(draws, [0.025, 0.975], axis=0)
    hurry_all = prevalence - (1 - prevalence) * price
    # far below zero there is nothing to see
    shown = hurry_all >= -0.1
    return Curves(
        "Decision curve: what sorting is worth",
        "how sure one must be to hurry, p (one early find is worth (1 - p) / p needless hurries)",
        "net benefit, early finds per X-ray",
        (
            Line("sorted by the model", CURVE, _floats(value), _floats(low), _floats(high)),
            Line("all hurried", _floats(at[shown]), _floats(hurry_all[shown])),
            Line("none hurried", CURVE, (0.0,) * len(CURVE)),
        ),
    )


def _floats(values: NDArray[np.floating]) -> tuple[float, ...]:
    return tuple(float(x) for x in values)
