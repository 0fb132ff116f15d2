"""Scenarios asked of runs made by hand: twelve X-rays whose numbers can be counted."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score, roc_auc_score

from tests.evaluation.runs import make_run
from xraydemo.classes import CLASSES
from xraydemo.evaluation.ask_scenario import ask_scenario
from xraydemo.evaluation.result import Verdict
from xraydemo.evaluation.scenarios import Scenario

LABELS = ["covid"] * 4 + ["normal"] * 6 + ["opacity"] * 2
ANSWERS = ["covid", "covid", "covid", "normal"] + ["normal"] * 5 + ["covid"] + ["opacity", "normal"]
VIEWS = ["AP", "PA"] * 6


def certain(answers):
    return np.array([[0.7 if c == a else 0.1 for c in CLASSES] for a in answers])


@pytest.fixture
def run():
    ages = [str(20 + 5 * i) for i in range(12)]
    return make_run(LABELS, certain(ANSWERS), columns={"view": VIEWS}, facts={"age": ages})


def scenario(metric, class_id=None, **fields):
    plain = {"name": "s", "metric": metric, "class_id": class_id, "reason": "r", "fewest": 1}
    if "at_most" not in fields:
        plain["at_least"] = 0.5
    return Scenario.model_validate(plain | fields)


@pytest.mark.parametrize(
    ("metric", "class_id", "value", "n"),
    [
        ("recall", "covid", 3 / 4, 4),
        ("recall", "normal", 5 / 6, 6),
        ("precision", "covid", 3 / 4, 4),
        ("precision", "normal", 5 / 7, 7),
        ("specificity", "normal", 4 / 6, 6),
        ("specificity", "covid", 7 / 8, 8),
        ("accuracy", None, 9 / 12, 12),
        ("share_answered", "covid", 4 / 12, 12),
        ("share_read", None, 1.0, 12),
    ],
)
def test_shares_are_those_counted_by_hand(run, metric, class_id, value, n):
    result = ask_scenario(scenario(metric, class_id), run)
    assert result.number.value == pytest.approx(value)
    assert result.number.n == n
    assert result.number.low <= value <= result.number.high
    assert result.verdict is (Verdict.PASS if value >= 0.5 else Verdict.FAIL)


def test_macro_metrics_are_scikit_learns(run):
    truth, predicted = run.truth, run.predicted
    expected = {
        "balanced_accuracy": balanced_accuracy_score(truth, predicted),
        "macro_f1": f1_score(truth, predicted, average="macro"),
        "macro_auc": np.mean(
            [roc_auc_score(truth == k, run.probabilities[:, k]) for k in np.unique(truth)]
        ),
    }
    for metric, value in expected.items():
        assert ask_scenario(scenario(metric), run).number.value == pytest.approx(value), metric
    auc = ask_scenario(scenario("auc", "covid"), run).number.value
    assert auc == pytest.approx(roc_auc_score(truth == 1, run.probabilities[:, 1]))


def test_conditions_choose_over_columns_facts_labels_and_files(run):
    chosen = ask_scenario(scenario("accuracy", where=("view=AP", "age>=30")), run)
    assert chosen.positions == (2, 4, 6, 8, 10)
    by_label = ask_scenario(scenario("share_answered", "covid", where=("label=normal",)), run)
    assert by_label.number.value == pytest.approx(1 / 6)
    by_file = ask_scenario(scenario("accuracy", where=("file=00003.png,00004.png",)), run)
    assert by_file.positions == (3, 4)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"where": ("sex=F",)}, "nothing is known here of 'sex'"),
        ({"where": ("view=lateral",)}, "no X-ray here is view=lateral"),
        ({"fewest": 13}, "wants 13"),
    ],
)
def test_what_cannot_be_asked_is_said(run, fields, says):
    result = ask_scenario(scenario("accuracy", **fields), run)
    assert result.verdict is Verdict.CANNOT_CHECK
    assert says in result.why
    assert "could not be asked" in result.sentence


@pytest.mark.parametrize(
    ("metric", "class_id", "fewest"),
    [("auc", "covid", 5), ("auc", "normal", 7), ("macro_f1", None, 3), ("precision", "opacity", 2)],
)
def test_the_smaller_side_counts(run, metric, class_id, fewest):
    enough = ask_scenario(scenario(metric, class_id, fewest=fewest - 1), run)
    too_few = ask_scenario(scenario(metric, class_id, fewest=fewest), run)
    assert enough.verdict is not Verdict.CANNOT_CHECK
    assert too_few.verdict is Verdict.CANNOT_CHECK


def test_the_value_decides_and_the_interval_says_if_it_is_settled():
    labels = ["covid", "normal"] * 200
    run = make_run(labels, certain(["covid"] * 20 + labels[20:]))  # 10 of 200 normal are wrong
    for at_least, verdict, settled in (
        (0.80, Verdict.PASS, True),
        (0.94, Verdict.PASS, False),
        (0.96, Verdict.FAIL, False),
        (0.99, Verdict.FAIL, True),
    ):
        result = ask_scenario(scenario("recall", "normal", at_least=at_least), run)
        assert (result.verdict, result.settled) == (verdict, settled)
        assert ("not settled" in result.sentence) is not settled


def test_the_same_run_always_gives_the_same_answer(run):
    wanted = scenario("macro_auc")
    assert ask_scenario(wanted, run) == ask_scenario(wanted, run)


def test_both_ends_of_a_range_count(run):
    inside = scenario("accuracy", at_least=0.7, at_most=0.8)
    above = scenario("accuracy", at_most=0.7)
    assert ask_scenario(inside, run).verdict is Verdict.PASS
    assert ask_scenario(above, run).verdict is Verdict.FAIL


def test_unreadable_files_count_for_the_share_that_is_read():
    run = make_run(LABELS, certain(ANSWERS), unreadable=[0, 1, 2])
    assert ask_scenario(scenario("share_read"), run).number.value == pytest.approx(0.75)
    assert ask_scenario(scenario("recall", "covid"), run).number.n == 1


def test_flips_are_counted_once_a_pair():
    answers = ["covid", "normal", "covid", "covid", "normal"]
    twins = ["00001.png", "00000.png", "00003.png", "", "elsewhere.png"]
    run = make_run([""] * 5, certain(answers), columns={"same_as": twins})
    result = ask_scenario(scenario("flips", against="same_as", at_most=0.4), run)
    assert (result.number.value, result.number.n) == (0.5, 2)
    assert result.verdict is Verdict.FAIL
    nothing = ask_scenario(scenario("flips", against="twin"), run)
    assert nothing.verdict is Verdict.CANNOT_CHECK


def test_patients_with_many_xrays_widen_the_interval():
    labels = ["covid", "normal"] * 50
    answers = [*labels[:80], *["opacity"] * 20]
    alone = make_run(labels, certain(answers))
    patients = make_run(labels, certain(answers), groups=[f"p{i // 10}" for i in range(100)])
    wide, narrow = (ask_scenario(scenario("accuracy"), r).number for r in (patients, alone))
    assert wide.value == narrow.value
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_sets_are_those_of_the_bundle(run):
    for metric in ("set_coverage", "mean_set_size"):
        assert ask_scenario(scenario(metric), run).verdict is Verdict.CANNOT_CHECK
    quantiles = dict.fromkeys(CLASSES, 0.5) | {"normal": 0.95}
    card = {"sets": {"alpha": 0.1, "quantiles": quantiles, "n": dict.fromkeys(CLASSES, 50)}}
    run = make_run(LABELS, certain(ANSWERS), card=card)
    # normal is in every set, beside the answer
    covered = sum(a == b or b == "normal" for a, b in zip(ANSWERS, LABELS, strict=True))
    coverage = ask_scenario(scenario("set_coverage"), run).number
    assert coverage.value == pytest.approx(covered / 12)
    assert ask_scenario(scenario("set_coverage", "opacity"), run).number.value == pytest.approx(0.5)
    size = ask_scenario(scenario("mean_set_size"), run).number
    assert size.value == pytest.approx(np.mean([1 + (a != "normal") for a in ANSWERS]))


def test_positions_follow_the_run_not_the_sample():
    run = make_run(
        ["", "covid", "", "normal"], certain(["covid"] * 4), columns={"view": list("aabb")}
    )
    result = ask_scenario(scenario("accuracy", where=("view=b",)), run)
    assert result.positions == (2, 3)
    assert result.number.value == 0.0
