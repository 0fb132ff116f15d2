"""Whether copies of one X-ray carry different labels, and which labels look wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd
from cleanlab.filter import find_label_issues
from numpy.typing import NDArray

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.cohort.twins import twin_groups
from xraydemo.evaluation.check import check
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.figures import Exhibit, Gallery
from xraydemo.evaluation.known_inside import is_of_training_table
from xraydemo.evaluation.result import CheckResult, Number, Table, Verdict, cannot_check
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.tell import classes_with_enough
from xraydemo.evaluation.tell_result import counted, left_out, listed, percent, share_said
from xraydemo.metrics.intervals import proportion

LEARNT_FROM = "pool"  # the split that `xraydemo train` takes


@dataclass(frozen=True)
class LabelConflicts:
    """Settings of `data.label_conflicts`.

    Attributes
    ----------
    shown : int
        Entries of each gallery.
    floor : int
        Least X-rays of a class to judge its labels by the model.
    """

    shown: int
    floor: int


@dataclass(frozen=True, eq=False)
class Suspects:
    """Labels that the model's probabilities speak against.

    Attributes
    ----------
    sample : Sample
        The X-rays that were asked about.
    found : ndarray of bool, shape (n,)
    margin : ndarray of float32, shape (n,)
        Probability of the label less that of the likeliest other class: -1 is the worst.
    """

    sample: Sample
    found: NDArray[np.bool_]
    margin: NDArray[np.float32]

    @classmethod
    def of(cls, sample: Sample) -> Suspects:
        """Find them by confident learning [1]_.

        It learns from the probabilities how sure the model is of each class where it is labelled
        so, and from that how many labels of each class belong to which other; of these the least
        likely are named.

        Parameters
        ----------
        sample : Sample
            Of two classes at least; its other classes' probabilities are left out.

        References
        ----------
        .. [1] Northcutt, Jiang, Chuang, Confident learning: estimating uncertainty in dataset
           labels, Journal of Artificial Intelligence Research 70, 2021.
        """
        classes, labels = np.unique(sample.truth, return_inverse=True)
        likely = sample.probabilities[:, classes].astype(np.float64) + 1e-12
        likely /= likely.sum(axis=1, keepdims=True)
        found = np.asarray(find_label_issues(labels, likely, n_jobs=1), dtype=bool)
        rows = np.arange(len(sample))
        of_label = sample.probabilities[rows, sample.truth]
        others = sample.probabilities.copy()
        others[rows, sample.truth] = -1.0
        return cls(sample, found, of_label - others.max(axis=1))


@check(
    "data.label_conflicts",
    "Do copies carry different labels, and which labels look wrong?",
    needs=("labels",),
    parameters=LabelConflicts,
)
def data_label_conflicts(context: Context[LabelConflicts]) -> CheckResult:
    """Count copies with two labels, which decide; and name the labels that the model doubts."""
    run, settings = context.run, context.parameters
    sample, small = classes_with_enough(run.sample, settings.floor)
    suspects = Suspects.of(sample) if len(set(sample.truth)) > 1 else None
    sets = _labelled_copies(run)
    conflicts = [places for places in sets if len(set(run.truth[places])) > 1]
    if not conflicts and suspects is None:
        return cannot_check(
            "No copies disagree, and to judge single labels it takes two classes with at least "
            f"{settings.floor} labelled X-rays each, of 5 patients or more"
        )
    kinds = _kinds(run, conflicts)
    number = Number.count("X-rays with different labels", "copies", len(conflicts), len(run.sample))
    return CheckResult(
        Verdict.WARN if conflicts else Verdict.PASS,
        _headline(conflicts, sets),
        number,
        findings=(
            *_conflicts_in_words(kinds),
            *_suspects_in_words(run, suspects),
            *left_out(small, run.sample, settings.floor),
        ),
        tables=(
            Table(
                "Copies with different labels",
                (
                    number,
                    *(Number.count("X-rays", k, c, len(run.sample)) for k, c in kinds.items()),
                ),
            ),
            *(_suspect_table(suspects) if suspects else ()),
        ),
        figures=(
            *_gallery_of_conflicts(run, conflicts, settings.shown),
            *(_gallery_of_suspects(suspects, settings.shown) if suspects else ()),
        ),
    )


def _labelled_copies(run: Run) -> list[NDArray[np.intp]]:
    """List the positions of each X-ray of which several labelled files are there."""
    picture = twin_groups(len(run), run.twins)
    positions = pd.Series(run.sample.positions)
    sets = [group.to_numpy() for _, group in positions.groupby(picture[positions])]
    return [places for places in sets if len(places) > 1]


def _kinds(run: Run, conflicts: list[NDArray[np.intp]]) -> dict[str, int]:
    names = [
        " / ".join(DISPLAY_NAMES[CLASSES[k]] for k in np.unique(run.truth[places]))
        for places in conflicts
    ]
    return {str(name): int(count) for name, count in pd.Series(names).value_counts().items()}


def _headline(conflicts: list[NDArray[np.intp]], sets: list[NDArray[np.intp]]) -> str:
    if conflicts:
        return (
            f"{counted(len(conflicts), 'X-ray stands', 'X-rays stand')} here under different "
            f"labels, of {counted(len(sets), 'that stands', 'that stand')} here more than once: at "
            "most one label of each can be meant."
        )
    if sets:
        stand = counted(len(sets), "X-ray stands", "X-rays stand")
        return f"{stand} here more than once, each under one label."
    return "No X-ray stands here twice, so no copies disagree about their label."


def _conflicts_in_words(kinds: dict[str, int]) -> tuple[str, ...]:
    if not kinds:
        return ()
    named = listed(f"{kind} ({counted(count)})" for kind, count in kinds.items())
    return (
        f"The labels in conflict: {named}.",
        (
            "What to do: ask the source which label is meant, or leave these X-rays out; no model "
            "can be right on both copies."
        ),
    )


def _suspects_in_words(run: Run, suspects: Suspects | None) -> tuple[str, ...]:
    if suspects is None:
        return ()
    share = proportion(suspects.found, suspects.sample.groups)
    if not suspects.found.any():
        return (f"The model's probabilities speak against no other label (n = {share.n:,}).",)
    words = (
        f"{counted(int(suspects.found.sum()), 'label looks', 'labels look')} wrong to the model "
        f"({share_said(share)} of {share.n:,}; confident learning). Each is a wrong label or a "
        "wrong model, which only eyes can tell: look at the gallery from the top."
    )
    learnt = _learnt(run)[suspects.sample.positions]
    if not learnt.any():
        return (words, *_whole_classes_in_words(suspects))
    return (
        words,
        *_whole_classes_in_words(suspects),
        (
            f"{learnt.sum():,} of these X-rays may be ones that the model was trained on. It has "
            "seen their labels, wrong ones, too, and doubts too few of them."
        ),
    )


def _whole_classes_in_words(suspects: Suspects) -> tuple[str, ...]:
    """Name the classes of which most labels look wrong: that is not a matter of single labels."""
    sample = suspects.sample
    most = [k for k in np.unique(sample.truth) if suspects.found[sample.truth == k].mean() > 0.5]
    return tuple(
        f"Of {DISPLAY_NAMES[CLASSES[k]]}, {percent(suspects.found[sample.truth == k].mean())} look "
        "wrong: so many are hardly single slips. Either the class means something else here than "
        "where the model learnt it, or the model fails on it."
        for k in most
    )


def _learnt(run: Run) -> NDArray[np.bool_]:
    """Tell which X-rays the bundle may have been trained on, by pixels, or else by the table."""
    by_pixels = run.judgements["in_training_table"]
    if by_pixels[run.was_read].notna().all():
        return by_pixels.eq(True).to_numpy(bool)
    if not is_of_training_table(run):
        return np.zeros(len(run), dtype=bool)
    return run.known("split").isin(["", LEARNT_FROM]).to_numpy(bool)


def _suspect_table(suspects: Suspects) -> tuple[Table, ...]:
    sample = suspects.sample
    masks = {"all": np.ones(len(sample), dtype=bool)}
    masks |= {CLASSES[k]: sample.truth == k for k in np.unique(sample.truth)}
    rows = tuple(
        Number.of(
            "share that looks wrong", where, proportion(suspects.found[mask], sample.groups[mask])
        )
        for where, mask in masks.items()
    )
    return (Table("Labels that look wrong to the model", rows),)


def _gallery_of_conflicts(
    run: Run, conflicts: list[NDArray[np.intp]], shown: int
) -> tuple[Gallery, ...]:
    if not conflicts:
        return ()
    exhibits = tuple(
        Exhibit(
            tuple(map(int, places)),
            _labels_counted(run.truth[places]),
        )
        for places in conflicts[:shown]
    )
    return (Gallery("Copies with different labels", exhibits),)


def _labels_counted(truth: NDArray[np.intp]) -> str:
    """Give each label once, with how many files have it, the commonest first."""
    counts = Counter(DISPLAY_NAMES[CLASSES[k]] for k in truth)
    return ", ".join(f"{name} x {count}" for name, count in counts.most_common())


def _gallery_of_suspects(suspects: Suspects, shown: int) -> tuple[Gallery, ...]:
    sample = suspects.sample
    found = np.flatnonzero(suspects.found)
    if not len(found):
        return ()
    order = found[np.argsort(suspects.margin[found], kind="stable")][:shown]
    exhibits = tuple(
        Exhibit(
            (int(sample.positions[i]),),
            f"labelled {_sure(sample, i, sample.truth[i])}, "
            f"the model says {_sure(sample, i, sample.predicted[i])}",
        )
        for i in order
    )
    return (Gallery("Labels that look wrong to the model", exhibits),)


def _sure(sample: Sample, row: int, k: int) -> str:
    return f"{DISPLAY_NAMES[CLASSES[k]]} ({percent(sample.probabilities[row, k])})"
