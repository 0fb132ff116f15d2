"""Whether the model's answer rests on a fact that goes with the class: view, age, site, year.

A fact can tell the class, and be plain to see, and still not be used. It is used if performance
falls when it can't help. There are two ways to keep it from helping, and each alone can mislead:

- **Matching.** X-rays of two classes are weighted so that the fact is as frequent in both
  (`xraydemo.evaluation.confounding.matching`). Where the model's answer depends on nothing but the
  class, the AUC stays: a fact of the table that no picture shows can't make it fall, however well
  it tells the class. But it also falls where the X-rays that match are harder for reasons of their
  own: patients who can stand are less ill.
- **Erasing.** What the embedding shows of the fact, within the classes, is taken out of it, and the
  last layer answers what is left (`xraydemo.evaluation.confounding.erasing`). If the model lost by
  matching because it read the fact, a model that can't see the fact loses nothing. If the X-rays
  that match are just harder, it loses as much as before. But to take out any direction changes
  something, so the change is held to that with 100 sets of random directions of equal variance.

So a fact is called used only where matching costs more than the line (its whole interval, for all
facts and classes at once) *and* more of that loss goes away with the fact's directions than with 95
of 100 random sets. (The second needs no correction for many facts: both must hold.) That erasing
lowers the AUC as it is would be the wrong sign to look for. A head that learnt where a shortcut
always held trusts it too much, and without it does better even where the shortcut half holds.

Both can still happen without a shortcut where the fact goes with how ill the patients of a class
are, for then what shows the fact is a sign of the disease. That is told by the matched AUC, where
the fact itself can't help: without a shortcut's directions the model does no worse there, without
signs of the disease it does (its whole interval). Then nothing is shown, and that is said.

A class is asked about only where the model tells it at all (AUC above one half, its whole
interval): what it can't do it doesn't do by a shortcut. Where a class shares too few X-rays with
the same value with any other, the answer is "cannot tell": no evaluation can separate what the data
never separated.

Published: a network for hip fractures fell from AUC 0.78 to 0.67 when patients were matched by
their own facts, and to 0.52 when the hospital's process was matched, too (Badgeley et al., Deep
learning predicts hip fracture using confounding patient and healthcare variables, npj Digital
Medicine 2, 2019).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.check import check
from xraydemo.evaluation.confounding.erasing import Eraser, log_odds
from xraydemo.evaluation.confounding.ladder import Ladder, Step, grid_of, step_of, told_by
from xraydemo.evaluation.confounding.matching import Overlap, with_counterpart
from xraydemo.evaluation.confounding.seen import seen_facts
from xraydemo.evaluation.confounding.tested import Tested
from xraydemo.evaluation.confounding.usage import Usage, usage_of
from xraydemo.evaluation.confounding.visible import Visible
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.figures import Figure, Slopes
from xraydemo.evaluation.result import (
    WORST_FIRST,
    CheckResult,
    Number,
    Table,
    Verdict,
    cannot_check,
    judge_harm,
)
from xraydemo.evaluation.simultaneous import (
    Measured,
    simultaneous_intervals,
    value_and_draws,
)
from xraydemo.evaluation.tell_result import left_out, listed, plain, too_few
from xraydemo.metrics.bootstrap import LEVEL, percentile_interval
from xraydemo.metrics.weighted import auc

Pairs = tuple[tuple[int, int], ...]

MOST_LINES = 6  # in the slope chart
STAGES = ("as it is", "matched on it", "among alike", "erased", "erased and matched")
PUBLISHED = (
    "For comparison: a network for hip fractures fell from AUC 0.78 to 0.67 when patients were "
    "matched by age, sex and the like, and to 0.52 when scanner, hour and order were matched, too "
    "(Badgeley 2019)."
)


@dataclass(frozen=True)
class Used:
    """Settings of `confounder.used`.

    Attributes
    ----------
    warn, fail : float
        AUC lost when a class and the others are matched on a fact.
    floor : int
        Least X-rays of a class.
    pairs : int
        Least X-rays of each of two classes that find a partner with the same value.
    present : float
        AUC of telling a class by the fact, for the first step of the ladder.
    visible : float
        Gain of the probe over shuffled facts, for the second.
    most : int
        X-rays that are asked about.
    """

    warn: float
    fail: float
    floor: int
    pairs: int
    present: float
    visible: float
    most: int


@dataclass(frozen=True, eq=False)
class Found:
    """One fact and class, judged."""

    usage: Usage
    low: float
    high: float
    verdict: Verdict
    settled: bool

    def is_unconfirmed(self, lines: Used) -> bool:
        """Tell whether only matching speaks for use."""
        return self.verdict is Verdict.PASS and self.low > lines.warn


@dataclass(frozen=True, eq=False)
class Told:
    """How well a fact alone tells the class that it tells best."""

    fact: str
    k: int
    value: float
    low: float
    high: float
    n: int


@check(
    "confounder.used",
    "Does the model's performance rest on a fact that goes with the class?",
    needs=("labels", "embeddings"),
    parameters=Used,
)
def used(context: Context[Used]) -> CheckResult:
    """Judge by the largest confirmed loss of a class's AUC when a fact is matched."""
    # many small matrices: threads would only wait for each other
    with threadpool_limits(1, user_api="blas"):
        return _used(context)


