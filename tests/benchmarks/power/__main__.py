"""Plant shortcuts in the X-rays of a run, ask the confounder checks, and count.

``python -m tests.benchmarks.power RUN`` goes through the cells, those of the targets first, and
writes what came out to ``RUN/power.json`` as it goes: stop it, and the same command goes on. With
``--publish`` it prints the table and writes the file that the program's help shows. RUN is a run's
folder; `xraydemo evaluate` makes one.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from pathlib import Path

from tests.benchmarks.power.cells import Cell, cells
from tests.benchmarks.power.results import HEADER, Results, as_markdown
from tests.benchmarks.power.trials import Bench, Outcome
from tests.benchmarks.power.worker import begin, trials_of
from xraydemo.evaluation.store import open_run

AT_ONCE = 20  # trials between two looks at the clock
Block = tuple[Cell, list[int]]


def main() -> None:
    """Make trials until the time is over or all are made; or publish them."""
    given = _arguments()
    results = Results(given.run / "power.json")
    if given.publish:
        cohort = open_run(given.run).meta.cohort["name"]
        results.publish(given.trials, cohort, "python -m tests.benchmarks.power RUN")
        print(HEADER, *map(as_markdown, results.rows()), sep="\n")
        return
    deadline = time.monotonic() + 60 * given.minutes
    bench = Bench(given.run)
    blocks = _blocks(results, given.trials)
    spawn = get_context("spawn")
    with ProcessPoolExecutor(given.jobs, spawn, initializer=begin, initargs=(given.run,)) as pool:
        at_work: dict[Future[dict[int, list[Outcome]]], Cell] = {}
        while True:
            while len(at_work) < given.jobs and time.monotonic() < deadline:
                if (block := next(blocks, None)) is None:
                    break
                bench.prepare(block[0])
                at_work[pool.submit(trials_of, *block)] = block[0]
            if not at_work:
                return
            for done in wait(at_work, return_when=FIRST_COMPLETED).done:
                cell = at_work.pop(done)
                results.add(cell, done.result())
                print(cell.key, len(results.seeds(cell)), file=sys.stderr, flush=True)


def _blocks(results: Results, wanted: int) -> Iterator[Block]:
    """Give what is still to be tried."""
    for cell in cells():
        seeds = sorted(set(range(wanted)) - results.seeds(cell))
        for start in range(0, len(seeds), AT_ONCE):
            yield cell, seeds[start : start + AT_ONCE]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="a run's folder")
    parser.add_argument("--trials", type=int, default=200, help="a cell")
    parser.add_argument("--minutes", type=float, default=60.0, help="then it stops")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--publish", action="store_true", help="print, and write the help's file")
    return parser.parse_args()


if __name__ == "__main__":
    main()
