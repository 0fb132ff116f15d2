"""Writing what was found into files. Knows no Qt."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Protocol

from xraydemo.desktop import evaluate_work, text
from xraydemo.desktop.background import Background, error_of

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
        self._work = work
        self._background = Background(post, threads=1)
        self._stop = threading.Event()
        self._waiting = 0
        self.note = ""
        """What is being written, or was."""
        self.problem: XrayDemoError | None = None

    @property
    def is_writing(self) -> bool:
        """Whether something is being written."""
        return self._waiting > 0

    def write_document(self, document: Mapping[str, Any], path: Path) -> None:
        """Write what was found as JSON."""
        self.write(path, lambda: self._work.write_document(document, path))

    def write_table(self, run: Run, path: Path) -> None:
        """Write the readings as CSV or Parquet, by the ending."""
        self.write(path, lambda: self._work.write_table(run, path))

    def write_report(self, folder: Path, document: Mapping[str, Any], path: Path) -> None:
        """Write the PDF of the report."""
        stop = self._stop
        self.write(path, lambda: self._work.write_report(folder, document, path, stop.is_set))

    def write_figure(self, figure: Figure, folder: Path, path: Path) -> None:
        """Write a figure of a run, in the format of the ending."""
        self.write(path, lambda: self._work.save_figure(figure, folder, path))

    def write(self, path: Path, job: Callable[[], bool | None]) -> None:
        """Have a job write a file, in the thread; it gives False if it was stopped."""

        def written(future: Future[bool | None]) -> None:
            self._waiting -= 1
            self.problem = error_of(future)
            stopped = self.problem is None and future.result() is False
            words = text.EXPORT_STOPPED if stopped else text.EXPORT_DONE
            self.note = "" if self.problem else words.format(path=path)
            self._changed()

        if not self._waiting:
            self._stop = threading.Event()
        self._waiting += 1
        self.problem, self.note = None, text.EXPORT_WRITING.format(name=path.name)
        self._changed()
        self._background.run(job, written)

    def stop(self) -> None:
        """Stop writing the report."""
        self._stop.set()

    def close(self) -> None:
        """End the thread, and what it is writing."""
        self._stop.set()
        self._background.close()