def _used(context: Context[Used]) -> CheckResult:
    lines, run = context.parameters, context.run
    seen = seen_facts(
        run,
        floor=lines.floor,
        most=lines.most,
        seed=context.seed,
        progress=lambda share: context.progress(0.2 * share),
    )
    tested, visible = seen.tested, seen.visible
    if len(np.unique(tested.sample.truth)) < 2:
        return cannot_check(too_few(run.sample, lines.floor))
    if not tested.values:
        return cannot_check(
            "No fact is known of these X-rays that differs between them: add columns such as age, "
            "sex, view, date, site and scanner to the CSV, or give the DICOM files"
        )
    temperature = run.meta.card.temperature
    known = _classes_that_are_told(tested, temperature)
    told = _told(tested)
    usages, overlaps = _usages(context, tested, temperature)
    found = _judged([u for u in usages if u.k in known], lines)
    ladders = [
        _ladder(
            told[fact],
            visible.get(fact),
            _of_fact(found, fact),
            _apart(overlaps[fact], known),
            lines,
        )
        for fact in tested.values
    ]
    ladders.sort(key=_height, reverse=True)
    notes = (
        *_never_separated(overlaps, known),
        *_not_told(known, tested),
        *tested.notes,
        *left_out(tested.small, run.sample, lines.floor),
        PUBLISHED,
    )
    sentences = tuple(ladder.sentence for ladder in ladders)
    if not found:
        return CheckResult(
            Verdict.CANNOT_CHECK,
            _why_nothing(known),
            findings=(*sentences, *notes),
            tables=(_presence(told),),
            figures=(grid_of(ladders, tested.sample.positions),),
        )
    worst = found[0]
    untold = [s.fact for s in ladders if s.present is Step.YES and s.used is Step.CANNOT_TELL]
    settled = worst.verdict is not Verdict.PASS or (all(f.settled for f in found) and not untold)
    return CheckResult(
        worst.verdict,
        _headline(worst, found, untold),
        _number(worst, "AUC lost by matching"),
        findings=(*_what_was_found(found, worst, settled, lines), *sentences, *notes),
        tables=(_losses(found), _stages(found), _presence(told)),
        figures=(*_slopes(found, tested), grid_of(ladders, tested.sample.positions)),
        settled=settled,
    )


def _classes_that_are_told(tested: Tested, temperature: float) -> set[int]:
    """Give the classes whose AUC against the rest is clearly above one half."""
    sample, logits = tested.sample, tested.logits.astype(np.float64)
    known = set()
    for k in map(int, np.unique(sample.truth)):
        scores, positive = log_odds(logits, k, temperature), sample.truth == k
        of_class = partial(auc, scores=scores, positive_mask=positive)
        _, draws = value_and_draws(sample, of_class)
        if percentile_interval(draws)[0] > 0.5:
            known.add(k)
    return known


def _told(tested: Tested) -> dict[str, Told]:
    """Tell each class by each fact alone; intervals for all of these at once."""
    keys = [(fact, int(k)) for fact in tested.values for k in np.unique(tested.sample.truth)]
    measured = [told_by(tested.values[f], tested.sample, tested.folds, k) for f, k in keys]
    values = np.array([value for value, _ in measured])
    lows, highs = simultaneous_intervals(values, np.stack([d for _, d in measured], axis=1))
    best: dict[str, Told] = {}
    for (fact, k), value, low, high in zip(keys, values, lows, highs, strict=True):
        if fact not in best or low > best[fact].low:
            n = len(tested.sample)
            best[fact] = Told(fact, k, float(value), float(low), min(float(high), 1.0), n)
    return best


