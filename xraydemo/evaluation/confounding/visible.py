"""How clearly an embedding shows each of several facts, within the classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from xraydemo.evaluation.confounding.ladder import Step, step_of
from xraydemo.evaluation.confounding.probe import Levels, Probes
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.simultaneous import simultaneous_intervals, value_and_draws
from xraydemo.metrics.bootstrap import LEVEL, Estimate, percentile_interval
from xraydemo.metrics.intervals import holm
from xraydemo.metrics.weighted import Draws

SHUFFLES = 60


@dataclass(frozen=True, eq=False)
class Visible:
    """What probes read of one fact.

    Attributes
    ----------
    auc : Estimate
        How often, of two X-rays of one class, the one with a value is told from the one without.
    shuffled : float
        The same where the fact was dealt anew within the classes, on average.
    low, high : float
        Interval of the gain over that, for all facts at once.
    p : float
        Of a gain as large among facts dealt anew, by their mean and deviation; for all facts at
        once (Holm).
    values : int
        That there are enough X-rays of.
    draws : ndarray
        Of the AUC.
    asked : ndarray of bool, shape (n,)
        The X-rays that were probed: there are enough of their class with a value, and without.
    """

    auc: Estimate
    shuffled: float
    low: float
    high: float
    p: float
    values: int
    draws: Draws
    asked: NDArray[np.bool_]

    @property
    def gain(self) -> float:
        """Give what the probe reads beyond chance."""
        return self.auc.value - self.shuffled

    def beyond(self, line: float) -> Step:
        """Say whether the gain is beyond a line.

        A probe that is always right has an interval without width, however few X-rays there are;
        so facts dealt anew must not do as well, either.
        """
        step = step_of(self.low, self.high, line)
        return Step.NOT_SHOWN if step is Step.YES and self.p >= 1 - LEVEL else step


def visible_facts(
    values: Mapping[str, pd.Series],
    sample: Sample,
    embeddings: NDArray[np.floating],
    folds: NDArray[np.intp],
    *,
    seed: int,
    progress: Callable[[float], None] = lambda _: None,
) -> dict[str, Visible]:
    """Read each fact from the embedding.

    Parameters
    ----------
    values : mapping of str to pandas.Series
        Facts with few values each, n rows.
    sample : Sample, n rows
    embeddings : ndarray, shape (n, d)
    folds : ndarray of int, shape (n,)
    seed : int
    progress : callable
        Is told the share that is done.

    Returns
    -------
    dict of str to Visible
        Facts that have no value with enough X-rays in any class are absent.
    """
    probes = Probes.of(embeddings, sample.truth, folds)
    generator = np.random.default_rng(seed)
    found: dict[str, tuple[Estimate, Draws, Draws, int, NDArray[np.bool_]]] = {}
    for i, (name, value) in enumerate(values.items(), start=1):
        levels = Levels.of(value, sample.truth, sample.groups)
        if levels.asked.any():
            scores = probes.scores(levels.members)
            auc, draws = value_and_draws(sample, partial(probes.auc, levels=levels, scores=scores))
            shuffled = probes.auc_of_shuffled(levels, sample.groups, SHUFFLES, generator)
            rows = np.asarray(levels.asked.any(axis=1))
            n, n_groups = int(rows.sum()), len(np.unique(sample.groups[rows]))
            estimate = Estimate(auc, *percentile_interval(draws, LEVEL), n, n_groups)
            n_values = int(levels.asked.any(axis=0).sum())
            found[name] = estimate, draws, shuffled, n_values, rows
        progress(i / len(values))
    if not found:
        return {}
    gains = np.array([e.value - np.nanmean(s) for e, _, s, _, _ in found.values()])
    lows, highs = simultaneous_intervals(
        gains, np.stack([draws for _, draws, _, _, _ in found.values()], axis=1)
    )
    p_values = [
        float(norm.sf(gain / max(float(np.nanstd(shuffled)), 1e-12)))
        for gain, (_, _, shuffled, _, _) in zip(gains, found.values(), strict=True)
    ]
    return {
        name: Visible(
            estimate,
            float(np.nanmean(shuffled)),
            float(low),
            float(high),
            float(p),
            count,
            draws,
            asked,
        )
        for (name, (estimate, draws, shuffled, count, asked)), low, high, p in zip(
            found.items(), lows, highs, holm(p_values), strict=True
        )
    }
