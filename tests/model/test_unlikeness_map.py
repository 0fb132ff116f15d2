from __future__ import annotations

import numpy as np
import pytest

from tests.model.test_sanity import chest
from xraydemo.model.sanity import thumbnail
from xraydemo.model.unlikeness_map import UsualLooks


@pytest.fixture(scope="module")
def usual() -> UsualLooks:
    return UsualLooks.fit(np.stack([thumbnail(chest(seed)) for seed in range(200)]))


def test_a_patch_is_found_where_it_was_put(usual) -> None:
    small = thumbnail(chest(500)).copy()
    small[8:16, 40:48] = 1.0  # two by two cells, in rows 2 and 3, columns 10 and 11
    found = usual.map(small)
    assert found.shape == (16, 16)
    row, column = np.unravel_index(found.argmax(), found.shape)
    assert 1 <= row <= 4
    assert 9 <= column <= 12


def test_a_usual_one_is_about_1(usual) -> None:
    maps = np.stack([usual.map(thumbnail(chest(seed))) for seed in range(300, 330)])
    assert (maps >= 0).all()
    assert np.sqrt((maps**2).mean()) == pytest.approx(1, abs=0.15)


def test_no_component_comes_from_a_few_xrays(usual) -> None:
    assert len(usual.components) == 2  # of 200
    assert usual.components @ usual.components.T == pytest.approx(np.eye(2), abs=1e-4)


def test_as_a_whole_a_usual_one_is_about_1_and_an_inverted_one_more(usual) -> None:
    fresh = [thumbnail(chest(seed)) for seed in range(300, 330)]
    of_each = np.array([usual.unlikeness(one) for one in fresh])
    assert np.sqrt((of_each**2).mean()) == pytest.approx(1, abs=0.15)
    assert usual.unlikeness(1 - fresh[0]) > of_each.max()
