"""Whether a model's performance rests on a fact: what is left of it without."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xraydemo.evaluation.confounding.erasing import Eraser, log_odds
from xraydemo.evaluation.confounding.matching import Overlap, against, balanced, overlap_of
from xraydemo.evaluation.confounding.probe import Levels
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.simultaneous import Measured, difference

Floats = NDArray[np.float64]

RANDOM = 100  # sets of directions
BEYOND = 0.95  # of them, what a fact's own directions must exceed


@dataclass(frozen=True, eq=False)
class Usage:
    """The AUC of one class against others, with a fact and without.

    Attributes
    ----------
    fact : str
    k : int
    overlap : Overlap
    as_it_is, matched, within, erased : (float, ndarray)
        Value and draws: as it is; with the fact's shares made equal; among X-rays that agree in
        it; after its directions were taken out of the embedding.
    matched_erased : (float, ndarray)
        With the shares made equal and the directions taken out.
    by_chance : ndarray, shape (RANDOM,)
        How much of the loss by matching goes away with random directions of equal variance.
    """

    fact: str
    k: int
    overlap: Overlap
    as_it_is: Measured
    matched: Measured
    within: Measured
    erased: Measured
    matched_erased: Measured
    by_chance: NDArray[np.float64]

    @property
    def lost(self) -> Measured:
        """Give what matching costs."""
        return difference(self.as_it_is, self.matched)

    @property
    def lost_when_erased(self) -> Measured:
        """Give what matching costs a model that can't see the fact."""
        return difference(self.erased, self.matched_erased)

    @property
    def explained(self) -> float:
        """Give how much of the loss goes away with what is seen of the fact."""
        return self.lost[0] - self.lost_when_erased[0]

    @property
    def usual_by_chance(self) -> float:
        """Give what only 1 in 20 random sets of directions exceed."""
        return float(np.quantile(self.by_chance, BEYOND))

    @property
    def is_confirmed(self) -> bool:
        """Tell whether more goes away with the fact's directions than with random ones."""
        return self.explained > max(self.usual_by_chance, 0.0)

    @property
    def of_the_disease(self) -> Measured:
        """Give what the fact's directions are worth where the fact can't help."""
        return difference(self.matched, self.matched_erased)


def usage_of(
    fact: str,
    values: pd.Series,
    sample: Sample,
    eraser: Eraser,
    *,
    temperature: float,
    least_pairs: int,
    seed: int,
) -> tuple[list[Usage], dict[int, Overlap]]:
    """Measure what each class's AUC loses without a fact.

    Parameters
    ----------
    fact : str
    values : pandas.Series of str, n rows
        With few values.
    sample : Sample, n rows
    eraser : Eraser, n rows
    temperature : float
        The logits are divided by it.
    least_pairs : int
        See `overlap_of`.
    seed : int

    Returns
    -------
    list of Usage
        One a class that can be matched with another.
    dict of int to Overlap
        Of every class.
    """
    strata = pd.factorize(values)[0].astype(np.intp)
    classes = [int(k) for k in np.unique(sample.truth)]
    overlaps = {k: overlap_of(sample.truth, strata, k, least_pairs) for k in classes}
    members = Levels.of(values, sample.truth, sample.groups).erasable
    if not members.shape[1] or not any(overlap.others for overlap in overlaps.values()):
        return [], overlaps
    erased = eraser.without(members)
    chance = eraser.without_chance(members, RANDOM, np.random.default_rng(seed))
    found = []
    for k, overlap in overlaps.items():
        if not overlap.others:
            continue
        own = log_odds(eraser.logits, k, temperature)
        plain = against(sample, own, k, overlap.others, strata)
        blind = log_odds(erased, k, temperature)
        without = against(sample, blind, k, overlap.others, strata, within=False)
        lost = plain["as it is"][0] - plain["matched"][0]
        left = _lost_by_many(log_odds(chance, k, temperature), sample, k, overlap.others, strata)
        found.append(
            Usage(
                fact,
                k,
                overlap,
                plain["as it is"],
                plain["matched"],
                plain["within"],
                without["as it is"],
                without["matched"],
                lost - left,
            )
        )
    return found, overlaps


def _lost_by_many(
    scores: Floats,
    sample: Sample,
    k: int,
    others: tuple[int, ...],
    strata: NDArray[np.intp],
) -> Floats:
    """Give what matching costs class `k`, for many scores of all rows, shape (m, n); no draws."""
    total = sum(int(sample.counts[j]) for j in others)
    lost = np.zeros(len(scores))
    for j in others:
        mask = (sample.truth == k) | (sample.truth == j)
        positive = sample.truth[mask] == k
        even = np.ones((1, int(mask.sum())))
        matched = balanced(even, positive, strata[mask])
        order = np.argsort(scores[:, mask], axis=1)
        as_it_is, equal = (_auc_of_order(order, positive, w[0]) for w in (even, matched))
        lost += (as_it_is - equal) * sample.counts[j] / total
    return lost


def _auc_of_order(order: NDArray[np.intp], positive: NDArray[np.bool_], weights: Floats) -> Floats:
    """Give the weighted AUC of rows in rising order, one order a row; ties count as they lie."""
    of_positives = np.where(positive, weights, 0.0)[order]
    of_negatives = np.where(positive, 0.0, weights)[order]
    won = (of_positives * np.cumsum(of_negatives, axis=1)).sum(axis=1)
    pairs = weights[positive].sum() * weights[~positive].sum()
    return np.asarray(won / pairs)
