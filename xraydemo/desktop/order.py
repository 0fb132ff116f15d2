"""In which order the worklist shows its rows, and which of them. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xraydemo.desktop.items import Item

Key = Literal["file", "priority", "class", "probability", "foreignness", "date"]
KEYS: tuple[Key, ...] = get_args(Key)
# What a reader wants to see first has the highest number, and the latest date.
_HIGHEST_FIRST = {"priority", "probability", "foreignness", "date"}


@dataclass(frozen=True)
class Order:
    """What the rows are sorted by and searched for.

    Attributes
    ----------
    key : str
        One of `KEYS`.
    backwards : bool
        The other way round than is usual for the key.
    search : str
        Words, all of which a row must have, in any case.
    """

    key: Key = "file"
    backwards: bool = False
    search: str = ""

    @property
    def needs_readings(self) -> bool:
        """Whether a reading that comes can change it."""
        return self.key != "file" or bool(self.search.split())

    @property
    def is_downwards(self) -> bool:
        """Whether the highest number, or the last letter, comes first."""
        return (self.key in _HIGHEST_FIRST) != self.backwards

    def apply(self, items: Sequence[Item]) -> list[int]:
        """Give the rows to show, in order; what lacks the key's value comes last either way."""
        chosen = items
        for word in self.search.casefold().split():
            chosen = [item for item in chosen if word in item.words]
        rows = [item.row for item in chosen]
        if self.key == "file":
            return rows[::-1] if self.is_downwards else rows
        numbers = np.array(_numbers(chosen, self.key), dtype=float)  # NaN for None, and comes last
        # equals stay as they were opened, whichever way the rest goes
        places = np.argsort(-numbers if self.is_downwards else numbers, kind="stable")
        found: list[int] = np.array(rows, dtype=np.intp)[places].tolist()
        return found


def _numbers(items: Sequence[Item], key: Key) -> list[float | None]:
    """Give what each item is sorted by; None where it lacks that."""
    match key:
        case "priority":
            return [item.priority for item in items]
        case "foreignness":
            return [item.foreignness for item in items]
        case "probability":
            return [item.answer and item.answer[1] for item in items]
        case "class":
            # the most likely class has more than nothing and at most 1: they don't get mixed
            return [item.answer and item.answer[0] - item.answer[1] for item in items]
        case "date":
            dates = [item.date for item in items]
            places = {date: n for n, date in enumerate(sorted(set(dates)))}
            return [places[date] if date else None for date in dates]
    return [item.row for item in items]
