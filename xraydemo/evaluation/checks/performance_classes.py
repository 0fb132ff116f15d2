"""Ask what the model gets right and wrong, class by class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.check import check
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.figures import Bars, Curves, Figure, Grid, Line
from xraydemo.evaluation.result import (
    WORST_FIRST,
    CheckResult,
    Number,
    Table,
    Verdict,
    cannot_check,
    judge_promise,
)
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.tell_result import listed, percent
from xraydemo.metrics import weighted
from xraydemo.metrics.bootstrap import LEVEL, Estimate
from xraydemo.metrics.curves import Points, precision_recall_points, roc_points
from xraydemo.metrics.intervals import proportion

NORMAL, PNEUMONIA, OPACITY = map(CLASSES.index, ("normal", "pneumonia", "opacity"))


@dataclass(frozen=True)
class Classes:
    """Settings of `performance.classes`.

    Attributes
    ----------
    warn, fail : float
        Recall of a class.
    floor : int
        Least X-rays of a class.
    """

    warn: float
    fail: float
    floor: int


@dataclass(frozen=True)
class Judged:
    """One class's recall, and what it means."""

    k: int
    recall: Estimate
    verdict: Verdict


@check(
    "performance.classes",
    "What does the model get right and wrong?",
    needs=("labels",),
    parameters=Classes,
)
def classes(context: Context[Classes]) -> CheckResult:
    """Judge the worst recall of a class; its interval is corrected for the number of classes."""
    lines, sample = context.parameters, context.run.sample
    occurring = [int(k) for k in np.unique(sample.truth)]
    enough = [k for k in occurring if sample.counts[k] >= lines.floor]
    if not enough:
        counts = listed(f"{sample.counts[k]:,} of {_named(k)}" for k in occurring)
        return cannot_check(
            f"Too few labelled X-rays to judge any class: {counts}. It takes {lines.floor} of one"
        )
    level = 1 - (1 - LEVEL) / len(enough)
    judged = [_judge(sample, k, level, lines) for k in enough]
    decided = min(judged, key=lambda j: (WORST_FIRST.index(j.verdict), j.recall.value))
    return CheckResult(
        decided.verdict,
        _headline(decided, len(judged)),
        Number.of("recall", CLASSES[decided.k], decided.recall),
        findings=tuple(_findings(sample, judged, decided, lines)),
        tables=(_of_each(sample, occurring), _of_all(sample), _of_merged(sample)),
        figures=(
            _confusion(sample, occurring),
            _recalls(sample, occurring, lines),
            *_curves(sample, occurring),
        ),
    )


def _judge(sample: Sample, k: int, level: float, lines: Classes) -> Judged:
    recall = _recall(sample, k, level)
    verdict = judge_promise(recall.low, recall.value, recall.high, warn=lines.warn, fail=lines.fail)
    return Judged(k, recall, verdict)


def _headline(decided: Judged, m: int) -> str:
    recall, name = decided.recall, _named(decided.k)
    together = f", allowing for {m} classes having been looked at" if m > 1 else ""
    start = (
        f"The model finds {percent(recall.value, 1)} of the {recall.n:,} X-rays of {name} "
        f"(95 % interval {percent(recall.low, 1)} to {percent(recall.high, 1)}{together})"
    )
    if decided.verdict is Verdict.PASS:
        return f"{start}; the other classes do better" if m > 1 else start
    if decided.verdict is Verdict.FAIL:
        return f"{start}: it misses too many to be of use for this class"
    return f"{start}: that it finds enough of them is not shown"


def _findings(sample: Sample, judged: list[Judged], decided: Judged, lines: Classes) -> list[str]:
    found = []
    for j in sorted(judged, key=lambda j: j.recall.value):
        words = []
        if j.verdict is not Verdict.PASS and j is not decided:
            words.append(
                f"{_named(j.k)}: {percent(j.recall.value, 1)} of {j.recall.n:,} are found "
                f"({percent(j.recall.low, 1)} to {percent(j.recall.high, 1)}); "
                f"{percent(lines.warn)} at least is wanted."
            )
        if j.recall.value < 1:
            words.append(_where_the_missed_go(sample, j.k))
        found += [" ".join(words)] if words else []
    for k in range(len(CLASSES)):
        called = sample.predicted == k
        right = proportion((sample.truth == k)[called], sample.groups[called])
        if right.n >= lines.floor and right.high < lines.warn:
            found.append(
                f"When the model says {_named(k)}, it is right in {percent(right.value, 1)} of "
                f"{right.n:,} cases only ({percent(right.low, 1)} to {percent(right.high, 1)})."
            )
    small = [k for k in range(len(CLASSES)) if 0 < sample.counts[k] < lines.floor]
    if small:
        named = listed(f"{_named(k)} ({sample.counts[k]:,} X-rays)" for k in small)
        found.append(f"Not judged, for less than {lines.floor} X-rays say little: {named}.")
    absent = [k for k in range(len(CLASSES)) if not sample.counts[k]]
    if absent:
        named = listed(map(_named, absent))
        found.append(f"There is no X-ray of {named} here: nothing is known about finding it.")
    return found


def _where_the_missed_go(sample: Sample, k: int) -> str:
    missed = (sample.truth == k) & (sample.predicted != k)
    called = np.bincount(sample.predicted[missed], minlength=len(CLASSES))
    most = int(called.argmax())
    n = int(missed.sum())
    if n == 1:
        return f"The one missed X-ray of {_named(k)} is called {_named(most)}."
    if called[most] == n:
        return f"All {n:,} missed X-rays of {_named(k)} are called {_named(most)}."
    return (
        f"Of the {n:,} missed X-rays of {_named(k)}, {called[most]} are called {_named(most)}, "
        "more than anything else."
    )


