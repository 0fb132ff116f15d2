"""Scenarios made of X-rays that the reader chose."""

from dataclasses import replace

import pytest

from tests.evaluation.runs import make_run
from xraydemo.desktop.scenario_work import Draft, add_scenario, draft_of
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.ask_scenario import ask_scenario
from xraydemo.evaluation.scenarios import read_scenarios

GOOD = Draft(
    "AP", "recall", "normal", "view=AP; label=normal", "0,8", "", "2", "Bed is no illness."
)


@pytest.fixture(scope="module")
def run():
    return make_run(
        ["normal", "normal", "covid", "covid"], columns={"view": ["AP", "PA", "AP", "PA"]}
    )


@pytest.mark.parametrize(
    ("words", "positions", "where"),
    [
        ("view = AP", (0, 2), "view=AP"),
        ("Normal", (0, 1), "label=normal"),
        ("view = AP, class = Normal", (0,), "view=AP; label=normal"),
        ("view = AP", (0,), "file=00000.png"),  # these X-rays are not all of that name
        ("worst", (1, 2), "file=00001.png,00002.png"),
        ("colour = red", (1,), "file=00001.png"),
    ],
)
def test_a_name_that_is_a_condition_is_the_selection_and_else_the_files_are(
    run, words, positions, where
):
    draft = draft_of(run, words, positions)
    assert draft.where == where
    assert draft.n == len(positions)


def test_xrays_of_one_label_are_asked_for_its_recall(run):
    assert (draft_of(run, "x", (0, 1)).metric, draft_of(run, "x", (0, 1)).class_id) == (
        "recall", "normal"
    )  # fmt: skip
    assert draft_of(run, "x", (0, 2)).metric == "accuracy"


def test_a_scenario_is_added_to_a_file_that_can_be_asked(run, tmp_path):
    path = tmp_path / "new" / "scenarios.toml"
    add_scenario(GOOD, path)
    add_scenario(replace(GOOD, name="other", at_most="1"), path)
    first, second = read_scenarios(path)
    assert (first.name, first.at_least, first.at_most, first.fewest) == ("AP", 0.8, None, 2)
    assert first.where == ("view=AP", "label=normal")
    assert second.at_most == 1
    assert ask_scenario(first, run).why  # one X-ray, and two are wanted: it is asked and says so


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": ""}, "name"),
        ({"reason": " "}, "reason"),
        ({"at_least": ""}, "neither"),
        ({"at_least": "much"}, "no number"),
        ({"class_id": ""}, "needs a class"),
        ({"where": "nonsense"}, "no condition"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(tmp_path, change, says):
    path = tmp_path / "scenarios.toml"
    with pytest.raises(XrayDemoError, match=says):
        add_scenario(replace(GOOD, **change), path)
    assert not path.exists()


def test_a_name_stands_once_in_a_file(tmp_path):
    path = tmp_path / "scenarios.toml"
    add_scenario(GOOD, path)
    before = path.read_text()
    with pytest.raises(XrayDemoError, match="already"):
        add_scenario(GOOD, path)
    assert path.read_text() == before


def test_what_stood_in_the_file_stays(tmp_path):
    path = tmp_path / "scenarios.toml"
    add_scenario(GOOD, path)
    path.write_text("# mine\n" + path.read_text())
    add_scenario(replace(GOOD, name="other"), path)
    assert path.read_text().startswith("# mine\n")
    assert len(read_scenarios(path)) == 2
