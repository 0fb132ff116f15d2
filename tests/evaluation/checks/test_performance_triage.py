import numpy as np
import pytest

from tests.evaluation.runs import ask, make_run
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.checks import performance_triage
from xraydemo.evaluation.result import Verdict

AT_HOME = {"value": 0.95, "low": 0.93, "high": 0.97, "n": 500, "n_groups": 500}
CARD = {"triage": {"aim": 0.95, "threshold": 0.5, "sensitivity": AT_HOME, "specificity": AT_HOME}}


@pytest.fixture(autouse=True)
def fewer_days(monkeypatch):
    monkeypatch.setattr(performance_triage, "REPETITIONS", 40)


def run_with(found: int, of_abnormal: int, hurried: int, of_normal: int, card=CARD):
    labels = ["covid"] * of_abnormal + ["normal"] * of_normal
    flagged = np.r_[
        np.arange(of_abnormal) < found,
        np.arange(of_normal) < hurried,
    ]
    normal = np.where(flagged, 0.2, 0.8)
    rest = (1 - normal) / 3
    return make_run(labels, np.c_[normal, rest, rest, rest], card=card)


def numbers(result, title):
    table = next(t for t in result.tables if t.title.startswith(title))
    return {(row.metric, row.where): row for row in table.rows}


def test_numbers_are_those_of_bayes():
    result = ask(run_with(180, 200, 60, 200), "performance.triage", prevalence=0.2)
    rows = {metric: row for (metric, _), row in numbers(result, "At the bundle's").items()}
    assert rows["sensitivity"].value == pytest.approx(0.9)
    assert rows["specificity"].value == pytest.approx(0.7)
    assert rows["positive predictive value"].value == pytest.approx(0.18 / (0.18 + 0.24))
    assert rows["negative predictive value"].value == pytest.approx(0.56 / (0.56 + 0.02))
    assert all(row.low <= row.value <= row.high for row in rows.values())


@pytest.mark.parametrize(
    ("found", "verdict"), [(395, Verdict.PASS), (360, Verdict.WARN), (280, Verdict.FAIL)]
)
def test_missed_findings_are_caught(found, verdict):
    result = ask(run_with(found, 400, 20, 100), "performance.triage")
    assert result.verdict is verdict
    assert result.number.value == pytest.approx(found / 400)


def test_sorting_helps_the_found_and_costs_the_missed():
    result = ask(run_with(180, 200, 20, 200), "performance.triage")
    waits = numbers(result, "Mean waiting time")
    plain, ordered = "first in, first out", "sorted"
    assert waits[ordered, "abnormal"].value < waits[plain, "abnormal"].value / 2
    assert waits["saved", "abnormal"].low > 0
    assert waits[ordered, "abnormal, missed"].value > waits[plain, "abnormal, missed"].value
    assert waits[ordered, "normal"].value > waits[plain, "normal"].value
    assert any("would wait" in finding for finding in result.findings)


def test_behind_each_wait_are_the_xrays_that_the_simulated_ones_stand_for():
    bars = ask(run_with(180, 200, 20, 200), "performance.triage").figures[0]
    who = [label.rpartition(", first in")[0] or label.rpartition(", ")[0] for label in bars.labels]
    of = dict(zip(who, bars.groups, strict=True))
    assert len(bars.groups) == 6
    assert of["abnormal"] == tuple(range(200))
    assert of["abnormal, missed"] == tuple(range(180, 200))
    assert of["normal"] == tuple(range(200, 400))


def test_a_model_that_hurries_everyone_saves_nothing():
    result = ask(run_with(200, 200, 200, 200), "performance.triage")
    waits = numbers(result, "Mean waiting time")
    saved = waits["saved", "abnormal"]
    assert (saved.value, saved.low, saved.high) == (0, 0, 0)
    assert ("sorted", "abnormal, missed") not in waits


def test_the_decision_curve_is_net_benefit():
    result = ask(run_with(180, 200, 60, 200), "performance.triage", prevalence=0.2)
    curve = next(f for f in result.figures if f.title.startswith("Decision"))
    model, everyone, nobody = curve.lines
    at = model.x.index(0.5)
    assert model.y[at] == pytest.approx(0.2 * 0.9 - 0.8 * 0.3 * 1.0)
    low = model.x.index(0.1)  # all are above it
    assert model.y[low] == pytest.approx(0.2 - 0.8 * 0.1 / 0.9)
    assert everyone.y[everyone.x.index(0.1)] == pytest.approx(model.y[low])
    assert set(nobody.y) == {0.0}
    assert model.low[at] < model.y[at] < model.high[at]


def test_too_few_or_no_operating_point_cannot_be_checked():
    few = ask(run_with(15, 15, 0, 200), "performance.triage")
    assert few.verdict is Verdict.CANNOT_CHECK
    assert "15" in few.headline
    none = ask(run_with(180, 200, 60, 200, card=None), "performance.triage")
    assert none.verdict is Verdict.CANNOT_CHECK
    assert "Train it anew" in none.headline


def test_the_same_seed_gives_the_same_answer():
    run = run_with(180, 200, 60, 200)
    assert repr(ask(run, "performance.triage")) == repr(ask(run, "performance.triage"))


def test_an_operating_point_that_does_not_hold_here_is_told():
    fallen = ask(run_with(280, 400, 20, 100), "performance.triage")
    kept = ask(run_with(380, 400, 20, 100), "performance.triage")
    assert "does not hold here" in fallen.findings[0]
    assert not any("does not hold here" in finding for finding in kept.findings)


def test_a_prevalence_in_percent_is_refused():
    with pytest.raises(XrayDemoError, match="prevalence"):
        ask(run_with(180, 200, 60, 200), "performance.triage", prevalence=20)
