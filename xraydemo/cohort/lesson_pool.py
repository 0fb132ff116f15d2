"""The X-rays of teaching mode, rendered once: turning the dial then only chooses and plants.

Each thorax is X-rayed on an older device and on the newest, so that a shortcut that shows as a
device's look is planted by choosing one of the two. The pool lies in the user's cache; a row of
zeros is not rendered yet, so whoever was interrupted goes on where he ended.

``python -m xraydemo.cohort.lesson_pool FOLDER`` renders it, and prints a line of JSON for each
thorax: ``{"done": 3, "total": 1000}``.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import platformdirs
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from xraydemo.cohort.phantom_plan import Order, Row, plan
from xraydemo.cohort.phantoms import anatomy
from xraydemo.errors import XrayDemoError
from xraydemo.phantom.render import render_on_each
from xraydemo.phantom.scanners import NEWEST, SCANNERS

VERSION = 1  # of the phantoms and of how they are drawn: a pool of another is not used
THORAXES, SIDE, SEED = 960, 192, 9
SEVERITY = 1.0  # plain cases: a minute of training must be able to learn them
OLDER = tuple(name for name in SCANNERS if name != NEWEST)
Pool = NDArray[np.uint8]
"""Pictures, shape (thoraxes, 2, side, side): of an older device, and of the newest."""


def older_scanner(i: int) -> str:
    """Name the older of the two devices that the i-th thorax is X-rayed on."""
    return OLDER[i % len(OLDER)]


def pool_folder() -> Path:
    """Say where the pool is kept: in the user's cache."""
    return Path(platformdirs.user_cache_dir("xraydemo", appauthor=False)) / "lesson"


def pool_file(folder: Path, n: int = THORAXES, side: int = SIDE) -> Path:
    """Name the file of a pool."""
    return folder / f"thoraxes-{VERSION}-{n}-{side}.npy"


def open_pool(folder: Path, n: int = THORAXES, side: int = SIDE) -> Pool | None:
    """Open a pool to look at, finished or not; None where there is none."""
    path = pool_file(folder, n, side)
    return np.load(path, mmap_mode="r") if path.is_file() else None


def is_rendered(pool: Pool) -> NDArray[np.bool_]:
    """Tell which thoraxes have their pictures, shape (thoraxes,)."""
    return np.asarray(pool[:, 1, pool.shape[2] // 2].any(axis=1))


def rows_of(n: int = THORAXES, side: int = SIDE) -> list[Row]:
    """Draw whose thoraxes they are, in the pool's order."""
    return plan(Order(n=n, side=side, seed=SEED))


def main() -> int:
    """Render what is missing."""
    parser = argparse.ArgumentParser(prog="python -m xraydemo.cohort.lesson_pool")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--n", type=int, default=THORAXES)
    parser.add_argument("--side", type=int, default=SIDE)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        render_pool(arguments.folder, arguments.n, arguments.side)
    except XrayDemoError as error:
        print(json.dumps({"error": error.message, "hint": error.hint}), flush=True)
        return 2
    return 0


def render_pool(folder: Path, n: int, side: int) -> None:
    """Render the thoraxes that a pool doesn't have yet, and print how far it is.

    Raises
    ------
    XrayDemoError
        If the folder can't be written, or another process renders there already.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "lock", timeout=0):
            _render_missing(pool_file(folder, n, side), n, side)
    except Timeout as error:
        raise XrayDemoError(
            "Another window is making the X-rays of the lesson", "Wait for it to end, or close it"
        ) from error
    except OSError as error:
        raise XrayDemoError(
            f"{folder} can't be written: {error.strerror}",
            "The lesson's X-rays need some 80 MB there",
        ) from error


def _render_missing(path: Path, n: int, side: int) -> None:
    if not path.is_file():
        begun = path.with_suffix(".begun")
        np.lib.format.open_memmap(begun, "w+", np.uint8, (n, 2, side, side)).flush()
        begun.replace(path)
    pool = np.load(path, mmap_mode="r+")
    missing = np.flatnonzero(~is_rendered(pool)).tolist()
    rows = rows_of(n, side)
    _tell(n - len(missing), n)
    jobs = [(i, rows[i], side) for i in missing]
    processes = min(os.cpu_count() or 1, 4)
    # leaving the block ends the workers, whatever they are at
    with get_context("spawn").Pool(processes, _be_a_guest) as workers:
        for done, (i, pictures) in enumerate(workers.imap(_looks, jobs), start=1):
            pool[i] = pictures
            _tell(n - len(missing) + done, n)
    pool.flush()


def _tell(done: int, total: int) -> None:
    print(json.dumps({"done": done, "total": total}), flush=True)


def _be_a_guest() -> None:
    """Let the parent alone hear Ctrl-C, and leave the machine to whoever works on it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(os, "nice"):
        os.nice(5)


def _looks(job: tuple[int, Row, int]) -> tuple[int, NDArray[np.uint8]]:
    """X-ray a thorax on both of its devices: shape (2, side, side)."""
    i, row, side = job
    scanners = [SCANNERS[name] for name in (older_scanner(i), NEWEST)]
    made = render_on_each(*anatomy(row, SEVERITY), scanners, row.seed, side)
    return i, np.stack([one.eight_bits() for one in made])


if __name__ == "__main__":
    sys.exit(main())
