"""Whether the X-rays of a run look like those of the training set, or of another run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xraydemo.evaluation.check import check
from xraydemo.evaluation.context import NOT_GIVEN, Context
from xraydemo.evaluation.figures import Bars, Exhibit, Gallery
from xraydemo.evaluation.result import (
    CheckResult,
    Number,
    Table,
    Verdict,
    cannot_check,
    judge_harm,
)
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.shift.against import (
    LEAST_KNOWN,
    Against,
    against_dossier,
    against_reference,
)
from xraydemo.evaluation.shift.differences import Difference, corrected
from xraydemo.evaluation.shift.domain import (
    Discrepancy,
    ToldApart,
    discrepancy,
    enough_to_tell_apart,
    tell_apart,
)
from xraydemo.evaluation.slices import fact_slices
from xraydemo.evaluation.tell_result import listed, percent, plain, said
from xraydemo.evaluation.testable_facts import FILE_FACTS
from xraydemo.metrics.bootstrap import LEVEL, Estimate

# by which the classifier's answer is broken down
PARTS = ("source", "site", "view", "sex", "age", "age_group", "year", "manufacturer", "device")
MOST_NAMED = 5
MOST_IN_CAPTION = 3
FAR = 0.25  # of the X-rays, on the far side of a number that differs


@dataclass(frozen=True)
class Drift:
    """Settings of `shift.drift`.

    Attributes
    ----------
    warn, fail : float
        AUC of telling the two sets apart.
    alpha : float
        How often a fact may be named that does not differ, in all runs where nothing does.
    floor : int
        Least X-rays on each side.
    most : int
        X-rays on each side that are compared at most.
    most_discrepancy, permutations : int
        X-rays on each side, and shuffles, of the test of embeddings.
    shown : int
        Entries of each gallery.
    """

    warn: float
    fail: float
    alpha: float
    floor: int
    most: int
    most_discrepancy: int
    permutations: int
    shown: int


@dataclass(frozen=True, eq=False)
class Found:
    """All that was measured.

    Attributes
    ----------
    against : Against
    told : ToldApart
    auc : Estimate
    differences : list of Difference
        Corrected, the largest first, those of files last.
    named : list of Difference
        Those that are shown.
    embeddings : Discrepancy
        Uncorrected.
    p_of_embeddings : float
        Corrected.
    """

    against: Against
    told: ToldApart
    auc: Estimate
    differences: list[Difference]
    named: list[Difference]
    embeddings: Discrepancy
    p_of_embeddings: float


@check(
    "shift.drift",
    "Does this folder look like the training set?",
    needs=("embeddings",),
    parameters=Drift,
)
def drift(context: Context[Drift]) -> CheckResult:
    """Tell the run's X-rays from the training set's, or a reference's, and name what differs.

    One number decides: the AUC of a classifier on embeddings, whose lines are far from chance. What
    explains it (kernel two-sample test of the embeddings, Kolmogorov-Smirnov of each probability
    and number, chi-square of each fact) is one family, corrected by Holm; each patient counts once.
    For what such tests find and miss see [1]_.

    References
    ----------
    .. [1] Rabanser, Guennemann & Lipton, Failing Loudly: An Empirical Study of Methods for
       Detecting Dataset Shift, NeurIPS 2019.
    """
    run, given, settings = context.run, context.given, context.parameters
    generator = context.generator()
    if given.reference is not None:
        against = against_reference(
            run, given.reference, given.dossier, most=settings.most, generator=generator
        )
    elif given.dossier is not None:
        against = against_dossier(run, given.dossier, most=settings.most, generator=generator)
    else:
        return cannot_check(
            f"{NOT_GIVEN['dossier']}. Or give another run or cohort to compare with: --reference "
            "RUN|COHORT"
        )
    context.progress(0.3)
    if not enough_to_tell_apart(against.sets, settings.floor):
        return cannot_check(_too_few(against, settings.floor))
    found = _measure(context, against, generator)
    context.progress(0.8)
    verdict, settled = judge_harm(
        found.auc.low, found.auc.value, found.auc.high, warn=settings.warn, fail=settings.fail
    )
    parts = _parts(run, found, settings.floor)
    return CheckResult(
        verdict,
        _headline(verdict, settled, found),
        Number.of("AUC", f"here against {against.name}", found.auc),
        _findings(verdict, found, parts, settings),
        (_apart(found, parts), *_tables(found)),
        (*_differences_drawn(found), *_galleries(found, settings.shown)),
        settled=settled,
    )


def _measure(context: Context[Drift], against: Against, generator: np.random.Generator) -> Found:
    settings = context.parameters
    told = tell_apart(against.sets, seed=context.seed)
    context.progress(0.6)
    embeddings = discrepancy(
        against.sets,
        most=settings.most_discrepancy,
        permutations=settings.permutations,
        generator=generator,
    )
    differences, (p_of_embeddings,) = corrected(against.differences, embeddings.p)
    # what a file is like is told last: it seldom says why
    differences.sort(key=lambda d: d.name in FILE_FACTS)
    named = [d for d in differences if d.p < settings.alpha]
    return Found(against, told, told.auc(), differences, named, embeddings, p_of_embeddings)


def _too_few(against: Against, floor: int) -> str:
    n_here = int(against.sets.here.sum())
    n_there = len(against.sets.here) - n_here
    learnt = (
        f" ({against.n_trained_on} were left out: the network learnt from them)"
        if against.n_trained_on
        else ""
    )
    return (
        f"Too few X-rays to compare: {n_here:,} here and {n_there:,} in {against.name}{learnt}. It "
        f"takes {floor} on each side, of 5 patients or more"
    )


Part = tuple[str, Estimate]


def _parts(run: Run, found: Found, floor: int) -> list[Part]:
    """Give how well each group of the run's X-rays is told apart, the best first."""
    positions, sets = found.against.positions, found.told.sets
    slices = [s for s in fact_slices(run, positions, floor) if s.fact in PARTS]
    level = 1 - (1 - LEVEL) / max(len(slices), 1)
    there = np.zeros(len(sets.here) - len(positions), bool)
    parts = [(one.name, found.told.auc(np.concatenate([one.mask, there]), level)) for one in slices]
    return sorted(parts, key=lambda part: -part[1].value)


