import math

from tests.evaluation.shift.test_timeline import run_of
from xraydemo.evaluation.shift.course import courses
from xraydemo.evaluation.shift.timeline import timeline

DATES = ["2020-03-01"] * 40 + ["2020-04-02"] * 40 + ["2020-05-03"] * 20


def test_each_block_is_a_figure_and_each_mean_of_a_fact_has_one():
    runs = {
        "a": run_of(columns={"age": ["40"] * 100, "view": ["PA"] * 100}),
        "b": run_of(n_foreign=30, seed=1),
    }
    found = courses(timeline(runs))
    assert [(c.about, c.labels) for c in found] == [
        ("model", ("foreign", "unsure")),
        ("model", ("normal", "covid", "pneumonia", "opacity")),
        ("model", ("normal", "covid", "pneumonia", "opacity")),
        ("facts", ("view PA",)),
        ("facts", ("age",)),
        ("facts", ("width to height",)),
    ]
    assert [c.unit for c in found[-2:]] == ["mean age", "mean width to height"]
    assert [c.is_share for c in found] == [True] * 4 + [False] * 2


def test_numbers_are_those_of_the_timeline_and_changes_that_are_shown_have_a_direction():
    told = timeline({"a": run_of(), "b": run_of(seed=1), "c": run_of(n_foreign=30, seed=2)})
    trust = courses(told)[0]
    assert (trust.periods, trust.counts) == (("a", "b", "c"), (100, 100, 100))
    assert trust.values[0] == (0.0, 0.0, 0.3)
    assert trust.alarms == ((0, 0, 1), (0, 0, 0))
    fallen = courses(timeline({"a": run_of(n_foreign=30), "b": run_of(seed=1)}))[0]
    assert fallen.alarms[0] == (0, -1)
    assert trust.lows[0][2] < 0.3 < trust.highs[0][2]


def test_where_too_few_tell_there_is_a_gap():
    few = courses(timeline({"a": run_of(), "b": run_of(10, seed=1), "c": run_of(seed=2)}))[0]
    assert [math.isnan(value) for value in few.values[0]] == [False, True, False]
    assert few.alarms[0] == (0, 0, 0)


def test_one_run_is_drawn_month_by_month():
    months = courses(timeline({"a": run_of(columns={"date": DATES})}))[0]
    assert months.periods == ("2020-03", "2020-04", "2020-05")
    assert months.counts == (40, 40, 20)
