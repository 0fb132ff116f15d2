"""How the window looks: the colours in force, the style sheet, and the size of the type.

The X-ray itself is seen on black in every theme: a bright surround would hide its dark parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontDatabase, QPalette

from xraydemo.desktop.colours import DARK, LIGHT, Colours

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from xraydemo.desktop.memory import Theme

BLACK = "#000000"
ON_BLACK, WARNING_ON_BLACK = "#e4e7ea", "#ffb4a6"  # what is written on it
_OWN_FONT = "_q_styleSheetWidgetFont"  # where Qt's sheets keep the type that a widget was given
PAPER = "#ffffff"
ON_PAPER, WORDS_ON_PAPER = "#1f5f99", "#3a4148"  # what is marked and written on it

# The colours in force: whoever draws asks for them while drawing, never before.
GROUND: str = DARK.ground
PANEL: str = DARK.panel
FIELD: str = DARK.field
EDGE: str = DARK.edge
TEXT: str = DARK.text
DIM: str = DARK.dim
OFF: str = DARK.off
CHOSEN: str = DARK.chosen
FOCUS: str = DARK.focus
HOVER: str = DARK.hover
BAR: str = DARK.bar
BAR_MOST: str = DARK.bar_most
WARNING: str = DARK.warning
PROBLEM: str = DARK.problem
PROBLEM_EDGE: str = DARK.problem_edge
INKS: tuple[str, ...] = DARK.inks
VERDICTS: Mapping[str, str] = DARK.verdicts


def _put_in_force(colours: Colours) -> None:
    globals().update({name.upper(): colour for name, colour in vars(colours).items()})


def apply_style(
    application: QApplication, points: float | None = None, theme: Theme = "system"
) -> None:
    """Give the application its colours and a readable size of type.

    Parameters
    ----------
    application : QApplication
    points : float, optional
        See `apply_text_size`.
    theme : Theme
        See `apply_theme`.
    """
    application.setStyle("Fusion")
    apply_text_size(application, points)
    apply_theme(application, theme)


def apply_text_size(application: QApplication, points: float | None) -> None:
    """Give the application type of another size, which `apply_theme` then puts on all widgets.

    Titles stay as much larger as they were.

    Parameters
    ----------
    application : QApplication
    points : float, optional
        Size of the type; else the system's, if that is no smaller than 10.
    """
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font = application.font()
    before, now = font.pointSizeF(), points or max(system.pointSizeF(), 10.0)
    if now == before:
        return
    sizes = {
        widget: widget.font().pointSizeF()
        for widget in application.allWidgets()
        if widget.testAttribute(Qt.WidgetAttribute.WA_SetFont)
    }
    font.setPointSizeF(now)
    application.setFont(font)
    for widget, size in sizes.items():  # Qt leaves those as they are that have a type of their own
        own = widget.font()
        own.setPointSizeF(size * now / before)
        widget.setFont(own)
        widget.setProperty(_OWN_FONT, own)  # else the sheet gives it back the one it had at first


def apply_theme(application: QApplication, theme: Theme) -> None:
    """Give the application the colours of a theme.

    Parameters
    ----------
    application : QApplication
    theme : Theme
        "system" is the system's; dark where it does not tell, for X-rays are read in the dark.
    """
    light = theme == "light"
    if theme == "system":
        light = application.styleHints().colorScheme() == Qt.ColorScheme.Light
    _put_in_force(LIGHT if light else DARK)
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
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(OFF))
    application.setPalette(palette)
    boxes = QPalette(palette)  # Fusion draws the box in the Base colour: lift it off the ground
    boxes.setColor(QPalette.ColorRole.Base, QColor(FIELD if light else BAR))
    boxes.setColor(QPalette.ColorRole.Text, QColor(TEXT if light else GROUND))  # the tick
    # the stubs want bytes, the function itself only takes str
    application.setPalette(boxes, "QCheckBox")  # type: ignore[arg-type]
    # widgets take on other type, too, only as they are dressed anew; so it is told in the sheet
    sheet = f"/* type of {application.font().pointSizeF()} points */{_sheet()}"
    if sheet != application.styleSheet():  # it takes a while
        application.setStyleSheet(sheet)


def _sheet() -> str:
    return f"""
QMainWindow, QDialog {{ background: {GROUND}; }}
QWidget#panel, QWidget#head {{ background: {PANEL}; }}
QLabel#title {{ color: {DIM}; font-weight: 600; }}
QLabel#dim {{ color: {DIM}; }}
QLabel#warning {{ color: {WARNING}; }}
QFrame#step {{ background: {FIELD}; border-radius: 6px; }}
QFrame#card {{ background: {PANEL}; border-radius: 6px; }}
QFrame#problem {{ background: {PROBLEM}; border: 1px solid {PROBLEM_EDGE}; border-radius: 6px; }}
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
QProgressBar#count::chunk {{ background: {BAR}; }}
QListView {{ background: {PANEL}; border: none; outline: none; }}
QScrollArea {{ background: transparent; border: none; }}
QWidget#page {{ background: {GROUND}; }}
QMenuBar {{ background: {PANEL}; padding: 2px 6px; }}
QMenuBar::item {{ padding: 4px 10px; border-radius: 3px; }}
QMenuBar::item:selected {{ background: {CHOSEN}; }}
QMenu {{ background: {FIELD}; border: 1px solid {EDGE}; padding: 4px; }}
QMenu::item {{ padding: 5px 28px 5px 24px; border-radius: 3px; }}
QMenu::item:selected {{ background: {CHOSEN}; }}
QMenu::indicator:non-exclusive:unchecked {{ border: 1px solid {DIM}; border-radius: 2px;
    width: 12px; height: 12px; left: 5px; }}
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
QListView#field {{ background: {FIELD}; border: 1px solid {EDGE}; border-radius: 4px;
    padding: 2px 4px; }}
QListView#field:focus {{ border-color: {FOCUS}; }}
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
QPushButton#main:hover {{ background: {HOVER}; }}
QPushButton#main:disabled {{ background: {FIELD}; border-color: {EDGE}; }}
QPushButton#fold {{ background: transparent; border-color: transparent; color: {DIM};
    padding: 3px 6px; }}
QPushButton#fold:checked, QPushButton#fold:hover {{ color: {TEXT}; }}
QPushButton#fold:focus {{ border-color: {FOCUS}; }}
QPushButton:disabled, QLineEdit:disabled {{ color: {OFF}; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {EDGE}; border-radius: 4px; min-height: 24px; min-width: 24px;
    margin: 1px; }}
QScrollBar::handle:hover {{ background: {BAR}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QAbstractScrollArea::corner {{ background: transparent; border: none; }}
QToolTip {{ background: {FIELD}; color: {TEXT}; border: 1px solid {EDGE}; padding: 3px; }}
"""
