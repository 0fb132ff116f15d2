"""A real bundle of a tiny network with random weights: everything but the answers is as in life."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import timm
import torch

from xraydemo.model.bundle import BundleCard, Provenance
from xraydemo.model.preprocess import Preprocessing
from xraydemo.training.write import write_bundle

ESTIMATE = {"value": 0.5, "low": 0.4, "high": 0.6, "n": 10, "n_groups": 10}


def write_tiny_bundle(folder: Path, *, seed: int = 0) -> BundleCard:
    torch.manual_seed(seed)
    network = timm.create_model("test_efficientnet", pretrained=False, num_classes=4).eval()
    provenance = Provenance(
        created=datetime(2026, 1, 1, tzinfo=UTC),
        versions={},
        data={"table": "none.csv", "rows": 4, "of_class": {"normal": 4}},
        split={"seed": 0, "fit": {"rows": 4, "groups": 4}},
        recipe={},
        training={"minutes": 0, "device": "cpu", "curves": [], "stopped": "never trained"},
    )
    return write_bundle(
        folder,
        network,
        Preprocessing(side=64),
        temperature=1.5,
        heatmap_scale=0.1,
        metrics={"calibrate": {"macro_f1": ESTIMATE}},
        provenance=provenance,
    )
