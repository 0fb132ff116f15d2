"""Many files through an engine: a list of files in, their answers out, in the same order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Future
from pathlib import Path

from xraydemo.engine.client import Engine, Want
from xraydemo.errors import EngineLost, XrayDemoError
from xraydemo.model.reading import Reading

ASKED_AHEAD = 64  # enough to keep the engine busy, few enough to keep memory flat
Answer = Reading | XrayDemoError


def stream(
    engine: Engine,
    files: Iterable[str | Path],
    want: tuple[Want, ...] = ("maps",),
    *,
    priority: int = 0,
) -> Iterator[Answer]:
    """Give each file's reading, or what is wrong with it, in the order of the files.

    Memory doesn't grow with the number of files. What was asked ahead is cancelled when the caller
    stops to listen.

    Raises
    ------
    XrayDemoError
        If the engine itself failed for good: then no file is to blame.
    """
    waiting: deque[Future[Reading]] = deque()
    try:
        for file in files:
            waiting.append(engine.submit(file, want=want, priority=priority))
            if len(waiting) >= ASKED_AHEAD:
                yield _settled(engine, waiting.popleft())
        while waiting:
            yield _settled(engine, waiting.popleft())
    finally:
        for future in waiting:
            future.cancel()


def _settled(engine: Engine, future: Future[Reading]) -> Answer:
    try:
        return future.result()
    except CancelledError as error:  # by the engine's end: nobody else can
        raise engine.failure or EngineLost("The engine was closed") from error
    except XrayDemoError as error:
        if engine.failure:
            raise engine.failure from error
        return error
