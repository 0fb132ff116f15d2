"""What a check answers: a verdict, the number that decided it, and what stands behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from xraydemo.evaluation.figures import Figure
from xraydemo.metrics.bootstrap import Estimate


class Verdict(StrEnum):
    """How a check ended."""

    PASS = "pass"  # noqa: S105  a verdict, no password
    WARN = "warn"
    FAIL = "fail"
    INFO = "info"
    """There is no threshold."""
    CANNOT_CHECK = "cannot_check"
    """What it needs isn't there: a finding, too."""
    ERROR = "error"
    """The check itself raised."""


WORST_FIRST = (Verdict.FAIL, Verdict.WARN, Verdict.PASS)
"""The verdicts that a threshold can give."""


@dataclass(frozen=True)
class Number:
    """One measured number.

    Attributes
    ----------
    metric : str
        "recall", "AUC", ...
    where : str
        Of what: "covid", "view = AP", "all".
    value : float
        NaN where it is not defined.
    low, high : float
        95 % interval; NaN where there is none (a count).
    n : int
        Rows that it rests on.
    """

    metric: str
    where: str
    value: float
    low: float
    high: float
    n: int

    @classmethod
    def of(cls, metric: str, where: str, estimate: Estimate) -> Number:
        """Name an estimate."""
        return cls(metric, where, estimate.value, estimate.low, estimate.high, estimate.n)

    @classmethod
    def count(cls, metric: str, where: str, value: int, n: int) -> Number:
        """Name a count out of n: exact, so without an interval."""
        return cls(metric, where, float(value), float("nan"), float("nan"), n)


@dataclass(frozen=True)
class Table:
    """Numbers that belong together.

    Attributes
    ----------
    title : str
        What they are.
    rows : tuple of Number
        In the order in which they are shown.
    """

    title: str
    rows: tuple[Number, ...]


@dataclass(frozen=True)
class CheckResult:
    """The answer of one check; the runner adds `check` and `parameters`.

    Attributes
    ----------
    verdict : Verdict
    headline : str
        One sentence that a newcomer understands: what was found, with its number.
    number : Number, optional
        The one that decided the verdict.
    findings : tuple of str
        More sentences, the most important first.
    tables : tuple of Table
    figures : tuple of Figure
    settled : bool
        False if it passes while its interval crosses a line: nothing was shown, but there is too
        little data to exclude it.
    check : str
        Its id.
    parameters : dict
        The thresholds and settings that it ran with.
    """

    verdict: Verdict
    headline: str
    number: Number | None = None
    findings: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    settled: bool = True
    check: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)


def cannot_check(why: str) -> CheckResult:
    """Answer that the question can't be asked here; `why` says what data would make it possible."""
    return CheckResult(Verdict.CANNOT_CHECK, why)


def judge_harm(
    low: float, value: float, high: float, *, warn: float, fail: float
) -> tuple[Verdict, bool]:
    """Judge something bad, of which more is worse: it must be shown to be there.

    Parameters
    ----------
    low, value, high : float
        The number and its interval.
    warn, fail : float
        The lines; ``warn < fail``. For something of which less is worse, negate all five.

    Returns
    -------
    Verdict, bool
        Warn or fail only when the whole interval lies beyond that line. The second is `settled`:
        False where it passes although its interval reaches over the line.
    """
    del value
    if low > fail:
        return Verdict.FAIL, True
    if low > warn:
        return Verdict.WARN, True
    return Verdict.PASS, high <= warn


def judge_promise(low: float, value: float, high: float, *, warn: float, fail: float) -> Verdict:
    """Judge something good, of which more is better: it must be shown to be kept.

    Parameters
    ----------
    low, value, high : float
        The number and its interval.
    warn, fail : float
        The lines; ``fail < warn``. For something of which less is better, negate all five.

    Returns
    -------
    Verdict
        Pass only when the whole interval is on the good side of `warn`, fail when all of it is
        beyond `fail`, else warn.
    """
    del value
    if low >= warn:
        return Verdict.PASS
    return Verdict.FAIL if high < fail else Verdict.WARN
