"""data.balance: planted imbalance, balance, few X-rays; accuracies by hand."""

import numpy as np
import pytest

from tests.evaluation.runs import ask, make_run
from xraydemo.evaluation.result import Verdict


def labels(normal, covid, pneumonia=0, opacity=0):
    return (
        ["normal"] * normal + ["covid"] * covid + ["pneumonia"] * pneumonia + ["opacity"] * opacity
    )


def certain(classes):
    return np.eye(4)[classes] * 0.96 + 0.01


def test_far_out_of_balance_fails():
    found = ask(make_run(labels(600, 30)), "data.balance")
    assert found.verdict is Verdict.FAIL
    assert found.number.value == 20
    assert "600" in found.headline
    assert "30" in found.headline


def test_out_of_balance_warns():
    assert ask(make_run(labels(300, 60)), "data.balance").verdict is Verdict.WARN


def test_balanced_passes():
    found = ask(make_run(labels(100, 100, 100, 100)), "data.balance")
    assert (found.verdict, found.settled) == (Verdict.PASS, True)


def test_few_are_not_settled():
    found = ask(make_run(labels(20, 8)), "data.balance")
    assert (found.verdict, found.settled) == (Verdict.PASS, False)
    assert found.number.low < 2.5 < found.number.high


def test_too_few():
    assert ask(make_run(labels(15, 4)), "data.balance").verdict is Verdict.CANNOT_CHECK


def test_accuracy_beside_always_the_commonest():
    """A model that says normal to all but one: 91 of 100, where always-normal has 90."""
    answers = [0] * 90 + [1] + [0] * 9
    found = ask(make_run(labels(90, 10), certain(answers)), "data.balance")
    rows = {(row.metric, row.where): row for row in found.tables[1].rows}
    assert rows["accuracy", "always normal"].value == pytest.approx(0.90)
    assert rows["accuracy", "model"].value == pytest.approx(0.91)
    assert rows["balanced accuracy", "model"].value == pytest.approx((1 + 0.1) / 2)
    assert "no clear gain" in found.findings[0]


def test_worse_than_always_the_commonest_is_said():
    found = ask(make_run(labels(90, 30), certain([1] * 120)), "data.balance")
    assert "worth nothing" in found.findings[0]


def test_absent_classes_and_unread_files_are_named():
    found = ask(make_run(labels(40, 40), unreadable=[0, 1, 79]), "data.balance")
    text = " ".join(found.findings)
    assert "no X-ray of Pneumonia and Lung opacity" in text
    assert "3 labelled files could not be read" in text
    assert "2 of 40 of Normal" in text


def test_the_interval_knows_groups():
    alone = ask(make_run(labels(100, 100)), "data.balance").number
    groups = [f"g{i // 10}" for i in range(200)]
    grouped = ask(make_run(labels(100, 100), groups=groups), "data.balance").number
    assert grouped.high - grouped.low > 2 * (alone.high - alone.low)


def test_what_a_stopped_run_has_not_reached_is_not_unreadable():
    run = make_run(labels(40, 40), unreadable=[0, 70, 78, 79])
    run.rows.loc[[70, 78, 79], ["error_type", "error_message"]] = ""
    text = " ".join(ask(run, "data.balance").findings)
    assert "1 labelled file could not be read and counts nowhere: 1 of 40 of Normal" in text
    assert "3 labelled X-rays are not read yet and count nowhere: 3 of 40 of COVID-19" in text
