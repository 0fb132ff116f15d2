import ast
import re
from pathlib import Path

import numpy as np
import pytest

from xraydemo import evaluation
from xraydemo.desktop import text
from xraydemo.desktop.facts_panel import rows_of
from xraydemo.evaluation.checks.shift_gap import CERTIFY
from xraydemo.evaluation.context import NOT_GIVEN
from xraydemo.radiograph import Tag
from xraydemo.report.explanations import explanations


@pytest.mark.parametrize(
    ("probability", "words"),
    [(0, "<1 %"), (0.0099, "<1 %"), (0.014, "1 %"), (0.5, "50 %"), (0.994, ">99 %"), (1, ">99 %")],
)
def test_a_probability_is_never_a_certainty(probability, words):
    assert text.percent(probability) == words


@pytest.mark.parametrize(
    ("value", "words"), [(0, "0"), (0.1234, "+0.12"), (-0.05, "−0.050"), (12.34, "+12.3")]
)
def test_signed_numbers(value, words):
    assert text.signed(value) == words


def test_the_maps_numbers():
    raw = np.array([[0.5, -0.25], [0.0, 0.25]], np.float16)
    assert text.map_numbers(raw) == "From −0.25 to +0.50, sum +0.50."


TAGS = [
    Tag("(0008,0060)", "Modality", "Modality", "CS", "CR", identity=False),
    Tag("(0010,0010)", "PatientName", "Patient's Name", "PN", "Doe^Jane", identity=True),
]


def names(rows):
    return [row.name for row in rows if not row.heading]


def test_identity_is_hidden_and_counted_unless_asked_for():
    rows, hidden = rows_of({"width": 80}, ("first of 3 frames",), TAGS, "", identity=False)
    assert names(rows) == ["note", "width", "Modality"]
    assert hidden == 1
    rows, hidden = rows_of({}, (), TAGS, "", identity=True)
    assert names(rows) == ["Modality", "Patient's Name"]
    assert hidden == 0


@pytest.mark.parametrize("search", ["modality", "CR", "0008,0060", "mod cr", "MODALITY"])
def test_search_finds_names_numbers_and_values(search):
    assert names(rows_of({"width": 80}, (), TAGS, search, identity=False)[0]) == ["Modality"]


def test_search_never_finds_hidden_identity():
    assert rows_of({}, (), TAGS, "jane", identity=False)[0] == []


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("--where 'a': there is no column", "'a': there is no column"),
        ("No row meets --where a=b and c=d", "No row meets a=b and c=d"),
        ("Choose another folder with --out, or remove it", "Choose another folder, or remove it"),
        ("Nothing to take out", "Nothing to take out"),
        (
            "Give a run's folder, or evaluate a cohort: `xraydemo evaluate COHORT --out DIR`",
            "Give a run's folder, or evaluate a cohort",
        ),
    ],
)
def test_options_of_the_command_line_are_not_spoken_of(said, shown):
    assert text.in_the_window(said) == shown


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 s"), (42, "42 s"), (600, "10 min"), (7200, "2.0 h")]
)
def test_durations(seconds, words):
    assert text.duration(seconds) == words


def test_how_long_something_takes():
    assert text.with_time("Asking", None, 0.2) == "Asking"
    assert text.with_time("Asking", 600, 61) == "Asking  ·  some 10 min left of it  ·  61 s so far"
    assert text.writing("Writing", None) == "Writing"
    assert text.writing("Writing", 12) == "Writing  ·  12 s left"


def test_how_far_a_run_is():
    assert text.reading(12, 3000, 97.3, 31.0, 2) == (
        "12 of 3,000  ·  97 X-rays/s  ·  31 s left  ·  2 unreadable"
    )
    assert text.reading(0, 30, 0.0, None, 0) == "0 of 30"


def test_a_close_second_that_the_set_leaves_out_is_explained(judged):
    """47 % against 44 %, and a set of the first alone: a reader asks why."""
    torn = judged("normal", share=0.47, unsure=True)
    torn.probabilities[:] = (0.47, 0.04, 0.05, 0.44)
    said = text.sentence(torn)
    assert "Lung opacity is left out at 44 %: true ones nearly always get more" in said
    assert "the model is unsure" in said
    sure = text.sentence(judged("normal", share=0.9))
    assert "left out" not in sure
    both = judged("normal", share=0.47, inside=("normal", "opacity"))
    both.probabilities[:] = (0.47, 0.04, 0.05, 0.44)
    assert "left out" not in text.sentence(both)
    assert "Lung opacity can't be excluded" in text.sentence(both)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            NOT_GIVEN["dossier"],
            "Needs the bundle's dossier, which says what its training set looked like",
        ),
        (
            f"{NOT_GIVEN['dossier']}. Or a run",
            "Needs the bundle's dossier, which says what its training set looked like. Or a run",
        ),
        (f"or certify the bundle again ({CERTIFY})", "or certify the bundle again"),
        (
            "(too narrow). `python -m xraydemo.training.certify BUNDLE CSV` makes it anew.",
            "(too narrow).",
        ),
        (
            "Measured by `python -m tests.benchmarks.power`, xraydemo 0.4.",
            "Measured, xraydemo 0.4.",
        ),
        ("Give several runs (`xraydemo drift RUN RUN ...`), or", "Give several runs, or"),
        (
            "be is not known. Give some: --ood far:NAME=FOLDER",
            "be is not known. Give some: “Not made for” under Other data: a folder",
        ),
        ("radiologists' boxes (--boxes)", "radiologists' boxes (“Boxes” under Other data)"),
        (
            "Give your own share with --prevalence",
            "Give your own share with “prevalence” under Edit…",
        ),
    ],
)
def test_commands_and_what_they_are_given_are_told_in_the_windows_words(said, shown):
    assert text.what_would_help(said) == shown


def test_what_checks_need_and_advise_is_told_without_a_command_line():
    advice = [told.next for told in explanations().values()]
    for words in (*NOT_GIVEN.values(), *advice):
        shown = text.what_would_help(words)
        assert "--" not in shown
        assert "`xraydemo " not in shown
        assert "python -m" not in shown


def test_no_sentence_of_a_check_is_left_with_a_command_line():
    """Those that are in the program's text as they stand, whatever a check finds."""
    folder = Path(evaluation.__file__).parent
    sources = [*folder.glob("checks/*.py"), *folder.glob("shift/*.py"), folder / "context.py"]
    said = [
        node.value
        for source in sources
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" not in node.value
    ]
    assert len(said) > 1000
    shown = [text.what_would_help(words) for words in said if words != CERTIFY]
    assert [words for words in shown if re.search(r"--[a-z]|python -m|`xraydemo ", words)] == []
