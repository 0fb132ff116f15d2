"""X-rays about which the model was asked again, changed in several ways, and what that shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from xraydemo.evaluation.result import Verdict, judge_harm
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.simultaneous import Measured, simultaneous_intervals, value_and_draws
from xraydemo.metrics.bootstrap import LEVEL, Estimate, percentile_interval
from xraydemo.metrics.weighted import Draws, Weights, auc

AS_IT_IS = "as it is"
GUESSING = 0.5
CLEAR = 0.6  # an AUC that must be exceeded before it can be asked what is left of it
SUREST = 0.999  # surer answers count as this sure, or a few of them would outweigh all others

Probabilities = NDArray[np.float32]
_SEVERITY = (Verdict.PASS, Verdict.WARN, Verdict.FAIL)


@dataclass(frozen=True, eq=False)
class AskedAgain:
    """The X-rays that the model answered in every variant.

    Attributes
    ----------
    sample : Sample, n X-rays
    probabilities : dict of str to ndarray of float32, shape (n, 4)
        By variant.
    """

    sample: Sample
    probabilities: dict[str, Probabilities]
    _kept: dict[tuple[str, int], Measured] = field(default_factory=dict)

    @property
    def variants(self) -> tuple[str, ...]:
        """Name what was done to the X-rays."""
        return tuple(name for name in self.probabilities if name != AS_IT_IS)

    @property
    def classes(self) -> list[int]:
        """Give the classes that occur."""
        return [int(k) for k in np.unique(self.sample.truth)]

    @property
    def known(self) -> list[int]:
        """Give the classes that the model clearly tells, so that something can be lost."""
        return [k for k in self.classes if self.estimate(self.of_class(AS_IT_IS, k)).low > CLEAR]

    def macro(self, variant: str) -> Measured:
        """Give the AUC, mean over the classes, and its draws."""
        each = [self.of_class(variant, k) for k in self.classes]
        # each class is drawn anew from its own X-rays, so that no draw lacks one
        return (
            float(np.mean([value for value, _ in each])),
            np.mean([draws for _, draws in each], axis=0),
        )

    def of_class(self, variant: str, k: int) -> Measured:
        """Give the AUC of one class against the rest, and its draws; they are made once."""
        if (variant, k) not in self._kept:
            scores, members = self.probabilities[variant][:, k], self.sample.truth == k
            drawn = value_and_draws(self.sample, lambda weights: auc(weights, scores, members))
            self._kept[variant, k] = drawn
        return self._kept[variant, k]

    def separation(self, variant: str, k: int) -> Measured:
        """Give the mean log-odds of a class in its X-rays less those in the others, and draws."""
        p = np.clip(self.probabilities[variant][:, k].astype(float), 1 - SUREST, SUREST)
        log_odds, members = np.log(p / (1 - p)), self.sample.truth == k

        def apart(weights: Weights) -> Draws:
            means = (
                weights[:, of] @ log_odds[of] / weights[:, of].sum(axis=1)
                for of in (members, ~members)
            )
            return np.asarray(np.subtract(*means))

        return value_and_draws(self.sample, apart)

    def estimate(self, measured: Measured, level: float = LEVEL) -> Estimate:
        """Give a number with its interval."""
        value, draws = measured
        return self._of(value, *percentile_interval(draws, level))

    def together(self, measured: Sequence[Measured]) -> list[Estimate]:
        """Give numbers with intervals that hold all at once."""
        values = np.array([value for value, _ in measured])
        draws = np.stack([draws for _, draws in measured], axis=1)
        lows, highs = simultaneous_intervals(values, draws)
        return [self._of(*one) for one in zip(values, lows, highs, strict=True)]

    def flipped(self, variant: str) -> NDArray[np.bool_]:
        """Tell which X-rays are called another class than as they are, shape (n,)."""
        before = self.probabilities[AS_IT_IS].argmax(axis=1)
        return np.asarray(self.probabilities[variant].argmax(axis=1) != before)

    def _of(self, value: float, low: float, high: float) -> Estimate:
        n_groups = len(np.unique(self.sample.groups))
        return Estimate(float(value), float(low), float(high), len(self.sample), n_groups)


@dataclass(frozen=True)
class Judged:
    """What a change of the X-rays shows of one class.

    Attributes
    ----------
    variant : str
    k : int
        The class.
    harm : Estimate
        Of which more is worse; the interval holds together with those of the others judged.
    verdict : Verdict
    settled : bool
        Whether, where it passes, the line is excluded.
    """

    variant: str
    k: int
    harm: Estimate
    verdict: Verdict
    settled: bool


Measure = Callable[[AskedAgain, str, int], Measured]  # of a variant and a class


def remaining(asked: AskedAgain, variant: str, k: int | None) -> Measured:
    """Give the share of a class's AUC above guessing that is left, of all classes for None.

    A network that ranks the wrong way round has seen something, too. NaN where nothing is above.
    """
    before, after = (
        asked.macro(name) if k is None else asked.of_class(name, k) for name in (AS_IT_IS, variant)
    )
    above = np.append(before[1], before[0]) - GUESSING
    left = np.abs(np.append(after[1], after[0]) - GUESSING)
    shares = np.divide(left, above, out=np.full_like(above, np.nan), where=above > 0)
    return float(shares[-1]), shares[:-1]


def lost_separation(asked: AskedAgain, variant: str, k: int) -> Measured:
    """Give the share of what sets a class apart that is lost.

    The AUC would not show it: where a network reads a shortcut *instead of* the lungs, what it
    gains where the shortcut is right, it may lose where it is wrong.
    """
    before, after = (asked.separation(name, k) for name in (AS_IT_IS, variant))
    return 1 - after[0] / before[0], 1 - after[1] / before[1]


def judged(
    asked: AskedAgain, questions: Iterable[tuple[Sequence[str], Measure, float, float]]
) -> list[Judged]:
    """Judge each class that the model knows, after each change; the worst comes first.

    Parameters
    ----------
    asked : AskedAgain
    questions : iterable
        Each some variants, what is measured of each, and from where on it warns and fails. The
        intervals of all of them hold together: where nothing is wrong, no more than 5 % of the
        cohorts have any that does not hold.
    """
    asks = [
        (variant, k, measure(asked, variant, k), warn, fail)
        for variants, measure, warn, fail in questions
        for variant in variants
        for k in asked.known
    ]
    harms = asked.together([measured for _, _, measured, _, _ in asks])
    found = []
    for (variant, k, _, warn, fail), harm in zip(asks, harms, strict=True):
        verdict, settled = judge_harm(harm.low, harm.value, harm.high, warn=warn, fail=fail)
        found.append((Judged(variant, k, harm, verdict, settled), harm.low / warn))
    found.sort(key=lambda one: (-_SEVERITY.index(one[0].verdict), -one[1]))
    return [one for one, _ in found]
