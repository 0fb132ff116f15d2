"""How long something will still take, by how fast it went on lately. Knows no Qt."""

from __future__ import annotations

import time
from collections import deque

_LOOKED_BACK = 60.0  # seconds: what was known already is over at once, and says nothing of the rest
_LEAST = 2.0  # seconds: after fewer, any number would be a guess


class Pace:
    """Hears how much is done, and tells the time left."""

    def __init__(self) -> None:
        self.begun = time.monotonic()
        self._heard: deque[tuple[float, float]] = deque()

    def hear(self, share: float) -> None:
        """Take note: this share is done, in [0, 1]."""
        now = time.monotonic()
        self._heard.append((now, share))
        while len(self._heard) > 2 and self._heard[1][0] <= now - _LOOKED_BACK:
            self._heard.popleft()

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.monotonic() - self.begun

    @property
    def seconds_left(self) -> float | None:
        """Estimate the time left; None while nothing is known. It grows where nothing is heard."""
        if not self._heard:
            return None
        (first, share_first), (_, share) = self._heard[0], self._heard[-1]
        seconds, done = time.monotonic() - first, share - share_first
        return (1 - share) * seconds / done if done > 0 and seconds >= _LEAST else None
