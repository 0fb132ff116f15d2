"""A process that makes trials."""

from __future__ import annotations

import gc
from pathlib import Path

from tests.benchmarks.power.cells import Cell
from tests.benchmarks.power.trials import Bench, Outcome

bench: Bench


def begin(run: Path) -> None:
    """Get ready for the trials of a run."""
    global bench
    bench = Bench(run)
    # statsmodels collects garbage on every call: quick where there is little to look through
    gc.freeze()


def trials_of(cell: Cell, seeds: list[int]) -> dict[int, list[Outcome]]:
    """Make some."""
    return {seed: bench.trial(cell, seed) for seed in seeds}
