"""Whether the files themselves give the class away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from xraydemo.evaluation.check import check
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.result import (
    CheckResult,
    Number,
    Verdict,
    cannot_check,
    judge_harm,
)
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.tell import classes_with_enough
from xraydemo.evaluation.tell_result import Evidence, left_out, too_few

FILE_FACTS = (
    "format", "mode", "bits", "width", "height", "bytes_per_pixel", "jpeg_quality",
    "transfer_syntax",
)  # fmt: skip
AS_FOUND = ("original_format", "original_mode", "original_width", "original_height")
NOW, FOUND = "the files as they are", "the files as they were found"


@dataclass(frozen=True)
class Files:
    """Settings of `data.files`.

    Attributes
    ----------
    warn, fail : float
        AUC of telling the class from the file alone.
    floor : int
        Least X-rays of a class.
    """

    warn: float
    fail: float
    floor: int


@check("data.files", "Do the files give the class away?", needs=("labels",), parameters=Files)
def data_files(context: Context[Files]) -> CheckResult:
    """Tell the class from format, mode, size and compression, without the picture.

    Where the cohort knows how the files were found, before somebody resized them, the same is asked
    of that, for resizing leaves traces in the pixels. The worse of the two gives the verdict; their
    intervals hold together (Bonferroni).
    """
    lines = context.parameters
    whole = context.run.sample
    sample, small = classes_with_enough(whole, lines.floor)
    if len(set(sample.truth)) < 2:
        return cannot_check(too_few(whole, lines.floor))
    asked = _tables(context.run)
    evidence = {
        name: Evidence.of(
            columns,
            sample,
            seed=context.seed,
            level=1 - 0.05 / len(asked),
            progress=_part_of(context.progress, i, len(asked)),
        )
        for i, (name, columns) in enumerate(asked.items())
    }
    worst = max(evidence, key=lambda name: evidence[name].together.macro.value)
    macro = evidence[worst].together.macro
    verdict, settled = judge_harm(
        macro.low, macro.value, macro.high, warn=lines.warn, fail=lines.fail
    )
    return CheckResult(
        verdict,
        _headline(verdict, settled, worst, evidence[worst]),
        Number.of("AUC", worst, macro),
        findings=(
            *(s for e in evidence.values() for s in e.most_telling(lines.warn)),
            *_advice(verdict),
            *left_out(small, whole, lines.floor),
        ),
        tables=tuple(t for name, e in evidence.items() for t in e.tables(name)),
        figures=tuple(
            figure
            for name, e in evidence.items()
            for figure in e.figures(name, {"warn": lines.warn, "fail": lines.fail})
        ),
        settled=settled,
    )


def _part_of(whole: Callable[[float], None], i: int, n: int) -> Callable[[float], None]:
    return lambda share: whole((i + share) / n)


def _tables(run: Run) -> dict[str, pd.DataFrame]:
    tables = {NOW: run.facts[[name for name in FILE_FACTS if name in run.facts]]}
    found = [name for name in AS_FOUND if name in run.meta.cohort["own_columns"]]
    return tables | ({FOUND: run.rows[found]} if found else {})


def _headline(verdict: Verdict, settled: bool, worst: str, evidence: Evidence) -> str:
    auc = evidence.auc_in_words
    if verdict in (Verdict.WARN, Verdict.FAIL):
        how = "tell" if verdict is Verdict.FAIL else "partly tell"
        return f"Without a look at the picture, format and size of {worst} {how} the class: {auc}."
    if not settled:
        return f"That the files give the class away is not shown, but not excluded, either: {auc}."
    return f"The files of all classes are alike: their format and size tell little, {auc}."


def _advice(verdict: Verdict) -> tuple[str, ...]:
    if verdict is Verdict.PASS:
        return ()
    return (
        (
            "What it means: the classes came through different hands. Resizing and JPEG leave "
            "traces in the picture (blur, ringing, blocks), a network can answer from these "
            "instead of from the lungs, and a score on such files says little about files from "
            "elsewhere."
        ),
        (
            "What to do: believe no score on this data alone. Take all classes from one source, or "
            "make all files in one way from the originals; then test on X-rays from another "
            "hospital."
        ),
    )
