"""What the Evaluate tab shows and does: a cohort, its run, and the checks. Knows no Qt.

As in `presenter`, all state lives in the window's thread. One thread reads and asks, another draws
figures; what a job tells on its way goes through `post`, and counts only while that job is the
latest.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from xraydemo.desktop import evaluate_work, text
from xraydemo.desktop.asking import Answer, Asking, Beside, Inquiry, ReadingBeside, Thresholds
from xraydemo.desktop.background import Background, error_of
from xraydemo.desktop.drawer import Drawer
from xraydemo.desktop.evaluate_work import OwnName, Understood, holds_run
from xraydemo.desktop.export_presenter import ExportPresenter, ExportWork
from xraydemo.desktop.pace import Pace
from xraydemo.errors import BadCohort, XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from xraydemo.cohort.cohort import Cohort
    from xraydemo.desktop.asking import Finished
    from xraydemo.desktop.engine_door import EngineDoor
    from xraydemo.desktop.figure_work import Drawn
    from xraydemo.desktop.show_files import ShowFiles
    from xraydemo.evaluation.collect import Progress
    from xraydemo.evaluation.figures import Figure
    from xraydemo.evaluation.headline import Headline
    from xraydemo.evaluation.result import CheckResult
    from xraydemo.evaluation.run import Run

    _Opened = tuple[Run, dict[str, Any] | None, Thresholds, NDArray[Any], int]

T = TypeVar("T")
Doing = Literal["", "understanding", "reading", "opening", "asking"]
Page = Literal["start", "cohort", "verdicts"]

HEADLINE, UNREADABLE = "headline", "unreadable"
"""What can be chosen beside the ids of the checks: the headline's parts, and unreadable files."""

SCENARIOS = "performance.scenarios"
_TOUCHED = {
    "reference": ("shift.drift", "shift.gap", "performance.decomposition"),
    "ood": ("shift.ood_auroc",),
    "pairs": ("confounder.parity",),
    "boxes": ("confounder.heatmaps",),
}
"""The checks that look at what stands beside a run."""

_SECONDS_BETWEEN_NEWS = 0.1
_SECONDS_TO_STOP = 5.0


class Work(ExportWork, Protocol):
    """The jobs; see `evaluate_work`, which is one."""

    def understand(
        self,
        source: Path,
        where: Sequence[str],
        mapping: Mapping[str, str],
        folder: Path | None,
        bundle: str,
        today: date,
    ) -> Understood:
        """Read a cohort and find a place for its run."""

    def read_all(
        self,
        cohort: Cohort,
        engine: EngineDoor,
        folder: Path,
        on_progress: Callable[[Progress], None],
        should_stop: Callable[[], bool],
    ) -> bool:
        """Read a cohort into a run."""

    def open_folder(self, folder: Path) -> Run:
        """Open a run."""

    def prepare(self, run: Run) -> NDArray[Any]:
        """Load what the window is about to need; give thumbnails of the run's X-rays."""

    def results_there(self, folder: Path, run: Run) -> dict[str, Any] | None:
        """Give the results in a run's folder, if they are of the run as it is now."""

    def own_thresholds(self, folder: Path) -> Thresholds:
        """Give the thresholds that a run was last asked with, where they are one's own."""

    def ask_all(
        self,
        inquiry: Inquiry,
        on_answer: Callable[[Answer], None],
        on_asking: Callable[[Asking | ReadingBeside], None],
        should_stop: Callable[[], bool],
    ) -> Finished | None:
        """Ask the checks of a run."""


class DrawerDoor(Protocol):
    """Draws figures; see `drawer.Drawer`, which is one."""

    def draw_figure(self, figure: Figure, folder: Path, width: int, sharpness: float) -> Drawn:
        """Draw a figure of a run."""

    def close(self) -> None:
        """End what draws."""


