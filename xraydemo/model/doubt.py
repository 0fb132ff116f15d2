"""Whether the network is unsure between the classes.

Doubt is not foreignness: a photograph of a hand can be answered without any doubt, and an X-ray
like all the others with much.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict


class DoubtAnswer(NamedTuple):
    """How unsure the network is of one X-ray.

    Attributes
    ----------
    entropy : float
        Of the calibrated probabilities, in nats, 0 to log(4).
    energy : float
        Minus the log of the sum of the exponentials of the logits [1]_; higher is less sure.
    verdict : str
        ``sure`` or ``unsure``.

    References
    ----------
    .. [1] Liu et al., Energy-based Out-of-distribution Detection, NeurIPS 2020.
    """

    entropy: float
    energy: float
    verdict: Literal["sure", "unsure"]


class Doubt(BaseModel):
    """Where doubt begins; kept in the card.

    Attributes
    ----------
    percentile : float
        Of held-out training X-rays: beyond it in entropy or in energy, a reading is unsure.
    entropy, energy : float
        The values at this percentile.
    n : int
        How many X-rays they come from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    percentile: float
    entropy: float
    energy: float
    n: int

    @classmethod
    def fit(
        cls,
        logits: NDArray[np.floating],
        probabilities: NDArray[np.floating],
        percentile: float = 95.0,
    ) -> Self:
        """Take the limits from held-out rows, shapes (n, 4)."""
        return cls(
            percentile=percentile,
            entropy=float(np.percentile(entropy(probabilities), percentile)),
            energy=float(np.percentile(energy(logits), percentile)),
            n=len(logits),
        )

    def of(self, logits: NDArray[np.floating], probabilities: NDArray[np.floating]) -> DoubtAnswer:
        """Answer for one X-ray, shapes (4,)."""
        e, f = float(entropy(probabilities[None])[0]), float(energy(logits[None])[0])
        return DoubtAnswer(e, f, "unsure" if e > self.entropy or f > self.energy else "sure")


def entropy(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """Give the entropy of each row in nats; a probability of 0 adds nothing."""
    p = np.clip(probabilities.astype(np.float64), 1e-12, 1.0)
    return np.asarray(-(p * np.log(p)).sum(axis=1))


def energy(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Give minus the log-sum-exp of each row's logits."""
    z = logits.astype(np.float64)
    highest = z.max(axis=1)
    return np.asarray(-(highest + np.log(np.exp(z - highest[:, None]).sum(axis=1))))
