from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.conftest import chest_like
from xraydemo.classes import CLASSES
from xraydemo.model.preprocess import Preprocessing
from xraydemo.model.torch_network import imagenet_network
from xraydemo.training.fit import predict
from xraydemo.training.last_layer import COMPONENTS, linear_layer, refit_last_layer
from xraydemo.training.recipe import Recipe
from xraydemo.training.table import Part


def test_a_weak_component_is_not_read_however_well_it_tells() -> None:
    """Beyond the strongest components nothing counts: what hides there is not of the lungs."""
    rng = np.random.default_rng(0)
    labels = np.arange(400) % 4
    strong = rng.normal(size=(400, COMPONENTS + 20))
    telling = 1e-3 * np.eye(4)[labels]
    even = np.full(400, 1 / 400)
    weight, bias = linear_layer(np.hstack([strong, telling]), labels, even, 0.003)
    assert weight.shape == (4, COMPONENTS + 24)
    assert bias.shape == (4,)
    assert (np.abs(weight[:, -4:]) * 1e-3).max() < 0.01
    weight, bias = linear_layer(np.hstack([strong[:, :50], telling]), labels, even, 0.003)
    answers = np.hstack([strong[:, :50], telling]) @ weight.T + bias
    assert (answers.argmax(axis=1) == labels).all()


def test_what_counts_nothing_changes_nothing() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(80) % 4
    embeddings = rng.normal(size=(80, 6)) + 2 * np.eye(4, 6)[labels]
    wrong = labels.copy()
    wrong[40:] = (wrong[40:] + 1) % 4
    half = np.repeat([1 / 40, 0.0], 40)
    right_ones, bias = linear_layer(embeddings, labels, half, 0.01)
    same, same_bias = linear_layer(embeddings, wrong, half, 0.01)
    np.testing.assert_allclose(right_ones, same)
    np.testing.assert_allclose(bias, same_bias)
    small = np.abs(linear_layer(embeddings, labels, half, 10.0)[0]).max()
    assert small < 0.1 * np.abs(right_ones).max()


@pytest.mark.filterwarnings("ignore")
def test_the_networks_answers_are_those_of_the_new_layer() -> None:
    rng = np.random.default_rng(0)
    pictures = [chest_like(rng, 64) // (1 + k % 4) for k in range(24)]
    labels = np.arange(24) % len(CLASSES)
    empty = np.full(24, "")
    part = Part(pictures=pictures, labels=labels, groups=empty, sources=empty, views=empty)
    torch.manual_seed(0)
    network = imagenet_network("tf_efficientnet_lite0", 0.0, 0.0)
    how = Preprocessing(side=32, equalize=False)
    refit_last_layer(network, part, Recipe(refit=0.003), how, "cpu")
    assert (predict(network, pictures, how, "cpu").argmax(axis=1) == labels).all()
    refit_last_layer(network, part, Recipe(refit=1e6), how, "cpu")
    logits = predict(network, pictures, how, "cpu")
    assert np.ptp(logits, axis=1).max() < 0.01  # no weight is left
