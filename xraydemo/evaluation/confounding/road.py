"""Whether a heat map shows what matters: take away what it marks, and ask again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from xraydemo.evaluation.laboratory import UNCHANGED, Laboratory, Progress
from xraydemo.radiograph.interventions import Intervention

REMOVED = (0.1, 0.2, 0.3, 0.5)
"""Shares of the cells that are taken away."""
SMOOTH = 1.0  # cells: a random map that is as smooth as a heat map


@dataclass(frozen=True, eq=False)
class Removal:
    """What becomes of an answer when cells are taken away, the most relevant first.

    Attributes
    ----------
    rows : ndarray of int, shape (m,)
        Which of the X-rays that were asked for have an answer.
    marked, random : ndarray of float64, shape (m, 1 + len(REMOVED))
        Probability of the class: of the X-ray as it is, and with a growing share of cells removed,
        in the order of the heat map and of a blurred random map.
    """

    rows: NDArray[np.intp]
    marked: NDArray[np.float64]
    random: NDArray[np.float64]

    @property
    def area(self) -> NDArray[np.float64]:
        """Give how much more the probability falls by the heat map's order, shape (m,)."""
        return np.asarray((self.random - self.marked)[:, 1:].mean(axis=1))


def remove_and_ask(
    laboratory: Laboratory,
    files: list[str],
    maps: NDArray[np.floating],
    classes: NDArray[np.intp],
    *,
    seed: int,
    progress: Progress = lambda _: None,
) -> Removal:
    """Remove the most relevant cells of X-rays by imputing them (ROAD [1]_), and ask again.

    A heat map that shows what matters makes the probability fall faster than a random map that is
    as smooth. Imputing from the surroundings shows the network no black boxes.

    Parameters
    ----------
    laboratory : Laboratory
    files : list of str, length n
    maps : ndarray, shape (n, side, side)
        Of the class.
    classes : ndarray of int, shape (n,)
        The class whose probability is followed.
    seed : int
        Of the random maps.
    progress : callable

    References
    ----------
    .. [1] Rong, Leemann, Borisov, Kasneci, Kasneci, A Consistent and Efficient Evaluation Strategy
       for Attribution Methods, ICML 2022.
    """
    generator = np.random.default_rng(seed)
    curves = []
    for i, file in enumerate(files):
        noise = ndimage.gaussian_filter(generator.normal(size=maps[i].shape), SMOOTH)
        variants = {"as it is": UNCHANGED}
        for name, order in (("marked", maps[i]), ("random", noise)):
            variants |= {f"{name} {share}": _without(order, share) for share in REMOVED}
        answers = laboratory.ask([file], variants)
        curves.append([one.probabilities[0, classes[i]] for one in answers.values()])
        progress((i + 1) / len(files))
    table = np.array(curves, np.float64).reshape(len(files), 1 + 2 * len(REMOVED))
    rows = np.flatnonzero(~np.isnan(table).any(axis=1))
    start, marked, random = np.split(table[rows], [1, 1 + len(REMOVED)], axis=1)
    return Removal(rows, np.hstack([start, marked]), np.hstack([start, random]))


def _without(order: NDArray[np.floating], share: float) -> tuple[Intervention, ...]:
    """Take away the share of the cells that come first in the order."""
    ranked = np.argsort(-order.ravel(), kind="stable")
    cells = sorted(int(cell) for cell in ranked[: round(share * order.size)])
    height, width = order.shape
    return (Intervention("impute", {"cells": cells, "rows": height, "columns": width}),)
