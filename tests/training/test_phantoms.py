from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
import timm
import torch
from safetensors.torch import load_file

from tests.bundles import write_tiny_bundle
from xraydemo.cohort import demo_cohort
from xraydemo.cohort.phantom_plan import Order, plan
from xraydemo.errors import BadCohort
from xraydemo.model.bundle import load_bundle
from xraydemo.model.torch_network import save_network
from xraydemo.training import phantoms
from xraydemo.training.phantoms import LESSONS, make_lesson
from xraydemo.training.recipe import RECIPES


def test_the_two_differ_by_nothing_but_the_shortcut() -> None:
    trap, honest = (LESSONS[name].order for name in ("phantom-trap", "phantom-honest"))
    assert (trap.shortcut, trap.strength, honest.strength) == ("year", 1, 0)
    assert replace(trap, strength=0) == honest


def test_nobody_of_the_demo_was_learnt_from() -> None:
    shown = {one.row.patient_seed for one in demo_cohort.demo_rows()}
    for lesson in LESSONS.values():
        learnt_from = [row for row in plan(lesson.order) if row.split == "pool"]
        assert not shown & {row.patient_seed for row in learnt_from}


def test_the_recipe_may_fall_into_the_trap() -> None:
    recipe, _ = RECIPES["phantom"]
    assert recipe.blacked == recipe.swapped == 0
    assert not recipe.balance_origins
    assert recipe.half


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A folder in which the phantoms of the trap are already, so to say, and a quick training."""
    cohort = tmp_path / "work" / "phantom-trap"
    (cohort / "truth").mkdir(parents=True)
    (cohort / "phantoms.csv").touch()
    monkeypatch.setattr(phantoms, "train", lambda csv, out, **_: write_tiny_bundle(out))
    return tmp_path / "work"


def write_order(work, order: Order) -> None:
    truth = work / "phantom-trap" / "truth" / "truth.json"
    truth.write_text(json.dumps({"order": asdict(order)}))


def test_the_card_says_what_it_is(work, tmp_path) -> None:
    write_order(work, LESSONS["phantom-trap"].order)
    make_lesson("phantom-trap", tmp_path, work, 1)
    card = load_bundle(tmp_path / "phantom-trap").card
    for words in (card.description, card.intended_use):
        assert words in (tmp_path / "phantom-trap" / "README.md").read_text()
    assert "phantoms" in card.description
    assert "Never for care" in card.intended_use


def test_phantoms_of_another_order_are_refused(work, tmp_path) -> None:
    write_order(work, Order(8))
    with pytest.raises(BadCohort, match="another order"):
        make_lesson("phantom-trap", tmp_path, work, 1)


def test_half_weights_are_read_back_as_whole_ones(tmp_path) -> None:
    network = timm.create_model("test_efficientnet", pretrained=False, num_classes=4)
    save_network(network.half(), tmp_path / "half")
    stored = load_file(tmp_path / "half" / "model.safetensors")
    assert {value.dtype for value in stored.values() if value.is_floating_point()} == {
        torch.float16
    }
    again = timm.create_model(f"local-dir:{tmp_path / 'half'}", pretrained=True)
    for name, value in again.state_dict().items():
        assert value.dtype in (torch.float32, torch.int64)
        assert torch.equal(value, stored[name].to(value.dtype))
