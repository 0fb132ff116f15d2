"""The menus: every action with its words and its key.

To add one is a line here: menu, a name that never changes, words, key, and what is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xraydemo.classes import CLASSES
from xraydemo.desktop import text, tour_text, windowing
from xraydemo.desktop.tour import Tour

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from xraydemo.desktop.window import MainWindow


def fill_menus(window: MainWindow) -> None:
    """Give a window its menus."""
    _file(window)
    _xray(window)
    _window_level(window)
    _layers(window)
    _marks(window)
    _evaluate(window)
    _view(window)
    _places(window)
    _help(window)
    _without_menu(window)


def _file(window: MainWindow) -> None:
    menu, add, read = window.menuBar().addMenu(text.MENU_FILE), window.commands.add, window.read
    add(menu, "open-files", text.OPEN_FILES, "Ctrl+O", window.ask_for_files)
    add(menu, "open-folder", text.OPEN_FOLDER, "Ctrl+Shift+O", window.ask_for_folder)
    menu.addMenu(window.recent)
    add(menu, "read-again", text.READ_AGAIN, "F5", read.presenter.read_again, needs="xray")
    add(menu, "copy-picture", text.COPY_PICTURE, "Ctrl+C", read.copy_picture, needs="xray")
    menu.addSeparator()
    add(menu, "preferences", text.PREFERENCES, "Ctrl+,", window.show_preferences)
    add(menu, "quit", text.QUIT, "Ctrl+Q", window.close)


def _xray(window: MainWindow) -> None:
    menu, add, read = window.menuBar().addMenu(text.MENU_PICTURE), window.commands.add, window.read
    image, move = read.image, read.presenter.move
    add(menu, "next", text.NEXT, "Down", lambda: move(1), needs="worklist")
    add(menu, "previous", text.PREVIOUS, "Up", lambda: move(-1), needs="worklist")
    menu.addSeparator()
    add(menu, "zoom-in", text.ZOOM_IN, "+", lambda: image.zoom_by(1.25), needs="xray")
    add(menu, "zoom-out", text.ZOOM_OUT, "-", lambda: image.zoom_by(0.8), needs="xray")
    add(menu, "fit", text.FIT, "=", image.fit, needs="xray")
    pan = image.pan
    add(menu, "pan-left", text.PAN_LEFT, "Ctrl+Left", lambda: pan(-1, 0), needs="xray")
    add(menu, "pan-right", text.PAN_RIGHT, "Ctrl+Right", lambda: pan(1, 0), needs="xray")
    add(menu, "pan-up", text.PAN_UP, "Ctrl+Up", lambda: pan(0, -1), needs="xray")
    add(menu, "pan-down", text.PAN_DOWN, "Ctrl+Down", lambda: pan(0, 1), needs="xray")
    menu.addSeparator()
    add(menu, "right", text.ROTATE_RIGHT, "R", lambda: image.turn(90), needs="xray")
    add(menu, "left", text.ROTATE_LEFT, "L", lambda: image.turn(-90), needs="xray")
    mirror = image.mirror
    across, down = lambda: mirror(horizontally=True), lambda: mirror(horizontally=False)
    add(menu, "flip-across", text.FLIP_H, "H", across, needs="xray")
    add(menu, "flip-down", text.FLIP_V, "V", down, needs="xray")
    menu.addSeparator()
    add(menu, "reset", text.RESET, "Space", read.reset, needs="xray")


def _window_level(window: MainWindow) -> None:
    menu, add = window.menuBar().addMenu(text.MENU_WINDOW), window.commands.add
    gray = window.presenter.gray
    for number, name in enumerate(windowing.PRESETS, 1):
        choose = _with(gray.set_preset, name)
        add(menu, f"preset-{name}", text.PRESETS[name], str(number), choose, needs="xray")
    menu.addSeparator()
    add(menu, "invert", text.INVERT, "I", gray.invert, needs="xray")


def _layers(window: MainWindow) -> None:
    menu, add = window.menuBar().addMenu(text.MENU_HEATMAP), window.commands.add
    layers, beside = window.presenter.layers, window.read.beside
    toggle = layers.toggle_layer
    add(menu, "heatmap", text.HEATMAP_TOGGLE, "M", lambda: toggle("heatmap"), needs="xray")
    add(menu, "next-class", text.HEATMAP_NEXT_CLASS, "C", layers.next_class, needs="xray")
    add(menu, "unlike", text.UNLIKE_TOGGLE, "U", lambda: toggle("unlike"), needs="xray")
    add(menu, "lungs", text.LUNGS_TOGGLE, "O", layers.toggle_lungs, needs="xray")
    menu.addSeparator()
    for number, name in enumerate(text.PAGES, 1):
        words = text.PAGE_TURN.format(name=text.PAGES[name])
        turn = _with(beside.turn_to, name)
        add(menu, f"page-{name}", words, f"Alt+{number}", turn, needs="read")


def _marks(window: MainWindow) -> None:
    menu, add, read = window.menuBar().addMenu(text.MENU_MARK), window.commands.add, window.read
    presenter = read.presenter
    for number, class_id in enumerate(CLASSES, 1):
        words = text.MARK_AS.format(what=text.class_name(class_id))
        mark = _with(presenter.mark, class_id)
        add(menu, f"mark-{class_id}", words, f"Shift+{number}", mark, needs="xray")
    add(menu, "undo-mark", text.MARK_UNDO, "Ctrl+Z", presenter.undo_mark, needs="xray")
    add(menu, "save-marks", text.MARK_SAVE, "Ctrl+S", read.ask_where_to_save_marks, needs="xray")
    menu.addSeparator()
    add(menu, "begin-study", text.STUDY_BEGIN, "Ctrl+B", read.begin_study, needs="xray")
    add(menu, "end-study", text.STUDY_END, "Ctrl+Shift+B", read.end_study, needs="xray")


def _evaluate(window: MainWindow) -> None:
    menu, add = window.menuBar().addMenu(text.MENU_EVALUATE), window.commands.add
    tab = window.evaluate

    def there(ask: Callable[[], None]) -> Callable[[], None]:
        """Return what goes to the place first."""

        def go_and_ask() -> None:
            window.go_to(tab)
            ask()

        return go_and_ask

    add(menu, "evaluate-folder", text.EVALUATE_FOLDER, "Ctrl+E", there(tab.ask_for_folder))
    add(menu, "evaluate-csv", text.EVALUATE_CSV, "Ctrl+Shift+E", there(tab.ask_for_csv))
    add(menu, "open-run", text.EVALUATE_OPEN, "Ctrl+R", there(tab.ask_for_run))
    menu.addSeparator()
    words, run = text.EVALUATE_RUN_OR_STOP, tab.run_or_stop
    add(menu, "run-or-stop", words, "Ctrl+Return", run, needs="evaluate")


def _view(window: MainWindow) -> None:
    menu, add = window.menuBar().addMenu(text.MENU_VIEW), window.commands.add
    add(menu, "full-screen", text.FULL_SCREEN, "F11", window.toggle_full_screen)
    add(menu, "reset-layout", text.RESET_LAYOUT, "Ctrl+0", window.reset_layout)


def _places(window: MainWindow) -> None:
    """List the tabs in their order; a new tab is here by itself."""
    menu, add = window.menuBar().addMenu(text.MENU_GO), window.commands.add
    for number, place in enumerate(window.places, 1):
        go: Callable[[], None] = _to(window, place.widget)
        add(menu, f"go-{place.name}", place.title, f"Ctrl+{number}", go)


def _help(window: MainWindow) -> None:
    menu, add = window.menuBar().addMenu(text.MENU_HELP), window.commands.add
    add(menu, "help", text.HELP_ACTION, "F1", window.show_help)
    add(menu, "tour", tour_text.ACTION, "Ctrl+T", window.begin_tour)
    add(menu, "shortcuts", text.SHORTCUTS_ACTION, "Ctrl+K", window.show_shortcuts)
    add(menu, "report", text.REPORT, "Ctrl+F1", window.show_report)
    add(menu, "about", text.ABOUT, "Shift+F1", window.show_about)


def _without_menu(window: MainWindow) -> None:
    add, read = window.commands.add, window.read
    add(None, "find-file", text.FIND_FILE, "/", read.list_panel.focus_search, needs="read")
    add(None, "sort-again", text.SORT_AGAIN, "F6", read.presenter.sort_again, needs="read")
    add(None, "find-tag", text.FIND_TAG, "Ctrl+F", read.find_tag, needs="read")
    add(None, "cancel", text.CANCEL, "Esc", read.cancel, needs="read")
    # listed in every window: the tour's own is the same program, with the same keys
    for name, words, key, step in (
        ("tour-on", tour_text.KEY_ON, "Alt+Right", Tour.go_on),
        ("tour-back", tour_text.KEY_BACK, "Alt+Left", Tour.go_back),
        ("tour-close", tour_text.CLOSE, "Alt+End", Tour.close),
    ):
        add(None, name, words, key, _in_tour(window, step), needs="tour")


def _in_tour(window: MainWindow, step: Callable[[Tour], None]) -> Callable[[], None]:
    def go() -> None:
        if window.tour:
            step(window.tour)

    return go


def _with(act: Callable[[str], None], word: str) -> Callable[[], None]:
    return lambda: act(word)


def _to(window: MainWindow, place: QWidget) -> Callable[[], None]:
    return lambda: window.go_to(place)
