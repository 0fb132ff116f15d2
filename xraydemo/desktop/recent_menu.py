"""The menu of what was opened of late: folders of X-rays, cohorts, and runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from xraydemo.desktop import text

if TYPE_CHECKING:
    from xraydemo.desktop.memory import Memory


_LETTERS = 70  # of a path


class RecentMenu(QMenu):
    """Lists what was opened of late, and lets the reader keep or forget it."""

    chosen = Signal(str, Path)
    """Of which kind (see `memory.Recent`), and where it is."""

    def __init__(self, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(text.RECENT_MENU, parent)
        self._memory = memory
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        """List what there is now."""
        memory = self._memory
        self.clear()
        for kind, listed in memory.recent.items():
            if listed:
                self._list(kind, listed)
        if not any(memory.recent.values()):
            self.addAction(text.RECENT_NONE).setEnabled(False)
        self.addSeparator()
        keeping = self.addAction(text.RECENT_KEEP)
        keeping.setCheckable(True)
        keeping.setChecked(memory.keeps_folders)
        keeping.setEnabled(memory.lasts)
        keeping.setToolTip(text.RECENT_WHY)
        keeping.triggered.connect(lambda keep: memory.keep_folders(keep=keep))
        self.addAction(text.RECENT_FORGET).triggered.connect(memory.forget_recent)

    def _list(self, kind: str, listed: list[Path]) -> None:
        """List what was opened of a kind, below its name."""
        if self.actions():
            self.addSeparator()
        # not a section: in a window with a style sheet its words are not drawn
        self.addAction(text.RECENT_KINDS[kind]).setEnabled(False)
        for path in listed:
            opening = self.addAction(_elided(str(path)).replace("&", "&&"))
            opening.setToolTip(str(path))
            opening.triggered.connect(lambda _=False, path=path: self.chosen.emit(kind, path))


def _elided(words: str) -> str:
    """Leave out the middle of what is too long: the ends tell paths apart."""
    half = _LETTERS // 2
    return words if len(words) <= _LETTERS else f"{words[:half]}…{words[-half:]}"
