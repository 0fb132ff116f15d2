"""The report's answer: would you trust this model here, why, how sure is that, and what to do next.

One short line and three sentences, from the headline and the verdicts alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.headline import NEXT_TO_NOTHING, NOTABLE_GAP, Headline
from xraydemo.evaluation.result import CheckResult, Verdict
from xraydemo.report.groups import TITLES, plain_name
from xraydemo.report.words import interval_text, without_marks

MOST_REASONS = 3
LONGEST_REASON = 210
MOST_TELLING = (
    "performance.classes",
    "confounder.used",
    "shift.gap",
    "confounder.pixels",
    "confounder.parity",
    "data.duplicates",
    "performance.baselines",
    "confounder.groups",
    "confounder.newness",
    "confounder.metadata",
    "performance.sets",
    "performance.calibration",
)
"""The checks whose words a reader should hear first: what the model misses, what it leans on."""

NO = ("No.", "No,")
"""How the short answer begins where it is no."""

ELSEWHERE = (
    "All this is of X-rays like these. What the model does with those of another hospital, yours "
    "included, only they can tell: evaluate some hundred of them with labels, at least 20 of each "
    "class, before you believe it there."
)
DO_NOT = "Do not rely on it for X-rays like these. "
_LONGEST = 80
_CHECK = re.compile(rf"\b(?:{'|'.join(TITLES)})\.\w+")
_NEXT = "Next: "  # with which every headline's paragraph says what to do
_OF_THE_MODEL = ("performance.", "shift.gap", "confounder.used", "confounder.pixels")
_NOT_OF_THE_MODEL = "performance.baselines"  # fails where the X-rays prove nothing


@dataclass(frozen=True)
class Answer:
    """What a reader who reads no further must know.

    Attributes
    ----------
    short : str
        Whether to trust the model on X-rays like these.
    found, how_sure, next : str
        A sentence each.
    why : tuple of str
        What the gravest verdicts of the checks say, the most telling first.
    """

    short: str
    found: str
    why: tuple[str, ...]
    how_sure: str
    next: str


def answer_of(headline: Headline, results: Sequence[CheckResult]) -> Answer:
    """Give the answer.

    Parameters
    ----------
    headline : Headline
    results : sequence of CheckResult
    """
    _, _, following = headline.paragraph.rpartition(_NEXT)
    short = _short(headline, results)
    warned = DO_NOT if short.startswith(NO) else ""
    return Answer(
        short=short,
        found=_found(headline, results),
        why=_why(results),
        how_sure=_how_sure(headline, results),
        next=warned + _sentence(in_words(following.strip())),
    )


def _short(headline: Headline, results: Sequence[CheckResult]) -> str:
    number, gap = headline.number, headline.gap
    failed, warned = _with(results, Verdict.FAIL), _with(results, Verdict.WARN)
    if number is None:
        return "It can't be said: how good its answers are could not be measured here."
    if number.low <= 0.5:
        return "No. At its worst it is not shown to be better than guessing."
    if gap and gap.low > NOTABLE_GAP:
        return "No. What it can do at home is lost on X-rays like these."
    if any(r.check.startswith(_OF_THE_MODEL) and r.check != _NOT_OF_THE_MODEL for r in failed):
        return "No, not as it is: it fails where it was measured."
    if failed:
        return "Not shown. A good score on these X-rays can have wrong reasons."
    if "external" in headline.not_measured:
        return "Not shown. All that was measured is from home."
    if warned:
        warn = "1 check warns" if len(warned) == 1 else f"{len(warned)} checks warn"
        return f"With reserve. Nothing failed, but {warn}."
    return "Nothing that was measured speaks against it. That is no proof for other X-rays."


def _found(headline: Headline, results: Sequence[CheckResult]) -> str:
    number, internal, gap = headline.number, headline.internal, headline.gap
    if number is None:
        why = headline.not_measured.get("external") or headline.not_measured.get("internal")
        why = (why or "nothing was measured").rstrip(" ,.")
        said = f"No number tells how well it answers these X-rays: {why}"
    else:
        worst = next(p for p in headline.parts if p.number == number)
        said = (
            f"At its worst ({_where(worst.name, number.where)}) its {number.metric} is "
            f"{number.value:.3f} {interval_text(number.low, number.high)}, n = {number.n:,}; "
            "1 is always right, 0.5 is guessing"
        )
        if number.value < NEXT_TO_NOTHING:
            said += ", and this is close to it"
        if internal and gap:
            lost = f"{gap.value:.3f} {interval_text(gap.low, gap.high)}"
            shown = "is lost" if gap.low > 0 else "may be lost, or nothing"
            said += f"; at home it is {internal.value:.3f}, so {lost} {shown}"
    asked = [r for r in results if r.verdict not in (Verdict.CANNOT_CHECK, Verdict.ERROR)]
    if asked:
        failing = (
            f"{failed} failed" if (failed := len(_with(results, Verdict.FAIL))) else "none failed"
        )
        said += f"; of {len(asked)} {_checks(asked)} that could be asked, {failing}"
        warned = len(_with(results, Verdict.WARN))
        said += f" and {warned} warn" if warned else ""
    return _sentence(said)


def _why(results: Sequence[CheckResult]) -> tuple[str, ...]:
    """Take what failed, else what warns, in its own words."""
    grave = _with(results, Verdict.FAIL) or _with(results, Verdict.WARN)
    order = {check: place for place, check in enumerate(MOST_TELLING)}
    telling = sorted(grave, key=lambda result: order.get(result.check, len(order)))
    return tuple(_sentence(_shortened(in_words(one.headline))) for one in telling[:MOST_REASONS])


def in_words(text: str) -> str:
    """Name checks as the wall below does: ``label conflicts`` for ``data.label_conflicts``."""
    return _CHECK.sub(lambda found: plain_name(found[0]), without_marks(text))


def _shortened(text: str) -> str:
    """Cut a sentence where a part of it ends, or between words."""
    if len(text) <= LONGEST_REASON:
        return text
    cut = text[:LONGEST_REASON]
    sentence, *parts = (_closed(cut.rpartition(mark)[0]) for mark in (". ", "; ", ": "))
    for whole in (sentence, max(parts, key=len)):
        if len(whole) > LONGEST_REASON // 3:
            return whole
    return f"{_closed(cut.rpartition(' ')[0])} …"


def _closed(text: str) -> str:
    """Leave a bracket out that was cut open."""
    return text if text.count("(") <= text.count(")") else text[: text.rfind("(")].rstrip()


def _how_sure(headline: Headline, results: Sequence[CheckResult]) -> str:
    said = []
    if headline.number is not None:
        worst = next(p for p in headline.parts if p.number == headline.number)
        said.append(
            "The range in brackets is where the number would most likely lie over very many "
            "X-rays of the same kind (95 %)"
        )
        if worst.note:
            said.append(worst.note[0].lower() + worst.note[1:])
        is_chosen = worst.name == "matched"  # whose note says that it is of one class
        if worst.classes and len(worst.classes) < len(CLASSES) and not is_chosen:
            named = ", ".join(DISPLAY_NAMES.get(c, c) for c in worst.classes)
            said.append(f"it is over {named} only, the others are too few")
    if headline.not_measured:
        said.append(f"not measured: {', '.join(headline.not_measured)}")
    if unasked := _with(results, Verdict.CANNOT_CHECK):
        said.append(f"{len(unasked)} {_checks(unasked)} could not be asked")
    if broken := _with(results, Verdict.ERROR):
        said.append(f"{len(broken)} broke down and say nothing")
    if open_ones := [r for r in results if not r.settled]:
        said.append(f"{len(open_ones)} passed with too few X-rays to be sure")
    return _sentence("; ".join(said) or "Nothing was measured, so nothing is sure")


def _where(part: str, where: str) -> str:
    where = where if len(where) <= _LONGEST else f"{where[:_LONGEST]} …"
    return where if where.startswith(part) else f"{part}: {where}"


def _with(results: Sequence[CheckResult], verdict: Verdict) -> list[CheckResult]:
    return [result for result in results if result.verdict is verdict]


def _checks(results: Sequence[CheckResult]) -> str:
    return "check" if len(results) == 1 else "checks"


def _sentence(text: str) -> str:
    """Begin with a capital, and end with a full stop or as what was cut does."""
    stop = "" if text.endswith("…") else "."
    return f"{text[:1].upper()}{text[1:].rstrip('.')}{stop}" if text else ""
