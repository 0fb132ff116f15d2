"""What can be done by menu and key: the commands, their keys, and where they may act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from PySide6.QtWidgets import QMenu, QWidget

    from xraydemo.desktop.memory import Memory

Needs = Literal["", "xray", "worklist", "read", "evaluate", "tour"]
"""What must be there; empty for nothing.

An X-ray to act upon, a worklist to walk through, one of two places, or the tour.
"""


@dataclass(frozen=True)
class Entry:
    """An action.

    Parameters
    ----------
    name : str
        What its key is kept under; never shown, never changed.
    words : str
        As in the menu, without dots.
    shipped : str
        The key that it has as long as the reader gives it no other.
    group : str
        Title of its menu; empty for none.
    needs : str
        See `Needs`.
    """

    name: str
    words: str
    shipped: str
    group: str
    needs: Needs
    action: QAction


class Commands(QObject):
    """All commands of a window, in the order of its menus.

    Parameters
    ----------
    window : QWidget
        Hears the keys.
    memory : Memory
        Knows the keys that the reader gave.
    """

    keys_changed = Signal()

    def __init__(self, window: QWidget, memory: Memory) -> None:
        super().__init__(window)
        self._window = window
        self._memory = memory
        self.entries: list[Entry] = []

    def add(
        self,
        menu: QMenu | None,
        name: str,
        words: str,
        key: str,
        done: Callable[[], object],
        *,
        needs: Needs = "",
    ) -> None:
        """Add an action to a menu, or without one; see `Entry`."""
        action = QAction(words, self._window)
        action.triggered.connect(done)
        (menu or self._window).addAction(action)
        group = menu.title().replace("&", "") if menu else ""
        shipped = normal(key)
        self.entries.append(Entry(name, words.rstrip("…"), shipped, group, needs, action))
        action.setShortcut(QKeySequence(self._memory.keys.get(name, shipped)))

    def key(self, name: str) -> str:
        """Give the key of an action, as it is written; empty for none."""
        entry = next(entry for entry in self.entries if entry.name == name)
        return key_of(entry)

    @property
    def keys(self) -> list[tuple[str, str]]:
        """Each key with what it does, in the order of the menus."""
        return [(key_of(e), e.words) for e in self.entries if key_of(e)]

    def set_keys(self, keys: Mapping[str, str]) -> None:
        """Give actions these keys, by their names, and remember those that are not the shipped."""
        for entry in self.entries:
            entry.action.setShortcut(QKeySequence(normal(keys.get(entry.name, entry.shipped))))
        self._memory.keys = {e.name: key_of(e) for e in self.entries if key_of(e) != e.shipped}
        self.keys_changed.emit()

    def enable(self, there: Iterable[Needs]) -> None:
        """Let only those act that need nothing, or something that is there."""
        can = {"", *there}
        for entry in self.entries:
            entry.action.setEnabled(entry.needs in can)


def key_of(entry: Entry) -> str:
    """Give the key of an action, as it is written; empty for none."""
    return entry.action.shortcut().toString()


def normal(key: str) -> str:
    """Write a key as Qt writes it, so that the same key is written the same."""
    return QKeySequence(key).toString()
