"""What a run costs beside the engine alone, in time, and in memory as cohorts grow."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from xraydemo.cohort.cohort import read_cohort
from xraydemo.engine.client import Engine
from xraydemo.evaluation.collect import collect

PEAK = """
import os, sys
from pathlib import Path
from tests.benchmarks.peak import peak_megabytes
from xraydemo.cohort.cohort import read_cohort
from xraydemo.engine.client import Engine
from xraydemo.evaluation.collect import collect

with Engine("cxr4-lite0", "cpu") as engine:
    collect(read_cohort(sys.argv[1]), engine, Path(sys.argv[2]))
    print(peak_megabytes(os.getpid()), peak_megabytes(engine.process_id))
"""


def share_of_the_engines_speed(engine: Engine, files: list[Path], rounds: int) -> list[float]:
    """Give, for each round, images/s of a run over images/s of the engine alone."""
    shares = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "cohort")
        folder.mkdir()
        link(files, folder, len(files))
        for number in range(rounds):
            begun = time.perf_counter()
            for future in [engine.submit(f, want=("maps", "embedding")) for f in files]:
                future.result()
            alone = time.perf_counter() - begun
            cohort = read_cohort(folder)
            begun = time.perf_counter()
            collect(cohort, engine, Path(scratch, f"run {number}"))
            shares.append(alone / (time.perf_counter() - begun))
    return shares


def peak_megabytes(files: list[Path], n: int) -> tuple[float, float]:
    """Give the peak memory of a run of n X-rays (links to files): the program's, the engine's."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "cohort")
        folder.mkdir()
        link(files, folder, n)
        command = [sys.executable, "-c", PEAK, str(folder), str(Path(scratch, "run"))]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    program, engine = map(float, done.stdout.split())
    return program, engine


def link(files: list[Path], folder: Path, n: int) -> None:
    for i in range(n):
        file = files[i % len(files)]
        (folder / f"{i:05d}{file.suffix}").symlink_to(file)
