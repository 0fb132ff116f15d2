"""How long each check takes on a finished run, with the model asked anew.

``python -m tests.benchmarks.checks RUN [--checks confounder,shift]``
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from xraydemo.engine.client import Engine
from xraydemo.evaluation.beside import given_with
from xraydemo.evaluation.runner import chosen_checks, run_check
from xraydemo.evaluation.store import open_run
from xraydemo.evaluation.thresholds import load_thresholds


def main() -> None:
    """Ask the checks, and print what each took."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.checks")
    parser.add_argument("run", type=Path)
    parser.add_argument("--checks", default="data,performance,confounder,shift")
    arguments = parser.parse_args()
    run, thresholds = open_run(arguments.run), load_thresholds()
    of_section: dict[str, float] = defaultdict(float)
    with (
        Engine(run.meta.bundle["folder"], run.meta.engine["device"]) as engine,
        tempfile.TemporaryDirectory() as nothing_kept,
        given_with(engine, Path(nothing_kept)) as given,
    ):
        engine.wait_until_ready()
        print(f"{run.meta.cohort['name']}, {len(run):,} X-rays")
        for check in chosen_checks(arguments.checks.split(",")):
            begun = time.perf_counter()
            result = run_check(check, run, thresholds, given=given)
            seconds = time.perf_counter() - begun
            of_section[check.id.partition(".")[0]] += seconds
            print(f"{check.id:28} {result.verdict:13} {seconds:7.1f} s", flush=True)
    for section, seconds in of_section.items():
        print(f"{section:28} {'':13} {seconds:7.1f} s")


if __name__ == "__main__":
    main()
