from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from xraydemo.model.lungs import load_lungs
from xraydemo.model.torch_network import NetworkWithMaps, imagenet_network
from xraydemo.training.evidence import class_maps, outline_lungs, share_outside
from xraydemo.training.pictures import load_pictures


def test_the_share_outside_by_hand() -> None:
    """Strengths 1, 3 in the upper and 0, 4 in the lower row; the left column, half of the upper
    right and a quarter of the lower right cell are lungs: outside lies half of 4 of 8."""
    maps = torch.tensor([[[[1.0, -2.0], [0.0, 4.0]], [[0.0, 1.0], [0.0, 0.0]]]])
    places = torch.zeros(1, 4, 4)
    places[:, :, :2] = 1
    places[:, :2, 2] = 1
    places[:, 3, 3] = 1
    assert float(share_outside(maps, places)) == pytest.approx(2 / 8)


def test_evidence_may_lie_anywhere_where_lungs_are_unknown() -> None:
    maps = torch.randn(3, 4, 5, 5, requires_grad=True)
    share = share_outside(maps, torch.ones(3, 60, 60))
    share.backward()
    assert float(share.detach()) == 0
    assert maps.grad is not None
    assert not maps.grad.any()


def test_no_evidence_is_none_outside() -> None:
    maps = torch.zeros(1, 4, 5, 5, requires_grad=True)
    share = share_outside(maps, torch.zeros(1, 60, 60))
    share.backward()
    assert float(share.detach()) == 0
    assert maps.grad is not None
    assert torch.isfinite(maps.grad).all()


@given(seed=st.integers(0, 100), factor=st.floats(0.01, 100))
@settings(max_examples=20)
def test_how_strong_a_map_is_does_not_matter(seed, factor) -> None:
    generator = torch.Generator().manual_seed(seed)
    maps = torch.randn(2, 4, 6, 6, generator=generator)
    places = torch.rand(2, 60, 60, generator=generator).round()
    share = float(share_outside(maps, places))
    assert 0 <= share <= 1
    assert float(share_outside(maps * factor, places)) == pytest.approx(share, rel=1e-4)


def test_a_step_against_the_share_draws_evidence_inside() -> None:
    torch.manual_seed(0)
    features = nn.Parameter(torch.rand(1, 8, 4, 4))
    classifier = nn.Linear(8, 4)
    places = torch.zeros(1, 4, 4)
    places[:, :, :2] = 1
    optimizer = torch.optim.SGD([features], lr=1.0)
    shares = []
    for _ in range(20):
        share = share_outside(class_maps(features, classifier), places)
        shares.append(float(share.detach()))
        optimizer.zero_grad()
        share.backward()
        optimizer.step()
    assert shares[-1] < 0.8 * shares[0]


def test_it_is_grad_cam_that_is_taught() -> None:
    """The maps of the training are those that a reading shows, times the number of cells."""
    network = imagenet_network("tf_efficientnet_lite0").eval()
    with torch.inference_mode():
        inputs = torch.randn(1, 3, 64, 64)
        shown = NetworkWithMaps(network)(inputs)[2]
        taught = class_maps(network.forward_features(inputs), network.get_classifier())
    torch.testing.assert_close(taught / 4, shown)


def test_lungs_are_outlined_widely_or_not_at_all(shared_data) -> None:
    """An X-ray has lungs, about as many as its own outline; one gray has none."""
    path = next((shared_data / "train" / "normal").glob("rsna*"))
    (picture,) = load_pictures([path], lambda *_: None)
    lungs, nothing = outline_lungs([picture, np.full((64, 64), 90, np.uint8)], load_lungs(), "cpu")
    assert lungs is not None
    assert 0.15 < lungs.mean() < 0.7
    assert set(np.unique(lungs)) == {0, 1}
    assert nothing is None
