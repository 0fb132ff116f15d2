"""What a comparison says in words, the same at a terminal, on paper and in the window."""

from __future__ import annotations

from collections.abc import Iterable

from xraydemo.evaluation.compare import Became, Comparison, SideBySide
from xraydemo.report.words import number_text

_ORDER: tuple[Became, ...] = ("worse", "worse verdict", "better", "better verdict", "same", "")
_WORDS: dict[Became, str] = {
    "worse": "worse",
    "better": "better",
    "worse verdict": "perhaps worse",
    "better verdict": "perhaps better",
    "same": "as before",
    "": "",
}


def became_text(became: Became) -> str:
    """Say what became of a check; "" where that can't be told."""
    return _WORDS[became]


def changed_first(sides: Iterable[SideBySide]) -> list[SideBySide]:
    """Order checks: worse ones, better ones, those that are the same, those not compared."""
    return sorted(sides, key=lambda side: _ORDER.index(side.became))


def models_text(found: Comparison) -> list[str]:
    """Say of both models how much they were trained on, and when they read."""
    return [
        f"before: {found.before}, {found.trained_before}, run of {found.read_before}",
        f"after: {found.after}, {found.trained_after}, run of {found.read_after}",
    ]


def numbers_text(side: SideBySide) -> str:
    """Write the numbers that decided, before and after; "" where there are not two."""
    if side.before is None or side.after is None:
        return ""
    return f"{number_text(side.before)} → {number_text(side.after)}"
