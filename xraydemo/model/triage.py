"""Which X-rays should be read first."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from xraydemo.classes import CLASSES
from xraydemo.metrics.bootstrap import bootstrap
from xraydemo.model.measured import Measured

NORMAL = CLASSES.index("normal")


class Priority(NamedTuple):
    """Where an X-ray belongs in the worklist.

    Attributes
    ----------
    value : float
        1 - probability of normal, in [0, 1]: the higher, the sooner.
    first : bool
        Whether it is at or above the operating point.
    """

    value: float
    first: bool


class Triage(BaseModel):
    """The operating point for "not normal"; kept in the card.

    Attributes
    ----------
    aim : float
        The sensitivity that was asked for.
    threshold : float
        An X-ray is read first if 1 - p(normal) is at least this.
    sensitivity, specificity : Measured
        On the rows that the threshold was chosen on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    aim: float
    threshold: float
    sensitivity: Measured
    specificity: Measured

    @classmethod
    def fit(
        cls,
        probabilities: NDArray[np.floating],
        labels: NDArray[np.intp],
        groups: NDArray[np.str_],
        *,
        aim: float = 0.95,
        seed: int = 0,
    ) -> Self:
        """Take the highest threshold that still finds the share `aim` of what isn't normal.

        Parameters
        ----------
        probabilities : ndarray of float, shape (n, 4)
        labels : ndarray of int, shape (n,)
            With both normal and other rows.
        groups : ndarray of str, shape (n,)
            The patient, for the intervals.
        aim : float
        seed : int
            Of the intervals' draws.
        """
        value = priority_values(probabilities)
        ill = labels != NORMAL
        descending = np.sort(value[ill])[::-1]
        threshold = float(descending[int(np.ceil(round(aim * len(descending), 9))) - 1])
        found = value >= threshold

        def measured(rows: NDArray[np.bool_], hits: NDArray[np.bool_]) -> Measured:
            chosen = hits[rows]
            return Measured.of(
                bootstrap(
                    lambda drawn: float(chosen[drawn].mean()),
                    labels[rows],
                    groups[rows],
                    seed=seed,
                )
            )

        return cls(
            aim=aim,
            threshold=threshold,
            sensitivity=measured(ill, found),
            specificity=measured(~ill, ~found),
        )

    def of(self, probabilities: NDArray[np.floating]) -> Priority:
        """Give the priority of one X-ray."""
        value = float(priority_values(probabilities[None])[0])
        return Priority(value, value >= self.threshold)


def priority_values(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """Give 1 - p(normal) of each row, shape (n,), clipped to [0, 1]."""
    return np.clip(1.0 - probabilities[:, NORMAL].astype(np.float64), 0.0, 1.0)
