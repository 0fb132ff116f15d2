"""The answer for one radiograph."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xraydemo.classes import CLASSES
from xraydemo.model.judgement import Judgement
from xraydemo.model.method_map import MethodMap
from xraydemo.model.neighbours import Neighbours
from xraydemo.radiograph.profile import Profile


@dataclass(frozen=True, eq=False)
class Record:
    """What a run keeps of a file besides the model's answer.

    Attributes
    ----------
    sha256 : str
        Of the file's bytes.
    facts : dict
        What the file tells of itself; see `xraydemo.radiograph.read_facts`.
    in_training_table : bool or None
        Whether the very same pixels stand in the table that the bundle was trained from; None for
        a bundle that doesn't know.
    profile : Profile
        Of the picture.
    """

    sha256: str
    facts: dict[str, str | int | float]
    in_training_table: bool | None
    profile: Profile


@dataclass(frozen=True)
class SourceFile:
    """What a worklist knows a file by; a `Record` holds more, and takes longer.

    Attributes
    ----------
    sha256 : str
        Of the file's bytes.
    date : str
        When the X-ray was taken, as YYYY-MM-DD; empty where the file doesn't tell.
    """

    sha256: str
    date: str


@dataclass(frozen=True, eq=False)
class Reading:
    """What a bundle answers for one radiograph.

    Attributes
    ----------
    logits : ndarray of float32, shape (4,)
        As the network gives them.
    probabilities : ndarray of float32, shape (4,)
        Calibrated; they sum to 1.
    milliseconds : float
        From the file's path to the answer, as the engine measured it.
    maps : ndarray of float16, shape (4, h, w), optional
        Raw Grad-CAM of each class: signed, unscaled; a map's sum is its class's logit less the
        bias.
    embedding : ndarray of float32, shape (d,), optional
        The pooled features before the last layer.
    tensor : ndarray of float32, shape (3, side, side), optional
        The network's very input.
    record : Record, optional
        What a run keeps of the file.
    judgement : Judgement, optional
        Whether to believe it; None for a bundle that was never certified.
    lungs : ndarray of bool, shape (side, side), optional
        Outline of the lungs of the X-ray as it is in the file, lying over the whole of it by
        stretching; all False where none were found.
    unlike : ndarray of float32, shape (16, 16), optional
        Where the X-ray is unlike the training set, lying over the whole of it: about 1 is usual.
        None, though asked for, from a bundle without its dossier.
    neighbours : Neighbours, optional
        The nearest training X-rays; None from a bundle without its dossier.
    source : SourceFile, optional
        The file that was read.
    method_map : MethodMap, optional
        A class's map by another method than Grad-CAM.
    """

    logits: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    milliseconds: float
    maps: NDArray[np.float16] | None = None
    embedding: NDArray[np.float32] | None = None
    tensor: NDArray[np.float32] | None = None
    record: Record | None = None
    judgement: Judgement | None = None
    lungs: NDArray[np.bool_] | None = None
    unlike: NDArray[np.float32] | None = None
    neighbours: Neighbours | None = None
    source: SourceFile | None = None
    method_map: MethodMap | None = None

    @property
    def predicted(self) -> str:
        """Id of the most likely class."""
        return CLASSES[int(np.argmax(self.probabilities))]

    def probability_of(self, class_id: str) -> float:
        """Probability of one class, in [0, 1]."""
        return float(self.probabilities[CLASSES.index(class_id)])


def softmax(logits: NDArray[np.float32], temperature: float = 1.0) -> NDArray[np.float32]:
    """Turn logits into probabilities along the last axis; a higher temperature makes them even."""
    scaled = logits.astype(np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)