class EvaluateView(Protocol):
    """What the presenter tells the tab; the tab asks back for the details."""

    def page_changed(self) -> None:
        """Take note: another page is to be shown."""

    def cohort_changed(self) -> None:
        """Take note: cohort, problem, run folder, or what is being done changed."""

    def progress_changed(self) -> None:
        """Take note: the reading or the asking went on."""

    def verdicts_changed(self) -> None:
        """Take note: there are more or other answers, or the headline came."""

    def chosen_changed(self) -> None:
        """Take note: another answer is to be shown."""

    def figure_drawn(self, number: int) -> None:
        """Take note: a figure of the chosen answer is there."""

    def settings_changed(self) -> None:
        """Take note: thresholds, or what stands beside the run, are others."""

    def export_changed(self) -> None:
        """Take note: something is being written, was, or can't be."""


@dataclass(frozen=True)
class Choice:
    """X-rays behind a part of a figure, which can be shown."""

    words: str
    positions: tuple[int, ...]


@dataclass(frozen=True)
class Unread:
    """A file that could not be read, and why."""

    file: str
    message: str
    hint: str


class EvaluatePresenter:
    """The state of the Evaluate tab, and what to do when something happens.

    Parameters
    ----------
    view : EvaluateView
        Is told what changed.
    post : callable
        Takes a function and has the window's thread call it soon; may be called from any thread.
    engine : callable
        Gives the window's engine; None while it isn't ready.
    show_files : ShowFiles
        Shows X-rays in the worklist, with their labels.
    work : Work
        The jobs.
    drawer : DrawerDoor, optional
        Default a process of its own.
    engine_failure : callable
        Says why there is no engine and none will come; "" while one may.
    """

    def __init__(
        self,
        view: EvaluateView,
        post: Callable[[Callable[[], None]], None],
        engine: Callable[[], EngineDoor | None],
        show_files: ShowFiles,
        work: Work = evaluate_work,
        drawer: DrawerDoor | None = None,
        engine_failure: Callable[[], str] = lambda: "",
    ) -> None:
        self._view = view
        self._drawer = drawer or Drawer()
        self._post = post
        self._engine = engine
        self._engine_failure = engine_failure
        self._last_engine: tuple[EngineDoor | None, str] = None, ""
        self._show_files = show_files
        self._work = work
        self._background = Background(post, threads=1)
        # the drawer draws one figure at a time
        self._drawing = Background(post, threads=1)
        self._stop = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._closed = False
        self._width, self._sharpness = 0, 1.0
        self._drawn: dict[tuple[str, int, int], Drawn | XrayDemoError] = {}
        self._draws: set[tuple[str, int, int]] = set()
        self.export = ExportPresenter(view.export_changed, post, work)

        self.page: Page = "start"
        self.doing: Doing = ""
        self.problem: XrayDemoError | None = None
        """What went wrong last with the cohort, its reading, or opening a run."""
        self.source: Path | None = None
        self.where_text = ""
        self.mapping: dict[str, str] = {}
        self.own_folder: Path | None = None
        self.names: tuple[OwnName, ...] = ()
        """The cohort's names of classes, known even where none of them is understood yet."""
        self.understood: Understood | None = None
        self.progress: Progress | None = None
        self.stopped = False
        """Whether the reading was stopped before its end."""
        self.run: Run | None = None
        self.run_folder: Path | None = None
        self.unread_count = self.unfinished = 0
        """How many files of the run could not be read, and how many have no outcome yet."""
        self.thumbnails: NDArray[Any] | None = None
        """Small pictures of the run's X-rays, shape (n, side, side)."""
        self.beside = Beside()
        """What is to stand beside the run."""
        self._last: dict[str, Any] | None = None
        self._writes = True
        self.own_thresholds: Thresholds = {}
        """Thresholds that differ from the shipped ones, a section a check."""
        self.asking: Asking | ReadingBeside | None = None
        self._asking_pace, self._pace = Pace(), Pace()
        self.answers: list[Answer] = []
        """The gravest first."""
        self.headline: Headline | None = None
        self.document: dict[str, Any] | None = None
        """All that was found, as it is written."""
        self.asking_problem: XrayDemoError | None = None
        """Why the asking ended before its time."""
        self.chosen = ""
        """Id of a check, `HEADLINE`, or `UNREADABLE`; empty while all are looked at together."""

    # what is shown

    @property
    def engine_ready(self) -> bool:
        """Whether there is a model that can read."""
        return self._engine() is not None

    @property
    def waits_for_model(self) -> str:
        """Why nothing can be read now, in a sentence; empty when there is a model."""
        return "" if self.engine_ready else self._engine_failure() or text.RUN_WAITS_FOR_MODEL

    @property
    def can_run(self) -> bool:
        """Whether a click on Run would do something."""
        understood = self.understood
        return bool(
            not self.doing and understood and understood.folder and self._engine() is not None
        )

    @property
    def can_stop(self) -> bool:
        """Whether there is something to stop."""
        return self.doing in ("reading", "asking") and not self._stop.is_set()

    @property
    def partly_asked(self) -> bool:
        """Whether the asking ended before its time."""
        return self.run is not None and self.headline is None and self.doing != "asking"

    @property
    def asking_seconds(self) -> float:
        """How long the checks have been asked."""
        return self._asking_pace.seconds

    @property
    def asking_seconds_left(self) -> float | None:
        """Estimate the time left for what is being asked or read now; None while nothing is known.

        How long the checks after it take shows only when they ask: some find the model's answers
        kept, and are done in no time.
        """
        return self._pace.seconds_left

    @property
    def answer(self) -> Answer | None:
        """The chosen answer."""
        return next((a for a in self.answers if a.result.check == self.chosen), None)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures of what is chosen."""
        if self.chosen == HEADLINE:
            return (self.headline.figure,) if self.headline and self.headline.figure else ()
        return self.answer.result.figures if self.answer else ()

    @property
    def unread(self) -> list[Unread]:
        """The files of the run that could not be read."""
        if self.run is None:
            return []
        rows = self.run.rows
        bad = rows[rows["error_type"] != ""]
        columns = (bad[name] for name in ("file", "error_message", "error_hint"))
        return [Unread(*cells) for cells in zip(*columns, strict=True)]

    @property
    def edited(self) -> dict[str, tuple[str, ...]]:
        """Name the thresholds of each check that aren't the shipped ones."""
        own = {check: tuple(settings) for check, settings in self.own_thresholds.items()}
        return {check: names for check, names in own.items() if check != SCENARIOS}

    @property
    def scenarios(self) -> Path | None:
        """The file of scenarios that is asked, if any."""
        file = self.own_thresholds.get(SCENARIOS, {}).get("file")
        return Path(file) if file else None

    def drawn(self, number: int) -> Drawn | XrayDemoError | None:
        """Give a figure of the chosen answer, or why there is none; None while it is drawn."""
        return self._drawn.get((self.chosen, number, self._width))

    # the cohort

    def choose(self, source: Path) -> None:
        """Take another cohort, or open a run if this is the folder of one."""
        if holds_run(source):
            self.open_run(source)
            return
        if self._is_busy():
            return
        self.source = source
        self.where_text, self.mapping, self.own_folder = "", {}, None
        self.names, self.understood = (), None
        self._understand()

    def set_where(self, words: str) -> None:
        """Take only the rows that meet these conditions; several are parted by semicolons."""
        if words != self.where_text:
            self.where_text = words
            self._understand()

    def set_class(self, label: str, class_id: str) -> None:
        """Take one of the cohort's own names for a class; "" for none."""
        self.mapping[label] = class_id
        self._understand()

    def set_folder(self, folder: Path | None) -> None:
        """Keep the run in this folder; None for the usual one."""
        if folder != self.own_folder:
            self.own_folder = folder
            self._understand()

    def refuse(self, problem: XrayDemoError) -> None:
        """Say why nothing was done."""
        self.problem = problem
        self._view.cohort_changed()

    def show_page(self, page: Page) -> None:
        """Go to another page."""
        self.page = page
        self._view.page_changed()

    # the run

    def start(self) -> None:
        """Read the cohort, or go on with it, and ask the checks."""
        engine, understood = self._engine(), self.understood
        if not self.can_run or engine is None or understood is None or understood.folder is None:
            return
        cohort, folder = understood.cohort, understood.folder.path
        self._forget_run()
        self.page = "cohort"
        self.progress, last_told = None, 0.0
        latest: Progress | None = None

        def told(progress: Progress) -> None:
            nonlocal last_told, latest
            now, latest = time.monotonic(), progress
            if now - last_told >= _SECONDS_BETWEEN_NEWS or progress.done == progress.total:
                last_told = now
                post(lambda: self._reading_went_on(progress))

        def read(future: Future[bool]) -> None:
            self.problem, self.progress = error_of(future), latest
            if self.problem or not future.result():
                self.stopped = self.problem is None
                self._note_what_is_done()
                self._view.cohort_changed()
                self._view.progress_changed()
                return
            self.open_run(folder, keep_settings=True)

        stop, post = self._begin("reading")
        self._job(
            lambda: self._work.read_all(cohort, engine, folder, told, stop.is_set), read, stop
        )
        self._view.page_changed()
        self._view.progress_changed()

    def stop(self) -> None:
        """Stop reading or asking; what is done is kept."""
        if self.can_stop:
            self._stop.set()
            self._view.cohort_changed()
            self._view.progress_changed()

    def open_run(self, folder: Path, *, keep_settings: bool = False) -> None:
        """Open a run, finished or not, and ask the checks.

        Thresholds are those that it was last asked with, unless one's own are to be kept. Results
        that are there stay as they are until the reader has something changed or asked anew: what
        they rest on may not be at hand.
        """
        if self._is_busy():
            return
        before: Page = "cohort" if self.source else "start"

        def opened(future: Future[_Opened]) -> None:
            self.problem = error_of(future)
            if self.problem:
                self.page = before
                self._view.page_changed()
                self._view.cohort_changed()
                return
            self.run, self._last, own, self.thumbnails, self.unread_count = future.result()
            self.unfinished = len(self.run) - int(self.run.was_read.sum()) - self.unread_count
            self.run_folder = folder
            self._writes = keep_settings or self._last is None or self.unfinished > 0
            if not keep_settings:
                self.beside = Beside()  # what stood beside another run is not for this one
            if not (keep_settings and self.own_thresholds):
                self.own_thresholds = own
            self._view.settings_changed()
            self.page = "verdicts"
            self._ask()
            self._view.page_changed()

        def job() -> _Opened:
            run = self._work.open_folder(folder)
            last, own = self._work.results_there(folder, run), self._work.own_thresholds(folder)
            unread = int((run.rows["error_type"] != "").sum())
            return run, last, own, self._work.prepare(run), unread

        self._forget_run()
        stop, _ = self._begin("opening")
        self._job(job, opened, stop)

    def ask_on(self) -> None:
        """Ask the checks of the open run that have no answer yet."""
        if self.run is not None and not self.doing:
            self._ask(tuple(answer.result for answer in self.answers))

    def set_thresholds(self, own: Thresholds) -> None:
        """Draw other lines between verdicts; the checks that they are for are asked anew."""
        before, self.own_thresholds = self.own_thresholds, own
        changed = {
            check for check in {*before, *own} if before.get(check, {}) != own.get(check, {})
        }
        self._settings_changed(changed)

    def set_scenarios(self, file: Path | None) -> None:
        """Ask the scenarios of another file; None for none."""
        own = {check: s for check, s in self.own_thresholds.items() if check != SCENARIOS}
        if file:
            own[SCENARIOS] = {"file": str(file)}
        before = self.scenarios
        if file == before and file:  # it has been written to
            self._settings_changed({SCENARIOS})
        self.set_thresholds(own)

    def set_beside(self, beside: Beside) -> None:
        """Put something else beside the run; the checks that look at it are asked anew."""
        before, self.beside = self.beside, beside
        changed: set[str] = set()
        for name, checks in _TOUCHED.items():
            if getattr(before, name) != getattr(beside, name):
                changed.update(checks)
        self._settings_changed(changed)

    # the verdicts

    def select(self, entry: str) -> None:
        """Show an answer: a check's id, `HEADLINE`, or `UNREADABLE`; "" for all together."""
        if entry != self.chosen:
            self.chosen = entry
            self._view.chosen_changed()
            self._draw()

    def step(self, by: int) -> None:
        """Go from one answer to the next, the gravest first."""
        entries = [a.result.check for a in self.answers]
        if self.chosen in entries:
            place = entries.index(self.chosen) + by
            if 0 <= place < len(entries):
                self.select(entries[place])

    def set_width(self, width: int, sharpness: float) -> None:
        """Draw figures this wide: pixels of the screen, and device pixels to one of those."""
        if (width, sharpness) != (self._width, self._sharpness):
            self._width, self._sharpness = width, sharpness
            self._draw()

    def show_xrays(self, positions: Sequence[int]) -> None:
        """Show X-rays of the run in the worklist, each file once."""
        if self.run is not None:
            rows = self.run.rows.iloc[list(positions)]
            labels: dict[Path, str] = {}
            for path, label in zip(rows["path"], rows["label"], strict=True):
                labels.setdefault(Path(path), label)
            self._show_files(list(labels), labels)

    # files

    def write_document(self, path: Path) -> None:
        """Write all that was found as JSON."""
        if self.document is not None:
            self.export.write_document(self.document, path)

    def write_table(self, path: Path) -> None:
        """Write the readings as a table."""
        if self.run is not None:
            self.export.write_table(self.run, path)

    def write_report(self, path: Path) -> None:
        """Write the report as PDF."""
        if self.document is not None and self.run_folder is not None:
            self.export.write_report(self.run_folder, self.document, path)

    def write_figure(self, number: int, path: Path) -> None:
        """Write a figure of the chosen answer."""
        if self.run_folder is not None and number < len(self.figures):
            self.export.write_figure(self.figures[number], self.run_folder, path)

    def engine_changed(self) -> None:
        """Take note: the model became ready, or failed; said more often, it costs nothing."""
        engine = self._engine(), self._engine_failure()
        if engine != self._last_engine:
            self._last_engine = engine
            self._view.cohort_changed()
            if engine[0] and self.page == "cohort" and self.doing in ("", "understanding"):
                self._understand()  # a half-finished run is found once the model is known

    def close(self) -> None:
        """End the threads; a run that is being read stops first, and nothing of it is lost."""
        self._closed = True
        self._stop.set()
        self.export.close()
        self._drawing.close()
        self._drawer.close()
        self._background.close()

    def stop_reading(self) -> None:
        """Have a run stopped before the engine is closed; waits a little for the last X-ray."""
        self._stop.set()
        if self.doing == "reading":
            self._idle.wait(_SECONDS_TO_STOP)

    # within

    def _is_busy(self) -> bool:
        """Tell whether a run is being read, and if so, say that nothing else can begin."""
        if self.doing != "reading":
            return False
        self.refuse(XrayDemoError(text.EVALUATE_BUSY, text.EVALUATE_BUSY_HINT))
        return True

    def _understand(self) -> None:
        """Read the cohort as it is asked for now."""
        source = self.source
        if source is None or self.doing == "reading":
            return
        where = [part.strip() for part in self.where_text.split(";") if part.strip()]
        mapping, folder = dict(self.mapping), self.own_folder
        bundle = _fingerprint(self._engine())

        def understood(future: Future[Understood]) -> None:
            self.problem = error_of(future)
            self.understood = None if self.problem else future.result()
            if self.understood:
                self.names = self.understood.names
                self.problem = self.understood.folder_problem
            elif isinstance(self.problem, BadCohort) and self.problem.labels:
                self.names = tuple(
                    OwnName(label, mapping.get(label, ""), None) for label in self.problem.labels
                )
                self.problem = XrayDemoError(self.problem.message, text.EVALUATE_SAY_WHICH)
            self._view.cohort_changed()

        self.progress, self.stopped = None, False
        stop, _ = self._begin("understanding")
        self.page = "cohort"
        self._view.page_changed()
        self._job(
            lambda: self._work.understand(source, where, mapping, folder, bundle, date.today()),
            understood,
            stop,
        )

    def _note_what_is_done(self) -> None:
        """Remember that the run's folder now holds a part of the run."""
        understood, progress = self.understood, self.progress
        if understood and understood.folder and progress:
            folder = replace(understood.folder, done=progress.done)
            self.understood = replace(understood, folder=folder)

    def _ask(self, known: tuple[CheckResult, ...] = ()) -> None:
        """Ask the checks of which no answer is known."""
        folder = self.run_folder
        assert folder is not None
        kept = {result.check for result in known}
        self.answers = [a for a in self.answers if a.result.check in kept]
        self.headline = self.document = self.asking_problem = None
        inquiry = Inquiry(folder, self.beside, self.own_thresholds, known, self._last, self._writes)
        self.asking, self._asking_pace, self._pace = None, Pace(), Pace()
        last_told = 0.0

        def told(asking: Asking | ReadingBeside) -> None:
            nonlocal last_told
            now = time.monotonic()
            begins = isinstance(asking, Asking) and not asking.share
            if now - last_told >= _SECONDS_BETWEEN_NEWS or begins:
                last_told = now
                post(lambda: self._asking_went_on(asking))

        def asked(future: Future[Finished | None]) -> None:
            self.asking_problem = error_of(future)
            finished = None if self.asking_problem else future.result()
            if finished:
                self.headline, self.document = finished.headline, finished.document
                self.asking_problem = finished.not_written
            self.asking = None
            self._view.cohort_changed()
            self._view.progress_changed()
            self._view.verdicts_changed()

        stop, post = self._begin("asking")
        self._job(
            lambda: self._work.ask_all(
                inquiry, lambda answer: post(lambda: self._answered(answer)), told, stop.is_set
            ),
            asked,
            stop,
        )
        self._view.verdicts_changed()
        self._view.progress_changed()

    def _settings_changed(self, checks: set[str]) -> None:
        """Forget what some checks said, and ask them anew if a run is open."""
        if not checks:
            return
        self._view.settings_changed()
        if self.run is None or self.doing in ("reading", "opening"):
            return
        self._drawn = {key: drawn for key, drawn in self._drawn.items() if key[0] not in checks}
        self._writes = True
        self._ask(tuple(a.result for a in self.answers if a.result.check not in checks))
        if self.chosen in checks:
            self._view.chosen_changed()

    def _begin(self, doing: Doing) -> tuple[threading.Event, Callable[[Callable[[], None]], None]]:
        """Stop what is at work in favour of something new.

        Returns
        -------
        stop : threading.Event
            Ends the new job.
        post : callable
            What the job tells on its way; said in vain once it is no longer the latest.
        """
        self._stop.set()
        self._stop = stop = threading.Event()
        self.doing, self.problem = doing, None
        self._view.cohort_changed()

        def post(news: Callable[[], None]) -> None:
            self._post(lambda: news() if self._stop is stop and not self._closed else None)

        return stop, post

    def _job(
        self, job: Callable[[], T], done: Callable[[Future[T]], None], stop: threading.Event
    ) -> None:
        def at_work() -> T:
            self._idle.clear()
            try:
                return job()
            finally:
                self._idle.set()

        def finished(future: Future[T]) -> None:
            if self._stop is stop:
                self.doing = ""
                done(future)

        self._background.run(at_work, finished)

    def _reading_went_on(self, progress: Progress) -> None:
        self.progress = progress
        self._view.progress_changed()

    def _asking_went_on(self, asking: Asking | ReadingBeside) -> None:
        what, share = _done_of(asking)
        if self.asking is None or what != _done_of(self.asking)[0]:
            self._pace = Pace()
        self.asking = asking
        self._pace.hear(share)
        self._view.progress_changed()

    def _answered(self, answer: Answer) -> None:
        from xraydemo.report.words import gravest_first

        by_check = {a.result.check: a for a in [*self.answers, answer]}
        ordered = gravest_first([a.result for a in by_check.values()])
        self.answers = [by_check[result.check] for result in ordered]
        self._view.verdicts_changed()
        if answer.result.check == self.chosen:  # it was asked anew
            self._view.chosen_changed()
            self._draw()

    def _draw(self) -> None:
        run, folder, width = self.run, self.run_folder, self._width
        if run is None or folder is None or not width:
            return
        for number, figure in enumerate(self.figures):
            key = (self.chosen, number, width)
            if key in self._drawn:
                self._view.figure_drawn(number)
            elif key not in self._draws:
                self._draws.add(key)
                self._drawing.run(
                    self._job_of_drawing(key, figure, folder, self._sharpness),
                    self._when_drawn(key, figure, run),
                )

    def _job_of_drawing(
        self, key: tuple[str, int, int], figure: Figure, folder: Path, sharpness: float
    ) -> Callable[[], Drawn | None]:
        def job() -> Drawn | None:
            if self._closed or key[0] != self.chosen or key[2] != self._width:
                return None  # nobody looks at it any more
            return self._drawer.draw_figure(figure, folder, key[2], sharpness)

        return job

    def _when_drawn(
        self, key: tuple[str, int, int], figure: Figure, run: Run
    ) -> Callable[[Future[Drawn | None]], None]:
        def done(future: Future[Drawn | None]) -> None:
            self._draws.discard(key)
            if self.run is not run:
                return
            if key[0] == self.chosen and not any(figure is shown for shown in self.figures):
                self._draw()  # the check was asked anew meanwhile
                return
            picture = error_of(future) or future.result()
            if picture is None:
                if key[0] == self.chosen and key[2] == self._width:
                    self._draw()  # it was left for another, and is looked at again
                return
            self._drawn[key] = picture
            if key[0] == self.chosen and key[2] == self._width:
                self._view.figure_drawn(key[1])

        return done

    def _forget_run(self) -> None:
        self.run = self.run_folder = self.headline = self.asking = self.asking_problem = None
        self.thumbnails = None
        self.unread_count = self.unfinished = 0
        self.answers, self.chosen, self.document = [], "", None
        self.stopped = False
        self._drawn.clear()
        self._view.verdicts_changed()
        self._view.chosen_changed()


