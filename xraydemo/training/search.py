"""A short random search over settings, coarse to fine, apart from any training that ships [1]_.

``xraydemo train CSV --out DIR --max-minutes N --search`` starts ``python -m
xraydemo.training.search CSV --out DIR --minutes N``. It trains on small pictures for a few minutes
a trial and adds each trial to ``trials.jsonl`` in DIR; given again, it goes on from those of the
same table and minutes. With ``--leave-out SOURCE`` it makes one trial of `BASE` without a
collection, and asks whether opacity is told from normal in it.

References
----------
.. [1] Bergstra & Bengio, Random Search for Hyper-Parameter Optimization, JMLR 13, 2012.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from xraydemo.cohort.splits import three_way_split
from xraydemo.errors import XrayDemoError
from xraydemo.metrics.bootstrap import Estimate
from xraydemo.model.bundle import file_sha256
from xraydemo.training.leave_out import leave_out
from xraydemo.training.looks import TRIALS, append, entries
from xraydemo.training.recipe import HONEST, Recipe
from xraydemo.training.table import TrainingTable, part_of, read_training_table
from xraydemo.training.trial import seconds_of, try_out

# what ships, without what takes longer than a trial: lungs outlined, larger sides, a layer fitted
BASE = HONEST.model_copy(update={"sides": (), "refit": 0.0, "evidence": 0.0})
N_COARSE, N_A_ROUND = 8, 4  # trials over the whole ranges, then so many before they are halved
RANGES = {
    "learning_rate": (1e-4, 3e-3),
    "weight_decay": (1e-3, 1e-1),
    "label_smoothing": (0.0, 0.2),
    "blacked": (0.0, 0.4),
    "swapped": (0.0, 0.4),
    "frozen_blocks": (0, 4),
}
BY_LOGARITHM = ("learning_rate", "weight_decay")


def draw(trials: Sequence[Mapping[str, Any]], seed: int) -> Recipe:
    """Draw the settings of the next trial: the same for the same trials and seed.

    Parameters
    ----------
    trials : sequence of mapping
        With `recipe` and `cost`. After the first 8 the ranges lie about the best of them, half as
        wide, and are halved again every 4.
    seed : int
    """
    generator = np.random.default_rng([seed, len(trials)])
    halvings = max(0, (len(trials) - N_COARSE) // N_A_ROUND + 1)
    best = min(trials, key=lambda trial: trial["cost"])["recipe"] if halvings else {}
    drawn: dict[str, Any] = {}
    for name, ends in RANGES.items():
        low, high = np.log(ends) if name in BY_LOGARITHM else ends
        if halvings:
            centre = np.log(best[name]) if name in BY_LOGARITHM else best[name]
            reach = (high - low) / 2 ** (halvings + 1)
            low, high = max(low, centre - reach), min(high, centre + reach)
        value = generator.uniform(low, high)
        drawn[name] = float(np.exp(value)) if name in BY_LOGARITHM else float(value)
    drawn["frozen_blocks"] = round(drawn["frozen_blocks"])
    return Recipe.model_validate(BASE.model_dump() | drawn)


def search(
    table: TrainingTable,
    log: Path,
    given: Mapping[str, Any],
    *,
    minutes: float,
    end: float,
    device: str,
    seed: int,
) -> None:
    """Make trials until the end, and print each and the best.

    Parameters
    ----------
    table : TrainingTable
    log : Path
        Where trials are kept. The search goes on from those that were given the same.
    given : mapping
        What makes the costs of two trials comparable; written into the line of each.
    minutes : float
        Of a trial.
    end : float
        On the clock of ``time.monotonic()``; no trial is begun that may take longer.
    device : str
        ``cpu`` or ``cuda``.
    seed : int
    """
    kept = entries(log)
    searched = [one for one in kept if _is_of_this_search(one, given)]
    unlike = len(kept) - len(searched)
    print(f"lines taken up: {len(searched)}, unlike ones left aside: {unlike}", flush=True)

    split = three_way_split(table.rows, seed)
    train, select = (part_of(table, split[name]) for name in ("fit", "select"))
    while time.monotonic() + seconds_of(minutes) < end:
        made = try_out(draw(searched, seed), train, select, minutes, device, seed)[1]
        trial = {**given, **made}
        append(log, trial)
        searched.append(trial)
        settings = {name: round(trial["recipe"][name], 5) for name in RANGES}
        print(f"{len(searched)}: cost {trial['cost']}  {trial['select']}  {settings}", flush=True)
    if searched:
        best = min(searched, key=lambda one: one["cost"])
        print(f"best of {len(searched)}: cost {best['cost']}  {best['recipe']}")


def main() -> int:
    """Search, or leave a collection out."""
    parser = argparse.ArgumentParser(prog="python -m xraydemo.training.search")
    parser.add_argument("csv", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="where trials.jsonl is kept")
    parser.add_argument("--minutes", type=float, required=True, help="the ceiling")
    parser.add_argument("--minutes-a-trial", type=float, default=4.0)
    parser.add_argument("--leave-out", metavar="SOURCE", help="one trial without this collection")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    end = time.monotonic() + 60 * arguments.minutes
    device = "cuda" if torch.cuda.is_available() else "cpu"
    minutes, seed, log = arguments.minutes_a_trial, arguments.seed, arguments.out / TRIALS
    try:
        if time.monotonic() + seconds_of(minutes) >= end:
            raise XrayDemoError(
                f"{arguments.minutes:g} minutes are too few: the table is read first, and a trial "
                f"of {minutes:g} minutes takes up to {seconds_of(minutes) / 60:g}",
                "Allow more minutes in all, or fewer a trial",
            )
        table = read_training_table(arguments.csv, lambda *_: None)
        given = {"table_sha256": file_sha256(arguments.csv), "minutes_given": minutes}
        arguments.out.mkdir(parents=True, exist_ok=True)
        if arguments.leave_out is None:
            search(table, log, given, minutes=minutes, end=end, device=device, seed=seed)
        else:
            trial = leave_out(table, arguments.leave_out, BASE, minutes, device, seed)
            append(log, given | trial)
            auc = trial["left_out"]["auc_opacity_against_normal"]
            print(f"{arguments.leave_out}, opacity against normal: AUC {Estimate(**auc)}")
    except XrayDemoError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _is_of_this_search(line: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    """Tell a trial that was given the same from other lines, as of a collection left out."""
    given_the_same = all(line.get(name) == value for name, value in given.items())
    return given_the_same and "cost" in line and "left_out" not in line


if __name__ == "__main__":
    # Ctrl-C ends the search at once: a trial that was cut short is like no other and isn't kept
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(main())