def _usages(
    context: Context[Used], tested: Tested, temperature: float
) -> tuple[list[Usage], dict[str, dict[int, Overlap]]]:
    eraser = Eraser.of(tested.embeddings, tested.logits, tested.sample.truth, tested.folds)
    usages: list[Usage] = []
    overlaps: dict[str, dict[int, Overlap]] = {}
    for i, (fact, values) in enumerate(tested.values.items(), start=1):
        of_fact, overlaps[fact] = usage_of(
            fact,
            values,
            tested.sample,
            eraser,
            temperature=temperature,
            least_pairs=context.parameters.pairs,
            seed=context.seed,
        )
        usages += of_fact
        context.progress(0.2 + 0.8 * i / len(tested.values))
    return usages, overlaps


def _judged(usages: list[Usage], lines: Used) -> list[Found]:
    """Judge each loss, intervals holding for all at once; the worst first."""
    if not usages:
        return []
    drops = [usage.lost for usage in usages]
    lows, highs = simultaneous_intervals(
        np.array([value for value, _ in drops]), np.stack([draws for _, draws in drops], axis=1)
    )
    found = []
    for usage, low, high in zip(usages, map(float, lows), map(float, highs), strict=True):
        verdict, settled = judge_harm(low, usage.lost[0], high, warn=lines.warn, fail=lines.fail)
        if not usage.is_confirmed or _is_entangled(usage):
            verdict, settled = Verdict.PASS, settled and verdict is Verdict.PASS
        found.append(Found(usage, low, high, verdict, settled))
    return sorted(found, key=_badness)


def _badness(f: Found) -> tuple[int, bool, float]:
    """Rank it: what is shown by its interval's lower end, what is not by its value."""
    size = f.usage.lost[0] if f.verdict is Verdict.PASS else f.low
    return WORST_FIRST.index(f.verdict), f.settled, -size


def _of_fact(found: list[Found], fact: str) -> list[Found]:
    return [f for f in found if f.usage.fact == fact]


def _ladder(
    told: Told, visible: Visible | None, found: list[Found], apart: Pairs, lines: Used
) -> Ladder:
    seen = visible.beyond(lines.visible) if visible else Step.CANNOT_TELL
    if any(f.verdict is not Verdict.PASS for f in found):
        use = Step.YES
    elif apart or not found:
        use = Step.CANNOT_TELL
    else:
        use = Step.NO if all(f.settled for f in found) else Step.NOT_SHOWN
    return Ladder(
        told.fact,
        step_of(told.low, told.high, lines.present),
        seen,
        use,
        (
            f"alone it tells {_name(told.k)} with AUC {_span(told.value, told.low, told.high)}",
            f"a probe tells its values apart within a class with AUC {visible.auc.value:.2f}, "
            f"{visible.shuffled:.2f} by chance"
            if visible
            else "",
            _change(found[0]) if found else "",
        ),
    )


def _change(f: Found) -> str:
    usage = f.usage
    return (
        f"matched on it, AUC of {_task(usage)} goes from {usage.as_it_is[0]:.2f} to "
        f"{usage.matched[0]:.2f}, lost {_span(f.usage.lost[0], f.low, f.high)}, "
        f"{usage.overlap.kept:,} of {usage.overlap.n:,} X-rays kept"
    )


def _height(ladder: Ladder) -> tuple[bool, bool, bool, bool]:
    return (
        ladder.used is Step.YES,
        ladder.used in (Step.NOT_SHOWN, Step.CANNOT_TELL),
        ladder.present is Step.YES,
        ladder.visible is Step.YES,
    )


def _headline(worst: Found, found: list[Found], untold: list[str]) -> str:
    usage, facts = worst.usage, len({f.usage.fact for f in found})
    fact, task = plain(usage.fact), _task(usage)
    fall = (
        f"from AUC {usage.as_it_is[0]:.2f} to {usage.matched[0]:.2f} (lost "
        f"{_span(usage.lost[0], worst.low, worst.high)}; {usage.overlap.kept:,} of "
        f"{usage.overlap.n:,} X-rays can be paired)"
    )
    if worst.verdict is not Verdict.PASS:
        leans = "leans on" if worst.verdict is Verdict.FAIL else "leans a little on"
        return (
            f"The model {leans} the {fact}, or on what goes with it: where it is the same for all "
            f"classes, {task} falls {fall}"
        )
    if all(f.settled for f in found):
        where = " wherever it can be told" if untold else ""
        rest = (
            f"None of {facts} facts carries the model's performance{where}: at most, matched on "
            f"the {fact}, {task} goes {fall}"
        )
    else:
        rest = (
            f"That the model's performance rests on one of {facts} facts is not shown, nor "
            f"excluded: matched on the {fact}, {task} goes {fall}"
        )
    if not untold:
        return rest
    return (
        f"Whether the model uses {listed(map(plain, untold))} can't be told: each gives a class "
        f"away, and too few X-rays of different classes share a value. {rest}"
    )


