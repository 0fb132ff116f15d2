"""What the model would answer if its embedding showed nothing of a fact.

The bundle's last layer is linear. So it need not be run again: when `d` is taken from an embedding,
the logits lose `W d`, and for directions that are differences between means of embeddings, `W d` is
the same difference between means of logits. That is exact, and needs no weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from xraydemo.evaluation.confounding.probe import RIDGE, components

Floats = NDArray[np.float64]
LEAST_SPREAD = 1e-9


@dataclass(frozen=True, eq=False)
class _Fold:
    """What is known of the rows outside one fold, all centred on their class."""

    held: NDArray[np.bool_]
    centred: Floats
    logits: Floats
    centring: NDArray[np.intp]
    probed: Floats
    """The held rows, through the ridge regression's inverse, shape (n held, r)."""
    inverse: Floats
    head: Floats
    """From components to logits, by least squares, shape (r, 4)."""


@dataclass(frozen=True, eq=False)
class Eraser:
    """Takes facts out of embeddings, cross-fitted: a row is changed by what other groups taught.

    What is taken out is the oblique projection of least change [1]_: along the difference D between
    the means of embeddings with and without a value, by as much as a ridge probe B predicts,
    ``x - D (B'D)^-1 B' x``. Afterwards the means do not differ, so no linear layer can tell the
    fact. (To project out the probe's own direction B, as is often done, leaves the means
    different: the last layer could still read the fact.) D and B are fitted on embeddings that are
    centred on their class: what only tells the class stays.

    References
    ----------
    .. [1] Belrose et al., LEACE: Perfect linear concept erasure in closed form, NeurIPS 2023.
    """

    truth: NDArray[np.intp]
    logits: Floats
    x: Floats
    folds: tuple[_Fold, ...]

    @classmethod
    def of(
        cls,
        embeddings: NDArray[np.floating],
        logits: NDArray[np.floating],
        truth: NDArray[np.intp],
        folds: NDArray[np.intp],
    ) -> Eraser:
        """Prepare it.

        Parameters
        ----------
        embeddings : ndarray, shape (n, d)
        logits : ndarray, shape (n, 4)
            Of the linear layer on them.
        truth, folds : ndarray of int, shape (n,)
        """
        own: Floats = logits.astype(np.float64)
        x = components(embeddings.astype(np.float64))
        each = []
        for fold in np.unique(folds):
            held = folds == fold
            known = _centred(x[~held], truth[~held])
            answers = _centred(own[~held], truth[~held])
            scatter = known.T @ known
            mean = max(float(np.trace(scatter)) / len(scatter), LEAST_SPREAD)
            inverse = np.linalg.inv(scatter + RIDGE * mean * np.eye(len(scatter)))
            small = 1e-6 * mean * np.eye(len(scatter))
            head = np.linalg.solve(scatter + small, known.T @ answers)
            probed: Floats = (x[held] - x[~held].mean(axis=0)) @ inverse
            each.append(
                _Fold(
                    held,
                    known,
                    answers,
                    truth[~held],
                    probed,
                    np.asarray(inverse, np.float64),
                    np.asarray(head, np.float64),
                )
            )
        return cls(truth, own, x, tuple(each))

    def without(self, members: NDArray[np.bool_]) -> Floats:
        """Give the logits when nothing is left of a fact.

        Parameters
        ----------
        members : ndarray of bool, shape (n, q)
            Which row has which value.

        Returns
        -------
        ndarray, shape (n, 4)
        """
        logits = self.logits.copy()
        for fold in self.folds:
            targets = _centred(members[~fold.held].astype(np.float64), fold.centring)
            directions = fold.centred.T @ targets
            logits[fold.held] -= _taken(fold, directions, fold.logits.T @ targets)
        return logits

    def without_chance(
        self, members: NDArray[np.bool_], times: int, generator: np.random.Generator
    ) -> Floats:
        """Give the logits when as many random directions of equal variance are taken out.

        They are drawn from what the fact leaves unexplained within the classes.

        Parameters
        ----------
        members : ndarray of bool, shape (n, q)
            The fact whose directions are to be equalled, in number and variance.
        times : int
        generator : numpy.random.Generator

        Returns
        -------
        ndarray, shape (times, n, 4)
        """
        targets = _centred(members.astype(np.float64), self.truth)
        x = _centred(self.x, self.truth)
        own, size, _ = np.linalg.svd(x.T @ targets, full_matrices=False)
        rank = max(int((size > LEAST_SPREAD * max(size[0], LEAST_SPREAD)).sum()), 1)
        wanted = float(np.mean((own[:, :rank].T ** 2) @ x.var(axis=0)))
        # what is left when the fact is known: a fact that is the largest thing to be seen, such as
        # a coarser resolution, would else be drawn itself
        x -= targets @ np.linalg.lstsq(targets, x, rcond=None)[0]
        spread, axes = np.linalg.eigh(x.T @ x / len(x))
        spread = np.clip(spread, LEAST_SPREAD * max(spread[-1], LEAST_SPREAD), None)
        power = _power_for(wanted, spread)
        drawn = generator.normal(size=(times, len(spread), rank))
        drawn = axes @ (drawn * ((spread / spread[-1]) ** power)[:, None])
        logits = np.repeat(self.logits[None], times, axis=0)
        for fold in self.folds:
            logits[:, fold.held] -= _taken(fold, drawn, fold.head.T @ drawn)
        return logits


def _power_for(wanted: float, spread: Floats) -> float:
    """Find p for which directions of random numbers times spread**p have a variance on average.

    p is at most 1: with more, all are nearly the axis of the largest spread, and not random. Where
    a fact has more variance than that gives, the random directions have less.
    """

    def excess(p: float) -> float:
        shares = (spread / spread[-1]) ** (2 * p)
        return float((shares * spread).sum() / shares.sum()) - wanted

    low, high = -1.0, 1.0
    if excess(low) >= 0:
        return low
    if excess(high) <= 0:
        return high
    return float(brentq(excess, low, high, xtol=1e-3))


def log_odds(logits: Floats, k: int, temperature: float) -> Floats:
    """Give the log-odds of class `k`, shape (..., n), of logits of shape (..., n, 4).

    They rank X-rays as the probability does, but never round to the same number.
    """
    warm = logits / temperature
    others = np.delete(warm, k, axis=-1)
    most = others.max(axis=-1, keepdims=True)
    total = np.log(np.exp(others - most).sum(axis=-1)) + most[..., 0]
    return np.asarray(warm[..., k] - total)


def _taken(fold: _Fold, directions: Floats, in_logits: Floats) -> Floats:
    """Give what the held rows' logits lose, shape (..., n held, 4).

    Parameters
    ----------
    fold : _Fold
    directions : ndarray, shape (..., r, q)
    in_logits : ndarray, shape (..., 4, q)
        The last layer's answer to them.
    """
    gram = directions.swapaxes(-1, -2) @ fold.inverse @ directions
    amounts = fold.probed @ directions @ np.linalg.pinv(gram, rcond=1e-8, hermitian=True)
    return np.asarray(amounts @ in_logits.swapaxes(-1, -2))


def _centred(x: Floats, classes: NDArray[np.intp]) -> Floats:
    centred = x.copy()
    for k in np.unique(classes):
        centred[classes == k] -= x[classes == k].mean(axis=0)
    return centred
