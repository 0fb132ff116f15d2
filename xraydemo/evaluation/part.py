"""A part of many X-rays, for questions that cost too much to be asked about all of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def even_part(
    strata: NDArray[np.intp], groups: NDArray[np.str_], most: int, *, seed: int = 0
) -> NDArray[np.intp]:
    """Draw some rows, as many of each stratum as there can be and from as many groups as possible.

    A stratum that is small is taken whole, and the others share what it leaves. Within one, each
    group (patient) gives a first row before any gives a second: two X-rays of one patient tell less
    than those of two.

    Parameters
    ----------
    strata : ndarray of int, shape (n,)
        The class of each row.
    groups : ndarray of str, shape (n,)
    most : int
        Rows to draw; all, if there are no more than that.
    seed : int
        The same draws the same.

    Returns
    -------
    ndarray of int, shape (min(n, most),)
        Row numbers, ascending.
    """
    order = np.random.default_rng(seed).permutation(len(strata))
    taken: list[NDArray[np.intp]] = []
    left = most
    names, sizes = np.unique(strata, return_counts=True)
    by_size = np.argsort(sizes, kind="stable")
    for done, stratum in enumerate(names[by_size]):
        rows = order[strata[order] == stratum]
        quota = min(left // (len(names) - done), len(rows))
        taken.append(rows[np.argsort(_turn(groups[rows]), kind="stable")][:quota])
        left -= quota
    return np.sort(np.concatenate(taken)) if taken else np.empty(0, np.intp)


def _turn(groups: NDArray[np.str_]) -> NDArray[np.intp]:
    """Count for each row those of its group that stand before it."""
    by_group = np.argsort(groups, kind="stable")
    _, sizes = np.unique(groups, return_counts=True)
    turn = np.empty(len(groups), np.intp)
    starts = np.repeat(np.cumsum(sizes) - sizes, sizes)
    turn[by_group] = np.arange(len(groups)) - starts
    return turn