def _what_was_found(found: list[Found], worst: Found, settled: bool, lines: Used) -> list[str]:
    said = []
    if worst.verdict is not Verdict.PASS:
        said.append(_confirmation(worst.usage))
        others = sorted(
            {f.usage.fact for f in found if f.verdict is not Verdict.PASS} - {worst.usage.fact}
        )
        if others:
            said.append(
                f"The same holds for {listed(map(plain, others))}. Facts that go together (a "
                "hospital, its years, its file sizes) can't be told apart by this."
            )
        said.append(
            "What to do: quote the matched number, not the first one; collect X-rays of each class "
            "with every value; or train with the values balanced. confounder.pixels shows what "
            "in the picture is read."
        )
    shown = {f.usage.fact for f in found if f.verdict is not Verdict.PASS}
    doubtful = {f.usage.fact: f.usage for f in found if f.is_unconfirmed(lines)}
    said += [_why_it_is_not_counted(doubtful[fact]) for fact in sorted(doubtful.keys() - shown)]
    if worst.verdict is Verdict.PASS and not settled:
        said.append(
            "More X-rays of each class with the same values would settle it; an interval that "
            "reaches over the line doesn't say that there is something."
        )
    return said


def _confirmation(usage: Usage) -> str:
    return (
        f"It is confirmed from within: with all that its features show of the {plain(usage.fact)} "
        f"taken out, {_task(usage)} has AUC {usage.erased[0]:.2f} as it is and "
        f"{usage.matched_erased[0]:.2f} matched, so {usage.explained:.2f} of the "
        f"{usage.lost[0]:.2f} lost goes away; with 95 of {len(usage.by_chance)} random sets of "
        f"directions of equal variance it is at most {max(usage.usual_by_chance, 0.0):.2f}."
    )


def _is_entangled(usage: Usage) -> bool:
    """Tell whether what shows the fact is worth something where the fact can't help."""
    return percentile_interval(usage.of_the_disease[1])[0] > 0


def _why_it_is_not_counted(usage: Usage) -> str:
    fact = plain(usage.fact)
    start = f"Matched on the {fact}, the model does worse ({_task(usage)}), but "
    if _is_entangled(usage):
        return (
            f"{start}what its features show of the {fact} helps among matched X-rays, too, where "
            f"the {fact} itself can't (AUC lost without it "
            f"{_span(*_interval(usage.of_the_disease))}). It may be signs of the disease: patients "
            "with one value may be more ill than those with another. So this isn't counted as use."
        )
    return (
        f"{start}it still does when what its features show of the {fact} is taken out: the X-rays "
        "that match may just be harder. So this isn't counted as use."
    )


def _apart(overlaps: dict[int, Overlap], known: set[int]) -> Pairs:
    """Give the classes that a fact keeps apart, where the model tells at least one of them."""
    pairs = {(min(k, j), max(k, j)) for k, o in overlaps.items() for j in o.apart if k in known}
    return tuple(sorted(pairs))


def _never_separated(overlaps: dict[str, dict[int, Overlap]], known: set[int]) -> list[str]:
    """Say which facts can't be separated from which classes."""
    by_pairs: dict[Pairs, list[str]] = {}
    for fact, of_fact in overlaps.items():
        if pairs := _apart(of_fact, known):
            by_pairs.setdefault(pairs, []).append(plain(fact))
    return [
        f"Too few X-rays share a value of {listed(facts)} to say whether the model needs it to "
        f"tell {listed(f'{_name(a)} from {_name(b)}' for a, b in pairs)}: what the data never "
        "separated no evaluation can."
        for pairs, facts in by_pairs.items()
    ]


