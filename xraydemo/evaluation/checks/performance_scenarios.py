"""Asks the unit tests of the model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.ask_scenario import ScenarioResult, ask_scenario
from xraydemo.evaluation.check import check
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.figures import Exhibit, Gallery
from xraydemo.evaluation.result import CheckResult, Table, Verdict, cannot_check
from xraydemo.evaluation.scenarios import read_scenarios
from xraydemo.evaluation.tell_result import percent

SHOWN = 12


@dataclass(frozen=True)
class Scenarios:
    """Settings of the check.

    Attributes
    ----------
    file : str
        A file of scenarios; see `xraydemo.evaluation.scenarios`.
    """

    file: str = ""


@check("performance.scenarios", "Do the unit tests of the model pass?", parameters=Scenarios)
def scenarios(context: Context[Scenarios]) -> CheckResult:
    """Ask each scenario of a file.

    Fails if any fails by its value; warns if any could not be asked, or passes while its interval
    reaches across the threshold.
    """
    if not context.parameters.file:
        return cannot_check(
            "No scenarios were given: write what the model must be able to do into a file, and add "
            "--scenarios FILE (scenarios.toml in the default bundle's folder is an example)"
        )
    wanted = read_scenarios(Path(context.parameters.file))
    results = []
    for i, scenario in enumerate(wanted):
        context.progress(i / len(wanted))
        results.append(ask_scenario(scenario, context.run))
    return _judge(context, results)


def _judge(context: Context[Scenarios], results: list[ScenarioResult]) -> CheckResult:
    failed = [r for r in results if r.verdict is Verdict.FAIL]
    unasked = [r for r in results if r.verdict is Verdict.CANNOT_CHECK]
    passed = [r for r in results if r.verdict is Verdict.PASS]
    unsettled = [r for r in passed if not r.settled]
    if len(unasked) == len(results):
        whys = "; ".join(dict.fromkeys(r.sentence for r in unasked))
        return cannot_check(f"None of the {len(results)} scenarios could be asked here. {whys}")

    words = [f"Of {len(results)} things expected of the model, {len(passed)} hold"]
    if failed:
        words.append(f"{len(failed)} do not ({', '.join(f'“{r.scenario.name}”' for r in failed)})")
    if unasked:
        words.append(f"{len(unasked)} could not be asked of these X-rays")
    headline = ", ".join(words)
    if unsettled:
        headline += (
            f". {len(unsettled)} of those that hold may do so by luck: too few X-rays to settle it"
        )
    verdict = Verdict.FAIL if failed else Verdict.WARN if unasked or unsettled else Verdict.PASS
    ordered = [*failed, *unsettled, *unasked, *(r for r in passed if r.settled)]
    rows = tuple(r.number for r in results if r.number)
    decided = (failed or unsettled or passed)[0].number
    return CheckResult(
        verdict,
        headline,
        decided,
        tuple(r.sentence for r in ordered),
        (Table("Scenarios", rows),),
        tuple(gallery for r in failed if (gallery := _wrong(context, r))),
        settled=all(r.settled for r in [*failed, *passed]),
    )


def _wrong(context: Context[Scenarios], result: ScenarioResult) -> Gallery | None:
    """Show the wrong answers behind a scenario that failed, the surest first."""
    run, class_id = context.run, result.scenario.class_id
    if result.scenario.metric in ("flips", "share_read", "share_answered", "mean_set_size"):
        return None
    wrong = [i for i in result.positions if run.truth[i] >= 0 and run.was_read[i]]
    wrong = [i for i in wrong if run.predicted[i] != run.truth[i]]
    if class_id is not None:
        k = CLASSES.index(class_id)
        wrong = [i for i in wrong if k in (run.truth[i], run.predicted[i])]
    wrong.sort(key=lambda i: float(run.probabilities[i, run.truth[i]]))
    exhibits = []
    for i in wrong[:SHOWN]:
        answer, label = (DISPLAY_NAMES[CLASSES[k]] for k in (run.predicted[i], run.truth[i]))
        sure = float(run.probabilities[i].max())
        exhibits.append(
            Exhibit((i,), f"labelled {label}, answered {answer} ({percent(sure)} sure)")
        )
    title = f"Wrong answers behind “{result.scenario.name}”"
    return Gallery(title, tuple(exhibits)) if exhibits else None
