"""Removing cells in the order of a map: which ones, and what is made of the answers."""

from __future__ import annotations

import numpy as np
import pytest

from tests.evaluation.laboratories import FakeLaboratory, Reply
from xraydemo.evaluation.confounding.road import REMOVED, remove_and_ask

MAP = np.arange(100, dtype=np.float64).reshape(10, 10)


def answers_by_cells(removed_of, gone=()):
    """Let the probability of class 2 fall by the share of the map's top half that is removed."""

    def replies(path, variant, weights):
        if path in gone:
            return None
        cells = variant[0].settings["cells"] if variant else []
        removed_of.append((path, tuple(cells)))
        left = 1 - sum(cell >= 50 for cell in cells) / 50
        return Reply(np.array([1 - left, 0, left, 0]))

    return FakeLaboratory(replies)


def test_the_cells_that_the_map_marks_most_go_first() -> None:
    removed: list = []
    removal = remove_and_ask(answers_by_cells(removed), ["a.png"], MAP[None], np.array([2]), seed=0)
    assert removed[0] == ("a.png", ())
    for (_, cells), share in zip(removed[1:5], REMOVED, strict=True):
        assert cells == tuple(range(100 - round(100 * share), 100))
    for (_, cells), share in zip(removed[5:], REMOVED, strict=True):
        assert len(cells) == round(100 * share)
    np.testing.assert_allclose(removal.marked[0], [1, 0.8, 0.6, 0.4, 0])
    half = [sum(cell >= 50 for cell in cells) / 50 for _, cells in removed[5:]]
    np.testing.assert_allclose(removal.random[0], [1, *(1 - np.array(half))])
    assert removal.area[0] == pytest.approx(np.mean([0.2, 0.4, 0.6, 1]) - np.mean(half))


def test_random_maps_are_smooth_and_differ_from_file_to_file() -> None:
    removed: list = []
    remove_and_ask(
        answers_by_cells(removed),
        ["a.png", "b.png"],
        np.stack([MAP, MAP]),
        np.array([2, 2]),
        seed=0,
    )
    half = [np.isin(np.arange(100), removed[i][1]).reshape(10, 10) for i in (8, 17)]
    assert (half[0] != half[1]).any()
    alike = np.mean([(one[1:] == one[:-1]).mean() for one in half])
    assert alike > 0.7  # neighbours go together more often than every other time


def test_what_cannot_be_read_is_left_out() -> None:
    seen: list[float] = []
    removal = remove_and_ask(
        answers_by_cells([], gone=("a.png",)),
        ["a.png", "b.png"],
        np.stack([MAP, MAP]),
        np.array([2, 2]),
        seed=0,
        progress=seen.append,
    )
    assert removal.rows.tolist() == [1]
    assert removal.marked.shape == (1, 5)
    assert seen == [0.5, 1.0]
