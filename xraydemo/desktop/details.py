"""What is asked of the model about one X-ray only when somebody looks at it. Knows no Qt."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING

from xraydemo.desktop.background import error_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from xraydemo.desktop.engine_door import EngineDoor
    from xraydemo.engine.client import Want
    from xraydemo.errors import XrayDemoError
    from xraydemo.model.reading import Reading

_KEPT = 24
_Asked = tuple["Path", "Want"]


class Details:
    """Asks for details, and keeps the last ones.

    Parameters
    ----------
    post : callable
        Takes a function and has the window's thread call it soon; may be called from any thread.
    answered : callable
        Called in the window's thread with the path that something is now known of.
    priority : int
        Of the requests.
    """

    def __init__(
        self,
        post: Callable[[Callable[[], None]], None],
        answered: Callable[[Path], None],
        priority: int,
    ) -> None:
        self._post = post
        self._answered = answered
        self._priority = priority
        self._open: dict[_Asked, Future[Reading]] = {}
        self._known: OrderedDict[_Asked, Reading | XrayDemoError] = OrderedDict()

    def want(self, engine: EngineDoor, path: Path, wants: tuple[Want, ...]) -> None:
        """Ask for these of this file, as far as they aren't known; nothing else is wanted now."""
        wished = {(path, want) for want in wants}
        for asked, future in list(self._open.items()):
            if asked not in wished and future.cancel():
                del self._open[asked]
        for want in wants:
            asked = (path, want)
            if asked in self._known or asked in self._open:
                continue
            future = engine.submit(path, want=(want,), priority=self._priority)
            self._open[asked] = future
            future.add_done_callback(partial(self._heard, asked))

    def get(self, path: Path, want: Want) -> Reading | XrayDemoError | None:
        """Give what was answered, or what was wrong; None while nothing is known."""
        return self._known.get((path, want))

    def forget(self, path: Path) -> None:
        """Drop what is known of a file."""
        for asked in [asked for asked in self._known if asked[0] == path]:
            del self._known[asked]

    def close(self) -> None:
        """Want nothing any more."""
        open_ones, self._open = list(self._open.values()), {}
        for future in open_ones:
            future.cancel()

    def _heard(self, asked: _Asked, future: Future[Reading]) -> None:
        self._post(lambda: self._settle(asked, future))

    def _settle(self, asked: _Asked, future: Future[Reading]) -> None:
        if self._open.get(asked) is not future:
            return  # withdrawn, or the window was closed
        del self._open[asked]
        if future.cancelled():
            return
        self._known[asked] = error_of(future) or future.result()
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        self._answered(asked[0])
