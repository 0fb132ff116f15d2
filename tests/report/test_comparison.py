from __future__ import annotations

import math

from tests.report.findings import AWKWARD, every_result
from tests.report.test_terminal import printed, words_of
from xraydemo.evaluation.compare import ChangedAnswer, Comparison, Difference, SideBySide
from xraydemo.evaluation.figures import Gallery
from xraydemo.evaluation.result import Number, Verdict
from xraydemo.report.comparison import comparison_summary

KINDS = (("turned", 0.98), ("cropped", 0.7))


def comparison(**fields) -> Comparison:
    nothing = {
        "before": "old (b1)",
        "after": "new (b2)",
        "trained_before": "trained on 4,000 X-rays (2026-10-01)",
        "trained_after": "trained on 6,224 X-rays (2026-11-22)",
        "read_before": "2026-10-02",
        "read_after": "2026-11-23",
        "headline": "Better on the average.",
        "loud": (),
        "notes": (),
        "n": 40,
        "n_labelled": 30,
        "metrics": (),
        "groups": (),
        "checks": (),
        "scenarios": (),
        "changed": (),
        "gallery": Gallery("", ()),
    }
    return Comparison(**(nothing | fields))


def test_who_pays_is_said_first_and_loud():
    text = printed(comparison_summary(comparison(loud=("The average rose, AP views fell.",))))
    assert text.index("!! The average rose, AP views fell.") < text.index("Better on the average")


def test_metrics_and_groups_show_before_after_change_interval_and_n():
    rows = (
        Difference("recall", "class = Lung opacity", 0.8, 0.7, -0.1, -0.15, -0.05, 1200, 0.0004),
        Difference("log loss", "all", 0.5, 0.4, -0.1, math.nan, math.nan, 12),
    )
    text = printed(comparison_summary(comparison(metrics=rows, groups=rows * 10)))
    assert max(map(len, text.splitlines())) <= 80
    assert "recall, class = Lung opacity 0.800 0.700 -0.100 [-0.150, -0.050] 1,200 <0.001" in (
        words_of(text)
    )
    assert "15 of 20" in text


def test_checks_stand_side_by_side_and_the_worse_are_marked():
    sides = (
        SideBySide("data.files", Verdict.PASS, Verdict.FAIL, None, None),
        SideBySide("data.images", None, Verdict.INFO, None, None),
    )
    text = words_of(printed(comparison_summary(comparison(checks=sides, scenarios=sides[:1]))))
    assert "data.files ✓ pass ✗ fail worse computed" in text
    assert "Not compared: data.images. was not asked before" in text
    assert "1 of 1 compared got worse; 1 could not be compared" in text


def test_it_is_said_what_is_taken_from_the_results_with_the_numbers_that_changed():
    numbers = (Number("AUROC", where, v, v - 0.02, v + 0.01, 300) for where, v in KINDS)
    taken = SideBySide("shift.ood_auroc", Verdict.PASS, Verdict.FAIL, *numbers, "results")
    other = SideBySide(
        "shift.gap", Verdict.PASS, Verdict.PASS, None, None, why_not="Beside other references"
    )
    text = words_of(printed(comparison_summary(comparison(checks=(other, taken)))))
    assert "shift.ood_auroc ✓ pass ✗ fail worse results" in text
    assert "AUROC (turned) 0.980 [0.960, 0.990], n = 300 → AUROC (cropped) 0.700" in text
    assert "Not compared: shift.gap. Beside other references" in text


def test_both_models_are_named_with_their_training():
    text = words_of(printed(comparison_summary(comparison())))
    assert "before: old (b1), trained on 4,000 X-rays (2026-10-01), run of 2026-10-02" in text
    assert "after: new (b2), trained on 6,224 X-rays (2026-11-22), run of 2026-11-23" in text


def test_changed_answers_are_counted_and_the_first_are_listed():
    nothing = (0.25,) * 4
    lost = ChangedAnswer(AWKWARD, "covid", "covid", "normal", nothing, nothing, 0, 0)
    other = ChangedAnswer("b.png", "", "opacity", "normal", nothing, nothing, 1, 1)
    text = printed(comparison_summary(comparison(changed=(lost, *(other,) * 30))))
    assert max(map(len, text.splitlines())) <= 80
    assert "30 became another, 1 became wrong; the first 20" in words_of(text)
    assert text.count("b.png") == 19
    assert printed(comparison_summary(comparison())).endswith("─\nnone\n")


def test_every_verdict_can_stand_on_either_side():
    sides = tuple(SideBySide(r.check, r.verdict, r.verdict, None, None) for r in every_result())
    text = words_of(printed(comparison_summary(comparison(checks=sides))))
    assert "0 of 4 compared got worse; 2 could not be compared" in text
