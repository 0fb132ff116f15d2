"""The window: puts the places together, and passes on between them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QLabel,
    QMainWindow,
    QMessageBox,
    QTabWidget,
    QWidget,
)

from xraydemo.classes import DISCLAIMER
from xraydemo.desktop import plain_imports, text, tour_text
from xraydemo.desktop.about_dialog import AboutDialog
from xraydemo.desktop.bench_tab import BenchTab
from xraydemo.desktop.commands import Commands, Needs
from xraydemo.desktop.compare_tab import CompareTab
from xraydemo.desktop.diagnostics import log_file
from xraydemo.desktop.diagnostics import report as diagnostics_report
from xraydemo.desktop.dropping import dropped_paths
from xraydemo.desktop.evaluate_tab import EvaluateTab
from xraydemo.desktop.help_dialog import HelpDialog
from xraydemo.desktop.layout_memory import LayoutMemory
from xraydemo.desktop.loader import Opened, open_file
from xraydemo.desktop.memory import Memory
from xraydemo.desktop.menus import fill_menus
from xraydemo.desktop.parts import Bridge, ElidedLabel
from xraydemo.desktop.preferences_dialog import PreferencesDialog
from xraydemo.desktop.read_tab import ReadTab, find_image_files
from xraydemo.desktop.recent_menu import RecentMenu
from xraydemo.desktop.report_dialog import ReportDialog
from xraydemo.desktop.shortcuts_dialog import ShortcutsDialog
from xraydemo.desktop.style import apply_theme
from xraydemo.desktop.teach_tab import TeachTab
from xraydemo.desktop.thresholds_dialog import ThresholdsDialog
from xraydemo.desktop.tour_process import open_tour

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from xraydemo.desktop.memory import Recent
    from xraydemo.desktop.presenter import Presenter
    from xraydemo.desktop.tour import Tour

_NOTICE_MS = 6000


class PlaceWidget(Protocol):
    """What the window needs of a tab, beside that it is a widget."""

    @property
    def at_work(self) -> str:
        """What would be broken off now, in a sentence; empty for nothing."""

    def take_focus(self) -> None:
        """Put the keyboard where the next step is."""

    def restyle(self) -> None:
        """Draw anew what has its colours in its words: there are other colours."""

    def close_down(self) -> None:
        """End all that is at work."""


@dataclass(frozen=True)
class Place:
    """A tab of the window.

    Parameters
    ----------
    name : str
        What the key that leads there is kept under.
    title : str
        What the tab is called.
    widget : QWidget
        It is a `PlaceWidget`, too.
    """

    name: str
    title: str
    widget: QWidget

    @property
    def does(self) -> PlaceWidget:
        """The widget, as what the window needs of it."""
        return cast("PlaceWidget", self.widget)


W = TypeVar("W", bound=QWidget)


class MainWindow(QMainWindow):
    """The one window of the program.

    Parameters
    ----------
    find_files : callable
        Turns files and folders into the files to open; runs in a thread.
    open_one : callable
        Opens one file; runs in a thread.
    memory : Memory, optional
        What it remembers; else nothing outlives it.
    may_close : callable, optional
        Asks the reader, given a sentence on what is at work; else it closes unasked.
    """

    closing = Signal()
    """The window is closed now: whoever has a timer or a thread beside it ends it."""

    def __init__(
        self,
        find_files: Callable[[Sequence[Path]], list[Path]] = find_image_files,
        open_one: Callable[[Path], Opened] = open_file,
        memory: Memory | None = None,
        may_close: Callable[[QWidget, str], bool] | None = None,
    ) -> None:
        super().__init__()
        plain_imports.make_imports_plain()  # before there are threads that import
        self.memory = memory or Memory()
        self._may_close = may_close
        post = Bridge(self).post
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.setAccessibleName(text.NAME_PLACES)
        self.setCentralWidget(self.tabs)
        self.places: list[Place] = []
        self.read = self._add_place("read", text.TAB_READ, ReadTab(post, find_files, open_one))
        engine = self.presenter.engine
        self.evaluate = self._add_place(
            "evaluate",
            text.TAB_EVALUATE,
            EvaluateTab(post, lambda: engine.ready, self.show_files, lambda: engine.failure),
        )
        self.compare = self._add_place(
            "compare",
            text.TAB_COMPARE,
            CompareTab(
                post,
                self.show_files,
                lambda: self.evaluate.presenter.run_folder,
                lambda: self.memory.device,
            ),
        )
        self.bench = self._add_place(
            "bench",
            text.TAB_BENCH,
            BenchTab(post, lambda: engine.ready, lambda: engine.failure),
        )
        self.teach = self._add_place(
            "teach", text.TAB_TEACH, TeachTab(post, self.show_files, self.open_run)
        )
        self._engine, self._progress = ElidedLabel(mode=Qt.TextElideMode.ElideRight), QLabel()
        self._fill_status_bar()
        self._layout = LayoutMemory(self)
        self.tour: Tour | None = None
        self.recent = RecentMenu(self.memory, self)
        self.commands = Commands(self, self.memory)
        fill_menus(self)
        self.read.show_keys(self.commands)
        self._connect()
        self.setAcceptDrops(True)
        self._xray_changed()
        self._enable_commands()
        self._show_status()

    @property
    def presenter(self) -> Presenter:
        """The presenter of Read, which has the engine."""
        return self.read.presenter

    # the parts

    def _add_place(self, name: str, title: str, widget: W) -> W:
        """Add a tab; the menu that leads there, closing and asking before it follow by itself."""
        self.places.append(Place(name, title, widget))
        self.tabs.addTab(widget, title)
        return widget

    def _fill_status_bar(self) -> None:
        disclaimer = QLabel(DISCLAIMER)
        disclaimer.setObjectName("warning")
        self._engine.setObjectName("dim")
        self._progress.setObjectName("dim")
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(8, 2, 8, 2)
        bar.addWidget(self._engine, 1)
        bar.addPermanentWidget(self._progress)
        bar.addPermanentWidget(disclaimer)
        disclaimer.setContentsMargins(24, 0, 0, 0)

    def _connect(self) -> None:
        read = self.read
        read.noticed.connect(self.notice)
        read.went.connect(self._xray_changed)
        read.progressed.connect(self._show_status)
        read.filled.connect(self._enable_commands)
        self.recent.chosen.connect(self.open_recent)
        self.evaluate.cohort_opened.connect(self.memory.note_cohort)
        for opened in (
            self.evaluate.run_opened,
            self.compare.run_opened,
            self.compare.over_time.run_added,
        ):
            opened.connect(self.memory.note_run)
        self.tabs.currentChanged.connect(self._tab_changed)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_restyled)
        self.commands.keys_changed.connect(lambda: read.show_keys(self.commands))
        for words, action in (
            (text.OPEN_FILES, self.ask_for_files),
            (text.OPEN_FOLDER, self.ask_for_folder),
            (tour_text.ACTION, self.begin_tour),
        ):
            read.empty.add_button(words, "", action)

    # what the reader does

    def ask_for_files(self) -> None:
        """Ask for files and open them."""
        names, _ = QFileDialog.getOpenFileNames(self, text.OPEN_FILES)
        if names:
            self.show_files([Path(name) for name in names])

    def ask_for_folder(self) -> None:
        """Ask for a folder and open it."""
        name = QFileDialog.getExistingDirectory(self, text.OPEN_FOLDER)
        if name:
            self.show_files([Path(name)])

    def show_files(self, paths: Sequence[Path], labels: Mapping[Path, str] | None = None) -> None:
        """Open files and folders in the worklist, and go there; see `Presenter.open`."""
        self.go_to(self.read)
        self.open(paths, labels)

    def open(self, paths: Sequence[Path], labels: Mapping[Path, str] | None = None) -> None:
        """Open files and folders in the worklist; see `Presenter.open`."""
        if labels is None:  # else they are somebody's choice of a cohort
            self.memory.note(paths)
        self.presenter.open(paths, labels)

    def open_run(self, folder: Path) -> None:
        """Open a run in Evaluate, and go there."""
        self.go_to(self.evaluate)
        self.evaluate.presenter.open_run(folder)

    def open_recent(self, kind: Recent, path: Path) -> None:
        """Open once more what was opened of late; what is gone says so, and is listed no more."""
        if not path.exists():
            self.memory.drop(kind, path)
        match kind:
            case "folders":
                self.show_files([path])
            case "cohorts":
                self.go_to(self.evaluate)
                self.evaluate.presenter.choose(path)
            case "runs":
                self.open_run(path)

    def go_to(self, tab: QWidget) -> None:
        """Show a tab, and have the keys work in it."""
        self.tabs.setCurrentWidget(tab)
        next(place for place in self.places if place.widget is tab).does.take_focus()

    def toggle_full_screen(self) -> None:
        """Fill the screen, or go back to a window."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def notice(self, words: str) -> None:
        """Say something in the status bar for a while; nothing clears it."""
        self.statusBar().showMessage(words, _NOTICE_MS if words else 0)  # else a timer is left

    def take_tour(self, tour: Tour | None) -> None:
        """Let the keys of the tour lead through this one; None once it is over."""
        self.tour = tour
        self._enable_commands()

    def begin_tour(self) -> None:
        """Begin the tour, in a window of its own."""
        open_tour(self.notice)

    def show_help(self) -> None:
        """Show keys and limits, beside the work and not instead of it."""
        _show(HelpDialog(self.commands.keys, self))

    def show_shortcuts(self) -> None:
        """Let the reader change the keys."""
        _show(ShortcutsDialog(self.commands, self), modal=True)

    def show_about(self) -> None:
        """Show versions and limits."""
        _show(AboutDialog(self.presenter.engine.status, self))

    def show_report(self) -> None:
        """Show what helps to find a fault."""
        sentence = text.REPORT_SENTENCE.format(log=log_file())
        report = diagnostics_report(self.presenter.engine.status)
        _show(ReportDialog(text.REPORT_TITLE, sentence, report, self))

    def show_preferences(self) -> None:
        """Let the reader choose what counts from now on."""
        dialog = PreferencesDialog(self.memory, self)
        dialog.accepted.connect(self.restyle)
        _show(dialog, modal=True)

    def restyle(self) -> None:
        """Show everything in the colours of the theme that is chosen now."""
        application = QApplication.instance()
        if isinstance(application, QApplication):
            apply_theme(application, self.memory.theme)
        for place in self.places:
            place.does.restyle()
        for dialog in self.findChildren(QDialog):
            if isinstance(dialog, AboutDialog | HelpDialog | ThresholdsDialog):
                dialog.restyle()

    def restore_layout(self) -> bool:
        """Lay the window out as it was; False if that isn't known."""
        return self._layout.restore()

    def reset_layout(self) -> None:
        """Give the parts of all places the widths that they had at first."""
        self._layout.reset()

    @property
    def settled(self) -> bool:
        """Whether the current X-ray is shown with all that will come for it."""
        return self.presenter.is_settled

    # what Qt tells

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a size that suits a small notebook."""
        return QSize(1366, 768)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Accept files and folders."""
        if dropped_paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Evaluate what was dropped on Evaluate; open it in the worklist elsewhere."""
        paths = dropped_paths(event)
        if not paths:
            return
        event.acceptProposedAction()
        if self.tabs.currentWidget() is self.evaluate:
            self.evaluate.take_dropped(paths)
        else:
            self.show_files(paths)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Ask if something is at work; then end all threads and the engine.

        The window is gone at once.
        """
        at_work = "\n".join(filter(None, (place.does.at_work for place in self.places)))
        if at_work and self._may_close and not self._may_close(self, at_work):
            event.ignore()
            return
        self._layout.keep()
        self.memory.write()
        self.statusBar().clearMessage()  # with it goes the timer that would take it away
        self.hide()
        self.closing.emit()
        # before the engine goes with the first place: what it is reading for a run is still kept
        self.evaluate.stop_reading()
        for place in self.places:
            place.does.close_down()
        event.accept()

    # within

    def _xray_changed(self) -> None:
        """Name the X-ray in the title, and lay it on the bench."""
        name = self.read.name
        self.setWindowTitle(f"{name} – {text.PROGRAM}" if name else text.PROGRAM)
        self._fill_bench()

    def _show_status(self) -> None:
        """Show the engine's state and how far the reading is."""
        presenter, queue = self.presenter, self.presenter.queue
        status = presenter.engine.status
        self._engine.setText(status)
        self._engine.setToolTip(status)
        self._progress.setText(
            text.progress(queue.read_count, queue.failed_count, len(presenter.items))
        )
        self.evaluate.presenter.engine_changed()
        self._fill_bench()

    def _tab_changed(self) -> None:
        self._enable_commands()
        self._fill_bench()

    def _fill_bench(self) -> None:
        """Lay the current X-ray onto the bench, when the bench can be seen."""
        if self.tabs.currentWidget() is self.bench:
            # what is read blind must not be told there
            current = None if self.presenter.is_blind else self.presenter.current
            self.bench.take(current.path if current else None)

    def _system_restyled(self) -> None:
        """Follow the system from dark to light, if the reader wants that."""
        if self.memory.theme == "system":
            self.restyle()

    def _enable_commands(self) -> None:
        """Let keys act only where what they act upon can be seen."""
        there: list[Needs] = []
        if self.tabs.currentWidget() is self.read:
            there = ["read", "xray", "worklist"] if self.presenter.items else ["read"]
        elif self.tabs.currentWidget() is self.evaluate:
            there = ["evaluate"]
        elif self.tabs.currentWidget() is self.bench and not self.presenter.is_blind:
            there = ["worklist"]
        if self.tour:
            there.append("tour")
        self.commands.enable(there)


def ask_to_close(window: QWidget, at_work: str) -> bool:
    """Ask the reader whether to close a window while something is at work."""
    answers = QMessageBox.StandardButton.Close | QMessageBox.StandardButton.Cancel
    answer = QMessageBox.question(window, text.CLOSE_TITLE, at_work, answers)
    return answer == QMessageBox.StandardButton.Close


def _show(dialog: QDialog, *, modal: bool = False) -> None:
    """Show a dialog until it is closed: beside the work, or before it."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if modal:
        dialog.open()
    else:
        dialog.show()
