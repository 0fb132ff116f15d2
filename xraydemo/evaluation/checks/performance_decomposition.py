"""Takes the error apart: underfitting, overfitting, shift, or a worn-out test set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.check import check
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.figures import Bars
from xraydemo.evaluation.known_inside import certified
from xraydemo.evaluation.origin import from_elsewhere, learnt_from, origin
from xraydemo.evaluation.result import CheckResult, Number, Table, Verdict, cannot_check
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.sample import Sample
from xraydemo.metrics.bootstrap import Estimate
from xraydemo.metrics.intervals import independent_difference
from xraydemo.metrics.weighted import macro_f1

IN_WORDS = {
    "goal": "the goal",
    "fit": "X-rays that it was trained on",
    "select": "X-rays that chose when to stop",
    "calibrate": "X-rays held out in training",
    "test": "the internal test",
    "run": "this run",
}
LACKING = {
    "fit": "how well it knows the X-rays that it was trained on",
    "select": "its error on the X-rays that chose when to stop",
    "calibrate": "its error on held-out X-rays",
    "test": "its error on an internal test",
}


@dataclass(frozen=True)
class Decomposition:
    """Settings of the check.

    Attributes
    ----------
    goal : float
        The error that is held to be reachable; below 0, none is.
    step : float
        Between two errors; a smaller one isn't worth mending first.
    floor : int
        The least number of X-rays of each class that counts.
    """

    goal: float
    step: float
    floor: int


@dataclass(frozen=True)
class Step:
    """From one error to the next, and what it means."""

    name: str
    start: str
    end: str
    means: str
    remedy: str


STEPS = (
    Step("bias", "goal", "fit", "it does not fit even what it was trained on",
         "a larger model, or longer training"),
    Step("variance", "fit", "select", "it learned its own X-rays by heart",
         "more and more varied X-rays, or stronger augmentation"),
    Step("overfitting to the validation", "select", "calibrate",
         "choosing by the validation X-rays flattered them",
         "a larger validation set, fewer trials"),
    Step("a worn-out or harder test set", "calibrate", "test",
         "the internal test is harder than the held-out X-rays",
         "a new test set, looked at once"),
    Step("shift", "test", "run",
         "these X-rays, or their labels, are unlike those that it was trained from",
         "X-rays from places like this one in training; first find out what differs"),
)  # fmt: skip


@check(
    "performance.decomposition",
    "Underfitting, overfitting, shift, or a worn-out test set?",
    needs=("labels",),
    parameters=Decomposition,
)
def decomposition(context: Context[Decomposition]) -> CheckResult:
    """Compare the errors, 1 - macro F1, of goal, training, validation, tests and this run [1]_.

    Where a part is not known the next step starts from the last one that is. The interval of a
    step is that of the difference of two independent estimates, from their own intervals [2]_.

    References
    ----------
    .. [1] Ng, Machine Learning Yearning, 2018, chapters 20 to 43.
    .. [2] Zou & Donner, Construction of confidence limits about effect measures: a general
       approach, Statistics in Medicine 27, 2008.
    """
    run, parameters = context.run, context.parameters
    inside = origin(run) == "home"
    # X-rays of the training table among others would make the others seem easier than they are
    away = from_elsewhere(run)[run.sample.positions]
    sample = run.sample if inside else run.sample.part(away)
    few = [k for k in np.unique(sample.truth) if sample.counts[k] < parameters.floor]
    small = ", ".join(f"{DISPLAY_NAMES[CLASSES[k]]} ({sample.counts[k]:,})" for k in few)
    sample = sample.part(~np.isin(sample.truth, few))
    if len(np.unique(sample.truth)) < 2:
        return cannot_check(
            f"The error counts each class the same, and needs {parameters.floor} X-rays of each of "
            f"two classes{' from elsewhere' if not away.all() and not inside else ''}: too few are "
            f"{small or 'all'}. Add labelled X-rays"
        )
    reference = None if inside else _reference(context, np.unique(sample.truth))
    errors = _errors(run, sample, reference, parameters.goal)
    if list(errors) == ["run"]:
        return cannot_check(
            f"The card of {run.meta.card.name} tells no error from training to compare with. Train "
            "it anew with this version"
        )
    steps = _steps(errors, inside=inside)
    to_mend = _to_mend(steps, parameters.step)
    rows = [Number.of("error", IN_WORDS[part], errors[part]) for part in errors]
    step_rows = [Number.of(step.name, _between(step, start), e) for step, start, e in steps]
    return CheckResult(
        Verdict.INFO,
        _headline(errors, to_mend, parameters.step),
        Number.of("error", IN_WORDS["run"], errors["run"]),
        (
            *_order_of_mending(to_mend),
            *_steps_in_words(steps),
            *_left_out(run, away, small, inside=inside),
            *_caveats(run, sample, reference, errors, inside=inside),
        ),
        (
            Table("Error: 1 - macro F1, over the classes that occur", tuple(rows)),
            Table("From one to the next", tuple(step_rows)),
        ),
        (_bars(errors, sample),),
    )


Taken = tuple[Step, str, Estimate]


def _reference(context: Context[Decomposition], classes: NDArray[np.intp]) -> Sample | None:
    """Give the reference's X-rays of these classes, if it is from home and has them."""
    reference = context.given.reference
    if reference is None or origin(reference) != "home":
        return None
    sample = reference.sample
    fresh = ~learnt_from(reference, context.given.dossier)[sample.positions]
    sample = sample.part(fresh & np.isin(sample.truth, classes))
    enough = all(sample.counts[k] >= context.parameters.floor for k in classes)
    return sample if enough else None


