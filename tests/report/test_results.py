from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import jsonschema
import pytest

from tests.report.findings import OUTSIDE, awkward_run, empty_run, every_result, headline_of
from xraydemo.classes import DISCLAIMER
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.result import CheckResult, Number, Verdict
from xraydemo.report.results import read_results, results_json, results_schema, write_results

THEN = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
THRESHOLDS = {"data.files": {"warn": 0.6, "never": float("inf")}}


def document_of(run=None, results=None, headline=None):
    return results_json(
        run or awkward_run(),
        every_result() if results is None else results,
        headline or headline_of(OUTSIDE),
        seed=7,
        thresholds=THRESHOLDS,
        created=THEN,
    )


@pytest.fixture(scope="module")
def document():
    return document_of()


@pytest.fixture(scope="module")
def validator():
    schema = results_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_what_is_written_fits_the_schema_and_is_strict_json(document, validator, tmp_path):
    path = tmp_path / "new" / "results.json"
    write_results(path, document)
    text = path.read_text("utf-8")

    def refuse(constant):
        raise AssertionError(constant)

    validator.validate(json.loads(text, parse_constant=refuse))
    assert read_results(path) == document


def test_the_schema_refuses_what_does_not_fit(document, validator):
    for wrong in ({"schema_version": 2}, {"extra": 1}, {"checks": [{"id": "x"}]}):
        assert not validator.is_valid(document | wrong)
    del (less := dict(document))["headline"]
    assert not validator.is_valid(less)


def test_the_schema_tells_what_each_key_means():
    schema = results_schema()
    check = schema["$defs"]["CheckEntry"]["properties"]
    assert check["settled"]["description"].startswith("False if it passes although")


def test_the_keys_are_the_settled_ones(document):
    assert set(document) == {
        "schema_version", "created", "disclaimer", "headline", "checks", "given", "run", "bundle",
        "cohort", "versions", "seed", "thresholds",
    }  # fmt: skip
    assert document["disclaimer"] == DISCLAIMER
    assert document["created"] == "2026-11-21T12:00:00+00:00"
    assert document["seed"] == 7


def test_a_check_carries_the_number_that_decided_it():
    number = Number("AUC", "covid", 0.9, 0.8, float("nan"), 12)
    (check,) = document_of(
        results=[CheckResult(Verdict.WARN, "So.", number, settled=False, check="data.files")]
    )["checks"]
    assert (check["id"], check["verdict"], check["settled"]) == ("data.files", "warn", False)
    assert (check["metric"], check["where"]) == ("AUC", "covid")
    assert (check["value"], check["interval"], check["n"]) == (0.9, [0.8, None], 12)


def test_what_is_not_defined_is_null(document):
    by_id = {check["id"]: check for check in document["checks"]}
    assert by_id["performance.errors"]["value"] is None
    assert by_id["performance.errors"]["interval"] == [None, None]
    assert by_id["confounder.newness"]["interval"] is None
    assert by_id["data.files"]["parameters"]["nothing"] is None
    assert document["thresholds"]["data.files"]["never"] is None


def test_the_cohort_is_counted_and_its_errors_are_listed(document):
    cohort = document["cohort"]
    assert (cohort["n"], cohort["n_read"]) == (6, 5)
    assert cohort["labels"] == {
        "normal": 2, "covid": 1, "pneumonia": 1, "opacity": 1, "unknown": 1,
    }  # fmt: skip
    (error,) = cohort["errors"]
    assert error == {
        "position": 5,
        "file": "00005.png",
        "type": "UnreadableImage",
        "message": "00005.png is empty",
        "hint": "",
    }
    assert len(cohort["problems"]) == 25


def test_neither_columns_of_the_cohort_nor_places_on_the_machine_are_told():
    run = awkward_run()
    run.rows["view"] = "Jane Doe"
    text = json.dumps(document_of(run))
    assert "Jane Doe" not in text
    assert "/cohort/" not in text
    assert "/bundle" not in text


def test_the_headline_is_told_with_its_parts(document):
    headline = document["headline"]
    assert headline["number"]["value"] == 0.713
    assert [part["name"] for part in headline["parts"]] == ["internal", "external"]
    assert headline["gap"]["interval"] == [0.22, 0.3]
    nothing = document_of(empty_run(), [], headline_of())["headline"]
    assert (nothing["number"], nothing["parts"]) == (None, [])


def test_every_figure_is_kept_without_the_x_rays_behind_it(document):
    figures = document["checks"][0]["figures"]
    assert {figure["kind"] for figure in figures} == {"bars", "curves", "grid", "gallery"}
    assert all("groups" not in figure for figure in figures)


def test_the_same_run_gives_the_same_results(document):
    assert document_of() == document


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "There is no"),
        ("{", "can't be read"),
        ('{"schema_version": NaN}', "NaN is no JSON"),
        ("[]", "schema version None"),
        ('{"schema_version": 2}', "schema version 2"),
        ('{"schema_version": 1}', "is not as it should be: created"),
        (b"\xff", "can't be read"),
    ],
)
def test_a_file_that_can_not_be_used_is_refused_with_the_reason(text, words, tmp_path):
    path = tmp_path / "results.json"
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(XrayDemoError, match=words):
        read_results(path)


def test_a_result_without_a_number_has_none_of_its_keys():
    result = replace(every_result()[4], check="x")
    (check,) = document_of(results=[result])["checks"]
    assert [check[key] for key in ("metric", "where", "value", "interval", "n")] == [None] * 5


def test_problems_of_the_cohort_are_told_without_their_place_on_the_machine():
    run = awkward_run()
    source = "/home/ada/x-rays/table.csv"
    problem = {
        "where": "/home/ada/x-rays/closed",
        "message": "the folder can't be read",
        "hint": "Paths are relative to /home/ada/x-rays",
        "kind": "folder",
    }
    cohort = run.meta.cohort | {"source": source, "problems": [problem]}
    run = replace(run, meta=run.meta.model_copy(update={"cohort": cohort}))
    [told] = document_of(run)["cohort"]["problems"]
    assert told["where"] == "closed"
    assert told["hint"] == "Paths are relative to x-rays"


def test_files_of_settings_are_told_without_their_place():
    result = CheckResult(Verdict.PASS, "Well.", check="x", parameters={"file": "/home/ada/s.toml"})
    assert document_of(results=[result])["checks"][0]["parameters"] == {"file": "s.toml"}


def test_the_run_is_told_with_a_fingerprint_of_its_readings(document):
    run = awkward_run()
    assert document["run"]["milliseconds"] == 5.0
    assert document_of(run)["run"] == document["run"]
    run.rows.loc[0, "label"] = "covid"
    assert document_of(run)["run"]["fingerprint"] != document["run"]["fingerprint"]
