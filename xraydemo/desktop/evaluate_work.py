"""What evaluating a cohort takes, as jobs for a thread: the heavy imports are in here, late.

Knows no Qt. Each function is given what it needs and gives plain data back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from xraydemo.classes import CLASSES
from xraydemo.desktop import text
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from multiprocessing.connection import Connection

    from numpy.typing import NDArray

    from xraydemo.cohort.cohort import Cohort, Problem
    from xraydemo.desktop.presenter import EngineDoor
    from xraydemo.engine.client import Engine
    from xraydemo.evaluation.collect import Progress
    from xraydemo.evaluation.figures import Figure
    from xraydemo.evaluation.headline import Headline
    from xraydemo.evaluation.result import CheckResult
    from xraydemo.evaluation.run import Run

_SECONDS_BETWEEN_LOOKS = 0.1
_NICENESS = 5  # the window, and the model that it waits for, come first
_NOT_IN_A_NAME = re.compile(r"[^\w=.-]+")


@dataclass(frozen=True)
class OwnName:
    """One of the cohort's own names of classes.

    Parameters
    ----------
    label : str
        As found.
    class_id : str
        What it is taken for; "" for none of the classes.
    n : int or None
        X-rays that bear it; None where they could not be counted.
    """

    label: str
    class_id: str
    n: int | None


@dataclass(frozen=True)
class RunFolder:
    """Where a run is to be kept, and what is there already.

    Parameters
    ----------
    path : Path
    done : int or None
        X-rays that a run there has an outcome for; None where there is no run.
    """

    path: Path
    done: int | None = None


@dataclass(frozen=True)
class Understood:
    """A cohort as it was understood.

    Parameters
    ----------
    cohort : Cohort
    total : int
        X-rays.
    counts : tuple of (str, int)
        X-rays of each class in the fixed order, then of "": without a label.
    unusable : int
        X-rays whose file is known to be unreadable before it is tried.
    names : tuple of OwnName
    folder : RunFolder or None
    folder_problem : XrayDemoError or None
        Why the run can't be kept where it was to be.
    """

    cohort: Cohort
    total: int
    counts: tuple[tuple[str, int], ...]
    unusable: int
    names: tuple[OwnName, ...]
    folder: RunFolder | None
    folder_problem: XrayDemoError | None = None

    @property
    def name(self) -> str:
        """What the cohort is called."""
        return self.cohort.name

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong with it."""
        return self.cohort.problems


@dataclass(frozen=True)
class Answer:
    """A check's answer, with the question."""

    question: str
    result: CheckResult


@dataclass(frozen=True)
class Asking:
    """Which check is being asked.

    Parameters
    ----------
    check : str
        Its id.
    share : float
        How much of it is done, in [0, 1].
    number, total : int
        The how manieth it is, from 0, and of how many.
    """

    check: str
    share: float
    number: int
    total: int


def understand(
    source: Path,
    where: Sequence[str],
    mapping: Mapping[str, str],
    folder: Path | None,
    bundle: str,
    today: date,
) -> Understood:
    """Read a cohort and find a place for its run.

    Parameters
    ----------
    source : Path
        A CSV, a folder, ...: see `read_cohort`.
    where, mapping
        See `read_cohort`.
    folder : Path or None
        The run's; None for one among the user's data.
    bundle : str
        Fingerprint of the model; "" where it isn't known yet.
    today : date
        Is part of the name of a new folder.

    Raises
    ------
    BadCohort
        If the source can't be used.
    """
    from xraydemo.cohort.cohort import read_cohort

    cohort = read_cohort(source, where=where, mapping=mapping)
    labels = cohort.table["label"].value_counts().to_dict()
    given = cohort.table["given_label"].value_counts().to_dict()
    place, problem = None, None
    try:
        place = (
            _own_folder(cohort, folder, bundle) if folder else _usual_folder(cohort, bundle, today)
        )
    except XrayDemoError as error:
        problem = error
    return Understood(
        cohort,
        len(cohort.table),
        tuple((class_id, int(labels.get(class_id, 0))) for class_id in (*CLASSES, "")),
        int((cohort.table["problem"] != "").sum()),
        tuple(OwnName(own, name, int(given.get(own, 0))) for own, name in cohort.mapping.items()),
        place,
        problem,
    )


def read_all(
    cohort: Cohort,
    engine: EngineDoor,
    folder: Path,
    on_progress: Callable[[Progress], None],
    should_stop: Callable[[], bool],
) -> bool:
    """Read a cohort into a run; False if it was stopped."""
    from xraydemo.evaluation.collect import collect

    return collect(
        cohort, cast("Engine", engine), folder, on_progress=on_progress, should_stop=should_stop
    )


def open_folder(folder: Path) -> Run:
    """Open a run to look at.

    Raises
    ------
    XrayDemoError
        If there is none.
    """
    from xraydemo.evaluation.store import open_run

    return open_run(folder)


