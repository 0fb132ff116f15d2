"""Fitting the last layer anew on X-rays as they are read later: last layer re-training [1]_.

What a network knows of lungs stands in its features beside what it knows of collections, and the
last layer chooses among them. It was trained on X-rays that were moved, covered and spoilt; fitted
anew on plain ones, on the strongest components of the features alone, it leaves out directions
that only told where an X-ray comes from.

References
----------
.. [1] Kirichenko, Izmailov & Wilson, Last Layer Re-Training is Sufficient for Robustness to
   Spurious Correlations, ICLR 2023; there on data without the correlation, which we don't have.
"""

from __future__ import annotations

from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from torch import nn

from xraydemo.model.preprocess import Preprocessing
from xraydemo.model.torch_network import NetworkWithMaps
from xraydemo.training.pictures import balance, plain_tensors
from xraydemo.training.recipe import Recipe
from xraydemo.training.table import Part

Floats = NDArray[np.float64]
COMPONENTS = 100  # of 50, 100 and 200 tried; see the default bundle's trials
SECONDS_AN_XRAY = 0.025  # measured on 2 cores, of 192 x 192 pixels


def refit_last_layer(
    network: nn.Module, part: Part, recipe: Recipe, how: Preprocessing, device: str
) -> None:
    """Replace the last layer by one fitted on the part that the weights were trained on.

    Parameters
    ----------
    network : nn.Module
        As timm makes it, with average pooling and a linear classifier; is changed.
    part : Part
        With X-rays of all four classes.
    recipe : Recipe
        Gives the penalty (`refit`).
    how : Preprocessing
    device : str
        ``cpu`` or ``cuda``; where the network is.
    """
    read = NetworkWithMaps(network.eval())
    with torch.inference_mode():
        batches = plain_tensors(part.pictures, how, recipe.batch_size)
        embeddings = np.concatenate([read(batch.to(device))[1].cpu().numpy() for batch in batches])
    weights = balance(part.labels, part.sources)
    weight, bias = linear_layer(embeddings.astype(float), part.labels, weights, recipe.refit)
    classifier = cast(nn.Linear, network.get_classifier())  # type: ignore[operator]
    with torch.no_grad():
        classifier.weight.copy_(torch.from_numpy(weight))
        classifier.bias.copy_(torch.from_numpy(bias))


def linear_layer(
    embeddings: Floats, labels: NDArray[np.intp], weights: Floats, penalty: float
) -> tuple[Floats, Floats]:
    """Fit a linear layer on the strongest components of embeddings, each scaled to variance 1.

    Parameters
    ----------
    embeddings : ndarray of float, shape (n, d)
    labels : ndarray of int, shape (n,)
        Class numbers, each at least once.
    weights : ndarray of float, shape (n,)
        What each X-ray counts; they sum to 1.
    penalty : float
        Of the squared weights, beside the mean log loss.

    Returns
    -------
    weight : ndarray of float, shape (4, d)
    bias : ndarray of float, shape (4,)
    """
    mean = embeddings.mean(axis=0)
    _, spread, directions = np.linalg.svd(embeddings - mean, full_matrices=False)
    kept = min(COMPONENTS, int((spread > 1e-6 * spread[0]).sum()))
    scaling = directions[:kept].T / (spread[:kept] / np.sqrt(len(embeddings)))
    model = LogisticRegression(C=1 / (2 * penalty), max_iter=1000)
    model.fit((embeddings - mean) @ scaling, labels, sample_weight=weights)
    weight = model.coef_ @ scaling.T
    return weight, model.intercept_ - weight @ mean
