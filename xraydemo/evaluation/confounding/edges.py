"""Classes that begin later, or end earlier, than chance would have it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import hypergeom

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.sample import Sample


@dataclass(frozen=True)
class Edge:
    """The years before a class's first, or after its last.

    Attributes
    ----------
    k : int
        Class number.
    side : str
        "before" or "after".
    year : int
        The class's first, or last.
    expected : float
        Groups (patients) of the class that chance would put on that side.
    """

    k: int
    side: str
    year: int
    expected: float

    def __str__(self) -> str:
        return (
            f"No {DISPLAY_NAMES[CLASSES[self.k]]} X-ray is from {self.side} {self.year}, where "
            f"chance would put {self.expected:.0f} patients"
        )

    def has(self, first: float, last: float) -> bool:
        """Tell whether a span of years lies on that side."""
        return last < self.year if self.side == "before" else first > self.year


def edges(
    sample: Sample, spans: NDArray[np.float64], expected: float, error: float = 0.05
) -> list[Edge]:
    """Find the classes of which nothing is as old, or as new, as much of the rest.

    The probability that none of a class is among the oldest is hypergeometric, and is the exact
    one-sided p-value of how many others are older than all of the class.

    Parameters
    ----------
    sample : Sample, n rows
    spans : ndarray, shape (n, 2)
        First and last year of each; NaN for unknown.
    expected : float
        The least number of groups that chance would put there.
    error : float
        How often chance may make any.

    Returns
    -------
    list of Edge
        The largest first; corrected for the classes and the two sides (Bonferroni).
    """
    dated = ~np.isnan(spans[:, 0])
    first, last = spans.T
    classes = np.unique(sample.truth[dated])
    total = len(np.unique(sample.groups[dated]))
    found = []
    for k in map(int, classes):
        own = dated & (sample.truth == k)
        sides = (
            ("before", first[own].min(), last < first[own].min()),
            ("after", last[own].max(), first > last[own].max()),
        )
        n_own = len(np.unique(sample.groups[own]))
        for side, year, beyond in sides:
            n_beyond = len(np.unique(sample.groups[dated & beyond]))
            by_chance = n_own * n_beyond / total
            p = hypergeom.pmf(0, total, n_own, n_beyond)
            if by_chance >= expected and p * 2 * len(classes) < error:
                found.append(Edge(k, side, int(year), by_chance))
    return sorted(found, key=lambda edge: -edge.expected)
