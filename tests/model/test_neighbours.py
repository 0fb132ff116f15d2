"""The nearest training X-rays, on a made-up training set whose classes lie about four axes."""

from __future__ import annotations

import json

import pytest

from tests.model.test_trust import certificate, certified, trust, typical  # noqa: F401 - fixtures
from xraydemo.classes import CLASSES
from xraydemo.model.neighbours import Kind, Neighbours

OLD, NEW = Kind("normal", "old"), Kind("covid", "new")
MADE = Neighbours(((NEW, 0.9), (OLD, 0.8), (NEW, 0.7)), {OLD: 30, NEW: 10})


def test_the_nearest_are_counted_and_held_to_the_whole() -> None:
    assert MADE.among == {NEW: 2, OLD: 1}
    assert MADE.share(NEW) == pytest.approx(0.25)


def test_survives_json() -> None:
    assert Neighbours.of_plain(json.loads(json.dumps(MADE.as_plain()))) == MADE


def test_old_answers_without_years_are_understood() -> None:
    plain = {"nearest": [["covid", "new", 0.9]], "counts": [["covid", "new", 10]]}
    assert Neighbours.of_plain(plain).share(NEW) == 1


@pytest.mark.parametrize("label", CLASSES)
def test_a_typical_xray_lies_among_its_class(trust, label) -> None:  # noqa: F811
    found = trust.neighbours(typical(CLASSES.index(label)))
    assert [kind.label for kind, _ in found.nearest] == [label] * 10
    similarities = [similarity for _, similarity in found.nearest]
    assert similarities == sorted(similarities, reverse=True)
    assert {kind.source for kind, _ in found.nearest} == {"one" if label == "normal" else "two"}
    assert {kind.year for kind, _ in found.nearest} == {"1957"}
    assert {kind.age_group for kind, _ in found.nearest} == {"child" * (label == CLASSES[2])}
    assert sum(found.counts.values()) == 200  # those that the weights have seen, and no others
