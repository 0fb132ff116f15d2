"""Keeps how the window was laid out, and lays it out so again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xraydemo.desktop.window import MainWindow


def keep_layout(window: MainWindow) -> None:
    """Remember place, size, and the widths of the parts."""
    window.memory.set_layout("window", window.saveGeometry())
    window.memory.set_layout("parts", window.read.saveState())


def restore_layout(window: MainWindow) -> bool:
    """Lay the window out as it was; False if that isn't known."""
    frame, parts = window.memory.layout("window"), window.memory.layout("parts")
    if parts and window.read.restoreState(parts):
        window.read.keep_widths()
    return frame is not None and window.restoreGeometry(frame)
