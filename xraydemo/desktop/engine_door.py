"""What the window needs of the engine, whichever engine it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from xraydemo.engine.client import Want
    from xraydemo.model.measured import Measured
    from xraydemo.model.reading import Reading
    from xraydemo.radiograph.interventions import Intervention

NOW, SOON, LATER = 2, 1, 0
"""Priorities of requests: of what is looked at, of what likely will be next, of the rest."""


class Card(Protocol):
    """What the window needs of a bundle's card."""

    @property
    def heatmap_scale(self) -> float:
        """Logit per cell that is drawn in full colour."""

    @property
    def map_likeness(self) -> Measured | None:
        """How alike the maps are to those of shuffled weights; None where nobody asked."""


class EngineDoor(Protocol):
    """What the window needs of the engine."""

    @property
    def card(self) -> Card:
        """The bundle's card."""

    def submit(self, path: Path, *, want: tuple[Want, ...], priority: int) -> Future[Reading]:
        """Ask for the reading of a file."""

    def vary(
        self,
        path: Path,
        variants: Sequence[Sequence[Intervention]],
        *,
        want: tuple[Want, ...],
        priority: int,
    ) -> Future[list[Reading]]:
        """Ask for the readings of variants of one file."""

    def close(self) -> None:
        """End the engine's process."""
