"""Comparing two runs, in a process of its own; the second one is made where asked for.

Knows no Qt.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

from xraydemo.desktop import text
from xraydemo.desktop.child import in_child
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xraydemo.cohort.cohort import Cohort
    from xraydemo.evaluation.collect import Progress
    from xraydemo.evaluation.compare import Comparison
    from xraydemo.evaluation.run import Run

_NOT_IN_A_NAME = re.compile(r"[^\w=.-]+")


@dataclass(frozen=True)
class RunName:
    """What a run is of, in a few words.

    Parameters
    ----------
    folder : Path
    cohort, model : str
    total : int
        X-rays.
    trained : str
        On how many X-rays the model was trained, and when.
    """

    folder: Path
    cohort: str
    model: str
    total: int
    trained: str = ""


@dataclass(frozen=True)
class ModelName:
    """A bundle that can be called by name.

    Parameters
    ----------
    folder : Path
    name : str
        The folder's.
    trained : str
        On how many X-rays it was trained, and when.
    """

    folder: Path
    name: str
    trained: str


@dataclass(frozen=True)
class Working:
    """What a comparison is at.

    Parameters
    ----------
    words : str
    share : float or None
        How much of it is done; None where that isn't known.
    """

    words: str
    share: float | None = None


@dataclass(frozen=True)
class Compared:
    """What was found, and where the X-rays of the second run are.

    Parameters
    ----------
    found : Comparison
    paths : tuple of str
        Of the second run, in its order.
    after : Path
        Folder of the second run: a new one where it was made.
    of_groups : dict of str to frozenset of int
        By the name of each group, which of the first run's X-rays are in it.
    """

    found: Comparison
    paths: tuple[str, ...]
    after: Path
    of_groups: Mapping[str, frozenset[int]] = field(default_factory=dict)


def name_run(folder: Path) -> RunName:
    """Say what a run is of.

    Raises
    ------
    XrayDemoError
        If there is none.
    """
    from xraydemo.evaluation.store import open_run
    from xraydemo.evaluation.trained import trained_on

    run = open_run(folder)
    name = run.meta.bundle["name"]
    return RunName(folder, run.meta.cohort["name"], name, len(run), trained_on(run.meta.card))


def list_models() -> tuple[ModelName, ...]:
    """List the bundles that can be called by name, the user's first; broken ones are left out."""
    from xraydemo.evaluation.trained import trained_on
    from xraydemo.model.bundle import list_bundles, load_bundle

    found: dict[str, ModelName] = {}
    for folder in list_bundles():
        with suppress(XrayDemoError):
            named = ModelName(folder, folder.name, trained_on(load_bundle(folder).card))
            found.setdefault(folder.name, named)
    return tuple(found.values())


def open_folder(folder: Path) -> Run:
    """Open a run to make a scenario of.

    Raises
    ------
    XrayDemoError
        If it is no longer there.
    """
    from xraydemo.evaluation.store import open_run

    return open_run(folder)


def compare_runs(
    before: Path,
    after: Path,
    hear: Callable[[Working], None],
    should_stop: Callable[[], bool],
) -> Compared | None:
    """Compare two runs; None if it was stopped.

    Raises
    ------
    XrayDemoError
        If a run can't be opened, or they have no X-ray in common.
    """
    found = in_child(_compare, before, after, hear=hear, should_stop=should_stop)
    return cast("Compared | None", found)


def compare_models(
    before: Path,
    bundle: Path,
    device: str,
    hear: Callable[[Working], None],
    should_stop: Callable[[], bool],
) -> Compared | None:
    """Read the cohort of a run with another model, and compare; None if it was stopped.

    What is read is kept among the user's runs: the same request goes on from there.

    Raises
    ------
    XrayDemoError
        If the cohort is no longer there as it was, or the bundle can't be used.
    """
    found = in_child(_read_and_compare, before, bundle, device, hear=hear, should_stop=should_stop)
    return cast("Compared | None", found)


def _read_and_compare(
    before: Path, bundle: Path, device: str, tell: Callable[[object], None]
) -> Compared:
    """Make the second run, and compare; runs in the child."""
    import platformdirs

    from xraydemo.engine.client import Engine
    from xraydemo.evaluation.collect import collect
    from xraydemo.evaluation.store import open_run

    run = open_run(before)
    cohort = _cohort_of(run)
    with Engine(bundle, device) as engine:
        model = engine.bundle
        name = f"{cohort.name}-{model.card.name}-{model.fingerprint[:8]}"
        runs = Path(platformdirs.user_data_dir("xraydemo", appauthor=False)) / "runs"
        after = runs / _NOT_IN_A_NAME.sub("-", name).strip("-.")

        def show(progress: Progress) -> None:
            words = text.COMPARE_READING.format(
                name=model.card.name, done=progress.done, total=progress.total
            )
            tell(Working(words, progress.done / max(progress.total, 1)))

        collect(cohort, engine, after, on_progress=show)
    return _compare(before, after, tell)


def _compare(before: Path, after: Path, tell: Callable[[object], None]) -> Compared:
    """Compare two runs; runs in the child."""
    from xraydemo.evaluation.compare import compare, match
    from xraydemo.evaluation.store import open_run
    from xraydemo.report.answered import answers_of

    a, b = open_run(before), open_run(after)
    match(a, b)  # what has nothing in common is said before the checks are asked

    def asks(check: str, number: int, total: int) -> None:
        words = text.COMPARE_ASKING.format(check=check, number=number + 1, total=total)
        tell(Working(words, number / total))

    answered = answers_of(before, after, a, b, tell=asks)
    tell(Working(text.COMPARE_WORKING))
    found = compare(
        a,
        b,
        results_a=answered.before,
        results_b=answered.after,
        sources=answered.sources,
        why_not=answered.why_not,
    )
    return Compared(found, tuple(b.rows["path"].tolist()), after, _members(a, b, found))


def _members(a: Run, b: Run, found: Comparison) -> dict[str, frozenset[int]]:
    """List the first run's X-rays in each group that a comparison names."""
    import numpy as np

    from xraydemo.evaluation.compare import FLOOR, match
    from xraydemo.evaluation.slices import class_slices, fact_slices

    places_a, places_b, _ = match(a, b)
    truth = a.truth[places_a]
    measured = places_a[(truth >= 0) & (truth == b.truth[places_b])]
    masks = {
        one.name: one.mask
        for one in (*class_slices(a, measured, FLOOR), *fact_slices(a, measured, FLOOR))
    }
    members = {}
    for group in found.groups:
        whole, _, of_class = group.where.rpartition(", class = ")
        names = [whole, f"class = {of_class}"] if whole else [group.where]
        if all(name in masks for name in names):
            inside = np.logical_and.reduce([masks[name] for name in names])
            members[group.where] = frozenset(measured[inside].tolist())
    return members


def _cohort_of(run: Run) -> Cohort:
    """Read the cohort of a run again.

    Raises
    ------
    XrayDemoError
        If it is no longer the same.
    """
    from xraydemo.cohort.cohort import read_cohort

    told = run.meta.cohort
    _, *where = told["name"].split(", ")
    cohort = read_cohort(Path(told["source"]), where=where, mapping=told["mapping"])
    if cohort.fingerprint != told["fingerprint"]:
        message = text.COMPARE_OTHER_COHORT.format(source=told["source"])
        raise XrayDemoError(message, text.COMPARE_OTHER_COHORT_HINT)
    return cohort
