from types import SimpleNamespace

import pytest

from xraydemo.desktop import pace
from xraydemo.desktop.pace import Pace


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(pace, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def go_on(clock, pace, seconds, shares):
    """Hear of these shares, so many seconds apart."""
    for share in shares:
        clock.now += seconds
        pace.hear(share)


def test_nothing_is_said_before_anything_is_known(clock):
    pace = Pace()
    assert pace.seconds_left is None
    pace.hear(0.0)
    clock.now += 10
    assert pace.seconds_left is None  # nothing of it is done
    assert pace.seconds == 10


def test_the_time_left_is_that_of_the_rest_at_the_same_pace(clock):
    pace = Pace()
    pace.hear(0.0)
    go_on(clock, pace, 1, (0.1,))
    assert pace.seconds_left is None  # a second says too little
    go_on(clock, pace, 1, (0.2, 0.3, 0.4))
    assert pace.seconds_left == pytest.approx(6)


def test_it_grows_while_nothing_is_heard(clock):
    pace = Pace()
    pace.hear(0.0)
    go_on(clock, pace, 1, (0.1, 0.2, 0.3, 0.4, 0.5))
    clock.now += 5
    assert pace.seconds_left == pytest.approx(10)


def test_what_was_known_already_is_soon_forgotten(clock):
    """Answers that are kept come at once: the rest does not."""
    pace = Pace()
    pace.hear(0.0)
    pace.hear(0.5)
    go_on(clock, pace, 1, [0.5 + 0.001 * k for k in range(1, 101)])
    assert pace.seconds_left == pytest.approx(400, rel=0.01)
