"""Work for teaching mode that costs nothing: tests say when each part of it goes on."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np

from xraydemo.desktop import text
from xraydemo.desktop.teach_work import Auc, Doing, Point, Shown, Trained, Verdict


def auc(value):
    return Auc(value, value - 0.05, min(value + 0.05, 1.0), 320, 220)


def points(inside, outside):
    starts = Point(0.0, auc(0.5), auc(0.5))
    return [
        starts,
        Point(0.5, auc((inside + 0.5) / 2), auc(0.55)),
        Point(1.0, *map(auc, (inside, outside))),
    ]


class FakeWork:
    """Does as it is told: `gate` holds every step back until a test opens it."""

    def __init__(self, *, prepared=True, fails=None):
        self.prepared, self.fails = prepared, fails
        self.gate = threading.Semaphore(0)
        self.asked = []
        self.closed = False

    def go_on(self, steps=100):
        self.gate.release(steps)

    def _wait(self, should_stop):
        while not self.gate.acquire(timeout=0.01):
            if should_stop():
                return False
        return not should_stop()

    def is_prepared(self):
        return self.prepared

    def prepare(self, hear, should_stop):
        for done in range(1, 5):
            if not self._wait(should_stop):
                return False
            hear(done, 4)
        if self.fails == "prepare":
            raise self.error
        return True

    @property
    def error(self):
        from xraydemo.errors import XrayDemoError

        return XrayDemoError("The disk is full", "Make room")

    def preview(self, lesson):
        self.asked.append(lesson)
        return [Shown(np.zeros((8, 8), np.uint8), "covid", "2021, Deneb DX")]

    def train(self, lesson, hear, should_stop):
        hear(Doing("looking"))
        for point in points(0.84 + 0.14 * lesson.strength, 0.84 - 0.2 * lesson.strength):
            if not self._wait(should_stop):
                return None
            hear(point)
        if self.fails == "train":
            raise self.error
        folder = Path("/lessons", lesson.name)
        return Trained(folder, folder / "inside.csv", folder / "outside.csv", (), 50.0)

    def ask(self, trained, hear, should_stop):
        hear(Doing("reading", 1.0))
        for check in text.TEACH_CHECKS:
            if not self._wait(should_stop):
                return False
            said = "fail" if check == "confounder.used" else "pass"
            hear(Verdict(check, said, f"What {check} found"))
        if self.fails == "ask":
            raise self.error
        return True

    def close(self):
        self.closed = True
