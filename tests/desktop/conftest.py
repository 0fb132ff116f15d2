"""A window without a display, an engine without a model, and X-rays that are made up."""

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import queue
import threading
import time
from concurrent.futures import Future
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from tests.conftest import nothing_left
from xraydemo.classes import CLASSES
from xraydemo.errors import EngineLost
from xraydemo.model.doubt import DoubtAnswer
from xraydemo.model.foreignness import ForeignnessAnswer
from xraydemo.model.judgement import Judgement
from xraydemo.model.reading import Reading, SourceFile, softmax
from xraydemo.model.triage import Priority


def make_reading(predicted="covid", evidence=0.3):
    """A reading whose map has one cell of evidence, in the class that is predicted."""
    logits = np.zeros(4, np.float32)
    logits[CLASSES.index(predicted)] = 3
    maps = np.full((4, 7, 7), -0.02, np.float16)
    maps[CLASSES.index(predicted), 2, 3] = evidence
    return Reading(logits, softmax(logits), 12.0, maps)


def make_judged(
    predicted="covid",
    *,
    share=0.9,
    verdict="inside",
    score=0.0,
    unsure=False,
    inside=None,
    date="",
    sha256="",
):
    """A reading with a judgement: most likely `predicted` with this probability."""
    probabilities = np.full(4, (1 - share) / 3, np.float32)
    probabilities[CLASSES.index(predicted)] = share
    priority = 1 - float(probabilities[0])
    percentile = {"inside": 40.0, "unusual": 97.0, "foreign": 100.0}[verdict]
    reason = {"inside": "like the others", "unusual": "dark", "foreign": "a hand"}[verdict]
    return replace(
        make_reading(predicted),
        probabilities=probabilities,
        source=SourceFile(sha256, date),
        judgement=Judgement(
            set=inside or (predicted,),
            doubt=DoubtAnswer(0.1, -5.0, "unsure" if unsure else "sure"),
            foreignness=ForeignnessAnswer(score, percentile, verdict, reason),
            priority=Priority(priority, priority > 0.5),
        ),
    )


class FakeEngine:
    """Keeps requests until a test answers them; `on_event` is for the test to call."""

    def __init__(self, on_event=None, answers=None):
        self.on_event = on_event
        self.card = SimpleNamespace(heatmap_scale=0.4, map_likeness=None)
        self.asked = []  # (path, priority), every request ever made
        self.open = {}
        self.answers = answers  # path -> Reading or error: answered at once, in another thread
        self.closed = False

    def submit(self, path, *, want=("maps",), priority=0):
        future = Future()
        self.asked.append((path, priority))
        self.open[path] = future
        if self.answers:
            threading.Thread(target=self.answer, args=(path, self.answers(path))).start()
        return future

    def answer(self, path, answer=None):
        future = self.open.pop(path)
        if not future.set_running_or_notify_cancel():
            return
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer or make_reading())

    def waiting(self):
        return [path for path, future in self.open.items() if not future.cancelled()]

    def event(self, kind, message=""):
        self.on_event(SimpleNamespace(kind=kind, message=message))

    def close(self):
        self.closed = True
        for future in self.open.values():
            if not future.cancel() and not future.done():
                future.set_exception(EngineLost("closed"))


class Post:
    """Stands for the window's thread: runs what is posted when a test says so."""

    def __init__(self):
        self._queue = queue.SimpleQueue()

    def __call__(self, function):
        self._queue.put(function)

    def until(self, ready, seconds=60.0):
        end = time.monotonic() + seconds
        while not ready():
            assert time.monotonic() < end, "it never came"
            try:
                self._queue.get(timeout=0.02)()
            except queue.Empty:
                continue

    def drain(self, seconds=0.1):
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                self._queue.get(timeout=left)()
            except queue.Empty:
                return


@pytest.fixture
def post():
    return Post()


@pytest.fixture
def reading():
    return make_reading


@pytest.fixture
def judged():
    return make_judged


@pytest.fixture
def fake_engine():
    return FakeEngine


@pytest.fixture
def folder(tmp_path):
    """Five 16-bit X-rays of 64 x 80 whose values differ, the brightest pixel at x 10, y 20."""
    where = tmp_path / "xrays"
    where.mkdir()
    across, down = np.meshgrid(np.arange(80), np.arange(64))
    for number in range(5):
        pixels = (100 * across + 50 * down + 1000 * number).astype(np.uint16)
        pixels[20, 10] = 60000
        Image.fromarray(pixels).save(where / f"{number}.png")
    return where


@pytest.fixture(autouse=True)
def own_data(tmp_path_factory, monkeypatch):
    """A user's data folder for each test: runs of the same name don't meet."""
    for kind in ("DATA", "CONFIG", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path_factory.mktemp(kind.lower())))


@pytest.fixture(autouse=True)
def nothing_left_by_a_test():
    """No test leaves a thread, a child process, or a timer that still runs in a window."""
    yield from nothing_left()
    assert not running_timers()


def running_timers():
    """The timers of windows that a test made and did not stop."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    windows = QApplication.topLevelWidgets() if QApplication.instance() else []
    return [
        timer
        for window in windows
        if not window.isVisible()
        for timer in window.findChildren(QTimer)
        if timer.isActive()
    ]
