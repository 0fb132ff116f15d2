"""Two runs side by side: planted regressions must be loud, chance must be quiet."""

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import f1_score, log_loss, roc_auc_score

from tests.evaluation.runs import make_run
from tests.evaluation.test_ask_scenario import certain, scenario
from xraydemo.classes import CLASSES
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.compare import (
    SideBySide,
    compare,
    match,
    reasons_not_compared,
    sign_change_p,
    tally_sides,
)
from xraydemo.evaluation.result import CheckResult, Number, Verdict

LABELS = ["normal", "covid", "pneumonia", "opacity"] * 60
N = len(LABELS)
SEX = ["F" if i % 8 < 4 else "M" for i in range(N)]


def with_answers(answers, **more):
    return make_run(LABELS, certain(answers), columns={"sex": SEX}, **more)


def wrong_at(places):
    answers = list(LABELS)
    for i in places:
        answers[i] = CLASSES[(CLASSES.index(LABELS[i]) + 1) % 4]
    return answers


def metric(comparison, name, where="all"):
    return next(m for m in comparison.metrics if (m.metric, m.where) == (name, where))


MEN, WOMEN = ([i for i in range(N) if SEX[i] == sex] for sex in "MF")


def test_an_average_that_rises_while_a_group_falls_is_loud():
    before = with_answers(wrong_at(MEN[:80]))
    after = with_answers(wrong_at([*MEN[:10], *WOMEN[:40]]))
    found = compare(before, after)
    assert metric(found, "share right").change == pytest.approx(30 / N)
    (line,) = [text for text in found.loud if "sex = F the" in text]
    assert "THE AVERAGE ROSE" in line
    assert not any("sex = M " in text for text in found.loud)
    women = next(g for g in found.groups if g.where == "sex = F")
    assert women.change == pytest.approx(-40 / len(WOMEN))
    assert women.high < 0
    assert women.p < 0.001


def test_a_class_within_a_group_is_found_too():
    women_normal = [i for i in WOMEN if LABELS[i] == "normal"]
    before, after = with_answers(wrong_at(MEN[:80])), with_answers(wrong_at(women_normal))
    found = compare(before, after)
    assert any("sex = F, class = Normal" in text for text in found.loud)


def test_chance_is_quiet():
    generator = np.random.default_rng(3)
    before, after = (
        with_answers(wrong_at(generator.choice(N, 40, replace=False))) for _ in range(2)
    )
    found = compare(before, after)
    assert found.loud == ()
    assert "neither is shown to be better" in found.headline


def test_a_fall_of_everything_is_not_called_a_risen_average():
    found = compare(with_answers(LABELS), with_answers(wrong_at(WOMEN[:40])))
    assert found.loud == ()
    assert "the second model is worse" in found.headline


def test_metrics_are_those_of_scikit_learn_on_both_sides():
    generator = np.random.default_rng(0)
    runs = [make_run(LABELS, generator.dirichlet(np.ones(4), N)) for _ in range(2)]
    found = compare(*runs)
    truth = runs[0].truth
    for side, run in zip(("before", "after"), runs, strict=True):
        p = run.probabilities.astype(float)
        p /= p.sum(axis=1, keepdims=True)
        expected = {
            "macro F1": f1_score(truth, run.predicted, average="macro"),
            "macro AUC": roc_auc_score(truth, p, multi_class="ovr"),
            "log loss": log_loss(truth, p),
        }
        for name, value in expected.items():
            assert getattr(metric(found, name), side) == pytest.approx(value, abs=1e-5), name
        auc = metric(found, "AUC", "class = COVID-19")
        assert getattr(auc, side) == pytest.approx(roc_auc_score(truth == 1, p[:, 1]), abs=1e-6)
    for difference in found.metrics:
        assert difference.change == pytest.approx(difference.after - difference.before, abs=1e-6)
        assert difference.low <= difference.change <= difference.high


def test_a_run_is_like_itself():
    run = with_answers(wrong_at(MEN[:30]))
    found = compare(run, run)
    assert found.changed == ()
    assert all(d.change == d.low == d.high == 0 for d in found.metrics)
    assert all(g.p == 1 for g in found.groups)


def test_overconfidence_shows_in_calibration():
    labels = ["normal", "covid"] * 150
    answers = [
        x if i % 4 else ("covid" if x == "normal" else "normal") for i, x in enumerate(labels)
    ]
    honest, boastful = (
        make_run(
            labels, np.array([[s if c == a else (1 - s) / 3 for c in CLASSES] for a in answers])
        )
        for s in (0.75, 0.97)
    )
    change = metric(compare(honest, boastful), "excess calibration error")
    assert change.before < 0.02
    assert change.after == pytest.approx(0.22, abs=0.03)
    assert change.low > 0.1
    assert change.gain < 0


