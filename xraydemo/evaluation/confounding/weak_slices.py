"""Weak slices that nobody named: found on one half of the patients, measured on the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor
from threadpoolctl import threadpool_limits

from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.slices import halves
from xraydemo.evaluation.tell_result import percent, plain
from xraydemo.evaluation.testable_facts import TestableFacts
from xraydemo.metrics.bootstrap import Estimate
from xraydemo.metrics.weighted import Draws, Weights

DEPTH = 3  # of the tree: at most three conditions, so that a slice can be said in words
LEAST_SHARE = 0.05  # of the X-rays, in a leaf
COMPONENTS, ROWS_A_COMPONENT = 32, 10
STARTS = 3  # of k-means

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class WeakSlice:
    """A slice that looked weak on one half, and what it is on the other.

    Attributes
    ----------
    how : str
        "facts" or "embeddings": where it was looked for.
    name : str
        In words.
    mask : ndarray of bool, shape (n,)
        Its X-rays of the half on which it is measured.
    right, awaited : Estimate
        The share that is answered right, and what it would be if each class did as it does
        elsewhere.
    less : Estimate
        The first less the second.
    """

    how: str
    name: str
    mask: Mask
    right: Estimate
    awaited: Estimate
    less: Estimate


def weakest_by_facts(
    facts: TestableFacts, sample: Sample, *, floor: int, level: float
) -> WeakSlice | None:
    """Find the leaf of a shallow tree over facts whose X-rays are most often answered wrong.

    What is looked at is how much more often than others of the same class, or every slice would be
    that of the hardest class.

    Parameters
    ----------
    facts : TestableFacts, n rows
    sample : Sample, n rows
    floor : int
        The least number of X-rays in each half.
    level : float
        Of the interval.

    Returns
    -------
    WeakSlice, optional
        None if there are too few X-rays, or no facts.
    """
    if not facts.columns.shape[1]:
        return None
    first_half = halves(sample)
    binned = {name: facts.binned(name) for name in map(str, facts.columns)}
    values = [(name, value) for name, cells in binned.items() for value in sorted(set(cells))]
    features = np.stack([binned[name] == value for name, value in values], axis=1)
    least = max(floor, int(LEAST_SHARE * first_half.sum()))
    if first_half.sum() < 2 * least:
        return None
    tree = DecisionTreeRegressor(max_depth=DEPTH, min_samples_leaf=least, random_state=0)
    tree.fit(features[first_half], _excess_errors(sample, first_half)[first_half])
    if tree.get_n_leaves() < 2:
        return None
    leaf = tree.apply(features)
    awaited = tree.predict(features)
    large = [x for x in np.unique(leaf) if (leaf[~first_half] == x).sum() >= floor]
    if not large:
        return None
    worst = int(max(large, key=lambda x: awaited[leaf == x][0]))
    name = _path_in_words(tree, worst, values)
    return _measured("facts", name, leaf == worst, sample, first_half, level)


def weakest_by_embeddings(
    embeddings: NDArray[np.floating],
    logits: NDArray[np.floating],
    facts: TestableFacts,
    sample: Sample,
    *,
    clusters: int,
    floor: int,
    level: float,
    seed: int,
) -> WeakSlice | None:
    """Find the cluster of X-rays that look alike to the model and are most often answered wrong.

    What the answers are read off, the embeddings' regression on the logits, is taken out of them
    first: else the clusters were those of the answers, and one near the border between two classes
    were weak in any model.

    Parameters
    ----------
    embeddings : ndarray, shape (n, d)
        Clustered by k-means, after reduction to at most 32 principal components.
    logits : ndarray, shape (n, n_classes)
    clusters : int
        How many.
    seed : int

    See `weakest_by_facts` for the others, and for what is given.
    """
    first_half = halves(sample)
    if first_half.sum() < clusters * floor:
        return None
    method = make_pipeline(
        StandardScaler(),
        PCA(
            min(COMPONENTS, int(first_half.sum()) // ROWS_A_COMPONENT, embeddings.shape[1]),
            svd_solver="randomized",
            random_state=seed,
        ),
        KMeans(clusters, n_init=STARTS, random_state=seed),
    )
    with threadpool_limits(1):
        regression = LinearRegression().fit(logits[first_half], embeddings[first_half])
        beside = (embeddings - regression.predict(logits)).astype(np.float64)
        method.fit(beside[first_half])
        cluster = method.predict(beside)
    excess = _excess_errors(sample, first_half)
    numbers, counts = np.unique(cluster[first_half], return_counts=True)
    large = [
        c
        for c, count in zip(numbers, counts, strict=True)
        if min(count, (cluster[~first_half] == c).sum()) >= floor
    ]
    if not large:
        return None
    worst = max(large, key=lambda c: excess[first_half & (cluster == c)].mean())
    name = _what_marks(cluster == worst, facts)
    return _measured("embeddings", name, cluster == worst, sample, first_half, level)


def _excess_errors(sample: Sample, of: Mask) -> NDArray[np.float64]:
    """Give each X-ray's error (0 or 1) less the mean error of its class among some, shape (n,)."""
    wrong = (sample.truth != sample.predicted).astype(np.float64)
    mean = {k: wrong[of & (sample.truth == k)].mean() for k in np.unique(sample.truth[of])}
    return np.array(
        [x - mean.get(k, 0.0) for x, k in zip(wrong, sample.truth, strict=True)], np.float64
    )


