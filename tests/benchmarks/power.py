"""How often `confounder.used` finds a planted shortcut, and how often it cries wolf.

``python -m tests.benchmarks.power RUN`` plants shortcuts of known strength in the X-rays of a run
and prints a Markdown table. Strength s: with probability s the shortcut follows the label, else it
is drawn by a coin. The embeddings are those of the bundle's architecture with ImageNet's weights,
with the change and without, asked for once and kept beside the run; each trial draws anew which
X-rays are evaluated, trains a linear head on others, and asks the checks.

- *metadata only*: a column of the table; no picture shows it.
- *pixels, used*: the X-rays are changed, and the head learnt where the change always followed the
  label.
- *pixels, not used*: they are changed, and the head learnt where it was drawn by a coin.
- *null*: as before, and the change is drawn by a coin in the evaluated X-rays, too.

Beside the planted fact each cohort has facts of the run that were dealt anew to its groups. Where
nothing is used, a warning about any fact is a false alarm of the family; where the planted one is,
a warning about another is.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import Ridge
from threadpoolctl import threadpool_limits

from tests.evaluation.runs import ask, make_run
from xraydemo.classes import CLASSES
from xraydemo.engine.client import Engine
from xraydemo.evaluation.engine_laboratory import EngineLaboratory
from xraydemo.evaluation.figures import Grid
from xraydemo.evaluation.laboratory import UNCHANGED
from xraydemo.evaluation.probe import components
from xraydemo.evaluation.result import CheckResult, Verdict
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.store import open_run
from xraydemo.metrics.intervals import wilson
from xraydemo.radiograph.interventions import Intervention
from xraydemo.radiograph.profile import STATISTICS

PLANTED = {
    "marker": Intervention("marker", {"text": "PORTABLE", "x": 0.5, "size": 0.12}),
    "border": Intervention("border", {"share": 0.08}),
    "gamma": Intervention("gamma"),
    "jpeg": Intervention("jpeg", {"quality": 10}),
    "resolution": Intervention("resample", {"side": 96}),
}
METADATA, USED, NOT_USED, NULL = "metadata only", "pixels, used", "pixels, not used", "null"
CONDITIONS = (METADATA, USED, NOT_USED, NULL)
STRENGTHS, SIZES = (0.25, 0.5, 0.75), (100, 400, 1000)
TAUGHT = 600  # X-rays that a head is trained on
SHRINKAGE = 300.0  # of the head, in units of a component's variance
OTHERS = ("view", "source")
IMPOSSIBLE = -20.0  # logit of the two classes that don't occur


class Stock(NamedTuple):
    """X-rays of two classes, and what a network shows of each."""

    labels: NDArray[np.str_]
    groups: NDArray[np.str_]
    others: dict[str, NDArray[np.str_]]
    plain: NDArray[np.float64]
    changed: NDArray[np.float64]


class Trial(NamedTuple):
    """What came out of one."""

    metadata: bool | None
    present: bool
    visible: bool
    used: bool
    cannot_tell: bool
    false_alarm: bool
    lost: float


def stock_of(run: Run, folder: Path, kind: str) -> Stock:
    """Gather the X-rays of the two commonest classes and ask for their embeddings."""
    counts = run.rows["label"][run.was_read].value_counts().drop("", errors="ignore")
    both = sorted(counts.index[:2], key=CLASSES.index)
    rows = np.flatnonzero(run.was_read & run.rows["label"].isin(both).to_numpy())
    files = run.rows["path"].iloc[rows].tolist()
    variants = {"plain": UNCHANGED, "changed": [PLANTED[kind]]}
    with (
        Engine(run.meta.bundle["folder"], "cpu") as engine,
        EngineLaboratory(engine, folder) as laboratory,
    ):
        answers = laboratory.ask(files, variants, weights="imagenet")
    embeddings = np.concatenate([answers[name].embeddings for name in variants])
    x = components(embeddings.astype(np.float64))
    x /= x.std(axis=0).mean()
    return Stock(
        run.rows["label"].to_numpy(str)[rows],
        run.groups[rows],
        {n: run.known(n).to_numpy(str)[rows] for n in OTHERS if n in run.known_names},
        x[: len(rows)],
        x[len(rows) :],
    )


def plant(
    positive: NDArray[np.bool_], strength: float, generator: np.random.Generator
) -> NDArray[np.bool_]:
    """Draw where the shortcut is; see the module."""
    follows = generator.random(len(positive)) < strength
    return np.where(follows, positive, generator.random(len(positive)) < 0.5)


def cohort(
    stock: Stock, condition: str, strength: float, n: int, generator: np.random.Generator
) -> Run:
    """Make the run of one trial."""
    names = np.unique(stock.labels)
    chosen = np.zeros(len(stock.labels), bool)
    for name in names:
        rows = np.flatnonzero(stock.labels == name)
        # each class gives half, but leaves a third of its X-rays to teach the head
        chosen[generator.permutation(rows)[: min(n // 2, 2 * len(rows) // 3)]] = True
    rest = generator.permutation(np.flatnonzero(~chosen))[:TAUGHT]
    chosen = np.flatnonzero(chosen)
    positive = stock.labels == names[-1]
    value = plant(positive[chosen], 0.0 if condition == NULL else strength, generator)
    taught_with = plant(positive[rest], 1.0 if condition == USED else 0.0, generator)
    if condition == METADATA:
        taught_with = np.zeros(len(rest), bool)
    head = Ridge(alpha=SHRINKAGE).fit(_shown(stock, rest, taught_with), positive[rest])
    embeddings = _shown(stock, chosen, value & (condition != METADATA))
    scores = 10 * (head.predict(embeddings) - 0.5)
    logits = np.full((len(chosen), len(CLASSES)), IMPOSSIBLE, np.float32)
    logits[:, CLASSES.index(names[-1])] = scores
    logits[:, CLASSES.index(names[0])] = 0
    probabilities = np.exp(logits - logits.max(axis=1, keepdims=True))
    run = make_run(
        stock.labels[chosen].tolist(),
        probabilities / probabilities.sum(axis=1, keepdims=True),
        columns={"planted": np.where(value, "1", "0").tolist()}
        | {name: generator.permutation(of[chosen]).tolist() for name, of in stock.others.items()},
        statistics={name: [0.0] * len(chosen) for name in STATISTICS},
        groups=stock.groups[chosen].tolist(),
        embeddings=embeddings.astype(np.float32),
        seed=int(generator.integers(2**31)),
    )
    return dataclasses.replace(run, logits=logits)


def _shown(stock: Stock, rows: NDArray[np.intp], value: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.where(value[:, None], stock.changed[rows], stock.plain[rows])


def trial(
    stock: Stock, condition: str, strength: float, n: int, seed: int, metadata: bool
) -> Trial:
    """Make one cohort and ask."""
    run = cohort(stock, condition, strength, n, np.random.default_rng(seed))
    result = ask(run, "confounder.used")
    grid = result.figures[-1] if result.figures else None
    assert isinstance(grid, Grid), result.headline
    steps = dict(zip(grid.row_labels, grid.values, strict=True))
    present, visible, used = steps["planted"]
    del steps["planted"]
    other = any(step[2] == 1.0 for step in steps.values())
    fires = result.verdict in (Verdict.WARN, Verdict.FAIL)
    assert fires == (other or used == 1.0)
    return Trial(
        _metadata_fires(run) if metadata else None,
        present == 1.0,
        visible == 1.0,
        used == 1.0,
        bool(np.isnan(used)),
        other if condition == USED else fires,
        _lost(result),
    )


def _metadata_fires(run: Run) -> bool:
    result = ask(run, "confounder.metadata")
    return result.verdict in (Verdict.WARN, Verdict.FAIL)


def _lost(result: CheckResult) -> float:
    rows = [row for row in result.tables[0].rows if row.metric == "AUC lost by matching"]
    return max((r.value for r in rows if r.where.startswith("planted")), default=float("nan"))


def share(hits: Sequence[bool]) -> str:
    """Give a share with Wilson's interval, in percent; "" for none asked."""
    if not hits:
        return ""
    low, high = wilson(sum(hits), len(hits))
    return f"{100 * np.mean(hits):.0f} [{100 * low:.0f}, {100 * high:.0f}]"


