"""Whether the same X-ray gets the same answer when it came through another pipeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.check import check
from xraydemo.evaluation.confounding.pairs import OUTSIDE, Pair, find_pairs, from_cohort
from xraydemo.evaluation.context import NOT_GIVEN, Context
from xraydemo.evaluation.figures import Bars, Cloud, Exhibit, Figure, Gallery, Scatter
from xraydemo.evaluation.laboratory import UNCHANGED
from xraydemo.evaluation.part import even_part
from xraydemo.evaluation.result import (
    WORST_FIRST,
    CheckResult,
    Number,
    Table,
    Verdict,
    cannot_check,
    judge_harm,
)
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.tell_result import listed, percent, share_said
from xraydemo.metrics.bootstrap import LEVEL, Estimate, Resampling
from xraydemo.metrics.intervals import proportion
from xraydemo.metrics.weighted import mean

LARGE = 0.1  # a change of a probability that a person would notice
MOST_NAMED = 3
ALL, OTHERS = "all pairs", "other kinds of pairs"

Mask = NDArray[np.bool_]
Probabilities = NDArray[np.float32]


@dataclass(frozen=True)
class Parity:
    """Settings of `confounder.parity`.

    Attributes
    ----------
    warn, fail : float
        Share of the pairs whose two files are called different classes.
    floor : int
        Least pairs, and least pairs of a kind that is judged by itself.
    most : int
        Pairs to ask about.
    shown : int
        Most pairs in the gallery.
    """

    warn: float
    fail: float
    floor: int
    most: int
    shown: int


@dataclass(frozen=True, eq=False)
class Answered:
    """Pairs whose files both have an answer.

    Attributes
    ----------
    pairs : sequence of Pair, length n
    first, second : ndarray of float32, shape (n, 4)
        Probabilities.
    groups : ndarray of str, shape (n,)
        The patient where known, else the X-ray.
    """

    pairs: Sequence[Pair]
    first: Probabilities
    second: Probabilities
    groups: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.pairs)

    @property
    def flipped(self) -> Mask:
        """Tell which are called different classes."""
        return np.asarray(self.first.argmax(axis=1) != self.second.argmax(axis=1))

    @property
    def change(self) -> NDArray[np.float64]:
        """Give the largest change of a probability of each pair."""
        return np.asarray(np.abs(self.first - self.second).max(axis=1, initial=0.0), np.float64)

    @property
    def unseen(self) -> Mask:
        """Tell which are not known to have been trained on."""
        return np.array([not pair.seen for pair in self.pairs], bool)

    @property
    def kinds(self) -> NDArray[np.str_]:
        """Give what the two differ in."""
        return np.array([pair.kind for pair in self.pairs], str)

    def part(self, mask: Mask) -> Answered:
        """Give some of them."""
        pairs = [pair for pair, kept in zip(self.pairs, mask, strict=True) if kept]
        return Answered(pairs, self.first[mask], self.second[mask], self.groups[mask])

    def flips(self, level: float = LEVEL) -> Estimate:
        """Give the share that flips."""
        return proportion(self.flipped, self.groups, level)


@check(
    "confounder.parity",
    "Does the same X-ray get the same answer through another pipeline?",
    parameters=Parity,
)
def parity(context: Context[Parity]) -> CheckResult:
    """Hold the answers to both files of each pair against each other; no labels are needed.

    Where one of the two was trained on, its answer may be learnt by heart: the verdict rests on
    the other pairs where there are enough. The worst kind of pair decides, by intervals that hold
    together over the kinds.
    """
    parameters = context.parameters
    pairs = find_pairs(context.run, context.given.pairs)
    if not pairs:
        return cannot_check(
            NOT_GIVEN["pairs"] + "; no X-ray stands in this run twice from two sources or formats"
        )
    answered = _ask(context, pairs)
    if len(answered) < parameters.floor:
        return cannot_check(_too_few(len(answered), len(pairs), context))
    judged = answered.part(answered.unseen)
    if len(judged) < parameters.floor:
        judged = answered
    parts = _parts(judged, parameters.floor)
    level = 1 - (1 - LEVEL) / len(parts)
    verdicts = {name: _judge(part.flips(level), parameters) for name, part in parts.items()}
    worst = min(parts, key=lambda n: (WORST_FIRST.index(verdicts[n][0]), -parts[n].flips().value))
    verdict, flips = verdicts[worst][0], parts[worst].flips(level)
    settled = verdict is not Verdict.PASS or all(is_settled for _, is_settled in verdicts.values())
    return CheckResult(
        verdict,
        _headline(verdict, settled, worst, parts[worst], flips),
        Number.of("share of pairs that flip", worst, flips),
        findings=(
            *_of_the_seen(answered, judged),
            *_of_the_flips(judged),
            *_of_the_changes(judged),
            *_of_the_direction(parts),
            *_advice(verdict),
            *_what_was_asked(len(answered), len(pairs), context),
        ),
        tables=_tables(answered, judged, parts, level),
        figures=_figures(context.run, answered, parts, parameters, level),
        settled=settled,
    )


def _ask(context: Context[Parity], pairs: list[Pair]) -> Answered:
    """Take the run's own answers, and ask for those to files beside it."""
    run, laboratory = context.run, context.given.laboratory
    groups = np.array([_group(context, pair) for pair in pairs], str)
    kinds = np.unique([pair.kind for pair in pairs], return_inverse=True)[1]
    part = even_part(kinds, groups, context.parameters.most, seed=context.seed)
    pairs, groups = [pairs[i] for i in part], groups[part]
    sides = [side for pair in pairs for side in (pair.first, pair.second)]
    probabilities = np.full((len(sides), len(CLASSES)), np.nan, np.float32)
    inside = np.array([side.position != OUTSIDE for side in sides])
    probabilities[inside] = run.probabilities[[s.position for s in sides if s.position != OUTSIDE]]
    if laboratory is not None and not inside.all():
        files = [side.path for side in sides if side.position == OUTSIDE]
        answers = laboratory.ask(files, {"plain": UNCHANGED}, progress=context.progress)
        probabilities[~inside] = answers["plain"].probabilities
    first, second = probabilities[::2], probabilities[1::2]
    both = ~np.isnan(first[:, 0] + second[:, 0])
    return Answered(pairs, first, second, groups).part(both)


