"""Ask which classes the model confuses, and where it is most wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.check import check
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.figures import Bars, Exhibit, Gallery
from xraydemo.evaluation.result import CheckResult, Number, Table, Verdict
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.tell_result import percent, share_said
from xraydemo.metrics.bootstrap import Estimate
from xraydemo.metrics.intervals import proportion
from xraydemo.metrics.weighted import surprise

SURE = 0.9
OVERLAPPING = tuple(map(CLASSES.index, ("pneumonia", "opacity")))


@dataclass(frozen=True)
class Errors:
    """Settings of `performance.errors`.

    Attributes
    ----------
    shown : int
        Most X-rays in the gallery.
    """

    shown: int


@dataclass(frozen=True, eq=False)
class Confusion:
    """X-rays of one class that are called another."""

    truth: int
    called: int
    share: Estimate
    rows: NDArray[np.intp]

    def __str__(self) -> str:
        return f"{_named(self.truth)} called {_named(self.called)}"


@check(
    "performance.errors",
    "Which classes does it confuse, and where is it most wrong?",
    needs=("labels",),
    parameters=Errors,
)
def errors(context: Context[Errors]) -> CheckResult:
    """List confusions by number, and the mistakes with the largest loss; there is no verdict."""
    sample = context.run.sample
    wrong = np.flatnonzero(sample.predicted != sample.truth)
    rate = proportion(sample.predicted != sample.truth, sample.groups)
    number = Number.of("share wrong", "all", rate)
    if not len(wrong):
        headline = (
            f"All {len(sample):,} answers are right; elsewhere up to {percent(rate.high, 1)} may "
            "be wrong (95 % interval)"
        )
        return CheckResult(Verdict.INFO, headline, number)
    confusions = _confusions(sample)
    return CheckResult(
        Verdict.INFO,
        _headline(rate, len(wrong), confusions[0]),
        number,
        findings=(*_sure_mistakes(sample, wrong), *_overlap(sample, wrong)),
        tables=(
            Table(
                "Which class is called what (shares of the class)",
                tuple(Number.of("share", str(c), c.share) for c in confusions),
            ),
        ),
        figures=(_bars(sample, confusions), _gallery(sample, wrong, context.parameters.shown)),
    )


def _confusions(sample: Sample) -> list[Confusion]:
    """Give those that occur, the most X-rays first."""
    found = []
    for k in np.unique(sample.truth):
        members = sample.truth == k
        for j in np.unique(sample.predicted[members]):
            if j != k:
                called = sample.predicted == j
                share = proportion(called[members], sample.groups[members])
                found.append(Confusion(int(k), int(j), share, np.flatnonzero(members & called)))
    return sorted(found, key=lambda c: -len(c.rows))


def _headline(rate: Estimate, n_wrong: int, most: Confusion) -> str:
    mistakes = "answer is" if n_wrong == 1 else "answers are"
    return (
        f"{n_wrong:,} of {rate.n:,} {mistakes} wrong ({percent(rate.value, 1)}, 95 % interval "
        f"{percent(rate.low, 1)} to {percent(rate.high, 1)}); the commonest mistake is {most} "
        f"({len(most.rows)} of {n_wrong:,})"
    )


def _sure_mistakes(sample: Sample, wrong: NDArray[np.intp]) -> tuple[str, ...]:
    sure = sample.probabilities.max(axis=1) > SURE
    mistakes = int(sure[wrong].sum())
    if not mistakes:
        return (f"It is never more than {percent(SURE)} sure where it is wrong.",)
    share = proportion((sample.predicted != sample.truth)[sure], sample.groups[sure])
    sentence = (
        f"{mistakes} of the {len(wrong):,} wrong answers were given with more than {percent(SURE)} "
        f"certainty, {share_said(share)} of all {share.n:,} answers as sure as that: look at these "
        "first, the label may be wrong, or the reason."
    )
    return (sentence,)


def _overlap(sample: Sample, wrong: NDArray[np.intp]) -> tuple[str, ...]:
    """Say how many mistakes are between classes that don't exclude each other."""
    mistaken = sample.predicted != sample.truth
    both = _overlapping(sample.truth) & _overlapping(sample.predicted)
    within = int((mistaken & both).sum())
    if not within:
        return ()
    left = proportion(mistaken & ~both, sample.groups)
    sentence = (
        f"{within:,} of the {len(wrong):,} are between pneumonia and lung opacity, which are names "
        f"of collections and do not exclude each other; without these, {share_said(left)} of "
        f"{left.n:,} answers are wrong."
    )
    return (sentence,)


def _overlapping(labels: NDArray[np.intp]) -> NDArray[np.bool_]:
    return np.isin(labels, OVERLAPPING)


def _bars(sample: Sample, confusions: list[Confusion]) -> Bars:
    return Bars(
        title="What is confused",
        unit="share of the class",
        labels=tuple(str(c) for c in confusions),
        values=tuple(c.share.value for c in confusions),
        lows=tuple(c.share.low for c in confusions),
        highs=tuple(c.share.high for c in confusions),
        lines={},
        groups=tuple(tuple(map(int, sample.positions[c.rows])) for c in confusions),
    )


def _gallery(sample: Sample, wrong: NDArray[np.intp], shown: int) -> Gallery:
    loss = surprise(sample.truth[wrong], sample.probabilities[wrong])
    worst = wrong[np.argsort(-loss, kind="stable")[:shown]]
    return Gallery(
        title=f"The worst mistakes, {len(worst):,} of {len(wrong):,}",
        exhibits=tuple(
            Exhibit((int(sample.positions[i]),), _caption(sample, int(i))) for i in worst
        ),
    )


def _caption(sample: Sample, i: int) -> str:
    truth, called = int(sample.truth[i]), int(sample.predicted[i])
    of_truth, of_called = sample.probabilities[i, truth], sample.probabilities[i, called]
    return (
        f"Labelled {_named(truth)} ({percent(of_truth, 1)}), called {_named(called)} "
        f"({percent(of_called, 1)})"
    )


def _named(k: int) -> str:
    return DISPLAY_NAMES[CLASSES[k]]
