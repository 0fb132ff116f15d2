"""A program in a process of its own: what it tells is heard, and it ends when it is to."""

from __future__ import annotations

import sys
import threading
import time

import pytest

from xraydemo.desktop.line_child import hear_child
from xraydemo.errors import XrayDemoError


def python(code):
    return [sys.executable, "-c", code]


def test_what_it_tells_is_heard_in_order():
    heard = []
    code = "import json\nfor i in range(3): print(json.dumps({'i': i}), flush=True)"
    assert hear_child(python(code), heard.append)
    assert heard == [{"i": 0}, {"i": 1}, {"i": 2}]


def test_an_error_that_it_tells_is_raised():
    code = 'print(\'{"error": "The disk is full", "hint": "Make room"}\', flush=True)'
    with pytest.raises(XrayDemoError, match="The disk is full") as caught:
        hear_child(python(code), lambda _: None)
    assert caught.value.hint == "Make room"


def test_its_last_words_are_told_when_it_ends_before_its_time():
    with pytest.raises(XrayDemoError, match="code 1") as caught:
        hear_child(python("raise MemoryError('no room')"), lambda _: None)
    assert "MemoryError: no room" in caught.value.hint


def test_an_end_without_a_word_is_told_too():
    with pytest.raises(XrayDemoError, match="code 3") as caught:
        hear_child(python("raise SystemExit(3)"), lambda _: None)
    assert caught.value.hint == ""


def test_it_is_ended_when_it_is_to_stop():
    stop = threading.Event()
    code = "import time\nprint('{}', flush=True)\ntime.sleep(600)"
    begun = time.monotonic()
    assert not hear_child(python(code), lambda _: stop.set(), stop.is_set)
    assert time.monotonic() - begun < 60
