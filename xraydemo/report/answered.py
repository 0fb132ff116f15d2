"""What the checks say of two runs: taken from their results where it was asked alike, else asked.

Checks that ask the model again take minutes, so they are never asked here: both runs must hold
their answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.compare import Source
from xraydemo.evaluation.result import CheckResult, Verdict
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.runner import chosen_checks, run_check
from xraydemo.evaluation.thresholds import load_thresholds
from xraydemo.report.fingerprint import run_fingerprint
from xraydemo.report.rebuild import results_of
from xraydemo.report.results import read_results

RESULTS = "results.json"
RESTS_ON = {
    "confounder.encoded": ("model",),
    "confounder.heatmaps": ("boxes",),
    "confounder.parity": ("model", "pairs"),
    "performance.decomposition": ("reference",),
    "shift.drift": ("reference",),
    "shift.gap": ("reference",),
    "shift.ood_auroc": ("model", "ood"),
}
"""Checks whose answers rest on what stood beside the run where there was any; see `GivenEntry`."""
_BESIDE = {
    "boxes": "beside other boxes",
    "model": "once with the model and once without",
    "ood": "beside other foreign pictures",
    "pairs": "beside other pairs",
    "reference": "beside other references",
}
_NO_RESULTS = "It was not asked, or its results are gone: evaluate with the bundle that made it"
Plain = Mapping[str, Any]
Documents = tuple[Plain | None, Plain | None]
Tell = Callable[[str, int, int], None]


@dataclass
class Answered:
    """What the checks say of two runs; goes into `compare`.

    Attributes
    ----------
    before, after : list of CheckResult
    sources : dict of str to str
        By the check's id: "results" where both answers are from the runs' results.
    why_not : dict of str to str
        By the check's id, why the two answers can't be compared.
    """

    before: list[CheckResult] = field(default_factory=list)
    after: list[CheckResult] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    why_not: dict[str, str] = field(default_factory=dict)


def answers_of(
    before: Path,
    after: Path,
    a: Run,
    b: Run,
    *,
    seed: int = 0,
    tell: Tell = lambda _, __, ___: None,
) -> Answered:
    """Take from the results of two runs what was asked alike, and ask the rest of both.

    Parameters
    ----------
    before, after : Path
        The runs' folders.
    a, b : Run
    seed : int
        Of what is asked now.
    tell : callable
        Is told the check that is asked next, its number from 0, and the number of all that are.
    """
    documents = fitting_results(before, a), fitting_results(after, b)
    known = [{r.check: r for r in results_of(d)} if d else {} for d in documents]
    found, to_ask = Answered(), []
    for check in chosen_checks(None):
        first, second = (answers.get(check.id) for answers in known)
        if (
            first
            and second
            and _has_answer(first)
            and _has_answer(second)
            and not _differently_asked(first, second, documents)
        ):
            found.sources[check.id] = "results"
            found.before.append(first)
            found.after.append(second)
        else:
            to_ask.append(check)
    thresholds = load_thresholds()
    for number, check in enumerate(to_ask):
        tell(check.id, number, len(to_ask))
        stored = [answers.get(check.id) for answers in known]
        asks_model = {"engine", "dossier"} & set(check.needs)
        asked = [run_check(check, run, thresholds, seed=seed) for run in (a, b) if not asks_model]
        shown: list[CheckResult | None] = [*asked]
        if not asked or not all(map(_has_answer, asked)):
            found.why_not[check.id] = _why_not(stored, asked, documents)
            # what one of them holds is shown all the same
            shown = [old or new for old, new in zip(stored, asked or (None, None), strict=True)]
        for side, result in zip((found.before, found.after), shown, strict=True):
            if result:
                side.append(result)
    for side in (found.before, found.after):
        side.sort(key=lambda result: result.check)
    return found


def fitting_results(folder: Path, run: Run) -> dict[str, Any] | None:
    """Read what was found of a run; None if there is nothing of the run as it is now.

    Parameters
    ----------
    folder : Path
        The run's.
    run : Run
        As it is now.
    """
    try:
        document = read_results(folder / RESULTS)
    except XrayDemoError:  # none yet, or of another version
        return None
    return document if document["run"]["fingerprint"] == run_fingerprint(run) else None


def _has_answer(result: CheckResult | None) -> bool:
    return result is not None and result.verdict not in (Verdict.CANNOT_CHECK, Verdict.ERROR)


def _differently_asked(first: CheckResult, second: CheckResult, documents: Documents) -> str:
    """Say in what the same check was asked differently of the two runs; "" for in nothing."""
    before, after = documents
    assert before is not None
    assert after is not None
    if before["versions"]["xraydemo"] != after["versions"]["xraydemo"]:
        return "The results are of two versions of the program: evaluate both runs anew"
    if first.parameters != second.parameters:
        return "The two runs were asked with other thresholds"
    for name in RESTS_ON.get(first.check, ()):
        if before["given"][name] != after["given"][name]:
            return f"The two runs were asked {_BESIDE[name]}"
    return ""


def _why_not(
    stored: Sequence[CheckResult | None],
    asked: Sequence[CheckResult],
    documents: Documents,
) -> str:
    """Say which of the two runs has no answer, and what it lacks."""
    first, second = stored
    if first and second and _has_answer(first) and _has_answer(second):
        return _differently_asked(first, second, documents)
    lacks = {}
    for k, name in enumerate(("first", "second")):
        told = stored[k]
        if _has_answer(told):
            continue
        if asked:
            told = asked[k]
            if _has_answer(told):
                continue
        lacks[name] = told.headline if told else _NO_RESULTS
    if len(set(lacks.values())) == 1 and len(lacks) == 2:
        return f"Both runs: {lacks['first']}"
    return ". ".join(f"The {name} run: {why}" for name, why in lacks.items())
