"""The help: the keys, taken from the menus themselves, and what the program can't do."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from xraydemo import __version__
from xraydemo.classes import DISCLAIMER
from xraydemo.desktop import style, text
from xraydemo.desktop.parts import HtmlPage

if TYPE_CHECKING:
    from collections.abc import Sequence


class HelpDialog(QDialog):
    """Lists keys, mouse and limits.

    Parameters
    ----------
    keys : sequence of (str, str)
        Key and what it does, in the order of the menus.
    """

    def __init__(self, keys: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(text.HELP_TITLE)
        self.resize(620, 620)
        page = HtmlPage(text.HELP_TITLE, lambda: help_page(keys))
        self.restyle = page.restyle
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(page)
        column.addWidget(buttons)


def help_page(keys: Sequence[tuple[str, str]]) -> str:
    """Return the help as HTML."""
    limits = "".join(f"<li style='margin-bottom:6px'>{escape(limit)}</li>" for limit in text.LIMITS)
    reading = "".join(f"<p>{escape(part)}</p>" for part in text.READING)
    evaluating = "".join(f"<p>{escape(part)}</p>" for part in text.EVALUATING)
    return (
        f"<p><b>{text.PROGRAM} {escape(__version__)}</b><br>"
        f"<span style='color:{style.WARNING}'>{DISCLAIMER}</span></p>"
        f"<h3>{text.HELP_LIMITS}</h3><ul style='margin-left:-20px'>{limits}</ul>"
        f"<h3>{text.HELP_READING}</h3>{reading}"
        f"<h3>{text.HELP_EVALUATE}</h3>{evaluating}"
        f"<h3>{text.HELP_KEYS}</h3>{_table(keys)}"
        f"<h3>{text.HELP_MOUSE}</h3>{_table(text.MOUSE)}"
    )


def _table(rows: Sequence[tuple[str, str]]) -> str:
    cells = "".join(
        f"<tr><td style='color:{style.DIM};padding-right:24px'>{escape(left)}</td>"
        f"<td>{escape(right)}</td></tr>"
        for left, right in rows
    )
    return f"<table cellspacing='0' cellpadding='2'>{cells}</table>"
