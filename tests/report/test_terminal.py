from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from tests.evaluation.runs import make_run
from tests.report.findings import OUTSIDE, awkward_run, empty_run, every_result, headline_of
from xraydemo.classes import DISCLAIMER
from xraydemo.evaluation.check import all_checks
from xraydemo.evaluation.result import cannot_check
from xraydemo.report.terminal import check_list, summary


def printed(renderable, *, width=80, **options) -> str:
    console = Console(file=io.StringIO(), width=width, **options)
    console.print(renderable)
    return console.file.getvalue()


def words_of(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def text():
    written = [Path("/out/results.json")]
    return printed(summary(awkward_run(), every_result(), headline_of(OUTSIDE), written))


def test_it_fits_80_columns_and_has_no_codes_when_piped(text):
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text


def test_every_verdict_is_told_by_sign_and_word_the_gravest_first(text):
    signs = ["✗ fail", "# error", "! warn", "✓ pass", "i info", "? cannot check"]
    places = [text.index(sign) for sign in signs]
    assert places == sorted(places)
    assert "1 fail, 1 error, 1 warn, 1 pass, 1 info, 1 cannot check" in words_of(text)


def test_each_check_has_its_sentence_its_id_and_its_number(text):
    text = words_of(text)
    assert "✓ pass not settled, neither shown nor excluded: data.images" in text
    assert "Passed." not in text  # what must be read first should stand out
    assert "Needs dates confounder.newness" in text


def test_the_headline_the_gap_and_the_disclaimer_are_shown(text):
    assert "0.713 [0.680, 0.740], n = 990" in words_of(text)
    assert "at home: macro AUC (test) 0.970" in text
    assert "/out/results.json" in text
    assert DISCLAIMER in text


def test_the_model_is_told_with_what_it_was_trained_on(text):
    assert "by the model tiny, trained on 4 X-rays (2026-01-01)" in words_of(text)


def test_findings_are_of_what_failed_or_warned_and_no_more_than_needed(text):
    assert "finding 0" in text
    assert "finding 1" not in text
    assert "more in results.json" in text


def test_what_is_wrong_is_counted_by_kind_and_listed_up_to_a_limit(text):
    assert "Problems of the cohort" in text
    assert "\n25 absent\n" in text
    assert "line 19: " in text
    assert "line 20: " not in text
    assert "and 5 more" in text
    assert "\n1 UnreadableImage\n" in text
    assert "00005.png: 00005.png is empty" in text


def test_names_can_not_command_the_terminal_or_the_markup(text):
    assert "\\x1b[31m" in text
    run = make_run(["normal", "covid"])
    run.rows["error_type"] = "UnreadableImage"
    run.rows["file"] = "[red]x[/]"
    assert "[red]x[/]" in printed(summary(run, [], headline_of(), []))


def test_one_x_ray_looks_foreign_and_two_look_so():
    run = make_run(["normal"] * 3)
    for n, words in ((1, "1 looks foreign to it"), (2, "2 look foreign to it")):
        run.judgements["foreign_verdict"] = ["foreign"] * n + ["inside"] * (3 - n)
        assert words in words_of(printed(summary(run, [], headline_of(), [])))


def test_colours_are_only_an_addition():
    colourful = printed(
        summary(awkward_run(), every_result(), headline_of(), []),
        force_terminal=True,
        color_system="truecolor",
        no_color=False,
    )
    assert "\x1b[" in colourful
    assert "fail" in colourful


def test_an_evaluation_in_which_nothing_was_read_and_nothing_asked():
    text = words_of(printed(summary(empty_run(), [], headline_of(), [])))
    assert "0 of 2 files read, 0 with a label" in text
    assert "Checks: no checks" in text
    assert "Nothing is known." in text


def test_fifty_checks_stay_short():
    many = [replace(every_result()[2], check=f"data.{i}") for i in range(50)]
    lines = printed(summary(make_run(["normal"]), many, headline_of(), [])).splitlines()
    assert len(lines) < 50 * 3 + 20


def test_the_list_of_checks_names_id_question_and_needs():
    checks = all_checks()
    text = printed(check_list(checks.values()))
    assert max(map(len, text.splitlines())) <= 80
    assert all(name in text for name in checks)
    assert "Are the classes balanced" in words_of(text)


def test_checks_that_lack_the_same_say_so_once():
    run = make_run([""] * 5)
    lacking = [replace(cannot_check("Needs labels"), check=f"performance.{c}") for c in "abc"]
    told = words_of(printed(summary(run, lacking, headline_of(OUTSIDE), [])))
    assert told.count("Needs labels") == 1
    assert "performance.a, performance.b, performance.c" in told
    assert "Its answers: " in told
