"""``xraydemo models`` tells what is known of each bundle, and refuses an altered one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.bundles import ESTIMATE
from tests.training.test_model_card import JUDGING
from xraydemo.cli.models import list_models
from xraydemo.errors import BadBundle
from xraydemo.model.bundle import DOSSIER, WEIGHTS, load_bundle
from xraydemo.model.certificate import Answer, Certificate
from xraydemo.training.write import write_card


@pytest.fixture
def bundle(tiny_bundle, tmp_path, monkeypatch) -> Path:
    """The only classifier that can be called by name."""
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
    assert "looks at test sets: none was counted" in told
    assert "its card calls it" not in told


def test_a_bundle_is_listed_under_the_name_that_it_is_called_by(bundle, capsys) -> None:
    write_card(bundle, load_bundle(bundle).card.model_copy(update={"name": "other"}))
    list_models()
    told = capsys.readouterr().out
    assert told.startswith("tiny  Reads a frontal chest X-ray")
    assert "    its card calls it other\n" in told


def test_what_judges_is_listed(bundle, capsys) -> None:
    write_card(bundle, load_bundle(bundle).card.model_copy(update=JUDGING))
    list_models()
    told = capsys.readouterr().out
    assert "chosen: sensitivity 0.500 [0.400, 0.600], n = 10" in told
    assert "chosen: specificity 0.500 [0.400, 0.600], n = 10" in told
    assert "no dossier: nothing is called foreign" in told
    (bundle / DOSSIER).touch()
    list_models()
    told = capsys.readouterr().out
    assert "compared with 4,000 training X-rays, 1,400 held out" in told
    assert "no dossier" not in told


def test_the_lung_segmenter_is_listed(bundle, capsys) -> None:
    list_models()
    told = capsys.readouterr().out
    assert "lungs-unet  Outlines the lungs" in told
    assert "(report): 0.953 [0.946, 0.960], n = 71" in told


def test_a_lung_segmenter_that_was_altered_is_refused(bundle, capsys, monkeypatch) -> None:
    def refuse() -> None:
        raise BadBundle("It is not the file")

    monkeypatch.setattr("xraydemo.cli.models.load_lungs", refuse)
    list_models()
    assert "lungs-unet  can't be used: It is not the file." in capsys.readouterr().out


def test_no_line_is_longer_than_a_terminal(bundle, capsys) -> None:
    card = load_bundle(bundle).card
    write_card(bundle, card.model_copy(update={**JUDGING, "description": "Many words. " * 20}))
    list_models()
    lines = capsys.readouterr().out.splitlines()
    assert max(len(line) for line in lines if str(bundle) not in line) <= 100


def test_what_was_found_is_listed(bundle, capsys) -> None:
    answer = Answer(asked="Is it?", found="It is", verdict="passed")
    report = {"when": "2026-02-01T00:00", "figures": {"nih_pneumonia_against_normal": ESTIMATE}}
    card = load_bundle(bundle).card
    certified = {
        "certificate": Certificate(**dict.fromkeys(Certificate.model_fields, answer)),
        "metrics": card.metrics
        | {"report": report, "test": {"macro_f1": ESTIMATE}, "looks": {"internal test": 3}},
    }
    write_card(bundle, card.model_copy(update=certified))
    list_models()
    told = capsys.readouterr().out
    assert "certificate: passed 8 of 8" in told
    assert "macro F1 inside, the internal test: 0.500" in told
    assert "pneumonia against normal (nih): AUC 0.500 [0.400, 0.600], n = 10, 2026-02-01" in told
    assert "looks at test sets: the internal test 3 times" in told


def test_an_altered_bundle_is_refused(bundle, capsys) -> None:
    with (bundle / WEIGHTS).open("ab") as weights:
        weights.write(b"\0")
    list_models()
    told = " ".join(capsys.readouterr().out.split())
    assert "can't be used" in told
    assert "is not the file that the bundle's card describes" in told
    assert "trained on" not in told
