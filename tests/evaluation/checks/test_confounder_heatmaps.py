"""Heat maps: outside the lungs, the same for any weights, or beside the finding, is found."""

from __future__ import annotations

import numpy as np
import pytest

from tests.evaluation.laboratories import CELLS, SIDE, FakeLaboratory, Reply, two_lungs
from tests.evaluation.runs import ask, make_run, tiny_card
from xraydemo.classes import CLASSES
from xraydemo.evaluation.confounding.heatmap_share import cells_of_outlines
from xraydemo.evaluation.figures import Bars, Curves, Gallery
from xraydemo.evaluation.given import Given
from xraydemo.evaluation.result import Verdict
from xraydemo.model.lungs import has_lung_segmenter

pytestmark = pytest.mark.skipif(not has_lung_segmenter(), reason="there is no lung segmenter here")
CHECK = "confounder.heatmaps"
LUNGS = cells_of_outlines(two_lungs()[None], CELLS)[0]
N = 120


def maps_on(where, n: int = N, noise: float = 0.1, seed: int = 0):
    """Give maps of all classes that speak for the class there, and are noise elsewhere."""
    drawn = np.abs(np.random.default_rng(seed).normal(size=(n, 4, CELLS, CELLS))) * noise
    return drawn + where


def run_with(maps, labels=None, **fields):
    n = len(maps)
    probabilities = np.full((n, 4), 0.1)
    probabilities[np.arange(n), np.arange(n) % 4] = 0.7
    labels = [""] * n if labels is None else labels
    return make_run(labels, probabilities, maps=maps, **fields)


def heatmaps(run, laboratory=None, boxes=None, **parameters):
    shuffled = {"shuffled": np.random.default_rng(9).normal(size=(len(run), 4, CELLS, CELLS))}
    laboratory = laboratory or FakeLaboratory.of(run, maps=shuffled)
    given = Given(laboratory=laboratory, boxes=boxes or {})
    return ask(run, CHECK, given=given, **parameters)


def test_evidence_in_the_lungs_passes() -> None:
    result = heatmaps(run_with(maps_on(LUNGS)))
    assert result.verdict is Verdict.PASS
    assert result.settled
    assert result.number.low > 0
    assert "more than a blind map" in result.headline


def test_what_was_practised_is_said() -> None:
    told = "taught to lie in the lungs"
    provenance = tiny_card().provenance.model_copy(update={"recipe": {"evidence": 1.0}})
    taught = heatmaps(run_with(maps_on(LUNGS), card={"provenance": provenance}))
    assert told in taught.findings[0]
    assert not any(told in finding for finding in heatmaps(run_with(maps_on(LUNGS))).findings)


def test_evidence_beside_the_lungs_fails_with_the_worst_class() -> None:
    maps = maps_on(LUNGS, noise=0)
    maps[1::4] = 1 - LUNGS  # X-rays that are called covid
    result = heatmaps(run_with(maps))
    assert result.verdict is Verdict.FAIL
    assert result.number.where == "covid"
    expected = ((1 - LUNGS) * LUNGS).sum() / (1 - LUNGS).sum() - LUNGS.mean()
    assert result.number.value == pytest.approx(expected, abs=1e-3)  # maps are kept as float16
    assert result.number.n == N // 4
    assert "for COVID-19" in result.headline
    bars = next(figure for figure in result.figures if isinstance(figure, Bars))
    assert bars.groups[1] == tuple(range(1, N, 4))


def test_blind_maps_are_not_settled() -> None:
    noise = np.abs(np.random.default_rng(0).normal(size=(N, 4, CELLS, CELLS)))
    result = heatmaps(run_with(noise))
    assert result.verdict is Verdict.PASS
    assert not result.settled
    assert "nor excluded" in result.headline


def test_maps_that_survive_shuffling_fail() -> None:
    run = run_with(maps_on(LUNGS))
    result = heatmaps(run, FakeLaboratory.of(run))
    assert result.verdict is Verdict.FAIL
    assert "explain nothing" in result.headline
    assert result.number.value == pytest.approx(1)
    turned = FakeLaboratory.of(run, maps={"shuffled": -run.arrays.maps()})
    assert heatmaps(run, turned).number.value == pytest.approx(1)  # the same pattern


def test_few_x_rays_cannot_be_checked() -> None:
    result = heatmaps(run_with(maps_on(LUNGS, n=16)))
    assert result.verdict is Verdict.CANNOT_CHECK
    assert "16" in result.headline
    assert ask(run_with(maps_on(LUNGS)), CHECK).verdict is Verdict.CANNOT_CHECK


def test_small_classes_are_judged_together() -> None:
    result = heatmaps(run_with(maps_on(LUNGS, n=60)))
    assert result.number.where == "all answers"
    assert result.number.n == 60