def test_changed_answers_are_listed_with_the_worst_first():
    before, after = with_answers(wrong_at([0])), with_answers(wrong_at([5]))
    found = compare(before, after)
    assert [(c.position_after, c.became) for c in found.changed] == [(5, "wrong"), (0, "right")]
    first = found.changed[0]
    assert (first.file, first.label, first.before, first.after) == (
        "00005.png", "covid", "covid", "pneumonia",
    )  # fmt: skip
    assert first.probabilities_before == pytest.approx((0.1, 0.7, 0.1, 0.1))
    assert found.gallery.exhibits[0].positions == (5,)
    assert "was COVID-19 (70 % sure), is Pneumonia (70 % sure)" in found.gallery.exhibits[0].caption


def other_cohort(run, **changes):
    cohort = {**run.meta.cohort, "fingerprint": "0" * 64, "name": "other.csv"}
    return dataclasses.replace(run, meta=run.meta.model_copy(update={"cohort": cohort}), **changes)


def test_two_cohorts_are_matched_by_their_pixels():
    before = with_answers(LABELS)
    reordered = make_run(
        LABELS[::-1][:100],
        certain(LABELS[::-1][:100]),
        pixel_sha256=[f"pixels {i}" for i in range(N)][::-1][:100],
    )
    places_a, places_b, notes = match(before, other_cohort(reordered))
    assert places_a.tolist() == list(range(N - 100, N))
    assert places_b.tolist() == list(range(100))[::-1]
    assert "two cohorts" in notes[0]
    found = compare(before, other_cohort(reordered))
    assert (found.n, found.n_labelled) == (100, 100)


def test_what_is_left_out_is_said():
    before = with_answers(LABELS, unreadable=[0, 1])
    pixels = [f"pixels {i}" for i in range(N)]
    pixels[7] = "altered"
    after = with_answers(LABELS, unreadable=[1, 2], pixel_sha256=pixels)
    found = compare(before, after)
    assert found.n == N - 4
    assert any(note.startswith("2 could be read in only one") for note in found.notes)
    assert any(note.startswith("1 files changed") for note in found.notes)
    relabelled = make_run(["covid", "", *LABELS[2:]], certain(LABELS))
    found = compare(with_answers(LABELS), relabelled)
    assert found.n_labelled == N - 2
    assert any("another label" in note for note in found.notes)
    assert any("only one run" in note for note in found.notes)


def test_nothing_in_common_is_an_error():
    other = make_run(LABELS, pixel_sha256=[f"else {i}" for i in range(N)])
    with pytest.raises(XrayDemoError, match=r"no X-ray in common: the first is of .*other\.csv"):
        compare(with_answers(LABELS), other_cohort(other))


def test_unlabelled_runs_still_show_changed_answers():
    before, after = (
        make_run([""] * 3, certain(a)) for a in (["covid"] * 3, ["covid", "covid", "normal"])
    )
    found = compare(before, after)
    assert found.metrics == ()
    assert [c.became for c in found.changed] == ["another"]


def test_checks_and_scenarios_stand_side_by_side():
    number = Number("recall", "covid", 0.9, 0.8, 0.95, 60)
    good = CheckResult(Verdict.PASS, "good", number, check="performance.classes")
    bad = CheckResult(Verdict.FAIL, "bad", check="performance.classes")
    new = CheckResult(Verdict.INFO, "new", check="performance.errors")
    wanted = scenario("recall", "covid", at_least=0.9)
    found = compare(
        with_answers(LABELS),
        with_answers(wrong_at([i for i in range(N) if LABELS[i] == "covid"][:30])),
        results_a=[good],
        results_b=[bad, new],
        scenarios=[wanted],
    )
    classes, errors = found.checks
    assert (classes.verdict_before, classes.verdict_after) == (Verdict.PASS, Verdict.FAIL)
    assert classes.before == number
    assert classes.is_worse
    assert (errors.verdict_before, errors.is_worse) == (None, False)
    (asked,) = found.scenarios
    assert (asked.before.value, asked.after.value) == (1.0, 0.5)
    assert asked.is_worse
    said = "checks: 2 of 2 compared got worse (performance.classes, s); 1 could not be compared"
    assert found.headline.endswith(said)


def side(name, before, after, first=None, second=None, **more):
    def number(interval):
        low, high = interval
        return Number("AUC", "all", (low + high) / 2, low, high, 100)

    numbers = [number(interval) if interval else None for interval in (first, second)]
    return SideBySide(name, before, after, *numbers, **more)


