"""About the program: what it is, its versions, its model, and what it can't do."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from xraydemo.classes import DISCLAIMER
from xraydemo.desktop import diagnostics, style, text
from xraydemo.desktop.parts import HtmlPage

if TYPE_CHECKING:
    from collections.abc import Sequence


class AboutDialog(QDialog):
    """Shows versions and limits.

    Parameters
    ----------
    engine : str
        Its state, in words.
    """

    def __init__(self, engine: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(text.ABOUT_TITLE)
        self.resize(560, 560)
        versions = [*diagnostics.versions(), (text.ABOUT_MODEL, engine)]
        page = HtmlPage(text.ABOUT_TITLE, lambda: about_page(versions))
        self.restyle = page.restyle
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(page)
        column.addWidget(buttons)


def about_page(versions: Sequence[tuple[str, str]]) -> str:
    """Return the page as HTML."""
    rows = "".join(
        f"<tr><td style='color:{style.DIM};padding-right:24px'>{escape(name)}</td>"
        f"<td>{escape(found)}</td></tr>"
        for name, found in versions
    )
    limits = "".join(f"<li style='margin-bottom:6px'>{escape(limit)}</li>" for limit in text.LIMITS)
    return (
        f"<h2>{text.PROGRAM}</h2><p>{escape(text.ABOUT_BODY)}</p>"
        f"<p style='color:{style.WARNING}'>{DISCLAIMER}</p>"
        f"<table style='margin-top:10px' cellspacing='0' cellpadding='2'>{rows}</table>"
        f"<h3>{text.HELP_LIMITS}</h3><ul style='margin-left:-20px'>{limits}</ul>"
    )