def test_x_rays_without_lungs_or_evidence_are_left_out_and_counted() -> None:
    maps = maps_on(LUNGS)
    maps[:6] = -1
    run = run_with(maps)
    lungs = np.repeat(two_lungs()[None], N, 0)
    lungs[6:10] = False
    shuffled = np.random.default_rng(9).normal(size=(N, 4, CELLS, CELLS))
    laboratory = FakeLaboratory.of(run, maps={"shuffled": shuffled}, lungs=lungs)
    result = heatmaps(run, laboratory)
    assert any("10 are left out" in sentence for sentence in result.findings)


def laboratory_that_looks_at(where) -> FakeLaboratory:
    """Answer with less certainty the more of `where` is removed."""

    def replies(path, variant, weights):
        i = int(path[-9:-4])
        removed = [cell for one in variant for cell in one.settings["cells"]]
        lost = where.ravel()[removed].sum() / where.sum()
        probabilities = np.full(4, (0.3 + 0.6 * lost) / 3)
        probabilities[i % 4] = 0.7 - 0.6 * lost
        noise = np.random.default_rng(i).normal(size=(4, CELLS, CELLS))
        return Reply(probabilities, maps=noise)

    return FakeLaboratory(replies)


def test_removing_what_the_maps_mark_makes_the_answer_fall() -> None:
    run = run_with(maps_on(LUNGS))
    result = heatmaps(run, laboratory_that_looks_at(LUNGS))
    assert result.verdict is Verdict.PASS
    fall = result.tables[1].rows[1]
    assert fall.low > 0
    assert fall.n == 60
    marked, random = next(f for f in result.figures if isinstance(f, Curves)).lines
    assert marked.x == random.x == (0.0, 0.1, 0.2, 0.3, 0.5)
    assert marked.y[0] == random.y[0] == pytest.approx(0.7)
    steps = [r - m for m, r in zip(marked.y, random.y, strict=True)]
    assert fall.value == pytest.approx(np.mean(steps[1:]))


def test_maps_beside_what_matters_warn() -> None:
    corners = np.zeros((CELLS, CELLS))
    corners[[0, 0, -1, -1], [0, -1, 0, -1]] = 1
    result = heatmaps(run_with(maps_on(LUNGS)), laboratory_that_looks_at(corners))
    assert result.verdict is Verdict.WARN
    assert "do not mark what the answer rests on" in result.headline


def boxes_on_the_left(run) -> dict:
    left = (2 / CELLS, 2 / CELLS, 1 / CELLS, 2 / CELLS)
    return dict.fromkeys(run.rows["file"][:40], (left,))


def test_maps_that_point_at_the_boxes_are_told_from_those_that_do_not() -> None:
    finding = np.zeros((CELLS, CELLS))
    finding[2:4, 2] = 3
    run = run_with(maps_on(finding, noise=0.01))
    result = heatmaps(run, boxes=boxes_on_the_left(run))
    pointing, energy = result.tables[2:4]
    assert (pointing.rows[0].value, pointing.rows[0].n) == (1, 40)
    assert pointing.rows[1].value == 0  # the middle of the picture
    shares = {(row.metric, row.where): row.value for row in energy.rows}
    assert shares["share in boxes", "picture (chance)"] == pytest.approx(2 / 49, abs=1e-3)
    assert shares["share in boxes", "heat map"] > 0.9
    assert any("more than a map that knew only" in sentence for sentence in result.findings)
    missing = heatmaps(run_with(maps_on(np.fliplr(finding))), boxes=boxes_on_the_left(run))
    assert missing.tables[2].rows[0].value == 0
    assert any("less than a map that knew only" in sentence for sentence in missing.findings)


def test_the_map_of_the_label_is_held_against_the_boxes() -> None:
    finding = np.zeros((CELLS, CELLS))
    finding[2:4, 2] = 3
    maps = maps_on(np.fliplr(finding), noise=0.01)
    maps[:, 3] = finding
    run = run_with(maps, labels=["opacity"] * N)
    result = heatmaps(run, boxes=boxes_on_the_left(run))
    assert result.tables[2].rows[0].value == 1
    assert len(result.tables) == 4
    assert any("boxes" in s for s in heatmaps(run).findings)


def test_only_a_part_is_asked_about() -> None:
    run = run_with(maps_on(LUNGS, n=240), labels=[CLASSES[i % 4] for i in range(240)])
    laboratory = FakeLaboratory.of(
        run, maps={"shuffled": np.random.default_rng(9).normal(size=(240, 4, CELLS, CELLS))}
    )
    result = heatmaps(run, laboratory, most=100, shuffled=30, removed=10)
    asked = {kind: set() for kind in ("own", "shuffled")}
    for file, kinds, weights in laboratory.asked:
        if not kinds:
            asked[weights].add(file)
    assert len(asked["own"]) == 100
    assert len(asked["shuffled"]) == 30
    assert result.tables[1].rows[1].n == 10
    assert any("Asked about 100 of 240" in sentence for sentence in result.findings)
    gallery = next(figure for figure in result.figures if isinstance(figure, Gallery))
    assert len(gallery.exhibits) == 24
    assert SIDE % CELLS == 0
