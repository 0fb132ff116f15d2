from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.phantom.people import somebody
from xraydemo.phantom.skeleton import rib_line
from xraydemo.phantom.soft_tissue import body_thickness
from xraydemo.phantom.thorax import OLDEST, YOUNGEST, cage, domes, sample_body, sample_pose


@given(seed=st.integers(0, 2**32 - 1), age=st.integers(YOUNGEST, OLDEST))
def test_another_age_is_the_same_person_older(seed, age) -> None:
    """So a planted age changes what depends on age, and nothing else."""
    drawn = sample_body(np.random.default_rng(seed))
    told = sample_body(np.random.default_rng(seed), age=age)
    assert told.age == age
    assert (told.sex, told.size, told.width, told.build, told.seed) == (
        drawn.sex, drawn.size, drawn.width, drawn.build, drawn.seed,
    )  # fmt: skip


@given(seed=st.integers(0, 2**32 - 1))
def test_a_given_view_uses_the_same_random_numbers(seed) -> None:
    drawn = sample_pose(np.random.default_rng(seed))
    given_view = sample_pose(np.random.default_rng(seed), view=drawn.view)
    assert given_view == drawn


def test_people_differ_as_people_do() -> None:
    generator = np.random.default_rng(0)
    people = [sample_body(generator) for _ in range(400)]
    assert {person.sex for person in people} == {"F", "M"}
    assert all(YOUNGEST <= person.age <= OLDEST for person in people)
    assert all((person.breast > 0) == (person.sex == "F") for person in people)
    women = [person.size for person in people if person.sex == "F"]
    men = [person.size for person in people if person.sex == "M"]
    assert np.mean(women) < np.mean(men)
    age = [person.age for person in people]
    assert np.corrcoef(age, [person.aorta for person in people])[0, 1] > 0.3


def test_a_deep_breath_lowers_the_diaphragm() -> None:
    out, deep = (domes(somebody(breath=breath)) for breath in (0.2, 1.0))
    assert deep[0] < out[0] - 40
    assert deep[1] < out[1] - 40


def test_the_cage_closes_above() -> None:
    width, depth, _ = cage(np.array([-100.0, 0.0, 100.0, 138.0]))
    assert np.all(np.diff(width) < 0)
    assert width[-1] == depth[-1] == pytest.approx(4)


@pytest.mark.parametrize("sign", [-1, 1])
def test_ribs_fall_from_back_to_front_around_the_lung(sign) -> None:
    body = somebody().body
    for number in range(1, 10):
        line = rib_line(body, number, sign)
        assert line[0, 2] < -30 < 0 < line[-1, 2] or number == 9
        assert line[-1, 1] < line[0, 1] - 30
        assert np.all(sign * line[2:, 0] > 0)


def test_a_body_ends_and_women_have_breasts() -> None:
    x = y = np.arange(-300.0, 300.0, 4)
    woman = next(p for p in map(somebody, range(20)) if p.body.sex == "F" and p.body.breast > 0.7)
    thickness = body_thickness(woman, x, y)
    assert thickness[np.abs(y) < 100][:, np.abs(x) < 60].min() > 100
    assert not thickness[-1][np.abs(x) > 150].any()  # above the shoulders
