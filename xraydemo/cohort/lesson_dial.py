"""What can be chosen in teaching mode. It imports nothing: the window needs it when it opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["year", "scanner", "marker", "border", "jpeg"]
KINDS: tuple[Kind, ...] = ("year", "scanner", "marker", "border", "jpeg")
TAG_KINDS = ("year", "scanner")  # which have a tag that can be planted without the pixels


@dataclass(frozen=True)
class Lesson:
    """Where the dial stands.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    strength : float
        0 to 1; see `xraydemo.phantom.shortcuts.planted`.
    tag_only : bool
        Plant it in the table alone, and not in the pixels: only of year and scanner.
    """

    kind: Kind
    strength: float
    tag_only: bool = False

    @property
    def name(self) -> str:
        """Give a name for files."""
        return f"{self.kind}{'-tag-only' if self.tag_only else ''}-{round(100 * self.strength)}"


def can_be_tag_only(kind: Kind) -> bool:
    """Tell whether a shortcut has a tag that can be planted without the pixels."""
    return kind in TAG_KINDS
