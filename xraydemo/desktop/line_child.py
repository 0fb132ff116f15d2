"""A program in a process of its own that tells what it does, a line of JSON each. Knows no Qt.

Unlike `xraydemo.desktop.child`, it is started by name: what it loads, this program never does.
"""

from __future__ import annotations

import json
import queue
import subprocess
import tempfile
import threading
from typing import IO, TYPE_CHECKING, Any

from xraydemo.desktop import text
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_SECONDS_BETWEEN_LOOKS = 0.1
_SECONDS_TO_END = 3.0
_LAST_WORDS = 300  # characters


def hear_child(
    command: Sequence[str],
    hear: Callable[[dict[str, Any]], None],
    should_stop: Callable[[], bool] = lambda: False,
) -> bool:
    """Run a program to its end, and hear what it tells.

    Parameters
    ----------
    command : sequence of str
        The program and its arguments. It prints JSON objects, one a line; one with ``error`` (and
        ``hint``) is what a user can do something about.
    hear : callable
        Is given each object.
    should_stop : callable
        Is asked some ten times a second; if so, the program is asked to end, and ended if it won't.

    Returns
    -------
    bool
        False if it was stopped.

    Raises
    ------
    XrayDemoError
        What the program tells as ``error``, or that it ended before its time.
    """
    with tempfile.TemporaryFile() as complaints:
        # not told to read: nothing is on its standard input
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints
        )
        told: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        assert child.stdout is not None
        reader = threading.Thread(target=_read, args=(child.stdout, told), daemon=True)
        reader.start()
        try:
            while not should_stop():
                try:
                    line = told.get(timeout=_SECONDS_BETWEEN_LOOKS)
                except queue.Empty:
                    continue
                if not line:
                    return _ended(child.wait(), complaints)
                _pass_on(json.loads(line), hear)
        finally:
            _end(child)
            reader.join(_SECONDS_TO_END)
            child.stdout.close()
    return False


def _read(lines: IO[bytes], told: queue.SimpleQueue[bytes]) -> None:
    for line in lines:
        told.put(line)
    told.put(b"")


def _pass_on(news: dict[str, Any], hear: Callable[[dict[str, Any]], None]) -> None:
    if "error" in news:
        raise XrayDemoError(news["error"], news["hint"])
    hear(news)


def _ended(code: int, complaints: IO[bytes]) -> bool:
    """Tell that it is done, or with what last words it ended."""
    if code == 0:
        return True
    complaints.seek(0)
    said = complaints.read().decode(errors="replace").strip()[-_LAST_WORDS:]
    hint = text.TEACH_CHILD_HINT.format(said=said.splitlines()[-1]) if said else ""
    raise XrayDemoError(text.TEACH_CHILD.format(code=code), hint)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
