"""Writing what was found into files. Knows no Qt."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Protocol

from xraydemo.desktop import evaluate_work, text
from xraydemo.desktop.background import Background, error_of
from xraydemo.desktop.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future
    from pathlib import Path

    from xraydemo.errors import XrayDemoError
    from xraydemo.evaluation.figures import Figure
    from xraydemo.evaluation.run import Run

TABLE_ENDINGS = (".csv", ".parquet")


class ExportWork(Protocol):
    """The jobs; see `evaluate_work`, which is one."""

    def write_document(self, document: Mapping[str, Any], path: Path) -> None:
        """Write what was found as JSON."""

    def write_table(self, run: Run, path: Path) -> None:
        """Write the readings as a table."""

    def write_report(
        self,
        folder: Path,
        document: Mapping[str, Any],
        path: Path,
        on_progress: Callable[[float], None],
        should_stop: Callable[[], bool],
    ) -> bool:
        """Write the PDF; False if it was stopped."""

    def save_figure(self, figure: Figure, folder: Path, path: Path) -> None:
        """Write one figure."""


class ExportPresenter:
    """Writes one file after the other, and says how that went.

    Parameters
    ----------
    changed : callable
        Is called when there is something new to say.
    post : callable
        Takes a function and has the window's thread call it soon; may be called from any thread.
    work : ExportWork
    """

    def __init__(
        self,
        changed: Callable[[], None],
        post: Callable[[Callable[[], None]], None],
        work: ExportWork = evaluate_work,
    ) -> None:
        self._changed = changed
        self._post = post
        self._work = work
        self._background = Background(post, threads=1)
        self._stop = threading.Event()
        self._waiting = 0
        self.note = ""
        """What is being written, or was."""
        self.problem: XrayDemoError | None = None
        self.share: float | None = None
        """How much of the report is written; None while none is being written."""
        self._pace = Pace()

    @property
    def is_writing(self) -> bool:
        """Whether something is being written."""
        return self._waiting > 0

    @property
    def can_stop(self) -> bool:
        """Whether a report is being written that can be stopped."""
        return self.share is not None and not self._stop.is_set()

    @property
    def seconds_left(self) -> float | None:
        """Estimate the time that the report still takes; None while nothing is known."""
        return self._pace.seconds_left if self.can_stop else None

    def write_document(self, document: Mapping[str, Any], path: Path) -> None:
        """Write what was found as JSON."""
        self.write(path, lambda: self._work.write_document(document, path))

    def write_table(self, run: Run, path: Path) -> None:
        """Write the readings as CSV or Parquet, by the ending."""
        self.write(path, lambda: self._work.write_table(run, path))

    def write_report(self, folder: Path, document: Mapping[str, Any], path: Path) -> None:
        """Write the PDF of the report."""
        if self._stop.is_set():  # one was stopped: that holds for it alone
            self._stop = threading.Event()
        stop = self._stop

        def went_on(share: float) -> None:
            if not stop.is_set():
                self.share = share
                self._pace.hear(share)
                self._changed()

        def job() -> bool:
            return self._work.write_report(
                folder,
                document,
                path,
                lambda share: self._post(lambda: went_on(share)),
                stop.is_set,
            )

        self.share, self._pace = 0.0, Pace()
        self.write(path, job)

    def write_figure(self, figure: Figure, folder: Path, path: Path) -> None:
        """Write a figure of a run, in the format of the ending."""
        self.write(path, lambda: self._work.save_figure(figure, folder, path))

    def write(self, path: Path, job: Callable[[], bool | None]) -> None:
        """Have a job write a file, in the thread; it gives False if it was stopped."""

        def written(future: Future[bool | None]) -> None:
            self._waiting -= 1
            if not self._waiting:
                self.share = None
            self.problem = error_of(future)
            stopped = self.problem is None and future.result() is False
            words = text.EXPORT_STOPPED if stopped else text.EXPORT_DONE
            self.note = "" if self.problem else words.format(path=path)
            self._changed()

        self._waiting += 1
        self.problem, self.note = None, text.EXPORT_WRITING.format(name=path.name)
        self._changed()
        self._background.run(job, written)

    def forget(self) -> None:
        """Say no more of what was written, or couldn't be; what is being written is still told."""
        if not self.is_writing and (self.note or self.problem):
            self.problem, self.note = None, ""
            self._changed()

    def stop(self) -> None:
        """Stop writing the report; what is there already stays as it is."""
        self._stop.set()
        self._changed()

    def close(self) -> None:
        """End the thread, and what it is writing."""
        self._stop.set()
        self._background.close()
