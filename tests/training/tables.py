"""A small table of X-ray-like pictures whose class is easily told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from tests.conftest import chest_like
from xraydemo.classes import CLASSES

OF_A_CLASS = 40


def write_table(folder: Path, of_a_class: int = OF_A_CLASS, side: int = 64) -> pd.DataFrame:
    """Write pictures whose middle is the brighter the later the class, and ``t.csv``; no two of
    them are near-duplicates, since each has bars of its own."""
    generator = np.random.default_rng(0)
    rows = []
    for k, label in enumerate(CLASSES):
        for i in range(of_a_class):
            picture = chest_like(generator, side)
            middle = slice(side // 3, 2 * side // 3)
            picture[middle, middle] = 60 * k
            bars = generator.integers(0, 255, 8).astype(np.uint8)
            picture[: side // 4] = np.repeat(bars, side // 8)
            picture[-side // 4 :] = np.repeat(generator.permutation(bars), side // 8)
            Image.fromarray(picture).save(folder / f"{label}{i}.png")
            rows.append((f"{label}{i}.png", label, "pool", f"{label}{i}"))
    table = pd.DataFrame(rows, columns=["file", "label", "split", "group"])
    table.to_csv(folder / "t.csv", index=False)
    return table
