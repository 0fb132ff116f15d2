"""``xraydemo train``: a training, or a search over its settings, in a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path


def train(csv: Path, out: Path, max_minutes: float, seed: int) -> int:
    """Train, and give the status of that process."""
    asked = [f"--out={out}", f"--max-minutes={max_minutes}", f"--seed={seed}"]
    return _wait_for("xraydemo.training", csv, *asked)


def search(
    csv: Path,
    out: Path,
    max_minutes: float,
    seed: int,
    minutes_a_trial: float | None,
    leave_out: str | None,
) -> int:
    """Search, and give the status of that process."""
    asked = [f"--out={out}", f"--minutes={max_minutes}"]
    if minutes_a_trial is not None:
        asked.append(f"--minutes-a-trial={minutes_a_trial}")
    if leave_out is not None:
        asked.append(f"--leave-out={leave_out}")
    return _wait_for("xraydemo.training.search", csv, *asked, f"--seed={seed}")


def _wait_for(module: str, csv: Path, *asked: str) -> int:
    with subprocess.Popen([sys.executable, "-m", module, str(csv), *asked]) as child:
        # Ctrl-C reaches the child too, and how it ends is the child's affair; to be deaf before it
        # is started would make it deaf, too
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return child.wait()
