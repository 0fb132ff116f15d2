"""How settings are drawn, kept and gone on from; and what leaving a collection out leaves out."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
import pytest
import timm
from hypothesis import given
from hypothesis import strategies as st

from tests.training.tables import write_table
from xraydemo.errors import BadCohort
from xraydemo.training import leave_out as leaving
from xraydemo.training import search
from xraydemo.training.looks import TRIALS, entries
from xraydemo.training.recipe import Recipe
from xraydemo.training.table import Part, read_training_table


def trials(costs: list[float]) -> list[dict[str, object]]:
    """Draw as many trials as there are costs."""
    made: list[dict[str, object]] = []
    for cost in costs:
        made.append({"recipe": search.draw(made, 0).model_dump(mode="json"), "cost": cost})
    return made


@given(st.lists(st.floats(0, 1), max_size=20), st.integers(0, 5))
def test_settings_stay_in_their_ranges(costs, seed) -> None:
    drawn = search.draw(trials(costs), seed)
    assert drawn == search.draw(trials(costs), seed)
    for name, (low, high) in search.RANGES.items():
        assert low * (1 - 1e-9) <= getattr(drawn, name) <= high * (1 + 1e-9)
    settings = drawn.model_dump(exclude=set(search.RANGES))
    assert settings == search.BASE.model_dump(exclude=set(search.RANGES))


def test_later_trials_lie_about_the_best() -> None:
    before = trials([0.5] * 3 + [0.1] + [0.5] * 12)  # three rounds: ranges of an eighth
    best = before[3]["recipe"]
    for seed in range(20):
        drawn = search.draw(before, seed)
        for name in ("label_smoothing", "blacked", "swapped"):
            low, high = search.RANGES[name]
            assert abs(getattr(drawn, name) - best[name]) <= (high - low) / 16 + 1e-9
        assert 1 / 1.24 < drawn.learning_rate / best["learning_rate"] < 1.24  # 30 ** (1 / 16)


@pytest.fixture(scope="module")
def csv(tmp_path_factory) -> Path:
    """Normal and opacity from two collections; one X-ray stands in both."""
    folder = tmp_path_factory.mktemp("two")
    table = write_table(folder)
    other = table["label"].isin(["normal", "opacity"]) & (table.index % 2 == 1)
    table = table.assign(source=other.map({True: "there", False: "here"}))
    table.loc[table["file"] == "normal0.png", "group"] = "normal1"
    table.to_csv(folder / "t.csv", index=False)
    return folder / "t.csv"


def test_a_search_goes_on_and_keeps_to_its_ceiling(csv, tmp_path, monkeypatch, capsys) -> None:
    asked: list[Recipe] = []

    def try_out(recipe, *arguments):
        asked.append(recipe)
        made = {"recipe": recipe.model_dump(mode="json"), "cost": 0.1, "select": {}}
        return None, made

    now = iter(range(0, 6000, 60))
    monkeypatch.setattr(search, "try_out", try_out)
    monkeypatch.setattr(search.time, "monotonic", lambda: next(now))
    command = ["search", str(csv), "--out", str(tmp_path), "--minutes", "6"]
    monkeypatch.setattr(sys, "argv", [*command, "--minutes-a-trial", "1"])
    for runs in (1, 2):
        assert search.main() == 0
        assert len(entries(tmp_path / TRIALS)) == len(asked) == 3 * runs
    assert len({recipe.learning_rate for recipe in asked}) == 6
    assert "best of 6" in capsys.readouterr().out


def test_a_collection_is_left_out_with_its_twins(csv, monkeypatch) -> None:
    seen: list[Part] = []

    def try_out(recipe, train, select, *arguments):
        seen.extend((train, select))
        return timm.create_model("test_efficientnet", num_classes=4), {"recipe": {}}

    monkeypatch.setattr(leaving, "try_out", try_out)
    table = read_training_table(csv, lambda *_: None)
    trial = leaving.leave_out(table, "there", Recipe(), 1, "cpu", 0)
    theirs = set(table.rows["group"][table.rows["source"] == "there"])
    assert "normal1" in theirs
    for part in seen:
        assert "normal1" not in part.groups  # normal0, of here, shows the same patient
        assert theirs.isdisjoint(part.groups)
        assert set(part.sources) == {"here"}
    assert trial["left_out"]["auc_opacity_against_normal"]["n"] == 40
    json.dumps(trial)


@pytest.mark.parametrize("column", ["source", None])
def test_an_unknown_collection_is_refused(csv, column) -> None:
    if column is None:
        without = csv.parent / "without.csv"
        pd.read_csv(csv).drop(columns="source").to_csv(without, index=False)
        csv = without
    with pytest.raises(BadCohort, match="'nowhere' is no source"):
        leaving.leave_out(
            read_training_table(csv, lambda *_: None), "nowhere", Recipe(), 1, "cpu", 0
        )
