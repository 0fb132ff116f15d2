"""Which training X-rays the network takes for the nearest, told by facts: no picture is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self


class Kind(NamedTuple):
    """Where a training X-ray comes from.

    Attributes
    ----------
    label : str
        Id of its class.
    source : str
        Name of its collection; empty where the training table told none.
    year : str
        In which it was taken, "2020", or a span, "1992 to 2015"; empty where unknown.
    view : str
        "PA", "AP"; empty where unknown.
    age_group : str
        "adult", "child"; empty where unknown.
    """

    label: str
    source: str
    year: str = ""
    view: str = ""
    age_group: str = ""


@dataclass(frozen=True)
class Neighbours:
    """The training X-rays nearest to one X-ray, and what they were chosen from.

    Attributes
    ----------
    nearest : tuple of (Kind, float)
        The nearest first, each with its cosine similarity, in [-1, 1].
    counts : mapping of Kind to int
        Of all training X-rays: what a share among the nearest is to be held to.
    """

    nearest: tuple[tuple[Kind, float], ...]
    counts: Mapping[Kind, int]

    @property
    def among(self) -> dict[Kind, int]:
        """How many of the nearest are of each kind, the most frequent first."""
        kinds = [kind for kind, _ in self.nearest]
        return {k: kinds.count(k) for k in sorted(set(kinds), key=lambda k: (-kinds.count(k), k))}

    def share(self, kind: Kind) -> float:
        """Share of a kind among all training X-rays, in [0, 1]."""
        return self.counts[kind] / sum(self.counts.values())

    def as_plain(self) -> dict[str, Any]:
        """Give it as JSON can hold it."""
        return {
            "nearest": [[*kind, similarity] for kind, similarity in self.nearest],
            "counts": [[*kind, n] for kind, n in self.counts.items()],
        }

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> Self:
        """Make it again from what `as_plain` gave."""
        return cls(
            nearest=tuple((Kind(*kind), similarity) for *kind, similarity in plain["nearest"]),
            counts={Kind(*kind): n for *kind, n in plain["counts"]},
        )
