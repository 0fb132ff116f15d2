"""The simulated worklist: by hand, and against the theory of queues."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xraydemo.evaluation.queueing import a_day, waiting_times


def test_a_worklist_worked_by_hand():
    arrivals = np.array([0.0, 1.0, 2.0, 30.0])
    durations = np.array([10.0, 5.0, 5.0, 5.0])
    plain = waiting_times(arrivals, durations, np.zeros(4, bool))
    assert plain.tolist() == [0, 9, 13, 0]
    # the third overtakes the second, and nobody interrupts the first
    ordered = waiting_times(arrivals, durations, np.array([False, False, True, False]))
    assert ordered.tolist() == [0, 14, 8, 0]


def test_long_worklists_wait_as_long_as_theory_says():
    """Mean waits of two classes without interruption: Cobham, Priority assignment, 1954."""
    generator = np.random.default_rng(1)
    load, minutes, share = 0.7, 1.0, 0.3
    arrivals, durations = a_day(generator, hours=2000, load=load, minutes=minutes)
    first = generator.random(len(arrivals)) < share
    waits = waiting_times(arrivals, durations, first)
    residual = load * minutes  # of exponential times
    urgent = residual / (1 - load * share)
    others = urgent / (1 - load)
    assert waits[first].mean() == pytest.approx(urgent, rel=0.05)
    assert waits[~first].mean() == pytest.approx(others, rel=0.1)
    plain = waiting_times(arrivals, durations, np.zeros(len(arrivals), bool))
    assert plain.mean() == pytest.approx(residual / (1 - load), rel=0.1)


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 0.95))
def test_order_moves_waits_but_not_the_work(seed, load):
    generator = np.random.default_rng(seed)
    arrivals, durations = a_day(generator, hours=2, load=load, minutes=5)
    first = generator.random(len(arrivals)) < 0.3
    plain = waiting_times(arrivals, durations, np.zeros(len(arrivals), bool))
    ordered = waiting_times(arrivals, durations, first)
    ends = [(arrivals + waits + durations).max(initial=0) for waits in (plain, ordered)]
    assert ends[0] == pytest.approx(ends[1])
    assert (ordered >= 0).all()
    assert (ordered[first] <= plain[first] + durations.max(initial=0)).all()
    assert (np.diff(plain + arrivals) >= 0).all()
