"""Answers that a run's results hold and that can't be had again: they rest on data not there now.

Results tell what stood beside the run, and not where it lay. So when a run is asked again, and its
boxes, foreign pictures, scenarios, ... are not given anew, what they had shown is taken over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from xraydemo.evaluation.check import Check
from xraydemo.evaluation.given import Given
from xraydemo.evaluation.result import CheckResult
from xraydemo.evaluation.runner import chosen_checks
from xraydemo.report.answered import RESTS_ON
from xraydemo.report.rebuild import results_of

SCENARIOS = "performance.scenarios"
_OTHER_DATA = frozenset(("boxes", "ood", "pairs", "reference"))
Plain = Mapping[str, Any]
Thresholds = Mapping[str, Mapping[str, Any]]


def taken_from(document: Plain, thresholds: Thresholds, given: Given) -> list[CheckResult]:
    """Give the answers that would be poorer if they were asked now.

    Parameters
    ----------
    document : mapping
        The results of the run as it is now; see `fitting_results`.
    thresholds : mapping
        Those to ask with now: an answer that other thresholds gave is not taken.
    given : Given
        What stands beside the run now.

    Returns
    -------
    list of CheckResult
        Without the X-rays behind bars and cells; see `results_of`.
    """
    stored = {result.check: result for result in results_of(document)}
    return [
        stored[check.id]
        for check in chosen_checks(None)
        if check.id in stored and _is_taken(check, document, thresholds, _names(given))
    ]


def given_then(document: Plain, given: Given, taken: Iterable[CheckResult]) -> dict[str, Any]:
    """Give the entries of `GivenEntry` on which the taken answers rest, and which aren't given now.

    Parameters
    ----------
    document : mapping
        From which they were taken.
    given : Given
        What stands beside the run now.
    taken : iterable of CheckResult
    """
    checks = {result.check for result in taken}
    names = {name for check in chosen_checks(None) if check.id in checks for name in _rests(check)}
    return {name: document["given"][name] for name in sorted(names - _names(given))}


def _is_taken(check: Check, document: Plain, thresholds: Thresholds, now: set[str]) -> bool:
    then, own = document["thresholds"].get(check.id, {}), thresholds.get(check.id, {})
    if check.id == SCENARIOS:
        return bool(then.get("file")) and not own.get("file")
    rests = _rests(check)
    lacks = {name for name in rests if document["given"][name]} - now
    is_given_anew = rests & now & _OTHER_DATA
    is_asked_alike = all(then.get(name, value) == value for name, value in own.items())
    return bool(lacks) and not is_given_anew and is_asked_alike


def _rests(check: Check) -> set[str]:
    """Name what a check's answer rests on, as `GivenEntry` does."""
    rests = set(RESTS_ON.get(check.id, ()))
    if {"engine", "lungs"} & set(check.needs):
        rests.add("model")
    if "dossier" in check.needs:
        rests.add("dossier")
    return rests


def _names(given: Given) -> set[str]:
    """Name what there is, as `GivenEntry` does."""
    there = {
        "model": given.laboratory is not None,
        "dossier": given.dossier is not None,
        "reference": given.reference is not None,
        **{name: bool(getattr(given, name)) for name in ("ood", "pairs", "boxes")},
    }
    return {name for name, is_there in there.items() if is_there}
