"""Which training X-rays a picture is nearest to: facts about them, never a picture."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.tell_result import listed
from xraydemo.model.dossier import Dossier
from xraydemo.model.foreignness import N_NEIGHBOURS, nearest


@dataclass(frozen=True)
class Neighbours:
    """The training X-rays nearest to one or several pictures.

    Attributes
    ----------
    classes : Counter of str
        Class ids.
    sources : Counter of str
        Names of the collections that they come from; "" where unknown.
    years : Counter of str
        In which they were taken, or spans of years; "" where unknown.
    """

    classes: Counter[str]
    sources: Counter[str]
    years: Counter[str]

    @property
    def in_words(self) -> str:
        """Say it: "6 Normal and 4 COVID-19, from here (9) and there (1), of 2020 (4)"."""
        said = listed(f"{n} {DISPLAY_NAMES[c]}" for c, n in self.classes.most_common())
        for word, counted in (("from", self.sources), ("of", self.years)):
            if named := [f"{name} ({n})" for name, n in counted.most_common() if name]:
                said += f", {word} {listed(named)}"
        return said


def neighbours_of(dossier: Dossier, embeddings: NDArray[np.float32]) -> list[Neighbours]:
    """Find the nearest training X-rays, by the cosine of the network's features.

    Parameters
    ----------
    dossier : Dossier
    embeddings : ndarray of float32, shape (n, d)

    Returns
    -------
    list of Neighbours, length n
        Of 10 each.
    """
    seen = np.flatnonzero(dossier.trained_on)
    reference = dossier.embeddings[seen].astype(np.float32)
    found = []
    for projected in dossier.detector.project(embeddings):
        rows = seen[nearest(projected, reference, N_NEIGHBOURS)].tolist()
        found.append(
            Neighbours(
                Counter(CLASSES[dossier.labels[row]] for row in rows),
                Counter(dossier.source_names[dossier.sources[row]] for row in rows),
                Counter(dossier.facts_of(row).get("year", "") for row in rows),
            )
        )
    return found


def together(neighbours: list[Neighbours]) -> Neighbours:
    """Count the neighbours of several pictures together."""
    classes, sources, years = Counter[str](), Counter[str](), Counter[str]()
    for one in neighbours:
        classes += one.classes
        sources += one.sources
        years += one.years
    return Neighbours(classes, sources, years)
