"""A trained bundle is certified by its table, and then judges."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import chest_like
from xraydemo.classes import CLASSES
from xraydemo.errors import BadCohort
from xraydemo.model.bundle import CARD, file_sha256, load_bundle
from xraydemo.model.trust import load_trust
from xraydemo.training.certify import certify, main

OF_A_CLASS = 40


@pytest.fixture(scope="module")
def csv(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("cohort")
    generator = np.random.default_rng(0)
    lines = ["file,label,split"]
    for k, label in enumerate(CLASSES):
        for i in range(OF_A_CLASS):
            picture = chest_like(generator, 48)
            picture[16:32, 16:32] = 60 * k
            Image.fromarray(picture).save(folder / f"{label}{i}.png")
            lines.append(f"{label}{i}.png,{label},pool")
    lines.append("normal0.png,normal,test")
    (folder / "t.csv").write_text("\n".join(lines))
    return folder / "t.csv"


@pytest.fixture
def bundle(tiny_bundle, csv, tmp_path) -> Path:
    """The tiny bundle, claiming to come from the table."""
    folder = Path(shutil.copytree(tiny_bundle, tmp_path / "tiny"))
    card = json.loads((folder / CARD).read_text())
    card["provenance"]["data"]["table_sha256"] = file_sha256(csv)
    (folder / CARD).write_text(json.dumps(card))
    return folder


@pytest.mark.filterwarnings("ignore:The least populated class")
def test_a_bundle_is_certified_without_training(bundle, csv) -> None:
    seen: list[tuple[int, int]] = []
    card = certify(load_bundle(bundle), csv, "cpu", lambda done, n: seen.append((done, n)))
    assert seen[-1] == (4 * OF_A_CLASS, 4 * OF_A_CLASS)  # the row of `test` was never read
    certified = load_bundle(bundle)
    certified.verify()
    assert certified.card == card
    assert load_trust(certified) is not None
    assert card.foreignness is not None
    assert card.foreignness.n_reference + card.foreignness.n_held_out < 4 * OF_A_CLASS


def test_another_table_is_refused(bundle, csv, tmp_path) -> None:
    other = csv.parent / "other.csv"
    other.write_text(csv.read_text() + "\n")
    with pytest.raises(BadCohort, match="not the table"):
        certify(load_bundle(bundle), other, "cpu", lambda *_: None)


def test_the_command_names_what_is_wrong(bundle, monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["certify", str(bundle), "no.csv"])
    assert main() == 2
    assert "There is no table" in capsys.readouterr().err
