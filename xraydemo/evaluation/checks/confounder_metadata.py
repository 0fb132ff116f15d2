"""Whether the class can be told without looking at the picture, from what else is known of it.

Published: in the pneumonia challenge of the RSNA (2018) the view alone tells opacity with AUC
0.702, and all fields of the files' headers together with 0.735; in covid-chestxray-dataset the
year alone tells covid with 1.0 (see the help page of this check for what was measured here).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.check import check
from xraydemo.evaluation.confounding.association import cramers_v
from xraydemo.evaluation.confounding.wall import Wall
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.figures import Figure
from xraydemo.evaluation.ranking import macro_auc_of
from xraydemo.evaluation.result import (
    WORST_FIRST,
    CheckResult,
    Number,
    Table,
    Verdict,
    cannot_check,
    judge_harm,
)
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.simultaneous import value_and_draws
from xraydemo.evaluation.tell import Told, classes_with_enough
from xraydemo.evaluation.tell_result import (
    Evidence,
    difference,
    left_out,
    listed,
    percent,
    plain,
    said,
    too_few,
)
from xraydemo.evaluation.testable_facts import TestableFacts, testable_facts
from xraydemo.metrics.bootstrap import LEVEL, Estimate, percentile_interval

WHAT = "facts"
CLEARLY = 0.6  # of the model's AUC: below, a share of what it knows means nothing
TOGETHER = "all facts together"
PUBLISHED = (
    "For comparison: in the RSNA pneumonia set of 2018 the view alone reached AUC 0.70, and all "
    "fields of the files' headers together 0.74."
)


@dataclass(frozen=True)
class Metadata:
    """Settings of `confounder.metadata`.

    Attributes
    ----------
    warn, fail : float
        AUC of telling a class from the rest by facts.
    floor : int
        Least X-rays of a class.
    """

    warn: float
    fail: float
    floor: int


@dataclass(frozen=True)
class Judged:
    """What tells a class, how well, and what that means."""

    fact: str
    k: int
    auc: Estimate
    verdict: Verdict
    settled: bool


@check(
    "confounder.metadata",
    "Can the class be told without looking at the picture?",
    needs=("labels",),
    parameters=Metadata,
)
def metadata(context: Context[Metadata]) -> CheckResult:
    """Tell each class from all facts together and from each alone.

    The class that is told best decides, for it is given away however well the others are kept. Half
    of the allowed error goes to all facts together, half to each alone, shared evenly by the facts
    and classes that were tried (Bonferroni).
    """
    lines, run = context.parameters, context.run
    sample, small = classes_with_enough(run.sample, lines.floor)
    if len(set(sample.truth)) < 2:
        return cannot_check(too_few(run.sample, lines.floor))
    facts = testable_facts(run, sample.positions)
    columns = facts.of("fact")
    if columns.empty:
        return cannot_check(
            "Nothing is known of these X-rays but their pictures and files: add columns such as "
            "age, sex, view, date, site and scanner to the CSV, or give the DICOM files"
        )
    of_run = columns.set_axis(sample.positions).reindex(run.rows.index)
    evidence = Evidence.of(of_run, sample, seed=context.seed, progress=context.progress)
    judged = _judge(evidence, lines)
    decided = judged[0]
    settled = decided.verdict is not Verdict.PASS or all(j.settled for j in judged)
    share = _share(evidence.together, sample)
    return CheckResult(
        decided.verdict,
        _headline(decided, settled, facts, sample),
        Number.of("AUC", f"{plain(decided.fact)}: {_id(decided.k)} against the rest", decided.auc),
        findings=(
            f"All facts together tell the classes apart with {evidence.auc_in_words}.",
            *_given_away(judged, facts, sample),
            *_share_said(share, sample),
            *_advice(decided.verdict),
            *left_out(small, run.sample, lines.floor),
            *_not_tested(facts),
            PUBLISHED,
        ),
        tables=(*evidence.tables(WHAT), _associations(facts, sample), *_share_table(share)),
        figures=(
            *evidence.figures(WHAT, {"warn": lines.warn, "fail": lines.fail}),
            *_wall_of_the_most_telling(facts, evidence, sample),
        ),
        settled=settled,
    )


def _judge(evidence: Evidence, lines: Metadata) -> list[Judged]:
    """Judge every class told by all facts and by each; the worst first, a single fact before all.

    A single fact says more than all of them: it can be named, and looked at.
    """
    n_classes = len(evidence.together.classes)
    error = (1 - LEVEL) / 2 / n_classes
    tried = [(TOGETHER, evidence.together, 1 - error)]
    alone = evidence.alone.items()
    tried += [(name, told, 1 - error / len(alone)) for name, told in alone]
    judged = [
        Judged(name, k, auc_of_class, *_verdict(auc_of_class, lines))
        for name, told, level in tried
        for k in told.classes
        for auc_of_class in [told.of_class(k, level)]
    ]
    return sorted(judged, key=_badness)


def _verdict(found: Estimate, lines: Metadata) -> tuple[Verdict, bool]:
    return judge_harm(found.low, found.value, found.high, warn=lines.warn, fail=lines.fail)


def _badness(j: Judged) -> tuple[int, bool, float]:
    told_by_all = j.fact == TOGETHER and j.verdict is not Verdict.PASS
    return WORST_FIRST.index(j.verdict), told_by_all, -j.auc.value


def _headline(decided: Judged, settled: bool, facts: TestableFacts, sample: Sample) -> str:
    how_well = (
        f"{_tells(decided)} with AUC {said(decided.auc)}, where 0.5 is guessing and 1 is always "
        f"right (n = {decided.auc.n:,})"
    )
    if decided.verdict is Verdict.PASS:
        found = (
            "No fact gives a class away"
            if settled
            else "That facts give a class away is not shown, nor excluded"
        )
        return f"{found}: at best, {how_well}."
    partly = "" if decided.verdict is Verdict.FAIL else "partly "
    start = f"A class can {partly}be told without looking at the picture: {how_well}"
    if decided.fact == TOGETHER:
        return f"{start}."
    return f"{start}; {_difference(decided, facts, sample)}"


def _tells(j: Judged) -> str:
    if j.fact == TOGETHER:
        return f"all facts together tell {_named(j.k)} from the rest"
    return f"the {plain(j.fact)} alone tells {_named(j.k)} from the rest"


def _difference(j: Judged, facts: TestableFacts, sample: Sample) -> str:
    return difference(facts.binned(j.fact), sample.truth == j.k, _named(j.k))


def _given_away(judged: list[Judged], facts: TestableFacts, sample: Sample) -> list[str]:
    """Say for each class but the one in the headline which single fact gives it away most."""
    told: dict[int, Judged] = {}
    for j in judged:  # the worst first
        if j.fact != TOGETHER and j.verdict is not Verdict.PASS:
            told.setdefault(j.k, j)
    return [
        f"{_capital(_tells(j))} with AUC {said(j.auc)}: {_difference(j, facts, sample)}"
        for j in told.values()
        if j is not judged[0]
    ]


def _share(told: Told, sample: Sample) -> tuple[Estimate, Estimate] | None:
    """Give the model's macro AUC, and which share of it above guessing the facts reach alone.

    None where the model isn't clearly better than guessing.
    """
    of_model = macro_auc_of(sample, tuple(told.classes))
    model = sample.resampling.estimate(of_model)
    if model.low <= CLEARLY:
        return None
    _, drawn = value_and_draws(sample, of_model)
    low, high = percentile_interval((told.drawn.mean(axis=1) - 0.5) / (drawn - 0.5))
    value = (told.macro.value - 0.5) / (model.value - 0.5)
    return model, Estimate(value, low, high, model.n, model.n_groups)


def _share_said(share: tuple[Estimate, Estimate] | None, sample: Sample) -> tuple[str, ...]:
    if share is None:
        return (
            (
                "How much of what the model knows could come from facts is not said: its own AUC "
                f"on these {len(sample):,} X-rays is not clearly above {CLEARLY}."
            ),
        )
    model, of_it = share
    more = ", more than the model itself" if of_it.low > 1 else ""
    return (
        (
            f"Facts alone reach {percent(of_it.value)} [{percent(of_it.low)}, "
            f"{percent(of_it.high)}] of what the model shows above guessing{more} (its AUC here is "
            f"{said(model)}, mean over the classes). That does not prove that the model uses them; "
            "it says how much it could owe to them."
        ),
    )


def _share_table(share: tuple[Estimate, Estimate] | None) -> tuple[Table, ...]:
    if share is None:
        return ()
    model, of_it = share
    return (
        Table(
            "Facts against the model",
            (
                Number.of("AUC", "the model, mean over the classes", model),
                Number.of("share of it above 0.5", TOGETHER, of_it),
            ),
        ),
    )


def _associations(facts: TestableFacts, sample: Sample) -> Table:
    each = {name: cramers_v(facts.binned(name), sample) for name in map(str, facts.of("fact"))}
    rows = [
        Number.of("Cramer's V", plain(name), v)
        for name, v in sorted(each.items(), key=lambda item: -np.nan_to_num(item[1].value))
    ]
    return Table("How closely each fact and the class go together (0 to 1)", tuple(rows))


def _wall_of_the_most_telling(
    facts: TestableFacts, evidence: Evidence, sample: Sample
) -> tuple[Figure, ...]:
    if not evidence.alone:
        return ()
    name = next(iter(evidence.alone))
    return (Wall.of(plain(name), facts.binned(name), sample).figure(),)


def _advice(verdict: Verdict) -> tuple[str, ...]:
    if verdict is Verdict.PASS:
        return ()
    return (
        (
            "What it means: a model that recognizes the hospital, the machine, the year or the "
            "kind of patient would score well here without knowing anything of the disease."
        ),
        (
            "What to do: see confounder.encoded and confounder.used for whether the model sees the "
            "fact and uses it; collect X-rays in which the classes share sites, years, views and "
            "ages; until then, believe comparisons within one value of the fact only."
        ),
    )


def _not_tested(facts: TestableFacts) -> tuple[str, ...]:
    by_reason: dict[str, list[str]] = {}
    for name, reason in facts.left_out.items():
        by_reason.setdefault(plain(reason), []).append(plain(name))
    if not by_reason:
        return ()
    parts = (f"{listed(names)} ({reason})" for reason, names in by_reason.items())
    return (f"Not tested: {'; '.join(parts)}. Files and pictures: data.files and data.images.",)


def _id(k: int) -> str:
    return CLASSES[k]


def _named(k: int) -> str:
    return DISPLAY_NAMES[CLASSES[k]]


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