def _of_each(sample: Sample, occurring: list[int]) -> Table:
    rows = []
    for k in occurring:
        members, called = sample.truth == k, sample.predicted == k
        right = proportion(members[called], sample.groups[called])
        rows += [
            Number.of("recall", CLASSES[k], _recall(sample, k, LEVEL)),
            Number.of("precision", CLASSES[k], right),
            Number.of("F1", CLASSES[k], _f1(sample, k)),
            Number.of("AUC against the rest", CLASSES[k], _auc(sample, k)),
        ]
    return Table("Each class", tuple(rows))


def _of_all(sample: Sample) -> Table:
    truth, predicted, n = sample.truth, sample.predicted, len(CLASSES)
    estimate = sample.resampling.estimate
    right = proportion(truth == predicted, sample.groups)
    return Table(
        "All classes together",
        (
            Number.of("accuracy", "all", right),
            Number.of(
                "balanced accuracy",
                "all",
                estimate(lambda w: weighted.balanced_accuracy(w, truth, predicted, n)),
            ),
            Number.of(
                "macro F1", "all", estimate(lambda w: weighted.macro_f1(w, truth, predicted, n))
            ),
            Number.of("MCC", "all", estimate(lambda w: weighted.mcc(w, truth, predicted, n))),
            Number.of(
                "macro AUC",
                "all",
                estimate(lambda w: weighted.macro_auc(w, truth, sample.probabilities)),
            ),
        ),
    )


def _of_merged(sample: Sample) -> Table:
    """Measure again with classes that don't exclude each other taken as one."""
    truth, probabilities = sample.truth, sample.probabilities
    merged_truth = np.where(truth == OPACITY, PNEUMONIA, truth)
    merged = probabilities[:, :OPACITY].copy()
    merged[:, PNEUMONIA] += probabilities[:, OPACITY]
    answer = merged.argmax(axis=1)
    estimate = sample.resampling.estimate
    abnormal = truth != NORMAL
    rows = [
        Number.of(
            "balanced accuracy",
            "pneumonia and opacity as one",
            estimate(lambda w: weighted.balanced_accuracy(w, merged_truth, answer, OPACITY)),
        )
    ]
    if 0 < abnormal.sum() < len(truth):
        score = -probabilities[:, NORMAL]
        rows.append(
            Number.of(
                "AUC",
                "abnormal against normal",
                estimate(lambda w: weighted.auc(w, score, abnormal)),
            )
        )
    return Table("Classes taken as one", tuple(rows))


def _recall(sample: Sample, k: int, level: float) -> Estimate:
    members = sample.truth == k
    return proportion((sample.predicted == k)[members], sample.groups[members], level)


def _f1(sample: Sample, k: int) -> Estimate:
    """Give F1 = 2 J / (1 + J), where J is a proportion: of truth or answer k, both are k."""
    members, called = sample.truth == k, sample.predicted == k
    either = members | called
    both = proportion((members & called)[either], sample.groups[either])
    value, low, high = (2 * j / (1 + j) for j in both[:3])
    return Estimate(value, low, high, both.n, both.n_groups)


def _auc(sample: Sample, k: int) -> Estimate:
    scores, members = sample.probabilities[:, k], sample.truth == k
    return sample.resampling.estimate(lambda w: weighted.auc(w, scores, members))


def _confusion(sample: Sample, occurring: list[int]) -> Grid:
    cells = tuple(
        tuple(
            tuple(map(int, sample.positions[(sample.truth == k) & (sample.predicted == j)]))
            for j in range(len(CLASSES))
        )
        for k in occurring
    )
    return Grid(
        title="What each class is called",
        row_title="label",
        column_title="the model says",
        row_labels=tuple(CLASSES[k] for k in occurring),
        column_labels=CLASSES,
        values=tuple(tuple(float(len(cell)) for cell in row) for row in cells),
        groups=cells,
    )


def _recalls(sample: Sample, occurring: list[int], lines: Classes) -> Bars:
    recalls = [_recall(sample, k, LEVEL) for k in occurring]
    return Bars(
        title="How much of each class is found",
        unit="recall",
        labels=tuple(CLASSES[k] for k in occurring),
        values=tuple(r.value for r in recalls),
        lows=tuple(r.low for r in recalls),
        highs=tuple(r.high for r in recalls),
        lines={"warn": lines.warn, "fail": lines.fail},
        groups=tuple(tuple(map(int, sample.positions[sample.truth == k])) for k in occurring),
    )


def _curves(sample: Sample, occurring: list[int]) -> tuple[Figure, ...]:
    return (
        Curves(
            title="ROC: how many are found, at which cost",
            x_label="share of the other classes that is called so (false positive rate)",
            y_label="share of the class that is found (recall)",
            lines=tuple(_line(k, roc_points(*_one(sample, k))) for k in occurring),
            diagonal=True,
        ),
        Curves(
            title="Precision and recall",
            x_label="share of the class that is found (recall)",
            y_label="share of what is called so that is right (precision)",
            lines=tuple(_line(k, precision_recall_points(*_one(sample, k))) for k in occurring),
        ),
    )


def _one(sample: Sample, k: int) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    return sample.truth == k, sample.probabilities[:, k]


def _line(k: int, points: Points) -> Line:
    return Line(CLASSES[k], *points)


def _named(k: int) -> str:
    return DISPLAY_NAMES[CLASSES[k]]
