"""A training set whose classes lie about four axes, for the tests of what needs its dossier."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xraydemo.model.dossier import Dossier
from xraydemo.model.foreignness import PARTS, Detector, Scale
from xraydemo.model.sanity import Sanity
from xraydemo.model.unlikeness_map import UsualLooks


def four_axes(n: int, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Give embeddings of four classes about four of eight axes, and their labels."""
    labels = np.arange(n) % 4
    points = 0.05 * np.random.default_rng(seed).normal(size=(n, 8))
    points[np.arange(n), labels] += 1
    return points.astype(np.float32), labels


def dossier_of(
    embeddings: NDArray[np.float32],
    labels: NDArray[np.intp],
    sources: NDArray[np.intp] | None = None,
    source_names: tuple[str, ...] = ("here",),
) -> Dossier:
    """Make a dossier of X-rays that were all trained on; its held-out scores are 0 to 1."""
    n = len(labels)
    detector = Detector.fit(embeddings, labels, n_dimensions=embeddings.shape[1])
    return Dossier(
        embeddings=detector.project(embeddings).astype(np.float16),
        trained_on=np.ones(n, bool),
        pixel_hashes=np.arange(n, dtype=np.uint64),
        labels=labels.astype(np.uint8),
        sources=(np.zeros(n, np.uint8) if sources is None else sources.astype(np.uint8)),
        source_names=source_names,
        held_out_scores=np.linspace(0, 1, 100, dtype=np.float32),
        detector=detector,
        sanity=Sanity(
            ("inverted",), np.zeros((1, 256), np.float32), np.zeros(1, np.float32), 0.01, 0, (1, 1)
        ),
        usual=UsualLooks(
            np.zeros(256, np.float32), np.zeros((0, 256), np.float32), np.ones(256, np.float32)
        ),
        scales=dict.fromkeys(PARTS, Scale(0.0, 1.0)),
    )
