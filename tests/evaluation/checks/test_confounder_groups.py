"""confounder.groups: a group that is served worse, none, and too few."""

import re

import numpy as np

from tests.evaluation.runs import ask, make_run
from xraydemo.evaluation.figures import Bars, Gallery
from xraydemo.evaluation.result import Verdict
from xraydemo.metrics.weighted import macro_auc

CHECK = "confounder.groups"
N = 600
GENERATOR = np.random.default_rng(0)
LABELS = GENERATOR.choice(["normal", "covid"], N).tolist()
VIEW = GENERATOR.choice(["AP", "PA", "PA"], N)


def answers(wrong):
    """Give answers that are wrong with some probability."""
    rolls = np.random.default_rng(1).random(N)
    found = np.full((N, 4), 0.05)
    for i, label in enumerate(LABELS):
        right = 0 if label == "normal" else 1
        found[i, 1 - right if rolls[i] < wrong[i] else right] = 0.85
    return found


def run_with(wrong, **columns):
    return make_run(LABELS, answers(wrong), columns={"view": VIEW.tolist(), **columns})


def test_a_view_that_is_served_worse_fails():
    run = run_with(np.where(VIEW == "AP", 0.5, 0.02))
    found = ask(run, CHECK)
    assert found.verdict is Verdict.FAIL
    assert "view = AP" in found.headline or "view not PA" in found.headline
    aucs = {(row.metric, row.where): row for row in found.tables[0].rows}
    in_ap = run.sample.part(VIEW == "AP")
    by_hand = macro_auc(np.ones((1, len(in_ap)), np.float32), in_ap.truth, in_ap.probabilities)[0]
    assert aucs["macro AUC", "view = AP"].value == by_hand
    less = aucs["macro AUC, less", "view = AP"]
    assert less.low < less.value < less.high < -0.15
    text = " ".join([found.headline, *found.findings])
    assert "X-rays of COVID-19 with view = AP" in text
    assert "X-rays of Normal with view = AP" in text
    assert "It is weak there, too: of the" in text
    forest = found.figures[0]
    assert isinstance(forest, Bars)
    assert forest.labels[0] == "view = AP"
    assert forest.groups[0] == tuple(np.flatnonzero(VIEW == "AP"))
    gallery = found.figures[2]
    assert isinstance(gallery, Gallery)
    assert "called" in gallery.exhibits[0].caption


def test_groups_by_chance_pass():
    generator = np.random.default_rng(5)
    columns = {f"f{i}": generator.choice(list("abc"), N).tolist() for i in range(6)}
    found = ask(run_with(np.full(N, 0.2), **columns), CHECK)
    assert found.verdict is Verdict.PASS


def test_a_loss_within_the_line_passes():
    found = ask(run_with(np.where(VIEW == "AP", 0.06, 0.04)), CHECK)
    assert found.verdict is Verdict.PASS


def test_recall_is_compared_where_a_group_has_one_class():
    """The AUC can't be asked within a source of one class, what is found of it can."""
    source = np.where(np.array(LABELS) == "normal", "A", np.where(np.arange(N) % 2, "A", "B"))
    found = ask(run_with(np.where(source == "B", 0.5, 0.02), source=source.tolist()), CHECK)
    assert found.verdict is Verdict.FAIL
    rows = [row.where for table in found.tables for row in table.rows]
    assert "source = B" not in rows
    assert "source = B: covid" in rows
    assert "source = A: normal" not in rows  # that is all of them


def test_without_facts_weak_slices_are_looked_for():
    found = ask(make_run(LABELS, answers(np.full(N, 0.2))), CHECK)
    assert found.verdict is Verdict.PASS
    assert "No group with a name has enough X-rays" in " ".join(found.findings)


def test_too_few():
    run = make_run(LABELS[:30], columns={"view": VIEW[:30].tolist()})
    found = ask(run, CHECK)
    assert found.verdict is Verdict.CANNOT_CHECK
    assert "Add facts" in found.headline


def test_no_difference_is_beyond_one():
    """An AUC over a handful of X-rays has an error so large that twice it reaches beyond -1."""
    labels = ["normal", "covid"] * 106
    site = ["few"] * 12 + ["many"] * 200
    found = np.full((212, 4), 0.05)
    for i, label in enumerate(labels):
        right = 0 if label == "normal" else 1
        found[i, 1 - right if i < 8 else right] = 0.85
    result = ask(make_run(labels, found, columns={"site": site}), CHECK, floor=5)
    less = [row for table in result.tables for row in table.rows if row.metric.endswith("less")]
    assert len(less) > 4
    assert min(row.low for row in less) == -1
    assert max(row.high for row in less) <= 1


def test_nothing_is_not_said_with_a_sign():
    found = ask(run_with(np.zeros(N)), CHECK)  # every group has what all have
    assert not re.search(r"[-+]0(\.0+)?[ ,\]]", " ".join([found.headline, *found.findings]))
