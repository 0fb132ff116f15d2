"""Has the model read the open X-rays: what is looked at first, what is next then, then the rest.

Knows no Qt.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from xraydemo.desktop.background import error_of
from xraydemo.desktop.engine_door import LATER, NOW, SOON
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from xraydemo.desktop.engine_door import EngineDoor
    from xraydemo.desktop.items import Item
    from xraydemo.engine.client import Want
    from xraydemo.model.reading import Reading

WANT: tuple[Want, ...] = ("maps", "source")
# Enough to keep the model busy, few enough that the next X-ray never waits behind them.
_LATER_AT_ONCE = 8


class ReadingQueue:
    """The requests for readings, and the count of what came of them.

    Parameters
    ----------
    post : callable
        Takes a function and has the window's thread call it soon; may be called from any thread.
    settled : callable
        Called in the window's thread with the X-ray that now has its reading or its error.
    answered : callable
        Called after the engine's answer was taken: there is room for another request.
    """

    def __init__(
        self,
        post: Callable[[Callable[[], None]], None],
        settled: Callable[[Item], None],
        answered: Callable[[], None],
    ) -> None:
        self._post = post
        self._settled = settled
        self._answered = answered
        self._items: Sequence[Item] = ()
        self._asked: dict[int, tuple[Future[Reading], int]] = {}
        self._left: deque[int] = deque()
        self._closed = False
        self.read_count = 0
        self.failed_count = 0

    @property
    def done_count(self) -> int:
        """How many have their reading or their error."""
        return self.read_count + self.failed_count

    @property
    def is_waiting(self) -> bool:
        """Whether there is something that was not answered yet."""
        return bool(self._asked or self._left)

    def take(self, items: Sequence[Item]) -> None:
        """Read these X-rays in place of the others."""
        self._withdraw_all()
        self._items = items
        self._left = deque(range(len(items)))
        self.read_count = self.failed_count = 0

    def ask(self, engine: EngineDoor, near: Sequence[Item], current: Item | None) -> None:
        """Ask for the current X-ray now, for those near it soon, and for some of the rest."""
        wished = {item.row: NOW if item is current else SOON for item in near}
        for row, (_, priority) in list(self._asked.items()):
            # What was wanted soon and no longer is goes back to the rest, and the other way round.
            # What the model already works on can't be withdrawn, and needn't be.
            if priority != wished.get(row, LATER) and self._withdraw(row) and row not in wished:
                self._left.appendleft(row)
        for item in near:
            self._submit(engine, item, wished[item.row])
        while self._left and len(self._asked) < len(near) + _LATER_AT_ONCE:
            self._submit(engine, self._items[self._left.popleft()], LATER)

    def forget(self, item: Item) -> None:
        """Forget what came of an X-ray, so that it can be asked for again."""
        self._withdraw(item.row)
        self._count(item, -1)
        item.reading = item.error = None
        item.changed()

    def refuse(self, item: Item, error: XrayDemoError) -> None:
        """Take note that a file can't be read, before the model says so."""
        self._withdraw(item.row)
        self._settle(item, None, error)

    def close(self) -> None:
        """Ask for nothing any more."""
        self._closed = True
        self._withdraw_all()

    def _submit(self, engine: EngineDoor, item: Item, priority: int) -> None:
        if item.reading or item.error or item.row in self._asked:
            return
        try:
            future = engine.submit(item.path, want=WANT, priority=priority)
        except XrayDemoError as error:
            self._settle(item, None, error)
            return
        self._asked[item.row] = (future, priority)
        future.add_done_callback(lambda future: self._post(lambda: self._heard(item, future)))

    def _withdraw(self, row: int) -> bool:
        """Cancel a request; False if the model already works on it."""
        future, _ = self._asked.get(row, (None, 0))
        if future is None or not future.cancel():
            return False
        del self._asked[row]
        return True

    def _withdraw_all(self) -> None:
        for row in list(self._asked):
            self._withdraw(row)

    def _heard(self, item: Item, future: Future[Reading]) -> None:
        if self._closed or future.cancelled():
            return
        if self._asked.get(item.row, (None, 0))[0] is future:
            del self._asked[item.row]
        if not (item.row < len(self._items) and self._items[item.row] is item):
            return  # another folder was opened in the meantime
        error = error_of(future)
        self._settle(item, None if error else future.result(), error)
        self._answered()

    def _settle(self, item: Item, reading: Reading | None, error: XrayDemoError | None) -> None:
        self._count(item, -1)
        item.reading, item.error = reading, error
        item.changed()
        self._count(item, 1)
        self._settled(item)

    def _count(self, item: Item, step: int) -> None:
        self.read_count += step * bool(item.reading)
        self.failed_count += step * bool(item.error)
