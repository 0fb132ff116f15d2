"""What the benchmark plants: the trace where the table says so, and nowhere else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from tests.benchmarks.phantoms import OTHERS, write_planted


@pytest.mark.parametrize("kind", OTHERS)
def test_a_trace_is_where_the_table_says_so(kind, tmp_path) -> None:
    generator = np.random.default_rng(0)
    files = [f"{i}.png" for i in range(6)]
    for file in files:
        Image.fromarray(generator.integers(60, 200, (96, 96)).astype(np.uint8)).save(
            tmp_path / file
        )
    told = ["yes", "no"] * 3
    rows = pd.DataFrame({"file": files, "split": "test", "year": "2015", "site": "A", kind: told})
    table = write_planted(kind, rows, tmp_path, tmp_path / "planted")
    written = pd.read_csv(table)
    assert list(written) == ["file", kind]  # what is the same for all is left out
    for old, new, has in zip(files, written["file"], told, strict=True):
        before, after = Image.open(tmp_path / old), Image.open(table.parent / new)
        assert (np.asarray(before) != np.asarray(after)).any() == (has == "yes")
