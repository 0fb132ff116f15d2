"""What Compare shows and does over time: runs, how their numbers moved, and what it says of them.

Knows no Qt.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

from xraydemo.desktop import compare_work, over_time_work, text
from xraydemo.desktop.background import Background, error_of
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from xraydemo.desktop.compare_work import RunName
    from xraydemo.desktop.figure_work import Drawn
    from xraydemo.desktop.over_time_work import By, OverTime
    from xraydemo.evaluation.shift.timeline import Timeline


class Work(Protocol):
    """The jobs; see `over_time_work`, which is one."""

    def watch(
        self, folders: Sequence[Path], by: By, should_stop: Callable[[], bool]
    ) -> OverTime | None:
        """Watch runs over time."""

    def draw(
        self, found: Timeline, width: int, sharpness: float, should_stop: Callable[[], bool]
    ) -> tuple[Drawn, ...] | None:
        """Draw each course."""

    def write(self, found: Timeline, path: Path, should_stop: Callable[[], bool]) -> None:
        """Write a timeline into a file, or leave it as it is if it was stopped."""


class OverTimeView(Protocol):
    """What the presenter tells the page; the page asks back for the details."""

    def runs_changed(self) -> None:
        """Take note: other runs were chosen, or something is wrong with them."""

    def work_changed(self) -> None:
        """Take note: the work began or ended."""

    def found_changed(self) -> None:
        """Take note: there is something found, or nothing any more."""

    def pictures_changed(self) -> None:
        """Take note: the pictures are there, or can't be drawn."""


class OverTimePresenter:
    """The state of Compare's page Over time.

    Parameters
    ----------
    view : OverTimeView
        Is told what changed.
    post : callable
        Takes a function and has the window's thread call it soon; may be called from any thread.
    work : Work
        The jobs.
    name_run : callable
        Says what a run is of; runs in a thread.
    """

    def __init__(
        self,
        view: OverTimeView,
        post: Callable[[Callable[[], None]], None],
        work: Work = over_time_work,
        name_run: Callable[[Path], RunName] = compare_work.name_run,
    ) -> None:
        self._view = view
        self._work = work
        self._name_run = name_run
        self._background = Background(post, threads=1)
        self._drawing = Background(post, threads=1)
        self._stop = threading.Event()
        self._closed = threading.Event()
        self._size: tuple[int, float] = (0, 1.0)
        self.runs: list[RunName] = []
        """In the order in which they were added; they are watched in that of time."""
        self.by: By = ""
        self.problem: XrayDemoError | None = None
        self.is_at_work = False
        self.found: OverTime | None = None
        self.pictures: tuple[Drawn, ...] | XrayDemoError | None = None
        """One a course; None while they are being drawn."""
        self.note = ""
        """What is being written, or was."""
        self._writing = 0

    # what is shown

    @property
    def can_watch(self) -> bool:
        """Whether there are runs, and nothing is being done."""
        return bool(self.runs) and not self.is_at_work

    @property
    def can_stop(self) -> bool:
        """Whether there is something to stop."""
        return self.is_at_work and not self._stop.is_set()

    @property
    def is_writing(self) -> bool:
        """Whether a file is being written."""
        return self._writing > 0

    # what the reader does

    def add(self, folder: Path) -> None:
        """Take a run in."""

        def named(future: Future[RunName]) -> None:
            self.problem = error_of(future)
            if not self.problem:
                run = future.result()
                if any(run.folder == other.folder for other in self.runs):
                    message = text.OVER_TIME_TWICE.format(folder=run.folder)
                    self.problem = XrayDemoError(message, text.OVER_TIME_TWICE_HINT)
                else:
                    self.runs.append(run)
                    self._forget()
            self._view.runs_changed()

        if not self.is_at_work:
            folder = folder.resolve()
            self._background.run(lambda: self._name_run(folder), named)

    def remove(self, places: Collection[int]) -> None:
        """Leave runs out, by their places in the list."""
        if places and not self.is_at_work:
            self.runs = [run for place, run in enumerate(self.runs) if place not in places]
            self.problem = None
            self._forget()
            self._view.runs_changed()

    def set_by(self, by: By) -> None:
        """Take other periods."""
        if by != self.by and not self.is_at_work:
            self.by, self.problem = by, None
            self._forget()
            self._view.runs_changed()

    def watch(self) -> None:
        """Look how the numbers moved."""
        if not self.can_watch:
            return
        folders, by = [run.folder for run in self.runs], self.by
        self._stop = stop = threading.Event()
        self.is_at_work, self.problem = True, None
        self._forget()
        self._view.runs_changed()
        self._view.work_changed()

        def watched(future: Future[OverTime | None]) -> None:
            self.is_at_work = False
            self.problem = error_of(future)
            self.found = None if self.problem else future.result()
            self._view.runs_changed()
            self._view.work_changed()
            self._view.found_changed()
            self._draw()

        self._background.run(
            lambda: self._work.watch(folders, by, stop.is_set),
            watched,
        )

    def stop(self) -> None:
        """Stop what is being done."""
        self._stop.set()
        self._view.work_changed()

    def set_size(self, width: int, sharpness: float) -> None:
        """Draw this wide: pixels of the screen, and device pixels to one of those."""
        if (width, sharpness) != self._size:
            self._size = width, sharpness
            self._draw()

    def write(self, path: Path) -> None:
        """Write what was found as PDF, PNG or JSON, by the ending."""
        if self.found is None:
            return
        timeline = self.found.found

        def written(future: Future[None]) -> None:
            self._writing -= 1
            self.problem = error_of(future)
            self.note = "" if self.problem else text.EXPORT_DONE.format(path=path)
            self._view.runs_changed()

        self._writing += 1
        self.problem, self.note = None, text.EXPORT_WRITING.format(name=path.name)
        self._view.runs_changed()
        self._background.run(lambda: self._work.write(timeline, path, self._closed.is_set), written)

    def close(self) -> None:
        """End the threads, and the processes that they wait for."""
        self._stop.set()
        self._closed.set()
        self._drawing.close()
        self._background.close()

    # within

    def _forget(self) -> None:
        self.found = self.pictures = None
        self.note = ""
        self._view.found_changed()

    def _draw(self) -> None:
        """Draw what was found, as wide as it is shown now."""
        found, size = self.found, self._size
        if found is None or not size[0]:
            return

        def is_old() -> bool:
            return self._closed.is_set() or self.found is not found or self._size != size

        def job() -> tuple[Drawn, ...] | None:
            return None if is_old() else self._work.draw(found.found, *size, is_old)

        def drawn(future: Future[tuple[Drawn, ...] | None]) -> None:
            if not is_old():
                self.pictures = error_of(future) or future.result()
                self._view.pictures_changed()

        self._drawing.run(job, drawn)