def _group(context: Context[Parity], pair: Pair) -> str:
    inside = [side.position for side in (pair.first, pair.second) if side.position != OUTSIDE]
    return str(context.run.groups[inside[0]]) if inside else pair.first.path


def _parts(judged: Answered, floor: int) -> dict[str, Answered]:
    """Give the kinds of pairs that are many enough to be judged by themselves, and the rest.

    All of them together, where none is.
    """
    kinds, counts = np.unique(judged.kinds, return_counts=True)
    enough = [str(kind) for kind, n in zip(kinds, counts, strict=True) if n >= floor]
    parts = {kind: judged.part(judged.kinds == kind) for kind in enough}
    rest = judged.part(~np.isin(judged.kinds, enough))
    if len(rest) >= floor:
        parts[OTHERS if parts else ALL] = rest
    return parts or {ALL: judged}


def _judge(flips: Estimate, parameters: Parity) -> tuple[Verdict, bool]:
    return judge_harm(
        flips.low, flips.value, flips.high, warn=parameters.warn, fail=parameters.fail
    )


def _too_few(n: int, n_pairs: int, context: Context[Parity]) -> str:
    why = (
        f"{n} of {n_pairs:,} pairs of the same X-ray have two answers, and it takes "
        f"{context.parameters.floor}"
    )
    if n < n_pairs and context.given.laboratory is None:
        return f"{why}. The other files are not in this run: {NOT_GIVEN['engine'].lower()}"
    return f"{why}. Give more pairs: a column same_as, or --pairs FOLDER_A FOLDER_B"


def _headline(verdict: Verdict, settled: bool, kind: str, part: Answered, flips: Estimate) -> str:
    of = "" if kind == ALL else f" ({kind})"
    found = f"{int(part.flipped.sum()):,} of {len(part):,} pairs{of} are called different classes"
    interval = f"{share_said(flips)}, where none should be"
    if verdict in (Verdict.WARN, Verdict.FAIL):
        return f"The same X-ray gets another answer through another pipeline: {found}, {interval}."
    if not settled:
        return (
            f"That the pipeline changes the answer is not shown, nor excluded: {found}, "
            f"{share_said(flips)}."
        )
    return f"The same X-ray gets the same answer through another pipeline: {found}."


