"""How much is known of each X-ray, and whether what is missing gives the class away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.check import check
from xraydemo.evaluation.checks.data_files import AS_FOUND, FILE_FACTS
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.figures import Grid
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
from xraydemo.evaluation.tell import classes_with_enough
from xraydemo.evaluation.tell_result import (
    Evidence,
    left_out,
    listed,
    percent,
    plain,
    said,
    too_few,
)
from xraydemo.metrics.intervals import proportion

OF_PATIENT_AND_MACHINE = (
    "view", "age", "sex", "date", "year", "site", "manufacturer", "device", "modality",
    "body_part", "laterality", "kvp", "exposure", "exposure_time", "tube_current", "pixel_spacing",
)  # fmt: skip
# of the table, not of the X-ray; a finding is the label in other words
BOOKKEEPING = {
    "split", "group", "finding", "license", "original_name", *AS_FOUND, *FILE_FACTS
}  # fmt: skip
ASKED_ABOUT = ("patient_id", "age", "sex", "view", "date", "site")
MOSTLY = 0.9
MOST_NAMED = 3
WHAT = "what is missing"


@dataclass(frozen=True)
class Facts:
    """Settings of `data.facts`.

    Attributes
    ----------
    warn, fail : float
        AUC of telling the class from which facts are missing.
    floor : int
        Least X-rays of a class.
    """

    warn: float
    fail: float
    floor: int


@check(
    "data.facts",
    "Is age, sex, view, date and so on known, and for all classes alike?",
    needs=("labels",),
    parameters=Facts,
)
def data_facts(context: Context[Facts]) -> CheckResult:
    """Count the known facts a class, and tell the class from what is missing."""
    lines = context.parameters
    whole = context.run.sample
    is_known = _known(context.run)
    if not is_known.to_numpy().any():
        return cannot_check(
            "Nothing is known of these X-rays but their pictures: add columns such as patient_id, "
            "age, sex, view, date and site to the CSV, or give the DICOM files"
        )
    sample, small = classes_with_enough(whole, lines.floor)
    if len(set(sample.truth)) < 2:
        return cannot_check(too_few(whole, lines.floor))
    evidence = Evidence.of(~is_known, sample, seed=context.seed, progress=context.progress)
    macro = evidence.together.macro
    verdict, settled = judge_harm(
        macro.low, macro.value, macro.high, warn=lines.warn, fail=lines.fail
    )
    shares = _shares(is_known, whole)
    return CheckResult(
        verdict,
        _headline(verdict, settled, evidence, whole),
        Number.of("AUC", "all classes", macro),
        findings=(
            *_never_known(is_known),
            *_only_of_some(is_known, evidence, lines.warn),
            *_mostly_unknown(is_known, whole),
            *_advice(verdict),
            *left_out(small, whole, lines.floor),
        ),
        tables=(shares, *evidence.tables(WHAT)),
        figures=(
            _grid(is_known, whole),
            *evidence.figures(WHAT, {"warn": lines.warn, "fail": lines.fail}),
        ),
        settled=settled,
    )


def _known(run: Run) -> pd.DataFrame:
    """Tell which facts are known of each X-ray; those that are known of none are left out."""
    own = [name for name in run.meta.cohort["own_columns"] if name not in BOOKKEEPING]
    names = dict.fromkeys([*own, *(n for n in OF_PATIENT_AND_MACHINE if n in run.facts)])
    is_known = pd.DataFrame({n: run.known(n).ne("") for n in names}, index=run.rows.index)
    return is_known.loc[:, is_known.any()]


def _shares(is_known: pd.DataFrame, sample: Sample) -> Table:
    rows = []
    for name in is_known:
        hits = is_known[name].to_numpy(bool)[sample.positions]
        for k in np.unique(sample.truth):
            of_class = sample.truth == k
            share = proportion(hits[of_class], sample.groups[of_class])
            rows.append(Number.of("share known", f"{plain(str(name))}: {CLASSES[k]}", share))
    return Table("How often each fact is known", tuple(rows))


def _grid(is_known: pd.DataFrame, sample: Sample) -> Grid:
    of_sample = is_known.iloc[sample.positions]
    known = of_sample.groupby(sample.truth).mean()
    classes = [sample.truth == k for k in known.index]
    hits = [of_sample[name].to_numpy(bool) for name in known]
    return Grid(
        title="Share of X-rays of which each fact is known",
        row_title="fact",
        column_title="class",
        row_labels=tuple(plain(str(name)) for name in known),
        column_labels=tuple(CLASSES[k] for k in known.index),
        values=tuple(tuple(map(float, known[name])) for name in known),
        groups=tuple(
            tuple(tuple(map(int, sample.positions[of_class & hit])) for of_class in classes)
            for hit in hits
        ),
    )


def _headline(verdict: Verdict, settled: bool, evidence: Evidence, whole: Sample) -> str:
    auc = evidence.auc_in_words
    if not evidence.alone:
        return f"Each fact is known of all {len(whole):,} X-rays or of none: no class stands out."
    if verdict in (Verdict.WARN, Verdict.FAIL):
        how = "gives" if verdict is Verdict.FAIL else "partly gives"
        return f"Which facts are missing (not what they say) {how} the class away: {auc}."
    if not settled:
        return f"That missing facts give the class away is not shown, nor excluded: {auc}."
    return f"Facts are missing from all classes alike: {auc}."


def _only_of_some(is_known: pd.DataFrame, evidence: Evidence, warn: float) -> tuple[str, ...]:
    """Name for the facts that tell most how often they are known, best and worst class."""
    known = is_known.iloc[evidence.sample.positions].groupby(evidence.sample.truth).mean()
    classes = known.index.to_numpy(int)
    sentences: list[str] = []
    by_class = sorted(
        evidence.alone.items(), key=lambda item: -item[1].classes[item[1].easiest].value
    )
    for name, told in by_class:
        if told.classes[told.easiest].low <= warn or len(sentences) == MOST_NAMED:
            continue
        shares = known[name].to_numpy(float)
        most, least = classes[shares.argmax()], classes[shares.argmin()]
        sentences.append(
            f"The {plain(name)} is known of {percent(shares.max())} of "
            f"{DISPLAY_NAMES[CLASSES[most]]} and of {percent(shares.min())} of "
            f"{DISPLAY_NAMES[CLASSES[least]]}; that it is missing or not tells "
            f"{DISPLAY_NAMES[CLASSES[told.easiest]]} from the rest with AUC "
            f"{said(told.classes[told.easiest])}."
        )
    return tuple(sentences)


def _mostly_unknown(is_known: pd.DataFrame, sample: Sample) -> tuple[str, ...]:
    share = is_known.iloc[sample.positions].mean()
    rare = share[share < 1 - MOSTLY]
    if rare.empty:
        return ()
    named = listed(f"{plain(str(name))} ({percent(value)})" for name, value in rare.items())
    return (f"Known of few X-rays only: {named}; questions about these rest on those few.",)


def _never_known(is_known: pd.DataFrame) -> tuple[str, ...]:
    never = [fact for fact in ASKED_ABOUT if fact not in is_known]
    if not never:
        return ()
    return (
        (
            f"Of no X-ray is known: {listed(plain(fact) for fact in never)}. Whether the answer is "
            "read off one of these can't be asked."
        ),
    )


def _advice(verdict: Verdict) -> tuple[str, ...]:
    if verdict is Verdict.PASS:
        return ()
    return (
        (
            "What it means: the classes were collected by different people. The picture does not "
            "show what is missing, but it shows what goes with it: another hospital, machine or "
            "year. And a comparison 'at the same age' or 'in the same view' holds only for the "
            "X-rays whose age or view is known."
        ),
        (
            "What to do: fetch the missing facts from the source, or compare only X-rays of which "
            "the same facts are known."
        ),
    )
