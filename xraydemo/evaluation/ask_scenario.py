"""Asks scenarios of a run: the unit tests of a model, see `xraydemo.evaluation.scenarios`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.cohort import where
from xraydemo.evaluation.result import Number, Verdict
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.scenarios import Scenario
from xraydemo.metrics.bootstrap import Estimate, Resampling
from xraydemo.metrics.intervals import proportion
from xraydemo.metrics.weighted import auc, balanced_accuracy, macro_auc, macro_f1, mean

Statistic = Callable[[NDArray[np.float32]], NDArray[np.floating]]


@dataclass(frozen=True)
class ScenarioResult:
    """How a scenario ended.

    The same model on the same X-rays always gives the same value, so the value decides, and a test
    is never flaky. Whether it would end so on other X-rays of the same kind, the interval tells.

    Attributes
    ----------
    scenario : Scenario
    verdict : Verdict
        ``pass`` or ``fail`` by the value; ``cannot_check`` where it could not be asked.
    settled : bool
        The whole interval agrees with the verdict. A pass that is not settled may be luck, a fail
        that is not settled bad luck.
    number : Number, optional
    why : str
        Why it can't be checked.
    positions : tuple of int
        The X-rays that it chose.
    """

    scenario: Scenario
    verdict: Verdict
    settled: bool = True
    number: Number | None = None
    why: str = ""
    positions: tuple[int, ...] = ()

    @property
    def sentence(self) -> str:
        """Say it in one sentence."""
        scenario, number = self.scenario, self.number
        if number is None:
            return f"“{scenario.name}” could not be asked: {self.why}"
        ended = "passes" if self.verdict is Verdict.PASS else "FAILS"
        doubt = "" if self.settled else "; not settled, the interval reaches across the threshold"
        return (
            f"“{scenario.name}” {ended}: {scenario.measure} {number.value:.3f} "
            f"[{number.low:.3f}, {number.high:.3f}], n = {number.n:,}, "
            f"wanted {scenario.threshold}{doubt}. {scenario.reason}"
        )


def ask_scenario(scenario: Scenario, run: Run) -> ScenarioResult:
    """Ask one scenario of a run."""
    try:
        chosen = chosen_by(scenario, run)
        estimate = _MEASURES[scenario.metric](scenario, run, chosen)
    except _CannotAskError as reason:
        return ScenarioResult(scenario, Verdict.CANNOT_CHECK, why=str(reason))
    number = Number.of(scenario.measure, scenario.name, estimate)
    holds = scenario.holds(number.value)
    settled = scenario.holds(number.low) == holds == scenario.holds(number.high)
    verdict = Verdict.PASS if holds else Verdict.FAIL
    positions = tuple(int(i) for i in np.flatnonzero(chosen))
    return ScenarioResult(scenario, verdict, settled, number, positions=positions)


def chosen_by(scenario: Scenario, run: Run) -> NDArray[np.bool_]:
    """Tell which X-rays of a run a scenario chooses, shape (n,)."""
    chosen = np.ones(len(run), dtype=bool)
    for text in scenario.where:
        condition = where.parse(text)
        chosen &= _known(run, condition.column).map(condition.holds).to_numpy(bool)
    if not chosen.any():
        raise _CannotAskError(f"no X-ray here is {' and '.join(scenario.where)}")
    return chosen


def _known(run: Run, name: str) -> pd.Series:
    if name in ("file", "label"):
        return run.rows[name]
    if name not in run.known_names:
        raise _CannotAskError(f"nothing is known here of {name!r}")
    return run.known(name)


class _CannotAskError(Exception):
    """A scenario has no answer on this run; says why."""


def _enough(scenario: Scenario, n: int, of_what: str) -> None:
    if n < scenario.fewest:
        raise _CannotAskError(f"it wants {scenario.fewest} {of_what}, and here are {n or 'none'}")


def _sample(run: Run, chosen: NDArray[np.bool_]) -> Sample:
    return run.sample.part(chosen[run.sample.positions])


def _labelled_share(scenario: Scenario, run: Run, chosen: NDArray[np.bool_]) -> Estimate:
    """Recall, precision, specificity, accuracy: the share of hits among members."""
    sample = _sample(run, chosen)
    truth, predicted = sample.truth, sample.predicted
    if scenario.class_id is None:
        members, hits, words = np.ones(len(sample), bool), truth == predicted, "labelled X-rays"
    else:
        k, shown = CLASSES.index(scenario.class_id), DISPLAY_NAMES[scenario.class_id]
        members, hits, words = {
            "recall": (truth == k, predicted == k, f"X-rays labelled {shown}"),
            "precision": (predicted == k, truth == k, f"labelled X-rays answered {shown}"),
            "specificity": (truth != k, predicted != k, f"X-rays labelled other than {shown}"),
        }[scenario.metric]
    _enough(scenario, int(members.sum()), words)
    return proportion(hits[members], sample.groups[members])


def _auc(scenario: Scenario, run: Run, chosen: NDArray[np.bool_]) -> Estimate:
    sample = _sample(run, chosen)
    assert scenario.class_id is not None
    k, shown = CLASSES.index(scenario.class_id), DISPLAY_NAMES[scenario.class_id]
    is_class = sample.truth == k
    _enough(scenario, int(is_class.sum()), f"X-rays labelled {shown}")
    _enough(scenario, int((~is_class).sum()), f"X-rays labelled other than {shown}")
    scores = sample.probabilities[:, k]
    return sample.resampling.estimate(lambda weights: auc(weights, scores, is_class))


def _over_classes(scenario: Scenario, run: Run, chosen: NDArray[np.bool_]) -> Estimate:
    """Balanced accuracy, macro F1, macro AUC: each class that occurs counts the same."""
    sample = _sample(run, chosen)
    truth, predicted, probabilities = sample.truth, sample.predicted, sample.probabilities
    occurring = np.unique(truth)
    if len(occurring) < 2:
        raise _CannotAskError("it needs labelled X-rays of at least two classes")
    for k in occurring:
        words = f"X-rays labelled {DISPLAY_NAMES[CLASSES[k]]}"
        _enough(scenario, int(sample.counts[k]), words)
    n_classes = len(CLASSES)
    statistic: Statistic = {
        "balanced_accuracy": lambda w: balanced_accuracy(w, truth, predicted, n_classes),
        "macro_f1": lambda w: macro_f1(w, truth, predicted, n_classes),
        "macro_auc": lambda w: macro_auc(w, truth, probabilities),
    }[scenario.metric]
    return sample.resampling.estimate(statistic)


def _set_coverage(scenario: Scenario, run: Run, chosen: NDArray[np.bool_]) -> Estimate:
    sample = _sample(run, chosen)
    covered = _sets(run, sample.probabilities)[np.arange(len(sample)), sample.truth]
    members, words = np.ones(len(sample), bool), "labelled X-rays"
    if scenario.class_id is not None:
        members = sample.truth == CLASSES.index(scenario.class_id)
        words = f"X-rays labelled {DISPLAY_NAMES[scenario.class_id]}"
    _enough(scenario, int(members.sum()), words)
    return proportion(covered[members], sample.groups[members])


def _mean_set_size(scenario: Scenario, run: Run, chosen: NDArray[np.bool_]) -> Estimate:
    read = chosen & run.was_read
    _enough(scenario, int(read.sum()), "X-rays that could be read")
    sizes = _sets(run, run.probabilities[read]).sum(axis=1).astype(np.float64)
    one_stratum = np.zeros(len(sizes), np.intp)
    resampling = Resampling.of(one_stratum, run.groups[read], seed=0)
    return resampling.estimate(lambda weights: mean(weights, sizes))


def _sets(run: Run, probabilities: NDArray[np.float32]) -> NDArray[np.bool_]:
    if run.meta.card.sets is None:
        raise _CannotAskError("the bundle has no prediction sets")
    return run.meta.card.sets.mask(probabilities)


def _share_answered(scenario: Scenario, run: Run, chosen: NDArray[np.bool_]) -> Estimate:
    assert scenario.class_id is not None
    read = chosen & run.was_read
    _enough(scenario, int(read.sum()), "X-rays that could be read")
    answered = run.predicted[read] == CLASSES.index(scenario.class_id)
    return proportion(answered, run.groups[read])


def _share_read(scenario: Scenario, run: Run, chosen: NDArray[np.bool_]) -> Estimate:
    _enough(scenario, int(chosen.sum()), "files")
    return proportion(run.was_read[chosen], run.groups[chosen])


def _flips(scenario: Scenario, run: Run, chosen: NDArray[np.bool_]) -> Estimate:
    place = {file: i for i, file in enumerate(run.rows["file"])}
    partner = [place.get(name, -1) for name in _known(run, scenario.against)]
    named = [(i, partner[i]) for i in np.flatnonzero(chosen) if partner[i] >= 0]
    # where each names the other, they are still one pair
    pairs = np.array(sorted({(min(a, b), max(a, b)) for a, b in named if a != b}), np.intp)
    pairs = pairs.reshape(-1, 2)
    pairs = pairs[run.was_read[pairs].all(axis=1)]
    _enough(scenario, len(pairs), f"pairs by {scenario.against!r}, both in this run and read")
    flipped = run.predicted[pairs[:, 0]] != run.predicted[pairs[:, 1]]
    return proportion(flipped, run.groups[pairs[:, 0]])


_MEASURES: dict[str, Callable[[Scenario, Run, NDArray[np.bool_]], Estimate]] = {
    "recall": _labelled_share,
    "precision": _labelled_share,
    "specificity": _labelled_share,
    "accuracy": _labelled_share,
    "auc": _auc,
    "balanced_accuracy": _over_classes,
    "macro_f1": _over_classes,
    "macro_auc": _over_classes,
    "set_coverage": _set_coverage,
    "mean_set_size": _mean_set_size,
    "share_answered": _share_answered,
    "share_read": _share_read,
    "flips": _flips,
}
