"""How unlike the training set an X-ray is, as the network sees it and as it looks.

The length of an embedding is put to 1 first: foreign images have short ones, and with their length
left in, Mahalanobis distances call many of them ordinary [1]_.

References
----------
.. [1] Mueller & Hein, Mahalanobis++: Improving OOD Detection via Feature Normalization, ICML 2025.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

N_DIMENSIONS = 128
N_NEIGHBOURS = 10
PARTS = ("neighbours", "mahalanobis", "residual", "looks")
UNUSUAL, FOREIGN = 95.0, 99.0
Floats = NDArray[np.float32]
Verdict = Literal["inside", "unusual", "foreign"]


class ForeignnessAnswer(NamedTuple):
    """How unlike the training set one X-ray is.

    Attributes
    ----------
    score : float
        0 is a typical training X-ray, 1 about the 99th percentile of them.
    percentile : float
        Of held-out training X-rays, in [0, 100]: how many score lower.
    verdict : str
        ``inside``, ``unusual`` (beyond the 95th) or ``foreign`` (beyond the 99th, or a picture that
        can be no X-ray).
    reason : str
        In words, without a full stop.
    """

    score: float
    percentile: float
    verdict: Verdict
    reason: str


class Foreignness(BaseModel):
    """What foreignness is measured by; kept in the card. The numbers lie in the dossier.

    Attributes
    ----------
    method : str
        In the field's words.
    unusual, foreign : float
        Scores at the 95th and 99th percentile of held-out training X-rays.
    n_reference : int
        Training X-rays that a new one is compared with.
    n_held_out : int
        X-rays that the percentiles come from: the weights never saw them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: str = (
        "the larger of: mean of k-nearest-neighbour cosine distance, class-conditional Mahalanobis "
        "distance and residual of unit-length embeddings; linear model of looks"
    )
    unusual: float
    foreign: float
    n_reference: int
    n_held_out: int


@dataclass(frozen=True, eq=False)
class Detector:
    """Where the training set lies in the space of embeddings; d dimensions of D are kept.

    Attributes
    ----------
    basis : ndarray of float32, shape (d, D)
        Orthonormal directions of the greatest part of the unit embeddings, not centred, so that
        the product of two projections is nearly the cosine.
    class_means : ndarray of float32, shape (4, d)
    whitening : ndarray of float32, shape (d, d)
        The length of a difference times this is its Mahalanobis distance within a class (one
        covariance for all, shrunk by Ledoit and Wolf).
    """

    basis: Floats
    class_means: Floats
    whitening: Floats

    @classmethod
    def fit(
        cls, embeddings: Floats, labels: NDArray[np.intp], n_dimensions: int = N_DIMENSIONS
    ) -> Detector:
        """Fit to the rows that the weights were trained on, shape (n, D); every class occurs."""
        from sklearn.covariance import LedoitWolf

        unit = unit_length(embeddings)
        n_kept = min(n_dimensions, *unit.shape)
        basis = np.linalg.svd(unit, full_matrices=False)[2][:n_kept]
        projected = (unit @ basis.T).astype(np.float64)
        means = np.stack([projected[labels == k].mean(axis=0) for k in np.unique(labels)])
        within = projected - means[np.searchsorted(np.unique(labels), labels)]
        precision = LedoitWolf(assume_centered=True).fit(within).precision_
        return cls(
            basis=basis.astype(np.float32),
            class_means=means.astype(np.float32),
            whitening=np.linalg.cholesky(precision).astype(np.float32),
        )

    def project(self, embeddings: Floats) -> Floats:
        """Put to length 1 and reduce, shape (n, d)."""
        return np.asarray(unit_length(embeddings) @ self.basis.T, dtype=np.float32)

    def mahalanobis(self, projected: Floats) -> Floats:
        """Give the distance to the nearest class, shape (n,)."""
        points, means = projected @ self.whitening, self.class_means @ self.whitening
        return np.asarray(
            np.min([np.linalg.norm(points - mean, axis=1) for mean in means], axis=0), np.float32
        )


def unit_length(embeddings: Floats) -> Floats:
    """Divide each row by its length; zeros stay zeros."""
    lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
    return np.asarray(embeddings / np.maximum(lengths, 1e-12), dtype=np.float32)


def residual(projected: Floats) -> Floats:
    """Give the part of the unit length that the basis doesn't hold, in [0, 1], shape (n,)."""
    return np.asarray(np.clip(1 - (projected**2).sum(axis=1), 0, 1), dtype=np.float32)


def nearest(projected: Floats, reference: Floats, k: int = N_NEIGHBOURS) -> NDArray[np.intp]:
    """Give the k nearest reference rows of one projected row, by cosine, in no order."""
    similarity = reference @ projected
    k = min(k, len(reference))
    return np.argpartition(similarity, len(reference) - k)[-k:]


def neighbour_distance(projected: Floats, reference: Floats, k: int = N_NEIGHBOURS) -> Floats:
    """Give 1 - cosine to each row's k-th nearest reference row, shape (n,)."""
    k = min(k, len(reference))
    place = len(reference) - k
    distances = [
        1 - np.partition(chunk @ reference.T, place, axis=1)[:, place]
        for chunk in np.array_split(projected, max(1, len(projected) // 256))
    ]
    return np.asarray(np.concatenate(distances), dtype=np.float32)


@dataclass(frozen=True)
class Scale:
    """The median and the 99th percentile of one part's values on held-out training X-rays."""

    middle: float
    far: float

    @classmethod
    def of(cls, values: Floats) -> Scale:
        """Measure on held-out rows."""
        middle, far = np.quantile(values.astype(np.float64), (0.5, 0.99))
        return cls(float(middle), float(max(far, middle + 1e-9)))

    def apply(self, values: Floats) -> NDArray[np.float64]:
        """Put the median to 0 and the 99th percentile to 1."""
        return (values.astype(np.float64) - self.middle) / (self.far - self.middle)


def part_values(detector: Detector, reference: Floats, projected: Floats) -> dict[str, Floats]:
    """Give the network's three parts of the score, unscaled, each of shape (n,)."""
    return {
        "neighbours": neighbour_distance(projected, reference),
        "mahalanobis": detector.mahalanobis(projected),
        "residual": residual(projected),
    }


def combine(
    values: Mapping[str, Floats], scales: Mapping[str, Scale]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Scale the parts; give what the network says (their mean) and what the looks say."""
    scaled = {name: scales[name].apply(values[name]) for name in PARTS}
    network = np.mean([scaled[name] for name in PARTS if name != "looks"], axis=0)
    return np.asarray(network), scaled["looks"]


def percentile_of(score: float, held_out: Floats) -> float:
    """Give how many of the sorted held-out scores lie below, in percent."""
    return float(100 * np.searchsorted(held_out, score) / len(held_out))
