"""Folders of generated X-rays, for tests of runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from tests.conftest import chest_like
from xraydemo.classes import CLASSES


def write_xrays(folder: Path, n: int, *, seed: int = 0, side: int = 48) -> Path:
    """Write n different pictures and ``table.csv`` with file, label, view and patient_id."""
    folder.mkdir(parents=True, exist_ok=True)
    generator = np.random.default_rng(seed)
    lines = ["file,label,view,patient_id"]
    for i in range(n):
        picture = np.clip(chest_like(generator, side) + generator.normal(0, 20, (1, side)), 0, 255)
        Image.fromarray(picture.astype(np.uint8)).save(folder / f"{i:05d}.png")
        view = ("AP", "PA", "")[i % 3]
        lines.append(f"{i:05d}.png,{CLASSES[i % 4]},{view},p{i // 2}")
    table = folder / "table.csv"
    table.write_text("\n".join(lines) + "\n")
    return table
