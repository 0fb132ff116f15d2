"""A check's page: nothing said twice, nothing cut, nothing that only a window can do."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.evaluation.runs import make_run
from tests.report.findings import every_result
from tests.report.test_gallery import texts_of
from xraydemo.evaluation.check import all_checks
from xraydemo.evaluation.result import CheckResult, Verdict, cannot_check
from xraydemo.report.check_pages import MEANING, TO_DO, Drawer, check_pages, told_apart, unasked
from xraydemo.report.explanations import explanations
from xraydemo.report.filling import Filling
from xraydemo.report.gallery import Pictures
from xraydemo.report.power import power_of
from xraydemo.report.typesetting import Sheet, register_fonts

SHEET = Sheet.of("a4")
OF_A_WINDOW = re.compile(r"\b(?:click|hover|drag|scroll|button)", re.I)


@pytest.fixture(autouse=True)
def _fonts():
    register_fonts()


def page_of(result: CheckResult) -> str:
    run = make_run(["normal"])
    flowables = check_pages([result], Drawer(run, SHEET, Pictures(run)))
    parts = [
        inner
        for one in flowables
        for part in (one._parts if isinstance(one, Filling) else [])
        for inner in part.flowables
    ]
    return " ".join(texts_of([*flowables, *parts]).split())


def test_what_it_means_and_what_to_do_are_told_from_what_was_found() -> None:
    found, advice = told_apart(
        [
            "The year alone tells.",
            "What it means: it is lost. What to do: see `shift.drift`.",
            "What to do: and ask.",
            "Also so.",
        ]
    )
    assert found == ["The year alone tells.", "Also so."]
    assert advice == {MEANING: "It is lost.", TO_DO: "See shift.drift. And ask."}
    assert told_apart([]) == ([], {})


def test_what_to_do_is_said_once_and_in_the_checks_own_words() -> None:
    result = CheckResult(
        Verdict.FAIL,
        "The date tells.",
        findings=(*(f"finding {i}" for i in range(8)), "What to do: match the years."),
        check="confounder.newness",
    )
    page = page_of(result)
    assert "Match the years." in page  # though it is the ninth finding
    assert page.count("What to do") == 1
    assert explanations()["confounder.newness"].next not in page
    assert "In the attached results.json: 2 more findings" in page


def test_what_to_do_is_no_part_of_what_passed_unless_it_is_not_settled() -> None:
    passed = CheckResult(Verdict.PASS, "Fine.", check="confounder.newness")
    assert "What to do" not in page_of(passed)
    unsettled = CheckResult(Verdict.PASS, "Perhaps.", settled=False, check="confounder.newness")
    assert explanations()["confounder.newness"].next in page_of(unsettled)


@pytest.mark.parametrize("check_id", ["confounder.pixels", "confounder.metadata"])
def test_how_often_it_is_right_is_told_to_its_end(check_id) -> None:
    power = power_of(check_id)
    assert power is not None
    page = page_of(CheckResult(Verdict.WARN, "So.", check=check_id))
    assert power.summary in page
    assert power.notes[-1].replace("`", "") in page


def test_what_a_question_takes_is_said_once_for_all_that_take_it() -> None:
    ids = ("data.facts", "data.files", "performance.classes")
    results = [_named(cannot_check("Needs labels"), i) for i in ids]
    results.append(_named(cannot_check("Needs two pipelines"), "confounder.parity"))
    text = texts_of(unasked(results, SHEET))
    assert text.count("Needs labels") == text.count("Needs two pipelines") == 1
    assert all(f"{i}: {all_checks()[i].question}" in text for i in ids)
    assert unasked(every_result()[:1], SHEET) == []


def test_paper_is_not_asked_to_do_what_a_window_does() -> None:
    folder = REPOSITORY / "xraydemo" / "evaluation"
    said = [words for file in folder.rglob("*.py") for words in _said(file)]
    said += [f"{one.how} {one.cannot_tell} {one.next}" for one in explanations().values()]
    assert len(said) > 1000
    assert [words for words in said if OF_A_WINDOW.search(words)] == []


def _named(result: CheckResult, check_id: str) -> CheckResult:
    return replace(result, check=check_id)


def _said(file: Path) -> list[str]:
    """List the texts of a module but for its docstrings."""
    tree = ast.parse(file.read_text())
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
    ]
