"""The runs that trials are made of: some X-rays of a stock, a shortcut planted, a head trained.

Strength s: with probability s the shortcut follows the label, else it is drawn by a coin. What
differs is where it is planted, and what the head was taught:

- *metadata only*: a column of the table; no picture shows it.
- *pixels, used*: the X-rays are changed, and the head learnt where the change followed the label
  with the strength that it was taught with: 1 unless said.
- *pixels, not used*: they are changed, and the head learnt where it was drawn by a coin.
- *null*: the head learnt to use it, but it is drawn by a coin in the evaluated X-rays.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from tests.benchmarks.power.stock import Findings, Floats, Patients
from tests.evaluation.laboratories import FakeLaboratory
from tests.evaluation.runs import make_run
from xraydemo.classes import CLASSES
from xraydemo.evaluation.run import Run
from xraydemo.radiograph.profile import STATISTICS

METADATA, USED, NOT_USED, NULL = "metadata only", "pixels, used", "pixels, not used", "null"
TAUGHT = 480  # X-rays that a head is trained on
# inverse of the head's shrinkage, where components have variance 1 on average: of 0.003, 0.03, 0.3
# and 3 it gives the best AUC where nothing is planted (0.93)
FIT = 0.03
_COVERED, _EDGE, _PAINTED = 2, 3, 4  # places in the stock of findings; the last has two
IMPOSSIBLE = -20.0  # logit of the two classes that don't occur
Bools = NDArray[np.bool_]


def plant(positive: Bools, strength: float, generator: np.random.Generator) -> Bools:
    """Draw which X-rays have the shortcut."""
    follows = generator.random(len(positive)) < strength
    return np.where(follows, positive, generator.random(len(positive)) < 0.5)


def cohort(
    stock: Patients,
    shown: Floats,
    condition: str,
    strength: float,
    taught: float,
    n: int,
    generator: np.random.Generator,
) -> Run:
    """Make a run of X-rays of two real classes.

    Beside the column "planted" it has facts of the X-rays, dealt anew: they tell nothing.
    """
    names = np.unique(stock.labels)
    chosen, rest = _divided(stock.labels, n, generator)
    positive = stock.labels == names[-1]
    value, value_of_rest = _planted(
        condition, positive[chosen], positive[rest], strength, taught, generator
    )
    in_pixels = condition != METADATA
    head = _head(_shown(shown, rest, value_of_rest & in_pixels), positive[rest])
    embeddings = _shown(shown, chosen, value & in_pixels)
    logits = _logits(head, embeddings, (names[0], names[-1]))
    run = make_run(
        stock.labels[chosen].tolist(),
        _odds(logits),
        columns={"planted": np.where(value, "1", "0").tolist()}
        | {name: generator.permutation(of[chosen]).tolist() for name, of in stock.others.items()},
        statistics={name: [0.0] * len(chosen) for name in STATISTICS},
        groups=stock.groups[chosen].tolist(),
        embeddings=embeddings.astype(np.float32),
        seed=int(generator.integers(2**31)),
    )
    return dataclasses.replace(run, logits=logits)


def cohort_with_findings(
    stock: Findings,
    shown: Floats,
    condition: str,
    strength: float,
    taught: float,
    n: int,
    generator: np.random.Generator,
) -> tuple[Run, FakeLaboratory]:
    """Make a run of X-rays of which half have a finding in a lung, and who answers of them changed.

    Questions that have no part in the check's verdict are answered as if nothing had been changed.
    """
    order = generator.permutation(len(stock.groups))
    chosen, rest = order[:n], order[n : n + TAUGHT // 2]
    positive = np.arange(n) % 2 == 1
    ill = np.repeat([False, True], len(rest))  # the head sees each of its X-rays in both ways
    value, value_of_rest = _planted(condition, positive, ill, strength, taught, generator)
    known = shown[np.tile(rest, 2), value_of_rest.astype(int), ill.astype(int)]
    head = _head(known, ill)
    names = ("normal", "opacity")
    seen = shown[chosen, value.astype(int)]  # (n, 6, r)
    as_it_is, painted = (
        _logits(head, seen[np.arange(n), positive + first], names) for first in (0, _PAINTED)
    )
    covered, edge = (_logits(head, seen[:, which], names) for which in (_COVERED, _EDGE))
    run = make_run(
        np.where(positive, *names[::-1]).tolist(),
        _odds(as_it_is),
        groups=stock.groups[chosen].tolist(),
        seed=int(generator.integers(2**31)),
    )
    replies = {"black_lungs": covered, "outer_ring": edge, "paint_corners+paint_text": painted}
    return run, FakeLaboratory.of(run, {name: _odds(logits) for name, logits in replies.items()})


def _divided(
    labels: NDArray[np.str_], n: int, generator: np.random.Generator
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Draw the X-rays to evaluate, half of each class, and of the rest those that teach."""
    of_class = [generator.permutation(np.flatnonzero(labels == k)) for k in np.unique(labels)]
    chosen = np.sort(np.concatenate([rows[: n // 2] for rows in of_class]))
    rest = np.concatenate([rows[n // 2 : n // 2 + TAUGHT // 2] for rows in of_class])
    return chosen, rest


def _planted(
    condition: str,
    positive: Bools,
    positive_of_rest: Bools,
    strength: float,
    taught: float,
    generator: np.random.Generator,
) -> tuple[Bools, Bools]:
    """Draw the shortcut in the X-rays to evaluate, and in those that teach."""
    return (
        plant(positive, 0.0 if condition == NULL else strength, generator),
        plant(positive_of_rest, 0.0 if condition == NOT_USED else taught, generator),
    )


def _head(x: Floats, positive: Bools) -> LogisticRegression:
    return LogisticRegression(C=FIT, max_iter=200).fit(x, positive)


def _shown(shown: Floats, rows: NDArray[np.intp], value: Bools) -> Floats:
    return np.asarray(shown[rows, value.astype(int)])


def _logits(head: LogisticRegression, x: Floats, names: tuple[str, str]) -> NDArray[np.float32]:
    logits = np.full((len(x), len(CLASSES)), IMPOSSIBLE, np.float32)
    logits[:, CLASSES.index(names[0])] = 0
    logits[:, CLASSES.index(names[1])] = head.decision_function(x)
    return logits


def _odds(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