def choices(figure: Figure) -> list[Choice]:
    """List the X-rays that stand behind the parts of a figure, all of a gallery first."""
    from xraydemo.evaluation.figures import Bars, Gallery, Grid, Scatter, Slopes
    from xraydemo.report.words import where_text

    found: list[Choice] = []
    match figure:
        case Gallery():
            found = [Choice(exhibit.caption, exhibit.positions) for exhibit in figure.exhibits]
            every = tuple(dict.fromkeys(i for choice in found for i in choice.positions))
            found.insert(0, Choice(text.EVALUATE_ALL, every))
        case Grid():
            for row, cells in zip(figure.row_labels, figure.groups, strict=False):
                for column, positions in zip(figure.column_labels, cells, strict=True):
                    words = text.cell_name(
                        figure.row_title, where_text(row), figure.column_title, where_text(column)
                    )
                    found.append(Choice(words, positions))
        case Bars() | Slopes():
            for label, positions in zip(figure.labels, figure.groups, strict=False):
                found.append(Choice(where_text(label), positions))
        case Scatter():
            for cloud in figure.clouds:
                found.append(Choice(where_text(cloud.name), cloud.positions))
    return [choice for choice in found if choice.positions]


def _done_of(asking: Asking | ReadingBeside) -> tuple[str, float]:
    """Give the name of what is at work, and the share of it that is done."""
    if isinstance(asking, ReadingBeside):
        return asking.name, asking.done / max(asking.total, 1)
    return asking.check, asking.share


def _fingerprint(engine: EngineDoor | None) -> str:
    """Give what tells the engine's model from others; "" before it is there."""
    bundle = getattr(engine, "bundle", None)
    return bundle.fingerprint if bundle else ""
