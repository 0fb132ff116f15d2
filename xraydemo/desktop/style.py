"""The window's colours and its style sheet: dark, because readers sit in dark rooms.

Orange and blue are left to the heat map, where they mean something; the rest is gray. Every pair
of text and ground has a contrast of at least 4.5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QPalette

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

GROUND = "#15181b"
PANEL = "#1d2125"
FIELD = "#272c31"
EDGE = "#3a4148"
TEXT = "#e4e7ea"
DIM = "#a3acb5"
CHOSEN = "#3a4b5c"
FOCUS = "#8fb4d6"
BAR = "#77818b"
BAR_MOST = "#e4e7ea"
WARNING = "#ffb4a6"
BLACK = "#000000"
PAPER = "#ffffff"
ON_PAPER = "#1f5f99"  # what is marked on it
INKS = ("#c3ccd4", "#8fb4d6", "#d9b97a", "#a5d6b0", "#c9a2c9", "#8a949e")  # of lines and points
# Of verdicts, beside their signs and words; pale, and none of them the heat map's.
VERDICTS = {
    "fail": "#ff9c92",
    "error": "#e6b3e6",
    "warn": "#f0d585",
    "pass": "#a5d6b0",
    "info": "#c3ccd4",
    "cannot_check": "#a3acb5",
}

_SHEET = f"""
QMainWindow, QDialog {{ background: {GROUND}; }}
QWidget#panel, QWidget#head {{ background: {PANEL}; }}
QLabel#title {{ color: {DIM}; font-weight: 600; }}
QLabel#dim {{ color: {DIM}; }}
QLabel#warning {{ color: {WARNING}; }}
QFrame#card {{ background: {PANEL}; border-radius: 6px; }}
QFrame#problem {{ background: #3a2523; border: 1px solid #7a4a44; border-radius: 6px; }}
QTabWidget::pane {{ border: none; }}
QTabBar {{ background: {PANEL}; }}
QTabBar::tab {{ background: {PANEL}; color: {DIM}; padding: 6px 18px; border: none;
    border-bottom: 2px solid {PANEL}; }}
QTabBar::tab:selected {{ color: {TEXT}; border-bottom-color: {FOCUS}; }}
QTabBar::tab:hover {{ color: {TEXT}; }}
QTabBar::tab:focus {{ background: {FIELD}; }}
QTabWidget#pages > QTabBar::tab {{ padding: 6px 11px; }}
QTabWidget#pages > QTabBar {{ background: {GROUND}; }}
QFrame#banner {{ background: {CHOSEN}; }}
QFrame#paper {{ background: {PAPER}; border-radius: 6px; }}
QProgressBar {{ background: {FIELD}; border: none; border-radius: 4px; }}
QProgressBar::chunk {{ background: {FOCUS}; border-radius: 4px; }}
QListView {{ background: {PANEL}; border: none; outline: none; }}
QScrollArea {{ background: transparent; border: none; }}
QWidget#page {{ background: {GROUND}; }}
QMenuBar {{ background: {PANEL}; padding: 2px 6px; }}
QMenuBar::item {{ padding: 4px 10px; border-radius: 3px; }}
QMenuBar::item:selected {{ background: {CHOSEN}; }}
QMenu {{ background: {FIELD}; border: 1px solid {EDGE}; padding: 4px; }}
QMenu::item {{ padding: 5px 28px 5px 24px; border-radius: 3px; }}
QMenu::item:selected {{ background: {CHOSEN}; }}
QMenu::separator {{ height: 1px; background: {EDGE}; margin: 4px 8px; }}
QStatusBar {{ background: {PANEL}; border-top: 1px solid {EDGE}; }}
QStatusBar::item {{ border: none; }}
QSplitter::handle {{ background: {GROUND}; }}
QTableView {{ background: {PANEL}; border: none; outline: none;
    selection-background-color: {CHOSEN}; selection-color: {TEXT}; }}