def _measured(
    how: str, name: str, of_slice: Mask, sample: Sample, first_half: Mask, level: float
) -> WeakSlice | None:
    """Measure a slice on the second half; None if there is nothing beside it."""
    half = sample.part(~first_half)
    inside = of_slice[~first_half]
    if inside.all():
        return None
    right = (half.truth == half.predicted).astype(np.float32)
    classes = np.unique(half.truth)
    members = np.stack([half.truth == k for k in classes], axis=1).astype(np.float32)

    def share_right(weights: Weights) -> Draws:
        return _mean(weights, right, inside)

    def share_awaited(weights: Weights) -> Draws:
        counts = weights @ members
        hits = (weights * right) @ members
        recalls = np.divide(hits, counts, out=np.zeros_like(hits), where=counts > 0)
        of_slice_counts = (weights * inside) @ members
        total = of_slice_counts.sum(axis=1)
        awaited = np.full(len(weights), np.nan)
        np.divide((recalls * of_slice_counts).sum(axis=1), total, out=awaited, where=total > 0)
        return awaited

    n, n_groups = int(inside.sum()), len(np.unique(half.groups[inside]))
    estimate = half.resampling.estimate
    return WeakSlice(
        how,
        name,
        of_slice & ~first_half,
        *(
            estimate(statistic, level)._replace(n=n, n_groups=n_groups)
            for statistic in (
                share_right,
                share_awaited,
                lambda w: share_right(w) - share_awaited(w),
            )
        ),
    )


def _mean(weights: Weights, values: NDArray[np.float32], inside: Mask) -> Draws:
    total = (weights @ inside.astype(np.float32)).astype(np.float64)
    share = np.full(len(total), np.nan)
    np.divide(weights @ (values * inside), total, out=share, where=total > 0)
    return share


def _path_in_words(tree: DecisionTreeRegressor, leaf: int, owner: list[tuple[str, str]]) -> str:
    """Say which facts lead to a leaf of a tree over columns of 0 and 1."""
    structure = tree.tree_
    parent = {
        int(child): (node, side)
        for side, children in ((0, structure.children_left), (1, structure.children_right))
        for node, child in enumerate(children)
        if child >= 0
    }
    has: dict[str, str] = {}
    lacks: dict[str, list[str]] = {}
    node = leaf
    while node in parent:
        node, side = parent[node]
        fact, value = owner[structure.feature[node]]
        if side == 1:
            has[fact] = value
        else:
            lacks.setdefault(fact, []).append(value)
    said = [f"{plain(fact)} = {value}" for fact, value in has.items()]
    said += [
        f"{plain(fact)} not {' nor '.join(values)}"
        for fact, values in lacks.items()
        if fact not in has
    ]
    return ", ".join(said)


def _what_marks(inside: Mask, facts: TestableFacts) -> str:
    """Say which value of a fact is most overrepresented in a cluster."""
    most, said = 0.0, "no fact that is known marks them"
    for name in map(str, facts.columns):
        shares = pd.crosstab(facts.binned(name), inside, normalize="columns")
        more = shares[True] - shares[False]
        if more.max() > most:
            most, value = float(more.max()), str(more.idxmax())
            said = (
                f"{plain(name)} is {value} for {percent(shares[True][value])} of them, and for "
                f"{percent(shares[False][value])} of the rest"
            )
    return said
