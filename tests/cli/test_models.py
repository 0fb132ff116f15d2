"""``xraydemo models`` tells what is known of each bundle, and refuses an altered one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.bundles import ESTIMATE
from xraydemo.cli.models import list_models
from xraydemo.model.bundle import WEIGHTS, load_bundle
from xraydemo.model.certificate import Answer, Certificate
from xraydemo.training.write import write_card


@pytest.fixture
def bundle(tiny_bundle, tmp_path, monkeypatch) -> Path:
    """The only bundle that can be called by name."""
    folder = Path(shutil.copytree(tiny_bundle, tmp_path / "tiny"))
    monkeypatch.setattr("xraydemo.cli.models.list_bundles", lambda: [folder])
    return folder


def test_a_bare_bundle_is_listed_with_what_it_lacks(bundle, capsys) -> None:
    list_models()
    told = capsys.readouterr().out
    assert "trained on 4 X-rays" in told
    assert "macro F1 inside, held out: 0.500 [0.400, 0.600], n = 10" in told
    assert "outside: never measured" in told
    assert "aren't judged" in told
    assert "certificate: none" in told


def test_what_was_found_is_listed(bundle, capsys) -> None:
    answer = Answer(asked="Is it?", found="It is", verdict="passed")
    report = {"when": "2026-02-01T00:00", "figures": {"nih_pneumonia_against_normal": ESTIMATE}}
    card = load_bundle(bundle).card
    certified = {
        "certificate": Certificate(**dict.fromkeys(Certificate.model_fields, answer)),
        "metrics": card.metrics | {"report": report, "test": {"macro_f1": ESTIMATE}},
    }
    write_card(bundle, card.model_copy(update=certified))
    list_models()
    told = capsys.readouterr().out
    assert "certificate: passed 8 of 8" in told
    assert "macro F1 inside, the internal test: 0.500" in told
    assert "pneumonia against normal (nih): AUC 0.500 [0.400, 0.600], n = 10, 2026-02-01" in told


def test_an_altered_bundle_is_refused(bundle, capsys) -> None:
    with (bundle / WEIGHTS).open("ab") as weights:
        weights.write(b"\0")
    list_models()
    told = capsys.readouterr().out
    assert "can't be used" in told
    assert "is not the file that the bundle's card describes" in told
    assert "trained on" not in told
