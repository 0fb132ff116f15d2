"""The window with the tour in it: what it shows for each step, and pictures of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from xraydemo.cohort.demo import BOXES, HONEST, SCENARIOS, TRAP, demo_labels, demo_subjects
from xraydemo.desktop.app import engine_starter, hidden_window, save_picture, start
from xraydemo.desktop.asking import Beside
from xraydemo.desktop.background import Background, error_of
from xraydemo.desktop.parts import Bridge
from xraydemo.desktop.tour import STEPS
from xraydemo.desktop.tour_bar import TourBar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from xraydemo.desktop.tour import Subject
    from xraydemo.desktop.window import MainWindow
    from xraydemo.evaluation.result import CheckResult
    from xraydemo.evaluation.run import Run
    from xraydemo.evaluation.story import Travelled
    from xraydemo.model.reading import Reading

COVERED = "black_lungs"
SIZE = (1366, 768)
_SHOWN = 12  # phantoms in the worklist, beside the two of the story
_LOOK_MS = 200
_SECONDS_A_STEP = 240.0
_SECONDS_TO_DRAW = 20.0


def start_tour(table: Path) -> int:
    """Open the window with the tour, and stay until it is closed.

    Parameters
    ----------
    table : Path
        The demo's cohort.

    Returns
    -------
    int
        The program's exit status.
    """
    return start([], TRAP, then=lambda window: begin_tour(window, table))


def draw_tour(table: Path, runs: Path) -> Iterator[Path]:
    """Draw a picture of the window at each step; needs no display.

    Parameters
    ----------
    table : Path
        The demo's cohort.
    runs : Path
        Holds a run of it of both models, in folders of their names; the pictures go there.

    Yields
    ------
    Path
        Of a picture. A step that takes too long is drawn as it is then.
    """
    with hidden_window(SIZE) as (window, wait):
        bar = begin_tour(window, table, runs)
        window.presenter.engine.start(engine_starter(TRAP, "auto"))
        for number, _ in enumerate(STEPS, 1):
            wait(lambda: bar.tour.is_ready, _SECONDS_A_STEP)
            wait(lambda: _is_drawn(window), _SECONDS_TO_DRAW)
            bar.tour.refresh()
            wait(lambda: False, 0.3)  # for what Qt still has to lay out
            picture = runs / f"tour-{number}.png"
            save_picture(window, picture)
            yield picture
            bar.tour.go_on()


def _is_drawn(window: MainWindow) -> bool:
    """Tell whether the figures of what is chosen in Evaluate are there."""
    presenter = window.evaluate.presenter
    return all(presenter.drawn(number) for number, _ in enumerate(presenter.figures))


def begin_tour(window: MainWindow, table: Path, runs: Path | None = None) -> TourBar:
    """Put the tour into a window, and begin.

    Parameters
    ----------
    window : MainWindow
        With `TRAP` for its model, now or soon.
    table : Path
        The demo's cohort.
    runs : Path, optional
        Where there are runs of both models already; else they are made among the user's data.
    """
    stage = WindowStage(window, table, runs)
    bar = TourBar(stage, window)
    window.closing.connect(bar.stop)
    stage.prepare()
    bar.begin()
    return bar


class WindowStage(QObject):
    """A window as the tour's stage; see `xraydemo.desktop.tour.Stage`.

    Parameters
    ----------
    window, table, runs
        See `begin_tour`.
    """

    def __init__(self, window: MainWindow, table: Path, runs: Path | None) -> None:
        super().__init__(window)
        self._window = window
        self._table = table
        self._runs = runs
        self._labels = demo_labels(table)
        self._ill, self._healthy = demo_subjects(table)
        self._measuring = Background(Bridge(self).post, threads=1)
        self._waiting: list[tuple[Callable[[], bool], Callable[[], None]]] = []
        self._known: dict[str, Travelled] = {}
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self._do_what_is_due)
        self._look.start()
        window.closing.connect(self._look.stop)
        window.closing.connect(self._measuring.close)

    def prepare(self) -> None:
        """Open the phantoms, and have both hospitals read and all checks asked meanwhile."""
        self._open()
        evaluate = self._window.evaluate.presenter
        evaluate.set_beside(Beside(boxes=self._table.with_name(BOXES)))
        evaluate.set_scenarios(self._table.with_name(SCENARIOS))
        if self._runs:
            # a run's results name the file of its scenarios, and not where it is
            evaluate.open_run(self._runs / TRAP, keep_settings=True)
        else:
            evaluate.choose(self._table)
            self._when(lambda: evaluate.can_run, evaluate.start)
        self._when(lambda: evaluate.run is not None, lambda: self._measure(TRAP, evaluate.run))

    # what the tour has the window do

    def read(self, subject: Subject) -> None:
        """Show one of the two X-rays of the story in Read, with its heat map."""
        self._window.go_to(self._window.read)
        self._select(self._ill if subject == "ill" else self._healthy)
        self._window.presenter.layers.show_layer("heatmap")

    def show_verdicts(self) -> None:
        """Show the cards of all checks."""
        self._window.go_to(self._window.evaluate)
        self._window.evaluate.presenter.select("")

    def show_check(self, check: str) -> None:
        """Show what a check found, as soon as it is known."""
        self._window.go_to(self._window.evaluate)
        presenter = self._window.evaluate.presenter
        self._when(lambda: self.found(check) is not None, lambda: presenter.select(check))

    def cover_lungs(self) -> None:
        """Lay the healthy X-ray onto the bench, and cover its lungs."""
        self._select(self._healthy)
        bench = self._window.bench
        self._window.go_to(bench)
        bench.presenter.clear()
        bench.presenter.add(COVERED)

    def compare(self) -> None:
        """Compare with the honest model; reads the cohort with it where there is no run yet."""
        self._window.go_to(self._window.compare)
        presenter, evaluate = self._window.compare.presenter, self._window.evaluate.presenter
        if presenter.compared or presenter.is_at_work:
            return

        def choose() -> None:
            assert evaluate.run_folder is not None
            presenter.choose("before", evaluate.run_folder)
            if self._runs:
                presenter.choose("after", self._runs / HONEST)
                self._when(lambda: presenter.can_compare, presenter.compare)
            else:
                from xraydemo.model.bundle import find_bundle

                honest = find_bundle(HONEST)
                self._when(lambda: presenter.can_read, lambda: presenter.read_with(honest))

        self._when(lambda: evaluate.run_folder is not None, choose)
        self._when(lambda: presenter.compared is not None, self._measure_honest)

    # what is known there

    @property
    def travelled(self) -> Travelled | None:
        """The model at home and elsewhere; None while X-rays are being read."""
        return self._known.get(TRAP)

    @property
    def of_honest(self) -> Travelled | None:
        """The same of the honest model; None while the two are being compared."""
        return self._known.get(HONEST)

    @property
    def reading(self) -> Reading | None:
        """What the model says of the X-ray that is shown."""
        return self._window.presenter.reading if self._window.settled else None

    @property
    def what_if(self) -> tuple[Reading, Reading] | None:
        """What it says of the healthy X-ray, before and after."""
        bench = self._window.bench.presenter
        answers = bench.before, bench.after
        if bench.subject != self._healthy or bench.is_waiting or None in answers:
            return None
        return bench.before, bench.after  # type: ignore[return-value]

    @property
    def asked(self) -> tuple[int, int]:
        """How many checks have answered, and how many have failed."""
        verdicts = [answer.result.verdict for answer in self._window.evaluate.presenter.answers]
        return len(verdicts), sum(verdict.value == "fail" for verdict in verdicts)

    @property
    def is_asked(self) -> bool:
        """Whether all have answered."""
        return self._window.evaluate.presenter.headline is not None

    def found(self, check: str) -> CheckResult | None:
        """Give what a check found; None before that."""
        answers = self._window.evaluate.presenter.answers
        return next((a.result for a in answers if a.result.check == check), None)

    # within

    def _open(self) -> None:
        others = [path for path in self._labels if path not in (self._ill, self._healthy)]
        every = max(1, len(others) // _SHOWN)
        paths = [self._ill, self._healthy, *others[::every][:_SHOWN]]
        self._window.open(paths, self._labels)

    def _select(self, path: Path) -> None:
        """Make an X-ray the current one, once it is in the worklist."""
        presenter = self._window.presenter

        def row() -> int:
            return next((item.row for item in presenter.items if item.path == path), -1)

        if row() < 0 and not presenter.searching:
            self._open()  # the reader opened something else meanwhile
        if row() >= 0:
            presenter.select(row())
        else:
            self._when(lambda: row() >= 0, lambda: presenter.select(row()))

    def _measure(self, name: str, run: Run | None) -> None:
        """Measure a run, in a thread."""
        from xraydemo.evaluation.story import travelled

        if run is not None:
            self._measuring.run(lambda: travelled(run), self._note(name))

    def _measure_honest(self) -> None:
        compared = self._window.compare.presenter.compared
        if compared is None:
            return
        folder = compared.after

        def job() -> Travelled:
            from xraydemo.evaluation.store import open_run
            from xraydemo.evaluation.story import travelled

            return travelled(open_run(folder))

        self._measuring.run(job, self._note(HONEST))

    def _note(self, name: str) -> Callable[[Future[Travelled]], None]:
        def done(future: Future[Travelled]) -> None:
            error = error_of(future)
            if error:
                self._window.notice(str(error))
            else:
                self._known[name] = future.result()

        return done

    def _when(self, ready: Callable[[], bool], act: Callable[[], None]) -> None:
        """Do something as soon as it can be done."""
        self._waiting.append((ready, act))
        self._do_what_is_due()

    def _do_what_is_due(self) -> None:
        due = [one for one in self._waiting if one[0]()]
        self._waiting = [one for one in self._waiting if one not in due]
        for _, act in due:
            act()
