"""Writing a bundle: weights, card and model card."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import nn

from xraydemo.model.bundle import CARD, CONFIG, WEIGHTS, BundleCard, Provenance, file_sha256
from xraydemo.model.dossier import DOSSIER, Dossier
from xraydemo.model.preprocess import Preprocessing
from xraydemo.model.torch_network import save_network
from xraydemo.training.model_card import count_years, model_card

DESCRIPTION = "Reads a frontal chest X-ray as normal, covid, pneumonia or lung opacity."
INTENDED_USE = (
    "Research and teaching: to look at what such a model does, and at why it should not be "
    "believed without further proof. Never for care."
)


def write_bundle(
    out: Path,
    network: nn.Module,
    how: Preprocessing,
    temperature: float,
    heatmap_scale: float,
    metrics: dict[str, Any],
    provenance: Provenance,
) -> BundleCard:
    """Write a trained network and what is known of it into a folder, whose name it takes."""
    out.mkdir(parents=True, exist_ok=True)
    save_network(network, out)
    card = BundleCard(
        name=out.resolve().name,
        description=DESCRIPTION,
        intended_use=INTENDED_USE,
        preprocessing=how,
        temperature=round(temperature, 4),
        heatmap_scale=round(heatmap_scale, 4),
        metrics=metrics,
        provenance=provenance,
        files={name: file_sha256(out / name) for name in (CONFIG, WEIGHTS)},
    )
    return write_card(out, card)


def write_card(folder: Path, card: BundleCard) -> BundleCard:
    """Write a bundle's card, for programs and for people."""
    (folder / CARD).write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")
    dossier = Dossier.load(folder / DOSSIER) if DOSSIER in card.files else None
    told = model_card(card, dossier.table, count_years(dossier)) if dossier else model_card(card)
    (folder / "README.md").write_text(told, encoding="utf-8")
    return card
