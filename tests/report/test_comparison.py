from __future__ import annotations

import math

from tests.report.findings import AWKWARD, every_result
from tests.report.test_terminal import printed, words_of
from xraydemo.evaluation.compare import ChangedAnswer, Comparison, Difference, SideBySide
from xraydemo.evaluation.figures import Gallery
from xraydemo.evaluation.result import Verdict
from xraydemo.report.comparison import comparison_summary


def comparison(**fields) -> Comparison:
    nothing = {
        "before": "old (b1)",
        "after": "new (b2)",
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
    assert "data.files ✓ pass ✗ fail worse" in text
    assert "data.images not asked i info" in text
    assert "1 of 2 worse than before" in text


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
    assert "0 of 6 worse" in printed(comparison_summary(comparison(checks=sides)))
