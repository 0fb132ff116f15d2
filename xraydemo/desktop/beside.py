"""Stands below the reading, a page at a time: layers, facts, the model's input, neighbours."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QScrollArea, QTabWidget, QWidget

from xraydemo.desktop import text
from xraydemo.desktop.facts_panel import FactsPanel
from xraydemo.desktop.layers_page import LayersPage
from xraydemo.desktop.neighbours_page import NeighboursPage
from xraydemo.desktop.tensor_page import TensorPage

_LINES = 12  # that it is high, at least; its pages scroll


class Beside(QTabWidget):
    """The right-hand panel's lower part."""

    turned = Signal(str)
    """The name of the page that the reader turned to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pages")
        self.setAccessibleName(text.NAME_PAGES)
        self.setDocumentMode(True)
        self.tabBar().setDrawBase(False)
        self.tabBar().setExpanding(True)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideRight)  # before the picture is, with large type
        self.layers, self.facts = LayersPage(), FactsPanel()
        self.tensor, self.neighbours = TensorPage(), NeighboursPage()
        self.names = tuple(text.PAGES)
        pages = (self.layers, self.facts, self.tensor, self.neighbours)
        for name, page in zip(self.names, pages, strict=True):
            self.addTab(
                page if page is self.facts else _scrolled(page, text.PAGES[name]), text.PAGES[name]
            )
            self.setTabToolTip(self.count() - 1, text.PAGE_TIPS[name])
            page.setObjectName("panel")
            page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.currentChanged.connect(lambda place: self.turned.emit(self.names[place]))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a height at which a page can be used; more is welcome."""
        height = self.tabBar().sizeHint().height() + _LINES * self.fontMetrics().lineSpacing()
        return QSize(super().sizeHint().width(), height)

    def turn_to(self, name: str) -> None:
        """Show a page."""
        self.setCurrentIndex(self.names.index(name))


def _scrolled(page: QWidget, name: str) -> QScrollArea:
    """Let a page scroll where the window is too low for it."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setWidget(page)
    area.setAccessibleName(name)
    area.setObjectName("panel")
    return area
