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
from xraydemo.model.bundle import file_sha256
from xraydemo.training import leave_out as leaving
from xraydemo.training import search
from xraydemo.training.looks import TRIALS, append, entries
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


def a_minute_a_look(monkeypatch) -> None:
    """Let a minute pass whenever the search looks at its clock."""
    now = iter(range(0, 6000, 60))
    monkeypatch.setattr(search.time, "monotonic", lambda: next(now))


def run(monkeypatch, csv: Path, out: Path, *asked: str) -> int:
    monkeypatch.setattr(sys, "argv", ["search", str(csv), f"--out={out}", *asked])
    return search.main()


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

    a_minute_a_look(monkeypatch)
    monkeypatch.setattr(search, "try_out", try_out)
    for runs in (1, 2):
        assert run(monkeypatch, csv, tmp_path, "--minutes=7", "--minutes-a-trial=1") == 0
        assert len(entries(tmp_path / TRIALS)) == len(asked) == 3 * runs
    assert len({recipe.learning_rate for recipe in asked}) == 6
    told = capsys.readouterr().out
    assert "lines taken up: 3, unlike ones left aside: 0" in told
    assert "best of 6" in told


def test_a_search_leaves_unlike_lines_aside(csv, tmp_path, monkeypatch, capsys) -> None:
    table = {"table_sha256": file_sha256(csv)}
    alike = trials([0.4])[0] | table | {"minutes_given": 1.0, "seed": 0}
    before = [
        alike,
        alike | {"minutes_given": 2.0, "cost": 0.0},
        alike | {"table_sha256": "of another", "cost": 0.0},
        alike | {"left_out": {"source": "there"}, "cost": 0.0},
        {"recipe": alike["recipe"], "cost": 0.0},  # of an older version, which told neither
        table | {"minutes_given": 1.0, "answers": {}},  # of no search
    ]
    log = tmp_path / TRIALS
    for line in before:
        append(log, line)
    lines = log.read_text()
    drawn_from: list[int] = []
    draw = search.draw

    def drawn(known, seed):
        drawn_from.append(len(known))
        return draw(known, seed)

    def try_out(recipe, train, select, minutes, device, seed):
        made = {"recipe": recipe.model_dump(mode="json"), "cost": 0.3, "select": {}}
        return None, made | {"seed": seed}

    a_minute_a_look(monkeypatch)
    monkeypatch.setattr(search, "draw", drawn)
    monkeypatch.setattr(search, "try_out", try_out)
    assert run(monkeypatch, csv, tmp_path, "--minutes=5", "--minutes-a-trial=1", "--seed=3") == 0
    told = capsys.readouterr().out
    assert "lines taken up: 1, unlike ones left aside: 5" in told
    assert "best of 2: cost 0.3" in told
    assert drawn_from == [1]
    assert log.read_text().startswith(lines)
    (new,) = entries(log)[len(before) :]
    assert (new["table_sha256"], new["minutes_given"], new["seed"]) == (file_sha256(csv), 1.0, 3)


def test_a_collection_left_out_is_told_and_kept(csv, tmp_path, monkeypatch, capsys) -> None:
    auc = {"value": 0.7, "low": 0.6, "high": 0.8, "n": 40, "n_groups": 40}
    left_out = {"source": "there", "auc_opacity_against_normal": auc}
    monkeypatch.setattr(search, "leave_out", lambda *_: {"cost": 0.1, "left_out": left_out})
    assert run(monkeypatch, csv, tmp_path, "--minutes=9", "--leave-out=there") == 0
    (line,) = entries(tmp_path / TRIALS)
    assert (line["table_sha256"], line["minutes_given"]) == (file_sha256(csv), 4.0)
    assert line["left_out"] == left_out
    told = capsys.readouterr().out
    assert "there, opacity against normal: AUC 0.700 [0.600, 0.800], n = 40" in told


@pytest.mark.parametrize("more", [[], ["--leave-out=there"]])
def test_a_ceiling_below_one_trial_is_refused(csv, tmp_path, monkeypatch, capsys, more) -> None:
    assert run(monkeypatch, csv, tmp_path, "--minutes=5", *more) == 2
    assert "5 minutes are too few" in capsys.readouterr().err
    assert not (tmp_path / TRIALS).exists()


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
