"""Whether a reading should be believed: its set, its doubt, its foreignness and its priority."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.errors import BadBundle
from xraydemo.model.bundle import Bundle, file_sha256
from xraydemo.model.dossier import DOSSIER, Dossier, short_hash
from xraydemo.model.doubt import Doubt
from xraydemo.model.foreignness import (
    Foreignness,
    ForeignnessAnswer,
    Verdict,
    combine,
    nearest,
    part_values,
    percentile_of,
)
from xraydemo.model.judgement import Judgement
from xraydemo.model.sanity import REASONS, Thumbnails, thumbnail, told_by_facts
from xraydemo.model.sets import Sets
from xraydemo.model.triage import Triage

INSIDE = "like the X-rays of the training set"


class Trust:
    """Judges readings of one bundle; may be used by several threads at once.

    Parameters
    ----------
    sets, triage, doubt, foreignness
        The parts of the bundle's card.
    dossier : Dossier
        What the training set looked like.
    """

    def __init__(
        self,
        sets: Sets,
        triage: Triage,
        doubt: Doubt,
        foreignness: Foreignness,
        dossier: Dossier,
    ) -> None:
        self._sets = sets
        self._triage = triage
        self._doubt = doubt
        self._foreignness = foreignness
        self._dossier = dossier
        seen = dossier.trained_on
        self._reference = np.ascontiguousarray(dossier.embeddings[seen], dtype=np.float32)
        self._reference_labels = dossier.labels[seen]
        self._pixel_hashes = frozenset(dossier.pixel_hashes.tolist())

    def judge(
        self,
        logits: NDArray[np.float32],
        probabilities: NDArray[np.float32],
        embedding: NDArray[np.float32],
        presented: NDArray[np.float32],
        facts: Mapping[str, object] | None = None,
    ) -> Judgement:
        """Judge one reading.

        Parameters
        ----------
        logits, probabilities : ndarray of float32, shape (4,)
            The probabilities are calibrated.
        embedding : ndarray of float32, shape (d,)
        presented : ndarray of float32, shape (height, width)
            ``Radiograph.presented()``, in [0, 1].
        facts : mapping, optional
            ``Radiograph.facts``. What the file says of itself can make an X-ray unusual, never
            foreign: such entries are often wrong.
        """
        aspect = presented.shape[1] / presented.shape[0]
        return Judgement(
            set=self._sets.of(probabilities),
            doubt=self._doubt.of(logits, probabilities),
            foreignness=self.foreignness(embedding, thumbnail(presented), aspect, facts or {}),
            priority=self._triage.of(probabilities),
        )

    def foreignness(
        self,
        embedding: NDArray[np.float32],
        small: Thumbnails,
        aspect: float,
        facts: Mapping[str, object],
    ) -> ForeignnessAnswer:
        """Say how unlike the training set an X-ray is; see `judge`.

        Parameters
        ----------
        embedding : ndarray of float32, shape (d,)
        small : ndarray of float32, shape (64, 64)
            From `xraydemo.model.sanity.thumbnail`.
        aspect : float
            Width / height.
        facts : mapping
        """
        dossier = self._dossier
        projected = dossier.detector.project(embedding[None])
        odds = dossier.sanity.odds(small[None])[0]
        values = part_values(dossier.detector, self._reference, projected)
        network, looks = combine({**values, "looks": odds.max(keepdims=True)}, dossier.scales)
        score = float(max(network[0], looks[0]))
        percentile = percentile_of(score, dossier.held_out_scores)
        verdict = self._verdict(score)

        if broken := dossier.sanity.broken_rule(small, aspect):
            return ForeignnessAnswer(score, percentile, "foreign", broken)
        if verdict == "inside":
            told = told_by_facts(facts)
            return ForeignnessAnswer(
                score, percentile, "unusual" if told else verdict, told or INSIDE
            )
        odd_looks = odds.max() > 0 and looks[0] >= network[0]
        fault = REASONS[dossier.sanity.kinds[int(odds.argmax())]] if odd_looks else ""
        by_network = self._verdict(float(network[0])) == "foreign"
        nearest_ones = self._nearest_in_words(projected)
        unlike = f"unlike the training X-rays; the nearest of them: {nearest_ones}"
        reasons = [told_by_facts(facts), fault, unlike if by_network or not fault else ""]
        return ForeignnessAnswer(score, percentile, verdict, "; ".join(filter(None, reasons)))

    def is_of_training_table(self, pixel_sha256: str) -> bool:
        """Tell whether the very same pixels stand in the table that the bundle was trained from."""
        return short_hash(pixel_sha256) in self._pixel_hashes

    def where(self, presented: NDArray[np.float32]) -> NDArray[np.float32]:
        """Map where an X-ray is unlike the training set: shape (16, 16), about 1 is usual."""
        return self._dossier.usual.map(thumbnail(presented))

    def _verdict(self, score: float) -> Verdict:
        if score > self._foreignness.foreign:
            return "foreign"
        return "unusual" if score > self._foreignness.unusual else "inside"

    def _nearest_in_words(self, projected: NDArray[np.float32]) -> str:
        rows = nearest(projected[0], self._reference)
        counts = Counter(int(k) for k in self._reference_labels[rows])
        return ", ".join(f"{n} {DISPLAY_NAMES[CLASSES[k]]}" for k, n in counts.most_common())


def load_trust(bundle: Bundle) -> Trust | None:
    """Read what a bundle's readings are judged by.

    Returns
    -------
    Trust or None
        None for a bundle without sets, triage, doubt or foreignness: it was never certified.

    Raises
    ------
    BadBundle
        If the dossier is absent or is not the one that the card describes.
    """
    card = bundle.card
    if not (card.sets and card.triage and card.doubt and card.foreignness):
        return None
    path = bundle.folder / DOSSIER
    if not path.is_file():
        raise BadBundle(f"The bundle {bundle.folder} has no {DOSSIER}", "Install it again")
    if file_sha256(path) != card.files.get(DOSSIER):
        message = f"{path} is not the file that the bundle's card describes"
        raise BadBundle(message, "Install the bundle again, or certify it anew")
    return Trust(card.sets, card.triage, card.doubt, card.foreignness, Dossier.load(path))
