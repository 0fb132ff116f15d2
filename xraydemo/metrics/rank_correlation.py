"""How alike two maps are, whatever their scale."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def rank_correlation(
    first: NDArray[np.floating], second: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Correlate the ranks of the cells of two maps (Spearman).

    Parameters
    ----------
    first, second : ndarray, shape (n, side, side)

    Returns
    -------
    ndarray of float64, shape (n,)
        In [-1, 1]; 0 where one of them has a single value, which is like nothing.
    """
    ranks = [pd.DataFrame(m.reshape(len(m), -1)).rank(axis=1).to_numpy() for m in (first, second)]
    a, b = (r - r.mean(axis=1, keepdims=True) for r in ranks)
    spread = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    correlation = np.zeros(len(first))
    np.divide((a * b).sum(axis=1), spread, out=correlation, where=spread > 0)
    return correlation
