"""``make bench``: prints one table."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import key_press, one_reading, runs
from tests.benchmarks.peak import peak_megabytes
from tests.benchmarks.plain_loop import plain_loop
from tests.conftest import REPOSITORY
from xraydemo.engine.client import Engine
from xraydemo.model.bundle import find_bundle

N_IMAGES = 200
N_PLAIN = 40
ROUNDS = 3
FEW, MANY = 1_000, 20_000


def main() -> None:
    """Measure on X-rays of ../shared/data, the rounds of both peers in turn."""
    folder = REPOSITORY.parent / "shared" / "data" / "external"
    if not folder.is_dir():
        sys.exit(f"The X-rays of {folder} are needed to measure on")
    files = sorted(folder.rglob("*.jpg"))[:N_IMAGES]
    bundle = find_bundle("cxr4-lite0")

    with Engine(bundle, device="cpu") as engine:
        engine.submit(files[0]).result()
        ours, theirs, ratios = [], [], []
        for _ in range(ROUNDS):
            theirs.append(rate(lambda: plain_loop(bundle, files[:N_PLAIN]), N_PLAIN))
            ours.append(rate(lambda: read_all(engine, files), len(files)))
            ratios.append(ours[-1] / theirs[-1])
        single = [engine.submit(file).result().milliseconds for file in files[:50]]
        memory = peak_megabytes(engine.process_id)
        shares = runs.share_of_the_engines_speed(engine, files, ROUNDS)
    small, large = (runs.peak_megabytes(files, n) for n in (FEW, MANY))

    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    dicoms = sorted((folder.parent / "dicom" / "rsna-1024").iterdir())[:15]
    picture, heat_map = key_press.measure(dicoms)
    launches = [launch_seconds() for _ in range(ROUNDS)]
    print(f"engine, four heat maps an X-ray     {statistics.median(ours):8.1f} images/s")
    print(f"plain loop, one heat map an X-ray   {statistics.median(theirs):8.1f} images/s")
    print(f"ratio, median of {ROUNDS} rounds            {statistics.median(ratios):8.1f}")
    print(f"one reading, median of 50           {statistics.median(single):8.1f} ms")
    one_reading.print_rows(files)
    print(f"key press to picture, DICOM         {picture:8.1f} ms")
    print(f"key press to heat map, DICOM        {heat_map:8.1f} ms")
    print(f"launch to painted window, offscreen {statistics.median(launches):8.2f} s", flush=True)
    # a process of its own: its peak of memory is then the window's
    subprocess.run([sys.executable, "-m", "tests.benchmarks.frames"], check=True)
    print_worst_stall(folder.parent / "dicom.csv")
    print(f"peak memory of the engine           {memory:8.0f} MB")
    print(f"run against the engine alone        {statistics.median(shares):8.2f} of its images/s")
    for who, few, many in zip(("program", "engine"), small, large, strict=True):
        print(
            f"peak of a run's {who:8}            {few:8.0f} MB at {FEW:,}, {many:.0f} at {MANY:,}"
        )


def print_worst_stall(cohort: Path) -> None:
    """Evaluate a cohort in the window, opening cards meanwhile: in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.stalls", "--cohort", str(cohort)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    print(next(line for line in told.splitlines() if line.startswith("worst")), flush=True)


def read_all(engine: Engine, files: list[Path]) -> None:
    for future in [engine.submit(file) for file in files]:
        future.result()


def rate(work: Callable[[], None], n: int) -> float:
    begun = time.perf_counter()
    work()
    return n / (time.perf_counter() - begun)


def launch_seconds() -> float:
    """Time a new process from its start to the first paint of an empty window."""
    program = """
from PySide6.QtWidgets import QApplication
from xraydemo.desktop.window import MainWindow
application = QApplication([])
window = MainWindow()
window.show()
application.processEvents()
window.close()
"""
    command = [sys.executable, "-c", program]
    begun = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
