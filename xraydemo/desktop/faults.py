"""What happens when the program itself fails: the log has it, and the reader is told, once."""

from __future__ import annotations

import logging
import sys
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from xraydemo.desktop import text
from xraydemo.desktop.diagnostics import log_file, report
from xraydemo.desktop.report_dialog import ReportDialog

if TYPE_CHECKING:
    from types import TracebackType

    from xraydemo.desktop.window import MainWindow

log = logging.getLogger(__name__)


def report_faults(window: MainWindow) -> None:
    """Log what no one caught, in any thread, and show what happens in the window's."""

    def caught(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if isinstance(error, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.error("A fault of the program", exc_info=error)
        show_fault(window, error)

    def caught_in_thread(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value and arguments.exc_type is not SystemExit:
            log.error("A fault of the program in a thread", exc_info=arguments.exc_value)

    sys.excepthook = caught
    threading.excepthook = caught_in_thread


def show_fault(window: MainWindow, error: BaseException) -> None:
    """Tell the reader of a fault, unless one is being told of already."""
    if any(dialog.isVisible() for dialog in window.findChildren(ReportDialog)):
        return
    sentence = text.FAULT_SENTENCE.format(log=log_file())
    shown = report(window.presenter.engine.status, error)
    dialog = ReportDialog(text.FAULT_TITLE, sentence, shown, window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
