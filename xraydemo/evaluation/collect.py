"""Making a run: every X-ray of a cohort through the engine, streamed, resumable."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from xraydemo import __version__
from xraydemo.cohort.cohort import Cohort
from xraydemo.engine.client import Engine, Want
from xraydemo.engine.stream import stream
from xraydemo.errors import UnreadableImage, XrayDemoError
from xraydemo.evaluation.run import RunMeta
from xraydemo.evaluation.store import SCHEMA_VERSION, Outcome, open_store, stamp
from xraydemo.model.bundle import file_sha256
from xraydemo.model.reading import Reading
from xraydemo.radiograph import read_facts

PACKAGES = ("numpy", "openvino", "pandas", "pillow", "pydicom", "scikit-learn", "torch")
BEHIND_OTHERS = -1  # a click in the window must not wait for a run
WANTED: tuple[Want, ...] = ("maps", "embedding", "record")


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes
    ----------
    done, total : int
        Places of the cohort with an outcome, and all.
    failed : int
        Files that could not be read, of those done now.
    per_second : float
        X-rays, since this start; 0 before the first.
    """

    done: int
    total: int
    failed: int
    per_second: float

    @property
    def seconds_left(self) -> float | None:
        """Estimate the time left; None while nothing is known."""
        return (self.total - self.done) / self.per_second if self.per_second else None


def collect(
    cohort: Cohort,
    engine: Engine,
    folder: Path,
    *,
    on_progress: Callable[[Progress], None] = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> bool:
    """Read every X-ray of a cohort into the run of a folder; go on where an earlier call ended.

    Parameters
    ----------
    cohort : Cohort
    engine : Engine
        May serve others at the same time: theirs is the more urgent.
    folder : Path
        The run's; made if absent.
    on_progress : callable
        Is given a `Progress` after each X-ray.
    should_stop : callable
        Is asked after each X-ray; what is done is kept.

    Returns
    -------
    bool
        True when the run is finished, False when it was stopped.

    Raises
    ------
    XrayDemoError
        If the engine fails for good, or the folder can't be used; see `open_store`.
    """
    meta = _meta(cohort, engine)
    with open_store(folder, meta, cohort) as store:
        unread = store.unread(cohort)
        total = len(cohort.table)
        before, begun, failed = total - len(unread), time.monotonic(), 0
        on_progress(Progress(before, total, 0, 0.0))
        for done, outcome in enumerate(read_places(engine, cohort, unread), start=1):
            store.add(outcome)
            failed += isinstance(outcome.answer, XrayDemoError)
            rate = done / max(time.monotonic() - begun, 1e-9)
            on_progress(Progress(before + done, total, failed, rate))
            if should_stop() and done < len(unread):
                return False
    return True


def read_places(engine: Engine, cohort: Cohort, positions: Sequence[int]) -> Iterator[Outcome]:
    """Do a part of a run: a list of places in, their outcomes out, in the same order.

    Free of global state: several engines, on several machines, can share a cohort's places.

    Raises
    ------
    XrayDemoError
        If the engine fails for good.
    """
    problems = cohort.table["problem"].tolist()
    paths = cohort.table["path"].tolist()
    stamps = {i: stamp(paths[i]) for i in positions}
    readable = [paths[i] for i in positions if not problems[i]]
    answers = stream(engine, readable, WANTED, priority=BEHIND_OTHERS)
    for i in positions:
        if problems[i]:  # not to be touched: it may be nobody's business, or a pipe without end
            yield Outcome(i, stamps[i], "", UnreadableImage(problems[i]), {})
        else:
            yield _outcome(i, stamps[i], Path(paths[i]), next(answers))


def _outcome(position: int, when: str, path: Path, answer: Reading | XrayDemoError) -> Outcome:
    if isinstance(answer, Reading):
        assert answer.record is not None
        return Outcome(position, when, answer.record.sha256, answer, answer.record.facts)
    sha256, facts = "", dict[str, Any]()
    with suppress(OSError, XrayDemoError):  # what is wrong with the file is in the answer already
        sha256 = file_sha256(path)
        facts = read_facts(path)
    return Outcome(position, when, sha256, answer, facts)


def _meta(cohort: Cohort, engine: Engine) -> RunMeta:
    bundle = engine.bundle
    return RunMeta(
        schema_version=SCHEMA_VERSION,
        cohort={
            "name": cohort.name,
            "source": str(cohort.source),
            "source_sha256": file_sha256(cohort.source) if cohort.source.is_file() else "",
            "fingerprint": cohort.fingerprint,
            "grouping": cohort.grouping,
            "mapping": dict(cohort.mapping),
            "own_columns": list(cohort.own_columns),
            "problems": [asdict(problem) for problem in cohort.problems],
        },
        bundle={
            "name": bundle.card.name,
            "fingerprint": bundle.fingerprint,
            "folder": str(bundle.folder),
        },
        card=bundle.card,
        engine=engine.wait_until_ready(),
        versions={"xraydemo": __version__, **{name: version(name) for name in PACKAGES}},
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )
