"""A number in a bundle's card, with what it rests on."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict

from xraydemo.metrics.bootstrap import Estimate


class Measured(BaseModel):
    """A number with its 95 % interval.

    Attributes
    ----------
    value, low, high : float
    n, n_groups : int
        Rows, and independent groups among them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float
    low: float
    high: float
    n: int
    n_groups: int

    @classmethod
    def of(cls, estimate: Estimate) -> Self:
        """Round an estimate for the card."""
        value, low, high = (round(number, 4) for number in estimate[:3])
        return cls(value=value, low=low, high=high, n=estimate.n, n_groups=estimate.n_groups)
