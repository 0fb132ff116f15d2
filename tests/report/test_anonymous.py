from __future__ import annotations

import json

from tests.evaluation.runs import make_run
from tests.report.findings import FIGURES, awkward_run, headline_of
from tests.report.test_results import document_of
from xraydemo.evaluation.figures import Exhibit, Gallery
from xraydemo.evaluation.result import CheckResult, Verdict
from xraydemo.report.anonymous import ONE, with_files_beside, without_file_names
from xraydemo.report.rebuild import results_of
from xraydemo.report.results import results_schema


def test_files_are_called_by_their_place():
    run = awkward_run()
    run.rows.loc[5, ["file", "path"]] = ["Doe/Jane Doe.png", "/cohort/Doe/Jane Doe.png"]
    run.rows.loc[5, "error_message"] = "/cohort/Doe/Jane Doe.png is empty, see Jane Doe.png"
    document = document_of(run)
    assert "Jane Doe" in json.dumps(document)
    told = without_file_names(document, run.rows["file"].tolist())
    assert "Jane" not in json.dumps(told)
    assert told["cohort"]["errors"][0]["message"] == "X-ray 5 is empty, see X-ray 5"


def test_problems_keep_their_kind_and_line_alone():
    told = without_file_names(document_of(), [])["cohort"]["problems"]
    assert told[7] == {"kind": "absent", "where": "line 7", "message": "", "hint": ""}


def test_the_rest_stays_and_fits_the_schema():
    import jsonschema

    document = document_of()
    told = without_file_names(document, [])
    jsonschema.validate(told, results_schema())
    changed = ("cohort", "checks")
    assert {k: v for k, v in told.items() if k not in changed} == {
        k: v for k, v in document.items() if k not in changed
    }
    assert [check["id"] for check in told["checks"]] == [c["id"] for c in document["checks"]]


def test_captions_call_the_x_rays_of_the_run_by_their_place_and_others_a_file():
    exhibits = (
        Exhibit((0, 1), "Jane Doe.png: Normal (97%) · IM01: COVID-19 (51%)"),
        Exhibit((0,), "Jane Doe.png: Normal · John Roe.dcm of other, not shown: Normal"),
    )
    result = CheckResult(
        Verdict.INFO,
        "Ada.PNG is odd.",
        findings=("See b/eve.jpeg, and .",),
        figures=(Gallery("Pairs", exhibits),),
        check="confounder.parity",
    )
    told = without_file_names(document_of(results=[result]), ["a/Jane Doe.png", "IM01"])
    [check] = told["checks"]
    assert check["headline"] == "a file is odd."
    assert check["findings"] == ["See a file, and ."]
    first, second = (exhibit["caption"] for exhibit in check["figures"][0]["exhibits"])
    assert first == "X-ray 0: Normal (97%) · X-ray 1: COVID-19 (51%)"
    assert second == "X-ray 0: Normal · a file of other, not shown: Normal"


def test_files_beside_are_not_named_but_can_be_shown():
    pair = Exhibit((0,), "two", beside=("../other/Jane Doe",))
    result = CheckResult(Verdict.INFO, "So.", figures=(FIGURES["bars"], Gallery("Pairs", (pair,))))
    document = document_of(results=[result])
    told = without_file_names(document, [])
    assert told["checks"][0]["figures"][1]["exhibits"][0]["beside"] == ["a file"]
    [again] = with_files_beside(results_of(told), results_of(document))
    assert again.figures[1].exhibits == (pair,)


def test_a_cohort_of_one_file_is_not_called_after_it():
    run = make_run(["normal"])
    assert without_file_names(document_of(run, [], headline_of()), [])["cohort"]["name"] == ONE
