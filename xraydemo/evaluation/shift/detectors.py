"""Scores that could tell foreign pictures from ordinary X-rays: ours, its parts, and others."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xraydemo.model.dossier import Dossier
from xraydemo.model.doubt import energy, entropy
from xraydemo.model.foreignness import Detector, Floats, combine, part_values

DEFAULT = "foreignness"
DETECTORS = {
    DEFAULT: "the score of this program: the larger of network and looks, and two rules",
    "network": "mean of the next three, each in units of its own spread in training",
    "neighbours": "cosine distance to the 10th nearest training X-ray (kNN)",
    "Mahalanobis": "distance to the nearest class in the network's features",
    "residual": "part of the features in which training X-rays do not vary",
    "relative Mahalanobis": "Mahalanobis (squared), less the one to all training X-rays together",
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

    Notes
    -----
    ViM [1]_ is not among them: it weighs the residual by the logits of the training X-rays, which
    the dossier doesn't keep. `tests.benchmarks.detectors` has it, weighed by the X-rays that the
    others are told from.

    References
    ----------
    .. [1] Wang et al., ViM: Out-Of-Distribution with Virtual-logit Matching, CVPR 2022.
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
        "relative Mahalanobis": relative_mahalanobis(
            dossier.detector, dossier.labels[dossier.trained_on], projected
        ),
    }
    return scores if thumbnails is None else {**scores, "looks": looks}


def relative_mahalanobis(
    detector: Detector, labels: NDArray[np.integer], projected: Floats
) -> NDArray[np.float64]:
    """Give how much farther off the nearest class is than the training set as a whole [1]_.

    The squared Mahalanobis distance to the nearest class, minus that to one Gaussian of all
    training X-rays: what lies off in a direction in which the classes are alike counts for nothing.

    Parameters
    ----------
    detector : Detector
        Has the Gaussians of the classes.
    labels : ndarray of int, shape (m,)
        Of the X-rays that it was fitted to.
    projected : ndarray of float32, shape (n, d)
        X-rays to be scored; see `Detector.project`.

    References
    ----------
    .. [1] Ren et al., A Simple Fix to Mahalanobis Distance for Improving Near-OOD Detection, ICML
       workshop on Uncertainty and Robustness in Deep Learning 2021.
    """
    means, whitening = detector.class_means.astype(np.float64), detector.whitening.astype(float)
    shares = np.unique(labels, return_counts=True)[1] / len(labels)
    apart = means - shares @ means
    # Within classes plus between them, not measured anew on all: shrunk by another amount, it would
    # be the narrower of the two in thin directions, and what is far out would count as near.
    covariance = np.linalg.inv(whitening @ whitening.T) + (shares * apart.T) @ apart
    off = projected - shares @ means
    to_all = np.einsum("ij,ij->i", off, np.linalg.solve(covariance, off.T).T)
    return np.asarray(detector.mahalanobis(projected).astype(np.float64) ** 2 - to_all)


def _of_side_64(thumbnails: NDArray[np.floating]) -> NDArray[np.float32]:
    """Enlarge the 32 x 32 that a run keeps; the looks are averaged to 16 x 16 either way."""
    times = 64 // thumbnails.shape[1]
    return thumbnails.repeat(times, axis=1).repeat(times, axis=2).astype(np.float32)
