"""A whole training, minutes made seconds: a table in, a bundle that reads out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file

from tests.conftest import chest_like
from xraydemo.classes import CLASSES
from xraydemo.engine.client import Engine
from xraydemo.errors import BadCohort
from xraydemo.model.bundle import load_bundle
from xraydemo.model.preprocess import Preprocessing
from xraydemo.training.recipe import Recipe
from xraydemo.training.train import UNFINISHED, train

OF_A_CLASS = 40


@pytest.fixture(scope="module")
def csv(tmp_path_factory) -> Path:
    """Four classes that differ by how bright the middle is: easy, and quickly learnt."""
    folder = tmp_path_factory.mktemp("cohort")
    generator = np.random.default_rng(0)
    lines = ["file,label,split,group"]
    for k, label in enumerate(CLASSES):
        for i in range(OF_A_CLASS):
            picture = chest_like(generator, 64)
            picture[20:44, 20:44] = 60 * k
            Image.fromarray(picture).save(folder / f"{label}{i}.png")
            lines.append(f"{label}{i}.png,{label},pool,{label}{i}")
    lines.append("normal0.png,normal,test,never")
    (folder / "t.csv").write_text("\n".join(lines))
    return folder / "t.csv"


@pytest.mark.filterwarnings("ignore:The least populated class")
def test_a_table_becomes_a_bundle_that_reads(csv, tmp_path) -> None:
    recipe = Recipe(max_epochs=2, sides=(48,), batch_size=16)
    how = Preprocessing(side=64)
    said: list[str] = []
    card = train(
        csv,
        tmp_path / "mine",
        max_minutes=10,
        recipe=recipe,
        how=how,
        seed=0,
        progress=lambda share, sentence: said.append(sentence),
    )
    assert card.name == "mine"
    assert card.provenance.data["rows"] == 4 * OF_A_CLASS  # the row of `test` was never touched
    assert card.provenance.training["stopped"] == "the last epoch was reached"
    assert [entry["side"] for entry in card.provenance.training["curves"]] == [48, 64]
    assert card.provenance.training["began_with"] == "ImageNet"
    assert not (tmp_path / "mine" / UNFINISHED).exists()
    assert card.metrics["calibrate"]["macro_f1"]["n"] > 0
    assert any("loading" in s or "epoch" in s for s in said)
    assert load_bundle(tmp_path / "mine").card == card
    assert card.name in (tmp_path / "mine" / "README.md").read_text()
    with Engine(tmp_path / "mine", device="cpu") as engine:
        reading = engine.submit(csv.parent / "normal0.png").result(120)
    assert reading.probabilities.sum() == pytest.approx(1, abs=1e-5)

    further = train(
        csv,
        tmp_path / "further",
        max_minutes=10,
        recipe=Recipe(max_epochs=1, sides=(), batch_size=16, learning_rate=1e-9, average_decay=0),
        how=how,
        seed=0,
        progress=lambda *_: None,
        start=tmp_path / "mine",
    )
    assert further.provenance.training["began_with"] == card.files["model.safetensors"]
    first, then = (
        load_file(tmp_path / name / "model.safetensors")["classifier.weight"]
        for name in ("mine", "further")
    )
    np.testing.assert_allclose(then, first, atol=1e-5)


def test_too_few_of_a_class_are_refused(csv, tmp_path) -> None:
    few = csv.parent / "few.csv"
    few.write_text("".join(csv.read_text().splitlines(keepends=True)[: 1 + OF_A_CLASS * 3]))
    with pytest.raises(BadCohort, match="X-rays of opacity to train on"):
        train(few, tmp_path, max_minutes=1, recipe=Recipe(), seed=0, progress=lambda *_: None)


@pytest.mark.filterwarnings("ignore:The least populated class")
def test_the_ceiling_is_kept_by_the_command(csv, tmp_path) -> None:
    command = [sys.executable, "-m", "xraydemo", "train", str(csv)]
    command += ["--out", str(tmp_path / "quick"), "--max-minutes", "0.2"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, env={**os.environ, "COLUMNS": "200"}
    )
    assert done.returncode == 0, done.stderr
    assert "the ceiling of minutes was reached" in done.stdout
    assert "macro f1:" in done.stdout


def test_the_command_names_what_is_wrong(tmp_path) -> None:
    command = [sys.executable, "-m", "xraydemo", "train", str(tmp_path / "no.csv")]
    command += ["--out", str(tmp_path / "b"), "--max-minutes", "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert "There is no table" in done.stderr
    assert "Traceback" not in done.stderr
