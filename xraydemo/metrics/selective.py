"""What is gained when the doubtful answers are set aside: risk against the share that is kept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xraydemo.metrics.weighted import Draws, Mask, Weights


def aurc(weights: Weights, refusal: NDArray[np.floating], wrong: Mask) -> Draws:
    """Give the area under the risk-coverage curve: the error, averaged over all shares kept [1]_.

    Rows are kept from the lowest `refusal` on. Within a row, or several of the same score, the
    curve goes on as if they were kept in random order, and is integrated exactly: so integer
    weights are the same as that many copies of the row, refusing at random gives the error rate r,
    and refusing all wrong answers first gives r + (1 - r) ln(1 - r) [2]_.

    Parameters
    ----------
    weights : ndarray, shape (m, n)
    refusal : ndarray, shape (n,)
        The higher, the earlier it is set aside.
    wrong : ndarray of bool, shape (n,)

    Returns
    -------
    ndarray, shape (m,)
        In [0, 1]; NaN in a draw of nothing.

    References
    ----------
    .. [1] El-Yaniv & Wiener, On the Foundations of Noise-free Selective Classification, JMLR 2010.
    .. [2] Geifman, Uziel & El-Yaniv, Bias-Reduced Uncertainty Estimation for Deep Neural
       Classifiers, ICLR 2019.
    """
    order = np.argsort(refusal, kind="stable")
    scores = refusal[order]
    ends = np.append(np.flatnonzero(scores[1:] != scores[:-1]), len(scores) - 1)
    ordered = weights[:, order]
    kept = np.cumsum(ordered, axis=1, dtype=np.float64)[:, ends]
    errors = np.cumsum(ordered * wrong[order], axis=1, dtype=np.float64)[:, ends]
    kept_before, errors_before = (
        np.concatenate([np.zeros((len(weights), 1)), sums[:, :-1]], axis=1)
        for sums in (kept, errors)
    )
    more = kept - kept_before
    rate = np.divide(errors - errors_before, more, out=np.zeros_like(more), where=more > 0)
    # integral of (errors_before + rate t) / (kept_before + t) for t from 0 to more
    growth = np.zeros_like(more)
    began = (kept_before > 0) & (more > 0)
    np.log1p(np.divide(more, kept_before, out=growth, where=began), out=growth, where=began)
    area = (rate * more + (errors_before - rate * kept_before) * growth).sum(axis=1)
    total = kept[:, -1]
    mean = np.full(len(weights), np.nan)
    np.divide(area, total, out=mean, where=total > 0)
    return mean


def kept_first(refusal: NDArray[np.floating], share: float) -> Mask:
    """Tell which rows are kept when so large a share is, shape (n,): one at least.

    Rows of the same score go in the order in which they stand.
    """
    n_kept = max(1, round(share * len(refusal)))
    kept = np.zeros(len(refusal), dtype=bool)
    kept[np.argsort(refusal, kind="stable")[:n_kept]] = True
    return kept
