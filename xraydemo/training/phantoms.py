"""Makes the two teaching bundles again: ``python -m xraydemo.training.phantoms models``.

`phantom-trap` learns from synthetic X-rays of which every covid-like one is newer than all others
and from the newest device; `phantom-honest` from the same patients, dealt year and device by
chance. Recipe and seed are the same: only the data differ.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from xraydemo.cohort.demo_cohort import BALANCED, TRAP
from xraydemo.cohort.phantom_plan import Order
from xraydemo.cohort.phantoms import TABLE, TRUTH, write_phantoms
from xraydemo.errors import BadCohort, XrayDemoError
from xraydemo.model.bundle import BundleCard
from xraydemo.training.recipe import RECIPES
from xraydemo.training.train import train
from xraydemo.training.write import write_card

MAX_MINUTES = 30.0
FOR_TEACHING = (
    "Teaching: to see how a model goes wrong whose training data have a shortcut, and how that is "
    "found out. It has never seen an X-ray of a person, and what it says of one means nothing. "
    "Never for care."
)


class Lesson(NamedTuple):
    """A bundle to be made: from which cohort, and what its card says."""

    order: Order
    description: str


LESSONS = {
    "phantom-trap": Lesson(
        TRAP,
        "Made to fail: it was trained on synthetic chest X-rays (phantoms), and every covid-like "
        "one of them is newer than all others and from the newest device.",
    ),
    "phantom-honest": Lesson(
        BALANCED,
        "The counterpart of `phantom-trap`: it was trained on the same synthetic patients "
        "(phantoms) by the same recipe, but year and device have nothing to do with the class.",
    ),
}


def make_lesson(name: str, out: Path, work: Path, max_minutes: float) -> BundleCard:
    """Render a cohort, unless it is there already, train on it, and say on the card what it is.

    Parameters
    ----------
    name : str
        One of `LESSONS`; the bundle's folder in `out`, the cohort's in `work`.
    out, work : Path
    max_minutes : float
        The training's ceiling.

    Raises
    ------
    BadCohort
        If there is another cohort in its folder.
    """
    order, description = LESSONS[name]
    cohort = work / name
    if not (cohort / TABLE).exists():
        write_phantoms(cohort, order)
    if json.loads((cohort / TRUTH / "truth.json").read_text())["order"] != asdict(order):
        raise BadCohort(f"{cohort} holds phantoms of another order", "Remove it")
    recipe, how = RECIPES["phantom"]
    card = train(
        cohort / TABLE,
        out / name,
        max_minutes=max_minutes,
        recipe=recipe,
        how=how,
        seed=order.seed,
        progress=_tell,
    )
    told = {"description": description, "intended_use": FOR_TEACHING}
    return write_card(out / name, card.model_copy(update=told))


def _tell(_: float, sentence: str) -> None:
    if sentence.endswith("\n"):
        print(sentence.rstrip(), flush=True)


def main() -> int:
    """Make both, or the one that is named."""
    parser = argparse.ArgumentParser(prog="python -m xraydemo.training.phantoms")
    parser.add_argument("out", type=Path, help="where the bundles' folders are made")
    parser.add_argument("--work", type=Path, required=True, help="where the phantoms are kept")
    parser.add_argument("--only", choices=LESSONS, help="this one alone")
    parser.add_argument("--max-minutes", type=float, default=MAX_MINUTES, help="of each training")
    arguments = parser.parse_args()
    for name in [arguments.only] if arguments.only else LESSONS:
        try:
            card = make_lesson(name, arguments.out, arguments.work, arguments.max_minutes)
        except XrayDemoError as error:
            print(error, file=sys.stderr)
            return 2
        auc = card.metrics["calibrate"]["macro_auc"]
        print(f"{name}: macro AUC {auc['value']:.3f} [{auc['low']:.3f}, {auc['high']:.3f}]")
    return 0


if __name__ == "__main__":
    sys.exit(main())