def ask_all(
    folder: Path,
    on_answer: Callable[[Answer], None],
    on_asking: Callable[[Asking], None],
    should_stop: Callable[[], bool],
) -> Headline | None:
    """Ask every check of a run, one after the other; None if it was stopped.

    The checks work in a process of their own: it can be ended in the middle of a check, and the
    window doesn't wait for Python's lock, as it would for some 0.3 s at a time with a thread.

    Raises
    ------
    XrayDemoError
        If the run can't be opened, or the process ends before its time.
    """
    import multiprocessing

    context = multiprocessing.get_context("spawn")
    hear, tell = context.Pipe(duplex=False)
    child = context.Process(target=_ask_in_child, args=(folder, tell), daemon=True)
    child.start()
    tell.close()  # the child has its own end: when it ends, so does the pipe
    try:
        while not should_stop():
            if not hear.poll(_SECONDS_BETWEEN_LOOKS):
                continue
            match hear.recv():
                case Answer() as answer:
                    on_answer(answer)
                case Asking() as asking:
                    on_asking(asking)
                case XrayDemoError() as error:
                    raise error
                case found:
                    return cast("Headline", found)
    except EOFError as error:
        child.join()
        message = text.CHECKS_ENDED.format(code=child.exitcode)
        raise XrayDemoError(message, text.CHECKS_ENDED_HINT) from error
    finally:
        child.kill()
        child.join()
        hear.close()
    return None


def _ask_in_child(folder: Path, tell: Connection) -> None:
    """Ask every check, tell each answer and the headline; runs in a process of its own."""
    import os
    from contextlib import ExitStack

    if hasattr(os, "nice"):
        os.nice(_NICENESS)

    from xraydemo.engine.client import Engine
    from xraydemo.evaluation.beside import bundle_of, given_with
    from xraydemo.evaluation.headline import headline
    from xraydemo.evaluation.runner import chosen_checks, run_checks
    from xraydemo.evaluation.store import open_run
    from xraydemo.evaluation.thresholds import load_thresholds

    questions = {check.id: check.question for check in chosen_checks(None)}
    order = list(questions)
    results = []
    try:
        run = open_run(folder)
        with ExitStack() as stack:
            bundle = bundle_of(run)
            device = run.meta.engine["device"]
            engine = stack.enter_context(Engine(bundle.folder, device)) if bundle else None
            asked = run_checks(
                run,
                load_thresholds(),
                given=stack.enter_context(given_with(engine, run, folder)),
                progress=lambda check, share: tell.send(
                    Asking(check, share, order.index(check), len(order))
                ),
            )
            for result in asked:
                results.append(result)
                tell.send(Answer(questions[result.check], result))
        tell.send(headline(run, results))
    except XrayDemoError as error:
        tell.send(error)


def draw_figure(figure: Figure, run: Run, width: int, sharpness: float) -> NDArray[Any]:
    """Draw a figure as it is in the report.

    Parameters
    ----------
    figure : Figure
    run : Run
    width : int
        Pixels of the screen at most.
    sharpness : float
        Device pixels to one of those.

    Returns
    -------
    ndarray of uint8, shape (height, width, 4)
        RGBA, in device pixels.
    """
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from xraydemo.report.drawing import draw

    inches = min(max(width / _PIXELS_PER_INCH, 4.6), 9.0)
    drawing = draw(figure, run, width=inches)
    drawing.set_dpi(min(_PIXELS_PER_INCH, width / inches) * sharpness)
    canvas = FigureCanvasAgg(drawing)
    canvas.draw()  # type: ignore[no-untyped-call]
    return np.array(canvas.buffer_rgba())  # type: ignore[no-untyped-call]


_PIXELS_PER_INCH = 110.0  # its letters of 8 points are then about as large as the window's


def _own_folder(cohort: Cohort, folder: Path, bundle: str) -> RunFolder:
    """Look at a folder that the user chose."""
    folder = folder.expanduser()
    if not folder.is_absolute():
        raise XrayDemoError(text.EVALUATE_NOT_ABSOLUTE.format(folder=folder), text.EVALUATE_ELSE)
    if _is_among_the_xrays(cohort, folder):
        raise XrayDemoError(text.EVALUATE_AMONG.format(folder=folder), text.EVALUATE_ELSE)
    found = _look(cohort, folder, bundle)
    if found is None:
        raise XrayDemoError(text.EVALUATE_OTHER_RUN.format(folder=folder), text.EVALUATE_ELSE)
    return found


def _usual_folder(cohort: Cohort, bundle: str, today: date) -> RunFolder:
    """Find a folder among the user's data: of this run, if it was begun today, or a new one."""
    import platformdirs

    runs = Path(platformdirs.user_data_dir("xraydemo", appauthor=False)) / "runs"
    name = _NOT_IN_A_NAME.sub("-", cohort.name).strip("-.")[:80]
    number, folder = 1, runs / f"{name}-{today.isoformat()}"
    while (found := _look(cohort, folder, bundle)) is None:
        number += 1
        folder = runs / f"{name}-{today.isoformat()}-{number}"
    return found


def _look(cohort: Cohort, folder: Path, bundle: str) -> RunFolder | None:
    """Tell what is in a run's folder; None if it is another run."""
    from xraydemo.evaluation.store import DATABASE, open_run

    if not (folder / DATABASE).exists():
        return RunFolder(folder)
    run = open_run(folder)
    is_same = run.meta.cohort["fingerprint"] == cohort.fingerprint
    if not is_same or (bundle and run.meta.bundle["fingerprint"] != bundle):
        return None
    failed = run.rows["error_type"] != ""
    return RunFolder(folder, int((run.was_read | failed.to_numpy()).sum()))


def _is_among_the_xrays(cohort: Cohort, folder: Path) -> bool:
    """Tell whether a run's files would lie where the cohort's do."""
    folder, source = folder.resolve(), cohort.source.resolve()
    if source.is_dir():
        return folder.is_relative_to(source)
    homes = {str(Path(path).parent) for path in cohort.table["path"]}
    return folder == source.parent or folder in {Path(home).resolve() for home in homes}
