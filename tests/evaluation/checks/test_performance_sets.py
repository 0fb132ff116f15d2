import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.evaluation.runs import ask, make_run
from xraydemo.classes import CLASSES
from xraydemo.evaluation.result import Verdict

N_OF_CLASS = dict.fromkeys(CLASSES, 50)
CARD = {"sets": {"alpha": 0.1, "quantiles": dict.fromkeys(CLASSES, 0.55), "n": N_OF_CLASS}}


def run_with(covered: dict[str, tuple[int, int]], card=CARD):
    """Make X-rays whose label is in the set for so many of so many."""
    labels, rows = [], []
    for name, (held, n) in covered.items():
        k = CLASSES.index(name)
        for i in range(n):
            row = np.full(4, 0.02)
            row[k if i < held else (k + 1) % 4] = 0.94
            labels.append(name)
            rows.append(row)
    return make_run(labels, np.array(rows), card=card)


def test_the_class_that_pays_is_found_though_the_average_is_kept():
    # 95 % of the healthy and 17 % of the ill
    result = ask(run_with({"normal": (950, 1000), "covid": (17, 100)}), "performance.sets")
    assert result.verdict is Verdict.FAIL
    assert result.number.where == "covid"
    assert result.number.value == pytest.approx(0.17)
    assert any("an average hides" in finding for finding in result.findings)


@pytest.mark.parametrize(
    ("held", "verdict"),
    [(900, Verdict.PASS), (875, Verdict.WARN), (800, Verdict.FAIL)],
)
def test_a_broken_promise_must_be_shown(held, verdict):
    run = run_with({"normal": (950, 1000), "covid": (held, 1000)})
    result = ask(run, "performance.sets", warn=0.90, fail=0.85)
    assert result.verdict is verdict
    assert result.settled


def test_intervals_hold_for_all_classes_together():
    result = ask(run_with({"normal": (95, 100), "covid": (90, 100)}), "performance.sets")
    low, high = proportion_confint(90, 100, alpha=0.05 / 2, method="wilson")
    assert (result.number.low, result.number.high) == pytest.approx((low, high))
    assert result.verdict is Verdict.PASS
    assert not result.settled  # 85 % is not excluded


def test_sizes_and_empty_sets_are_counted():
    labels = ["normal"] * 40 + ["covid"] * 40
    sure, torn, lost = [0.97, 0.01, 0.01, 0.01], [0.48, 0.48, 0.02, 0.02], [0.4, 0.3, 0.2, 0.1]
    run = make_run(labels, np.array(([sure] * 20 + [torn] * 10 + [lost] * 10) * 2), card=CARD)
    result = ask(run, "performance.sets")
    sizes = {(r.metric, r.where): r for r in result.tables[1].rows}
    assert sizes["mean set size", "all"].value == pytest.approx((20 + 2 * 10 + 10) / 40)
    assert sizes["empty but for the most likely class", "all"].value == pytest.approx(0.25)
    bars = result.figures[1]
    assert bars.values == pytest.approx((0.75, 0.25, 0, 0))
    assert bars.groups[1] == (*range(20, 30), *range(60, 70))


def test_small_classes_are_named_and_not_judged():
    result = ask(run_with({"normal": (95, 100), "covid": (2, 10)}), "performance.sets")
    assert result.verdict is Verdict.PASS
    assert any("Too few" in f and "COVID-19 (10)" in f for f in result.findings)
    few = ask(run_with({"normal": (9, 10), "covid": (2, 10)}), "performance.sets")
    assert few.verdict is Verdict.CANNOT_CHECK


def test_a_class_that_is_always_let_in_is_always_covered():
    quantiles = dict.fromkeys(CLASSES, 0.55) | {"covid": None}
    card = {"sets": {"alpha": 0.1, "quantiles": quantiles, "n": N_OF_CLASS}}
    result = ask(run_with({"normal": (95, 100), "covid": (0, 100)}, card), "performance.sets")
    coverage = {row.where: row.value for row in result.tables[0].rows}
    assert coverage["covid"] == 1.0
    sizes = {(r.metric, r.where): r.value for r in result.tables[1].rows}
    assert sizes["mean set size", "covid"] == 2.0


def test_a_bundle_without_sets_cannot_be_checked():
    run = run_with({"normal": (95, 100), "covid": (90, 100)}, card=None)
    result = ask(run, "performance.sets")
    assert result.verdict is Verdict.CANNOT_CHECK
    assert "Train it anew" in result.headline
