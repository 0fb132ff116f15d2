from __future__ import annotations

import numpy as np
import pytest
import torch
from pytorch_grad_cam import HiResCAM, XGradCAM

from xraydemo.classes import CLASSES
from xraydemo.metrics.rank_correlation import rank_correlation
from xraydemo.model import torch_method_maps
from xraydemo.model.bundle import load_bundle
from xraydemo.model.torch_method_maps import MethodMaps
from xraydemo.model.torch_network import NetworkWithMaps, load_network
from xraydemo.model.torch_runtime import TorchRuntime

COVID = CLASSES.index("covid")


@pytest.fixture(params=["tiny_bundle", "default_bundle"])
def bundle(request):
    return load_bundle(request.getfixturevalue(request.param))


@pytest.fixture
def maps(bundle):
    return MethodMaps(bundle, lambda weights: TorchRuntime(bundle, "cpu", weights))


@pytest.fixture
def tensor():
    return np.random.default_rng(0).normal(size=(3, 64, 64)).astype(np.float32)


def seen(bundle, tensor, weights="own"):
    """The last feature map (channels, h, w), and what Grad-CAM makes of it for covid."""
    network = load_network(bundle, weights)
    batch = torch.from_numpy(tensor)[None]
    with torch.inference_mode():
        features = network.forward_features(batch)[0].numpy()
        raw = NetworkWithMaps(network)(batch)[2][0, COVID].numpy()
    return features, network.get_classifier().weight[COVID].detach().numpy(), raw


@pytest.mark.parametrize("cam", [HiResCAM, XGradCAM])
def test_two_methods_that_are_not_offered_give_grad_cam(bundle, maps, tensor, cam, monkeypatch):
    monkeypatch.setitem(torch_method_maps._CAMS, "grad-cam++", cam)
    drawn = maps.of(tensor, "grad-cam++", "covid").raw
    np.testing.assert_allclose(drawn, np.maximum(seen(bundle, tensor)[2], 0), atol=1e-4)


def test_grad_cam_plus_plus_is_what_its_paper_says(bundle, maps, tensor):
    features, weights, _ = seen(bundle, tensor)
    gradient = (weights / features[0].size)[:, None, None] * np.ones_like(features)
    total = features.sum(axis=(1, 2), keepdims=True)
    alpha = gradient**2 / (2 * gradient**2 + total * gradient**3 + 1e-6)
    of_channel = (np.maximum(gradient, 0) * alpha).sum(axis=(1, 2))
    expected = np.einsum("c,chw->hw", of_channel, features)
    drawn = maps.of(tensor, "grad-cam++", "covid").raw
    np.testing.assert_allclose(drawn, np.maximum(expected, 0), rtol=1e-3, atol=1e-5)


def test_eigen_cam_is_the_first_component_and_has_a_sign(bundle, maps, tensor):
    features = seen(bundle, tensor)[0]
    cells = features.reshape(len(features), -1).T
    centred = cells - cells.mean(axis=0)
    first = np.linalg.svd(centred, full_matrices=False)
    expected = (first.U[:, 0] * first.S[0]).reshape(features.shape[1:])
    if -expected.min() > expected.max():
        expected = -expected
    drawn = maps.of(tensor, "eigen-cam", "covid")
    np.testing.assert_allclose(
        drawn.raw, np.maximum(expected, 0), atol=1e-3 * np.abs(expected).max()
    )
    np.testing.assert_array_equal(drawn.raw, maps.of(tensor, "eigen-cam", "normal").raw)


@pytest.mark.parametrize("bundle", ["tiny_bundle"], indirect=True)
def test_score_cam_weighs_what_is_seen_by_what_the_class_gets(bundle, maps, tensor):
    features, _, _ = seen(bundle, tensor)
    told = []
    drawn = maps.of(tensor, "score-cam", "covid", going_on=lambda: told.append(1)).raw
    assert len(told) == 2 * -(-len(features) // 8)

    upsampled = torch.nn.functional.interpolate(
        torch.from_numpy(features)[:, None], (64, 64), mode="bilinear", align_corners=True
    ).numpy()[:, 0]
    low, high = (f(upsampled, axis=(1, 2), keepdims=True) for f in (np.min, np.max))
    masks = (upsampled - low) / (high - low + 1e-8)
    logits = TorchRuntime(bundle, "cpu").forward(tensor[None] * masks[:, None]).logits[:, COVID]
    weights = np.exp(logits - logits.max())
    expected = np.einsum("c,chw->hw", weights / weights.sum(), features)
    np.testing.assert_allclose(drawn, np.maximum(expected, 0), rtol=1e-3, atol=1e-5)


def test_each_is_held_to_the_map_of_shuffled_weights(bundle, maps, tensor):
    own, shuffled = (seen(bundle, tensor, weights)[0] for weights in ("own", "shuffled"))

    def component(features):
        cells = features.reshape(len(features), -1).T
        first = np.linalg.svd(cells - cells.mean(axis=0), full_matrices=False)
        return (first.U[:, 0] * first.S[0]).reshape(1, *features.shape[1:])

    expected = abs(rank_correlation(component(own), component(shuffled))[0])
    assert maps.of(tensor, "eigen-cam", "covid").likeness == pytest.approx(expected, abs=0.06)
