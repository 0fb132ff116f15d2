from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xraydemo.evaluation.result import Number, Verdict
from xraydemo.report import words

NAN = math.nan


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Number("AUC", "covid", 0.81, 0.7, 0.9, 12), "AUC (COVID-19) 0.810 [0.700, 0.900], n = 12"),
        (Number.count("copies", "all", 167, 847), "copies 167, n = 847"),
        (Number("ratio", "", 12.34, 10.0, 15.06, 5), "ratio 12.3 [10.0, 15.1], n = 5"),
        (Number("AUC", "all", NAN, NAN, NAN, 0), "AUC –, n = 0"),
        (Number("share", "all", 1.0, 0.9, 1.0, 7), "share 1.000 [0.900, 1.000], n = 7"),
        (Number("minutes", "", 22.9, 9.746, 41.5, 5), "minutes 22.9 [9.7, 41.5], n = 5"),
        (Number("ratio", "", 9.5, 8.25, 12.06, 5), "ratio 9.5 [8.2, 12.1], n = 5"),
        (Number("p of the gain", "age", 1e-9, NAN, NAN, 5), "p of the gain (age) <0.001, n = 5"),
        (Number("p of the gain", "age", 0.04, NAN, NAN, 5), "p of the gain (age) 0.040, n = 5"),
    ],
)  # fmt: skip
def test_a_number_is_written_with_interval_and_n(number, text):
    assert words.number_text(number) == text


def test_a_number_of_an_awkward_name_stays_one_line():
    assert words.number_text(Number("a\n", "\x1b", NAN, NAN, NAN, 0)) == "a\\n (\\x1b) –, n = 0"


def test_every_verdict_has_its_own_sign_and_place():
    assert set(words.SIGNS) == set(words.GRAVEST_FIRST) == set(Verdict)
    assert len(set(words.SIGNS.values())) == len(Verdict)


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([1000.0, 0.0, NAN], ["1,000", "0", "–"]),
        ([1.0, 0.5], ["1.000", "0.500"]),
        ([1.0, 0.0], ["1.000", "0.000"]),
        ([22.9, 6.06], ["22.9", "6.1"]),
        ([], []),
    ],
)
def test_the_numbers_of_one_figure_are_written_alike(values, texts):
    assert words.alike(values) == texts


def test_yes_no_and_what_lies_between_are_written_shortly():
    assert words.alike([1.0, 0.5, 0.0, NAN], fewest=True) == ["1.0", "0.5", "0.0", "–"]
    assert words.alike([1.0, 0.55], fewest=True) == ["1.000", "0.550"]


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("covid", "COVID-19"),
        ("site: covid", "site: COVID-19"),
        ("answer = opacity", "answer = Lung opacity"),
        ("date: covid newer than pneumonia", "date: COVID-19 newer than Pneumonia"),
        ("normal against the rest", "Normal against the rest"),
        ("probability of not normal ≥ 0.654", "probability of not normal ≥ 0.654"),
        ("source = covid-chestxray", "source = covid-chestxray"),
        ("all", "all"),
    ],
)
def test_classes_have_their_display_names_wherever_a_number_is_of_them(where, text):
    assert words.where_text(where) == text


def test_marks_of_code_are_left_out_of_running_text():
    assert words.without_marks("see `shift.gap` and `a b`, not 5` or `") == (
        "see shift.gap and a b, not 5 or "
    )


@given(st.text(st.characters(codec=None)))
def test_shown_text_is_one_line_without_codes_and_can_be_written(text):
    shown = words.one_line(text)
    assert all(c.isprintable() or c in "\u200c\u200d" for c in shown)
    shown.encode("utf-8")


def test_what_can_not_be_printed_is_escaped():
    assert words.one_line("a\n\x1b[31m\u202e\udcffé😀") == "a\\n\\x1b[31m\\u202e\\udcffé😀"


def test_the_place_on_this_machine_is_left_out():
    assert words.without_place("/home/eve/a.png is empty", "/home/eve/a.png", "a.png") == (
        "a.png is empty"
    )


def test_nothing_is_less_than_zero_by_no_digit():
    assert words.value_text(Number("gain", "all", -0.0001, -0.01, 0.02, 9)) == "0.000"
    assert words.interval_text(-0.0001, 0.5) == "[0.000, 0.500]"
