"""Where something is to be saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QMessageBox

from xraydemo.desktop import text

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def ask_where_to_save(parent: QWidget, title: str, proposed: Path, kinds: str) -> Path | None:
    """Ask for a file to write; None if the reader doesn't want to.

    A name without an ending gets that of the proposed one.
    """
    while True:
        name, _ = QFileDialog.getSaveFileName(parent, title, str(proposed), kinds)
        if not name:
            return None
        path = Path(name)
        if path.suffix:
            return path
        # the dialog asked about the name as it was typed, which is another file
        path = path.with_suffix(proposed.suffix)
        if not path.exists() or _may_replace(parent, title, path):
            return path


def _may_replace(parent: QWidget, title: str, path: Path) -> bool:
    yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
    question = text.SAVE_REPLACE.format(path=path)
    return QMessageBox.question(parent, title, question, yes | no, no) == yes
