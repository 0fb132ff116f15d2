"""The menu of folders that were opened of late."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from xraydemo.desktop import text
from xraydemo.desktop.memory import Memory


class RecentMenu(QMenu):
    """Lists recent folders, and lets the reader keep or forget them."""

    chosen = Signal(Path)

    def __init__(self, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(text.RECENT_MENU, parent)
        self._memory = memory
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        """List what there is now."""
        memory = self._memory
        self.clear()
        for folder in memory.folders:
            opening = self.addAction(str(folder))
            opening.triggered.connect(lambda _=False, path=folder: self.chosen.emit(path))
        if not memory.folders:
            self.addAction(text.RECENT_NONE).setEnabled(False)
        self.addSeparator()
        keeping = self.addAction(text.RECENT_KEEP)
        keeping.setCheckable(True)
        keeping.setChecked(memory.keeps_folders)
        keeping.setEnabled(memory.lasts)
        keeping.setToolTip(text.RECENT_WHY)
        keeping.triggered.connect(lambda keep: memory.keep_folders(keep=keep))
        self.addAction(text.RECENT_FORGET).triggered.connect(memory.forget_folders)
