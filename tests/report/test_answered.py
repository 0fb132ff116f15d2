"""Two runs' answers: from their results where they were asked alike, else asked of both now."""

from __future__ import annotations

import pytest

from tests.evaluation.test_compare import LABELS, with_answers, wrong_at
from xraydemo.evaluation.given import NOTHING
from xraydemo.evaluation.headline import headline
from xraydemo.evaluation.result import CheckResult, Number, Verdict
from xraydemo.evaluation.runner import chosen_checks
from xraydemo.evaluation.thresholds import load_thresholds
from xraydemo.report import answered
from xraydemo.report.answered import answers_of
from xraydemo.report.results import results_json, write_results

QUICK, ASKS_MODEL = "data.balance", "confounder.pixels"
PIXELS = Number("share of what sets it apart that is lost", "all", 0.05, 0.02, 0.08, 400)


@pytest.fixture(autouse=True)
def only_two_checks(monkeypatch):
    """One that is computed from the run, one that needs the model."""
    monkeypatch.setattr(answered, "chosen_checks", lambda _: chosen_checks([QUICK, ASKS_MODEL]))


def finished(folder, run, *results, **changes):
    """Write the results of a run."""
    thresholds = load_thresholds()
    document = results_json(
        run, results, headline(run, results), seed=0, thresholds=thresholds, given=NOTHING
    )
    folder.mkdir(exist_ok=True)
    write_results(folder / "results.json", document | changes)
    return folder


def answer(check, verdict, number=None, **parameters):
    return CheckResult(verdict, "Found.", number, check=check, parameters=parameters)


def both(folder, first, second, **settings):
    runs = with_answers(LABELS), with_answers(wrong_at(range(9)))
    folders = finished(folder / "a", runs[0], *first), finished(folder / "b", runs[1], *second)
    return answers_of(*folders, *runs, **settings)


def verdicts(results):
    return {result.check: result.verdict for result in results}


def test_what_both_runs_hold_is_taken_and_nothing_is_asked(tmp_path):
    asked = []
    first = answer(QUICK, Verdict.PASS), answer(ASKS_MODEL, Verdict.PASS, PIXELS)
    second = answer(QUICK, Verdict.FAIL), answer(ASKS_MODEL, Verdict.FAIL, PIXELS)
    found = both(tmp_path, first, second, tell=lambda *news: asked.append(news))
    assert found.sources == {QUICK: "results", ASKS_MODEL: "results"}
    assert found.why_not == {}
    assert asked == []
    assert verdicts(found.before) == {QUICK: Verdict.PASS, ASKS_MODEL: Verdict.PASS}
    assert verdicts(found.after) == {QUICK: Verdict.FAIL, ASKS_MODEL: Verdict.FAIL}
    assert next(r.number for r in found.after if r.check == ASKS_MODEL) == PIXELS


def test_what_one_run_lacks_is_asked_of_both_or_said(tmp_path):
    asked = []
    second = answer(QUICK, Verdict.FAIL), answer(ASKS_MODEL, Verdict.FAIL, PIXELS)
    found = both(tmp_path, (), second, tell=lambda *news: asked.append(news))
    assert found.sources == {}
    assert asked == [(ASKS_MODEL, 0, 2), (QUICK, 1, 2)]
    # both computed now: the FAIL of the results isn't
    assert verdicts(found.before)[QUICK] == verdicts(found.after)[QUICK] == Verdict.PASS
    assert found.why_not == {
        ASKS_MODEL: "The first run: It was not asked, or its results are gone: evaluate with the "
        "bundle that made it"
    }
    assert verdicts(found.after)[ASKS_MODEL] == Verdict.FAIL  # shown all the same


@pytest.mark.parametrize("checks", [(), (answer(ASKS_MODEL, Verdict.CANNOT_CHECK),)])
def test_what_neither_run_holds_is_said_once(tmp_path, checks):
    found = both(tmp_path, checks, checks)
    assert found.why_not[ASKS_MODEL].startswith("Both runs: ")


def test_answers_with_other_thresholds_are_not_compared(tmp_path):
    sides = [[answer(ASKS_MODEL, Verdict.PASS, PIXELS, warn=warn)] for warn in (0.1, 0.2)]
    found = both(tmp_path, *sides)
    assert found.why_not[ASKS_MODEL] == "The two runs were asked with other thresholds"
    assert verdicts(found.before)[ASKS_MODEL] == Verdict.PASS


def test_results_of_another_state_of_the_run_are_not_taken(tmp_path):
    runs = with_answers(LABELS), with_answers(wrong_at(range(9)))
    old = answer(QUICK, Verdict.FAIL), answer(ASKS_MODEL, Verdict.FAIL, PIXELS)
    folders = [finished(tmp_path / name, runs[0], *old) for name in "ab"]  # b's are of run a
    found = answers_of(*folders, *runs)
    assert found.sources == {}
    assert found.why_not[ASKS_MODEL].startswith("The second run: ")
    assert verdicts(found.after)[QUICK] == Verdict.PASS


def test_results_of_two_versions_are_not_compared(tmp_path):
    runs = with_answers(LABELS), with_answers(wrong_at(range(9)))
    old = [answer(ASKS_MODEL, Verdict.FAIL, PIXELS)]
    a, b = (tmp_path / name for name in "ab")
    finished(a, runs[0], *old, versions={"xraydemo": "0.0.1"})
    finished(b, runs[1], *old, versions={"xraydemo": "0.1.0"})
    found = answers_of(a, b, *runs)
    assert "two versions of the program" in found.why_not[ASKS_MODEL]


def test_what_rests_on_other_data_is_asked_anew():
    given = {"model": True, "boxes": 0, "ood": {}, "pairs": 0, "reference": None}
    documents = [
        {"versions": {"xraydemo": "0.1.0"}, "given": given | more}
        for more in ({}, {"ood": {"hands": 9}, "model": False})
    ]
    for check, said in {
        "shift.ood_auroc": "The two runs were asked once with the model and once without",
        "shift.gap": "",
        "performance.classes": "",
    }.items():
        result = answer(check, Verdict.PASS)
        assert answered._differently_asked(result, result, documents) == said
