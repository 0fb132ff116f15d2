"""In which order the worklist shows its rows, and which of them. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

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

    def apply(self, items: Sequence[Item]) -> list[int]:
        """Give the rows to show, in order; what lacks the key's value comes last either way."""
        chosen = items
        for word in self.search.casefold().split():
            chosen = [item for item in chosen if word in item.words]
        if self.key == "file":
            rows = [item.row for item in chosen]
            return rows[::-1] if self.backwards else rows
        values = [(_value(item, self.key), item.row) for item in chosen]
        known = [(value, row) for value, row in values if value is not None]
        unknown = [row for value, row in values if value is None]
        downwards = (self.key in _HIGHEST_FIRST) != self.backwards
        # equals stay as they were opened, whichever way the rest goes
        known.sort(key=lambda pair: pair[0], reverse=downwards)
        return [row for _, row in known] + unknown


def _value(item: Item, key: Key) -> tuple[float, ...] | str | float | None:
    if key == "date":
        return item.date or None
    if key == "priority":
        return item.priority
    if key == "foreignness":
        return item.foreignness
    if item.answer is None:
        return None
    predicted, share = item.answer
    return share if key == "probability" else (predicted, -share)
