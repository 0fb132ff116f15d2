"""Judges a bundle that is trained already, as the end of its training would have.

``python -m xraydemo.training.certify BUNDLE CSV`` reads the table's X-rays once more, and writes
the dossier, the card and the model card anew. With ``--report`` it also looks at the rows with
`split=test`; ``looks.jsonl`` in the bundle's folder says how often.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from pydantic import ValidationError

from xraydemo.classes import CLASSES
from xraydemo.cohort.splits import three_way_split
from xraydemo.cohort.table import read_table
from xraydemo.errors import BadBundle, BadCohort, XrayDemoError
from xraydemo.model.bundle import WEIGHTS, Bundle, BundleCard, file_sha256, load_bundle
from xraydemo.training.judge import judge, measure
from xraydemo.training.looks import INSIDE, INTERNAL, LOOKS, append
from xraydemo.training.recipe import Recipe
from xraydemo.training.rehearsal import rehearse
from xraydemo.training.table import part_of, read_training_table
from xraydemo.training.trust import Progress, look_at


def certify(
    bundle: Bundle, csv: Path, device: str, progress: Progress, *, report: bool = False
) -> BundleCard:
    """Judge a trained bundle by the table that it was trained on, divided as it was then.

    Parameters
    ----------
    bundle : Bundle
    csv : Path
    device : str
        ``auto``, ``cpu`` or ``cuda``.
    progress : callable
        Is given the number of X-rays read and the number in all.
    report : bool
        Look at the internal test, too.

    Raises
    ------
    BadCohort
        If it is another table: what the weights have seen would be taken for held out. With
        `report`, if it has no rows with ``split=test``.
    BadBundle
        If this version doesn't know the settings of its training.
    """
    given = read_table(csv)
    provenance = bundle.card.provenance
    if file_sha256(csv) != provenance.data.get("table_sha256"):
        raise BadCohort(
            f"{csv} is not the table that {bundle.card.name} was trained on",
            "Give that one: rows that the weights have seen must be told from the others",
        )
    try:
        recipe = Recipe.model_validate(provenance.recipe)
    except ValidationError as error:
        raise BadBundle(
            f"{bundle.card.name} was trained by settings that this version doesn't know",
            "Train it anew with this one",
        ) from error
    test = given[given["split"] == "test"] if "split" in given else given[:0]
    if report and test.empty:
        raise BadCohort(f"{csv} has no row with split=test", "Leave --report out")

    table = read_training_table(csv, lambda *_: None)
    seed = int(provenance.split["seed"])
    split = three_way_split(table.rows, seed)
    if any(len(rows) != provenance.split[part]["rows"] for part, rows in split.items()):
        raise BadCohort(
            f"{bundle.card.name} was trained on another division of {csv}",
            "An earlier version divided it otherwise; train anew with this one",
        )

    judged = judge(bundle, table, split, seed=seed, device=device, progress=progress)
    if report:
        look_at_test(bundle, test, judged.trust.temperature, device, seed)
    rehearsal = rehearse(
        part_of(table, split["fit"]),
        recipe,
        bundle.card.preprocessing,
        device="cuda" if torch.cuda.is_available() and device != "cpu" else "cpu",
        seed=seed,
    )
    return judged.write(bundle, bundle.card, rehearsal)


def look_at_test(
    bundle: Bundle, test: pd.DataFrame, temperature: float, device: str, seed: int
) -> None:
    """Measure on rows of the internal test, and write down that they were looked at."""
    seen = look_at(bundle, list(test["path"]), device, lambda *_: None)
    truth = np.array([CLASSES.index(label) for label in test["label"]], dtype=np.intp)
    groups = test["group"] if "group" in test else test["file"]
    figures = measure(seen.logits, temperature, truth, groups.to_numpy(str), {}, seed)
    entry = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "weights": bundle.card.files[WEIGHTS],
        "at": [INTERNAL],
        "answers": {name: figures[name] for name in INSIDE},
    }
    append(bundle.folder / LOOKS, entry)


def main() -> int:
    """Certify a bundle, and print what its card has gained."""
    parser = argparse.ArgumentParser(prog="python -m xraydemo.training.certify")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("csv", type=Path)
    parser.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto")
    parser.add_argument("--report", action="store_true", help="look at the internal test, too")
    arguments = parser.parse_args()

    def progress(done: int, n: int) -> None:
        if done % 500 == 0 or done == n:
            print(f"reading X-rays, {done} of {n}", file=sys.stderr)

    try:
        bundle = load_bundle(arguments.bundle)
        card = certify(bundle, arguments.csv, arguments.device, progress, report=arguments.report)
    except XrayDemoError as error:
        print(error, file=sys.stderr)
        return 2
    gained = card.model_dump(include={"temperature", "sets", "triage", "doubt", "foreignness"})
    for name, part in gained.items():
        print(f"{name}: {part}")
    assert card.certificate is not None
    for name, answer in card.certificate.answers().items():
        print(f"{name.replace('_', ' ')}: {answer.verdict}. {answer.found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