def _of_the_seen(answered: Answered, judged: Answered) -> tuple[str, ...]:
    n_seen = int((~answered.unseen).sum())
    if not n_seen:
        return ()
    seen = answered.part(~answered.unseen)
    if len(judged) == len(answered):
        sentence = (
            f"Of {n_seen:,} of the {len(answered):,} pairs one file is known to have been trained "
            "on; too few others are left to judge by, and what was learnt by heart may hide flips."
        )
    else:
        sentence = (
            f"The verdict rests on the {len(judged):,} pairs of which neither file is known to "
            f"have been trained on. Of the {n_seen:,} others {share_said(seen.flips())} flip."
        )
    return (sentence,)


def _of_the_flips(judged: Answered) -> tuple[str, ...]:
    """Say what becomes of what."""
    flipped = judged.part(judged.flipped)
    if not len(flipped):
        return ()
    turns = Counter(
        (pair.kind, int(a), int(b))
        for pair, a, b in zip(
            flipped.pairs, flipped.first.argmax(1), flipped.second.argmax(1), strict=True
        )
    )
    several = len(set(judged.kinds)) > 1
    named = listed(
        f"{n} from {_name(a)} to {_name(b)}" + (f" ({kind})" if several else "")
        for (kind, a, b), n in turns.most_common(MOST_NAMED)
    )
    return (f"What flips, from the first file of a pair to the second: {named}.",)


def _of_the_changes(judged: Answered) -> tuple[str, ...]:
    change = judged.change
    large = proportion(change > LARGE, judged.groups)
    return (
        (
            f"In half of the pairs no probability changes by more than {np.median(change):.3f}; "
            f"in {share_said(large)} one changes by more than {LARGE:g}, at most by "
            f"{change.max():.2f}."
        ),
    )


def _of_the_direction(parts: dict[str, Answered]) -> tuple[str, ...]:
    """Say where a pipeline pushes the answers one way: chance pushes both ways alike."""
    sentences = []
    for kind, part in parts.items():
        if kind in (ALL, OTHERS):
            continue
        pushed = [(k, e) for k, e in _pushes(part, len(parts)).items() if e.low > 0 or e.high < 0]
        pushed.sort(key=lambda one: -abs(one[1].value))
        if pushed and abs(pushed[0][1].value) >= LARGE / 10:
            named = listed(
                f"{e.value:+.3f} [{e.low:+.3f}, {e.high:+.3f}] for {_name(k)}" for k, e in pushed
            )
            sentences.append(
                f"The answers are pushed one way ({kind}): from the first file to the second the "
                f"mean probability changes by {named}. Classes that are collected through "
                "different pipelines teach a model just that."
            )
    return tuple(sentences)


def _pushes(part: Answered, n_parts: int) -> dict[int, Estimate]:
    """Give the mean change of each class's probability, by intervals that hold together."""
    level = 1 - (1 - LEVEL) / (n_parts * len(CLASSES))
    resampling = _resampling(part)
    changes = part.second.astype(np.float64) - part.first
    return {
        k: resampling.estimate(partial(mean, values=changes[:, k]), level)
        for k in range(len(CLASSES))
    }


def _resampling(part: Answered) -> Resampling:
    return Resampling.of(np.zeros(len(part), np.intp), part.groups, seed=0)


def _advice(verdict: Verdict) -> tuple[str, ...]:
    if verdict is Verdict.PASS:
        return ()
    advice = (
        "What it means: the two files show one patient at one moment, so every flip is an answer "
        "read off the file's making (tone curve, compression, size), not off the lungs. What to "
        "do: bring the X-rays to one pipeline before training, change tone and compression at "
        "random while training, and compare with data.images and data.files."
    )
    return (advice,)


def _what_was_asked(n: int, n_pairs: int, context: Context[Parity]) -> tuple[str, ...]:
    drawn = min(n_pairs, context.parameters.most)
    sentences = []
    if drawn < n_pairs:
        sentences.append(f"Asked about {drawn:,} of {n_pairs:,} pairs, evenly from their kinds.")
    if n < drawn:
        why = (
            "they are not in this run, and the model is not here to be asked"
            if context.given.laboratory is None
            else "a file is missing or can't be read"
        )
        sentences.append(f"{drawn - n:,} pairs are left out: {why}.")
    return tuple(sentences)