def row_of(kind: str, condition: str, strength: float, n: int, trials: list[Trial]) -> str:
    """Give one row of the table."""
    lost = [t.lost for t in trials if not np.isnan(t.lost)]
    cells = [
        condition,
        "" if condition == METADATA else kind,
        "0" if condition == NULL else f"{strength:g}",
        f"{n:,}",
        str(len(trials)),
        share([t.present for t in trials]),
        share([t.metadata for t in trials if t.metadata is not None]),
        share([t.visible for t in trials]),
        share([t.used for t in trials]),
        share([t.cannot_tell for t in trials]),
        share([t.false_alarm for t in trials]),
        f"{np.mean(lost):.2f}" if lost else "",
    ]
    return f"| {' | '.join(cells)} |"


HEADER = (
    "| condition | planted | s | n | trials | present % | metadata fires % | visible % "
    "| used fires % | cannot tell % | false alarms a family % | AUC lost, mean |\n"
    + "|---" * 12
    + "|"
)


def main() -> None:
    """Print the table, a row as soon as it is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="a run's folder: `xraydemo evaluate` makes one")
    parser.add_argument("--trials", type=int, default=200, help="a cell")
    parser.add_argument("--metadata", type=int, default=0, help="trials of them that ask it, too")
    parser.add_argument("--kinds", nargs="+", default=["resolution"], choices=PLANTED)
    parser.add_argument("--conditions", nargs="+", default=CONDITIONS, choices=CONDITIONS)
    parser.add_argument("--strengths", nargs="+", type=float, default=STRENGTHS)
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES)
    given = parser.parse_args()
    run = open_run(given.run)
    print(HEADER, flush=True)
    for kind in given.kinds:
        stock = stock_of(run, given.run, kind)
        for n in given.sizes:
            for condition in given.conditions:
                for strength in given.strengths[: 1 if condition == NULL else None]:
                    begun = time.perf_counter()
                    with threadpool_limits(1):
                        trials = [
                            trial(stock, condition, strength, n, seed, seed < given.metadata)
                            for seed in range(given.trials)
                        ]
                    print(row_of(kind, condition, strength, n, trials), flush=True)
                    print(
                        f"{kind}, {condition}, s = {strength}, n = {n}: "
                        f"{time.perf_counter() - begun:.0f} s",
                        file=sys.stderr,
                    )


if __name__ == "__main__":
    main()
