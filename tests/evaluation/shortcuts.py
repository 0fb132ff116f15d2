"""Runs of a model whose embedding is known outright, with a shortcut planted in it or not."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from tests.evaluation.runs import make_run
from xraydemo.classes import CLASSES
from xraydemo.evaluation.run import Run
from xraydemo.radiograph.profile import STATISTICS

WIDTH = 12


def shortcut_run(
    n: int,
    *,
    strength: float = 0.5,
    shown: float = 0.0,
    weight: float = 0.0,
    task: float = 1.0,
    columns: Mapping[str, Sequence[str]] | None = None,
    seed: int = 0,
) -> Run:
    """Make a run of two classes, normal and covid, with a column "scanner".

    Parameters
    ----------
    n : int
    strength : float
        With this probability the scanner follows the class, else it is drawn by a coin.
    shown : float
        How far the scanner moves axis 1 of the embedding; the class moves axis 0 by `task`, and
        every axis has noise of deviation 1.
    weight : float
        Of axis 1 in the last layer; that of axis 0 is 1.
    """
    generator = np.random.default_rng(seed)
    is_covid = np.arange(n) % 2 == 1
    coin = generator.random(n) < 0.5
    scanner = np.where(generator.random(n) < strength, is_covid, coin)
    embeddings = generator.normal(size=(n, WIDTH))
    embeddings[:, 0] += task * (2.0 * is_covid - 1)
    embeddings[:, 1] += shown * (2.0 * scanner - 1)
    logits = np.full((n, len(CLASSES)), -20.0)
    logits[:, CLASSES.index("normal")] = 0.0
    logits[:, CLASSES.index("covid")] = embeddings[:, 0] + weight * embeddings[:, 1]
    odds = np.exp(logits)
    run = make_run(
        np.where(is_covid, "covid", "normal").tolist(),
        odds / odds.sum(axis=1, keepdims=True),
        columns={"scanner": np.where(scanner, "B", "A").tolist(), **(columns or {})},
        statistics={name: [0.0] * n for name in STATISTICS},
        embeddings=embeddings.astype(np.float32),
    )
    return dataclasses.replace(run, logits=logits.astype(np.float32))
