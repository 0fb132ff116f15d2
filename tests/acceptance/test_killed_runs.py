"""A run that is killed again and again ends as one that nobody disturbed."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np

from tests.evaluation.cohorts import write_xrays
from xraydemo.evaluation.store import open_run

N = 800
COMMAND = [sys.executable, "-m", "xraydemo", "evaluate", "--checks", "data.balance"]


def n_read(folder: Path) -> int:
    database = folder / "run.sqlite"
    if not database.exists():
        return 0
    try:
        with closing(sqlite3.connect(database)) as connection:
            return int(connection.execute("SELECT count(*) FROM readings").fetchone()[0])
    except sqlite3.OperationalError:  # the tables are not there yet
        return 0


def test_ten_kills_change_nothing(tiny_bundle, tmp_path) -> None:
    table = write_xrays(tmp_path / "x", N)
    (tmp_path / "x" / "00007.png").write_bytes(b"no picture")
    (tmp_path / "x" / "00501.png").write_bytes(b"")
    arguments = [*COMMAND, str(table), "--model", str(tiny_bundle), "--out"]
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    done = subprocess.run([*arguments, str(undisturbed)], capture_output=True, check=False)
    assert done.returncode == 1, done.stderr  # two files can't be read

    moments = random.Random(0)
    reached = []
    for kill in range(10):
        process = subprocess.Popen(
            [*arguments, str(killed)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        # random, but early enough that something is left for the next
        goal = min(n_read(killed) + moments.randrange(1, 100), N - 20 * (10 - kill))
        while process.poll() is None and n_read(killed) < goal:
            time.sleep(0.002)
        time.sleep(moments.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        process.wait()
        reached.append(n_read(killed))
    assert 0 < reached[0] < N  # they were killed in mid-run
    assert reached == sorted(reached)  # and nothing that was done was lost
    done = subprocess.run([*arguments, str(killed)], capture_output=True, check=False)
    assert done.returncode == 1, done.stderr

    a, b = open_run(undisturbed), open_run(killed)
    same = a.rows.columns.difference(["milliseconds"])
    assert a.rows[same].equals(b.rows[same])
    assert list(np.flatnonzero(~a.was_read)) == [7, 501]
    assert a.facts.equals(b.facts)
    for ours, theirs in (
        (a.probabilities, b.probabilities),
        (a.logits, b.logits),
        (a.arrays.embeddings(), b.arrays.embeddings()),
        (a.arrays.maps(), b.arrays.maps()),
        (a.arrays.thumbnails(), b.arrays.thumbnails()),
        (a.statistics.to_numpy(), b.statistics.to_numpy()),
    ):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)
