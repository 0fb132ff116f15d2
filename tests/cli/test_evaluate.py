"""``xraydemo evaluate``: what is asked, what is written, and the exit status."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.evaluation.cohorts import write_xrays
from xraydemo.cli.evaluate import SCENARIO_FAILED, SOMETHING_FAILED, Request, evaluate
from xraydemo.errors import XrayDemoError


@pytest.fixture
def request_of(tiny_bundle, tmp_path) -> Request:
    return Request(
        cohort=write_xrays(tmp_path / "x", 8),
        out=tmp_path / "run",
        model=str(tiny_bundle),
        device="cpu",
        where=(),
        mapping={},
        checks=["data.balance"],
        scenarios=None,
        thresholds=None,
        prevalence=None,
        seed=0,
        pdf=False,
    )


def test_all_is_well_until_a_file_is_broken(request_of) -> None:
    assert evaluate(request_of) == 0
    assert {file.name for file in request_of.out.iterdir()} >= {
        "results.json",
        "predictions.csv",
        "predictions.parquet",
        "run.sqlite",
    }
    (request_of.cohort.parent / "00003.png").write_bytes(b"no picture")
    assert evaluate(request_of) == SOMETHING_FAILED
    results = json.loads((request_of.out / "results.json").read_text("utf-8"))
    assert (results["cohort"]["n"], results["cohort"]["n_read"]) == (8, 7)
    assert [check["id"] for check in results["checks"]] == ["data.balance"]


def test_a_scenario_that_fails_has_its_own_status(request_of, tmp_path) -> None:
    file = tmp_path / "scenarios.toml"
    file.write_text(
        '[[scenario]]\nname = "never"\nmetric = "share_read"\nat_most = 0.5\nfewest = 1\n'
        'reason = "It must fail"\n'
    )
    asked = replace(request_of, scenarios=file, checks=["performance.scenarios"])
    assert evaluate(asked) == SCENARIO_FAILED


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"checks": ["data.nothing"]}, "no check 'data.nothing'"),
        ({"thresholds": '["data.balance"]\nwarn = "many"\n'}, "warn of data.balance"),
        ({"thresholds": '["data.balance"]\nwarm = 1\n'}, "no parameter 'warm'"),
        ({"scenarios": "[[scenario]]\n"}, "scenario number 1"),
    ],
)
def test_a_wrong_request_is_refused_before_anything_is_read(
    request_of, tmp_path, changes, complaint
) -> None:
    file: Path = tmp_path / "asked.toml"
    for name, value in changes.items():
        if isinstance(value, str):
            file.write_text(value)
            changes = {name: file}
    with pytest.raises(XrayDemoError, match=complaint):
        evaluate(replace(request_of, **changes))
    assert not request_of.out.exists()
