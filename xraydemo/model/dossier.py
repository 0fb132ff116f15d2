"""What the training set looked like, without its images: what new X-rays are judged against.

One safetensors file. It holds no picture, no file name, no patient, no day: embeddings reduced to
a few directions, counts, statistics, and of each X-ray class, collection, year, view and age group.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from xraydemo.errors import BadBundle
from xraydemo.model.bundle import DOSSIER, Bundle, file_sha256
from xraydemo.model.foreignness import Detector, Scale
from xraydemo.model.sanity import Sanity
from xraydemo.model.unlikeness_map import UsualLooks

__all__ = ["DOSSIER", "Dossier", "load_dossier", "short_hash"]

DOSSIER_SCHEMA = 1


def short_hash(pixel_sha256: str) -> int:
    """Give the first 64 bits of a pixel hash: enough to tell a million X-rays apart."""
    return int(pixel_sha256[:16], 16)


@dataclass(frozen=True, eq=False)
class Dossier:
    """The training set, for comparison.

    Attributes
    ----------
    embeddings : ndarray of float16, shape (n, d)
        Of every row of the training table's pool: unit length, projected; see `Detector.project`.
    trained_on : ndarray of bool, shape (n,)
        Whether the weights have seen the row. Distances of these are too small to compare new
        X-rays with: drift compares with the others.
    pixel_hashes : ndarray of uint64, shape (n,)
        Tell whether an X-ray is one of these; see `short_hash`.
    labels : ndarray of uint8, shape (n,)
        Class numbers.
    sources : ndarray of uint8, shape (n,)
        Numbers into `source_names`.
    source_names : tuple of str
        Names of the collections.
    held_out_scores : ndarray of float32, shape (m,)
        Foreignness of held-out rows, sorted.
    detector : Detector
    sanity : Sanity
    usual : UsualLooks
        What the map of where an X-ray is unlike the others is made by.
    scales : dict of str to Scale
        Of the parts of the foreignness score.
    table : list of dict
        X-rays of each class x source x view x age group that occurs, as `label`, `source`, `view`,
        `age_group`, `n`; empty text is unknown.
    statistics : dict
        Of facts and images, within each class: for numbers n, mean, std and the quantiles 0.05 to
        0.95; for words how often each occurs.
    groups : ndarray of uint32, shape (n,), optional
        Rows with the same number are of one patient, or not independent for another reason; the
        numbers say nothing else. None where an earlier version made the dossier.
    facts : ndarray of uint32, shape (n,), optional
        Numbers into `known_facts`; None as above.
    known_facts : tuple of dict of str to str
        Combinations of `year`, `view`, `age_group` that occur; without what is unknown.
    """

    embeddings: NDArray[np.float16]
    trained_on: NDArray[np.bool_]
    pixel_hashes: NDArray[np.uint64]
    labels: NDArray[np.uint8]
    sources: NDArray[np.uint8]
    source_names: tuple[str, ...]
    held_out_scores: NDArray[np.float32]
    detector: Detector
    sanity: Sanity
    usual: UsualLooks
    scales: dict[str, Scale]
    table: list[dict[str, Any]] = field(default_factory=list)
    statistics: dict[str, Any] = field(default_factory=dict)
    groups: NDArray[np.uint32] | None = None
    facts: NDArray[np.uint32] | None = None
    known_facts: tuple[dict[str, str], ...] = ()

    def facts_of(self, row: int) -> dict[str, str]:
        """Give year, view and age group of a row, as far as they are known."""
        return {} if self.facts is None else self.known_facts[self.facts[row]]

    def save(self, path: Path) -> None:
        """Write the file."""
        tensors = {
            "embeddings": self.embeddings,
            "trained_on": self.trained_on.astype(np.uint8),
            "pixel_hashes": self.pixel_hashes,
            "labels": self.labels,
            "sources": self.sources,
            "held_out_scores": self.held_out_scores,
            "basis": self.detector.basis,
            "class_means": self.detector.class_means,
            "whitening": self.detector.whitening,
            "sanity_weights": self.sanity.weights,
            "sanity_bias": self.sanity.bias,
            "usual_mean": self.usual.mean,
            "usual_components": self.usual.components,
            "usual_spread": self.usual.spread,
        }
        if self.groups is not None:
            tensors["groups"] = self.groups
        if self.facts is not None:
            tensors["facts"] = self.facts
        words = {
            "schema": DOSSIER_SCHEMA,
            "source_names": self.source_names,
            "sanity_kinds": self.sanity.kinds,
            "least_contrast": self.sanity.least_contrast,
            "least_fineness": self.sanity.least_fineness,
            "aspects": self.sanity.aspects,
            "scales": {name: asdict(scale) for name, scale in self.scales.items()},
            "table": self.table,
            "statistics": self.statistics,
            "known_facts": self.known_facts,
        }
        contiguous = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
        # `save_file` would make it readable for its owner alone
        path.write_bytes(save(contiguous, metadata={"dossier": json.dumps(words)}))

    @classmethod
    def load(cls, path: Path) -> Dossier:
        """Read the file.

        Raises
        ------
        BadBundle
            If it is absent, broken, or of another version.
        """
        try:
            with safe_open(path, framework="numpy") as file:
                words = json.loads(file.metadata()["dossier"])
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            if words["schema"] != DOSSIER_SCHEMA:
                raise BadBundle(
                    f"{path} is a dossier of version {words['schema']}",
                    f"This program reads version {DOSSIER_SCHEMA}; certify the bundle again",
                )
            return cls._of(tensors, words)
        except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
            message = f"The dossier {path} can't be read: {error}"
            raise BadBundle(message, "Install the bundle again") from error

    @classmethod
    def _of(cls, tensors: dict[str, Any], words: dict[str, Any]) -> Dossier:
        low, high = words["aspects"]
        return cls(
            embeddings=tensors["embeddings"],
            trained_on=tensors["trained_on"].astype(bool),
            pixel_hashes=tensors["pixel_hashes"],
            labels=tensors["labels"],
            sources=tensors["sources"],
            source_names=tuple(words["source_names"]),
            held_out_scores=tensors["held_out_scores"],
            detector=Detector(tensors["basis"], tensors["class_means"], tensors["whitening"]),
            sanity=Sanity(
                kinds=tuple(words["sanity_kinds"]),
                weights=tensors["sanity_weights"],
                bias=tensors["sanity_bias"],
                least_contrast=float(words["least_contrast"]),
                least_fineness=float(words.get("least_fineness", 0.0)),
                aspects=(float(low), float(high)),
            ),
            usual=UsualLooks(
                tensors["usual_mean"], tensors["usual_components"], tensors["usual_spread"]
            ),
            scales={name: Scale(**scale) for name, scale in words["scales"].items()},
            table=words["table"],
            statistics=words["statistics"],
            groups=tensors.get("groups"),
            facts=tensors.get("facts"),
            known_facts=tuple(words.get("known_facts", ())),
        )


def load_dossier(bundle: Bundle) -> Dossier | None:
    """Read a bundle's dossier; None where it has none.

    Raises
    ------
    BadBundle
        If it is not the one that the card describes.
    """
    path = bundle.folder / DOSSIER
    if not path.is_file():
        return None
    if file_sha256(path) != bundle.card.files.get(DOSSIER):
        message = f"{path} is not the file that the bundle's card describes"
        raise BadBundle(message, "Install the bundle again, or certify it anew")
    return Dossier.load(path)
