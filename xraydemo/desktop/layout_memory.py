"""Keeps how the window was laid out, lays it out so again, or as it was at first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QSplitter

if TYPE_CHECKING:
    from xraydemo.desktop.window import MainWindow


class LayoutMemory:
    """How wide the parts of a window's places are, and the window itself.

    Parameters
    ----------
    window : MainWindow
        With all its places, as they are at first.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._splitters = _splitters(window)
        self._first = {name: parts.saveState() for name, parts in self._splitters.items()}

    def keep(self) -> None:
        """Remember place, size, and the widths of the parts."""
        memory = self._window.memory
        memory.set_layout("window", self._window.saveGeometry())
        for name, parts in self._splitters.items():
            memory.set_layout(name, parts.saveState())

    def restore(self) -> bool:
        """Lay the window out as it was; False if that isn't known."""
        window = self._window
        for name, parts in self._splitters.items():
            state = window.memory.layout(name)
            if state and parts.restoreState(state) and parts is window.read:
                window.read.keep_widths()
        frame = window.memory.layout("window")
        return frame is not None and window.restoreGeometry(frame)

    def reset(self) -> None:
        """Give the parts the widths that they had at first."""
        for name, parts in self._splitters.items():
            parts.restoreState(self._first[name])
        self._window.read.lay_out_parts()  # it has widths only once it is shown


def _splitters(window: MainWindow) -> dict[str, QSplitter]:
    """Find all whose parts the reader can make wider, and name them after their places.

    The number of parts is in the name: what was remembered of others would not fit.
    """
    found = {}
    for place in window.places:
        itself = [place.widget] if isinstance(place.widget, QSplitter) else []
        inside = place.widget.findChildren(QSplitter)
        for number, parts in enumerate([*itself, *inside], 1):
            found[f"{place.name}-{number}-of-{parts.count()}"] = parts
    return found
