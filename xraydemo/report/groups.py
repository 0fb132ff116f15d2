"""Checks in groups: the data, performance, confounders, shift, and those of other packages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xraydemo.evaluation.check import all_checks
from xraydemo.evaluation.result import CheckResult
from xraydemo.report.words import gravest_first

TITLES = {
    "data": "The data, before any model",
    "performance": "Performance, told honestly",
    "confounder": "Confounders: is the answer read off something else?",
    "shift": "Shift and foreign X-rays",
}
SHORT = {
    "data": "The data",
    "performance": "Performance",
    "confounder": "Confounders",
    "shift": "Shift",
}


@dataclass(frozen=True)
class Group:
    """Results whose ids begin alike.

    Attributes
    ----------
    key : str
        The beginning of their ids.
    title, short : str
        In words.
    results : tuple of CheckResult
        The gravest first.
    """

    key: str
    title: str
    short: str
    results: tuple[CheckResult, ...]


def grouped(results: Sequence[CheckResult]) -> list[Group]:
    """Put results into their groups, in the order in which they should be read."""
    by_key: dict[str, list[CheckResult]] = {key: [] for key in TITLES}
    for result in results:
        by_key.setdefault(result.check.partition(".")[0], []).append(result)
    return [
        Group(
            key,
            TITLES.get(key, key.replace("_", " ")),
            SHORT.get(key, key.replace("_", " ")),
            tuple(gravest_first(members)),
        )
        for key, members in by_key.items()
        if members
    ]


def question(check_id: str) -> str:
    """Give what a check asks; "" for what is none, or isn't installed here."""
    check = all_checks().get(check_id)
    return check.question if check else ""


def plain_name(check_id: str) -> str:
    """Give a check's name within its group: ``label conflicts``."""
    return (check_id.partition(".")[2] or check_id).replace("_", " ")