def _tables(
    answered: Answered, judged: Answered, parts: dict[str, Answered], level: float
) -> tuple[Table, ...]:
    rows = [Number.of("share that flips", kind, part.flips(level)) for kind, part in parts.items()]
    if len(judged) < len(answered):
        others = answered.part(~answered.unseen).flips()
        rows += [
            Number.of("share that flips", "not trained on, all", judged.flips()),
            Number.of("share that flips", "one of them trained on", others),
        ]
    rows.append(Number.of("share that flips", ALL, answered.flips()))
    return (
        Table("Pairs whose two files are called different classes", tuple(rows)),
        Table(
            "How much the probabilities change",
            tuple(row for kind, part in parts.items() for row in _changes(kind, part)),
        ),
        Table(
            "Mean change of a probability, from the first file to the second",
            tuple(
                Number.of("mean change", f"{kind}: {CLASSES[k]}", estimate)
                for kind, part in parts.items()
                if kind not in (ALL, OTHERS)
                for k, estimate in _pushes(part, len(parts)).items()
            ),
        ),
    )


def _changes(kind: str, part: Answered) -> tuple[Number, ...]:
    change = part.change
    average = _resampling(part).estimate(lambda weights: mean(weights, change))
    nan = float("nan")
    return (
        Number.of("mean of the largest change", kind, average),
        Number("median of the largest change", kind, float(np.median(change)), nan, nan, len(part)),
        Number.of(f"share above {LARGE:g}", kind, proportion(change > LARGE, part.groups)),
        Number("largest change", kind, float(change.max()), nan, nan, len(part)),
    )


def _figures(
    run: Run, answered: Answered, parts: dict[str, Answered], parameters: Parity, level: float
) -> tuple[Figure, ...]:
    flips = [part.flips(level) for part in parts.values()]
    return (
        Bars(
            title="Pairs whose two files are called different classes",
            unit="share of the pairs",
            labels=tuple(parts),
            values=tuple(e.value for e in flips),
            lows=tuple(e.low for e in flips),
            highs=tuple(e.high for e in flips),
            lines={"warn": parameters.warn, "fail": parameters.fail},
            groups=tuple(
                tuple(p for pair in part.part(part.flipped).pairs for p in _positions(pair))
                for part in parts.values()
            ),
        ),
        _gallery(run, answered, parameters.shown),
        Scatter(
            title="Probability of Normal for the two files of each pair",
            x_label="first file",
            y_label="second file",
            clouds=tuple(
                _cloud(name, answered.part(mask))
                for name, mask in (
                    ("same class", ~answered.flipped),
                    ("another class", answered.flipped),
                )
                if mask.any()
            ),
        ),
    )


def _cloud(name: str, part: Answered) -> Cloud:
    return Cloud(
        name,
        tuple(map(float, part.first[:, 0])),
        tuple(map(float, part.second[:, 0])),
        tuple(_positions(pair)[0] for pair in part.pairs)
        if all(_positions(pair) for pair in part.pairs)
        else (),
    )


def _gallery(run: Run, answered: Answered, shown: int) -> Gallery:
    """Show the pairs that flip, then those that change most, the two files side by side."""
    order = np.lexsort((-answered.change, ~answered.flipped))[:shown]
    n = int(answered.flipped.sum())
    return Gallery(
        f"The pairs that flip ({n:,}), and those that change most" if n else "What changes most",
        tuple(_exhibit(run, answered, int(i)) for i in order),
    )


def _exhibit(run: Run, answered: Answered, i: int) -> Exhibit:
    """Hang a pair, and say what was answered to both in the order in which they hang.

    Never by a file's name, which can hold a patient's.
    """
    pair, said = answered.pairs[i], []
    sides = (("first", pair.first, answered.first[i]), ("second", pair.second, answered.second[i]))
    for which, side, of_classes in sorted(sides, key=lambda one: one[1].position == OUTSIDE):
        k = int(of_classes.argmax())
        where = "" if side.position != OUTSIDE else ", not in this run"
        said.append(f"{which}{where}: {_name(k)} ({percent(of_classes[k])})")
    outside = [side.path for _, side, _ in sides if side.position == OUTSIDE]
    beside = tuple(from_cohort(run, path) for path in outside)
    return Exhibit(_positions(pair), " · ".join(said), beside=beside)


def _positions(pair: Pair) -> tuple[int, ...]:
    return tuple(s.position for s in (pair.first, pair.second) if s.position != OUTSIDE)


def _name(k: int) -> str:
    return DISPLAY_NAMES[CLASSES[k]]
