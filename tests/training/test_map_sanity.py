from __future__ import annotations

import numpy as np
import pytest

from tests.conftest import chest_like
from xraydemo.model.bundle import load_bundle
from xraydemo.training import map_sanity
from xraydemo.training.map_sanity import likeness_to_shuffled


def asked(bundle, n=12):
    generator = np.random.default_rng(0)
    pictures = [chest_like(generator, 64) for _ in range(n)]
    labels = np.arange(n) % 4
    return likeness_to_shuffled(bundle, pictures, labels, np.arange(n).astype(str), 0)


def test_shuffled_weights_give_other_maps(tiny_bundle) -> None:
    found = asked(load_bundle(tiny_bundle))
    assert found.n == 12
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.value < 0.9


def test_a_network_that_shuffling_leaves_as_it_is_gives_the_same_maps(
    tiny_bundle, monkeypatch
) -> None:
    own = map_sanity.load_network
    monkeypatch.setattr(map_sanity, "load_network", lambda bundle, weights: own(bundle))
    assert asked(load_bundle(tiny_bundle)).value == pytest.approx(1)


def test_no_more_are_asked_than_it_takes(tiny_bundle, monkeypatch) -> None:
    monkeypatch.setattr(map_sanity, "N_ASKED", 5)
    assert asked(load_bundle(tiny_bundle)).n == 5
