"""Asking the checks of a run, in a process of their own. Knows no Qt."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from xraydemo.desktop import text
from xraydemo.desktop.child import in_child
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from xraydemo.engine.client import Engine
    from xraydemo.evaluation.check import Check
    from xraydemo.evaluation.collect import Progress
    from xraydemo.evaluation.given import Given
    from xraydemo.evaluation.headline import Headline
    from xraydemo.evaluation.result import CheckResult
    from xraydemo.evaluation.run import Run

Thresholds = dict[str, dict[str, Any]]
RESULTS, TABLE = "results.json", "predictions.csv"

_GROUPS = ("data", "performance", "confounder", "shift")
_ASK_MUCH = ("confounder.encoded", "confounder.parity", "shift.ood_auroc")
"""Checks that ask the model again where they can, though they do without."""


@dataclass(frozen=True)
class Beside:
    """What is to stand beside a run; see `xraydemo.evaluation.given.Given`.

    Parameters
    ----------
    reference : Path or None
        A run's folder, or a cohort.
    ood : tuple of (str, Path)
        Cohorts of pictures that the model was not made for, each with the name of its kind.
    pairs : (Path, Path) or None
        Two folders with the same X-rays under the same names.
    boxes : Path or None
        A table of boxes around findings.
    """

    reference: Path | None = None
    ood: tuple[tuple[str, Path], ...] = ()
    pairs: tuple[Path, Path] | None = None
    boxes: Path | None = None


@dataclass(frozen=True)
class Inquiry:
    """What is to be asked.

    Parameters
    ----------
    folder : Path
        The run's.
    beside : Beside
    own : mapping of str to dict
        Thresholds that differ from the shipped ones, a section a check.
    known : tuple of CheckResult
        Answers that hold already: these checks are not asked.
    last : dict or None
        The results of the run as it is, from when it was opened. What they hold and can't be asked
        without the data of then is taken from them.
    writes : bool
        Whether what is found becomes the run's results.
    """

    folder: Path
    beside: Beside = Beside()
    own: Thresholds = field(default_factory=dict)
    known: tuple[CheckResult, ...] = ()
    last: dict[str, Any] | None = None
    writes: bool = True


@dataclass(frozen=True)
class Answer:
    """A check's answer, with the question.

    Parameters
    ----------
    question : str
    result : CheckResult
    is_taken : bool
        Whether it was found with data that isn't given now, and is taken from the run's results.
    """

    question: str
    result: CheckResult
    is_taken: bool = False


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
    asks_model : bool
        Whether it asks the model again, which takes minutes.
    """

    check: str
    share: float
    number: int
    total: int
    asks_model: bool = False


@dataclass(frozen=True)
class ReadingBeside:
    """What is being read to stand beside the run.

    Parameters
    ----------
    name : str
        The reference, or the name of a kind; in words.
    done, total : int
        X-rays.
    """

    name: str
    done: int
    total: int


@dataclass(frozen=True)
class Finished:
    """All that was found.

    Parameters
    ----------
    headline : Headline
    document : dict
        What is written as ``results.json``.
    not_written : XrayDemoError or None
        Why it could not be written into the run's folder.
    """

    headline: Headline
    document: dict[str, Any]
    not_written: XrayDemoError | None = None


def ask_all(
    inquiry: Inquiry,
    on_answer: Callable[[Answer], None],
    on_asking: Callable[[Asking | ReadingBeside], None],
    should_stop: Callable[[], bool],
) -> Finished | None:
    """Ask the checks of a run, the quick ones first; None if it was stopped.

    What the model answers on the way is kept with the run, also when it is stopped in the middle.

    Raises
    ------
    XrayDemoError
        If the run or what stands beside it can't be opened, or the process ends before its time.
    """

    def hear(news: object) -> None:
        if isinstance(news, Answer):
            on_answer(news)
        else:
            on_asking(cast("Asking | ReadingBeside", news))

    return cast("Finished | None", in_child(_ask, inquiry, hear=hear, should_stop=should_stop))


def merged(own: Mapping[str, Mapping[str, Any]]) -> Thresholds:
    """Give all thresholds: the shipped ones, and over them one's own."""
    from xraydemo.evaluation.thresholds import load_thresholds

    thresholds = load_thresholds()
    for check, settings in own.items():
        thresholds[check] |= settings
    return thresholds


def in_order(checks: Sequence[Check]) -> list[Check]:
    """Put the checks that ask the model again last: the others answer in seconds."""

    def place(check: Check) -> tuple[bool, int, str]:
        group = check.id.partition(".")[0]
        known = _GROUPS.index(group) if group in _GROUPS else len(_GROUPS)
        return asks_model(check), known, check.id

    return sorted(checks, key=place)


