from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from tests.evaluation.runs import ask, make_run
from xraydemo.classes import CLASSES
from xraydemo.evaluation.result import Number, Verdict

EACH = 100
LABELS = np.repeat(CLASSES, EACH)


def answers(recall: dict[str, float], instead: str = "normal") -> np.ndarray:
    """Find a share of each class; the rest is called `instead`, or covid where that is right."""
    probabilities = np.full((len(LABELS), 4), 0.1)
    for i, label in enumerate(LABELS):
        found = i % EACH < recall.get(label, 1.0) * EACH
        other = instead if label != instead else "covid"
        probabilities[i, CLASSES.index(label if found else other)] = 0.7
    return probabilities


def numbers(result) -> dict[tuple[str, str], Number]:
    return {(n.metric, n.where): n for table in result.tables for n in table.rows}


def test_a_class_that_is_missed_fails() -> None:
    result = ask(make_run(LABELS, answers({"covid": 0.3})), "performance.classes")
    assert result.verdict is Verdict.FAIL
    assert (result.number.where, result.number.value) == ("covid", pytest.approx(0.3))
    assert "30.0 % of the 100 X-rays of COVID-19" in result.headline
    assert "All 70 missed X-rays of COVID-19 are called Normal." in result.findings


def test_classes_that_are_found_pass() -> None:
    result = ask(make_run(LABELS, answers({"opacity": 0.95})), "performance.classes")
    assert result.verdict is Verdict.PASS
    assert result.number.where == "opacity"


def test_few_x_rays_all_right_are_no_proof() -> None:
    """20 of 20 found: with one of four classes the interval begins near 0.76."""
    labels = np.repeat(CLASSES, 20)
    probabilities = np.eye(4)[np.repeat(np.arange(4), 20)] * 0.6 + 0.1
    result = ask(make_run(labels, probabilities), "performance.classes")
    assert result.verdict is Verdict.WARN
    assert result.number.value == 1
    assert result.number.low == pytest.approx(20 / (20 + 2.497705**2), abs=1e-4)


def test_small_classes_are_left_out_by_name() -> None:
    labels = [*["normal"] * 60, *["covid"] * 60, *["pneumonia"] * 3]
    probabilities = np.full((123, 4), 0.1)
    probabilities[:60, 0] = probabilities[60:120, 1] = probabilities[120:, 0] = 0.7
    result = ask(make_run(labels, probabilities), "performance.classes")
    assert result.verdict is Verdict.PASS
    assert any("Pneumonia (3 X-rays)" in sentence for sentence in result.findings)
    assert any("no X-ray of Lung opacity" in sentence for sentence in result.findings)


def test_too_few_of_every_class_cannot_be_checked() -> None:
    result = ask(make_run(["normal"] * 10 + ["covid"] * 10), "performance.classes")
    assert result.verdict is Verdict.CANNOT_CHECK
    assert "20" in result.headline


def test_numbers_are_scikit_learns() -> None:
    run = make_run(LABELS, seed=3)
    truth, predicted = run.sample.truth, run.sample.predicted
    found = numbers(ask(run, "performance.classes"))
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(truth, predicted)
    for k, name in enumerate(CLASSES):
        assert found["precision", name].value == pytest.approx(precision[k])
        assert found["recall", name].value == pytest.approx(recall[k])
        assert found["F1", name].value == pytest.approx(f1[k])
        of_class = found["F1", name]
        assert of_class.low < of_class.value < of_class.high
    assert found["balanced accuracy", "all"].value == pytest.approx(
        metrics.balanced_accuracy_score(truth, predicted)
    )
    assert found["MCC", "all"].value == pytest.approx(metrics.matthews_corrcoef(truth, predicted))
    assert found["macro F1", "all"].value == pytest.approx(f1.mean())
    assert found["AUC", "abnormal against normal"].value == pytest.approx(
        metrics.roc_auc_score(truth != 0, 1 - run.sample.probabilities[:, 0])
    )


def test_a_cell_of_the_confusion_matrix_names_its_x_rays() -> None:
    run = make_run(LABELS, answers({"covid": 0.9}), unreadable=[0])
    grid = ask(run, "performance.classes").figures[0]
    truth, predicted = run.sample.truth, run.sample.predicted
    assert np.array_equal(grid.values, metrics.confusion_matrix(truth, predicted))
    assert grid.groups[1][0] == tuple(range(190, 200))
    assert grid.groups[0][0] == tuple(range(1, 100))


def test_confusing_pneumonia_with_opacity_is_no_mistake_when_they_are_one() -> None:
    run = make_run(LABELS, answers({"pneumonia": 0.0}, instead="opacity"))
    found = numbers(ask(run, "performance.classes"))
    assert found["balanced accuracy", "all"].value == pytest.approx(0.75)
    assert found["balanced accuracy", "pneumonia and opacity as one"].value == 1.0
