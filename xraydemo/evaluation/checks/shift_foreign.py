"""Which of these X-rays the model is not made for, who is refused more often, and what for.

Chest X-ray networks without a detector tell foreign pictures no better than chance; with distances
in feature space 0.98 [1]_ to 0.99 [2]_ was reached.

References
----------
.. [1] Wollek et al., Out-of-distribution detection with in-distribution voting using the medical
   example of chest X-ray classification, Medical Physics 2023.
.. [2] Calli et al., FRODO: An In-Depth Analysis of a System to Reject Outlier Samples From a
   Trained Neural Network, IEEE Transactions on Medical Imaging 2023.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xraydemo.evaluation.check import check
from xraydemo.evaluation.context import NOT_GIVEN, Context
from xraydemo.evaluation.figures import Bars, Exhibit, Figure, Gallery, Grid
from xraydemo.evaluation.result import (
    CheckResult,
    Number,
    Table,
    Verdict,
    cannot_check,
    judge_harm,
)
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.shift.abstention import Abstention
from xraydemo.evaluation.shift.detectors import BROKEN_RULE
from xraydemo.evaluation.shift.training_neighbours import Neighbours, neighbours_of, together
from xraydemo.evaluation.slices import Slice, class_slices, fact_slices
from xraydemo.evaluation.tell_result import percent, share_said
from xraydemo.metrics.bootstrap import LEVEL, Estimate
from xraydemo.metrics.intervals import independent_difference, proportion
from xraydemo.model.dossier import Dossier
from xraydemo.model.trust import NEAREST

VERDICTS = ("inside", "unusual", "foreign")
DOUBTS = ("sure", "unsure")
OF_PEOPLE_AND_PLACES = ("source", "site", "view", "age", "sex")
MOST_NAMED = 4
BY_CHANCE = 0.01
THREE_WORDS = (
    "Three different things: foreign means unlike the X-rays that the model was made from, unsure "
    "that the model itself hesitates between the classes, wrong that its answer is not the label."
)
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Foreign:
    """Settings of `shift.foreign`.

    Attributes
    ----------
    warn, fail : float
        Share of X-rays that are foreign.
    floor : int
        Least X-rays in all, and of a group.
    shown : int
        Entries of the gallery.
    """

    warn: float
    fail: float
    floor: int
    shown: int


@dataclass(frozen=True, eq=False)
class Judged:
    """The X-rays of a run of which it is known how foreign they are; n of them.

    Attributes
    ----------
    run : Run
    positions : ndarray of int, shape (n,)
    scores : ndarray of float64, shape (n,)
        How foreign; one that broke a rule comes before all others.
    verdicts, doubts : ndarray of str, shape (n,)
    groups : ndarray of str, shape (n,)
    """

    run: Run
    positions: NDArray[np.intp]
    scores: NDArray[np.float64]
    verdicts: NDArray[np.str_]
    doubts: NDArray[np.str_]
    groups: NDArray[np.str_]

    @classmethod
    def of(cls, run: Run) -> Judged:
        """Take them from a run."""
        known = run.was_read & run.judgements["foreign_verdict"].notna().to_numpy()
        positions = np.flatnonzero(known)
        judged = run.judgements.iloc[positions]
        scores = judged["foreign_score"].to_numpy(np.float64)
        verdicts = judged["foreign_verdict"].to_numpy(str)
        limit = run.meta.card.foreignness.foreign if run.meta.card.foreignness else np.inf
        broken = (verdicts == "foreign") & (scores <= limit)
        return cls(
            run,
            positions,
            np.where(broken, BROKEN_RULE + scores, scores),
            verdicts,
            judged["doubt"].to_numpy(str),
            run.groups[positions],
        )

    def __len__(self) -> int:
        return len(self.positions)

    @property
    def foreign(self) -> Mask:
        """Tell which are foreign, shape (n,)."""
        return np.asarray(self.verdicts == "foreign")

    @property
    def unsure(self) -> Mask:
        """Tell which are unsure, shape (n,)."""
        return np.asarray(self.doubts == "unsure")

    def of_whole_run(self) -> NDArray[np.float64]:
        """Give the scores by position in the run; NaN where unknown."""
        scores = np.full(len(self.run), np.nan)
        scores[self.positions] = self.scores
        return scores


@check("shift.foreign", "Which of these X-rays is the model not made for?", parameters=Foreign)
def foreign(context: Context[Foreign]) -> CheckResult:
    """Judge the share of foreign X-rays; say who is refused, and what setting them aside gains."""
    lines, run = context.parameters, context.run
    judged = Judged.of(run)
    if not len(judged):
        return cannot_check(NOT_GIVEN["dossier"])
    if len(judged) < lines.floor:
        return cannot_check(
            f"{len(judged):,} X-rays are too few for a share of foreign ones; it takes "
            f"{lines.floor}"
        )
    share = proportion(judged.foreign, judged.groups)
    verdict, settled = judge_harm(
        share.low, share.value, share.high, warn=lines.warn, fail=lines.fail
    )
    context.progress(0.2)
    refused = _by_group(judged, lines.floor)
    shown, neighbours = _most_foreign(judged, lines.shown), None
    if context.given.dossier is not None and len(shown):
        embeddings = run.arrays.embeddings()[judged.positions[shown]]
        neighbours = neighbours_of(context.given.dossier, embeddings)
    context.progress(0.5)
    findings = [
        THREE_WORDS,
        *_by_whom(refused, judged),
        *_nearest(neighbours, context.given.dossier),
    ]
    tables = [_how_many(judged), *_table_of_groups(refused, judged)]
    figures: list[Figure] = [_percentiles(judged), _foreign_and_unsure(judged)]
    abstention = Abstention.of(run, judged.of_whole_run())
    if len(abstention.sample) >= lines.floor:
        findings += abstention.findings()
        tables += [
            abstention.what_is_left(), abstention.areas(), abstention.how_often_wrong()
        ]  # fmt: skip
        figures.append(abstention.curves())
    else:
        findings.append(
            f"What setting X-rays aside would gain is not known: it takes {lines.floor} X-rays "
            f"with a label, and there are {len(abstention.sample):,}."
        )
    gallery = _gallery(judged, shown, neighbours)
    return CheckResult(
        verdict,
        _headline(verdict, settled, judged, share, lines.warn),
        Number.of("share foreign", "all", share),
        findings=(*findings, *_advice(verdict)),
        tables=tuple(tables),
        figures=tuple([*figures, gallery] if gallery.exhibits else figures),
        settled=settled,
    )


def _headline(verdict: Verdict, settled: bool, judged: Judged, share: Estimate, warn: float) -> str:
    n = int(judged.foreign.sum())
    what = (
        f"{n:,} of {len(judged):,} X-rays ({share_said(share)}) are foreign to the model: unlike "
        "the X-rays that it was made from"
    )
    if verdict is Verdict.PASS:
        if not settled:
            return (
                f"{what}. Whether they are more than {percent(warn)} can't be told from so few "
                "X-rays."
            )
        if share.low > BY_CHANCE:
            return f"{what}: more than the 1 in 100 that chance would give, but not many."
        return f"{what}. By chance alone it would be about 1 in 100."
    if verdict is Verdict.WARN:
        return f"{what}, and chance would give about 1 in 100: look at them before you believe it."
    return f"{what}: this model was not made for these X-rays."


def _how_many(judged: Judged) -> Table:
    masks = {
        "share foreign": judged.foreign,
        "share unusual": judged.verdicts == "unusual",
        "share unsure": judged.unsure,
        "share foreign and unsure": judged.foreign & judged.unsure,
        "share foreign, yet sure": judged.foreign & ~judged.unsure,
    }
    rows = [Number.of(what, "all", proportion(m, judged.groups)) for what, m in masks.items()]
    return Table("How many are foreign, how many unsure", tuple(rows))


def _by_group(judged: Judged, floor: int) -> list[Slice]:
    of_facts = fact_slices(judged.run, judged.positions, floor)
    return [
        *class_slices(judged.run, judged.positions, floor),
        *(s for s in of_facts if s.fact in OF_PEOPLE_AND_PLACES),
    ]


def _table_of_groups(slices: list[Slice], judged: Judged) -> tuple[Table, ...]:
    rows = []
    for what, hits in (("share foreign", judged.foreign), ("share unsure", judged.unsure)):
        for one in slices:
            share = proportion(hits[one.mask], judged.groups[one.mask])
            rows.append(Number.of(what, one.name, share))
    return (Table("Who would be refused, as foreign or as unsure", tuple(rows)),) if rows else ()


def _by_whom(slices: list[Slice], judged: Judged) -> list[str]:
    """Name the groups that are called foreign more often than the others, the worst first."""
    level = 1 - (1 - LEVEL) / max(len(slices), 1)
    found = []
    for one in slices:
        inside, rest = (
            proportion(judged.foreign[m], judged.groups[m], level) for m in (one.mask, ~one.mask)
        )
        if not rest.n:
            continue
        more, low, _ = independent_difference(rest, inside)
        if low > 0:
            found.append((more, one, inside, rest))
    if not found:
        if len(slices) > 1:
            named = f"{len(slices)} by class, source, view, age or sex"
            return [f"No group (of {named}) is shown to be refused as foreign more often."]
        return []
    found.sort(key=lambda one: -one[0])
    said = [
        f"{one.name}: {share_said(inside)} of {inside.n:,} are foreign, of all others "
        f"{share_said(rest)} of {rest.n:,}."
        for _, one, inside, rest in found[:MOST_NAMED]
    ]
    more = len(found) - MOST_NAMED
    rest_of_them = [f"So with {more} more groups; see the table."] if more > 0 else []
    return ["Some are refused as foreign more often than others:", *said, *rest_of_them]


def _most_foreign(judged: Judged, shown: int) -> NDArray[np.intp]:
    """Give the places, in `judged`, of the foreign ones, the most foreign first."""
    places = np.flatnonzero(judged.foreign)
    return places[np.argsort(-judged.scores[places], kind="stable")][:shown]


def _nearest(neighbours: list[Neighbours] | None, dossier: Dossier | None) -> list[str]:
    if not neighbours:
        absent = "Which training X-rays the foreign ones are nearest to is not known: the bundle's "
        return [f"{absent}dossier was not given."] if dossier is None else []
    which = f"The training X-rays that the {len(neighbours)} most foreign ones are nearest to"
    meaning = "Nearest does not mean near: it is only what the model answers by."
    return [f"{which} (10 each): {together(neighbours).in_words}. {meaning}"]


def _percentiles(judged: Judged) -> Bars:
    """Draw how the X-rays fall into tenths of the training set's."""
    percentile = judged.run.judgements["foreign_percentile"].to_numpy()[judged.positions]
    tenth = np.minimum(percentile.astype(np.float64) // 10, 9).astype(int)
    shares = [proportion(tenth == k, judged.groups) for k in range(10)]
    return Bars(
        title="How foreign the X-rays are, held against X-rays kept out of training",
        unit="share of these X-rays",
        labels=tuple(f"{10 * k} to {10 * k + 10} %" for k in range(10)),
        values=tuple(s.value for s in shares),
        lows=tuple(s.low for s in shares),
        highs=tuple(s.high for s in shares),
        lines={"as in training": 0.1},
        groups=tuple(tuple(map(int, judged.positions[tenth == k])) for k in range(10)),
    )


def _foreign_and_unsure(judged: Judged) -> Grid:
    cells = tuple(
        tuple(
            tuple(map(int, judged.positions[(judged.verdicts == v) & (judged.doubts == d)]))
            for d in DOUBTS
        )
        for v in VERDICTS
    )
    return Grid(
        title="Foreign and unsure are two things",
        row_title="how foreign",
        column_title="the model is",
        row_labels=VERDICTS,
        column_labels=DOUBTS,
        values=tuple(tuple(float(len(cell)) for cell in row) for row in cells),
        groups=cells,
    )


def _gallery(
    judged: Judged, shown: NDArray[np.intp], neighbours: list[Neighbours] | None
) -> Gallery:
    exhibits = []
    for i, place in enumerate(shown):
        position = int(judged.positions[place])
        reason = judged.run.judgements["foreign_reason"].iloc[position]
        caption = f"foreign, {judged.doubts[place]}: {reason}"
        if neighbours:  # they say it more fully
            caption = caption.partition(NEAREST)[0]
            caption += f". Nearest in training: {neighbours[i].in_words}"
        exhibits.append(Exhibit((position,), caption))
    return Gallery("The most foreign X-rays", tuple(exhibits))


def _advice(verdict: Verdict) -> tuple[str, ...]:
    if verdict is Verdict.PASS:
        return ()
    return (
        (
            "What it means: of a foreign X-ray the probabilities say nothing, however high they "
            "are; and a model that is tested on many of them is tested on what it was not made for."
        ),
        (
            "What to do: look at the gallery. What is no frontal chest X-ray, or lies on its side, "
            "is to be taken out or put right (shift.sanity); what is a good X-ray of another "
            "hospital, machine or kind of patient needs a model that has seen such ones."
        ),
    )