def _not_told(known: set[int], tested: Tested) -> list[str]:
    weak = [int(k) for k in np.unique(tested.sample.truth) if int(k) not in known]
    if not weak:
        return []
    return [
        (
            f"Not asked about {listed(map(_name, weak))}: the model isn't shown to tell it from "
            "the rest better than guessing, so there is no performance to explain."
        )
    ]


def _why_nothing(known: set[int]) -> str:
    if not known:
        return (
            "The model isn't shown to tell any class better than guessing, so there is no "
            "performance that could rest on a fact; with more X-rays it may be"
        )
    return (
        "Cannot tell whether the model uses what goes with the class: too few X-rays of different "
        "classes share the same value of any fact. It takes X-rays of each class from the same "
        "sites, years and views"
    )


def _losses(found: list[Found]) -> Table:
    return Table(
        "AUC lost when a fact is the same for the classes (intervals for all at once; n: X-rays "
        "kept when paired)",
        tuple(_number(f, "AUC lost by matching") for f in found),
    )


def _number(f: Found, metric: str) -> Number:
    usage = f.usage
    where = f"{plain(usage.fact)}: {CLASSES[usage.k]}"
    return Number(metric, where, usage.lost[0], f.low, f.high, usage.overlap.kept)


def _stages(found: list[Found]) -> Table:
    rows = []
    for f in found:
        usage = f.usage
        where = f"{plain(usage.fact)}: {CLASSES[usage.k]}"
        for stage, measured in zip(STAGES, _measured(usage), strict=True):
            n = usage.overlap.n if stage in (STAGES[0], STAGES[3]) else usage.overlap.kept
            rows.append(Number(f"AUC, {stage}", where, *_interval(measured), n))
        none, n = float("nan"), usage.overlap.n
        rows += [
            Number("AUC lost by matching, erased", where, *_interval(usage.lost_when_erased), n),
            Number("of the loss, gone when erased", where, usage.explained, none, none, n),
            Number("of the loss, gone by chance", where, usage.usual_by_chance, none, none, n),
        ]
    return Table("AUC of each class as it is, and without each fact", tuple(rows))


def _presence(told: dict[str, Told]) -> Table:
    metric = "AUC of the fact alone"
    return Table(
        "How well each fact alone tells the class that it tells best (intervals for all at once)",
        tuple(
            Number(metric, f"{plain(t.fact)}: {CLASSES[t.k]}", t.value, t.low, t.high, t.n)
            for t in sorted(told.values(), key=lambda t: -t.value)
        ),
    )


def _slopes(found: list[Found], tested: Tested) -> tuple[Figure, ...]:
    shown = [[_interval(m) for m in _measured(f.usage)] for f in found[:MOST_LINES]]
    labels = (f"{plain(f.usage.fact)}: {CLASSES[f.usage.k]}" for f in found[:MOST_LINES])
    values, lows, highs = (tuple(tuple(one[i] for one in line) for line in shown) for i in range(3))
    return (
        Slopes(
            title="What is left of the AUC when a fact can't help",
            unit="AUC",
            stages=STAGES,
            labels=tuple(labels),
            values=values,
            lows=lows,
            highs=highs,
            lines={"guessing": 0.5},
            groups=tuple(_matched(f.usage, tested) for f in found[:MOST_LINES]),
        ),
    )


def _matched(usage: Usage, tested: Tested) -> tuple[int, ...]:
    """Give the X-rays that count when the class and the others are matched."""
    strata = pd.factorize(tested.values[usage.fact])[0].astype(np.intp)
    counts = with_counterpart(tested.sample.truth, strata, usage.k, usage.overlap.others)
    return tuple(map(int, tested.sample.positions[counts]))


def _task(usage: Usage) -> str:
    """Say what is told from what."""
    others = "the rest" if not usage.overlap.apart else listed(map(_name, usage.overlap.others))
    return f"telling {_name(usage.k)} from {others}"


def _measured(usage: Usage) -> tuple[Measured, ...]:
    return usage.as_it_is, usage.matched, usage.within, usage.erased, usage.matched_erased


def _interval(measured: Measured) -> tuple[float, float, float]:
    return measured[0], *percentile_interval(measured[1], LEVEL)


def _span(value: float, low: float, high: float) -> str:
    # adding 0.0 makes -0.0 positive
    value, low, high = (round(x, 2) + 0.0 for x in (value, low, high))
    return f"{value:.2f} [{low:.2f}, {high:.2f}]"


def _name(k: int) -> str:
    return DISPLAY_NAMES[CLASSES[k]]
