from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from xraydemo.errors import BadBundle
from xraydemo.model.bundle import find_bundle, list_bundles, load_bundle


@pytest.fixture
def bundle(tiny_bundle: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_bundle, tmp_path / "copy"))


def edit_card(folder: Path, **changes: object) -> None:
    card = json.loads((folder / "card.json").read_text())
    card.update(changes)
    (folder / "card.json").write_text(json.dumps(card))


def test_a_whole_bundle_passes(bundle) -> None:
    loaded = load_bundle(bundle)
    loaded.verify()
    assert loaded.card.classes == ("normal", "covid", "pneumonia", "opacity")
    assert len(loaded.fingerprint) == 64


def test_altered_weights_are_refused(bundle) -> None:
    weights = bundle / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(BadBundle, match=r"model\.safetensors is not the file"):
        load_bundle(bundle).verify()


def test_absent_weights_are_refused(bundle) -> None:
    (bundle / "model.safetensors").unlink()
    with pytest.raises(BadBundle, match=r"has no model\.safetensors"):
        load_bundle(bundle).verify()


@pytest.mark.parametrize("named", [(), ("config.json",), ("model.safetensors",)])
def test_a_card_that_names_no_hash_of_the_network_is_refused(bundle, named) -> None:
    files = load_bundle(bundle).card.files
    edit_card(bundle, files={name: files[name] for name in named})
    with pytest.raises(BadBundle, match="has no hash of") as caught:
        load_bundle(bundle).verify()
    assert "Install the bundle again" in caught.value.hint


def test_the_fingerprint_tells_bundles_apart(bundle, tiny_bundle) -> None:
    edit_card(bundle, temperature=2.0)
    assert load_bundle(bundle).fingerprint != load_bundle(tiny_bundle).fingerprint


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"classes": ["normal", "opacity", "covid", "pneumonia"]}, "answers normal, opacity"),
        ({"preprocessing": {"version": 99}}, "wants preprocessing 99"),
        ({"temperature": "warm"}, "temperature"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_cards_of_another_kind_are_refused(bundle, changes, complaint) -> None:
    edit_card(bundle, **changes)
    with pytest.raises(BadBundle, match=complaint):
        load_bundle(bundle)


def test_a_card_that_is_no_json(bundle) -> None:
    (bundle / "card.json").write_text("{")
    with pytest.raises(BadBundle, match="can't be used"):
        load_bundle(bundle)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(BadBundle, match="no bundle 'nothing'") as caught:
        load_bundle("nothing")
    assert "cxr4-lite0" in caught.value.hint


def test_the_default_is_found_by_name(default_bundle) -> None:
    assert find_bundle("cxr4-lite0") == default_bundle
    assert default_bundle in [folder.resolve() for folder in list_bundles()]


def test_the_default_is_whole(default_bundle) -> None:
    load_bundle(default_bundle).verify()


def test_users_bundles_are_found_by_name(bundle, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    shutil.copytree(bundle, tmp_path / "data" / "xraydemo" / "models" / "mine")
    assert find_bundle("mine").name == "mine"
