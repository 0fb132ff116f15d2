"""The same X-ray through another pipeline: flips are counted, and only where they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.evaluation.laboratories import FakeLaboratory, Reply
from tests.evaluation.runs import ask, make_run
from xraydemo.evaluation.confounding.pairs import beside_cohort
from xraydemo.evaluation.figures import Bars, Gallery, Scatter
from xraydemo.evaluation.given import Given
from xraydemo.evaluation.result import Verdict

CHECK = "confounder.parity"
NORMAL, OPACITY = [0.8, 0.05, 0.05, 0.1], [0.1, 0.05, 0.05, 0.8]


def unlabelled(n: int, **columns):
    """Give a run without labels whose X-rays are all normal, with a twin beside the run each."""
    columns = {"same_as": [f"other/{i:05d}.png" for i in range(n)], **columns}
    return make_run([""] * n, np.tile(NORMAL, (n, 1)), columns=columns)


def twin_says(flipped, missing=()) -> FakeLaboratory:
    """Answer normal through the other pipeline, but for some."""

    def replies(path, variant, weights):
        i = int(Path(path).stem)
        if i in missing:
            return None
        return Reply(np.array(OPACITY if i in flipped else NORMAL))

    return FakeLaboratory(replies)


def parity(run, flipped=(), missing=(), pairs=(), **parameters):
    given = Given(laboratory=twin_says(flipped, missing), pairs=pairs)
    return ask(run, CHECK, given=given, **parameters)


def test_flips_fail_with_wilsons_interval() -> None:
    result = parity(unlabelled(200), flipped=range(24))
    assert result.verdict is Verdict.FAIL
    low, high = proportion_confint(24, 200, method="wilson")
    assert result.number.value == pytest.approx(0.12)
    assert (result.number.low, result.number.high) == pytest.approx((low, high))
    assert "24 of 200 pairs" in result.headline
    assert any("24 from Normal to Lung opacity" in sentence for sentence in result.findings)
    pushed = next(sentence for sentence in result.findings if "pushed one way" in sentence)
    assert "+0.084" in pushed  # 24 of 200 times 0.7
    assert "for Lung opacity" in pushed


def test_some_flips_warn() -> None:
    assert parity(unlabelled(400), flipped=range(14)).verdict is Verdict.WARN


def test_the_same_answers_pass() -> None:
    result = parity(unlabelled(600))
    assert result.verdict is Verdict.PASS
    assert result.settled
    assert result.number.value == 0
    assert not any("What it means" in sentence for sentence in result.findings)


def test_too_few_are_not_settled_and_fewer_cannot_be_checked() -> None:
    result = parity(unlabelled(40))
    assert result.verdict is Verdict.PASS
    assert not result.settled
    assert "nor excluded" in result.headline
    assert parity(unlabelled(19), flipped=range(19)).verdict is Verdict.CANNOT_CHECK


def test_without_pairs_or_without_the_model_it_says_what_is_missing() -> None:
    result = ask(make_run([""] * 30), CHECK)
    assert result.verdict is Verdict.CANNOT_CHECK
    assert "same_as" in result.headline
    result = ask(unlabelled(30), CHECK)
    assert result.verdict is Verdict.CANNOT_CHECK
    assert "0 of 30 pairs" in result.headline
    assert "needs the model" in result.headline


def test_files_that_are_gone_are_counted() -> None:
    result = parity(unlabelled(100), missing=range(5))
    assert result.number.n == 95
    assert any("5 pairs are left out" in sentence for sentence in result.findings)


def test_pairs_that_were_trained_on_do_not_decide() -> None:
    run = unlabelled(200, in_pool=["True"] * 100 + ["False"] * 100)
    result = parity(run, flipped=range(100, 120))
    assert result.number.n == 100
    assert result.number.value == pytest.approx(0.2)
    assert "rests on the 100 pairs" in result.findings[0]
    table = {row.where: row.value for row in result.tables[0].rows}
    assert table["one of them trained on"] == 0
    assert table["all pairs"] == pytest.approx(0.1)
    mostly = unlabelled(200, in_pool=["True"] * 190 + ["False"] * 10)
    assert parity(mostly).number.n == 200


def test_the_worst_kind_decides_by_intervals_that_hold_together() -> None:
    run = unlabelled(200)
    run.facts["format"] = ["DICOM"] * 40 + ["PNG"] * 160
    run.facts["photometric"] = ["MONOCHROME1"] * 40 + [None] * 160
    result = parity(run, flipped=range(10))
    assert result.verdict is Verdict.FAIL
    assert result.number.where == "DICOM MONOCHROME1 and unknown"
    low, high = proportion_confint(10, 40, alpha=0.05 / 2, method="wilson")
    assert (result.number.low, result.number.high) == pytest.approx((low, high))
    bars = next(figure for figure in result.figures if isinstance(figure, Bars))
    assert bars.groups == (tuple(range(10)), ())


def test_patients_count_once() -> None:
    columns = {"same_as": [f"other/{i:05d}.png" for i in range(200)]}
    groups = [f"p{i // 10}" for i in range(200)]
    run = make_run([""] * 200, np.tile(NORMAL, (200, 1)), columns=columns, groups=groups)
    result = parity(run, flipped=range(20))
    low, high = proportion_confint(2, 20, method="wilson")
    assert (result.number.low, result.number.high) == pytest.approx((low, high))


def test_twins_within_the_run_need_no_model() -> None:
    n = 60
    answers = np.tile(NORMAL, (2 * n, 1))
    answers[n : n + 12] = OPACITY
    run = make_run(
        [""] * (2 * n),
        answers,
        columns={"source": ["old"] * n + ["new"] * n},
        pixel_sha256=[str(i % n) for i in range(2 * n)],
    )
    result = ask(run, CHECK)
    assert result.verdict is Verdict.FAIL
    assert result.number.where == "new and old"
    gallery = next(figure for figure in result.figures if isinstance(figure, Gallery))
    assert gallery.exhibits[0].positions == (n, 0)  # new comes first by name
    scatter = next(figure for figure in result.figures if isinstance(figure, Scatter))
    assert [len(cloud.x) for cloud in scatter.clouds] == [n - 12, 12]
    assert scatter.clouds[1].positions[0] == n


def test_given_pairs_need_not_be_in_the_run() -> None:
    pairs = tuple((f"/a/{i:05d}.png", f"/b/{100 + i:05d}.png") for i in range(30))
    result = parity(make_run([""]), flipped=range(100, 115), pairs=pairs)
    assert result.verdict is Verdict.FAIL
    assert result.number.n == 30
    gallery = next(figure for figure in result.figures if isinstance(figure, Gallery))
    first = gallery.exhibits[0]
    assert first.positions == ()
    assert [Path(file).name for file in first.beside] == ["00000.png", "00100.png"]


def test_the_other_file_of_a_pair_hangs_beside_the_one_of_the_run() -> None:
    run = unlabelled(200)
    result = parity(run, flipped=range(10))
    gallery = next(figure for figure in result.figures if isinstance(figure, Gallery))
    for exhibit in gallery.exhibits:
        [position], [beside] = exhibit.positions, exhibit.beside
        assert beside_cohort(run, beside).name == f"{position:05d}.png"
        assert exhibit.caption.index("first") < exhibit.caption.index("second, not in this run")


def test_only_some_are_asked_about() -> None:
    result = parity(unlabelled(100), most=50)
    assert result.number.n == 50
    assert any("50 of 100 pairs" in sentence for sentence in result.findings)
