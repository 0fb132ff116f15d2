"""What remains without the lungs: an answer read off the edge is found, an honest one is not."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tests.evaluation.laboratories import SIDE, FakeLaboratory
from tests.evaluation.runs import ask, make_run, tiny_card
from xraydemo.classes import CLASSES
from xraydemo.evaluation.figures import Bars, Gallery, Grid
from xraydemo.evaluation.given import Given
from xraydemo.evaluation.result import Verdict
from xraydemo.model.lungs import has_lung_segmenter

pytestmark = pytest.mark.skipif(not has_lung_segmenter(), reason="there is no lung segmenter here")
CHECK = "confounder.pixels"


def answers(labels, knows: float, seed: int = 0):
    """Answer so that the AUC grows with what is known, 0.5 for nothing."""
    generator = np.random.default_rng(seed)
    truth = np.array([CLASSES.index(label) for label in labels])
    evidence = generator.normal(size=(len(labels), 4))
    evidence[np.arange(len(labels)), truth] += knows
    powers = np.exp(evidence)
    return powers / powers.sum(axis=1, keepdims=True)


def asked(
    labels,
    covered: float,
    *,
    edge: float = 0.0,
    painted: float | None = None,
    lungs=None,
    groups=None,
    unreadable=(),
    **parameters,
):
    run = make_run(labels, answers(labels, 4.0), groups=groups)
    replies = {"black_lungs": answers(labels, covered, seed=1)}
    replies["outer_ring"] = answers(labels, edge, seed=5)
    if painted is not None:
        replies["paint_corners+paint_text"] = answers(labels, painted, seed=6)
    laboratory = FakeLaboratory.of(run, replies, lungs=lungs)
    for i in unreadable:
        run.rows.loc[i, "path"] = "/gone.png"
    return run, laboratory, ask(run, CHECK, given=Given(laboratory=laboratory), **parameters)


FOUR = [CLASSES[i % 4] for i in range(200)]


def test_an_answer_that_stays_without_lungs_fails() -> None:
    run, _, result = asked(FOUR, 3.5)
    assert result.verdict is Verdict.FAIL
    assert "not read off the lungs" in result.headline
    covered = answers(FOUR, 3.5, seed=1)
    k = CLASSES.index(result.number.where.removeprefix("lungs covered, "))
    before, after = (
        roc_auc_score(run.truth == k, told[:, k]) for told in (run.probabilities, covered)
    )
    assert result.number.value == pytest.approx((after - 0.5) / (before - 0.5), abs=1e-6)
    assert result.number.low > 0.75
    flips = next(t for t in result.tables if "another class" in t.title).rows[0]
    flipped = run.probabilities.argmax(1) != covered.argmax(1)
    assert flips.value == pytest.approx(flipped.mean())
    assert flips.n == 200


def test_an_answer_that_the_edge_alone_gives_fails() -> None:
    _, _, result = asked(FOUR, 0.0, edge=3.5)
    assert result.verdict is Verdict.FAIL
    assert result.settled
    assert "from the edge alone" in result.headline
    assert result.number.where.startswith("only the edge, ")


def only_of_covid(knows: float, seed: int):
    """Know of nothing but whether it is covid."""
    told = answers(FOUR, 0.0, seed=seed)
    told[:, 1] = answers(FOUR, knows, seed=seed)[:, 1]
    return told / told.sum(axis=1, keepdims=True)


def test_one_class_that_the_edge_gives_away_is_not_hidden_by_the_mean() -> None:
    run = make_run(FOUR, answers(FOUR, 4.0))
    replies = {"black_lungs": answers(FOUR, 0.0, seed=1), "outer_ring": only_of_covid(5.0, 5)}
    result = ask(run, CHECK, given=Given(laboratory=FakeLaboratory.of(run, replies)))
    assert result.verdict is Verdict.FAIL
    assert result.number.where == "only the edge, covid"
    assert "COVID-19" in result.headline


def test_what_is_lost_with_corners_and_letters_fails() -> None:
    _, _, result = asked(FOUR, 0.0, painted=0.8)
    assert result.verdict is Verdict.FAIL
    assert "read off corners or letters" in result.headline
    assert result.number.metric == "share of what sets it apart that is lost"
    assert result.number.low > 0.5


def test_a_loss_by_paint_that_chance_explains_is_none() -> None:
    _, _, result = asked(FOUR, 0.0, painted=4.0)
    assert result.verdict is Verdict.PASS


def test_half_of_it_warns() -> None:
    _, _, result = asked([CLASSES[i % 4] for i in range(600)], 1.15, most=600)
    assert result.verdict is Verdict.WARN


def test_an_answer_that_is_lost_without_lungs_passes() -> None:
    _, _, result = asked(2 * FOUR, 0.0)
    assert result.verdict is Verdict.PASS
    assert result.settled
    assert "mostly lost" in result.headline


def test_an_answer_that_is_turned_round_without_lungs_fails_too() -> None:
    run = make_run(FOUR, answers(FOUR, 4.0))
    turned = run.probabilities.max(1, keepdims=True) - run.probabilities
    laboratory = FakeLaboratory.of(run, {"black_lungs": turned})
    assert ask(run, CHECK, given=Given(laboratory=laboratory)).verdict is Verdict.FAIL


def test_too_few_are_not_settled_and_fewer_cannot_be_checked() -> None:
    few = FOUR[:80]
    _, _, result = asked(few, 0.6)
    assert result.verdict is Verdict.PASS
    assert not result.settled
    assert "nor excluded" in result.headline
    _, laboratory, result = asked(FOUR[:40], 0.5)
    assert result.verdict is Verdict.CANNOT_CHECK
    assert not laboratory.asked


def test_a_model_that_guesses_cannot_be_asked() -> None:
    run = make_run(FOUR, answers(FOUR, 0.1))
    result = ask(run, CHECK, given=Given(laboratory=FakeLaboratory.of(run)))
    assert result.verdict is Verdict.CANNOT_CHECK
    assert "0.6 must be clearly exceeded" in result.headline


def test_it_needs_the_model() -> None:
    assert ask(make_run(FOUR), CHECK).verdict is Verdict.CANNOT_CHECK


def test_only_a_part_is_asked_about_and_each_patient_before_any_twice() -> None:
    groups = [f"p{i // 8}" for i in range(800)]
    labels = [CLASSES[i // 8 % 4] for i in range(800)]
    run, laboratory, result = asked(labels, 0.0, groups=groups, most=100)
    files = {file for file, kinds, _ in laboratory.asked if kinds == ("black_lungs",)}
    rows = run.rows.set_index("path").loc[sorted(files)]
    assert len(files) == 100
    assert rows["group"].nunique() == 100
    assert rows["label"].value_counts().tolist() == [25] * 4
    assert any("Asked about 100 of 800" in sentence for sentence in result.findings)


def test_where_no_lungs_were_found_is_said() -> None:
    lungs = np.zeros((200, SIDE, SIDE), bool)
    lungs[7:, 4:24, 4:24] = True
    _, _, result = asked(FOUR, 0.0, lungs=lungs)
    assert any("In 7 of the 200 no lungs were found" in sentence for sentence in result.findings)


def test_files_that_are_gone_are_left_out_and_counted() -> None:
    _, _, result = asked(FOUR, 0.0, unreadable=(3, 4))
    assert result.number.n == 198
    assert any("2 X-rays could not be read again" in sentence for sentence in result.findings)
    run = make_run(FOUR, answers(FOUR, 4.0))
    laboratory = FakeLaboratory(lambda *_: None)
    result = ask(run, CHECK, given=Given(laboratory=laboratory))
    assert result.verdict is Verdict.CANNOT_CHECK


def test_a_harmless_change_that_is_none_is_said_with_its_interval() -> None:
    run = make_run(FOUR, answers(FOUR, 4.0))
    worse = {"resample": answers(FOUR, 1.0, seed=2), "black_lungs": answers(FOUR, 0.0, seed=3)}
    result = ask(run, CHECK, given=Given(laboratory=FakeLaboratory.of(run, worse)))
    harmless = next(s for s in result.findings if "a radiologist would say the same" in s)
    assert "Reduced to 64 pixels: changes the AUC by -0." in harmless
    assert "JPEG of quality 50: leaves the AUC where it is" in harmless
    changes = next(t for t in result.tables if t.title.startswith("What changes"))
    unchanged = next(row for row in changes.rows if row.where == "JPEG of quality 50")
    assert (unchanged.value, unchanged.low, unchanged.high) == (0, 0, 0)


def test_the_figures_show_each_variant_and_what_was_covered() -> None:
    run, _, result = asked(FOUR, 3.5)
    decided, bars = (figure for figure in result.figures[:2] if isinstance(figure, Bars))
    assert decided.values[0] == result.number.value
    assert decided.lines == {"warns": 0.5, "fails": 0.75}
    assert len(decided.labels) == 4 * 2  # classes, ways to hide the lungs
    assert bars.labels[:2] == ("as it is", "lungs covered")
    assert bars.lines == {"guessing": 0.5}
    flipped = run.probabilities.argmax(1) != answers(FOUR, 3.5, seed=1).argmax(1)
    assert bars.groups[0] == tuple(range(len(FOUR)))
    assert bars.groups[1] == tuple(np.flatnonzero(flipped))
    grid = next(figure for figure in result.figures if isinstance(figure, Grid))
    assert set(grid.groups) == {grid.groups[0]}  # each variant was asked of the same X-rays
    for class_id, group in zip(grid.column_labels, grid.groups[0], strict=True):
        assert group == tuple(np.flatnonzero(np.array(FOUR) == class_id))
    gallery = next(figure for figure in result.figures if isinstance(figure, Gallery))
    assert len(gallery.exhibits) == 4 * 2 * 4  # classes, X-rays of each, variants
    assert gallery.exhibits[0].interventions == ()
    assert gallery.exhibits[1].interventions[0].kind == "black_lungs"
    assert gallery.exhibits[1].caption.startswith("Labelled Normal, lungs covered: called ")


def test_how_much_of_the_lungs_lies_at_the_edge() -> None:
    lungs = np.zeros((200, 32, 32), bool)
    lungs[:, 2:22, 8:24] = True  # 2 of 20 rows are in the outer eighth
    _, _, result = asked(FOUR, 0.0, lungs=lungs)
    assert any("where 10 % of the lungs' area lie" in sentence for sentence in result.findings)


def test_a_bundle_that_has_practised_the_test_is_told_as_that() -> None:
    provenance = tiny_card().provenance.model_copy(update={"recipe": {"blacked": 0.15}})
    run = make_run(FOUR, answers(FOUR, 4.0), card={"provenance": provenance})
    lost = {kind: answers(FOUR, 0.0, seed=1) for kind in ("black_lungs", "outer_ring")}
    result = ask(run, CHECK, given=Given(laboratory=FakeLaboratory.of(run, lost)))
    assert "no proof" in result.findings[0]
    _, _, innocent = asked(FOUR, 0.0)
    assert not any("no proof" in finding for finding in innocent.findings)
