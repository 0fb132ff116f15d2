"""Work off the window's thread, with the answers brought back to it. Knows no Qt."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from xraydemo.desktop import text
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

log = logging.getLogger(__name__)


class Background:
    """A few threads whose answers come back in the window's thread.

    Parameters
    ----------
    post : callable
        Takes a function and has the window's thread call it soon; may be called from any thread.
    threads : int
        How many jobs run at once.
    """

    def __init__(self, post: Callable[[Callable[[], None]], None], threads: int = 2) -> None:
        self._post = post
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="desktop")
        self._closed = False

    def run(self, job: Callable[[], T], done: Callable[[Future[T]], None]) -> None:
        """Run `job` in a thread, then `done` with its future in the window's thread."""
        if self._closed:
            return
        self._pool.submit(job).add_done_callback(lambda future: self._deliver(future, done))

    def close(self) -> None:
        """Drop what is waiting and wait for what runs; no answer comes after this."""
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _deliver(self, future: Future[Any], done: Callable[[Future[Any]], None]) -> None:
        if not self._closed:
            self._post(lambda: None if self._closed else done(future))


def error_of(future: Future[Any]) -> XrayDemoError | None:
    """Return what went wrong with a finished job, in words for the user; None if nothing did.

    A fault of the program is logged with its traceback, and said to be one.
    """
    error = future.exception()
    if error is None or isinstance(error, XrayDemoError):
        return error
    log.error("A job of the window failed", exc_info=error)
    return XrayDemoError(
        text.FAULT.format(kind=type(error).__name__, message=error), text.FAULT_HINT
    )
