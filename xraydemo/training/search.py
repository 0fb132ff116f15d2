"""A short random search over settings, coarse to fine, apart from any training that ships [1]_.

``python -m xraydemo.training.search CSV --out DIR --minutes N`` trains on small pictures for a few
minutes a trial and adds each trial to ``trials.jsonl`` in DIR; given again, it goes on. With
``--leave-out SOURCE`` it makes one trial of the shipped recipe without a collection, and asks
whether opacity is told from normal in it.

References
----------
.. [1] Bergstra & Bengio, Random Search for Hyper-Parameter Optimization, JMLR 13, 2012.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from xraydemo.cohort.splits import three_way_split
from xraydemo.errors import XrayDemoError
from xraydemo.training.leave_out import leave_out
from xraydemo.training.looks import TRIALS, append, entries
from xraydemo.training.recipe import Recipe
from xraydemo.training.table import part_of, read_training_table
from xraydemo.training.trial import seconds_of, try_out

BASE = Recipe(sides=())
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


def main() -> int:
    """Search, and print each trial and the best."""
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
        table = read_training_table(arguments.csv, lambda *_: None)
        arguments.out.mkdir(parents=True, exist_ok=True)
        if arguments.leave_out:
            trial = leave_out(table, arguments.leave_out, BASE, minutes, device, seed)
            append(log, trial)
            print(trial["left_out"])
            return 0
    except XrayDemoError as error:
        print(error, file=sys.stderr)
        return 2
    split = three_way_split(table.rows, seed)
    train, select = (part_of(table, split[name]) for name in ("fit", "select"))
    searched = [t for t in entries(log) if "cost" in t and "left_out" not in t]
    while time.monotonic() + seconds_of(minutes) < end:
        trial = try_out(draw(searched, seed), train, select, minutes, device, seed)[1]
        append(log, trial)
        searched.append(trial)
        settings = {name: round(trial["recipe"][name], 5) for name in RANGES}
        print(f"{len(searched)}: cost {trial['cost']}  {trial['select']}  {settings}", flush=True)
    if searched:
        best = min(searched, key=lambda one: one["cost"])
        print(f"best of {len(searched)}: cost {best['cost']}  {best['recipe']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
