"""What the PDF costs beyond the run: seconds and bytes, and memory as cohorts grow.

``python -m tests.benchmarks.report`` prints it alone.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from tests.conftest import REPOSITORY
from tests.evaluation.runs import make_run
from xraydemo.classes import CLASSES
from xraydemo.evaluation.headline import headline
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.runner import run_checks
from xraydemo.evaluation.thresholds import load_thresholds
from xraydemo.report.results import results_json

FEW, MANY = 1_000, 20_000
QUICK = ("data.balance", "data.label_conflicts", "performance.classes", "performance.errors")
PEAK = """
import sys, tempfile
from pathlib import Path
from tests.benchmarks.report import QUICK, document_of, made_up_run, status
from xraydemo.report.pdf import write_pdf

run = made_up_run(int(sys.argv[1]), ["/gone.png"])
document = document_of(run, QUICK)
Path("/proc/self/clear_refs").write_text("5")  # begin the peak anew
before = status("VmRSS")
with tempfile.TemporaryDirectory() as folder:
    write_pdf(Path(folder, "report.pdf"), run, document)
print(before, status("VmHWM"))
"""


def made_up_run(n: int, files: list[str]) -> Run:
    """Make a run of n X-rays over files that are used again and again; its answers are drawn."""
    labels = list(islice(cycle(CLASSES), n))
    generator = np.random.default_rng(0)
    facts = {"view": generator.choice(["AP", "PA"], n), "age": generator.integers(20, 90, n)}
    run = make_run(labels, facts={name: values.tolist() for name, values in facts.items()})
    run.rows["path"] = list(islice(cycle(files), n))
    return run


def document_of(run: Run, only: tuple[str, ...] | None = None) -> dict:
    thresholds = load_thresholds()
    results = list(run_checks(run, thresholds, only=only))
    return results_json(run, results, headline(run, results), seed=0, thresholds=thresholds)


def seconds_and_megabytes(files: list[Path], n: int) -> tuple[float, float, float]:
    """Give what the report of n X-rays costs when the run is there and its checks are asked.

    Returns
    -------
    wall, cpu : float
        Seconds; on a busy machine they differ.
    megabytes : float
        Of the PDF.
    """
    from xraydemo.report.pdf import write_pdf

    run = made_up_run(n, list(map(str, files)))
    document = document_of(run)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "report.pdf")
        begun, worked = time.perf_counter(), time.process_time()
        write_pdf(path, run, document)
        wall, cpu = time.perf_counter() - begun, time.process_time() - worked
        return wall, cpu, path.stat().st_size / 1e6


def peak_megabytes(n: int) -> tuple[float, float]:
    """Give the memory of a program with a run of n X-rays, and its peak while it reports."""
    command = [sys.executable, "-c", PEAK, str(n)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=REPOSITORY)
    before, after = map(float, done.stdout.split())
    return before, after


def status(name: str) -> float:
    """Give a number of this process in megabytes, as Linux tells it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) / 1024


def main() -> None:
    folder = REPOSITORY.parent / "shared" / "data" / "external"
    files = sorted(folder.rglob("*.jpg"))[:FEW]
    if not files:
        sys.exit(f"The X-rays of {folder} are needed to measure on")
    wall, cpu, megabytes = seconds_and_megabytes(files, FEW)
    print(f"report of {FEW:,} X-rays           {wall:8.1f} s ({cpu:.1f} s CPU), {megabytes:.1f} MB")
    for n in (FEW, MANY):
        before, after = peak_megabytes(n)
        print(f"peak at {n:6,} X-rays             {before:8.0f} MB before, {after:.0f} MB at most")


if __name__ == "__main__":
    main()
