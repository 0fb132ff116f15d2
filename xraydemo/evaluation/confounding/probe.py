"""Whether a network's embedding shows a fact: linear probes within each class, out of fold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from xraydemo.metrics.weighted import Draws, Mask, Weights, auc_in_folds

COMPONENTS = 128  # what lies beyond them is mostly noise, and costs time
RIDGE = 0.5  # of the mean variance of a component
LEAST = 10  # X-rays of a class with a value, and without it, from 5 groups each

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Levels:
    """The values of a fact with few values, one column each.

    Attributes
    ----------
    names : tuple of str
    members : ndarray of bool, shape (n, q)
        Which row has which value.
    asked : ndarray of bool, shape (n, q)
        Where, in the row's class, there is enough with the value and without it.
    """

    names: tuple[str, ...]
    members: Mask
    asked: Mask

    @classmethod
    def of(
        cls, values: pd.Series, truth: NDArray[np.intp], groups: NDArray[np.str_], folds: int = 5
    ) -> Levels:
        """Make it of the text of each row; a value must come from as many groups as `folds`."""
        codes, names = pd.factorize(values, sort=True)
        members = codes[:, None] == np.arange(len(names))
        asked = np.zeros_like(members)
        for k in np.unique(truth):
            of_class = truth == k
            for j in range(len(names)):
                sides = (of_class & members[:, j], of_class & ~members[:, j])
                asked[of_class, j] = all(
                    side.sum() >= LEAST and len(np.unique(groups[side])) >= folds for side in sides
                )
        return cls(tuple(map(str, names)), members, asked)

    @property
    def erasable(self) -> Mask:
        """Give the columns of values that are common enough in some class, shape (n, q)."""
        return self.members[:, self.asked.any(axis=0)]


@dataclass(frozen=True, eq=False)
class Probes:
    """Ridge regressions from the embedding, one for each class and fold, ready for any fact.

    Fitting and scoring within a class keeps the probe from reading the fact through the label:
    where the two go together, every good embedding shows the label, and with it the fact. The
    out-of-fold score of a ridge regression is linear in its target, so one matrix a class does for
    all facts and all shuffled ones.

    Attributes
    ----------
    folds : ndarray of int, shape (n,)
        The class and fold of each row, as one number: a row is scored by a regression on its class
        in the other folds, and compared with rows of its own class and fold only.
    of_class : tuple of (rows, matrix)
        Row numbers of a class, and the matrix from targets to scores.
    """

    folds: NDArray[np.intp]
    of_class: tuple[tuple[NDArray[np.intp], Floats], ...]

    @classmethod
    def of(
        cls, embeddings: NDArray[np.floating], truth: NDArray[np.intp], folds: NDArray[np.intp]
    ) -> Probes:
        """Fit them.

        Parameters
        ----------
        embeddings : ndarray, shape (n, d)
        truth, folds : ndarray of int, shape (n,)
        """
        each = []
        for k in np.unique(truth):
            rows = np.flatnonzero(truth == k)
            x = embeddings[rows].astype(np.float64)
            each.append((rows, _scores_of_targets(x, folds[rows])))
        return cls(truth * (int(folds.max()) + 1) + folds, tuple(each))

    def scores(self, targets: NDArray[np.floating] | Mask) -> Floats:
        """Score each row by probes that have not seen its group.

        Parameters
        ----------
        targets : ndarray, shape (n, q)

        Returns
        -------
        ndarray, shape (n, q)
        """
        scores = np.empty(targets.shape)
        for rows, matrix in self.of_class:
            scores[rows] = matrix @ targets[rows].astype(np.float64)
        return scores

    def auc(self, weights: Weights, levels: Levels, scores: Floats) -> Draws:
        """Give how often a row with a value outranks one without it, over all pairs.

        The two are of one class and fold; pairs of all values and classes count alike.

        Parameters
        ----------
        weights : ndarray, shape (m, n)
        levels : Levels
        scores : ndarray, shape (n, q)

        Returns
        -------
        ndarray, shape (m,)
            0.5 where the embedding shows nothing of the fact; NaN where nothing can be asked.
        """
        row, level = np.nonzero(levels.asked)
        if not len(row):
            return np.full(len(weights), np.nan)
        cell = self.folds[row] * levels.members.shape[1] + level
        return auc_in_folds(weights[:, row], scores[row, level], levels.members[row, level], cell)

    def auc_of_shuffled(
        self,
        levels: Levels,
        groups: NDArray[np.str_],
        times: int,
        generator: np.random.Generator,
    ) -> Draws:
        """Give the same for facts that were dealt anew to the groups of each class.

        Parameters
        ----------
        levels : Levels
        groups : ndarray of str, shape (n,)
            An X-ray takes its fact from one of the patient that its own patient changed with.
        times : int
        generator : numpy.random.Generator

        Returns
        -------
        ndarray, shape (times,)
        """
        outranked, pairs = np.zeros(times), np.zeros(times)
        for rows, matrix in self.of_class:
            asked = levels.asked[rows[0]]
            if not asked.any():
                continue
            donors = np.stack([_dealt(groups[rows], generator) for _ in range(times)])
            members = levels.members[rows][:, asked][donors]  # (times, n of class, q)
            flat = members.transpose(1, 0, 2).reshape(len(rows), -1)
            scores = matrix @ flat.astype(np.float64)
            cells = self.folds[rows]
            for cell in np.unique(cells):
                inside = cells == cell
                won, of = _rank_sums(scores[inside], flat[inside])
                outranked += won.reshape(times, -1).sum(axis=1)
                pairs += of.reshape(times, -1).sum(axis=1)
        shares: Draws = np.full(times, np.nan)
        np.divide(outranked, pairs, out=shares, where=pairs > 0)
        return shares


def components(x: Floats) -> Floats:
    """Turn rows to their principal axes and keep the `COMPONENTS` largest, shape (n, r).

    The axes are found in the smaller of the two Gram matrices, which is quicker than a full
    singular value decomposition.
    """
    x = x - x.mean(axis=0)
    if x.shape[0] < x.shape[1]:
        values, vectors = np.linalg.eigh(x @ x.T)
        kept = np.argsort(values)[::-1][:COMPONENTS]
        kept = kept[values[kept] > 1e-9 * max(values.max(), 1e-300)]
        return np.asarray(vectors[:, kept] * np.sqrt(values[kept]))
    _, vectors = np.linalg.eigh(x.T @ x)
    return np.asarray(x @ vectors[:, ::-1][:, :COMPONENTS])


def _scores_of_targets(embeddings: Floats, folds: NDArray[np.intp]) -> Floats:
    """Give the matrix from a class's targets to their out-of-fold scores, shape (n, n)."""
    x = components(embeddings)
    matrix = np.zeros((len(x), len(x)))
    for fold in np.unique(folds):
        held = folds == fold
        if held.all():
            continue
        mean = x[~held].mean(axis=0)
        known = x[~held] - mean
        scatter = known.T @ known
        penalty = RIDGE * max(float(np.trace(scatter)) / len(scatter), 1e-12)
        fitted = np.linalg.solve(scatter + penalty * np.eye(len(scatter)), known.T)
        of_known = (x[held] - mean) @ fitted
        # the target's mean is no part of what a pair differs in
        matrix[np.ix_(held, ~held)] = of_known - of_known.mean(axis=1, keepdims=True)
    return matrix


def _dealt(groups: NDArray[np.str_], generator: np.random.Generator) -> NDArray[np.intp]:
    """Give for each row the row that it takes its fact from, groups changing as a whole."""
    number = np.unique(groups, return_inverse=True)[1]
    order = np.argsort(number, kind="stable")
    sizes = np.bincount(number)
    starts = np.cumsum(sizes) - sizes
    giver = generator.permutation(len(sizes))
    place = np.arange(len(groups)) - np.repeat(starts, sizes)
    given_by = np.repeat(giver, sizes)
    donors = np.empty(len(groups), np.intp)
    donors[order] = order[starts[given_by] + place % sizes[given_by]]
    return donors


def _rank_sums(scores: Floats, members: Mask) -> tuple[Floats, Floats]:
    """Count in each column the pairs of a member and another, and those that the member wins."""
    inside = members.sum(axis=0).astype(np.float64)
    ranks = np.asarray(rankdata(scores, axis=0))
    won = np.where(members, ranks, 0.0).sum(axis=0) - inside * (inside + 1) / 2
    return won, inside * (len(members) - inside)
