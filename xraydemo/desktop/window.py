"""The window: puts the parts together, and passes on what the reader does with keys and mouse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QLocale, QSize, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDoubleValidator,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QMessageBox,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from xraydemo.classes import CLASSES, DISCLAIMER
from xraydemo.desktop import text, windowing
from xraydemo.desktop.about_dialog import AboutDialog
from xraydemo.desktop.background import Background, error_of
from xraydemo.desktop.bench_tab import BenchTab
from xraydemo.desktop.beside import Beside
from xraydemo.desktop.compare_tab import CompareTab
from xraydemo.desktop.diagnostics import log_file
from xraydemo.desktop.diagnostics import report as diagnostics_report
from xraydemo.desktop.evaluate_tab import EvaluateTab
from xraydemo.desktop.facts_panel import rows_of
from xraydemo.desktop.help_dialog import HelpDialog
from xraydemo.desktop.image_view import ImageView
from xraydemo.desktop.list_panel import ListPanel
from xraydemo.desktop.loader import Opened, open_file
from xraydemo.desktop.memory import Memory
from xraydemo.desktop.parts import Bridge, ElidedLabel, KeyKeeper, MessagePage
from xraydemo.desktop.preferences_dialog import PreferencesDialog
from xraydemo.desktop.presenter import Presenter
from xraydemo.desktop.reading_panel import ReadingPanel
from xraydemo.desktop.report_dialog import ReportDialog
from xraydemo.desktop.study import agreement
from xraydemo.desktop.study_banner import StudyBanner
from xraydemo.desktop.study_dialog import StudyDialog
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future

    import numpy as np
    from numpy.typing import NDArray

    from xraydemo.desktop.presenter import Layer
    from xraydemo.desktop.study import Study
    from xraydemo.engine.client import Want
    from xraydemo.metrics.agreement import Agreement
    from xraydemo.model.reading import Reading

# A picture that comes within this time is not announced: the word would only flicker.
_PATIENCE_MS = 150
# After this time without a new reading, a list whose order is old is sorted again.
_IDLE_MS = 1500
_NOTICE_MS = 6000
_LEFT, _RIGHT = 434, 350


def find_image_files(paths: Sequence[Path]) -> list[Path]:
    """Return the X-rays among files and folders; imported late, for a quick first sight."""
    from xraydemo.cohort.files import image_files

    return image_files(paths)


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

    def __init__(
        self,
        find_files: Callable[[Sequence[Path]], list[Path]] = find_image_files,
        open_one: Callable[[Path], Opened] = open_file,
        memory: Memory | None = None,
        may_close: Callable[[QWidget, str], bool] | None = None,
    ) -> None:
        super().__init__()
        self.memory = memory or Memory()
        self._may_close = may_close
        self._is_laid_out = False
        self._bridge = Bridge(self)
        self.presenter = Presenter(self, self._bridge.post, find_files, open_one)
        self._keys: list[tuple[str, str]] = []
        self._tab_actions: list[tuple[QAction, str]] = []
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_PATIENCE_MS)
        self._slow.timeout.connect(self._say_opening)

        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(_IDLE_MS)
        self._idle.timeout.connect(self._sort_when_idle)
        self._counting = Background(self._bridge.post, threads=1)

        self.list_panel = ListPanel(self.presenter)
        self.worklist = self.list_panel.list
        self.banner = StudyBanner(self.presenter)
        self.image = ImageView()
        self.message = MessagePage()
        self.empty = MessagePage()
        self.reading = ReadingPanel()
        self.beside = Beside()
        self.layers, self.facts = self.beside.layers, self.beside.facts
        self.evaluate = EvaluateTab(
            self._bridge.post, lambda: self.presenter.ready_engine, self.show_files
        )
        self.compare = CompareTab(
            self._bridge.post, self.show_files, lambda: self.evaluate.presenter.run_folder
        )
        self.bench = BenchTab(self._bridge.post, lambda: self.presenter.ready_engine)
        self._name, self._position = ElidedLabel(), QLabel()
        self._presets, self._invert = QComboBox(), QPushButton(text.INVERT)
        self._low, self._high = QLineEdit(), QLineEdit()
        self._engine, self._progress = ElidedLabel(mode=Qt.TextElideMode.ElideRight), QLabel()
        self._lay_out()
        self._connect()
        self._fill_menus()
        self._keep_keys()
        self.setAcceptDrops(True)
        self.files_changed()
        self.current_changed()
        self.picture_changed()
        self.reading_changed()
        self.heatmap_changed()
        self.details_changed()
        self.status_changed()

    # the parts

    def _lay_out(self) -> None:
        self.centre = QStackedWidget()
        for page in (self.empty, self.message, self.image):
            self.centre.addWidget(page)
        self.empty.say(text.EMPTY_TITLE, text.EMPTY_BODY, text.EMPTY_DEMO)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        column.addWidget(self.banner)
        column.addWidget(self.centre, 1)
        right = QWidget()
        panels = QVBoxLayout(right)
        panels.setContentsMargins(0, 0, 0, 0)
        panels.setSpacing(4)
        panels.addWidget(self.reading)
        panels.addWidget(self.beside, 1)
        across = QSplitter()
        for part in (self.list_panel, middle, right):
            across.addWidget(part)
        across.setStretchFactor(0, 1)
        across.setStretchFactor(1, 4)
        across.setChildrenCollapsible(False)
        across.setHandleWidth(4)
        self.list_panel.setMinimumWidth(260)
        self.reading.setMinimumWidth(300)
        self.xrays = across
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(self.xrays, text.TAB_XRAYS)
        self.tabs.addTab(self.evaluate, text.TAB_EVALUATE)
        self.tabs.addTab(self.compare, text.TAB_COMPARE)
        self.tabs.addTab(self.bench, text.TAB_BENCH)
        self.setCentralWidget(self.tabs)
        self._fill_status_bar()

    def _head(self) -> QWidget:
        self._presets.setAccessibleName(text.WINDOW_LABEL)
        self._presets.setToolTip(text.WINDOW_LABEL)
        for number, name in enumerate(windowing.PRESETS, 1):
            self._presets.addItem(f"{number}  {text.PRESETS[name]}", name)
        self._presets.setMinimumHeight(self._low.sizeHint().height())
        self._presets.setPlaceholderText(text.PRESET_OWN)
        self._invert.setCheckable(True)
        self._invert.setToolTip(f"{text.INVERT} (I)")
        for field, tip in ((self._low, text.WINDOW_LOW), (self._high, text.WINDOW_HIGH)):
            validator = QDoubleValidator(field)
            validator.setRange(-1e9, 1e9)
            validator.setLocale(QLocale.c())
            field.setValidator(validator)
            field.setFixedWidth(62)
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.setToolTip(tip)
            field.setAccessibleName(tip)
        self._position.setObjectName("dim")
        dash = QLabel(text.WINDOW_TO)
        dash.setObjectName("dim")
        head = QWidget()
        head.setObjectName("head")
        row = QHBoxLayout(head)
        row.setContentsMargins(12, 6, 10, 6)
        row.setSpacing(8)
        row.addWidget(self._name, 1)
        row.addWidget(self._position)
        row.addSpacing(4)
        for widget in (self._presets, self._low, dash, self._high, self._invert):
            row.addWidget(widget)
        return head

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
        presenter = self.presenter
        self.image.window_dragged.connect(
            lambda right, down, fine: presenter.drag(right, down, fine=fine)
        )
        self.image.window_drag_ended.connect(presenter.end_drag)
        self.layers.class_chosen.connect(presenter.choose_class)
        self.layers.layer_toggled.connect(presenter.show_layer)
        self.layers.lungs_toggled.connect(lambda shown: presenter.show_lungs(shown=shown))
        self.layers.opacity_changed.connect(presenter.set_opacity)
        self.beside.turned.connect(presenter.show_page)
        self.banner.end_wanted.connect(self.end_study)
        self.facts.changed.connect(self._show_facts)
        self._presets.activated.connect(lambda _: presenter.set_preset(self._presets.currentData()))
        self._invert.clicked.connect(presenter.invert)
        for field in (self._low, self._high):
            field.editingFinished.connect(self._window_typed)
        self.tabs.currentChanged.connect(self._tab_changed)

    def _fill_menus(self) -> None:
        presenter, image = self.presenter, self.image
        file = self.menuBar().addMenu(text.MENU_FILE)
        self._add(file, text.OPEN_FILES, "Ctrl+O", self.ask_for_files)
        self._add(file, text.OPEN_FOLDER, "Ctrl+Shift+O", self.ask_for_folder)
        self._recent = file.addMenu(text.RECENT_MENU)
        self._recent.aboutToShow.connect(self._fill_recent)
        self._add(file, text.READ_AGAIN, "F5", presenter.read_again, on="xray")
        self._add(file, text.COPY_PICTURE, "Ctrl+C", self.copy_picture, on="xray")
        file.addSeparator()
        self._add(file, text.PREFERENCES, "Ctrl+,", self.show_preferences)
        self._add(file, text.QUIT, "Ctrl+Q", self.close)
        xray = self.menuBar().addMenu(text.MENU_PICTURE)
        self._add(xray, text.NEXT, "Down", lambda: presenter.move(1), on="xray")
        self._add(xray, text.PREVIOUS, "Up", lambda: presenter.move(-1), on="xray")
        xray.addSeparator()
        self._add(xray, text.ZOOM_IN, "+", lambda: image.zoom_by(1.25), on="xray")
        self._add(xray, text.ZOOM_OUT, "-", lambda: image.zoom_by(0.8), on="xray")
        self._add(xray, text.FIT, "=", image.fit, on="xray")
        xray.addSeparator()
        self._add(xray, text.ROTATE_RIGHT, "R", lambda: image.turn(90), on="xray")
        self._add(xray, text.ROTATE_LEFT, "L", lambda: image.turn(-90), on="xray")
        self._add(xray, text.FLIP_H, "H", lambda: image.mirror(horizontally=True), on="xray")
        self._add(xray, text.FLIP_V, "V", lambda: image.mirror(horizontally=False), on="xray")
        xray.addSeparator()
        self._add(xray, text.RESET, "Space", self.reset, on="xray")
        self._add(xray, text.FULL_SCREEN, "F11", self.toggle_full_screen)
        window = self.menuBar().addMenu(text.MENU_WINDOW)
        for number, name in enumerate(windowing.PRESETS, 1):
            self._add(window, text.PRESETS[name], str(number), self._preset(name), on="xray")
        window.addSeparator()
        self._add(window, text.INVERT, "I", presenter.invert, on="xray")
        layers = self.menuBar().addMenu(text.MENU_HEATMAP)
        self._add(layers, text.HEATMAP_TOGGLE, "M", self._toggler("heatmap"), on="xray")
        self._add(layers, text.HEATMAP_NEXT_CLASS, "C", presenter.next_class, on="xray")
        self._add(layers, text.UNLIKE_TOGGLE, "U", self._toggler("unlike"), on="xray")
        self._add(layers, text.LUNGS_TOGGLE, "O", self._toggle_lungs, on="xray")
        layers.addSeparator()
        for number, name in enumerate(text.PAGES, 1):
            words = text.PAGE_TURN.format(name=text.PAGES[name])
            self._add(layers, words, f"Alt+{number}", self._turner(name), on="xrays")
        mark = self.menuBar().addMenu(text.MENU_MARK)
        for number, class_id in enumerate(CLASSES, 1):
            words = text.MARK_AS.format(what=text.class_name(class_id))
            self._add(mark, words, f"Shift+{number}", self._marker(class_id), on="xray")
        self._add(mark, text.MARK_UNDO, "Ctrl+Z", presenter.undo_mark, on="xray")
        self._add(mark, text.MARK_SAVE, "Ctrl+S", self.ask_where_to_save_marks, on="xray")
        mark.addSeparator()
        self._add(mark, text.STUDY_BEGIN, "Ctrl+B", presenter.begin_study, on="xray")
        self._add(mark, text.STUDY_END, "Ctrl+Shift+B", self.end_study, on="xray")
        evaluate, tab = self.menuBar().addMenu(text.MENU_EVALUATE), self.evaluate
        self._add(evaluate, text.EVALUATE_FOLDER, "Ctrl+E", self._there(tab.ask_for_folder))
        self._add(evaluate, text.EVALUATE_CSV, "Ctrl+Shift+E", self._there(tab.ask_for_csv))
        self._add(evaluate, text.EVALUATE_OPEN, "Ctrl+R", self._there(tab.ask_for_run))
        evaluate.addSeparator()
        self._add(
            evaluate, text.EVALUATE_RUN_OR_STOP, "Ctrl+Return", tab.run_or_stop, on="evaluate"
        )
        evaluate.addSeparator()
        self._add(evaluate, text.GO_TO_XRAYS, "Ctrl+1", lambda: self.go_to(self.xrays))
        self._add(evaluate, text.GO_TO_EVALUATE, "Ctrl+2", lambda: self.go_to(self.evaluate))
        self._add(evaluate, text.GO_TO_COMPARE, "Ctrl+4", lambda: self.go_to(self.compare))
        self._add(xray, text.GO_TO_BENCH, "Ctrl+3", lambda: self.go_to(self.bench))
        help_menu = self.menuBar().addMenu(text.MENU_HELP)
        self._add(help_menu, text.HELP_ACTION, "F1", self.show_help)
        self._add(help_menu, text.REPORT, "Ctrl+F1", self.show_report)
        self._add(help_menu, text.ABOUT, "Shift+F1", self.show_about)
        self._add(None, text.FIND_FILE, "/", self.list_panel.focus_search, on="xrays")
        self._add(None, text.SORT_AGAIN, "F6", presenter.sort_again, on="xrays")
        self._add(None, text.FIND_TAG, "Ctrl+F", self._find_tag, on="xrays")
        self._add(None, text.CANCEL, "Esc", self.cancel, on="xrays")
        for words, action in (
            (text.OPEN_FILES, self.ask_for_files),
            (text.OPEN_FOLDER, self.ask_for_folder),
        ):
            self.empty.add_button(words, "", action)

    def _add(
        self,
        menu: QMenu | None,
        words: str,
        key: str,
        done: Callable[[], object],
        *,
        on: Literal["", "xray", "xrays", "evaluate"] = "",
    ) -> None:
        """Add an action with its key.

        `on` says what it needs: an X-ray to act upon, or to be in one of the two tabs.
        """
        action = QAction(words, self)
        action.setShortcut(QKeySequence(key))
        action.triggered.connect(done)
        (menu or self).addAction(action)
        self._keys.append((action.shortcut().toString(), words.rstrip("…")))
        if on:
            self._tab_actions.append((action, on))

    def _preset(self, name: str) -> Callable[[], None]:
        return lambda: self.presenter.set_preset(name)

    def _keep_keys(self) -> None:
        key = Qt.Key
        show, chooser, slider, lungs, unlike = self.layers.keyboard_widgets
        identity, tags = self.facts.keyboard_widgets
        pressed = (show, lungs, unlike, identity, self._invert, *self.banner.buttons)
        KeyKeeper([key.Key_Space], *pressed, chooser, self._presets, self.list_panel.key)
        KeyKeeper([key.Key_Left, key.Key_Right], slider)
        KeyKeeper([key.Key_Up, key.Key_Down], tags, self.beside.neighbours.table)

    # what the presenter tells (see presenter.View)

    def files_changed(self) -> None:
        """Show another worklist."""
        presenter = self.presenter
        if presenter.searching:
            self.message.say(text.SEARCHING)
            self.centre.setCurrentWidget(self.message)
            return
        if presenter.problem:
            self.empty.say(presenter.problem.message, presenter.problem.hint, text.EMPTY_TITLE)
        self._enable_actions()

    def row_changed(self, row: int) -> None:
        """Show a row of the worklist anew."""
        self.worklist.row_changed(row)
        if self.presenter.is_order_old:
            self._idle.start()

    def order_changed(self) -> None:
        """Show the rows in another order, or others of them."""
        self.list_panel.show_order()
        self.worklist.go_to(self.presenter.place)
        self._idle.stop()

    def order_aged(self) -> None:
        """Say that the list could be sorted anew; it is not, while readings come."""
        self.list_panel.show_age()
        self._idle.start()

    def study_changed(self) -> None:
        """Show how far the reader study is."""
        self.banner.show_study()
        self.list_panel.show_study()

    def notice(self, words: str) -> None:
        """Say something in the status bar for a while."""
        self.statusBar().showMessage(words, _NOTICE_MS)

    def current_changed(self) -> None:
        """Show the name of another X-ray, and what is known of its truth."""
        presenter = self.presenter
        item, place = presenter.current, presenter.place
        self.worklist.go_to(place)
        name = item.path.name if item else ""
        if presenter.is_blind:
            name = text.NUMBER_IN_STUDY.format(number=(place or 0) + 1)
        self._name.setText(name)
        self._name.setToolTip(str(item.path) if item and not presenter.is_blind else "")
        total = len(presenter.shown)
        self._position.setText("" if place is None else text.position(place, total))
        self.setWindowTitle(f"{name} – {text.PROGRAM}" if item else text.PROGRAM)
        self._show_known()
        self._show_facts()
        self.banner.show_study()
        self._fill_bench()

    def picture_changed(self) -> None:
        """Show another picture, or why there is none."""
        opened, item = self.presenter.opened, self.presenter.current
        self._slow.stop()
        self.image.show_picture(opened.picture if opened else None)
        if item is None:
            self.centre.setCurrentWidget(self.empty)
        elif opened and opened.error:
            error = opened.error
            self.message.say(f"⚠  {text.ERROR_TITLE}", error.message, error.hint, str(item.path))
            self.centre.setCurrentWidget(self.message)
        else:
            self.centre.setCurrentWidget(self.image)
            if opened is None:
                self._slow.start()
        self.presentation_changed()
        self._show_facts()

    def presentation_changed(self) -> None:
        """Show the X-ray through another window."""
        presenter = self.presenter
        presentation = presenter.presentation
        self.image.show_presentation(presentation)
        window = windowing.window_of(presentation) if presentation else None
        table = text.WINDOW_TABLE if presentation and window is None else ""
        for field, end in ((self._low, "low"), (self._high, "high")):
            field.setText(text.number(getattr(window, end)) if window else "")
            field.setPlaceholderText(table)
        self._presets.setCurrentIndex(self._presets.findData(presenter.preset))
        self._invert.setChecked(presenter.inverted)
        for widget in (self._presets, self._low, self._high, self._invert):
            widget.setEnabled(presentation is not None)

    def reading_changed(self) -> None:
        """Show the reading of the current X-ray, or why there is none."""
        presenter = self.presenter
        item = presenter.current
        failed = bool(item and item.error) or presenter.engine_state == "failed"
        reading = presenter.reading
        self.reading.show_reading(reading, presenter.reading_note, failed=failed)
        self._show_known()

    def heatmap_changed(self) -> None:
        """Show the heat map of the current X-ray and what is chosen about it."""
        presenter = self.presenter
        raw, class_id, scale = presenter.heatmap, presenter.heatmap_class, presenter.heatmap_scale
        item = presenter.current
        notes: list[str] = []
        if presenter.is_blind:
            notes.append(text.STUDY_HIDDEN)
        elif item and not item.reading:
            lost = item.error or presenter.engine_state == "failed"
            notes.append(text.HEATMAP_NONE if lost else text.HEATMAP_WAITING)
        if scale:
            from xraydemo.model.heatmap import colour_bar

            if not self.layers.has_colours:
                self.layers.show_colours(colour_bar(256)[::-1].transpose(1, 0, 2), scale)
        if raw is not None and class_id and scale:
            if presenter.heatmap_hidden_because:
                notes.append(text.HEATMAP_HIDDEN.format(why=presenter.heatmap_hidden_because))
            notes.append(text.map_numbers(raw))
            notes.append(text.map_cells(raw.shape))
        self.layers.show_heatmap(
            raw,
            "\n".join(notes),
            chosen=presenter.chosen_class,
            layer=presenter.layer,
            opacity=presenter.opacity,
        )
        self._draw_layers()

    def details_changed(self) -> None:
        """Show what was asked for the current X-ray, as far as it came."""
        presenter, page = self.presenter, self.presenter.page
        lungs = self._detail("lungs") if presenter.lungs_shown else ""
        if not isinstance(lungs, str):
            found = lungs.lungs is not None and lungs.lungs.any()
            lungs = text.LUNGS_NOTE if found else text.LUNGS_NONE
        unlike = self._detail("unlike") if presenter.layer == "unlike" else ""
        if not isinstance(unlike, str):
            unlike = text.unlike_note(unlike.unlike)
        self.layers.show_details(lungs_shown=presenter.lungs_shown, lungs=lungs, unlike=unlike)
        if page == "tensor":
            answer = self._detail("tensor")
            tensor = None if isinstance(answer, str) else answer.tensor
            self.beside.tensor.show_tensor(tensor, answer if isinstance(answer, str) else "")
        elif page == "neighbours":
            answer = self._detail("neighbours")
            near = None if isinstance(answer, str) else answer.neighbours
            note = answer if isinstance(answer, str) else text.NEIGHBOURS_NONE
            self.beside.neighbours.show_neighbours(near, note)
        self._draw_layers()

    def status_changed(self) -> None:
        """Show the engine's state and how far the reading is."""
        presenter = self.presenter
        self._engine.setText(presenter.status)
        self._engine.setToolTip(presenter.status)
        total = len(presenter.items)
        progress = text.progress(presenter.read_count, presenter.failed_count, total)
        self._progress.setText(progress)
        self.evaluate.presenter.engine_changed()
        self._fill_bench()

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
        self.go_to(self.xrays)
        self.open(paths, labels)

    def open(self, paths: Sequence[Path], labels: Mapping[Path, str] | None = None) -> None:
        """Open files and folders in the worklist; see `Presenter.open`."""
        if labels is None:  # else they are somebody's choice of a cohort
            self.memory.note(paths)
        self.presenter.open(paths, labels)

    def copy_picture(self) -> None:
        """Put the picture into the clipboard as it is seen, without any word on it."""
        if self.presenter.opened and self.presenter.opened.picture:
            QGuiApplication.clipboard().setImage(self.image.picture())
            self.notice(text.COPIED)

    def ask_where_to_save_marks(self) -> None:
        """Ask for a file, and write the marks there."""
        if not self.presenter.marked:
            self.notice(text.NO_MARKS)
            return
        self._save_table("marks.csv", self.presenter.save_marks)

    def end_study(self) -> None:
        """End reading blind, and show how far reader and model agree."""
        study = self.presenter.end_study()
        if study is None:
            return
        self.notice(text.STUDY_COUNTING)
        pairs = study.pairs(self.presenter.items)
        self._counting.run(
            lambda: agreement(pairs), lambda future: self._show_agreement(study, future)
        )

    def go_to(self, tab: QWidget) -> None:
        """Show a tab, and have the keys work in it."""
        self.tabs.setCurrentWidget(tab)
        if tab is self.xrays:
            self.worklist.setFocus()
        elif tab is self.evaluate:
            self.evaluate.take_focus()
        elif tab is self.compare:
            self.compare.take_focus()
        else:
            self.bench.chooser.setFocus()

    def reset(self) -> None:
        """Show the X-ray as its file says: upright, fitted, its own window."""
        self.image.reset()
        self.presenter.reset()

    def cancel(self) -> None:
        """Take back a drag that is under way, or leave a field."""
        self.image.cancel_drag()
        self.presenter.end_drag(cancel=True)
        self.presentation_changed()
        if self.list_panel.search.hasFocus():
            self.list_panel.search.clear()
        self.worklist.setFocus()

    def toggle_full_screen(self) -> None:
        """Fill the screen, or go back to a window."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def show_help(self) -> None:
        """Show keys and limits, beside the work and not instead of it."""
        _show(HelpDialog(self._keys, self))

    def show_about(self) -> None:
        """Show versions and limits."""
        _show(AboutDialog(self.presenter.status, self))

    def show_report(self) -> None:
        """Show what helps to find a fault."""
        sentence = text.REPORT_SENTENCE.format(log=log_file())
        report = diagnostics_report(self.presenter.status)
        _show(ReportDialog(text.REPORT_TITLE, sentence, report, self))

    def show_preferences(self) -> None:
        """Let the reader choose what counts from now on."""
        dialog = PreferencesDialog(self.memory, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def restore_layout(self) -> bool:
        """Lay the window out as it was; False if that isn't known."""
        frame, parts = self.memory.layout("window"), self.memory.layout("parts")
        if parts:
            self._is_laid_out = self.xrays.restoreState(parts)
        return frame is not None and self.restoreGeometry(frame)

    @property
    def settled(self) -> bool:
        """Whether the current X-ray is shown with all that will come for it."""
        presenter = self.presenter
        item = presenter.current
        if presenter.searching:
            return False
        if item is None:
            return True
        if presenter.opened is None:
            return False
        return (
            item.reading is not None
            or item.error is not None
            or (presenter.engine_state == "failed")
        )

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a size that suits a small notebook."""
        return QSize(1366, 768)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Give the parts their widths, once it is known how much there is to give."""
        super().showEvent(event)
        if not self._is_laid_out:
            self._is_laid_out = True
            QTimer.singleShot(0, self, self._lay_out_parts)  # they have no size of their own yet

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Accept files and folders."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Open what was dropped."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            if self.tabs.currentWidget() is self.evaluate:
                self.evaluate.take_dropped(paths)
            else:
                self.open(paths)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Ask if something is at work; then end all threads and the engine.

        The window is gone at once.
        """
        at_work = self._at_work()
        if at_work and self._may_close and not self._may_close(self, at_work):
            event.ignore()
            return
        self.memory.set_layout("window", self.saveGeometry())
        self.memory.set_layout("parts", self.xrays.saveState())
        self.memory.write()
        self._slow.stop()
        self._idle.stop()
        self.hide()
        # before the engine goes: what it is reading for a run is still kept
        self.evaluate.stop_reading()
        self.presenter.close()
        self._counting.close()
        self.evaluate.close_down()
        self.compare.close_down()
        self.bench.presenter.close()
        event.accept()

    # within

    def _at_work(self) -> str:
        """Say what would be broken off now; empty for nothing."""
        if self.evaluate.presenter.can_stop:
            return text.CLOSE_RUN
        if self.compare.presenter.can_stop:
            return text.CLOSE_COMPARING
        if self.evaluate.presenter.export.is_writing:
            return text.CLOSE_WRITING
        study = self.presenter.study
        return text.CLOSE_STUDY if study and study.answers else ""

    def _fill_recent(self) -> None:
        """List the folders that were opened of late."""
        menu = self._recent
        menu.clear()
        for folder in self.memory.folders:
            opening = menu.addAction(str(folder))
            opening.triggered.connect(lambda _=False, path=folder: self.show_files([path]))
        if not self.memory.folders:
            menu.addAction(text.RECENT_NONE).setEnabled(False)
        menu.addSeparator()
        keeping = menu.addAction(text.RECENT_KEEP)
        keeping.setCheckable(True)
        keeping.setChecked(self.memory.keeps_folders)
        keeping.setEnabled(self.memory.lasts)
        keeping.setToolTip(text.RECENT_WHY)
        keeping.triggered.connect(lambda keep: self.memory.keep_folders(keep=keep))
        menu.addAction(text.RECENT_FORGET).triggered.connect(self.memory.forget_folders)

    def _lay_out_parts(self) -> None:
        """Make the outer parts wider for larger type, as far as the picture can spare it."""
        larger = min(max(self.fontMetrics().height() / 16, 1.0), 1.15)
        left, right = round(_LEFT * larger), round(_RIGHT * larger)
        self.xrays.setSizes([left, self.xrays.width() - left - right - 8, right])

    def _there(self, done: Callable[[], None]) -> Callable[[], None]:
        """Return what goes to the Evaluate tab first."""

        def go_and_do() -> None:
            self.go_to(self.evaluate)
            done()

        return go_and_do

    def _tab_changed(self) -> None:
        self._enable_actions()
        self._fill_bench()

    def _fill_bench(self) -> None:
        """Lay the current X-ray onto the bench, when the bench can be seen."""
        if self.tabs.currentWidget() is self.bench:
            # what is read blind must not be told there
            current = None if self.presenter.is_blind else self.presenter.current
            self.bench.take(current.path if current else None)

    def _enable_actions(self) -> None:
        """Let keys act only where what they act upon can be seen."""
        in_xrays = self.tabs.currentWidget() is self.xrays
        can = {
            "xray": in_xrays and bool(self.presenter.items),
            "xrays": in_xrays,
            "evaluate": self.tabs.currentWidget() is self.evaluate,
        }
        for action, on in self._tab_actions:
            action.setEnabled(can[on])

    def _say_opening(self) -> None:
        item = self.presenter.current
        if item:
            self.message.say(text.OPENING.format(name=item.path.name))
            self.centre.setCurrentWidget(self.message)

    def _window_typed(self) -> None:
        fields = (self._low, self._high)
        if not any(field.isModified() for field in fields):
            return
        if all(field.hasAcceptableInput() for field in fields):
            self.presenter.set_window(*(float(field.text()) for field in fields))
        elif all(field.text() for field in fields):
            self.presentation_changed()
        # else the reader is about to fill in the other end

    def _toggler(self, layer: Layer) -> Callable[[], None]:
        return lambda: self.presenter.toggle_layer(layer)

    def _toggle_lungs(self) -> None:
        self.presenter.show_lungs(shown=not self.presenter.lungs_shown)

    def _turner(self, name: str) -> Callable[[], None]:
        return lambda: self.beside.turn_to(name)

    def _marker(self, class_id: str) -> Callable[[], None]:
        return lambda: self.presenter.mark(class_id)

    def _find_tag(self) -> None:
        self.beside.turn_to("facts")
        self.facts.focus_search()

    def _sort_when_idle(self) -> None:
        """Sort again once readings have stopped coming, but not under the reader's mouse."""
        if self.presenter.is_reading or self.worklist.underMouse():
            self._idle.start()
        else:
            self.presenter.sort_again()

    def _detail(self, want: Want) -> Reading | str:
        """Give what was asked of the current X-ray, or why it is not there."""
        presenter = self.presenter
        if presenter.current is None:
            return text.READING_NONE
        if presenter.is_blind and want in ("unlike", "neighbours"):
            return text.STUDY_HIDDEN
        found = presenter.detail(want)
        if isinstance(found, XrayDemoError):
            return str(found)
        if found:
            return found
        if presenter.opened and presenter.opened.error:
            return text.READING_UNREADABLE
        return text.DETAIL_WAITING if presenter.ready_engine else text.DETAIL_NO_ENGINE

    def _show_known(self) -> None:
        """Show the label of the file and the mark of the reader."""
        item, reading = self.presenter.current, self.presenter.reading
        hidden = item is None or self.presenter.is_blind
        label, mark = ("", "") if item is None or hidden else (item.label, item.mark)
        self.reading.show_known(label, mark, reading.predicted if reading else "", hidden=hidden)

    def _show_agreement(self, study: Study, future: Future[Agreement]) -> None:
        error = error_of(future)
        if error:
            self.notice(str(error))
            return
        self.statusBar().clearMessage()

        def save() -> None:
            self._save_table("study.csv", lambda path: self.presenter.save_study(study, path))

        dialog = StudyDialog(future.result(), save, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _save_table(self, name: str, save: Callable[[Path], None]) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, text.SAVE_TABLE, name, text.TABLES)
        if not chosen:
            return
        try:
            save(Path(chosen))
        except XrayDemoError as error:
            self.notice(str(error))
        else:
            self.notice(text.SAVED.format(path=chosen))

    def _show_facts(self) -> None:
        opened = None if self.presenter.is_blind else self.presenter.opened
        picture = opened.picture if opened else None
        rows, hidden = rows_of(
            picture.radiograph.facts if picture else {},
            picture.radiograph.notes if picture else (),
            opened.tags if opened else (),
            self.facts.search,
            identity=self.facts.identity,
        )
        nothing = text.STUDY_HIDDEN if self.presenter.is_blind else text.FACTS_NONE
        if opened:
            nothing = text.FACTS_NO_MATCH if self.facts.search else text.FACTS_EMPTY
        self.facts.show_rows(rows, hidden, nothing=nothing)

    def _draw_layers(self) -> None:
        """Lay over the X-ray what is to be seen there."""
        presenter = self.presenter
        self.image.set_heatmap_opacity(presenter.opacity)
        rgba, words = self._layer()
        self.image.show_heatmap(rgba)
        self.image.say(words)
        lungs = self._detail("lungs") if presenter.lungs_shown else None
        mask = None if lungs is None or isinstance(lungs, str) else lungs.lungs
        if mask is None:
            self.image.show_lungs([])
        else:
            from xraydemo.desktop.overlays import outlines

            self.image.show_lungs(outlines(mask))

    def _layer(self) -> tuple[NDArray[np.uint8] | None, str]:
        """Give what lies over the X-ray, and what is to be said of it in the corner."""
        presenter = self.presenter
        shape = self.image.heatmap_shape()
        if presenter.layer == "unlike":
            answer = self._detail("unlike")
            if isinstance(answer, str) or answer.unlike is None:
                return None, ""
            from xraydemo.desktop.overlays import unlike_rgba

            return unlike_rgba(answer.unlike, shape), text.UNLIKE_CORNER
        raw, scale = presenter.heatmap, presenter.heatmap_scale
        if presenter.layer != "heatmap" or raw is None or not scale:
            return None, ""
        why = presenter.heatmap_hidden_because
        if why:
            return None, text.HEATMAP_HIDDEN.format(why=why)
        from xraydemo.model.heatmap import colour

        return colour(raw, shape, scale), ""


def ask_to_close(window: QWidget, at_work: str) -> bool:
    """Ask the reader whether to close a window while something is at work."""
    answers = QMessageBox.StandardButton.Close | QMessageBox.StandardButton.Cancel
    answer = QMessageBox.question(window, text.CLOSE_TITLE, at_work, answers)
    return answer == QMessageBox.StandardButton.Close


def _show(dialog: QDialog) -> None:
    """Show a dialog beside the work, until it is closed."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.show()
