"""The labelled X-rays on which something is measured, with their shared bootstrap draws."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from xraydemo.metrics.bootstrap import N_DRAWS, Resampling


@dataclass(frozen=True, eq=False)
class Sample:
    """Some labelled X-rays of a run, and the answers to them.

    Attributes
    ----------
    positions : ndarray of int, shape (n,)
        Their places in the run.
    truth : ndarray of int, shape (n,)
        Class numbers.
    probabilities : ndarray of float32, shape (n, 4)
    groups : ndarray of str, shape (n,)
    resampling : Resampling
        Draws of groups within classes; a part of a sample keeps the draws of the whole, so that
        their differences are paired.
    """

    positions: NDArray[np.intp]
    truth: NDArray[np.intp]
    probabilities: NDArray[np.float32]
    groups: NDArray[np.str_]
    resampling: Resampling

    @classmethod
    def of(
        cls,
        positions: NDArray[np.intp],
        truth: NDArray[np.intp],
        probabilities: NDArray[np.float32],
        groups: NDArray[np.str_],
        *,
        seed: int = 0,
        n_draws: int = N_DRAWS,
    ) -> Sample:
        """Make a sample with new draws."""
        resampling = Resampling.of(truth, groups, seed=seed, n_draws=n_draws)
        return cls(positions, truth, probabilities, groups, resampling)

    def __len__(self) -> int:
        return len(self.positions)

    @cached_property
    def predicted(self) -> NDArray[np.intp]:
        """Give the most likely class's number, shape (n,)."""
        return np.asarray(self.probabilities.argmax(axis=1), dtype=np.intp)

    @cached_property
    def counts(self) -> NDArray[np.intp]:
        """Count the X-rays of each class, shape (4,)."""
        return np.bincount(self.truth, minlength=self.probabilities.shape[1])

    def part(self, mask: NDArray[np.bool_]) -> Sample:
        """Give some of it, with the same draws."""
        return Sample(
            self.positions[mask],
            self.truth[mask],
            self.probabilities[mask],
            self.groups[mask],
            self.resampling.within(mask),
        )
