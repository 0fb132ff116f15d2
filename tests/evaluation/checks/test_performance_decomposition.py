import numpy as np
import pytest
from sklearn.metrics import f1_score

from tests.evaluation.runs import TABLE, ask, make_run
from tests.evaluation.test_ask_scenario import certain
from xraydemo.evaluation.given import Given
from xraydemo.evaluation.result import Verdict

LABELS = ["covid", "normal"] * 100


def run_with(right: float, metrics, **fields):
    """Make a run with this share of right answers, of a bundle whose card tells these F1."""
    generator = np.random.default_rng(0)
    wrong = {"covid": "normal", "normal": "covid"}
    answers = [x if generator.random() < right else wrong[x] for x in LABELS]
    told = {
        part: {
            "macro_f1": {
                "value": f1, "low": f1 - 0.01, "high": f1 + 0.01, "n": 900, "n_groups": 900
            }
        }
        for part, f1 in metrics.items()
    }  # fmt: skip
    return make_run(LABELS, certain(answers), card={"metrics": told} | fields)


def steps(result):
    return {row.metric: row for row in result.tables[1].rows}


@pytest.mark.parametrize(
    ("metrics", "right", "goal", "mend"),
    [
        ({"fit": 0.80, "select": 0.79, "calibrate": 0.78, "test": 0.78}, 0.78, 0.02, "bias"),
        ({"fit": 0.98, "select": 0.80, "calibrate": 0.79, "test": 0.79}, 0.78, 0.02, "variance"),
        ({"fit": 0.98, "select": 0.97, "calibrate": 0.80, "test": 0.80}, 0.78, 0.02,
         "overfitting to the validation"),
        ({"fit": 0.98, "select": 0.97, "calibrate": 0.96, "test": 0.80}, 0.78, 0.02,
         "a worn-out or harder test set"),
        ({"fit": 0.98, "select": 0.97, "calibrate": 0.96, "test": 0.96}, 0.60, 0.02, "shift"),
        ({"calibrate": 0.96}, 0.60, -1.0, "shift"),
    ],
)  # fmt: skip
def test_the_planted_fault_is_named(metrics, right, goal, mend):
    result = ask(run_with(right, metrics), "performance.decomposition", goal=goal)
    assert result.verdict is Verdict.INFO
    assert f"Mend first: {mend}, " in result.headline


def test_nothing_is_named_where_all_errors_are_alike():
    metrics = {"fit": 0.97, "select": 0.97, "calibrate": 0.96, "test": 0.97}
    result = ask(run_with(0.97, metrics), "performance.decomposition", goal=0.02)
    assert "no step" in result.headline


def test_numbers_are_differences_of_errors():
    run = run_with(0.7, {"fit": 0.98, "calibrate": 0.90})
    result = ask(run, "performance.decomposition")
    here = 1 - f1_score(run.truth, run.predicted, average="macro")
    assert result.number.value == pytest.approx(here)
    found = steps(result)
    # select is not known: two steps are told as one
    both = found["variance and overfitting to the validation"]
    assert both.value == pytest.approx(0.08)
    half = 0.01 * 2**0.5
    assert (both.low, both.high) == pytest.approx((0.08 - half, 0.08 + half))
    assert found["shift"].value == pytest.approx(here - 0.10)


def test_a_run_from_home_is_no_shift():
    provenance = run_with(0.8, {"calibrate": 0.9}).meta.card.provenance
    data = provenance.model_copy(update={"data": {"table": "cohort.csv", "table_sha256": TABLE}})
    result = ask(run_with(0.8, {"calibrate": 0.9}, provenance=data), "performance.decomposition")
    assert list(steps(result)) == ["a worn-out or harder test set"]
    assert any("is no shift" in finding for finding in result.findings)


def test_looks_at_test_sets_are_told_if_the_card_does():
    run = run_with(0.8, {"calibrate": 0.9})
    silent = ask(run, "performance.decomposition")
    assert any("does not tell how often" in finding for finding in silent.findings)
    run.meta.card.metrics["looks"] = {"external report": 3}
    told = ask(run, "performance.decomposition")
    assert any("external report 3 times" in finding for finding in told.findings)


