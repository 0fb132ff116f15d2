"""The marks of the X-rays that are open. Knows no Qt; `marks` keeps them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from xraydemo.desktop import text
from xraydemo.desktop.marks import Marks, write_csv

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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

    @property
    def names(self) -> dict[Path, str]:
        """Short names that tell the files apart: from the folder that holds all of them."""
        paths = [item.path.absolute() for item in self._items()]
        above = Path(os.path.commonpath([path.parent for path in paths])) if paths else Path()
        return {
            item.path: path.relative_to(above).as_posix()
            for item, path in zip(self._items(), paths, strict=True)
        }

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

    def undo(self) -> str:
        """Take back the last mark of this session; says what was done.

        Raises
        ------
        XrayDemoError
            If it can't be kept.
        """
        sha256 = self._marks.undo()
        if sha256:
            self._show_all(sha256)
        return text.UNDONE if sha256 else text.NOTHING_TO_UNDO

    def save(self, path: Path) -> None:
        """Write the marks of the open X-rays as a table: file, label, time.

        Raises
        ------
        XrayDemoError
            If it can't be written.
        """
        names = self.names
        found = ((names[item.path], self._marks.of(item.sha256)) for item in self.marked)
        write_csv(path, [(name, mark) for name, mark in found if mark])

    def _show_all(self, sha256: str) -> None:
        for item in self._items():
            if item.sha256 == sha256:
                self._show(item)

    def _show(self, item: Item) -> None:
        mark = self._marks.of(item.sha256)
        item.mark = mark.label if mark else ""
        item.changed()
        self._changed(item)