def asks_model(check: Check) -> bool:
    """Tell whether a check asks the model again."""
    return "engine" in check.needs or check.id in _ASK_MUCH


def _ask(inquiry: Inquiry, tell: Callable[[object], None]) -> Finished:
    """Ask every check, tell each answer; runs in the child."""
    from xraydemo.evaluation.headline import headline
    from xraydemo.evaluation.runner import chosen_checks, run_checks
    from xraydemo.evaluation.store import open_run
    from xraydemo.report.results import results_json
    from xraydemo.report.taken import given_then, taken_from

    last, thresholds = inquiry.last, merged(inquiry.own)
    seed = last["seed"] if last else 0
    checks = in_order(chosen_checks(None))
    run = open_run(inquiry.folder)
    with _given(inquiry, run, tell) as given:
        taken = {r.check: r for r in taken_from(last, thresholds, given)} if last else {}
        results = {result.check: result for result in inquiry.known}
        for check in checks:
            if check.id in taken and check.id not in results:
                tell(Answer(check.question, taken[check.id], is_taken=True))
        results |= taken
        asked = [check for check in checks if check.id not in results]
        for number, check in enumerate(asked):

            def went_on(name: str, share: float, number: int = number, at: Check = check) -> None:
                tell(Asking(name, share, number, len(asked), asks_model(at)))

            for result in run_checks(
                run, thresholds, only=[check.id], given=given, seed=seed, progress=went_on
            ):
                results[result.check] = result
                tell(Answer(check.question, result))
        ordered = [results[check_id] for check_id in sorted(results)]
        found = headline(run, ordered)
        if last:  # the name of the file of scenarios is among them
            thresholds |= {check: last["thresholds"].get(check, {}) for check in taken}
        document = results_json(run, ordered, found, seed=seed, thresholds=thresholds, given=given)
        if last:
            document["given"] |= given_then(last, given, taken.values())
    return _written(inquiry, run, Finished(found, document))


@contextmanager
def _given(inquiry: Inquiry, run: Run, tell: Callable[[object], None]) -> Iterator[Given]:
    """Open what stands beside a run, with the model that made it."""
    from xraydemo.engine.client import Engine
    from xraydemo.evaluation.beside import bundle_of, given_with, pairs_of, read_boxes

    folder, beside = inquiry.folder, inquiry.beside
    pairs = pairs_of(*beside.pairs) if beside.pairs else ()
    boxes = read_boxes(beside.boxes, run.rows) if beside.boxes else {}
    with ExitStack() as stack:
        bundle = bundle_of(run)
        device = run.meta.engine["device"]
        engine = stack.enter_context(Engine(bundle.folder, device)) if bundle else None
        reference = None
        if beside.reference:
            reference = _read(beside.reference, text.THE_REFERENCE, engine, folder, tell)
        ood = {
            name: _read(source, name, engine, folder, tell, labelled=False)
            for name, source in beside.ood
        }
        yield stack.enter_context(
            given_with(engine, folder, reference=reference, ood=ood, pairs=pairs, boxes=boxes)
        )


def _written(inquiry: Inquiry, run: Run, finished: Finished) -> Finished:
    """Make what was found the run's results, if it is to be; else they stay as they are."""
    from xraydemo.report.results import write_results
    from xraydemo.report.tables import write_csv

    document, last = finished.document, inquiry.last
    if not inquiry.writes:
        # where the same was found, a report of it belongs to the results that are there
        if last and document | {"created": last["created"]} == last:
            return replace(finished, document=last)
        return finished
    try:
        write_results(inquiry.folder / RESULTS, document)
        write_csv(inquiry.folder / TABLE, run)
    except XrayDemoError as error:  # what was found is worth showing all the same
        return replace(finished, not_written=error)
    return finished


def _read(
    source: Path,
    name: str,
    engine: Engine | None,
    folder: Path,
    tell: Callable[[object], None],
    *,
    labelled: bool = True,
) -> Run:
    """Open what is to stand beside a run, or read it with the run's own model."""
    from xraydemo.evaluation.beside import find_beside, run_beside

    if engine is None:
        raise XrayDemoError(text.BESIDE_NO_MODEL.format(name=name), text.BESIDE_NO_MODEL_HINT)

    def show(progress: Progress) -> None:
        tell(ReadingBeside(name, progress.done, progress.total))

    found = find_beside(source, engine.bundle, labelled=labelled)
    return run_beside(found, engine, folder, show)
