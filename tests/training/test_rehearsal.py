"""What is asked before a training, and how it fails."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

from tests.conftest import chest_like
from xraydemo.classes import CLASSES
from xraydemo.model.preprocess import Preprocessing
from xraydemo.training.recipe import Recipe
from xraydemo.training.rehearsal import BINS, learn_one_batch, look_at_input
from xraydemo.training.table import Part

HOW = Preprocessing(side=64)
RECIPE = Recipe(sides=(32,), batch_size=8)


def part_of(pictures: list[np.ndarray]) -> Part:
    n = len(pictures)
    nothing = np.full(n, "")
    return Part(pictures, np.arange(n) % len(CLASSES), nothing, nothing, np.arange(n).astype(str))


@pytest.fixture(scope="module")
def part() -> Part:
    generator = np.random.default_rng(0)
    return part_of([chest_like(generator, 64) for _ in range(20)])


def test_a_batch_is_learnt_by_heart(part) -> None:
    answer = learn_one_batch(part, RECIPE, HOW, "cpu", 0, math.inf)
    assert answer.verdict == "passed"
    assert answer.figures["last_loss"] <= 0.05 < answer.figures["first_loss"]
    assert answer.figures["xrays"] == 16


def test_a_network_that_does_not_move_learns_nothing(part, monkeypatch) -> None:
    monkeypatch.setattr("xraydemo.training.rehearsal.MOST_STEPS", 8)
    still = RECIPE.model_copy(update={"learning_rate": 0.0})
    answer = learn_one_batch(part, still, HOW, "cpu", 0, math.inf)
    assert answer.verdict == "failed"
    assert answer.figures["steps"] == 7


def test_no_time_is_no_failure(part) -> None:
    answer = learn_one_batch(part, RECIPE, HOW, "cpu", 0, time.monotonic())
    assert answer.verdict == "not asked"
    assert "no time" in answer.found


def test_the_input_is_described_without_a_picture(part) -> None:
    answer = look_at_input(part, RECIPE, HOW, 0)
    assert answer.verdict == "passed", answer.found
    assert answer.figures["shape"] == [8, 3, 64, 64]
    assert -1 <= answer.figures["min"] < answer.figures["max"] <= 1
    assert sum(answer.figures["histogram"]) == 8 * 3 * 64 * 64
    numbers = [v for value in answer.figures.values() for v in np.atleast_1d(value)]
    assert len(numbers) < 4 * BINS
    assert answer == look_at_input(part, RECIPE, HOW, 0)


def test_blank_pictures_are_no_input() -> None:
    answer = look_at_input(part_of([np.full((64, 64), 7, np.uint8)] * 20), RECIPE, HOW, 0)
    assert answer.verdict == "failed"
    assert "of one gray" in answer.found


def test_an_input_that_was_not_normalized_fails(part, monkeypatch) -> None:
    from xraydemo.training import pictures

    def not_normalized(image, how, side=None):
        return 255 * pictures_preprocess(image, how, side)

    pictures_preprocess = pictures.preprocess
    monkeypatch.setattr(pictures, "preprocess", not_normalized)
    answer = look_at_input(part, RECIPE, HOW, 0)
    assert answer.verdict == "failed"
    assert "outside the range" in answer.found
