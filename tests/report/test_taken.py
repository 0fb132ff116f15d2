"""What is taken from a run's results where the data that it rests on are not given any more."""

from __future__ import annotations

import pytest

from tests.evaluation.test_compare import LABELS, with_answers
from xraydemo.evaluation.given import Given
from xraydemo.evaluation.headline import headline
from xraydemo.evaluation.result import CheckResult, Verdict
from xraydemo.evaluation.runner import chosen_checks
from xraydemo.evaluation.thresholds import load_thresholds
from xraydemo.report.results import results_json
from xraydemo.report.taken import SCENARIOS, given_then, taken_from

MODEL = Given(laboratory=object(), dossier=object())
BOXES = {"a.png": ((0.1, 0.1, 0.5, 0.5),)}
HEATMAPS, FOREIGN = "confounder.heatmaps", "shift.ood_auroc"


@pytest.fixture
def run():
    return with_answers(LABELS)


def document_of(run, given, **own):
    """Give results in which every check has an answer."""
    results = [CheckResult(Verdict.PASS, "Found.", check=c.id) for c in chosen_checks(None)]
    thresholds = load_thresholds() | own
    return results_json(
        run, results, headline(run, results), seed=0, thresholds=thresholds, given=given
    )


def taken(document, given, **own):
    return {r.check for r in taken_from(document, load_thresholds() | own, given)}


def test_only_what_rests_on_data_that_are_gone_is_taken(run):
    document = document_of(run, Given(MODEL.reference, MODEL.laboratory, ood={"ct": run}))
    assert taken(document, MODEL) == {FOREIGN}
    document = document_of(run, Given(run, MODEL.laboratory, boxes=BOXES))
    assert taken(document, MODEL) == {
        HEATMAPS, "shift.drift", "shift.gap", "performance.decomposition"
    }  # fmt: skip
    assert taken(document, Given(run, MODEL.laboratory)) == {HEATMAPS}
    assert taken(document_of(run, MODEL), MODEL) == set()


def test_what_is_given_anew_is_asked_anew(run):
    document = document_of(run, Given(None, MODEL.laboratory, ood={"ct": run}, boxes=BOXES))
    assert taken(document, Given(None, MODEL.laboratory, boxes=BOXES)) == {FOREIGN}
    assert taken(document, Given(None, MODEL.laboratory, ood={"hands": run})) == {HEATMAPS}


def test_an_answer_to_other_thresholds_is_not_taken(run):
    document = document_of(run, Given(None, MODEL.laboratory, ood={"ct": run}))
    section = load_thresholds()[FOREIGN]
    name = next(iter(section))
    assert taken(document, MODEL, **{FOREIGN: section | {name: 0.123}}) == set()


def test_scenarios_are_taken_until_a_file_is_given(run):
    document = document_of(run, MODEL, **{SCENARIOS: {"file": "/then/mine.toml"}})
    assert document["thresholds"][SCENARIOS] == {"file": "mine.toml"}
    assert taken(document, MODEL) == {SCENARIOS}
    assert taken(document, MODEL, **{SCENARIOS: {"file": "/now/mine.toml"}}) == set()


def test_without_the_model_what_it_had_said_is_taken(run):
    lost = taken(document_of(run, MODEL), Given())
    assert {"confounder.pixels", "confounder.encoded", "shift.map"} <= lost
    assert "data.balance" not in lost


def test_what_was_given_then_is_told_for_what_is_taken_alone(run):
    document = document_of(run, Given(None, MODEL.laboratory, ood={"ct": run}, boxes=BOXES))
    results = taken_from(document, load_thresholds(), MODEL)
    assert given_then(document, MODEL, results) == {"boxes": 1, "ood": {"ct": len(run)}}
    foreign = [result for result in results if result.check == FOREIGN]
    assert given_then(document, MODEL, foreign) == {"ood": {"ct": len(run)}}
    assert given_then(document, MODEL, []) == {}
