"""Scores that could tell foreign pictures from ordinary X-rays: ours, its parts, and others."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xraydemo.model.dossier import Dossier
from xraydemo.model.doubt import energy, entropy
from xraydemo.model.foreignness import combine, part_values

DEFAULT = "foreignness"
DETECTORS = {
    DEFAULT: "the score of this program: the larger of network and looks, and two rules",
    "network": "mean of the next three, each in units of its own spread in training",
    "neighbours": "cosine distance to the 10th nearest training X-ray (kNN)",
    "Mahalanobis": "distance to the nearest class in the network's features",
    "residual": "part of the features in which training X-rays do not vary",
    "looks": "linear model on a thumbnail, without the network",
    "softmax": "1 - probability of the most likely class",
    "entropy": "of the probabilities: what “unsure” is called by",
    "energy": "of the logits",
}
OF_DOUBT = ("softmax", "entropy", "energy")
BROKEN_RULE = 1e6  # a picture that can be no X-ray comes before any score

Scores = dict[str, NDArray[np.float64]]


def scores_of(
    logits: NDArray[np.floating],
    probabilities: NDArray[np.floating],
    embeddings: NDArray[np.float32],
    judgements: pd.DataFrame,
    foreign_limit: float,
    dossier: Dossier | None = None,
    thumbnails: NDArray[np.floating] | None = None,
) -> Scores:
    """Score pictures by every detector whose needs are at hand; higher is more foreign.

    Parameters
    ----------
    logits, probabilities : ndarray, shape (n, 4)
    embeddings : ndarray of float32, shape (n, d)
    judgements : pandas.DataFrame, n rows
        With `foreign_score` and `foreign_verdict`, known of all.
    foreign_limit : float
        The score from which the bundle calls an X-ray foreign: one that is called so below it
        broke a rule.
    dossier : Dossier, optional
        For the parts of the score.
    thumbnails : ndarray, shape (n, 32, 32) or (n, 64, 64), optional
        In [0, 1], for the looks.

    Returns
    -------
    dict of str to ndarray of float64, shape (n,)
        By the names of `DETECTORS`, in their order.
    """
    own = judgements["foreign_score"].to_numpy(np.float64)
    by_rule = (judgements["foreign_verdict"] == "foreign").to_numpy() & (own <= foreign_limit)
    scores: Scores = {DEFAULT: np.where(by_rule, BROKEN_RULE, own)}
    if dossier is not None:
        scores |= _parts(embeddings, dossier, thumbnails)
    certain = probabilities.astype(np.float64)
    scores["softmax"] = 1 - certain.max(axis=1)
    scores["entropy"] = entropy(probabilities)
    scores["energy"] = energy(logits)
    return scores


def _parts(
    embeddings: NDArray[np.float32], dossier: Dossier, thumbnails: NDArray[np.floating] | None
) -> Scores:
    reference = dossier.embeddings[dossier.trained_on].astype(np.float32)
    projected = dossier.detector.project(embeddings)
    values = part_values(dossier.detector, reference, projected)
    odds = np.zeros(len(embeddings), np.float32)
    if thumbnails is not None:
        odds = dossier.sanity.odds(_of_side_64(thumbnails)).max(axis=1)
    network, looks = combine({**values, "looks": odds}, dossier.scales)
    scores = {
        "network": network,
        "neighbours": values["neighbours"].astype(np.float64),
        "Mahalanobis": values["mahalanobis"].astype(np.float64),
        "residual": values["residual"].astype(np.float64),
    }
    return scores if thumbnails is None else {**scores, "looks": looks}


def _of_side_64(thumbnails: NDArray[np.floating]) -> NDArray[np.float32]:
    """Enlarge the 32 x 32 that a run keeps; the looks are averaged to 16 x 16 either way."""
    times = 64 // thumbnails.shape[1]
    return thumbnails.repeat(times, axis=1).repeat(times, axis=2).astype(np.float32)
