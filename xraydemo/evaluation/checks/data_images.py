"""Whether simple properties of the pictures, without any anatomy, give the class away."""

from __future__ import annotations

from dataclasses import dataclass

from xraydemo.evaluation.check import check
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.result import (
    CheckResult,
    Number,
    Table,
    Verdict,
    cannot_check,
    judge_harm,
)
from xraydemo.evaluation.tell import Told, classes_with_enough, folds_of, tell, varying
from xraydemo.evaluation.tell_result import Evidence, left_out, said, too_few

IN_WORDS = {
    "mean": "mean gray",
    "deviation": "spread of grays",
    "percentile_5": "level of the darkest grays (5th percentile)",
    "percentile_25": "level of the dark grays (25th percentile)",
    "percentile_50": "level of the middle grays (50th percentile)",
    "percentile_75": "level of the bright grays (75th percentile)",
    "percentile_95": "level of the brightest grays (95th percentile)",
    "skewness": "lopsidedness of grays (skewness)",
    "entropy": "evenness of grays (entropy)",
    "brightness": "brightness within the frame",
    "contrast": "contrast within the frame",
    "border": "share of black or white border",
    "burned_in_text": "amount of burned-in text",
    "aspect_ratio": "width over height",
}
MAKING = ["sharpness", "border", "burned_in_text", "aspect_ratio"]
WHAT = "simple properties of the picture"


@dataclass(frozen=True)
class Images:
    """Settings of `data.images`.

    Attributes
    ----------
    warn, fail : float
        AUC of telling the class from image statistics alone.
    floor : int
        Least X-rays of a class.
    """

    warn: float
    fail: float
    floor: int


@check(
    "data.images",
    "Do brightness, contrast, sharpness, border or burned-in text differ by class?",
    needs=("labels",),
    parameters=Images,
)
def data_images(context: Context[Images]) -> CheckResult:
    """Tell the class from image statistics, together and each alone.

    Disease itself makes lungs whiter. So what comes from the making of a picture only (`MAKING`) is
    measured once more on its own.
    """
    lines = context.parameters
    whole = context.run.sample
    sample, small = classes_with_enough(whole, lines.floor)
    if len(set(sample.truth)) < 2:
        return cannot_check(too_few(whole, lines.floor))
    statistics = context.run.statistics
    named = statistics.rename(columns=IN_WORDS)
    evidence = Evidence.of(named, sample, seed=context.seed, progress=context.progress)
    making = tell(
        varying(statistics[MAKING].iloc[sample.positions]),
        sample,
        folds_of(sample, context.seed),
        seed=context.seed,
    )
    macro = evidence.together.macro
    verdict, settled = judge_harm(
        macro.low, macro.value, macro.high, warn=lines.warn, fail=lines.fail
    )
    making_row = Number.of("AUC", "sharpness, border, burned-in text and shape", making.macro)
    return CheckResult(
        verdict,
        _headline(verdict, settled, evidence),
        Number.of("AUC", "all classes", macro),
        findings=(
            *evidence.most_telling(lines.warn),
            *_advice(verdict, making, lines.warn),
            *left_out(small, whole, lines.floor),
        ),
        tables=(*evidence.tables(WHAT), Table("What no disease makes", (making_row,))),
        figures=evidence.figures(WHAT, {"warn": lines.warn, "fail": lines.fail}),
        settled=settled,
    )


def _headline(verdict: Verdict, settled: bool, evidence: Evidence) -> str:
    auc = evidence.auc_in_words
    what = "brightness, contrast, sharpness, border and burned-in text"
    if verdict in (Verdict.WARN, Verdict.FAIL):
        how = "tell" if verdict is Verdict.FAIL else "partly tell"
        return f"{what.capitalize()} {how} the class, without any anatomy: {auc}."
    if not settled:
        return f"That {what} give the class away is not shown, but not excluded, either: {auc}."
    return f"The pictures of all classes are made alike: {what} tell little, {auc}."


def _advice(verdict: Verdict, making: Told, warn: float) -> tuple[str, ...]:
    if verdict is Verdict.PASS:
        return ()
    telling = making.macro.low > warn
    return (
        "Disease itself makes lungs whiter, so a part of this may be honest. "
        + (
            "But what no disease makes, sharpness, border, burned-in text and the shape of the "
            f"picture, tells the class with AUC {said(making.macro)}: that comes from the machine, "
            "the archive or the hospital."
            if telling
            else "What no disease makes, sharpness, border, burned-in text and the shape of the "
            f"picture, tells little alone: AUC {said(making.macro)}."
        ),
        (
            "What it means: a network learns the easiest way to the right answer, and this is "
            "easier than lungs. A model can score well here and fail where the pictures are made "
            "otherwise."
        ),
        (
            "What to do: look at the pictures of the most telling property, class by class; crop "
            "borders and markers, take all classes from one source, and compare the model with the "
            "same properties alone (performance.baselines)."
        ),
    )
