"""A bundle's prediction sets: the classes that can't be excluded, at a promised rate."""

from __future__ import annotations

import math
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from xraydemo.classes import CLASSES
from xraydemo.metrics.sets import class_quantiles, prediction_sets


class Sets(BaseModel):
    """What the sets are made by; kept in the card.

    Attributes
    ----------
    method : str
        Name of the method, in the field's words.
    alpha : float
        Share of each class whose set may miss the truth: 0.1 for 90 % sets.
    quantiles : dict of str to float or None
        Of each class: it is in the set if 1 - its probability is at most this. None: there were
        too few X-rays of this class to exclude it ever.
    n : dict of str to int
        X-rays of each class that the quantile comes from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: str = "class-conditional split conformal, 1 - probability, most likely class always in"
    alpha: float
    quantiles: dict[str, float | None]
    n: dict[str, int]

    @classmethod
    def fit(
        cls, probabilities: NDArray[np.floating], labels: NDArray[np.intp], alpha: float = 0.1
    ) -> Self:
        """Fit on rows that neither the weights nor the temperature were fitted on.

        Parameters
        ----------
        probabilities : ndarray of float, shape (n, 4)
            Calibrated.
        labels : ndarray of int, shape (n,)
        alpha : float
        """
        quantiles = class_quantiles(1.0 - probabilities.astype(np.float64), labels, alpha)
        finite = [float(q) if math.isfinite(q) else None for q in quantiles]
        counts = np.bincount(labels, minlength=len(CLASSES)).tolist()
        return cls(
            alpha=alpha,
            quantiles=dict(zip(CLASSES, finite, strict=True)),
            n=dict(zip(CLASSES, counts, strict=True)),
        )

    def mask(self, probabilities: NDArray[np.floating]) -> NDArray[np.bool_]:
        """Tell which classes are in each row's set: shape (n, 4), as the probabilities."""
        found = [self.quantiles[name] for name in CLASSES]
        return prediction_sets(
            probabilities, np.array([math.inf if q is None else q for q in found])
        )

    def of(self, probabilities: NDArray[np.floating]) -> tuple[str, ...]:
        """Give the set of one X-ray, the most likely class first."""
        inside = self.mask(probabilities[None])[0]
        return tuple(CLASSES[k] for k in np.argsort(-probabilities, kind="stable") if inside[k])
