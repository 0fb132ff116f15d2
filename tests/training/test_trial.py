"""A trial is a short training, and its line can be kept."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.training.tables import write_table
from xraydemo.model.preprocess import Preprocessing
from xraydemo.training import trial
from xraydemo.training.recipe import Recipe
from xraydemo.training.table import part_of, read_training_table


def test_a_trial_tells_what_it_cost(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(trial, "HOW", Preprocessing(side=32))
    monkeypatch.setattr(trial, "seconds_of", lambda minutes: 60 * minutes)
    write_table(tmp_path)
    table = read_training_table(tmp_path / "t.csv", lambda *_: None)
    train, select = (part_of(table, np.arange(start, 160, 2)) for start in (0, 1))
    recipe = Recipe(sides=(), batch_size=16, max_epochs=2)
    _, made = trial.try_out(recipe, train, select, 0.5, "cpu", 0)
    assert Recipe.model_validate(made["recipe"]) == recipe
    assert made["n"] == 80
    shortcut = abs(made["select"]["macro_auc_middle_blacked"] - 0.5)
    assert made["cost"] == pytest.approx(1 - made["select"]["macro_f1"] + shortcut / 4, abs=2e-4)
    assert json.loads(json.dumps(made)) == made
