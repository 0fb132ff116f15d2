from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tests.evaluation.runs import TABLE, make_run, tiny_card
from xraydemo.evaluation.figures import Slopes
from xraydemo.evaluation.headline import headline
from xraydemo.evaluation.result import CheckResult, Number, Table, Verdict

INSIDE = {
    "provenance": tiny_card().provenance.model_copy(
        update={"data": {"table": "cohort.csv", "table_sha256": TABLE}}
    )
}


def told(value):
    estimate = {
        "value": value,
        "low": value - 0.01,
        "high": value + 0.01,
        "n": 900,
        "n_groups": 900,
    }
    return {"macro_auc": estimate}


def run_with(skill, *, columns=None, card=None, labels=None, seed=0):
    """Make X-rays ranked right to a degree: `skill` a number, or one for each X-ray."""
    labels = labels if labels is not None else ["normal", "covid"] * 300
    generator = np.random.default_rng(seed)
    score = generator.normal(size=len(labels)) + skill * (np.array(labels) == "covid")
    covid = 1 / (1 + np.exp(-score)) * 0.9
    rest = np.full(len(labels), 0.05)
    probabilities = np.c_[0.9 - covid, covid, rest, rest]
    card = {"metrics": {"calibrate": told(0.98)}} | (card or {})
    return make_run(labels, probabilities, columns=columns, card=card)


def parts(found):
    return {part.name: part for part in found.parts}


def test_away_from_home_the_run_is_the_number_and_the_gap_is_shown():
    run = run_with(1.0)
    found = headline(run, [])
    covid = run.truth == 1
    expected = roc_auc_score(covid, run.probabilities[:, 1])
    assert found.number.value == pytest.approx(expected, abs=1e-6)
    assert found.internal.value == 0.98
    assert found.gap.value == pytest.approx(0.98 - expected, abs=1e-6)
    assert found.gap.low > 0.1
    assert parts(found)["external"].classes == ("normal", "covid")
    assert set(found.not_measured) == {"worst group", "newest year", "matched"}
    assert "do not believe the internal number" in found.paragraph
    assert "can't be known" in found.paragraph
    assert "over Normal, COVID-19 only" in found.paragraph


def test_at_home_the_run_is_internal_and_external_is_missing():
    found = headline(run_with(4.0, card=INSIDE), [])
    assert parts(found)["internal"].number.n == 600
    assert "external" in found.not_measured
    assert found.gap is None
    assert "another hospital" in found.paragraph


def test_the_internal_test_of_the_card_speaks_before_other_parts():
    metrics = {"metrics": {"test": told(0.95), "calibrate": told(0.98)}}
    assert headline(run_with(1.0, card=metrics), []).internal.value == 0.95
    nothing = headline(run_with(1.0, card={"metrics": {}}), [])
    assert nothing.internal is None
    assert "internal" in nothing.not_measured


def test_a_group_that_is_served_badly_is_the_number():
    sex = ["F", "F", "M", "M"] * 150
    skill = np.where(np.array(sex) == "F", 0.0, 4.0)
    found = headline(run_with(skill, columns={"sex": sex}), [])
    worst = parts(found)["worst group"]
    assert worst.number.where == "sex = F"
    assert worst.number.n == pytest.approx(150, abs=1)  # half of the women
    assert found.number == worst.number
    assert "not shown to be better than guessing" in found.paragraph


def test_the_least_of_many_equal_groups_is_not_flattered_into_a_finding():
    """Chosen and measured on the same patients, the worst of 6 equal groups looks bad."""
    generator = np.random.default_rng(0)
    off = []
    for seed in range(10):
        site = generator.integers(0, 6, 600).astype(str)
        found = headline(run_with(1.5, columns={"site": list(site)}, seed=seed), [], floor=10)
        whole = parts(found)["external"].number.value
        off.append(parts(found)["worst group"].number.value - whole)
    assert abs(np.mean(off)) < 0.03


def test_the_newest_year_is_measured():
    labels = ["normal", "covid"] * 300
    year = ["2019"] * 300 + ["2021"] * 290 + ["2022"] * 10
    skill = np.where(np.array(year) == "2019", 4.0, 0.5)
    found = headline(run_with(skill, columns={"year": year}, labels=labels), [])
    newest = parts(found)["newest year"]
    assert (newest.number.where, newest.number.n) == ("year = 2021", 290)
    spans = headline(run_with(1.0, columns={"date": ["1992-2015"] * 300 + ["2020"] * 300}), [])
    assert "two years" in spans.not_measured["newest year"]
    days = headline(run_with(1.0, columns={"date": ["2019-03-01"] * 300 + ["2020-02"] * 300}), [])
    assert parts(days)["newest year"].number.where == "year = 2020"


def test_the_data_comes_before_the_number():
    results = [
        CheckResult(Verdict.FAIL, "x", check="data.files"),
        CheckResult(Verdict.WARN, "x", check="performance.classes"),
        CheckResult(Verdict.CANNOT_CHECK, "x", check="performance.sets"),
        CheckResult(Verdict.ERROR, "x", check="performance.errors"),
    ]
    text = headline(run_with(4.0), results).paragraph
    assert "Of 2 checks that could be asked, 1 failed (data.files) and 1 warn" in text
    assert "1 broke down and say nothing: performance.errors" in text
    assert "Next: mend the data" in text


