from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.cohort.labels import ALIASES, map_labels, normalized
from xraydemo.errors import BadCohort


@given(st.text())
def test_normalizing_twice_is_normalizing_once(label) -> None:
    assert normalized(normalized(label)) == normalized(label)


@given(st.data(), st.sampled_from([alias for names in ALIASES.values() for alias in names]))
def test_case_and_separators_are_of_no_account(data, alias) -> None:
    separators = st.sampled_from(["", " ", "-", "_", " - ", "\u2010", "__"])
    words = alias.replace("-", " ").split()
    letters = data.draw(separators).join(words)
    cased = "".join(data.draw(st.sampled_from([c.upper(), c.lower()])) for c in letters)
    assert map_labels([cased], {})[cased] == map_labels([alias], {})[alias] != ""


def test_no_alias_means_two_classes() -> None:
    names = [normalized(alias) for aliases in ALIASES.values() for alias in set(aliases)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("COVID-19", "covid"),
        ("COVID", "covid"),
        ("SARS-CoV-2", "covid"),
        ("Lung_Opacity", "opacity"),
        ("Lung Opacity", "opacity"),
        ("Viral Pneumonia", "pneumonia"),
        ("Bacterial Pneumonia", "pneumonia"),
        ("NORMAL", "normal"),
        ("No Finding", "normal"),
        ("healthy", "normal"),
        ("flu", ""),
        ("سليم", ""),
    ],
)
def test_names_that_people_use(label, name) -> None:
    assert map_labels([label], {}) == {label: name}


def test_every_class_and_its_display_name_is_known() -> None:
    for name in CLASSES:
        assert set(map_labels([name, DISPLAY_NAMES[name]], {}).values()) == {name}


def test_the_users_word_wins_and_is_normalized_too() -> None:
    own = {"viral pneumonia": "covid", "سليم": "Normal", "🫁": "opacity"}
    labels = ["Viral_Pneumonia", "سليم", "🫁", "", "Viral_Pneumonia"]
    expected = {"Viral_Pneumonia": "covid", "سليم": "normal", "🫁": "opacity"}
    assert map_labels(labels, own) == expected


def test_a_class_that_is_none() -> None:
    with pytest.raises(BadCohort, match=r"no class 'influenza'.*normal, covid, pneumonia, opacity"):
        map_labels([], {"flu": "influenza"})


def test_one_label_with_two_classes() -> None:
    with pytest.raises(BadCohort, match="two classes, covid and normal"):
        map_labels([], {"x y": "covid", "X-Y": "normal"})
