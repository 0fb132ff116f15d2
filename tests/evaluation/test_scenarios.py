"""The file of scenarios: what it may hold, and what is said of one that is wrong."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xraydemo.classes import CLASSES
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.scenarios import Scenario, read_scenarios

GOOD = """
[[scenario]]
name = "Covid"
metric = "recall"
class = "covid"
at_least = 0.8
reason = "It must be found."
"""
SHIPPED = Path(__file__).parents[2] / "models" / "cxr4-lite0" / "scenarios.toml"


def read(tmp_path: Path, text: str) -> tuple[Scenario, ...]:
    file = tmp_path / "mine.toml"
    file.write_text(text, "utf-8")
    return read_scenarios(file)


def test_a_scenario_is_read(tmp_path):
    (scenario,) = read(tmp_path, GOOD + 'where = ["view=AP", "age>=60"]\nfewest = 5\n')
    assert scenario.name == "Covid"
    assert scenario.class_id == "covid"
    assert scenario.where == ("view=AP", "age>=60")
    assert (scenario.at_least, scenario.at_most, scenario.fewest) == (0.8, None, 5)
    assert scenario.measure == "recall of COVID-19"
    assert scenario.threshold == "at least 0.8"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('metric = "recall"', 'metric = "racall"', "metric"),
        ('class = "covid"', 'class = "cvid"', "class"),
        ('class = "covid"', "", "recall needs a class"),
        ('metric = "recall"', 'metric = "accuracy"', "accuracy is not of one class"),
        ("at_least = 0.8", "", "neither at_least nor at_most"),
        ("at_least = 0.8", 'at_least = "high"', "at_least"),
        ("at_least = 0.8", "at_least = 0.8\nat_most = 0.7", "greater than at_most"),
        ("at_least = 0.8", "at_least = nan", "at_least"),
        ("at_least = 0.8", "atleast = 0.8", "atleast"),
        ("at_least = 0.8", "at_least = 0.8\nfewest = 0", "fewest"),
        ("at_least = 0.8", 'at_least = 0.8\nwhere = ["AP"]', "where"),
        ("at_least = 0.8", 'at_least = 0.8\nwhere = "view=AP"', "where"),
        ("at_least = 0.8", 'at_least = 0.8\nagainst = "same_as"', "needs against"),
        ('reason = "It must be found."', "", "reason"),
    ],
)
def test_a_wrong_key_is_named_with_file_and_scenario(tmp_path, old, new, says):
    with pytest.raises(XrayDemoError) as caught:
        read(tmp_path, GOOD.replace(old, new))
    assert "mine.toml, scenario 'Covid'" in caught.value.message
    assert says in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds no [[scenario]]"),
        ("scenario = 3", "holds no [[scenario]]"),
        ("[[scenario]\n", "line 1"),
        (GOOD + GOOD, "there are two of them"),
        (GOOD + "\n[other]\n", "'other'"),
        ("[[scenario]]\nmetric = 'recall'\n", "scenario number 1: name"),
    ],
)
def test_a_wrong_file_is_told(tmp_path, text, says):
    with pytest.raises(XrayDemoError, match=r"mine\.toml") as caught:
        read(tmp_path, text)
    assert says in caught.value.message


def test_an_absent_file_is_told(tmp_path):
    with pytest.raises(XrayDemoError, match="can't be read") as caught:
        read_scenarios(tmp_path / "absent.toml")
    assert caught.value.message.count("absent.toml") == 1


words = st.text(min_size=1, max_size=30).filter(
    lambda t: not any("\ud800" <= c < "\ue000" for c in t)
)
thresholds = st.floats(0, 1) | st.none()


@given(
    name=words,
    reason=words,
    class_id=st.sampled_from(CLASSES),
    metric=st.sampled_from(["recall", "precision", "auc", "share_answered"]),
    where=st.lists(words.map(lambda value: f"view={value}"), max_size=3),
    low=st.floats(0, 0.5),
    high=st.floats(0.5, 1) | st.none(),
    fewest=st.integers(1, 10**6),
)
def test_what_is_written_is_read_again(
    tmp_path_factory, name, reason, class_id, metric, where, low, high, fewest
):
    scenario = Scenario(
        name=name, reason=reason, class_id=class_id, metric=metric, where=tuple(where),
        at_least=low, at_most=high, fewest=fewest,
    )  # fmt: skip
    file = tmp_path_factory.mktemp("scenarios") / "s.toml"
    file.write_bytes(scenario.to_toml().encode())
    assert read_scenarios(file) == (scenario,)


def test_ten_scenarios_ship_with_the_default_bundle():
    scenarios = read_scenarios(SHIPPED)
    assert len(scenarios) == 10
    assert all(len(scenario.reason.split()) > 5 for scenario in scenarios)