def test_too_few_or_nothing_to_compare_with_cannot_be_checked():
    labels = ["covid"] * 50 + ["normal"] * 5
    few = ask(make_run(labels), "performance.decomposition")
    assert few.verdict is Verdict.CANNOT_CHECK
    assert "Normal (5)" in few.headline
    nothing = ask(run_with(0.8, {}), "performance.decomposition")
    assert nothing.verdict is Verdict.CANNOT_CHECK


def test_x_rays_from_home_among_others_do_not_pass_for_a_test_set():
    run = run_with(0.6, {"calibrate": 0.96})
    run.judgements["in_training_table"] = [i < 24 for i in range(200)]
    result = ask(run, "performance.decomposition")
    assert "Mend first: shift, " in result.headline
    assert result.number.n == 176
    away = np.arange(200) >= 24
    here = 1 - f1_score(run.truth[away], run.predicted[away], average="macro")
    assert result.number.value == pytest.approx(here)
    assert any(finding.startswith("24 of the 200 labelled") for finding in result.findings)


def test_small_classes_are_left_out_and_named():
    generator = np.random.default_rng(0)
    labels = [*LABELS, *["opacity"] * 5]
    answers = [x if generator.random() < 0.9 else "normal" for x in labels]
    result = ask(make_run(labels, certain(answers)), "performance.decomposition")
    assert result.number.n == 200
    assert any("Lung opacity (5)" in finding for finding in result.findings)


def test_a_reference_from_home_is_the_internal_test_on_the_same_classes():
    metrics = {"calibrate": 0.97}
    run = run_with(0.6, metrics)
    data = run.meta.card.provenance.model_copy(update={"data": {"table_sha256": TABLE}})
    home = run_with(0.95, metrics, provenance=data)
    home_error = 1 - f1_score(home.truth, home.predicted, average="macro")
    told = ask(run, "performance.decomposition", given=Given(reference=home))
    test = next(row for row in told.tables[0].rows if row.where == "the internal test")
    assert test.value == pytest.approx(home_error)
    assert steps(told)["shift"].value == pytest.approx(told.number.value - home_error)
    # one from elsewhere is no internal test
    other = ask(run, "performance.decomposition", given=Given(reference=run_with(0.95, metrics)))
    assert not any(row.where == "the internal test" for row in other.tables[0].rows)


def test_the_largest_trouble_and_the_order_of_mending_are_told():
    metrics = {"fit": 0.98, "select": 0.88, "calibrate": 0.87, "test": 0.87}
    result = ask(run_with(0.5, metrics), "performance.decomposition")
    assert "Mend first: variance, " in result.headline
    assert "The largest trouble is shift, " in result.headline
    order = next(f for f in result.findings if f.startswith("Order of mending"))
    assert order.index("variance") < order.index("shift")
    alone = ask(run_with(0.5, {"calibrate": 0.9}), "performance.decomposition")
    assert "It is the largest trouble, too" in alone.headline


def test_behind_the_bar_of_this_run_are_its_xrays():
    run = make_run(
        ["", *LABELS, "pneumonia"],  # no label, and a class with too few
        certain(["normal", *LABELS, "covid"]),
        columns=None,
        card={"metrics": run_with(0.9, {"fit": 0.98, "calibrate": 0.9}).meta.card.metrics},
    )
    (bars,) = ask(run, "performance.decomposition").figures
    assert bars.groups[:-1] == ((),) * (len(bars.labels) - 1)
    assert bars.groups[-1] == tuple(range(1, 201))


def test_no_option_of_the_command_line_is_the_only_word_for_it():
    run = run_with(0.8, {"calibrate": 0.9})
    data = {"data": {"table": "cohort.csv", "table_sha256": TABLE}}
    home = run.meta.card.provenance.model_copy(update=data)
    result = ask(run_with(0.8, {"calibrate": 0.9}, provenance=home), "performance.decomposition")
    assert not any("--where" in finding for finding in result.findings)
