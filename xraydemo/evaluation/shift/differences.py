"""In which facts two sets of X-rays differ: one test a fact, corrected for their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from xraydemo.evaluation.tell_result import share_said
from xraydemo.metrics.bootstrap import LEVEL, Estimate
from xraydemo.metrics.intervals import holm, wilson

LEAST_EXPECTED = 5.0  # in a cell of a chi-square; rarer values are pooled
OTHER = "other"
KNOWN = "those of the larger side"
WORDS = {"mean": "mean gray", "aspect_ratio": "width to height"}

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Difference:
    """One fact of two sets, and how it differs.

    Attributes
    ----------
    name : str
        Of the fact.
    test : str
        "chi-square", "Fisher's exact", "Kolmogorov-Smirnov" or "Welch".
    p : float
        How rarely it comes out as large where nothing differs; corrected after `corrected`.
    size : float
        In [0, 1]: the share of X-rays whose value would have to change for the two to be alike
        (chi-square: total variation; else the largest gap between the cumulative shares).
    value : str
        The value whose share differs most; "" for numbers: then means are told.
    here, there : Estimate
        Its shares, or the means.
    """

    name: str
    test: str
    p: float
    size: float
    value: str
    here: Estimate
    there: Estimate

    @property
    def plain(self) -> str:
        """Name the fact in words."""
        return WORDS.get(self.name, self.name.replace("_", " "))

    @property
    def said(self) -> str:
        """Say what is different, in words."""
        if not self.value:
            here, there = _number(self.here), _number(self.there)
            return f"{self.plain} is {here} on average here, {there} there"
        here, there = share_said(self.here, 0), share_said(self.there, 0)
        return f"{self.plain} is {self.value} for {here} here, {there} there"


def corrected(
    differences: Sequence[Difference], *others: float
) -> tuple[list[Difference], list[float]]:
    """Correct p-values for how many tests were made, by Holm.

    Parameters
    ----------
    differences : sequence of Difference
    *others : float
        p-values of other tests of the same question.

    Returns
    -------
    list of Difference
        The same with corrected p-values, the largest difference first.
    list of float
        The others' corrected p-values.
    """
    p_values = holm([*(d.p for d in differences), *others])
    done = [replace(d, p=float(p)) for d, p in zip(differences, p_values, strict=False)]
    return sorted(done, key=lambda d: -d.size), [float(p) for p in p_values[len(differences) :]]


def of_counts(
    name: str, here: Mapping[str, float], there: Mapping[str, float]
) -> Difference | None:
    """Compare how often values occur, by chi-square; by Fisher's test where one side has too few.

    Parameters
    ----------
    name : str
    here, there : mapping of str to float
        How many independent X-rays have each value; unknown ones are not counted.

    Returns
    -------
    Difference or None
        None where only one value is left once those too rare to be tested are pooled.
    """
    all_values = pd.DataFrame({"here": pd.Series(here), "there": pd.Series(there)}).fillna(0.0)
    counts, test = _without_rare(all_values.astype(np.float64)), _chi_square
    if len(counts) and not counts.sum().all():
        counts, test = _new_and_known(all_values), _fisher  # of one side every value is rare
    if len(counts) < 2:
        return None
    shares = counts / counts.sum()
    gap = shares["here"] - shares["there"]
    value = str(gap.abs().idxmax())
    told = {
        side: _share(float(counts[side][value]), float(counts[side].sum()))
        for side in ("here", "there")
    }
    by, p = test(counts)
    return Difference(name, by, p, float(gap.abs().sum() / 2), value, **told)


def _without_rare(counts: pd.DataFrame) -> pd.DataFrame:
    """Pool the rarest values until each is expected often enough on both sides."""
    least = LEAST_EXPECTED / (counts.sum() / counts.to_numpy().sum()).min()
    total = counts.sum(axis=1)
    rare = total < least
    pooled = counts[rare].sum()
    kept: pd.DataFrame = counts[~rare]
    if pooled.sum() < least:
        return kept  # too few for a cell of their own
    pooled += kept.loc[OTHER] if OTHER in kept.index else 0.0
    kept = kept.drop(index=OTHER, errors="ignore")
    return pd.concat([kept, pd.DataFrame([pooled], index=[OTHER])])


def _new_and_known(counts: pd.DataFrame) -> pd.DataFrame:
    """Count on both sides the values that both have, or only the larger, and all others."""
    larger = counts.sum().idxmax()
    is_known = counts[larger] > 0
    sums = {KNOWN: counts[is_known].sum(), OTHER: counts[~is_known].sum()}
    return pd.DataFrame({name: of for name, of in sums.items() if of.sum()}).T


def _chi_square(counts: pd.DataFrame) -> tuple[str, float]:
    found = stats.chi2_contingency(counts.to_numpy().T, correction=False)
    return "chi-square", float(found.pvalue)


def _fisher(counts: pd.DataFrame) -> tuple[str, float]:
    return "Fisher's exact", float(stats.fisher_exact(counts.round().astype(int)).pvalue)


def _share(k: float, n: float) -> Estimate:
    return Estimate(k / n, *wilson(k, n), int(n), int(n))


def of_numbers(name: str, here: Numbers, there: Numbers) -> Difference | None:
    """Compare numbers of independent X-rays, by Kolmogorov-Smirnov; None if all are the same."""
    if len(np.unique(np.concatenate([here, there]))) < 2:
        return None
    found = stats.ks_2samp(here, there, method="asymp")
    return Difference(
        name, "Kolmogorov-Smirnov", float(found.pvalue), float(found.statistic), "",
        mean_of(here), mean_of(there),
    )  # fmt: skip


def of_summary(name: str, here: Numbers, there: Sequence[Mapping[str, float]]) -> Difference | None:
    """Compare numbers of independent X-rays with what is known of others only in sum, by Welch.

    Parameters
    ----------
    name : str
    here : ndarray, shape (n,)
    there : sequence of mapping
        `n`, `mean`, `std` of each part of the others.

    Returns
    -------
    Difference or None
        Its `size` takes the two for normal distributions. None if all are the same.
    """
    n = float(sum(part["n"] for part in there))
    mean = sum(part["n"] * part["mean"] for part in there) / n
    square = sum(part["n"] * (part["std"] ** 2 + (part["mean"] - mean) ** 2) for part in there) / n
    std = float(np.sqrt(square * n / (n - 1))) if n > 1 else 0.0
    own = mean_of(here)
    spread = float(here.std(ddof=1)) if len(here) > 1 else 0.0
    apart = abs(own.value - mean)
    both = float(np.hypot(std, spread) / np.sqrt(2))
    if both < 1e-9:
        if apart < 1e-6:
            return None
        p, size = 0.0, 1.0
    else:
        p = float(stats.ttest_ind_from_stats(
            own.value, spread, len(here), mean, std, n, equal_var=False
        ).pvalue)  # fmt: skip
        size = float(2 * stats.norm.cdf(apart / both / 2) - 1)
    half = float(stats.t.ppf((1 + LEVEL) / 2, max(n - 1, 1)) * std / np.sqrt(n))
    other = Estimate(float(mean), mean - half, mean + half, int(n), int(n))
    return Difference(name, "Welch", p, size, "", own, other)


def mean_of(values: NDArray[Any], level: float = LEVEL) -> Estimate:
    """Estimate the mean of independent numbers, with Student's interval; NaN for none."""
    n = len(values)
    if n == 0:
        return Estimate(np.nan, np.nan, np.nan, 0, 0)
    mean = float(np.mean(values))
    if n == 1:
        return Estimate(mean, np.nan, np.nan, 1, 1)
    half = float(stats.t.ppf((1 + level) / 2, n - 1) * np.std(values, ddof=1) / np.sqrt(n))
    return Estimate(mean, mean - half, mean + half, n, n)


def _number(mean: Estimate) -> str:
    return f"{mean.value:.3g} [{mean.low:.3g}, {mean.high:.3g}]"