def _headline(verdict: Verdict, settled: bool, found: Found) -> str:
    name, auc = found.against.name, found.auc
    number = f"AUC {said(auc)}, where 0.5 is by chance and 1 always"
    differs = f" What differs most: {_names(found)}." if found.named else ""
    if verdict is Verdict.FAIL:
        return (
            f"These X-rays do not look like {name}: they can nearly always be told from it "
            f"({number}).{differs}"
        )
    if verdict is Verdict.WARN:
        return (
            f"These X-rays do not quite look like {name}: they can often be told from it "
            f"({number}).{differs}"
        )
    if not settled:
        return (
            f"That these X-rays are easily told from {name} is not shown, nor excluded "
            f"({number}).{differs}"
        )
    if found.named:
        return f"These X-rays look much like {name} ({number}).{differs}"
    return (
        f"These X-rays look like {name}: they are not easily told from it ({number}), and no fact "
        "that both have is shown to differ."
    )


def _names(found: Found) -> str:
    return listed(d.plain for d in found.named[:MOST_NAMED])


def _findings(
    verdict: Verdict, found: Found, parts: list[Part], settings: Drift
) -> tuple[str, ...]:
    against, embeddings = found.against, found.embeddings
    findings = [f"Shown to differ: {d.said}." for d in found.named[:MOST_NAMED]]
    if more := found.named[MOST_NAMED:]:
        findings.append(f"Also shown to differ: {listed(d.plain for d in more)}.")
    alike = [d.plain for d in found.differences if d not in found.named]
    if alike:
        findings.append(f"Compared, and not shown to differ: {listed(alike)}.")
    if skipped := _not_compared(found):
        findings.append(
            f"Not compared, for they are the same throughout, or known of fewer than {LEAST_KNOWN} "
            f"X-rays on one side: {listed(skipped)}."
        )
    if len(parts) > 1 and verdict is not Verdict.PASS:
        (most, high), (least, low) = parts[0], parts[-1]
        findings.append(
            f"Told best are those with {most} (AUC {said(high)}, n = {_n_here(found, high):,}), "
            f"worst those with {least} ({said(low)}, n = {_n_here(found, low):,})."
        )
    within = found.told.auc_within_classes()
    if within is not None:
        findings.append(
            f"Between X-rays of the same class the AUC is {said(within)}: so much is no matter of "
            "having more of one class."
        )
    differs = found.p_of_embeddings < settings.alpha
    does = "differs" if differs else "is not shown to differ"
    findings.append(
        f"What the network sees (its embeddings, without fitting anything) {does}: maximum mean "
        f"discrepancy {embeddings.squared:.3g}, p = {found.p_of_embeddings:.2g} (n = "
        f"{embeddings.n:,}, a patient once)."
    )
    findings.append(
        f"{len(found.differences) + 1} comparisons were made; their p-values are corrected for "
        f"that (Holm), and one is named below {settings.alpha:g}: where nothing differs, at most "
        f"one in {1 / settings.alpha:.0f} runs would name anything. Each patient counts once, and "
        "shares are of the X-rays of which a fact is known. The verdict rests on the AUC alone."
    )
    findings += _left_out(against)
    if verdict is not Verdict.PASS:
        findings.append(
            "What it means: numbers measured on X-rays like the training set need not hold here "
            "(`shift.gap` measures what is lost). What to do: look at the X-rays of the gallery, "
            "and find out whether what sets them apart is the patients, or only how pictures are "
            "made and stored: that can be mended before they are read."
        )
    return tuple(findings)


