from __future__ import annotations

from dataclasses import replace

import pytest

from tests.report.findings import headline_of
from xraydemo.evaluation.headline import Headline, Part
from xraydemo.evaluation.result import CheckResult, Number, Verdict
from xraydemo.report.answer import answer_of

AUC = "macro AUC"
HOME = Number(AUC, "the internal test", 0.98, 0.97, 0.99, 900)


def measured(value: float, low: float, high: float, gap=None, missing=None) -> Headline:
    number = Number(AUC, "here.csv", value, low, high, 200)
    parts = (Part("internal", HOME, (), "From the card"), Part("external", number, (), "This run"))
    lost = Number("gap", "x", *gap, 200) if gap else None
    return Headline(number, HOME, lost, parts, missing or {}, "Long. Next: look there.", None)


def checks(**verdicts) -> list[CheckResult]:
    return [
        CheckResult(Verdict(verdict), "So.", check=name.replace("_", ".", 1))
        for name, verdict in verdicts.items()
    ]


GOOD = measured(0.97, 0.95, 0.99)


@pytest.mark.parametrize(
    ("headline", "results", "begins"),
    [
        (headline_of(), [], "It can't be said"),
        (measured(0.55, 0.45, 0.65), [], "No. At its worst it is not shown to be better"),
        (measured(0.7, 0.65, 0.75, (0.28, 0.22, 0.33)), [], "No. What it can do at home is lost"),
        (GOOD, checks(performance_classes="fail"), "No, not as it is"),
        (GOOD, checks(confounder_used="fail"), "No, not as it is"),
        (GOOD, checks(data_files="fail"), "Not shown. A good score"),
        (GOOD, checks(performance_baselines="fail"), "Not shown. A good score"),
        (measured(0.97, 0.95, 0.99, missing={"external": "x"}), [], "Not shown. All"),
        (GOOD, checks(data_files="warn"), "With reserve. Nothing failed, but 1 check warns."),
        (GOOD, checks(data_files="pass"), "Nothing that was measured speaks against it"),
    ],
)
def test_the_short_answer_is_as_grave_as_what_was_found(headline, results, begins):
    assert answer_of(headline, results).short.startswith(begins)


def test_what_was_found_has_its_interval_n_gap_and_the_verdicts():
    headline = measured(0.7, 0.65, 0.75, (0.28, 0.22, 0.33))
    found = answer_of(headline, checks(data_files="fail", data_facts="warn", x_y="cannot_check"))
    for words in (
        "0.700 [0.650, 0.750], n = 200",
        "0.280 [0.220, 0.330] is lost",
        "of 2 checks that could be asked, 1 failed and 1 warn",
    ):
        assert words in found.found


def test_why_is_said_by_the_gravest_checks_the_most_telling_first():
    results = checks(data_files="fail", performance_classes="fail", data_facts="warn")
    said = answer_of(GOOD, results).why
    assert said == tuple(f"{r.headline.rstrip('.')}." for r in (results[1], results[0]))
    assert answer_of(GOOD, checks(data_facts="warn", data_files="pass")).why
    assert answer_of(GOOD, checks(data_files="pass")).why == ()


def test_a_long_reason_ends_where_a_part_of_it_does():
    [long] = checks(data_files="fail")
    said = "It leans on the site " * 8 + "(n = 9; all of them): " + "and more " * 20
    [why] = answer_of(GOOD, [replace(long, headline=said)]).why
    assert why == "It leans on the site " * 8 + "(n = 9; all of them)."
    [why] = answer_of(GOOD, [replace(long, headline=said.replace("): ", " "))]).why
    assert why == ("It leans on the site " * 8).rstrip() + "."
    [why] = answer_of(GOOD, [replace(long, headline="word " * 100)]).why
    assert why.endswith("word …")


def test_a_gap_that_may_be_nothing_is_not_called_lost():
    headline = measured(0.96, 0.9, 0.99, (0.02, -0.01, 0.06))
    assert "may be lost, or nothing" in answer_of(headline, []).found


def test_how_sure_names_what_was_not_measured_or_asked():
    results = [*checks(a_b="cannot_check", c_d="error", e_f="pass")]
    results[2] = replace(results[2], settled=False)
    sure = answer_of(measured(0.9, 0.8, 0.95, missing={"matched": "no"}), results).how_sure
    for words in ("not measured: matched", "1 check could not be asked", "1 broke down",
                  "1 passed with too few"):  # fmt: skip
        assert words in sure


def test_one_class_that_was_chosen_does_not_mean_that_the_others_are_too_few():
    headline = measured(0.9, 0.8, 0.95)
    for name, said in (("worst group", True), ("matched", False)):
        parts = [
            replace(part, name=name, classes=("covid",)) if part.number == headline.number else part
            for part in headline.parts
        ]
        sure = answer_of(replace(headline, parts=tuple(parts)), []).how_sure
        assert ("the others are too few" in sure) is said


def test_a_reason_that_is_cut_between_words_ends_in_no_open_bracket():
    [long] = checks(data_files="fail")
    said = f"{'word ' * 30}(0.5 is guessing, {'and so on ' * 20})"
    [why] = answer_of(GOOD, [replace(long, headline=said)]).why
    assert why == f"{'word ' * 30}…".capitalize()


def test_what_to_do_next_is_the_headlines_own():
    assert answer_of(GOOD, []).next == "Look there."


def test_where_the_answer_is_no_what_to_do_next_says_so_plainly():
    bad = answer_of(measured(0.6, 0.45, 0.7), [])
    assert bad.short.startswith("No. ")
    assert bad.next.startswith("Do not rely on it for X-rays like these. ")


def test_checks_are_called_as_on_the_wall():
    following = "Next: mend the data: data.label_conflicts, data.files failed (see `shift.gap`)."
    headline = replace(GOOD, paragraph=following)
    assert answer_of(headline, []).next == (
        "Mend the data: label conflicts, files failed (see gap)."
    )
