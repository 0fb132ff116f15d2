"""How long the window's thread is away from its loop: the longest stall while something goes on.

    python -m tests.benchmarks.stalls [--run RUN] [--cohort COHORT] [--stacks]

opens the cards of a RUN's checks one after the other, as a reader would. A COHORT is read into a
new run, by the default model, and all its checks are asked, while the cards of those that have
answered are opened. ``--stacks`` prints what the thread was at when it was away for more than
30 ms.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from xraydemo.desktop.app import engine_starter
from xraydemo.desktop.evaluate_presenter import EvaluatePresenter
from xraydemo.desktop.style import apply_style
from xraydemo.desktop.window import MainWindow

PATIENCE = 3600.0
LONG = 30.0
"""Milliseconds: what is longer is told with its stack."""


@dataclass(frozen=True)
class Stall:
    """Between two beats, in milliseconds.

    Parameters
    ----------
    clock : float
        On the clock.
    work : float
        Of the processor, for the window's thread.
    process : float
        Of the processor, for all threads of the process: where the window's thread waited for
        another one of them, say for Python's lock, it is in here.
    """

    clock: float = 0.0
    work: float = 0.0
    process: float = 0.0

    @property
    def own(self) -> float:
        """At most what it would have been on a machine that has nothing else to do.

        The rest of `clock` went by while others had the processor (or a disk was read).
        """
        return min(self.clock, self.process)


class StallMeter:
    """Beats in the window's thread, and notes how late a beat comes."""

    def __init__(self, *, stacks: bool = False) -> None:
        self.worst = Stall()
        """By what is its own."""
        self.long: list[tuple[Stall, Counter[str]]] = []
        """Those over 30 ms of their own, with the stacks that were seen."""
        self.count = 0
        self._stacks: Counter[str] | None = Counter() if stacks else None
        self._at = _times()
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)
        self._window_thread = threading.get_ident()
        self._ended = threading.Event()

    def _beat(self) -> None:
        before, self._at = self._at, _times()
        stall = Stall(*(1000 * (now - then) for now, then in zip(self._at, before, strict=True)))
        self.count += stall.own > LONG
        self.worst = max(self.worst, stall, key=lambda one: one.own)
        if self._stacks is not None:
            seen, self._stacks = self._stacks, Counter()
            if stall.own > LONG:
                self.long.append((stall, seen))

    def _watch(self) -> None:
        """Look what the window's thread is at, while it is away; runs in a thread."""
        while not self._ended.wait(0.004):
            stacks = self._stacks
            if stacks is None or 1000 * (time.perf_counter() - self._at[0]) < LONG / 2:
                continue
            frame = sys._current_frames().get(self._window_thread)
            lines = traceback.extract_stack(frame)[-9:]
            stacks[" > ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in lines)] += 1

    def begin(self) -> None:
        """Begin anew."""
        self.worst, self.count, self.long = Stall(), 0, []
        self._at = _times()
        self._timer.start(1)
        if self._stacks is not None:
            self._ended.clear()
            threading.Thread(target=self._watch, daemon=True).start()

    def end(self) -> None:
        """Count what is since the last beat, and stop."""
        self._beat()
        self._timer.stop()
        self._ended.set()


def _times() -> tuple[float, float, float]:
    return time.perf_counter(), time.thread_time(), time.process_time()


@contextmanager
def measuring(meter: StallMeter) -> Iterator[StallMeter]:
    """Measure what is done within."""
    meter.begin()
    try:
        yield meter
    finally:
        meter.end()


class Table:
    """What was found, act by act; of acts of the same name the worst is kept."""

    def __init__(self, meter: StallMeter) -> None:
        self._meter = meter
        self.worst: dict[str, Stall] = {}
        self.counts: Counter[str] = Counter()

    @contextmanager
    def row(self, name: str) -> Iterator[None]:
        """Measure what is done within, under a name."""
        with measuring(self._meter):
            yield
        before = self.worst.get(name, Stall())
        self.worst[name] = max(before, self._meter.worst, key=lambda one: one.own)
        self.counts[name] += self._meter.count
        for stall, stacks in self._meter.long:
            times = f"{stall.own:.0f} ms own, {stall.work:.0f} work, {stall.clock:.0f} on the clock"
            print(f"-- {name}: {times}", flush=True)
            for stack, seen in stacks.most_common(4):
                print(f"   {seen} x {stack}", flush=True)

    def show_worst(self, words: str) -> None:
        """Print the worst of all in a line."""
        name, stall = max(self.worst.items(), key=lambda item: item[1].own)
        print(f"{words} {stall.own:9.1f} ms ({name}; on the clock {stall.clock:.0f})")

    def show(self) -> None:
        """Print it, the worst first."""
        print(f"{'':48s} {'own':>7s} {'clock':>7s} {'work':>7s} {'> 30 ms':>8s}")
        for name, stall in sorted(self.worst.items(), key=lambda item: -item[1].own):
            print(
                f"{name:48s} {stall.own:7.1f} {stall.clock:7.1f} {stall.work:7.1f}"
                f" {self.counts[name]:8d}"
            )


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
    gc.freeze()  # as `xraydemo.desktop.app.start` does
    return window


def running(cohort: Path, table: Table) -> None:
    """Read and ask a cohort, and open the cards that come meanwhile."""
    window = opened()
    with table.row("the engine starts"):
        window.presenter.engine.start(engine_starter("cxr4-lite0", "cpu"))
        window.go_to(window.evaluate)
        wait(lambda: window.presenter.engine.ready is not None)
    presenter = window.evaluate.presenter
    with tempfile.TemporaryDirectory() as folder:
        with table.row("a cohort is understood"):
            presenter.choose(cohort)
            wait(lambda: not presenter.doing)
        presenter.set_folder(Path(folder) / "run")
        wait(lambda: presenter.can_run)
        with table.row("it is read"):
            presenter.start()
            wait(lambda: presenter.doing != "reading")
        seen: set[str] = set()
        while presenter.doing:
            with table.row("its checks are asked"):
                wait(lambda: any(new(presenter, seen)) or not presenter.doing)
            for check in new(presenter, seen):
                seen.add(check)
                print(f"{time.strftime('%H:%M:%S')} {check}", flush=True)
                look_at(presenter, check, table, "meanwhile, ")
        window.close()


def new(presenter: EvaluatePresenter, seen: set[str]) -> list[str]:
    """List the checks that answered and were not looked at."""
    answered = [answer.result.check for answer in presenter.answers]
    return [check for check in answered if check not in seen]


def look_at(presenter: EvaluatePresenter, check: str, table: Table, when: str = "") -> None:
    """Open the card of a check, and go back to all."""
    with table.row(f"{when}{check}"):
        presenter.select(check)
        wait(lambda: all(presenter.drawn(n) for n in range(len(presenter.figures))))
        wait(lambda: False, 0.3)
    with table.row(f"{when}back from {check}"):
        presenter.select("")
        wait(lambda: False, 0.2)


def cards(folder: Path, table: Table) -> None:
    """Open the card of each check of a run."""
    window = opened()
    window.go_to(window.evaluate)
    presenter = window.evaluate.presenter
    with table.row("a run is opened and asked"):
        presenter.open_run(folder)
        wait(lambda: not presenter.doing)
    for answer in list(presenter.answers):
        look_at(presenter, answer.result.check, table)
    window.close()


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path)
    parser.add_argument("--cohort", type=Path)
    parser.add_argument("--stacks", action="store_true")
    asked = parser.parse_args()
    application = QApplication([])
    table = Table(StallMeter(stacks=asked.stacks))
    if asked.cohort:
        running(asked.cohort, table)
        table.show_worst("worst stall during an evaluation")
    if asked.run:
        cards(asked.run, table)
    table.show()
    del application


if __name__ == "__main__":
    main()
