"""How long the window's thread is away from its loop: the longest stall while something goes on.

    python -m tests.benchmarks.stalls RUN [COHORT]

opens the cards of a run's checks one after the other, as a reader would. With a COHORT it is
read into a new run first, by the default model, and all its checks are asked.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from xraydemo.desktop.app import engine_starter
from xraydemo.desktop.style import apply_style
from xraydemo.desktop.window import MainWindow

PATIENCE = 600.0


class StallMeter:
    """Beats in the window's thread, and notes how late a beat comes.

    Beside the time on the clock, that of the thread's own work is taken: on a busy machine the
    first also holds what other programs took.
    """

    def __init__(self) -> None:
        self.worst, self.worst_work = 0.0, 0.0
        """Milliseconds between two beats: on the clock, and of the thread's own work."""
        self._clock, self._work = 0.0, 0.0
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)

    def _beat(self) -> None:
        clock, work = time.perf_counter(), time.thread_time()
        self.worst = max(self.worst, 1000 * (clock - self._clock))
        self.worst_work = max(self.worst_work, 1000 * (work - self._work))
        self._clock, self._work = clock, work

    def begin(self) -> None:
        """Begin anew."""
        self.worst = self.worst_work = 0.0
        self._clock, self._work = time.perf_counter(), time.thread_time()
        self._timer.start(1)

    def end(self) -> None:
        """Count what is since the last beat, and stop."""
        self._beat()
        self._timer.stop()


@contextmanager
def measuring(meter: StallMeter) -> Iterator[StallMeter]:
    """Measure what is done within."""
    meter.begin()
    try:
        yield meter
    finally:
        meter.end()


def wait(ready: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Let the window live until a condition holds; tell whether it came."""
    end = time.monotonic() + seconds
    while not ready() and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.0005)
    return ready()


def opened() -> MainWindow:
    """Open a window."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    apply_style(application)
    window = MainWindow()
    window.resize(1366, 768)
    window.show()
    return window


def running(cohort: Path) -> dict[str, tuple[float, float]]:
    """Read and ask a cohort; give the worst stall, clock and work, of both."""
    window, meter = opened(), StallMeter()
    window.presenter.engine.start(engine_starter("cxr4-lite0", "cpu"))
    window.go_to(window.evaluate)
    presenter = window.evaluate.presenter
    found: dict[str, tuple[float, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        wait(lambda: window.presenter.engine.ready is not None)
        presenter.choose(cohort)
        wait(lambda: not presenter.doing)
        presenter.set_folder(Path(folder) / "run")
        wait(lambda: presenter.can_run)
        with measuring(meter):
            presenter.start()
            wait(lambda: presenter.doing != "reading")
        found["reading a cohort"] = meter.worst, meter.worst_work
        with measuring(meter):
            wait(lambda: presenter.doing == "")
        found["opening it, asking all checks"] = meter.worst, meter.worst_work
        window.close()
    return found


def cards(folder: Path) -> dict[str, tuple[float, float]]:
    """Open the card of each check of a run; give the worst stall, clock and work, of each."""
    window = opened()
    window.go_to(window.evaluate)
    presenter, meter = window.evaluate.presenter, StallMeter()
    found: dict[str, tuple[float, float]] = {}
    with measuring(meter):
        presenter.open_run(folder)
        wait(lambda: not presenter.doing)
    found["asking all"] = meter.worst, meter.worst_work
    for answer in list(presenter.answers):
        with measuring(meter):
            presenter.select(answer.result.check)
            wait(lambda: all(presenter.drawn(n) for n in range(len(presenter.figures))))
            wait(lambda: False, 0.3)
        found[answer.result.check] = meter.worst, meter.worst_work
        with measuring(meter):
            presenter.select("")
            wait(lambda: False, 0.2)
        found[f"back from {answer.result.check}"] = meter.worst, meter.worst_work
    window.close()
    return found


def main() -> None:
    """Print a table, the worst first."""
    run, *cohorts = map(Path, sys.argv[1:])
    found = running(cohorts[0]) if cohorts else {}
    found |= cards(run)
    print(f"{'':40s} {'clock ms':>9s} {'work ms':>9s}")
    for name, (clock, work) in sorted(found.items(), key=lambda item: -item[1][1]):
        print(f"{name:40s} {clock:9.1f} {work:9.1f}")


if __name__ == "__main__":
    main()
