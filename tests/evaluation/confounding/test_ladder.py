"""The ladder: which step is taken, and what is said of it."""

import math

import numpy as np
import pandas as pd
import pytest

from xraydemo.evaluation.confounding.ladder import Ladder, Step, grid_of, step_of, told_by
from xraydemo.evaluation.sample import Sample

YES, NO, NOT_SHOWN, CANNOT_TELL = Step.YES, Step.NO, Step.NOT_SHOWN, Step.CANNOT_TELL


@pytest.mark.parametrize(
    ("low", "high", "step"),
    [
        (0.7, 0.9, YES),
        (0.4, 0.6, NO),
        (0.55, 0.65, NOT_SHOWN),
        (0.6, 0.9, NOT_SHOWN),
        (math.nan, math.nan, CANNOT_TELL),
    ],
)
def test_steps(low, high, step):
    assert step_of(low, high, 0.6) is step


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ((YES, YES, YES), "seems to lean on it, or on something that goes with it"),
        ((YES, YES, NO), "could use it, but does no better for it"),
        ((YES, YES, NOT_SHOWN), "neither shown nor excluded"),
        ((NO, YES, NO), "Nothing speaks for"),
        ((NO, NO, NOT_SHOWN), "neither shown nor excluded"),
        ((YES, YES, CANNOT_TELL), "can't be told here"),
    ],
)
def test_sentences_are_cautious(steps, words):
    assert words in Ladder("view", *steps).sentence


def test_grid():
    ladders = [Ladder("view", YES, NOT_SHOWN, NO), Ladder("kvp", NO, NO, CANNOT_TELL)]
    grid = grid_of(ladders, np.array([3, 5]))
    assert grid.row_labels == ("view", "kvp")
    assert grid.column_labels == ("present", "visible", "used")
    assert grid.values[0] == (1.0, 0.5, 0.0)
    assert math.isnan(grid.values[1][2])
    assert grid.groups == (((3, 5),) * 3, ((3, 5), (3, 5), ()))


def test_telling_by_a_fact_alone():
    truth = np.arange(400) % 2
    generator = np.random.default_rng(0)
    groups = np.arange(400).astype(str)
    sample = Sample.of(np.arange(400), truth, np.zeros((400, 4), np.float32), groups, n_draws=100)
    folds = generator.permutation(400) % 5
    follows = pd.Series(np.where(generator.random(400) < 0.8, truth, 1 - truth).astype(str))
    value, draws = told_by(follows, sample, folds, 1)
    # one value of two: the AUC is the balanced accuracy
    right = follows.astype(int).to_numpy() == truth
    assert value == pytest.approx(
        (right[truth == 0].mean() + right[truth == 1].mean()) / 2, abs=0.01
    )
    assert draws.shape == (100,)
    noise = pd.Series(generator.integers(0, 4, 400).astype(str))
    assert told_by(noise, sample, folds, 1)[0] == pytest.approx(0.5, abs=0.08)
