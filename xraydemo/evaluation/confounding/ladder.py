"""Three steps from a fact to a shortcut: it tells the class, the model sees it, the model uses it.

Only the third is a fault of the model. But the first two say how near it is: what tells the class
and is seen will be used by the next training, if not by this one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xraydemo.evaluation.figures import Grid
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.simultaneous import value_and_draws
from xraydemo.evaluation.tell_result import plain
from xraydemo.metrics.weighted import Draws, auc_in_folds

DOUBT = 5  # X-rays of the average, that a value is taken to have besides its own


class Step(StrEnum):
    """Whether a step is taken."""

    YES = "yes"
    NO = "no"
    NOT_SHOWN = "not shown"
    CANNOT_TELL = "cannot tell"


HEIGHT = {Step.NO: 0.0, Step.NOT_SHOWN: 0.5, Step.YES: 1.0, Step.CANNOT_TELL: math.nan}
STEPS = ("present", "visible", "used")


@dataclass(frozen=True)
class Ladder:
    """The three steps of one fact.

    Attributes
    ----------
    fact : str
    present, visible, used : Step
        It tells a class; the embedding shows it within a class; the model's performance falls
        without it.
    numbers : tuple of str
        Of each step, in words; "" for none.
    """

    fact: str
    present: Step
    visible: Step
    used: Step
    numbers: tuple[str, str, str] = ("", "", "")

    @property
    def steps(self) -> tuple[Step, Step, Step]:
        """Give the three in order."""
        return self.present, self.visible, self.used

    @property
    def sentence(self) -> str:
        """Say it with caution, in one sentence."""
        each = [
            f"{name}: {step}" + (f" ({number})" if number else "")
            for name, step, number in zip(STEPS, self.steps, self.numbers, strict=True)
        ]
        fact = plain(self.fact)
        return f"{fact[0].upper()}{fact[1:]} - {'; '.join(each)}. {self._conclusion}"

    @property
    def _conclusion(self) -> str:
        if self.used is Step.YES:
            return "The model seems to lean on it, or on something that goes with it."
        if self.used is Step.CANNOT_TELL:
            return (
                "Whether the model uses it can't be told here: the classes share too few X-rays "
                "with the same value."
            )
        if self.present is Step.YES and self.visible is Step.YES:
            if self.used is Step.NO:
                return "The model could use it, but does no better for it."
            return "The model could use it; that it does is neither shown nor excluded."
        if self.used is Step.NO:
            return "Nothing speaks for the model's using it."
        return "That the model uses it is neither shown nor excluded."


def step_of(low: float, high: float, line: float) -> Step:
    """Say whether a number with its interval is beyond a line."""
    if math.isnan(low) or math.isnan(high):
        return Step.CANNOT_TELL
    if low > line:
        return Step.YES
    return Step.NO if high <= line else Step.NOT_SHOWN


def grid_of(ladders: Sequence[Ladder], positions: NDArray[np.intp]) -> Grid:
    """Draw facts against steps; `positions` are those of the X-rays that were asked about."""
    everyone = tuple(map(int, positions))
    return Grid(
        title="From a fact to a shortcut (0 no, 0.5 not shown, 1 yes, empty: cannot tell)",
        row_title="fact",
        column_title="step",
        row_labels=tuple(plain(ladder.fact) for ladder in ladders),
        column_labels=STEPS,
        values=tuple(tuple(HEIGHT[step] for step in ladder.steps) for ladder in ladders),
        groups=tuple(
            tuple(() if step is Step.CANNOT_TELL else everyone for step in ladder.steps)
            for ladder in ladders
        ),
    )


def told_by(
    values: pd.Series, sample: Sample, folds: NDArray[np.intp], k: int
) -> tuple[float, Draws]:
    """Tell class `k` from the rest by one fact with few values alone.

    An X-ray's score is the class's share among the other folds' X-rays with the same value.

    Returns
    -------
    value : float
        AUC, over pairs of one fold; 0.5 is guessing.
    draws : ndarray
    """
    positive = sample.truth == k
    codes = pd.factorize(values)[0]
    scores = np.empty(len(sample))
    for fold in np.unique(folds):
        held = folds == fold
        n = np.bincount(codes[~held], minlength=codes.max() + 1)
        hits = np.bincount(codes[~held], weights=positive[~held], minlength=codes.max() + 1)
        share = (hits + DOUBT * positive[~held].mean()) / (n + DOUBT)
        scores[held] = share[codes[held]]
    return value_and_draws(sample, lambda w: auc_in_folds(w, scores, positive, folds))