@pytest.mark.parametrize(
    ("name", "before", "after", "first", "second", "became"),
    [
        # the intervals lie apart: it is so, whatever the verdicts
        ("shift.ood_auroc", "fail", "fail", (0.8, 0.85), (0.6, 0.7), "worse"),
        ("shift.ood_auroc", "fail", "pass", (0.6, 0.7), (0.95, 0.99), "better"),
        ("confounder.pixels", "pass", "pass", (0.0, 0.1), (0.2, 0.3), "worse"),
        ("confounder.pixels", "warn", "pass", (0.2, 0.3), (0.0, 0.1), "better"),
        # they overlap: chance can move a verdict
        ("shift.ood_auroc", "pass", "warn", (0.90, 0.95), (0.89, 0.94), "worse verdict"),
        ("shift.ood_auroc", "warn", "pass", (0.89, 0.94), (0.90, 0.95), "better verdict"),
        ("shift.ood_auroc", "pass", "pass", (0.90, 0.95), (0.89, 0.94), "same"),
        # there are none, or it isn't known which way is better: the verdict counts
        ("data.label_conflicts", "pass", "fail", None, (0.1, 0.2), "worse"),
        ("performance.scenarios", "fail", "fail", (0.1, 0.2), (0.4, 0.5), "same"),
        ("performance.scenarios", "fail", "pass", (0.1, 0.2), (0.4, 0.5), "better"),
        # nothing to hold against each other
        ("shift.ood_auroc", "cannot_check", "pass", None, (0.9, 0.95), ""),
    ],
)
def test_a_check_is_worse_where_the_intervals_say_so(name, before, after, first, second, became):
    found = side(name, Verdict(before), Verdict(after), first, second)
    assert found.became == became
    assert found.is_worse == (became == "worse")


def test_numbers_of_two_things_are_not_held_against_each_other():
    worst = [Number("AUROC", kind, v, v, v, 9) for kind, v in (("inverted", 1.0), ("blurred", 0.9))]
    found = SideBySide("shift.ood_auroc", Verdict.PASS, Verdict.PASS, *worst)
    assert found.became == "same"
    same = dataclasses.replace(worst[1], where="inverted")
    assert dataclasses.replace(found, after=same).became == "worse"


def test_what_could_not_be_compared_does_not_count():
    sides = [
        side("shift.ood_auroc", Verdict.FAIL, Verdict.FAIL, (0.8, 0.85), (0.6, 0.7)),
        side("data.files", Verdict.PASS, Verdict.PASS),
        side("data.images", Verdict.PASS, Verdict.WARN, (0.5, 0.6), (0.55, 0.7)),
        side("shift.gap", Verdict.PASS, Verdict.FAIL, why_not="Asked beside other references"),
        side("shift.map", None, Verdict.INFO),
        side("confounder.parity", Verdict.CANNOT_CHECK, Verdict.CANNOT_CHECK),
    ]
    assert tally_sides(sides) == (
        "1 of 3 compared got worse, 1 perhaps (the verdict is worse, but the intervals overlap); "
        "3 could not be compared"
    )
    assert reasons_not_compared(sides) == {
        "Asked beside other references": ("shift.gap",),
        "was not asked before": ("shift.map",),
        "could not be checked in either run": ("confounder.parity",),
    }


def test_both_models_are_told_with_what_they_were_trained_on():
    found = compare(with_answers(LABELS), with_answers(LABELS))
    assert found.trained_before == found.trained_after == "trained on 4 X-rays (2026-01-01)"
    assert found.read_before == with_answers(LABELS).meta.started[:10]


def test_it_is_plain_data():
    found = compare(with_answers(LABELS), with_answers(wrong_at([5])))
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["n"] == N
    assert plain["changed"][0]["became"] == "wrong"
    assert plain["metrics"][0]["p"] is None


@given(st.integers(0, 40), st.integers(0, 40))
def test_with_one_xray_a_patient_the_test_is_mcnemars(won, lost):
    before = np.r_[np.zeros(won, bool), np.ones(lost, bool), np.ones(5, bool)]
    after = np.r_[np.ones(won, bool), np.zeros(lost, bool), np.ones(5, bool)]
    p = sign_change_p(before, after, np.arange(len(before)).astype(str))
    expected = binomtest(won, won + lost).pvalue if won + lost else 1.0
    assert p == pytest.approx(expected)


def test_a_patient_counts_once_however_many_xrays():
    before, after = np.ones(12, bool), np.zeros(12, bool)
    alone = sign_change_p(before, after, np.arange(12).astype(str))
    of_three = sign_change_p(before, after, np.repeat(["a", "b", "c"], 4))
    assert alone == pytest.approx(2 / 2**12)
    assert of_three == pytest.approx(2 / 2**3)
