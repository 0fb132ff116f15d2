import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.evaluation.four_axes import dossier_of, four_axes
from tests.evaluation.runs import ask, make_run
from xraydemo.classes import CLASSES
from xraydemo.evaluation.figures import Bars, Curves, Gallery, Grid
from xraydemo.evaluation.given import Given
from xraydemo.evaluation.result import Verdict


def run_with(foreign, unsure=None, labels=None, percentiles=None, **more):
    """Make a run of which some X-rays are foreign and some unsure."""
    foreign = np.asarray(foreign, bool)
    n = len(foreign)
    unsure = np.zeros(n, bool) if unsure is None else np.asarray(unsure, bool)
    percentile = np.where(foreign, 100.0, np.linspace(0, 98, n))
    judgements = {
        "foreign_score": np.where(foreign, 2.0 + np.arange(n) / n, 0.0).tolist(),
        "foreign_percentile": list(percentile if percentiles is None else percentiles),
        "foreign_verdict": np.where(foreign, "foreign", "inside").tolist(),
        "foreign_reason": np.where(foreign, "like none of the training X-rays", "like").tolist(),
        "doubt": np.where(unsure, "unsure", "sure").tolist(),
    }
    labels = [CLASSES[i % 4] for i in range(n)] if labels is None else labels
    return make_run(labels, judgements=judgements, **more)


def numbers(result) -> dict:
    return {(row.metric, row.where): row for table in result.tables for row in table.rows}


def some(n: int, of: int) -> np.ndarray:
    """So many of so many, spread over the classes."""
    chosen = np.zeros(of, bool)
    chosen[np.linspace(0, of - 1, n).astype(int)] = True
    return chosen


@pytest.mark.parametrize(
    ("n", "verdict"), [(2, Verdict.PASS), (60, Verdict.WARN), (200, Verdict.FAIL)]
)
def test_many_foreign_xrays_are_a_finding(n, verdict) -> None:
    result = ask(run_with(some(n, 500)), "shift.foreign")
    assert result.verdict is verdict
    low, high = proportion_confint(n, 500, method="wilson")
    assert result.number.value == pytest.approx(n / 500)
    assert (result.number.low, result.number.high) == pytest.approx((low, high))
    assert f"{n} of 500" in result.headline


def test_with_few_xrays_it_is_not_settled() -> None:
    result = ask(run_with(some(1, 30)), "shift.foreign")
    assert result.verdict is Verdict.PASS
    assert not result.settled
    assert "can't be told from so few" in result.headline


def test_more_than_chance_and_yet_not_many() -> None:
    result = ask(run_with(some(60, 2000)), "shift.foreign")
    assert (result.verdict, result.settled) == (Verdict.PASS, True)
    assert "more than the 1 in 100" in result.headline


def test_too_few_and_not_judged() -> None:
    few = ask(run_with(some(1, 10)), "shift.foreign")
    assert few.verdict is Verdict.CANNOT_CHECK
    unjudged = ask(make_run(list(CLASSES) * 20), "shift.foreign")
    assert unjudged.verdict is Verdict.CANNOT_CHECK
    assert "dossier" in unjudged.headline


def test_foreign_and_unsure_are_counted_apart() -> None:
    result = ask(run_with(some(50, 200), np.arange(200) < 40), "shift.foreign")
    both = numbers(result)["share foreign and unsure", "all"].value
    foreign_yet_sure = numbers(result)["share foreign, yet sure", "all"].value
    assert numbers(result)["share unsure", "all"].value == pytest.approx(0.2)
    assert both + foreign_yet_sure == pytest.approx(0.25)
    grid = next(f for f in result.figures if isinstance(f, Grid))
    assert np.sum(grid.values) == 200
    assert grid.values[2] == (foreign_yet_sure * 200, both * 200)
    assert "Three different things" in result.findings[0]


def test_who_is_refused_more_often_is_named() -> None:
    view = np.array(["AP", "PA"] * 200)
    foreign = (view == "AP") & (np.arange(400) % 4 == 0)
    result = ask(run_with(foreign, columns={"view": view.tolist()}), "shift.foreign")
    assert any("view = AP: 50.0 %" in finding for finding in result.findings)
    assert numbers(result)["share foreign", "view = PA"].value == 0
    even = run_with(np.arange(400) % 5 == 0, columns={"view": view.tolist()})
    assert any("No group" in finding for finding in ask(even, "shift.foreign").findings)


def test_setting_aside_needs_labels() -> None:
    labelled = ask(run_with(some(20, 200)), "shift.foreign")
    assert any(isinstance(f, Curves) for f in labelled.figures)
    assert ("AURC", "the most foreign first") in numbers(labelled)
    unlabelled = ask(run_with(some(20, 200), labels=[""] * 200), "shift.foreign")
    assert unlabelled.verdict is labelled.verdict
    assert not any(isinstance(f, Curves) for f in unlabelled.figures)
    assert any("it takes 20 X-rays with a label" in finding for finding in unlabelled.findings)


def test_the_most_foreign_come_first_with_their_neighbours() -> None:
    points, labels = four_axes(80)
    embeddings = np.eye(8, dtype=np.float32)[[1] * 100]
    run = run_with(some(30, 100), embeddings=embeddings)
    given = Given(dossier=dossier_of(points, labels))
    result = ask(run, "shift.foreign", given=given, shown=5)
    gallery = next(f for f in result.figures if isinstance(f, Gallery))
    assert [e.positions[0] for e in gallery.exhibits] == np.flatnonzero(some(30, 100))[::-1][
        :5
    ].tolist()
    assert gallery.exhibits[0].caption == (
        "foreign, sure: like none of the training X-rays. Nearest in training: 10 COVID-19, from "
        "here (10)"
    )
    assert any("nearest to (10 each): 50 COVID-19" in finding for finding in result.findings)
    without = ask(run, "shift.foreign")
    assert any("dossier was not given" in finding for finding in without.findings)


def test_a_broken_rule_comes_before_a_high_score() -> None:
    run = run_with(some(30, 100), card={"foreignness": CARD})
    last = np.flatnonzero(some(30, 100))[0]
    run.judgements.loc[last, "foreign_score"] = 0.3
    gallery = next(f for f in ask(run, "shift.foreign").figures if isinstance(f, Gallery))
    assert gallery.exhibits[0].positions == (last,)


CARD = {"unusual": 0.7, "foreign": 1.0, "n_reference": 100, "n_held_out": 100}


def test_tenths_hold_every_xray() -> None:
    run = run_with(np.zeros(100, bool), percentiles=[*np.arange(99.0), 100.0])
    bars = next(f for f in ask(run, "shift.foreign").figures if isinstance(f, Bars))
    assert bars.values == pytest.approx([0.1] * 10)
    assert bars.groups[9] == tuple(range(90, 100))
