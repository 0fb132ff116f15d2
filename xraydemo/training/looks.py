"""What was written down beside a bundle: trials of settings, and looks at test sets."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

TRIALS, LOOKS = "trials.jsonl", "looks.jsonl"
INTERNAL, EXTERNAL = "internal test", "external report"
INSIDE = ("macro_f1", "macro_auc")  # of the answers, those on the internal test as it is


class Reported(NamedTuple):
    """What the test sets said of a bundle.

    Attributes
    ----------
    test : dict
        Figures on the internal test, by name: value, low, high, n, n_groups.
    others : dict
        All other figures.
    when : str
        Of the latest of them; empty if these weights were never looked at.
    looks : dict of str to int
        How often each test set was looked at, with whatever weights lay in the folder.
    """

    test: dict[str, Any]
    others: dict[str, Any]
    when: str
    looks: dict[str, int]


def entries(log: Path) -> list[dict[str, Any]]:
    """Read a file of one JSON object a line; empty if there is none."""
    if not log.is_file():
        return []
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line]


def append(log: Path, entry: dict[str, Any]) -> None:
    """Write one more line."""
    with log.open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")


def reported(folder: Path, weights: str) -> Reported:
    """Gather what the looks at test sets gave; of a figure measured twice, the latest.

    Parameters
    ----------
    folder : Path
        The bundle's.
    weights : str
        Their SHA-256: looks at others count, but their figures don't.
    """
    all_looks = entries(folder / LOOKS)
    counts = Counter(name for look in all_looks for name in look.get("at", (INTERNAL, EXTERNAL)))
    of_these = [look for look in all_looks if look["weights"] == weights]
    answers: dict[str, Any] = {}
    for look in of_these:
        answers |= look["answers"]
    return Reported(
        test={name: answers[name] for name in INSIDE if name in answers},
        others={name: answer for name, answer in answers.items() if name not in INSIDE},
        when=of_these[-1]["when"] if of_these else "",
        looks=dict(counts),
    )
