"""Work in a child process: what it tells, how it ends, and how it is ended."""

import time

import pytest

from xraydemo.desktop import child
from xraydemo.desktop.asking import Inquiry, ask_all
from xraydemo.desktop.child import in_child
from xraydemo.errors import XrayDemoError


def test_what_the_work_tells_and_returns_is_heard():
    heard = []
    assert in_child(_count, 3, hear=heard.append) == "done"
    assert heard == [0, 1, 2]


def test_an_error_of_the_work_is_passed_on():
    with pytest.raises(XrayDemoError, match="no luck"):
        in_child(_fail)


def test_a_child_that_dies_is_said():
    with pytest.raises(XrayDemoError, match="exit status 3"):
        in_child(_die)


def test_what_can_t_be_opened_is_said(tmp_path):
    with pytest.raises(XrayDemoError, match="no run in"):
        ask_all(Inquiry(tmp_path), lambda _: None, lambda _: None, lambda: False)


def test_a_stopped_child_closes_what_it_has_open(tmp_path):
    heard, begun = [], time.monotonic()
    kept = tmp_path / "kept"
    assert in_child(_work_on, kept, hear=heard.append, should_stop=lambda: bool(heard)) is None
    assert kept.read_text() == "what was done"
    assert time.monotonic() - begun < 10


def test_a_child_that_will_not_end_is_ended(monkeypatch):
    monkeypatch.setattr(child, "_SECONDS_TO_END", 0.3)
    heard, begun = [], time.monotonic()
    assert in_child(_stay, hear=heard.append, should_stop=lambda: bool(heard)) is None
    assert time.monotonic() - begun < 20


def _count(n, tell):
    for number in range(n):
        tell(number)
    return "done"


def _fail(tell):
    raise XrayDemoError("no luck")


def _die(tell):
    raise SystemExit(3)


def _work_on(kept, tell):
    try:
        tell("begun")
        time.sleep(60)
    finally:
        kept.write_text("what was done")


def _stay(tell):
    import signal

    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    tell("begun")
    time.sleep(60)
