"""Whether a network's heat maps depend on what it has learnt."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from xraydemo.metrics.bootstrap import bootstrap
from xraydemo.metrics.rank_correlation import rank_correlation
from xraydemo.model.bundle import Bundle
from xraydemo.model.measured import Measured
from xraydemo.model.torch_network import NetworkWithMaps, load_network
from xraydemo.training.pictures import plain_tensors

N_ASKED = 100


def likeness_to_shuffled(
    bundle: Bundle,
    pictures: Sequence[NDArray[np.uint8]],
    labels: NDArray[np.intp],
    groups: NDArray[np.str_],
    seed: int,
) -> Measured:
    """Compare the maps of the classes called with those of shuffled weights [1]_.

    Parameters
    ----------
    bundle : Bundle
    pictures : sequence of ndarray of uint8, length n
        X-rays that the weights haven't seen; some of them are asked about.
    labels : ndarray of int, shape (n,)
    groups : ndarray of str, shape (n,)
    seed : int
        Of which are asked about, and of the interval's draws.

    Returns
    -------
    Measured
        Mean rank correlation of the cells, without its sign: 1 for the same map.

    References
    ----------
    .. [1] Adebayo et al., Sanity Checks for Saliency Maps, NeurIPS 2018.
    """
    n = min(N_ASKED, len(pictures))
    rows = np.sort(np.random.default_rng(seed).choice(len(pictures), n, replace=False))
    own, shuffled = (
        NetworkWithMaps(load_network(bundle, weights)) for weights in ("own", "shuffled")
    )
    alike = []
    with torch.inference_mode():
        for batch in plain_tensors([pictures[row] for row in rows], bundle.card.preprocessing, 32):
            logits, _, maps = own(batch)
            called = logits.argmax(dim=1)
            of_called = [
                of_all[torch.arange(len(called)), called].nan_to_num().numpy()
                for of_all in (maps, shuffled(batch)[2])
            ]
            alike.append(np.abs(rank_correlation(*of_called)))
    likeness = np.concatenate(alike)
    return Measured.of(
        bootstrap(lambda i: float(likeness[i].mean()), labels[rows], groups[rows], seed=seed)
    )