def _not_compared(found: Found) -> list[str]:
    """Name the facts that are known here, and for which there is no test."""
    compared = {d.name for d in found.differences}
    return [
        plain(name)
        for name, values in found.against.values.items()
        if name not in compared and ((values != "") & values.notna()).any()
    ]


def _n_here(found: Found, estimate: Estimate) -> int:
    return estimate.n - int((~found.told.sets.here).sum())


def _left_out(against: Against) -> list[str]:
    said_so = []
    if against.n_trained_on:
        said_so.append(
            f"{against.n_trained_on:,} X-rays were left out, for the network learnt from them: "
            "such X-rays lie apart from all others, wherever these come from."
        )
    if against.n_not_drawn:
        said_so.append(
            f"{against.n_not_drawn:,} X-rays were left out by lot, to keep it fast: set `most` of "
            "shift.drift in a thresholds file to take more."
        )
    if not against.patients_known:
        said_so.append(
            "Each training X-ray counts as a patient of its own: this bundle's dossier was made by "
            "an earlier version, which did not tell (where patients have several, the ranges are "
            "too narrow). `python -m xraydemo.training.certify BUNDLE CSV` makes it anew."
        )
    return [*said_so, *([f"{against.not_compared}."] if against.not_compared else [])]


def _apart(found: Found, parts: list[Part]) -> Table:
    rows = [Number.of("AUC", "all", found.auc)]
    within = found.told.auc_within_classes()
    if within is not None:
        rows.append(Number.of("AUC", "within classes", within))
    rows += [Number.of("AUC", name, estimate) for name, estimate in parts]
    title = f"How well these X-rays are told from {found.against.name}, and which of them best"
    return Table(title, tuple(rows))


def _tables(found: Found) -> tuple[Table, ...]:
    nan = float("nan")
    shares, tests = [], []
    for d in found.differences:
        what, of = ("share", f"{d.plain} = {d.value}") if d.value else ("mean", d.plain)
        shares += [Number.of(what, f"{of}, here", d.here), Number.of(what, f"{of}, there", d.there)]
        where = f"{d.plain} ({d.test})"
        tests.append(Number("p, corrected", where, d.p, nan, nan, d.here.n + d.there.n))
    where = "embeddings (maximum mean discrepancy)"
    tests.append(Number("p, corrected", where, found.p_of_embeddings, nan, nan, found.embeddings.n))
    named = f"here and in {found.against.name}"
    return (
        *(
            [Table(f"The value that differs most, or the mean, {named}", tuple(shares))]
            if shares
            else []
        ),
        Table("Tests of each fact, corrected for their number", tuple(tests)),
    )


def _differences_drawn(found: Found) -> tuple[Bars, ...]:
    if not found.named:
        return ()
    nan = (float("nan"),) * len(found.named)
    return (
        Bars(
            f"In what these X-rays differ from {found.against.name}, each with X-rays that say so",
            "share of X-rays whose value would have to change",
            tuple(d.plain for d in found.named),
            tuple(d.size for d in found.named),
            nan,
            nan,
            {},
            tuple(_behind(d, found) for d in found.named),
        ),
    )


def _behind(difference: Difference, found: Found) -> tuple[int, ...]:
    """Give the X-rays that say so: those of values that are more frequent here, or far out."""
    values = found.against.values[difference.name]
    if not difference.value:
        # toward the side on which these X-rays lie
        away = values if difference.here.value > difference.there.value else -values
        mask = away >= away.quantile(1 - FAR)
    elif difference.here.value > difference.there.value:
        mask = values == difference.value
    else:
        mask = (values != difference.value) & (values != "")
    return tuple(found.against.positions[mask.to_numpy(bool)].tolist())


def _galleries(found: Found, shown: int) -> tuple[Gallery, ...]:
    here = found.told.sets.here
    odds, above = found.told.odds[here], found.told.above()[here]
    order = np.argsort(-odds, kind="stable")
    _, first = np.unique(found.told.sets.groups[here][order], return_index=True)
    once = order[np.sort(first)]  # of each patient the X-ray that is told best

    def exhibit(row: int) -> Exhibit:
        caption = f"less like {name} than {percent(above[row])} of its own X-rays"
        facts = _facts_of(int(row), found)
        return Exhibit((int(found.against.positions[row]),), "; ".join([caption, *facts]))

    name = found.against.name
    least = once[::-1][: min(shown, len(once) // 2)]
    return (
        Gallery(f"Least like {name}", tuple(map(exhibit, once[:shown]))),
        Gallery(f"Most like {name}", tuple(map(exhibit, least))),
    )


def _facts_of(row: int, found: Found) -> list[str]:
    """Say what of the facts that differ most is known of an X-ray."""
    facts = []
    for d in found.named:
        value = found.against.values[d.name].iloc[row]
        text = value if isinstance(value, str) else "" if np.isnan(value) else f"{value:,.4g}"
        if text:
            facts.append(f"{d.plain} {text}")
    return facts[:MOST_IN_CAPTION]