def _errors(run: Run, sample: Sample, reference: Sample | None, goal: float) -> dict[str, Estimate]:
    """Give each error that is known, in the order of the story."""
    card = run.meta.card
    known = {part: certified(card, part, "macro_f1") for part in ("fit", "select", "calibrate")}
    known["test"] = _macro_f1(reference) if reference else certified(card, "test", "macro_f1")
    known["run"] = _macro_f1(sample)
    errors = {} if goal < 0 else {"goal": Estimate(goal, goal, goal, 0, 0)}
    return errors | {part: _error(score) for part, score in known.items() if score is not None}


def _macro_f1(sample: Sample) -> Estimate:
    return sample.resampling.estimate(
        lambda weights: macro_f1(weights, sample.truth, sample.predicted, len(CLASSES))
    )


def _error(score: Estimate) -> Estimate:
    return score._replace(value=1 - score.value, low=1 - score.high, high=1 - score.low)


def _steps(errors: dict[str, Estimate], *, inside: bool) -> list[Taken]:
    """Give each step that ends in a known error, with where it starts and how long it is."""
    steps: list[Taken] = []
    parts = list(errors)
    for start, end in pairwise(parts):
        step = next(s for s in STEPS if s.end == end)
        if end == "run" and inside:
            # X-rays from home are no shift: what is left is how hard they are
            step = replace(next(s for s in STEPS if s.end == "test"), end="run")
        else:
            # over a part that isn't known, two steps are told as one
            skipped = STEPS[_place(start) : _place(end) - 1]
            names = [s.name for s in skipped if s.end != "test"]
            step = replace(step, name=" and ".join([*names, step.name]))
        steps.append((step, start, _difference(errors[start], errors[end])))
    return steps


def _place(part: str) -> int:
    return list(IN_WORDS).index(part)


def _difference(first: Estimate, second: Estimate) -> Estimate:
    return Estimate(*independent_difference(first, second), second.n, second.n_groups)


def _between(step: Step, start: str) -> str:
    return f"from {IN_WORDS[start]} to {IN_WORDS[step.end]}"


def _to_mend(steps: Sequence[Taken], least: float) -> list[Taken]:
    """Give the steps that are shown and large enough, in the order of the story."""
    return [s for s in steps if s[2].low > 0 and s[2].value > least]


def _length(step: Estimate) -> str:
    return f"{step.value:+.3f} [{step.low:+.3f}, {step.high:+.3f}]"


def _headline(errors: dict[str, Estimate], to_mend: Sequence[Taken], least: float) -> str:
    here = errors["run"]
    said = f"The error here is {here.value:.3f} [{here.low:.3f}, {here.high:.3f}] (1 - macro F1)"
    if not to_mend:
        return f"{said}; no step on the way from training to here is shown to be above {least:g}"
    step, start, length = to_mend[0]
    first = (
        f"{said}. Mend first: {step.name}, {_length(length)} {_between(step, start)}: "
        f"{step.means}. What helps: {step.remedy}"
    )
    largest = max(to_mend, key=lambda taken: taken[2].value)
    if largest is to_mend[0]:
        return f"{first}. It is the largest trouble, too"
    return f"{first}. The largest trouble is {largest[0].name}, {_length(largest[2])}"