QTableView::item {{ padding: 0 6px; border: none; }}
QPlainTextEdit {{ background: {PANEL}; border: none; }}
QPlainTextEdit#field {{ background: {FIELD}; border: 1px solid {EDGE}; border-radius: 4px; }}
QPlainTextEdit#field:focus {{ border-color: {FOCUS}; }}
QTableView#tags::item {{ padding: 0; }}
QHeaderView {{ background: {PANEL}; }}
QHeaderView::section {{ background: {PANEL}; color: {DIM}; border: none;
    border-bottom: 1px solid {EDGE}; padding: 5px 9px; font-weight: 600; }}
QLineEdit {{ background: {FIELD}; border: 1px solid {EDGE}; border-radius: 4px;
    padding: 3px 7px; min-height: 18px; selection-background-color: {CHOSEN}; }}
QLineEdit:focus {{ border-color: {FOCUS}; }}
QComboBox QAbstractItemView {{ background: {FIELD}; border: 1px solid {EDGE};
    selection-background-color: {CHOSEN}; outline: none; }}
QPushButton {{ background: {FIELD}; border: 1px solid {EDGE}; border-radius: 4px;
    padding: 4px 12px; min-height: 18px; }}
QPushButton:hover {{ background: {EDGE}; }}
QPushButton:focus {{ border-color: {FOCUS}; }}
QPushButton:checked {{ background: {CHOSEN}; border-color: {FOCUS}; }}
QPushButton#main {{ background: {CHOSEN}; border-color: {FOCUS}; font-weight: 600;
    padding: 6px 28px; }}
QPushButton#main:hover {{ background: #48607a; }}
QPushButton#main:disabled {{ background: {FIELD}; border-color: {EDGE}; }}
QPushButton#fold {{ background: transparent; border-color: transparent; color: {DIM};
    padding: 3px 6px; }}
QPushButton#fold:checked, QPushButton#fold:hover {{ color: {TEXT}; }}
QPushButton#fold:focus {{ border-color: {FOCUS}; }}
QPushButton:disabled, QLineEdit:disabled {{ color: #6c757e; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {EDGE}; border-radius: 4px; min-height: 24px; min-width: 24px;
    margin: 1px; }}
QScrollBar::handle:hover {{ background: {BAR}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QToolTip {{ background: {FIELD}; color: {TEXT}; border: 1px solid {EDGE}; padding: 3px; }}
"""


def apply_style(application: QApplication, points: float | None = None) -> None:
    """Give the application its dark palette, its style sheet and a readable size of type.

    Parameters
    ----------
    application : QApplication
    points : float, optional
        Size of the type; else the system's, if that is no smaller than 10.
    """
    application.setStyle("Fusion")
    palette = QPalette()
    for role, colour in {
        QPalette.ColorRole.Window: GROUND,
        QPalette.ColorRole.WindowText: TEXT,
        QPalette.ColorRole.Base: PANEL,
        QPalette.ColorRole.AlternateBase: FIELD,
        QPalette.ColorRole.Text: TEXT,
        QPalette.ColorRole.Button: FIELD,
        QPalette.ColorRole.ButtonText: TEXT,
        QPalette.ColorRole.BrightText: TEXT,
        QPalette.ColorRole.Highlight: CHOSEN,
        QPalette.ColorRole.HighlightedText: TEXT,
        QPalette.ColorRole.ToolTipBase: FIELD,
        QPalette.ColorRole.ToolTipText: TEXT,
        QPalette.ColorRole.PlaceholderText: DIM,
        QPalette.ColorRole.Link: FOCUS,
        QPalette.ColorRole.Accent: FOCUS,
    }.items():
        palette.setColor(role, QColor(colour))
    for role in (
        QPalette.ColorRole.Text,
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.ButtonText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor("#6c757e"))
    application.setPalette(palette)
    boxes = QPalette(palette)  # Fusion draws the box in the Base colour: lift it off the panel
    boxes.setColor(QPalette.ColorRole.Base, QColor(EDGE))
    # the stubs want bytes, the function itself only takes str
    application.setPalette(boxes, "QCheckBox")  # type: ignore[arg-type]
    font = application.font()
    font.setPointSizeF(points or max(font.pointSizeF(), 10.0))
    application.setFont(font)
    application.setStyleSheet(_SHEET)
