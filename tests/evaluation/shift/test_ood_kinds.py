import numpy as np
import pytest

from xraydemo.evaluation.shift.ood_kinds import PLANTED, protocol_of
from xraydemo.radiograph.interventions import alter


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("hands", ("far", "hands")),
        ("far:hands", ("far", "hands")),
        ("near:tb", ("near", "tb")),
        ("near:a:b", ("near", "a:b")),
        ("near:", ("far", "near:")),
        ("other:x", ("far", "other:x")),
    ],
)
def test_the_prefix_decides(key, expected) -> None:
    assert protocol_of(key) == expected


def test_planted_faults_are_what_their_names_say() -> None:
    picture = np.zeros((64, 48), np.float32)
    picture[0, -1] = 1  # top right
    places = {"upside down": (-1, 0), "turned left": (0, 0), "turned right": (-1, -1)}
    by_name = {planted.name: planted for planted in PLANTED}
    for name, place in places.items():
        changed, _ = alter(picture, by_name[name].interventions)
        assert changed[place] == 1
    assert alter(picture, by_name["mirrored"].interventions)[0][0, 0] == 1
    assert alter(picture, by_name["inverted"].interventions)[0][0, -1] == 0
    cropped = alter(picture, by_name["cropped to a sixth"].interventions)[0]
    assert cropped.size / picture.size == pytest.approx(1 / 6, abs=0.02)


def test_names_are_unique_and_each_protocol_is_there() -> None:
    assert len({planted.name for planted in PLANTED}) == len(PLANTED)
    assert {planted.protocol for planted in PLANTED} == {"far", "shifted"}
