"""Takes the error apart: underfitting, overfitting, shift, or a worn-out test set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.check import check
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.figures import Bars
from xraydemo.evaluation.known_inside import certified, is_inside
from xraydemo.evaluation.result import CheckResult, Number, Table, Verdict, cannot_check
from xraydemo.evaluation.run import Run
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
    few = [k for k in np.unique(run.sample.truth) if run.sample.counts[k] < parameters.floor]
    if few:
        names = ", ".join(f"{DISPLAY_NAMES[CLASSES[k]]} ({run.sample.counts[k]})" for k in few)
        return cannot_check(
            f"The error counts each class the same, and needs {parameters.floor} X-rays of each "
            f"that occurs: too few are {names}. Leave these out with --where, or add to them"
        )
    errors = _errors(run, parameters.goal)
    if list(errors) == ["run"]:
        return cannot_check(
            f"The card of {run.meta.card.name} tells no error from training to compare with. Train "
            "it anew with this version"
        )
    steps = _steps(errors, inside=is_inside(run))
    first = _first_to_mend(steps, parameters.step)
    rows = [Number.of("error", IN_WORDS[part], errors[part]) for part in errors]
    step_rows = [Number.of(step.name, _between(step, start), e) for step, start, e in steps]
    return CheckResult(
        Verdict.INFO,
        _headline(errors, first, parameters.step),
        Number.of("error", IN_WORDS["run"], errors["run"]),
        _findings(run, errors, steps),
        (
            Table("Error: 1 - macro F1, over the classes that occur", tuple(rows)),
            Table("From one to the next", tuple(step_rows)),
        ),
        (_bars(errors),),
    )


Taken = tuple[Step, str, Estimate]


def _errors(run: Run, goal: float) -> dict[str, Estimate]:
    """Give each error that is known, in the order of the story."""
    sample, card = run.sample, run.meta.card
    here = sample.resampling.estimate(
        lambda weights: macro_f1(weights, sample.truth, sample.predicted, len(CLASSES))
    )
    known = {part: certified(card, part, "macro_f1") for part in ("fit", "select", "calibrate")}
    known["test"] = certified(card, "test", "macro_f1")
    known["run"] = here
    errors = {} if goal < 0 else {"goal": Estimate(goal, goal, goal, 0, 0)}
    return errors | {part: _error(score) for part, score in known.items() if score is not None}


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


def _first_to_mend(steps: Sequence[Taken], least: float) -> Taken | None:
    """Give the first step, in the order of the story, that is shown and large enough."""
    return next((s for s in steps if s[2].low > 0 and s[2].value > least), None)


def _headline(errors: dict[str, Estimate], first: Taken | None, least: float) -> str:
    here = errors["run"]
    said = f"The error here is {here.value:.3f} [{here.low:.3f}, {here.high:.3f}] (1 - macro F1)"
    if first is None:
        return f"{said}; no step on the way from training to here is shown to be above {least:g}"
    step, start, length = first
    return (
        f"{said}. Mend first: {step.name}, {length.value:+.3f} [{length.low:+.3f}, "
        f"{length.high:+.3f}] {_between(step, start)}: {step.means}. What helps: {step.remedy}"
    )


def _findings(run: Run, errors: dict[str, Estimate], steps: Sequence[Taken]) -> tuple[str, ...]:
    findings = []
    for step, start, length in steps:
        told = (
            "shown" if length.low > 0 else "smaller, not larger" if length.high < 0 else "not shown"
        )
        findings.append(
            f"{step.name.capitalize()}, {_between(step, start)}: {length.value:+.3f} "
            f"[{length.low:+.3f}, {length.high:+.3f}], {told}"
        )
    lacking = [words for part, words in LACKING.items() if part not in errors]
    if lacking:
        findings.append(f"The bundle's card does not tell {', '.join(lacking)}")
    if "goal" not in errors:
        findings.append(
            "Without a goal (an error that is held to be reachable, say that of good readers) "
            "underfitting can't be told from X-rays that are hard for everyone: set goal of "
            "performance.decomposition in a thresholds file"
        )
    if is_inside(run):
        findings.append(
            "This run is of the table that the bundle was trained from: a step to it is no shift, "
            "and X-rays that it was trained on flatter it unless --where leaves them out"
        )
    occurring = np.unique(run.sample.truth)
    if len(occurring) < len(CLASSES):
        absent = [DISPLAY_NAMES[c] for k, c in enumerate(CLASSES) if k not in occurring]
        findings.append(
            f"This run has no X-ray labelled {' or '.join(absent)}, the card's errors are over all "
            "classes: the last step compares unlike things a little"
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


def _bars(errors: dict[str, Estimate]) -> Bars:
    return Bars(
        "Errors on the way from training to here",
        "1 - macro F1",
        tuple(IN_WORDS[part] for part in errors),
        tuple(e.value for e in errors.values()),
        tuple(e.low for e in errors.values()),
        tuple(e.high for e in errors.values()),
        {},
    )
