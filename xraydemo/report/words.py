"""How numbers, verdicts and file names are written: terminal, tables and PDF say it alike."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.result import CheckResult, Number, Verdict

SIGNS = {
    Verdict.PASS: "✓",
    Verdict.WARN: "!",
    Verdict.FAIL: "✗",
    Verdict.INFO: "i",
    Verdict.CANNOT_CHECK: "?",
    Verdict.ERROR: "#",
}
"""One mark a verdict: it is told by its shape and its word, never by colour alone."""

GRAVEST_FIRST = (
    Verdict.FAIL,
    Verdict.ERROR,
    Verdict.WARN,
    Verdict.PASS,
    Verdict.INFO,
    Verdict.CANNOT_CHECK,
)

_CLASS_IN_WHERE = re.compile(
    rf"(?:^|(?<=: )|(?<= = )|(?<=newer than ))({'|'.join(CLASSES)})"
    r"(?=$| against the rest| newer than )"
)
_JOINERS = "\u200c\u200d"  # Persian and emoji need them, and they can't do harm


def verdict_text(verdict: Verdict) -> str:
    """Give a verdict's sign and word."""
    return f"{SIGNS[verdict]} {verdict.value.replace('_', ' ')}"


def gravest_first(results: Iterable[CheckResult]) -> list[CheckResult]:
    """Order results by verdict, and within a verdict as they came."""
    return sorted(results, key=lambda result: GRAVEST_FIRST.index(result.verdict))


def tally(results: Iterable[CheckResult]) -> str:
    """Count the verdicts in words: ``2 fail, 1 warn, 5 pass``."""
    verdicts = [result.verdict for result in results]
    counts = ((verdicts.count(verdict), verdict) for verdict in GRAVEST_FIRST)
    return ", ".join(f"{n} {v.value.replace('_', ' ')}" for n, v in counts if n) or "no checks"


def alike(values: Iterable[float], *, digits: int | None = None, fewest: bool = False) -> list[str]:
    """Write the numbers of one figure alike: whole if all are counts, else with as many digits.

    Parameters
    ----------
    values : iterable of float
    digits : int, optional
        After the point; default by `digits_of` these numbers.
    fewest : bool
        One digit where that tells all: for yes, no and 0.5 in between.
    """
    values = list(values)
    known = [value for value in values if math.isfinite(value)]
    if all(value == int(value) for value in known) and max(map(abs, known), default=0) > 1:
        return [f"{value:,.0f}" if math.isfinite(value) else "–" for value in values]
    if fewest and all(round(value, 1) == value for value in known):
        digits = 1
    digits = digits or digits_of(*known)
    return [_fixed(value, digits) for value in values]


def digits_of(*values: float) -> int:
    """Give how many digits after the point tell numbers apart that are written side by side."""
    return 3 if max((abs(v) for v in values if math.isfinite(v)), default=0.0) < 10 else 1


def interval_text(low: float, high: float, *, digits: int | None = None) -> str:
    """Write a 95 % interval in brackets, nothing where there is none."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    digits = digits or digits_of(low, high)
    return f"[{_fixed(low, digits)}, {_fixed(high, digits)}]"


def value_text(number: Number) -> str:
    """Write a number's value: a count whole, anything else with as many digits as its interval."""
    if number.metric == "p" or number.metric.startswith("p "):
        return p_text(number.value)
    is_count = not interval_text(number.low, number.high) and float(number.value).is_integer()
    if is_count:
        return f"{number.value:,.0f}"
    return _fixed(number.value, digits_of(number.value, number.low, number.high))


def p_text(p: float) -> str:
    """Write a p-value, "–" where no test was made."""
    if not math.isfinite(p):
        return "–"
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def number_text(number: Number) -> str:
    """Write a number with what it rests on: ``recall (COVID-19) 0.81 [0.77, 0.85], n = 120``."""
    where = where_text(number.where)
    of_what = f" ({where})" if where and where != "all" else ""
    interval = interval_text(number.low, number.high)
    value = f"{value_text(number)} {interval}".strip()
    return f"{one_line(number.metric + of_what)} {value}, n = {number.n:,}"


def where_text(where: str) -> str:
    """Give what a number is of, a class by its display name: ``date: COVID-19``."""
    return _CLASS_IN_WHERE.sub(lambda found: DISPLAY_NAMES[found[1]], where)


def without_marks(text: str) -> str:
    """Give text without the marks that single out code in a help text: `` `shift.gap` ``."""
    return re.sub(r"`([^`]*)`", r"\1", text)


def one_line(text: str) -> str:
    r"""Make text safe to show: what can't be printed is written as its escape.

    File names may hold line breaks, terminal codes, marks that turn the direction of writing, and
    bytes that are no UTF-8 (Python's lone surrogates): they become ``\n``, ``\x1b``, ``\u202e``,
    ``\udcff``.
    """
    return "".join(c if c.isprintable() or c in _JOINERS else _escaped(c) for c in text)


def without_place(message: str, path: object, file: object) -> str:
    """Give an error's message with the file's name in its cohort for its place on this machine."""
    return message.replace(str(path), str(file))


def utf8(text: str) -> str:
    r"""Make text that can be written as UTF-8: bytes that were none become ``\udcff``."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _fixed(value: float, digits: int) -> str:
    return f"{value:z,.{digits}f}" if math.isfinite(value) else "–"
