"""From the key press to the picture, and to its heat map, for the next X-ray of a folder."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from xraydemo.desktop.app import engine_starter
from xraydemo.desktop.window import MainWindow

PATIENCE = 60.0


def measure(files: list[Path]) -> tuple[float, float]:
    """Walk through files, looking at each for a moment; give the median milliseconds of both."""
    application = QApplication.instance() or QApplication([])
    window = MainWindow()
    window.resize(1366, 768)
    window.show()
    presenter = window.presenter
    presenter.open(files)
    presenter.engine.start(engine_starter("cxr4-lite0", "cpu"))

    def until(ready: Callable[[], bool]) -> float:
        begun = time.perf_counter()
        while not ready() and time.perf_counter() - begun < PATIENCE:
            application.processEvents()
        return 1000 * (time.perf_counter() - begun)

    until(lambda: presenter.current is not None and window.settled)
    pictures, maps = [], []
    for _ in files[1:]:
        QTest.qWait(500)  # a reader looks; the neighbours are read ahead meanwhile
        begun = time.perf_counter()
        QTest.keyClick(window, Qt.Key.Key_Down)
        until(lambda: presenter.opened is not None)
        window.repaint()
        pictures.append(1000 * (time.perf_counter() - begun))
        until(lambda: presenter.layers.heatmap is not None)
        window.repaint()
        maps.append(1000 * (time.perf_counter() - begun))
    window.close()
    return statistics.median(pictures), statistics.median(maps)
