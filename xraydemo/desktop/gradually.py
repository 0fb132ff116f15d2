"""Builds what is large a piece at a time, so that the window answers in between."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Building is about a third of what a piece costs: Qt lays it out and draws it afterwards.
_SLICE_SECONDS = 0.004
_SLICE_STEPS = 8  # a sentence is made in no time, and laid out in a millisecond
_PAUSE_MS = 1  # with none, the next slice can come before what the last one made is drawn


class Gradually(QObject):
    """Goes through the steps of one piece of work at a time.

    Parameters
    ----------
    parent : QObject
        Ends with it.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._steps: Iterator[None] | None = None
        self._show: Callable[[], None] = lambda: None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._slice)

    @property
    def is_done(self) -> bool:
        """Whether there is no step left."""
        return self._steps is None

    def begin(self, steps: Iterator[None], show: Callable[[], None]) -> None:
        """Take the first steps at once, and the others soon; those of other work are dropped.

        Parameters
        ----------
        steps : iterator
        show : callable
            Called when some steps were taken, before the window answers again.
        """
        self._steps, self._show = steps, show
        self._slice()

    def stop(self) -> None:
        """Drop the steps that are left."""
        self._steps = None
        self._timer.stop()

    def _slice(self) -> None:
        """Take some steps, for some milliseconds."""
        steps, end = self._steps, time.perf_counter() + _SLICE_SECONDS
        for _ in range(_SLICE_STEPS):
            if steps is None or steps is not self._steps or time.perf_counter() >= end:
                break
            if next(steps, self) is self:  # None is a step
                self.stop()
        self._show()
        if self._steps is not None:
            self._timer.start()
