"""confounder.used: planted and used, planted and not used, not to be told, too few."""

import math

import numpy as np
import pytest

from tests.evaluation.runs import ask
from tests.evaluation.shortcuts import shortcut_run
from xraydemo.evaluation.figures import Grid, Slopes
from xraydemo.evaluation.result import Verdict


def steps(found):
    (grid,) = [figure for figure in found.figures if isinstance(figure, Grid)]
    return dict(zip(grid.row_labels, grid.values, strict=True))


@pytest.fixture(scope="module")
def leaning():
    return ask(shortcut_run(400, shown=2.0, weight=1.0), "confounder.used")


def test_planted_and_used_fails(leaning):
    assert leaning.verdict is Verdict.FAIL
    assert leaning.number.where.startswith("scanner: ")
    assert leaning.number.low > 0.1
    assert leaning.number.n < 400
    assert steps(leaning)["scanner"] == (1.0, 1.0, 1.0)


def test_it_is_said(leaning):
    assert "leans on the scanner, or on what goes with it" in leaning.headline
    text = " ".join(leaning.findings)
    assert "It is confirmed from within" in text
    assert "The model seems to lean on it, or on something that goes with it." in text
    assert "isn't counted as use" not in text


def test_slopes_show_each_stage(leaning):
    (slopes,) = [figure for figure in leaning.figures if isinstance(figure, Slopes)]
    as_it_is, matched, among_alike, erased, erased_and_matched = slopes.values[0]
    assert matched < among_alike < as_it_is
    assert erased_and_matched > matched + 0.05  # without the shortcut it does better there
    assert abs(erased - erased_and_matched) < 0.05
    # each scanner has X-rays of each class: all count
    assert [len(group) for group in slopes.groups] == [400] * len(slopes.labels)


@pytest.mark.parametrize(("shown", "weight"), [(0.0, 0.0), (2.0, 0.0)])
def test_in_the_table_only_or_not_used_passes(shown, weight):
    found = ask(shortcut_run(400, shown=shown, weight=weight), "confounder.used")
    assert found.verdict is Verdict.PASS
    assert steps(found)["scanner"][0] == 1.0
    assert steps(found)["scanner"][1] == (1.0 if shown else 0.0)
    assert steps(found)["scanner"][2] != 1.0


def test_large_and_clean_is_settled():
    found = ask(shortcut_run(1200, strength=0.2, shown=2.0), "confounder.used")
    assert (found.verdict, found.settled) == (Verdict.PASS, True)
    assert steps(found)["scanner"][2] == 0.0


def test_what_is_at_most_lost_is_the_largest_loss():
    n = 1200
    coin = np.random.default_rng(3).random(n) < 0.5
    run = shortcut_run(
        n, strength=0.2, shown=2.0, columns={"sex": np.where(coin, "F", "M").tolist()}
    )
    found = ask(run, "confounder.used")
    assert found.verdict is Verdict.PASS
    rows = found.tables[0].rows
    assert found.number.value == max(row.value for row in rows)


def test_a_shortcut_that_does_not_go_with_the_class_costs_nothing():
    found = ask(shortcut_run(400, strength=0.0, shown=2.0, weight=1.0), "confounder.used")
    assert found.verdict is Verdict.PASS


def test_no_overlap_cannot_tell():
    found = ask(shortcut_run(200, strength=1.0, shown=2.0, weight=1.0), "confounder.used")
    assert found.verdict is Verdict.CANNOT_CHECK
    assert "Cannot tell" in found.headline
    assert math.isnan(steps(found)["scanner"][2])
    assert any("tell Normal from COVID-19" in sentence for sentence in found.findings)


def test_a_fact_that_can_not_be_told_is_not_passed_over():
    n = 800
    site = np.where(np.arange(n) % 2 == 1, "Wuhan", "Bethesda").tolist()
    run = shortcut_run(n, strength=0.2, shown=2.0, columns={"site": site})
    found = ask(run, "confounder.used")
    assert (found.verdict, found.settled) == (Verdict.PASS, False)
    assert found.headline.startswith("Whether the model uses site can't be told")


def read_off(run, scores, scanner):
    """Let one axis of the embedding be the model's score."""
    run.arrays.embedding[:, 0] = scores
    run.logits[:, 1] = scores
    run.rows["scanner"] = scanner
    return ask(run, "confounder.used")


def test_x_rays_that_match_may_just_be_harder():
    """Ill patients have one scanner, well ones another, and the unclear cases a third."""
    n = 600
    run = shortcut_run(n, strength=0.0)
    generator = np.random.default_rng(1)
    is_covid = np.arange(n) % 2 == 1
    is_clear = generator.random(n) < 0.7
    scanner = np.where(is_clear, np.where(is_covid, "A", "B"), "C")
    sign = 2.0 * is_covid - 1
    scores = sign * np.where(is_clear, 3.0, 0.7) + generator.normal(size=n)
    found = read_off(run, scores, scanner)
    assert (found.verdict, found.settled) == (Verdict.PASS, False)
    assert found.number.low > 0.05  # matching alone would accuse it
    assert any("isn't counted as use" in sentence for sentence in found.findings)


def test_signs_of_severity_are_not_use():
    """Patients who lie are more ill, and the model reads nothing but the disease."""
    n = 1000
    run = shortcut_run(n, strength=0.0)
    generator = np.random.default_rng(0)
    is_covid = np.arange(n) % 2 == 1
    is_severe = is_covid & (generator.random(n) < 0.6)
    severity = np.where(is_severe, 3.0, 0.7 * is_covid)
    lies = generator.random(n) < np.where(is_severe, 0.95, 0.05)
    found = read_off(run, severity + 0.7 * generator.normal(size=n), np.where(lies, "AP", "PA"))
    assert (found.verdict, found.settled) == (Verdict.PASS, False)
    assert found.number.low > 0.05
    assert any("It may be signs of the disease" in sentence for sentence in found.findings)


def test_a_model_that_guesses_uses_nothing():
    found = ask(shortcut_run(300, task=0.0), "confounder.used")
    assert found.verdict is Verdict.CANNOT_CHECK
    assert "better than guessing" in found.headline


def test_too_few():
    found = ask(shortcut_run(30), "confounder.used")
    assert found.verdict is Verdict.CANNOT_CHECK
    assert "Too few" in found.headline


def test_no_facts():
    found = ask(
        shortcut_run(80, columns={"scanner": ["A"] * 80}),
        "confounder.used",
    )
    assert found.verdict is Verdict.CANNOT_CHECK
    assert "add columns" in found.headline