def _order_of_mending(to_mend: Sequence[Taken]) -> tuple[str, ...]:
    if len(to_mend) < 2:
        return ()
    order = ", then ".join(
        f"{step.name} ({length.value:+.3f}; {step.remedy})" for step, _, length in to_mend
    )
    return (f"Order of mending, for what comes later is measured on what comes before: {order}",)


def _steps_in_words(steps: Sequence[Taken]) -> tuple[str, ...]:
    findings = []
    for step, start, length in steps:
        told = (
            "shown" if length.low > 0 else "smaller, not larger" if length.high < 0 else "not shown"
        )
        findings.append(
            f"{step.name.capitalize()}, {_between(step, start)}: {_length(length)}, {told}"
        )
    return tuple(findings)


def _left_out(run: Run, away: NDArray[np.bool_], small: str, *, inside: bool) -> tuple[str, ...]:
    findings = []
    if small:
        findings.append(
            f"Left out are classes with too few X-rays, for each counts the same: {small}"
        )
    if not inside and not away.all():
        findings.append(
            f"{(~away).sum():,} of the {len(away):,} labelled X-rays are, pixel for pixel, of the "
            f"table that {run.meta.card.name} was trained from: the error here is that of the "
            "others. Copies that were saved anew go unnoticed"
        )
    return tuple(findings)


def _caveats(
    run: Run,
    sample: Sample,
    reference: Sample | None,
    errors: dict[str, Estimate],
    *,
    inside: bool,
) -> tuple[str, ...]:
    """Say what is not known, and what compares unlike things."""
    findings = []
    lacking = [words for part, words in LACKING.items() if part not in errors]
    if lacking:
        findings.append(f"The bundle's card does not tell {', '.join(lacking)}")
    if "test" not in errors and not inside:
        findings.append(
            "Without an internal test, a test set that is only harder can't be told from a shift: "
            "give a run of it with --reference"
        )
    if "goal" not in errors:
        findings.append(
            "Without a goal (an error that is held to be reachable, say that of good readers) "
            "underfitting can't be told from X-rays that are hard for everyone: set goal of "
            "performance.decomposition in a thresholds file"
        )
    if inside:
        findings.append(
            "This run is of the table that the bundle was trained from: a step to it is no shift, "
            "and X-rays that it was trained on flatter it unless they were left out"
        )
    if reference is not None:
        findings.append(
            f"The internal test is the reference run, over the same classes as here (n = "
            f"{len(reference):,}, without X-rays that are known to have been trained on)"
        )
    occurring = np.unique(sample.truth)
    if len(occurring) < len(CLASSES):
        absent = [DISPLAY_NAMES[c] for k, c in enumerate(CLASSES) if k not in occurring]
        findings.append(
            f"The error here is without {' and '.join(absent)}, the card's errors are over all "
            "classes: a step from these to others compares unlike things a little"
        )
    findings.append(_looks(run))
    return tuple(findings)


def _looks(run: Run) -> str:
    """Say how often the test sets were looked at (``metrics.looks`` of the card, name to count)."""
    looks = run.meta.card.metrics.get("looks")
    if not isinstance(looks, dict) or not looks:
        return "The card does not tell how often the test sets were looked at"
    counted = ", ".join(f"{name} {count} times" for name, count in looks.items())
    return f"Looked at so far, says the card: {counted}. Each look wears a test set out"


def _bars(errors: dict[str, Estimate], sample: Sample) -> Bars:
    """Draw the errors; only that of this run has X-rays to show: `sample`."""
    here = tuple(map(int, sample.positions))
    return Bars(
        "Errors on the way from training to here",
        "1 - macro F1",
        tuple(IN_WORDS[part] for part in errors),
        tuple(e.value for e in errors.values()),
        tuple(e.low for e in errors.values()),
        tuple(e.high for e in errors.values()),
        {},
        tuple(here if part == "run" else () for part in errors),
    )
