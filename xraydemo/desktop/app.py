"""Starts the window, or takes a picture of it where there is no display."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from xraydemo.desktop import plain_imports, text
from xraydemo.desktop.diagnostics import start_log
from xraydemo.desktop.faults import report_faults
from xraydemo.desktop.memory import Memory, settings_file
from xraydemo.desktop.style import apply_style
from xraydemo.desktop.window import MainWindow, ask_to_close
from xraydemo.engine import threads
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from xraydemo.desktop.engine_door import EngineDoor
    from xraydemo.desktop.memory import Theme
    from xraydemo.engine.client import EngineEvent

    Wait = Callable[[Callable[[], bool], float], bool]
    """Waits for a condition, for some seconds at most, and tells whether it came."""

# Once the current X-ray is complete, the rest of the worklist gets this long for the picture.
_REST_SECONDS = 5.0


def start(
    paths: Sequence[Path],
    model: str | Path,
    device: str = "auto",
    *,
    then: Callable[[MainWindow], object] = lambda _: None,
) -> int:
    """Open the window and stay until it is closed.

    Parameters
    ----------
    paths : sequence of Path
        Files and folders to open; none for an empty window.
    model : str or Path
        Name or folder of a bundle.
    device : str
        "auto", "cpu" or "cuda".
    then : callable
        Is given the window once it is there.

    Returns
    -------
    int
        The program's exit status.

    Raises
    ------
    XrayDemoError
        If there is no display.
    """
    if not has_display():
        raise XrayDemoError(text.NO_DISPLAY, text.NO_DISPLAY_HINT)
    memory = Memory(settings_file())
    application = _application(memory.text_size, memory.theme)
    if memory.threads:  # for the engines of the window, and those of the processes that it starts
        os.environ.setdefault(threads.VARIABLE, str(memory.threads))
    # Qt's loop would leave Ctrl+C in the terminal without effect; there is nothing to save.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    start_log()
    window = MainWindow(memory=memory, may_close=ask_to_close)
    report_faults(window)
    screen = application.primaryScreen().availableGeometry()
    if not window.restore_layout():
        window.resize(window.sizeHint().expandedTo(screen.size() * 0.9).boundedTo(screen.size()))
    window.show()
    then(window)
    # What is loaded by now stays. Else each full collection of garbage looks through all of it, in
    # whatever thread, and the window stands still meanwhile (60 ms, measured).
    gc.freeze()
    device = memory.device if device == "auto" else device
    # after the first paint, so that the window is there at once
    QTimer.singleShot(0, window, lambda: _begin(window, paths, engine_starter(model, device)))
    return application.exec()


def render_screenshot(
    paths: Sequence[Path],
    out: Path,
    model: str | Path,
    device: str = "auto",
    *,
    size: tuple[int, int] = (1366, 768),
    timeout: float = 180.0,
) -> Path:
    """Save a picture of the window as it is once the first X-ray has its reading and heat map.

    Needs no display.

    Parameters
    ----------
    paths : sequence of Path
        Files and folders to open.
    out : Path
        The PNG to write.
    model, device : str
        As for `start`.
    size : (int, int)
        Width and height of the window.
    timeout : float
        Seconds to wait at most.

    Returns
    -------
    Path
        `out`.

    Raises
    ------
    XrayDemoError
        If the reading doesn't come in time, or the picture can't be written.
    """
    with hidden_window(size) as (window, wait):
        _begin(window, paths, engine_starter(model, device))
        if not wait(lambda: window.settled, timeout):
            raise XrayDemoError(text.TOO_SLOW.format(seconds=round(timeout)), text.TOO_SLOW_HINT)
        presenter = window.presenter
        wait(lambda: presenter.queue.done_count == len(presenter.items), _REST_SECONDS)
        save_picture(window, out)
    return out


@contextmanager
def hidden_window(size: tuple[int, int]) -> Iterator[tuple[MainWindow, Wait]]:
    """Make a window that needs no display, and what waits in its thread; closes it at the end."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    qInstallMessageHandler(_pass_on)
    application = _application()
    window = MainWindow()
    window.resize(*size)
    window.show()
    try:
        yield window, lambda ready, seconds: _wait(application, ready, seconds)
    finally:
        window.close()
        window.deleteLater()
        qInstallMessageHandler(None)


def save_picture(window: MainWindow, out: Path) -> None:
    """Write a picture of the window as PNG.

    Raises
    ------
    XrayDemoError
        If it can't be written.
    """
    if not window.grab().save(str(out), "PNG"):
        raise XrayDemoError(text.NOT_SAVED.format(path=out), text.NOT_SAVED_HINT)


def has_display() -> bool:
    """Tell whether a window can be shown; Qt itself would abort the program if not."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(v) for v in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def engine_starter(
    model: str | Path, device: str
) -> Callable[[Callable[[EngineEvent], None]], EngineDoor]:
    """Return a function that starts the engine; it runs in a thread, imports and all."""

    def start_engine(on_event: Callable[[EngineEvent], None]) -> EngineDoor:
        from xraydemo.engine.client import Engine

        return Engine(model, device=device, on_event=on_event)

    return start_engine


def _pass_on(_: QtMsgType, __: QMessageLogContext, message: str | None) -> None:
    """Print what Qt has to say, but for what it always says without a display."""
    if message and "propagateSizeHints" not in message:
        print(message, file=sys.stderr)


def _application(points: float | None = None, theme: Theme = "system") -> QApplication:
    plain_imports.make_imports_plain()
    found = QApplication.instance()
    application = found if isinstance(found, QApplication) else QApplication([text.PROGRAM])
    application.setApplicationName(text.PROGRAM)
    application.setApplicationDisplayName(text.PROGRAM)
    application.setWindowIcon(QIcon(str(files("xraydemo.desktop") / "icon.png")))
    apply_style(application, points, theme)
    return application


def _begin(
    window: MainWindow,
    paths: Sequence[Path],
    starter: Callable[[Callable[[EngineEvent], None]], EngineDoor],
) -> None:
    """Open the files and start the engine."""
    if paths:
        window.open(paths)
    window.presenter.engine.start(starter)


def _wait(application: QApplication, ready: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not ready() and time.monotonic() < deadline:
        application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
        time.sleep(0.005)
    application.processEvents()
    return ready()
