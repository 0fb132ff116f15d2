"""A whole training, minutes made seconds: a table in, a bundle that reads and judges out."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from tests.training.tables import OF_A_CLASS, write_table
from xraydemo.engine.client import Engine
from xraydemo.errors import BadCohort
from xraydemo.model.bundle import BundleCard, load_bundle
from xraydemo.model.preprocess import Preprocessing
from xraydemo.training.certify import certify
from xraydemo.training.recipe import Recipe
from xraydemo.training.train import UNFINISHED, train

HOW = Preprocessing(side=64)
pytestmark = pytest.mark.filterwarnings("ignore:The least populated class")


@pytest.fixture(scope="module")
def csv(tmp_path_factory) -> Path:
    """Four classes that differ by how bright the middle is: easy, and quickly learnt."""
    folder = tmp_path_factory.mktemp("cohort")
    write_table(folder)
    return folder / "t.csv"


def refuse(*arguments: object, **options: object) -> None:
    raise AssertionError("the network was asked for")


@pytest.fixture(scope="module")
def trained(csv, tmp_path_factory) -> tuple[Path, BundleCard, list[str]]:
    """A bundle trained without a network, its card, and what was said meanwhile."""
    said: list[str] = []
    folder = tmp_path_factory.mktemp("bundles") / "mine"
    with pytest.MonkeyPatch.context() as patch:
        for name in ("create_connection", "getaddrinfo", "gethostbyname"):
            patch.setattr(socket, name, refuse)
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, refuse)
        card = train(
            csv,
            folder,
            max_minutes=10,
            recipe=Recipe(max_epochs=2, sides=(48,), batch_size=16, refit=0.003),
            how=HOW,
            seed=0,
            progress=lambda share, sentence: said.append(sentence),
        )
    return folder, card, said


def test_a_table_becomes_a_bundle_that_judges_without_a_network(csv, trained) -> None:
    folder, card, said = trained
    assert card.name == "mine"
    assert card.provenance.data["rows"] == 4 * OF_A_CLASS
    assert card.provenance.training["stopped"] == "the last epoch was reached"
    assert [entry["side"] for entry in card.provenance.training["curves"]] == [48, 64]
    assert card.provenance.training["began_with"] == "ImageNet"
    assert not (folder / UNFINISHED).exists()
    assert card.metrics["calibrate"]["macro_f1"]["n"] > 0
    assert any("epoch" in sentence for sentence in said)
    assert load_bundle(folder).card == card
    assert card.name in (folder / "README.md").read_text()

    assert card.certificate is not None
    verdicts = {name: answer.verdict for name, answer in card.certificate.answers().items()}
    assert verdicts["one_batch"] == verdicts["input"] == verdicts["ceiling"] == "passed"
    assert verdicts["search"] == "not asked"
    with Engine(folder, device="cpu") as engine:
        reading = engine.submit(csv.parent / "normal0.png").result(600)
    assert reading.probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert reading.judgement is not None


def test_to_certify_is_the_end_of_a_training(csv, trained, tmp_path) -> None:
    folder, card, _ = trained
    copy = Path(shutil.copytree(folder, tmp_path / "mine"))
    assert certify(load_bundle(copy), csv, "cpu", lambda *_: None) == card


def test_a_training_goes_on_where_another_ended(csv, trained, tmp_path, monkeypatch) -> None:
    folder, before, _ = trained
    monkeypatch.setattr("xraydemo.training.rehearsal.MOST_STEPS", 8)
    card = train(
        csv,
        tmp_path / "further",
        max_minutes=10,
        recipe=Recipe(max_epochs=1, sides=(), batch_size=16, learning_rate=1e-9, average_decay=0),
        how=HOW,
        seed=0,
        progress=lambda *_: None,
        start=folder,
    )
    assert card.provenance.training["began_with"] == before.files["model.safetensors"]
    assert card.certificate is not None
    assert card.certificate.one_batch.verdict == "failed"  # at such a rate nothing is learnt
    first, then = (
        load_file(folder / "model.safetensors")["classifier.weight"]
        for folder in (folder, tmp_path / "further")
    )
    np.testing.assert_allclose(then, first, atol=1e-5)


def test_too_few_of_a_class_are_refused(csv, tmp_path) -> None:
    few = csv.parent / "few.csv"
    few.write_text("".join(csv.read_text().splitlines(keepends=True)[: 1 + OF_A_CLASS * 3]))
    with pytest.raises(BadCohort, match="X-rays of opacity to train on"):
        train(few, tmp_path, max_minutes=1, recipe=Recipe(), seed=0, progress=lambda *_: None)


def test_the_ceiling_is_kept_by_the_command(csv, tmp_path) -> None:
    command = [sys.executable, "-m", "xraydemo", "train", str(csv)]
    command += ["--out", str(tmp_path / "quick"), "--max-minutes", "0.2"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=600, env={**os.environ, "COLUMNS": "200"}
    )
    assert done.returncode == 0, done.stderr
    assert "the ceiling of minutes was reached" in done.stdout
    assert "macro f1:" in done.stdout


def test_the_command_names_what_is_wrong(tmp_path) -> None:
    command = [sys.executable, "-m", "xraydemo", "train", str(tmp_path / "no.csv")]
    command += ["--out", str(tmp_path / "b"), "--max-minutes", "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 2
    assert "There is no table" in done.stderr
    assert "Traceback" not in done.stderr
