import time
from unittest.mock import Mock

import numpy as np
import pytest
from PySide6.QtCore import QObject

from xraydemo.desktop.gradually import Gradually


@pytest.fixture
def work(qapp):
    parent = QObject()
    yield Gradually(parent)
    parent.deleteLater()


def slow_steps(done, n):
    for number in range(n):
        time.sleep(0.003)
        done.append(number)
        yield


def test_large_work_is_done_in_slices_and_in_order(qtbot, work):
    done = []
    shown = []
    work.begin(slow_steps(done, 12), lambda: shown.append(len(done)))
    assert 1 <= len(done) < 12  # the beginning at once, and not all of it
    assert shown == [len(done)]  # and it is seen at once
    assert not work.is_done
    qtbot.waitUntil(lambda: work.is_done, timeout=60_000)
    assert done == list(range(12))
    assert 3 <= len(shown) <= 13
    assert shown[-1] == 12


def test_steps_that_cost_nothing_are_not_taken_all_at_once(qtbot, work):
    done, shown = [], []
    work.begin((done.append(n) for n in range(20)), lambda: shown.append(len(done)))
    assert shown == [8]
    qtbot.waitUntil(lambda: work.is_done, timeout=60_000)
    assert done == list(range(20))
    assert max(np.diff([0, *shown])) <= 8


def test_other_work_takes_its_place(qtbot, work):
    first, second = [], []
    work.begin(slow_steps(first, 50), Mock())
    work.begin(slow_steps(second, 3), Mock())
    seen = len(first)
    qtbot.waitUntil(lambda: work.is_done, timeout=60_000)
    assert len(first) == seen < 50
    assert second == [0, 1, 2]


def test_stopped_work_is_left(qtbot, work):
    done = []
    work.begin(slow_steps(done, 50), Mock())
    work.stop()
    assert work.is_done
    seen = len(done)
    qtbot.wait(20)
    assert len(done) == seen


def test_nothing_to_do_is_done_at_once(work):
    work.begin(iter(()), Mock())
    assert work.is_done
