"""The README of each bundle in the repository is the one that its card gives."""

from __future__ import annotations

import pytest

from xraydemo.model.bundle import list_bundles, load_bundle
from xraydemo.model.dossier import load_dossier
from xraydemo.model.lungs import load_lungs
from xraydemo.training.lungs import lungs_readme
from xraydemo.training.model_card import count_years, model_card

SHIPPED = ("cxr4-lite0", "cxr4-plain", "phantom-honest", "phantom-trap")


def test_these_ship() -> None:
    assert {folder.name for folder in list_bundles()} >= set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_readme_tells_what_the_card_says(name) -> None:
    bundle = load_bundle(name)
    dossier = load_dossier(bundle)
    assert dossier is not None
    told = (bundle.folder / "README.md").read_text(encoding="utf-8")
    assert told == model_card(bundle.card, dossier.table, count_years(dossier))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_bundle_is_small(name) -> None:
    folder = load_bundle(name).folder
    assert sum(file.stat().st_size for file in folder.iterdir()) <= 40e6


def test_the_outlines_have_a_readme_too() -> None:
    lungs = load_lungs()
    assert (lungs.folder / "README.md").read_text(encoding="utf-8") == lungs_readme(lungs.card)
