"""The training of teaching mode, on a few X-rays of noise in which the look is plain to see."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from xraydemo.cohort.lesson import placed
from xraydemo.cohort.lesson_dial import Lesson
from xraydemo.cohort.lesson_pool import pool_file
from xraydemo.model.bundle import load_bundle
from xraydemo.model.preprocess import Preprocessing
from xraydemo.model.torch_network import load_network
from xraydemo.training import teach

N, SIDE, STEPS = 120, 64, 40


@pytest.fixture(scope="module")
def pool() -> NDArray[np.uint8]:
    """Noise; on the newest device, the upper half is bright."""
    made = np.random.default_rng(0).integers(0, 120, (N, 2, SIDE, SIDE))
    made[:, 1, : SIDE // 2] += 120
    return made.astype(np.uint8)


def open_in_torch(network: nn.Module, _: Path) -> Any:
    lower = teach.Lower(network).eval()

    def look(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.inference_mode():
            return lower(torch.from_numpy(batch)).numpy()

    return look


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small tensors, and no export, which takes longer than all the rest."""
    monkeypatch.setattr(teach, "HOW", Preprocessing(side=64, equalize=False))
    monkeypatch.setattr(teach, "STEPS", STEPS)
    monkeypatch.setattr(teach, "open_lower", open_in_torch)
    monkeypatch.setattr(teach, "export_for_engine", lambda *_: [])


def test_a_lesson_ends_with_a_bundle_and_two_cohorts(
    pool: NDArray[np.uint8], tmp_path: Path, quick: None
) -> None:
    told: list[dict[str, Any]] = []
    lesson = Lesson("scanner", 1.0)
    # ended by its steps: what a slow machine learns in some seconds is no number to assert on
    teach.teach(pool, lesson, tmp_path, kept_in=tmp_path, seconds=math.inf, tell=told.append)

    points = [news for news in told if "share" in news]
    shares = [point["share"] for point in points]
    assert shares[0] == 0
    assert shares[-1] == 1
    assert shares == sorted(shares)
    n = len(placed(lesson, "inside", N, SIDE))
    last = points[-1]
    for side in ("inside", "outside"):
        assert last[side]["n"] == n
        assert last[side]["low"] <= last[side]["value"] <= last[side]["high"]
    # the look is all that there is to learn, and outside it falls on anybody
    assert last["inside"]["value"] > 0.9
    assert last["outside"]["value"] < 0.8
    assert json.loads(json.dumps(told)) == told

    bundle = load_bundle(told[-1]["bundle"])
    bundle.verify()
    assert bundle.card.provenance.data["lesson"] == {
        "kind": "scanner", "strength": 1.0, "tag_only": False,
    }  # fmt: skip
    for side in ("inside", "outside"):
        assert len(Path(told[-1][side]).read_text().splitlines()) == n + 1

    # what was written answers as what was trained: the curves' last point is the bundle's
    network = load_network(bundle)
    seen = [teach.picture(pool, one) for one in placed(lesson, "inside", N, SIDE)]
    is_covid = np.array([one.row.label == "covid" for one in placed(lesson, "inside", N, SIDE)])
    with torch.inference_mode():
        batches = teach.plain_tensors(seen, bundle.card.preprocessing, 32)
        scores = torch.cat([network(batch).softmax(1)[:, 1] for batch in batches]).numpy()
    higher = (scores[is_covid][:, None] > scores[~is_covid][None]).mean()
    assert higher == pytest.approx(last["inside"]["value"], abs=0.01)


def test_lower_and_upper_part_are_the_whole_network() -> None:
    network = teach.imagenet_network(teach.ARCHITECTURE).eval()
    batch = torch.randn(2, 3, 64, 64)
    with torch.inference_mode():
        parts = teach.upper(network).eval()(teach.Lower(network).eval()(batch))
        assert torch.allclose(parts, network(batch), atol=1e-5)


def test_without_xrays_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    np.save(pool_file(tmp_path, 4, 64), np.zeros((4, 2, 64, 64), np.uint8))
    monkeypatch.setattr("signal.signal", lambda *_: None)
    for folder in (tmp_path, tmp_path / "nowhere"):
        command = ["teach", str(folder), str(tmp_path / "out"), "--n", "4", "--side", "64"]
        monkeypatch.setattr(sys, "argv", [*command, "--kind", "year", "--strength", "1"])
        assert teach.main() == 2
        assert "not all there" in json.loads(capsys.readouterr().out)["error"]
