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
    QKeySequence,
)
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from xraydemo.classes import DISCLAIMER
from xraydemo.desktop import text, windowing
from xraydemo.desktop.bench_tab import BenchTab
from xraydemo.desktop.evaluate_tab import EvaluateTab
from xraydemo.desktop.facts_panel import FactsPanel, rows_of
from xraydemo.desktop.help_dialog import HelpDialog
from xraydemo.desktop.image_view import ImageView
from xraydemo.desktop.loader import Opened, open_file
from xraydemo.desktop.parts import Bridge, ElidedLabel, KeyKeeper, MessagePage
from xraydemo.desktop.presenter import Presenter
from xraydemo.desktop.reading_panel import ReadingPanel
from xraydemo.desktop.worklist import Worklist

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# A picture that comes within this time is not announced: the word would only flicker.
_PATIENCE_MS = 150
_LEFT, _RIGHT = 306, 330


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
    """

    def __init__(
        self,
        find_files: Callable[[Sequence[Path]], list[Path]] = find_image_files,
        open_one: Callable[[Path], Opened] = open_file,
    ) -> None:
        super().__init__()
        self._bridge = Bridge(self)
        self.presenter = Presenter(self, self._bridge.post, find_files, open_one)
        self._keys: list[tuple[str, str]] = []
        self._tab_actions: list[tuple[QAction, str]] = []
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_PATIENCE_MS)
        self._slow.timeout.connect(self._say_opening)

        self.worklist = Worklist()
        self.image = ImageView()
        self.message = MessagePage()
        self.empty = MessagePage()
        self.reading = ReadingPanel()
        self.facts = FactsPanel()
        self.evaluate = EvaluateTab(
            self._bridge.post, lambda: self.presenter.ready_engine, self.show_files
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
        column.addWidget(self.centre, 1)
        right = QWidget()
        panels = QVBoxLayout(right)
        panels.setContentsMargins(0, 0, 0, 0)
        panels.setSpacing(4)
        panels.addWidget(self.reading)
        panels.addWidget(self.facts, 1)
        across = QSplitter()
        for part in (self.worklist, middle, right):
            across.addWidget(part)
        across.setStretchFactor(1, 1)
        across.setChildrenCollapsible(False)
        across.setSizes([_LEFT, 700, _RIGHT])
        across.setHandleWidth(4)
        self.worklist.setMinimumWidth(200)
        self.reading.setMinimumWidth(290)
        self.xrays = across
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(self.xrays, text.TAB_XRAYS)
        self.tabs.addTab(self.evaluate, text.TAB_EVALUATE)
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
            field.setFixedWidth(76)
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
        row.addSpacing(12)
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
        self.worklist.selected.connect(presenter.select)
        self.image.window_dragged.connect(
            lambda right, down, fine: presenter.drag(right, down, fine=fine)
        )
        self.image.window_drag_ended.connect(presenter.end_drag)
        self.reading.class_chosen.connect(presenter.choose_class)
        self.reading.heatmap_toggled.connect(lambda shown: presenter.show_heatmap(shown=shown))
        self.reading.opacity_changed.connect(presenter.set_opacity)
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
        self._add(file, text.READ_AGAIN, "F5", presenter.read_again, on="xray")
        file.addSeparator()
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
        heatmap = self.menuBar().addMenu(text.MENU_HEATMAP)
        self._add(heatmap, text.HEATMAP_TOGGLE, "M", self._toggle_heatmap, on="xray")
        self._add(heatmap, text.HEATMAP_NEXT_CLASS, "C", presenter.next_class, on="xray")
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
        self._add(xray, text.GO_TO_BENCH, "Ctrl+3", lambda: self.go_to(self.bench))
        help_menu = self.menuBar().addMenu(text.MENU_HELP)
        self._add(help_menu, text.HELP_ACTION, "F1", self.show_help)
        self._add(None, text.FIND_TAG, "Ctrl+F", self.facts.focus_search, on="xrays")
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
        show, chooser, slider = self.reading.keyboard_widgets
        identity, tags = self.facts.keyboard_widgets
        KeyKeeper([key.Key_Space], show, chooser, identity, self._invert, self._presets)
        KeyKeeper([key.Key_Left, key.Key_Right], slider)
        KeyKeeper([key.Key_Up, key.Key_Down], tags)

    # what the presenter tells (see presenter.View)

    def files_changed(self) -> None:
        """Show another worklist."""
        presenter = self.presenter
        if presenter.searching:
            self.message.say(text.SEARCHING)
            self.centre.setCurrentWidget(self.message)
            return
        self.worklist.show_items(presenter.items)
        if presenter.problem:
            self.empty.say(presenter.problem.message, presenter.problem.hint, text.EMPTY_TITLE)
        self._enable_actions()

    def row_changed(self, row: int) -> None:
        """Show a row of the worklist anew."""
        self.worklist.row_changed(row)

    def current_changed(self) -> None:
        """Show the name of another X-ray."""
        item = self.presenter.current
        if item:
            self.worklist.go_to(item.row)
        self._name.setText(item.path.name if item else "")
        self._name.setToolTip(str(item.path) if item else "")
        total = len(self.presenter.items)
        self._position.setText(text.position(item.row, total) if item else "")
        self.setWindowTitle(f"{item.path.name} – {text.PROGRAM}" if item else text.PROGRAM)
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
        reading = item.reading if item else None
        self.reading.show_reading(reading, presenter.reading_note, failed=failed)

    def heatmap_changed(self) -> None:
        """Show the heat map of the current X-ray and what is chosen about it."""
        presenter = self.presenter
        raw, class_id, scale = presenter.heatmap, presenter.heatmap_class, presenter.heatmap_scale
        item = presenter.current
        notes: list[str] = []
        if item and not item.reading:
            lost = item.error or presenter.engine_state == "failed"
            notes.append(text.HEATMAP_NONE if lost else text.HEATMAP_WAITING)
        if scale:
            from xraydemo.model.heatmap import colour_bar, has_evidence

            if not self.reading.has_colours:
                self.reading.show_colours(colour_bar(256)[::-1].transpose(1, 0, 2), scale)
        if raw is not None and class_id and scale:
            if not has_evidence(raw, scale):
                notes.append(text.no_evidence(class_id))
            notes.append(text.map_numbers(raw))
            notes.append(text.map_cells(raw.shape))
        self.reading.show_heatmap(
            raw,
            "\n".join(notes),
            chosen=presenter.chosen_class,
            shown=presenter.heatmap_shown,
            opacity=presenter.opacity,
        )
        self._draw_heatmap()

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

    def show_files(self, paths: Sequence[Path]) -> None:
        """Open files and folders in the worklist, and go there."""
        self.go_to(self.xrays)
        self.presenter.open(paths)

    def go_to(self, tab: QWidget) -> None:
        """Show a tab, and have the keys work in it."""
        self.tabs.setCurrentWidget(tab)
        if tab is self.xrays:
            self.worklist.setFocus()
        elif tab is self.evaluate:
            self.evaluate.take_focus()
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
        self.worklist.setFocus()

    def toggle_full_screen(self) -> None:
        """Fill the screen, or go back to a window."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def show_help(self) -> None:
        """Show keys and limits, beside the work and not instead of it."""
        dialog = HelpDialog(self._keys, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

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
                self.presenter.open(paths)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """End all threads and the engine; the window is gone at once."""
        self._slow.stop()
        self.hide()
        # before the engine goes: what it is reading for a run is still kept
        self.evaluate.stop_reading()
        self.presenter.close()
        self.evaluate.close_down()
        self.bench.presenter.close()
        event.accept()

    # within

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
            current = self.presenter.current
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

    def _toggle_heatmap(self) -> None:
        self.presenter.show_heatmap(shown=not self.presenter.heatmap_shown)

    def _show_facts(self) -> None:
        opened = self.presenter.opened
        picture = opened.picture if opened else None
        rows, hidden = rows_of(
            picture.radiograph.facts if picture else {},
            picture.radiograph.notes if picture else (),
            opened.tags if opened else (),
            self.facts.search,
            identity=self.facts.identity,
        )
        nothing = text.FACTS_NONE
        if opened:
            nothing = text.FACTS_NO_MATCH if self.facts.search else text.FACTS_EMPTY
        self.facts.show_rows(rows, hidden, nothing=nothing)

    def _draw_heatmap(self) -> None:
        presenter = self.presenter
        raw, class_id, scale = presenter.heatmap, presenter.heatmap_class, presenter.heatmap_scale
        self.image.set_heatmap_opacity(presenter.opacity)
        if raw is None or not class_id or not scale or not presenter.heatmap_shown:
            self.image.show_heatmap(None)
            return
        from xraydemo.model.heatmap import colour

        self.image.show_heatmap(colour(raw, self.image.heatmap_shape(), scale))
