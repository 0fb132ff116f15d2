"""What the Compare tab shows and does: two runs, and what changed between them. Knows no Qt."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from xraydemo.desktop import compare_work
from xraydemo.desktop.background import Background, error_of
from xraydemo.desktop.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from xraydemo.desktop.compare_work import Compared, ModelName, RunName, Working
    from xraydemo.desktop.show_files import ShowFiles
    from xraydemo.errors import XrayDemoError
    from xraydemo.evaluation.compare import ChangedAnswer, SideBySide
    from xraydemo.evaluation.run import Run

Side = Literal["before", "after"]
_SECONDS_BETWEEN_NEWS = 0.1
_GRAVEST_FIRST = ("wrong", "otherwise wrong", "another", "right")


class Work(Protocol):
    """The jobs; see `compare_work`, which is one."""

    def name_run(self, folder: Path) -> RunName:
        """Say what a run is of."""

    def list_models(self) -> tuple[ModelName, ...]:
        """List the bundles that can be called by name."""

    def open_folder(self, folder: Path) -> Run:
        """Open a run to make a scenario of."""

    def compare_runs(
        self,
        before: Path,
        after: Path,
        hear: Callable[[Working], None],
        should_stop: Callable[[], bool],
    ) -> Compared | None:
        """Compare two runs."""

    def compare_models(
        self,
        before: Path,
        bundle: Path,
        device: str,
        hear: Callable[[Working], None],
        should_stop: Callable[[], bool],
    ) -> Compared | None:
        """Read the cohort of a run with another model, and compare."""


class CompareView(Protocol):
    """What the presenter tells the tab; the tab asks back for the details."""

    def runs_changed(self) -> None:
        """Take note: another run was chosen, or something is wrong with it."""

    def progress_changed(self) -> None:
        """Take note: the work began, went on or ended."""

    def comparison_changed(self) -> None:
        """Take note: there is a comparison, or none any more."""

    def ask_for_scenario(self, selection: Selection) -> None:
        """Ask for a scenario of X-rays with another answer."""


@dataclass(frozen=True)
class Selection:
    """X-rays of the second run that a scenario is made of; has what the dialog asks of.

    Parameters
    ----------
    run : Run
    words : str
        What the X-rays are called.
    positions : tuple of int
        In the run.
    scenarios : Path or None
        The file that one was added to before.
    set_scenarios : callable
        Is told the file that one was added to.
    """

    run: Run
    words: str
    positions: tuple[int, ...]
    scenarios: Path | None
    set_scenarios: Callable[[Path | None], None]


class ComparePresenter:
    """The state of the Compare tab.

    Parameters
    ----------
    view : CompareView
        Is told what changed.
    post : callable
        Takes a function and has the window's thread call it soon; may be called from any thread.
    show_files : ShowFiles
        Shows X-rays in the worklist, with their labels.
    work : Work
        The jobs.
    """

    def __init__(
        self,
        view: CompareView,
        post: Callable[[Callable[[], None]], None],
        show_files: ShowFiles,
        work: Work = compare_work,
    ) -> None:
        self._view = view
        self._post = post
        self._show_files = show_files
        self._work = work
        self._background = Background(post, threads=1)
        self._stop = threading.Event()
        self._closed = False
        self.runs: dict[Side, RunName | None] = {"before": None, "after": None}
        self.problem: XrayDemoError | None = None
        self.working: Working | None = None
        self.is_at_work = False
        self.compared: Compared | None = None
        self.models: tuple[ModelName, ...] = ()
        self.scenarios: Path | None = None
        self._naming = 0
        self._begun = time.monotonic()
        self._pace = Pace()

    # what is shown

    @property
    def can_compare(self) -> bool:
        """Whether both runs are chosen and nothing is being done."""
        # a run that is still being opened would be named beside another's numbers
        return not self.is_at_work and not self._naming and all(self.runs.values())

    @property
    def can_read(self) -> bool:
        """Whether the first run's cohort can be read with another model."""
        return not self.is_at_work and not self._naming and self.runs["before"] is not None

    @property
    def seconds_left(self) -> float | None:
        """How long what is at work still takes; None while that isn't known."""
        return self._pace.seconds_left

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.monotonic() - self._begun

    @property
    def can_stop(self) -> bool:
        """Whether there is something to stop."""
        return self.is_at_work and not self._stop.is_set()

    @property
    def kinds(self) -> list[tuple[str, int]]:
        """Count the X-rays with another answer by what became of them, the gravest first."""
        changed = self.compared.found.changed if self.compared else ()
        kinds = [answer.became for answer in changed]
        return [(kind, kinds.count(kind)) for kind in _GRAVEST_FIRST if kind in kinds]

    def flips(self, kind: str = "", group: str = "") -> list[ChangedAnswer]:
        """List the X-rays with another answer; only of a kind or group where they are named."""
        if self.compared is None:
            return []
        inside = self.compared.of_groups.get(group, frozenset())
        return [
            answer
            for answer in self.compared.found.changed
            if kind in ("", answer.became) and (not group or answer.position_before in inside)
        ]

    @property
    def sides(self) -> list[SideBySide]:
        """List the checks of both runs, those that are worse now first, unchanged ones last."""
        if self.compared is None:
            return []
        from xraydemo.report.comparison_words import changed_first

        return changed_first(self.compared.found.checks)

    # what the reader does

    def choose(self, side: Side, folder: Path) -> None:
        """Take a run."""

        def named(future: Future[RunName]) -> None:
            self._naming -= 1
            self.problem = error_of(future)
            if not self.problem:
                self.runs[side] = future.result()
                self.compared = None
                self._view.comparison_changed()
            self._view.runs_changed()

        def listed(future: Future[tuple[ModelName, ...]]) -> None:
            self.models = () if error_of(future) else future.result()

        if self.is_at_work:
            return
        self._naming += 1
        self._view.runs_changed()
        self._background.run(lambda: self._work.name_run(folder), named)
        if side == "before":
            self._background.run(self._work.list_models, listed)

    def compare(self) -> None:
        """Compare the chosen runs."""
        before, after = self.runs["before"], self.runs["after"]
        if before is None or after is None or not self.can_compare:
            return
        stop, told = self._begin()
        self._background.run(
            lambda: self._work.compare_runs(before.folder, after.folder, told, stop.is_set),
            self._ended,
        )

    def read_with(self, bundle: Path, device: str = "auto") -> None:
        """Read the first run's cohort with another model, and compare."""
        before = self.runs["before"]
        if before is None or not self.can_read:
            return
        stop, told = self._begin()
        self._background.run(
            lambda: self._work.compare_models(before.folder, bundle, device, told, stop.is_set),
            self._ended,
        )

    def stop(self) -> None:
        """Stop what is being done; X-rays that were read are kept."""
        self._stop.set()
        self._view.progress_changed()

    def show(self, flips: Sequence[ChangedAnswer]) -> None:
        """Show X-rays in the worklist."""
        if self.compared and flips:
            paths = self.compared.paths
            labels = {Path(paths[flip.position_after]): flip.label for flip in flips}
            self._show_files(list(labels), labels)

    def make_scenario(self, words: str, flips: Sequence[ChangedAnswer]) -> None:
        """Have a scenario asked for of X-rays with another answer."""
        compared = self.compared
        if compared is None or not flips:
            return
        positions = tuple(flip.position_after for flip in flips)

        def opened(future: Future[Run]) -> None:
            if self.compared is not compared:
                return
            self.problem = error_of(future)
            self._view.runs_changed()
            if not self.problem:
                run = future.result()
                self._view.ask_for_scenario(
                    Selection(run, words, positions, self.scenarios, self._scenario_added)
                )

        self._background.run(lambda: self._work.open_folder(compared.after), opened)

    def close(self) -> None:
        """End the thread, and the process that it waits for."""
        self._closed = True
        self._stop.set()
        self._background.close()

    # within

    def _begin(self) -> tuple[threading.Event, Callable[[Working], None]]:
        self._stop = stop = threading.Event()
        self.is_at_work, self.working, self.problem, self.compared = True, None, None, None
        self._begun, self._pace = time.monotonic(), Pace()
        last_told = 0.0

        def told(working: Working) -> None:
            nonlocal last_told
            now = time.monotonic()
            if now - last_told >= _SECONDS_BETWEEN_NEWS:
                last_told = now
                self._post(lambda: self._went_on(working, stop))

        self._view.comparison_changed()
        self._view.runs_changed()
        self._view.progress_changed()
        return stop, told

    def _went_on(self, working: Working, stop: threading.Event) -> None:
        if self._stop is stop and self.is_at_work and not self._closed:
            before, self.working = self.working, working
            if working.share is not None:
                if before is None or before.share is None or working.share < before.share:
                    self._pace = Pace()  # something else has begun
                self._pace.hear(working.share)
            self._view.progress_changed()

    def _scenario_added(self, file: Path | None) -> None:
        self.scenarios = file
        self._view.runs_changed()

    def _ended(self, future: Future[Compared | None]) -> None:
        self.is_at_work, self.working = False, None
        self.problem = error_of(future)
        self.compared = None if self.problem else future.result()
        after = self.runs["after"]
        if self.compared and (after is None or after.folder != self.compared.after):
            self._name_second(self.compared.after)
        self._view.runs_changed()
        self._view.progress_changed()
        self._view.comparison_changed()

    def _name_second(self, folder: Path) -> None:
        """Name the second run that was made, and keep the comparison."""

        def named(future: Future[RunName]) -> None:
            if not error_of(future):
                self.runs["after"] = future.result()
                self._view.runs_changed()

        self._background.run(lambda: self._work.name_run(folder), named)
