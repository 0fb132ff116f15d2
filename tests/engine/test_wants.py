"""What is answered only when it is asked for, by a bundle with its dossier and by one without."""

from __future__ import annotations

import hashlib
import io
import queue
import threading
from types import SimpleNamespace

import numpy as np
import pytest

from tests.model.test_trust import certificate, certified, trust, typical  # noqa: F401 - fixtures
from xraydemo.engine import wire
from xraydemo.engine.client import _reading
from xraydemo.engine.worker import Worker
from xraydemo.model.bundle import load_bundle
from xraydemo.model.method_map import MethodMap
from xraydemo.radiograph import read

WANTS = ("unlike", "neighbours", "source")


@pytest.fixture
def ask(tiny_bundle, xray):
    """Ask a worker whose network sees a typical X-ray of the first class in every file."""
    logits = np.array([[2, 0, 0, 0]], np.float32)
    seen = SimpleNamespace(logits=logits, embedding=typical(0)[None], maps=np.zeros((1, 4, 7, 7)))
    runtime = SimpleNamespace(forward=lambda tensor: seen)

    def ask(judge, want):
        answers = io.BytesIO()
        worker = Worker(runtime, load_bundle(tiny_bundle), answers, judge, lambda: runtime)
        worker._answer({"id": 1, "path": str(xray), "want": list(want)})
        answers.seek(0)
        return _reading(*wire.receive(answers))

    return ask


def test_what_the_dossier_says_comes_through(ask, trust, xray) -> None:  # noqa: F811
    reading = ask(trust, WANTS)
    np.testing.assert_array_equal(reading.unlike, trust.where(read(xray).presented()))
    assert reading.neighbours == trust.neighbours(typical(0))
    assert reading.source.sha256 == hashlib.sha256(xray.read_bytes()).hexdigest()
    assert reading.source.date == ""


def test_nothing_of_it_comes_unasked(ask, trust) -> None:  # noqa: F811
    plain = ask(trust, ())
    assert (plain.unlike, plain.neighbours, plain.source) == (None, None, None)
    assert plain.judgement


def test_a_bundle_without_its_dossier_leaves_them_out(ask) -> None:
    reading = ask(None, WANTS)
    assert (reading.unlike, reading.neighbours) == (None, None)
    assert reading.source.sha256


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_readings_do_not_wait_for_a_map_that_takes_long(tiny_bundle, xray, monkeypatch) -> None:
    answered, may_go_on, answers = queue.SimpleQueue(), threading.Event(), io.BytesIO()
    logits = np.array([[2, 0, 0, 0]], np.float32)
    seen = SimpleNamespace(logits=logits, embedding=typical(0)[None], maps=np.zeros((1, 4, 7, 7)))
    runtime = SimpleNamespace(forward=lambda tensor: seen)
    worker = Worker(runtime, load_bundle(tiny_bundle), answers, None, lambda: runtime)
    monkeypatch.setattr(worker, "_send", lambda header, arrays=None: answered.put(header))

    def slow(*_):
        may_go_on.wait(60)
        return MethodMap(np.ones((2, 2), np.float32), 0.0)

    def answer(request, answer=worker._answer):
        if request["id"] == "end":
            raise SystemExit  # of the thread: in life, they end with the process
        answer(request)

    monkeypatch.setattr(worker, "_map", slow)
    monkeypatch.setattr(worker, "_answer", answer)
    others = set(threading.enumerate())
    worker.start(1)
    worker.take({"id": 1, "path": str(xray), "want": ["score-cam/covid"], "priority": 9})
    assert answered.get(timeout=60) == {"started": 1}
    worker.take({"id": 2, "path": str(xray), "want": [], "priority": 0})
    assert answered.get(timeout=60) == {"started": 2}
    assert answered.get(timeout=60)["id"] == 2
    may_go_on.set()
    assert answered.get(timeout=60)["id"] == 1
    for want in ([], ["score-cam/covid"]):
        worker.take({"id": "end", "path": "", "want": want, "priority": 0})
    for thread in set(threading.enumerate()) - others:
        thread.join(60)


def test_what_nobody_wants_is_left_in_its_midst(tiny_bundle, xray, monkeypatch) -> None:
    answers = io.BytesIO()
    worker = Worker(None, load_bundle(tiny_bundle), answers, None, lambda: None)
    drawn = []

    class Maps:
        def of(self, tensor, method, class_id, going_on):
            for step in range(9):
                if step == 3:
                    worker.take({"cancel": 1})
                going_on()
                drawn.append(step)

    seen = SimpleNamespace(
        logits=np.zeros((1, 4), np.float32), embedding=typical(0)[None], maps=np.zeros((1, 4, 7, 7))
    )
    worker._runtime = SimpleNamespace(forward=lambda tensor: seen)
    worker._method_maps = Maps()
    worker._answer({"id": 1, "path": str(xray), "want": ["score-cam/covid"]})
    assert drawn == [0, 1, 2]
    answers.seek(0)
    told = []
    while (message := wire.receive(answers)) is not None:
        told.append(message[0])
    assert told == [{"started": 1}] * 3
    assert not worker._cancelled