def test_too_few_or_no_labels_say_so():
    found = headline(run_with(1.0, labels=["normal", "covid"] * 5, card={"metrics": {}}), [])
    assert found.number is None
    assert found.figure is None
    assert "Nothing can be said" in found.paragraph
    assert headline(make_run([""] * 30), []).internal.value == 0.9


def test_the_cards_number_does_not_pass_for_a_result_of_this_run():
    found = headline(make_run(["covid", "normal", ""], unreadable=[0, 1]), [])
    assert (found.number, found.gap) == (None, None)
    assert found.internal.value == 0.9
    assert found.paragraph.startswith("Nothing can be said")
    assert "0.900, which tells nothing of these X-rays" in found.paragraph


def test_it_is_plain_data():
    plain = headline(run_with(1.0), []).to_dict()
    assert plain["number"]["metric"] == "macro AUC"
    assert "figure" not in plain


def test_what_is_left_when_matched_is_a_part_once_a_fact_is_shown_to_be_used() -> None:
    run = make_run(["covid", "normal"] * 40, columns={"site": ["A", "B"] * 40})
    decided = Number("AUC lost by matching", "site: covid", 0.4, 0.2, 0.6, 30)
    left = Number("AUC, matched on it", "site: covid", 0.5, 0.3, 0.7, 30)
    other = Number("AUC, matched on it", "view: covid", 0.1, 0.0, 0.2, 30)
    used = CheckResult(
        Verdict.FAIL, "", decided, tables=(Table("", (other, left)),), check="confounder.used"
    )
    slopes = Slopes(
        "", "AUC", ("as it is",), ("view: covid", "site: covid"),
        ((0.9,), (0.9,)), ((0.8,), (0.8,)), ((1.0,), (1.0,)), {}, ((1, 2), (3, 4)),
    )  # fmt: skip
    used = replace(used, figures=(slopes,))
    found = headline(run, [used])
    (matched,) = [part for part in found.parts if part.name == "matched"]
    assert (matched.number.value, matched.number.where) == (0.5, "matched on site")
    assert matched.positions == (3, 4)
    assert matched.classes == ("covid",)
    assert "matching takes 0.400 [0.200, 0.600] away" in matched.note
    passed = headline(run, [replace(used, verdict=Verdict.PASS)])
    assert "no fact was shown" in passed.not_measured["matched"]
    assert "not asked" in headline(run, []).not_measured["matched"]


def test_two_measures_are_not_taken_from_each_other():
    run = make_run(["covid", "normal"] * 40, card={"metrics": {"calibrate": told(0.98)}})
    decided = Number("AUC lost by matching", "site: covid", 0.4, 0.2, 0.6, 30)
    left = Number("AUC, matched on it", "site: covid", 0.1, 0.0, 0.2, 30)
    used = CheckResult(
        Verdict.FAIL, "", decided, tables=(Table("", (left,)),), check="confounder.used"
    )
    found = headline(run, [used])
    assert (found.number.metric, found.internal.metric) == ("AUC of COVID-19", "macro AUC")
    assert found.gap is None
    assert "At home it has 0.980, of another measure (macro AUC)" in found.paragraph


def test_what_is_lost_is_told_over_the_same_classes():
    among = {"macro_auc_normal_covid": told(0.9)["macro_auc"]}
    card = {"metrics": {"calibrate": told(0.98), "calibrate, by classes": among}}
    found = headline(run_with(1.0, card=card), [])
    assert parts(found)["internal"].number.value == 0.98
    assert found.internal.value == 0.9
    assert found.internal.where == "X-rays held out in training, Normal, COVID-19 only"
    assert found.gap.value == pytest.approx(0.9 - found.number.value, abs=1e-6)


def behind(found):
    """Give the X-rays behind each bar of the figure."""
    names = [label.partition(":")[0] for label in found.figure.labels]
    return dict(zip(names, found.figure.groups, strict=True))


def test_behind_each_bar_are_the_xrays_that_it_was_measured_on():
    labels = ["", *["normal", "covid"] * 300, ""]  # those without a label are in no number
    year = ["2021"] * 101 + ["2020"] * 400 + ["2021"] * 101
    found = headline(run_with(1.0, columns={"year": year}, labels=labels), [])
    shown = behind(found)
    assert shown["internal"] == ()  # it is from the card
    assert shown["external"] == tuple(range(1, 601))
    assert shown["newest year"] == (*range(1, 101), *range(501, 601))
    assert all(len(shown[p.name]) == p.number.n for p in found.parts if p.name != "internal")


def test_at_home_the_xrays_are_behind_the_internal_bar():
    assert behind(headline(run_with(4.0, card=INSIDE), []))["internal"] == tuple(range(600))


def test_behind_the_worst_group_is_the_half_that_it_was_measured_on():
    sex = ["F", "F", "M", "M"] * 150
    found = headline(run_with(np.where(np.array(sex) == "F", 0.0, 4.0), columns={"sex": sex}), [])
    shown = behind(found)["worst group"]
    assert len(set(shown)) == found.number.n == pytest.approx(150, abs=1)
    assert {position % 4 for position in shown} == {0, 1}  # women


def test_the_xrays_behind_it_are_not_in_the_plain_data():
    (part, *_) = headline(run_with(1.0), []).to_dict()["parts"]
    assert set(part) == {"name", "number", "classes", "note"}
