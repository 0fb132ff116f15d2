"""Whether the same X-ray stands in the set twice, or on both sides of a split."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.cohort.twins import twin_groups
from xraydemo.evaluation.check import check
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.figures import Exhibit, Gallery
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
from xraydemo.metrics.bootstrap import Estimate
from xraydemo.metrics.intervals import proportion
from xraydemo.metrics.weighted import Draws, Weights, macro_auc, macro_f1

Mask = NDArray[np.bool_]
TEST = "test"


@dataclass(frozen=True)
class Duplicates:
    """Settings of `data.duplicates`.

    Attributes
    ----------
    warn, fail : float
        Share of the test set that stands on the other side of the split, too.
    within : float
        Share of needless copies, in a set without a split or within the splits, above which
        they are warned of.
    shown : int
        Entries of the gallery.
    """

    warn: float
    fail: float
    within: float
    shown: int


@dataclass(frozen=True, eq=False)
class Copies:
    """Which X-rays of a run are the same, on which side of a split, and of which patient.

    Attributes
    ----------
    run : Run
    split : ndarray of str, shape (n,)
        "" where unknown, or where nothing was read.
    patient : ndarray of str, shape (n,)
        As the cohort knows it; "" where unknown.
    """

    run: Run
    split: NDArray[np.str_]
    patient: NDArray[np.str_]

    @classmethod
    def of(cls, run: Run) -> Copies:
        """Look them up."""
        split = run.known("split").where(run.was_read, "").to_numpy(str)
        own = run.known("patient_id").to_numpy(str)
        group = run.rows["group"].to_numpy(str)
        return cls(run, split, np.where(own != "", own, group))

    @cached_property
    def picture(self) -> NDArray[np.intp]:
        """Number the different pictures, shape (n,): copies have the same number."""
        return twin_groups(len(self.run), self.run.twins)

    @cached_property
    def sets(self) -> list[NDArray[np.intp]]:
        """List the positions of each X-ray that stands there more than once."""
        twice = np.flatnonzero(np.bincount(self.picture) > 1)
        places = np.flatnonzero(np.isin(self.picture, twice))
        order = np.argsort(self.picture[places], kind="stable")
        _, starts = np.unique(self.picture[places][order], return_index=True)
        return np.split(places[order], starts[1:]) if len(places) else []

    @cached_property
    def needless(self) -> Mask:
        """Tell which are copies of an earlier one, shape (n,)."""
        needless = np.zeros(len(self.run), dtype=bool)
        for places in self.sets:
            needless[places[1:]] = True
        return needless

    @cached_property
    def needless_in_split(self) -> Mask:
        """Tell which are copies of an earlier one in the same split, shape (n,)."""
        table = pd.DataFrame({"picture": self.picture, "split": self.split})
        return np.asarray(table.duplicated() & self.run.was_read, dtype=bool)

    @property
    def ungrouped(self) -> Mask:
        """Tell which needless copies the run takes to be independent of the first, shape (n,)."""
        first = pd.Series(self.run.groups).groupby(self.picture).transform("first")
        return np.asarray(self.needless & (first != self.run.groups), dtype=bool)

    @property
    def sides(self) -> list[str]:
        """List the splits, the largest first."""
        return list(pd.Series(self.split[self.split != ""]).value_counts().index)

    @property
    def tested(self) -> Mask:
        """Tell which X-rays a score would be reported on, shape (n,).

        Those of splits called test; if there is none, all but the largest split.
        """
        called = [side for side in self.sides if side.lower().startswith(TEST)]
        return np.isin(self.split, called or self.sides[1:])

    def across(self, key: NDArray[np.generic]) -> Mask:
        """Tell which X-rays share their key with one in another split, shape (n,)."""
        table = pd.DataFrame({"key": key, "split": self.split})
        table = table[(table["split"] != "") & (table["key"].astype(str) != "")]
        shared = table.groupby("key")["split"].nunique() > 1
        found = np.zeros(len(self.run), dtype=bool)
        found[table.index[table["key"].map(shared).to_numpy(bool)]] = True
        return found


@check(
    "data.duplicates",
    "Is the same X-ray in the set twice, or on both sides of a split?",
    parameters=Duplicates,
)
def data_duplicates(context: Context[Duplicates]) -> CheckResult:
    """Count twins (see `find_twins`) and patients across splits, and twins within them.

    What stands in another split decides; needless copies within a split, or in a set without one,
    can only warn. All X-rays are compared with all others, so the answer is settled for this set.
    """
    run, lines = context.run, context.parameters
    if run.was_read.sum() < 2:
        return cannot_check("It takes at least two X-rays that can be read to look for copies")
    copies = Copies.of(run)
    return _across(copies, lines) if len(copies.sides) > 1 else _within(copies, lines)


def _across(copies: Copies, lines: Duplicates) -> CheckResult:
    tested = copies.tested
    twin, patient = copies.across(copies.picture), copies.across(copies.patient)
    leaked = twin | patient
    share = proportion(leaked[tested], copies.run.groups[tested])
    verdict, _ = judge_harm(share.low, share.value, share.high, warn=lines.warn, fail=lines.fail)
    needless = _shares_of_needless(copies)
    inside = needless["all"]
    within, _ = judge_harm(
        inside.low, inside.value, inside.high, warn=lines.within, fail=float("inf")
    )
    only_within = verdict is Verdict.PASS and within is Verdict.WARN
    name = listed(sorted(set(copies.split[tested])))
    if only_within:
        again = _again(copies, tested, copies.needless_in_split, "with each X-ray once")
    else:
        again = _again(copies, tested, leaked, "without them")
    numbers = [
        Number.of("share on both sides", f"{name}: same X-ray or patient", share),
        *(
            Number.of(
                "share on both sides",
                f"{name}: same {what}",
                proportion(mask[tested], copies.run.groups[tested]),
            )
            for what, mask in (("X-ray", twin), ("patient", patient))
        ),
    ]
    across = _headline_across(verdict, share, int(leaked[tested].sum()), name)
    needless_rows = tuple(
        Number.of("share of needless copies", where, one) for where, one in needless.items()
    )
    tables = (
        Table("On both sides of the split", tuple(numbers)),
        Table("Copies of an earlier X-ray in the same split", needless_rows),
    )
    return CheckResult(
        within if only_within else verdict,
        _headline_within_splits(copies, inside) if only_within else across,
        needless_rows[0] if only_within else numbers[0],
        findings=(
            *((across,) if only_within else ()),
            *_independent_in_words(copies),
            *_sides_in_words(twin & tested, patient & tested, name),
            *_again_in_words(again),
            *_twice_in_words(copies),
            *_advice(bool(leaked[tested].any()) or only_within),
        ),
        tables=(
            *(reversed(tables) if only_within else tables),
            *again,
            _counts(copies),
        ),
        figures=_gallery(copies, lines.shown),
    )


def _within(copies: Copies, lines: Duplicates) -> CheckResult:
    run = copies.run
    share = proportion(copies.needless[run.was_read], run.groups[run.was_read])
    verdict, _ = judge_harm(
        share.low, share.value, share.high, warn=lines.within, fail=float("inf")
    )
    again = _again(copies, run.was_read, copies.needless, "with each X-ray once")
    return CheckResult(
        verdict,
        _headline_within(copies, share),
        Number.of("share of needless copies", "all", share),
        findings=(
            *_no_split_in_words(copies),
            *_independent_in_words(copies),
            *_again_in_words(again),
            *_labels_in_words(copies),
            *_advice(bool(copies.sets)),
        ),
        tables=(
            _counts(copies),
            *again,
        ),
        figures=_gallery(copies, lines.shown),
    )


def _headline_across(verdict: Verdict, share: Estimate, leaked: int, name: str) -> str:
    if not leaked:
        return f"No X-ray of the split {name} stands in another split, too (n = {share.n:,})."
    found = (
        f"{leaked:,} of the {counted(share.n)} of the split {name}, {share_said(share)}, "
        f"{'stands' if leaked == 1 else 'stand'} in another split, too, or another X-ray of the "
        "same patient does"
    )
    if verdict is Verdict.PASS:
        return f"{found}: too few to matter."
    return f"{found}: a model that was trained on that one has seen the answers."


def _headline_within(copies: Copies, share: Estimate) -> str:
    if not copies.sets:
        return f"No X-ray stands here twice (n = {share.n:,})."
    return (
        f"{_repeated(copies)} here more than once, with {_needless(copies.needless)}: "
        f"{share_said(share)} of {share.n:,}."
    )


def _headline_within_splits(copies: Copies, share: Estimate) -> str:
    return (
        f"Many X-rays stand more than once in the same split, with "
        f"{_needless(copies.needless_in_split)}: {share_said(share)} of {share.n:,} files."
    )


def _repeated(copies: Copies) -> str:
    return counted(len(copies.sets), "X-ray stands", "X-rays stand")


def _needless(mask: Mask) -> str:
    return counted(int(mask.sum()), "needless copy", "needless copies")


def _shares_of_needless(copies: Copies) -> dict[str, Estimate]:
    """Measure how many are copies of an earlier one in the same split: in all, and in each."""
    masks = {"all": copies.run.was_read}
    masks |= {str(side): copies.split == side for side in copies.sides}
    return {
        where: proportion(copies.needless_in_split[mask], copies.run.groups[mask])
        for where, mask in masks.items()
    }


def _independent_in_words(copies: Copies) -> tuple[str, ...]:
    """Say how many X-rays there are but for copies, and whether the intervals know it."""
    if not copies.sets:
        return ()
    run = copies.run
    read, needless = int(run.was_read.sum()), int(copies.needless.sum())
    start = f"The {counted(read, 'file')} that were read show {read - needless:,} different X-rays"
    if ungrouped := int(copies.ungrouped.sum()):
        stand = counted(ungrouped, "copy stands", "copies stand")
        words = (
            f"{start}, but {stand} in another group than the first (groups: {run.grouping}) and "
            "count as independent: every n is too large and every interval too narrow."
        )
    else:
        words = (
            f"{start}. Copies of one X-ray are in one group here (groups: {run.grouping}), so the "
            "intervals allow for them; but every n, and every share, counts each file."
        )
    return (words,)


def _sides_in_words(twin: Mask, patient: Mask, name: str) -> tuple[str, ...]:
    if not (twin | patient).any():
        return ()
    return (
        (
            f"Of the split {name}, {counted(int(twin.sum()), 'X-ray is', 'X-rays are')} in another "
            f"split, too, and {counted(int(patient.sum()), 'shares', 'share')} a patient with one "
            "there."
        ),
    )


def _twice_in_words(copies: Copies) -> tuple[str, ...]:
    if not copies.sets:
        return ()
    return (
        f"In all, {_repeated(copies)} here more than once, within a split or across.",
        *_labels_in_words(copies),
    )


def _labels_in_words(copies: Copies) -> tuple[str, ...]:
    disagreeing = sum(len(_labels(copies, places)) > 1 for places in copies.sets)
    if not disagreeing:
        return ()
    carry = counted(disagreeing, "of them carries", "of them carry")
    return (f"{carry} different labels: see data.label_conflicts.",)


def _no_split_in_words(copies: Copies) -> tuple[str, ...]:
    if copies.sides:
        return (
            (
                f"This run holds X-rays of one split only ({copies.sides[0]}): whether they stand "
                "in another, too, is seen only in a run of the whole table."
            ),
        )
    return (
        (
            "There is no column split, so nothing can be said about training and test; this counts "
            "the copies within the set."
        ),
    )


def _advice(found: bool) -> tuple[str, ...]:
    if not found:
        return ()
    return (
        (
            "What it means: copies count one X-ray several times, and on both sides of a split "
            "they let a model answer from memory."
        ),
        (
            "What to do: look at the pairs below, keep one of each, and split by patient or by "
            "copies (`group`), never by file."
        ),
    )


def _again(copies: Copies, tested: Mask, removed: Mask, how: str) -> tuple[Table, ...]:
    """Measure the model with and without some X-rays; no table where nothing is removed."""
    sample = copies.run.sample
    part = sample.part(tested[sample.positions])
    kept = ~removed[part.positions]
    if kept.all() or len(np.unique(part.truth[kept])) < 2:
        return ()
    rows = []
    for name, metric in (("macro AUC", _auc), ("macro F1", _f1)):
        rows += [
            Number.of(name, where, estimate)
            for where, estimate in zip(
                ("all of them", how, "change"), _with_and_without(metric, part, kept), strict=True
            )
        ]
    return (Table(f"The model, {how}", tuple(rows)),)


def _with_and_without(
    metric: Callable[[Weights, Sample], Draws], part: Sample, kept: Mask
) -> tuple[Estimate, Estimate, Estimate]:
    """Estimate a metric on all, on what is kept, and the paired change."""
    rest = part.part(kept)
    return (
        part.resampling.estimate(lambda weights: metric(weights, part)),
        rest.resampling.estimate(lambda weights: metric(weights, rest)),
        part.resampling.estimate(lambda w: metric(w[:, kept], rest) - metric(w, part)),
    )


def _auc(weights: Weights, sample: Sample) -> Draws:
    return macro_auc(weights, sample.truth, sample.probabilities)


def _f1(weights: Weights, sample: Sample) -> Draws:
    return macro_f1(weights, sample.truth, sample.predicted, len(CLASSES))


def _again_in_words(tables: tuple[Table, ...]) -> tuple[str, ...]:
    sentences = []
    for table in tables:
        before, after, change = table.rows[:3]
        sentences.append(
            f"The model's macro AUC is {before.value:.4f} on all of them (n = {before.n:,}) and "
            f"{after.value:.4f} {after.where} (n = {after.n:,}): a change of {change.value:+.4f} "
            f"[{change.low:+.4f}, {change.high:+.4f}]."
        )
    return tuple(sentences)


def _counts(copies: Copies) -> Table:
    read = int(copies.run.was_read.sum())
    twins = copies.run.twins
    involved = sum(len(places) for places in copies.sets)
    return Table(
        "Copies",
        (
            Number.count("X-rays that stand there more than once", "all", len(copies.sets), read),
            Number.count("files that show them", "all", involved, read),
            Number.count("needless copies", "all", int(copies.needless.sum()), read),
            *(
                Number.count("pairs", str(kind), int(count), read)
                for kind, count in twins["kind"].value_counts().items()
            ),
        ),
    )


def _labels(copies: Copies, places: NDArray[np.intp]) -> list[str]:
    truth = copies.run.truth[places]
    return [DISPLAY_NAMES[CLASSES[k]] for k in np.unique(truth[truth >= 0])]


def _gallery(copies: Copies, shown: int) -> tuple[Gallery, ...]:
    """Show the copies: across splits first, then with different labels, then the surest."""
    twins = copies.run.twins
    by_picture = twins.groupby(copies.picture[twins["a"].to_numpy(np.intp)])
    least = by_picture["correlation"].min()
    kinds = by_picture["kind"].agg(set)
    entries = []
    for places in copies.sets:
        splits = sorted(set(copies.split[places]) - {""})
        labels = _labels(copies, places)
        likeness = float(least[copies.picture[places[0]]])
        # ranks of other tones can correlate perfectly, too
        same = kinds[copies.picture[places[0]]] == {"same pixels"}
        alike = "same pixels" if same else f"correlation {likeness:.3f}"
        parts = [f"{len(places):,} files, {alike}"]
        parts += [f"in {listed(splits)}"] if splits else []
        parts += [f"labelled {listed(labels)}"] if labels else []
        rank = (-len(splits), -len(labels), -likeness)
        entries.append((rank, Exhibit(tuple(map(int, places)), " · ".join(parts))))
    entries.sort(key=lambda entry: entry[0])
    if not entries:
        return ()
    chosen = tuple(exhibit for _, exhibit in entries[:shown])
    return (Gallery("The same X-ray more than once", chosen),)
