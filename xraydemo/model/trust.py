"""Whether a reading should be believed: its set, its doubt, its foreignness and its priority."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.errors import BadBundle
from xraydemo.model.bundle import Bundle
from xraydemo.model.dossier import Dossier, load_dossier, short_hash
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
from xraydemo.model.neighbours import Kind, Neighbours
from xraydemo.model.sanity import (
    BLANK,
    REASONS,
    UNDO,
    Thumbnails,
    thumbnail,
    told_by_facts,
    told_to_be_no_chest,
)
from xraydemo.model.sets import Sets
from xraydemo.model.triage import Triage

INSIDE = "like the X-rays of the training set"
NEAREST = " (the nearest of them: "
NO_USUAL_CHEST = "it does not look like a usual frontal chest X-ray"
UNLIKE_A_CHEST = 2.2  # times as unlike as is usual; no training X-ray in hundreds is


class Trust:
    """Judges readings of one bundle; may be used by several threads at once.

    Parameters
    ----------
    sets, triage, doubt, foreignness
        The parts of the bundle's card.
    dossier : Dossier, optional
        What the training set looked like; without it nothing is said of foreignness.
    """

    def __init__(
        self,
        sets: Sets,
        triage: Triage,
        doubt: Doubt,
        foreignness: Foreignness,
        dossier: Dossier | None,
    ) -> None:
        self._sets = sets
        self._triage = triage
        self._doubt = doubt
        self._foreignness = foreignness
        self._dossier = dossier
        if dossier:
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
        foreignness = None
        if self._dossier:
            foreignness = self.foreignness(embedding, thumbnail(presented), aspect, facts or {})
        return Judgement(
            set=self._sets.of(probabilities),
            doubt=self._doubt.of(logits, probabilities),
            foreignness=foreignness,
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
        dossier = self._needed_dossier()
        projected = dossier.detector.project(embedding[None])
        odds = dossier.sanity.odds(small[None])[0]
        values = part_values(dossier.detector, self._reference, projected)
        network, looks = combine({**values, "looks": odds.max(keepdims=True)}, dossier.scales)
        score = float(max(network[0], looks[0]))
        percentile = percentile_of(score, dossier.held_out_scores)
        verdict = self._verdict(score)

        told, broken = told_by_facts(facts), dossier.sanity.broken_rule(small, aspect)
        if verdict == "inside" and not broken:
            return ForeignnessAnswer(
                score, percentile, "unusual" if told else verdict, told or INSIDE
            )
        if broken == BLANK:  # nothing else can be said of it
            return ForeignnessAnswer(score, percentile, "foreign", broken)
        wrong = self._looks_in_words(
            small,
            odds,
            far_by_looks=looks[0] >= 1,
            may_be_chest=not told_to_be_no_chest(facts),
        )
        reasons = [told, broken, wrong]
        # what is wrong with the looks explains the rest
        if not wrong and (self._verdict(float(network[0])) == "foreign" or not any(reasons)):
            reasons.append(self._unlike_in_words(projected[0], score))
        if broken:
            verdict = "foreign"
        return ForeignnessAnswer(score, percentile, verdict, "; ".join(filter(None, reasons)))

    def is_of_training_table(self, pixel_sha256: str) -> bool | None:
        """Tell whether the very same pixels stand in the table that the bundle was trained from.

        None without a dossier.
        """
        if not self._dossier:
            return None
        return short_hash(pixel_sha256) in self._pixel_hashes

    def where(self, presented: NDArray[np.float32]) -> NDArray[np.float32]:
        """Map where an X-ray is unlike the training set: shape (16, 16), about 1 is usual."""
        return self._needed_dossier().usual.map(thumbnail(presented))

    def neighbours(self, embedding: NDArray[np.float32]) -> Neighbours:
        """Tell of the training X-rays that are nearest to one, embedding of shape (d,)."""
        dossier = self._needed_dossier()
        projected = dossier.detector.project(embedding[None])[0]
        similarity = self._reference @ projected
        rows = nearest(projected, self._reference)
        rows = rows[np.argsort(-similarity[rows], kind="stable")]
        kinds = [
            Kind(
                CLASSES[dossier.labels[row]],
                dossier.source_names[dossier.sources[row]],
                **dossier.facts_of(row),
            )
            for row in np.flatnonzero(dossier.trained_on).tolist()
        ]
        return Neighbours(
            nearest=tuple((kinds[row], float(similarity[row])) for row in rows),
            counts=dict(Counter(kinds)),
        )

    @property
    def has_dossier(self) -> bool:
        """Whether there is something to compare with."""
        return self._dossier is not None

    def _needed_dossier(self) -> Dossier:
        if self._dossier is None:
            raise BadBundle("The bundle has no dossier", "Install it again")
        return self._dossier

    def _verdict(self, score: float) -> Verdict:
        if score > self._foreignness.foreign:
            return "foreign"
        return "unusual" if score > self._foreignness.unusual else "inside"

    def _looks_in_words(
        self,
        small: Thumbnails,
        odds: NDArray[np.float32],
        *,
        far_by_looks: bool,
        may_be_chest: bool,
    ) -> str:
        """Say what is wrong with the looks of a picture, as far as that is clear; else nothing.

        What lies on its side looks usual again once it is turned back. A hand doesn't, whichever
        fault the linear model takes it for; and of what is no chest, as the file says, no such
        fault is told. A crop can't be undone: it is told when the linear model alone, whatever the
        network says, puts the picture beyond 99 in 100 held-out training X-rays (`far_by_looks`).
        """
        sanity, usual = self._needed_dossier().sanity, self._needed_dossier().usual
        unlike = usual.unlikeness(small)
        is_faulty = may_be_chest and odds.max() > 0
        fault = sanity.kinds[int(odds.argmax())] if is_faulty else ""
        if fault in UNDO:
            undone = usual.unlikeness(UNDO[fault](small[None])[0])
            if undone < min(unlike, UNLIKE_A_CHEST):
                return REASONS[fault]
        if unlike > UNLIKE_A_CHEST:
            return NO_USUAL_CHEST
        return REASONS["cropped"] if fault == "cropped" and far_by_looks else ""

    def _unlike_in_words(self, projected: NDArray[np.float32], score: float) -> str:
        rows = nearest(projected, self._reference)
        counts = Counter(int(k) for k in self._reference_labels[rows]).most_common()
        nearest_ones = ", ".join(f"{n} {DISPLAY_NAMES[CLASSES[k]]}" for k, n in counts)
        if score > self._needed_dossier().held_out_scores[-1]:
            how = "like none"
        else:
            how = "unlike nearly all" if self._verdict(score) == "foreign" else "unlike most"
        return f"{how} of the training X-rays{NEAREST}{nearest_ones})"


def load_trust(bundle: Bundle) -> Trust | None:
    """Read what a bundle's readings are judged by.

    Returns
    -------
    Trust or None
        None for a bundle without sets, triage, doubt or foreignness: it was never certified.

    Raises
    ------
    BadBundle
        If the dossier is not the one that the card describes. One that is absent is missed only
        by what needs it.
    """
    card = bundle.card
    if not (card.sets and card.triage and card.doubt and card.foreignness):
        return None
    return Trust(card.sets, card.triage, card.doubt, card.foreignness, load_dossier(bundle))
