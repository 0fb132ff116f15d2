"""Work in a process of its own: it can be ended at any moment, and never holds up the window.

Python lets one thread work at a time: with a thread in its place the window would stand still for
some 0.3 s now and then. Knows no Qt.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xraydemo.desktop import text
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from types import FrameType

_SECONDS_BETWEEN_LOOKS = 0.1
_SECONDS_TO_END = 3.0
_NICENESS = 5  # the window, and the model that it waits for, come first


@dataclass(frozen=True)
class _Done:
    """What the work came to."""

    result: Any


def in_child(
    work: Callable[..., Any],
    *arguments: Any,  # noqa: ANN401 - the work's own
    hear: Callable[[Any], None] = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Any:  # noqa: ANN401 - the work's own
    """Do work in a child process, and hear on its way what it tells.

    Parameters
    ----------
    work : callable
        A function of a module; it takes `arguments` and, last, a function that tells something.
    arguments
        Plain data.
    hear : callable
        Is given what the work tells.
    should_stop : callable
        Is asked some ten times a second; if so, the child is asked to end, and ended if it won't.

    Returns
    -------
    object
        What the work returns; None if it was stopped.

    Raises
    ------
    XrayDemoError
        What the work raises of that family, or that the child ended before its time.
    """
    child, listen = start_child(_work, work, arguments)
    try:
        while not should_stop():
            if not listen.poll(_SECONDS_BETWEEN_LOOKS):
                continue
            match listen.recv():
                case _Done(result):
                    return result
                case XrayDemoError() as error:
                    raise error
                case news:
                    hear(news)
    except EOFError as error:
        child.join()
        message = text.CHILD_ENDED.format(code=child.exitcode)
        raise XrayDemoError(message, text.CHILD_ENDED_HINT) from error
    finally:
        end_child(child)
        listen.close()
    return None


def start_child(
    target: Callable[..., None],
    *arguments: Any,  # noqa: ANN401 - the target's own
    both_ways: bool = False,
) -> tuple[Any, Connection]:
    """Start a process, and give it with this side's end of a pipe to it.

    Parameters
    ----------
    target : callable
        A function of a module; it takes `arguments` and, last, its own end of the pipe.
    arguments
        Plain data.
    both_ways : bool
        Whether the process is told something, too.

    Raises
    ------
    XrayDemoError
        If it can't be started.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=both_ways)
    child = context.Process(target=target, args=(*arguments, theirs), daemon=True)
    try:
        child.start()
    except OSError as why:  # no memory, or too many processes
        ours.close()
        message = text.CHILD_NOT_STARTED.format(why=why)
        raise XrayDemoError(message, text.CHILD_ENDED_HINT) from why
    finally:
        theirs.close()  # the child has its own end: when it ends, so does the pipe
    return child, ours


def end_child(child: Any) -> None:  # noqa: ANN401 - a process of the context
    """Let a child close what it has open; one that doesn't is ended."""
    child.terminate()
    child.join(_SECONDS_TO_END)
    if child.is_alive():
        child.kill()
        child.join()


def _work(work: Callable[..., Any], arguments: tuple[Any, ...], speak: Connection) -> None:
    """Do the work, in the child."""
    signal.signal(signal.SIGTERM, _leave)
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    try:
        found: object = _Done(work(*arguments, speak.send))
    except XrayDemoError as error:
        found = error
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # there is nothing left to close
    with suppress(BrokenPipeError):  # the window was closed meanwhile
        speak.send(found)


def _leave(_: int, __: FrameType | None) -> None:
    """End with all that is open closed on the way: what the model answered is kept."""
    sys.exit(0)
