"""The marks of the X-rays that are open. Knows no Qt; `marks` keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xraydemo.desktop import text
from xraydemo.desktop.items import short_names
from xraydemo.desktop.marks import Mark, Marks, write_csv

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from xraydemo.desktop.items import Item


class Marking:
    """Puts marks on the open X-rays, and takes them back.

    Parameters
    ----------
    marks : Marks
    items : callable
        Gives the open X-rays.
    changed : callable
        Called with each X-ray whose mark is another.
    """

    def __init__(
        self, marks: Marks, items: Callable[[], Sequence[Item]], changed: Callable[[Item], None]
    ) -> None:
        self._marks = marks
        self._items = items
        self._changed = changed

    @property
    def marked(self) -> list[Item]:
        """The open X-rays that bear a mark."""
        return [item for item in self._items() if item.mark]

    def holding(self, sha256: str) -> list[Item]:
        """Give the open X-rays of this content, as far as they were read; copies are several."""
        return [item for item in self._items() if item.sha256 == sha256]

    def know(self, item: Item, sha256: str) -> None:
        """Take note of a file's content: its mark may be known from another day."""
        if sha256 and item.sha256 != sha256:
            item.sha256 = sha256
            self._show(item)

    def mark(self, item: Item, class_id: str) -> str:
        """Mark an X-ray as this class, or take just that mark back; says what was done.

        Raises
        ------
        XrayDemoError
            If it can't be kept.
        """
        self._marks.set(item.sha256, "" if class_id == item.mark else class_id)
        self._show_all(item.sha256)
        said = text.MARKED.format(what=text.class_name(class_id))
        return said if item.mark else text.UNMARKED

    def undo(self) -> tuple[Mark, Mark] | None:
        """Take back the last mark of this session; gives the word on its file before and after.

        Raises
        ------
        XrayDemoError
            If it can't be kept.
        """
        undone = self._marks.undo()
        if undone:
            self._show_all(undone[0].sha256)
        return undone

    def save(self, path: Path) -> None:
        """Write the marks of the open X-rays as a table: file, label, time.

        Raises
        ------
        XrayDemoError
            If it can't be written.
        """
        marked = self.marked
        names = short_names(marked, self._items())
        found = ((name, self._marks.of(i.sha256)) for name, i in zip(names, marked, strict=True))
        write_csv(path, [(name, mark) for name, mark in found if mark])

    def _show_all(self, sha256: str) -> None:
        for item in self.holding(sha256):
            self._show(item)

    def _show(self, item: Item) -> None:
        mark = self._marks.of(item.sha256)
        item.mark = mark.label if mark else ""
        item.changed()
        self._changed(item)
