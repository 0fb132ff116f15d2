"""Dossiers made by hand, and X-rays of a training set and from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xraydemo.classes import CLASSES
from xraydemo.model.dossier import Dossier
from xraydemo.model.dossier_tables import count_table, describe, facts_of_rows
from xraydemo.model.foreignness import Detector, Scale
from xraydemo.model.sanity import Sanity
from xraydemo.model.unlikeness_map import UsualLooks

N_FEATURES = 16


def features(n: int, seed: int, shift: float = 0.0) -> NDArray[np.float32]:
    """Draw embeddings, shape (n, 16); all move by `shift` along the first direction."""
    drawn = np.random.default_rng(seed).normal(size=(n, N_FEATURES)) + 2
    drawn[:, 0] += shift
    return drawn.astype(np.float32)


def hashes(n: int, start: int = 0) -> list[str]:
    """Name pixels, all different."""
    return [f"{start + i:016x}" + "0" * 48 for i in range(n)]


def make_dossier(
    embeddings: NDArray[np.float32],
    *,
    trained_on: NDArray[np.bool_] | None = None,
    pixels: Sequence[str] | None = None,
    rows: Mapping[str, Sequence[str]] | None = None,
    facts: Sequence[Mapping[str, Any]] | None = None,
    looks: Mapping[str, NDArray[np.float64]] | None = None,
    groups: NDArray[np.intp] | None = None,
) -> Dossier:
    """Make a dossier of X-rays whose classes take turns.

    Parameters
    ----------
    embeddings : ndarray, shape (n, 16)
    trained_on : ndarray of bool, optional
        Default: none.
    pixels : sequence of str, optional
        Hashes; default such as no run has.
    rows, facts, looks : optional
        Columns of the training table, facts of the files, numbers of the images.
    groups : ndarray of int, optional
        Default: an X-ray a patient; see also `of_earlier_version`.
    """
    import pandas as pd

    n = len(embeddings)
    labels = np.arange(n) % len(CLASSES)
    names = [CLASSES[k] for k in labels]
    detector = Detector.fit(embeddings, labels, N_FEATURES)
    table = pd.DataFrame({"label": names, **(rows or {})})
    known, known_facts = facts_of_rows(table)
    source_names, sources = np.unique(table.get("source", ["home"] * n), return_inverse=True)
    return Dossier(
        embeddings=detector.project(embeddings).astype(np.float16),
        trained_on=np.zeros(n, bool) if trained_on is None else trained_on,
        pixel_hashes=np.array([int(h[:16], 16) for h in pixels or hashes(n, 10**6)], np.uint64),
        labels=labels.astype(np.uint8),
        sources=sources.astype(np.uint8),
        source_names=tuple(map(str, source_names)),
        held_out_scores=np.linspace(0, 1, 10, dtype=np.float32),
        detector=detector,
        sanity=Sanity(
            ("inverted",),
            np.zeros((1, 256), np.float32),
            np.zeros(1, np.float32),
            0.1,
            0,
            (0.5, 2.0),
        ),
        usual=UsualLooks(
            np.zeros(256, np.float32), np.zeros((1, 256), np.float32), np.ones(256, np.float32)
        ),
        scales={"looks": Scale(0.0, 1.0)},
        table=count_table(table),
        statistics=describe(names, facts or [{}] * n, looks or {}),
        groups=(np.arange(n) if groups is None else groups).astype(np.uint32),
        facts=known,
        known_facts=known_facts,
    )


def of_earlier_version(dossier: Dossier) -> Dossier:
    """Give a dossier as it was made before it told of patients and years."""
    return replace(dossier, groups=None, facts=None, known_facts=())
