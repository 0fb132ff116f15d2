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
from xraydemo.desktop.asking import Thresholds
from xraydemo.desktop.asking import ask_all as ask_all
from xraydemo.desktop.child import in_child
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from xraydemo.cohort.cohort import Cohort, Problem
    from xraydemo.desktop.engine_door import EngineDoor
    from xraydemo.engine.client import Engine
    from xraydemo.evaluation.collect import Progress
    from xraydemo.evaluation.figures import Figure
    from xraydemo.evaluation.run import Run

_NOT_IN_A_NAME = re.compile(r"[^\w=.-]+")
_RUN = "run.sqlite"  # the store's DATABASE; to import that takes long in the window's thread


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


def holds_run(folder: Path) -> bool:
    """Tell whether a run is kept in a folder."""
    return (folder / _RUN).is_file()


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


def prepare(run: Run) -> NDArray[Any]:
    """Load what the window is about to need, so that it doesn't wait; give the run's thumbnails.

    Returns
    -------
    ndarray of uint8, shape (n, side, side)
    """
    from xraydemo.evaluation import figures, result
    from xraydemo.report import answer, explanations, groups, words

    del figures, result, answer, groups, words  # loaded once, they are there for the window
    explanations.explanations()
    return run.arrays.thumbnails()


def write_report(
    folder: Path,
    document: Mapping[str, Any],
    path: Path,
    on_progress: Callable[[float], None],
    should_stop: Callable[[], bool],
) -> bool:
    """Write the PDF of an evaluation, in a process of its own; False if it was stopped.

    A report that was there stays then as it is, and `on_progress` is told the share that is done.

    Raises
    ------
    XrayDemoError
        If it can't be written.
    """
    return bool(
        in_child(_write_report, folder, document, path, hear=on_progress, should_stop=should_stop)
    )


def write_document(document: Mapping[str, Any], path: Path) -> None:
    """Write what was found as JSON.

    Raises
    ------
    XrayDemoError
        If it can't be written.
    """
    from xraydemo.report.results import write_results

    write_results(path, document)


def write_table(run: Run, path: Path) -> None:
    """Write the readings as CSV, or as Parquet where the name ends so.

    Raises
    ------
    XrayDemoError
        If it can't be written.
    """
    from xraydemo.report.tables import write_csv, write_parquet

    (write_parquet if path.suffix.lower() == ".parquet" else write_csv)(path, run)


def save_figure(figure: Figure, folder: Path, path: Path) -> None:
    """Write a figure of a run by the ending of the name, in a process of its own.

    Raises
    ------
    XrayDemoError
        If the file can't be written.
    """
    in_child(_save_figure, figure, folder, path)


def results_there(folder: Path, run: Run) -> dict[str, Any] | None:
    """Give the results in a run's folder, if they are of the run as it is now."""
    from xraydemo.report.answered import fitting_results

    return fitting_results(folder, run)


def own_thresholds(folder: Path) -> Thresholds:
    """Give the thresholds that a finished run was last asked with, where they aren't the shipped.

    Those that this version doesn't have any more are left out, and a file that can't be found;
    empty where nothing was asked yet.
    """
    from xraydemo.desktop.asking import RESULTS
    from xraydemo.evaluation.thresholds import load_thresholds
    from xraydemo.report.results import read_results

    try:
        asked = read_results(folder / RESULTS)["thresholds"]
    except XrayDemoError:  # none yet, or of another version: the shipped ones hold
        return {}
    own: Thresholds = {}
    for check, settings in load_thresholds().items():
        for name, shipped in settings.items():
            value = asked.get(check, {}).get(name, shipped)
            # results name a file of scenarios, and not where it is
            is_lost = name == "file" and not Path(str(value)).is_file()
            if value != shipped and not is_lost:
                own.setdefault(check, {})[name] = value
    return own


def _write_report(
    folder: Path, document: Mapping[str, Any], path: Path, tell: Callable[[object], None]
) -> bool:
    """Write the PDF; runs in the child."""
    from xraydemo.evaluation.store import open_run
    from xraydemo.report.pdf import write_pdf

    write_pdf(path, open_run(folder), document, on_progress=tell)
    return True


def _save_figure(figure: Figure, folder: Path, path: Path, _: Callable[[object], None]) -> None:
    """Write a figure; runs in the child."""
    from xraydemo.desktop.figure_work import save_figure as save
    from xraydemo.evaluation.store import open_run

    save(figure, open_run(folder), path)


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
    """Find a folder among the user's data.

    Of this run, if it was begun today, or is half-finished since another day; else a new one.
    """
    import platformdirs

    runs = Path(platformdirs.user_data_dir("xraydemo", appauthor=False)) / "runs"
    name = _NOT_IN_A_NAME.sub("-", cohort.name).strip("-.")[:80]
    number, folder = 1, runs / f"{name}-{today.isoformat()}"
    while (found := _look(cohort, folder, bundle)) is None:
        number += 1
        folder = runs / f"{name}-{today.isoformat()}-{number}"
    if found.done is None and bundle:  # else there may be those of any model
        return _half_finished(cohort, bundle, runs, name) or found
    return found


def _half_finished(cohort: Cohort, bundle: str, runs: Path, name: str) -> RunFolder | None:
    """Find this run where it was stopped on any day, the newest first; None if it wasn't."""
    # the name alone begins those of other conditions, too
    dated = re.compile(re.escape(name) + r"-(\d{4}-\d\d-\d\d)(?:-(\d+))?")
    named = [match for folder in runs.glob("*") if (match := dated.fullmatch(folder.name))]
    for match in sorted(named, key=lambda m: (m[1], int(m[2] or 1)), reverse=True):
        try:
            found = _look(cohort, runs / match[0], bundle)
        except XrayDemoError:  # of another version, or spoiled: nothing goes on there
            continue
        if found and found.done is not None and found.done < len(cohort.table):
            return found
    return None


def _look(cohort: Cohort, folder: Path, bundle: str) -> RunFolder | None:
    """Tell what is in a run's folder; None if it is another run."""
    from xraydemo.evaluation.store import open_run

    if not holds_run(folder):
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
