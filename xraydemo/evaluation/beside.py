"""Bringing together what stands beside a run: the model, its dossier, and other data."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pandas as pd

from xraydemo.cohort.cohort import Cohort, read_cohort
from xraydemo.engine.client import Engine
from xraydemo.errors import BadCohort, XrayDemoError, why
from xraydemo.evaluation.collect import Progress, collect
from xraydemo.evaluation.engine_laboratory import EngineLaboratory
from xraydemo.evaluation.given import Box, Given
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.store import DATABASE, open_run
from xraydemo.model.bundle import Bundle, load_bundle
from xraydemo.model.dossier import load_dossier

BESIDE = "beside"
ROUNDING = 0.01  # of boxes that were kept with few digits
BOX_COLUMNS = ["x", "y", "width", "height"]
Show = Callable[[Progress], None]


@contextmanager
def given_with(
    engine: Engine | None,
    folder: Path,
    *,
    reference: Run | None = None,
    ood: Mapping[str, Run] | None = None,
    pairs: tuple[tuple[str, str], ...] = (),
    boxes: Mapping[str, tuple[Box, ...]] | None = None,
) -> Iterator[Given]:
    """Open what the checks of a run are given.

    Parameters
    ----------
    engine : Engine, optional
        Of the run's own bundle; without it nothing can be asked again.
    folder : Path
        The run's.
    reference, ood, pairs, boxes
        See `Given`.
    """
    with ExitStack() as stack:
        laboratory = stack.enter_context(EngineLaboratory(engine, folder)) if engine else None
        bundle = engine.bundle if engine else None
        yield Given(
            reference=reference,
            laboratory=laboratory,
            dossier=load_dossier(bundle) if bundle else None,
            ood=ood or {},
            pairs=pairs,
            boxes=boxes or {},
        )


def bundle_of(run: Run) -> Bundle | None:
    """Find the bundle that made a run; None if it is gone, or has been changed since."""
    try:
        bundle = load_bundle(run.meta.bundle["folder"])
    except XrayDemoError:
        return None
    return bundle if bundle.fingerprint == run.meta.bundle["fingerprint"] else None


def find_beside(source: Path, bundle: Bundle, *, labelled: bool = True) -> Run | Cohort:
    """Open what is to stand beside a run: another run, or a cohort that is still to be read.

    Parameters
    ----------
    source : Path
        A folder with a run, or a cohort as `read_cohort` reads it.
    bundle : Bundle
        Of the main run.
    labelled : bool
        False for pictures that the model was not made for: they belong to no class.

    Raises
    ------
    XrayDemoError
        If it can't be read, or the run is of another bundle: its numbers would not compare.
    """
    if not (source / DATABASE).is_file():
        return read_cohort(source, labelled=labelled)
    run = open_run(source)
    if run.meta.bundle["fingerprint"] != bundle.fingerprint:
        raise XrayDemoError(
            f"The run in {source} is of another bundle ({run.meta.bundle['name']})",
            "Give the cohort itself: it is then read with this one",
        )
    return run


def run_beside(
    found: Run | Cohort,
    engine: Engine,
    folder: Path,
    show: Show = lambda _: None,
) -> Run:
    """Give what `find_beside` has found as a run: a cohort is read.

    Parameters
    ----------
    found : Run or Cohort
    engine : Engine
    folder : Path
        Of the main run; a new one lies below it.
    show : callable
        Is told the progress of a new one.
    """
    if isinstance(found, Run):
        return found
    own = folder / BESIDE / found.fingerprint[:16]
    collect(found, engine, own, on_progress=show)
    return open_run(own)


def pairs_of(first: Path, second: Path) -> tuple[tuple[str, str], ...]:
    """Pair the files of two folders that have the same name.

    Raises
    ------
    BadCohort
        If no name stands in both.
    """
    a, b = (_files(folder) for folder in (first, second))
    names = sorted(set(a) & set(b))
    if not names:
        message = f"No file of {first} has a namesake in {second}"
        raise BadCohort(message, "The same X-ray must have the same name in both folders")
    return tuple((a[name], b[name]) for name in names)


def _files(folder: Path) -> dict[str, str]:
    table = read_cohort(folder, labelled=False).table
    usable = table[table["problem"] == ""]
    return dict(zip(usable["file"], usable["path"], strict=True))


def read_boxes(csv: Path, rows: pd.DataFrame) -> dict[str, tuple[Box, ...]]:
    """Read boxes around findings.

    Parameters
    ----------
    csv : Path
        With the columns `file` (relative to the table, as in a cohort), `x`, `y` (the left upper
        corner), `width` and `height`, as fractions of the X-ray's width and height; a row a box.
    rows : DataFrame
        Of a cohort or run: `file` and `path` of each X-ray.

    Returns
    -------
    dict of str to tuple of Box
        By `file`; boxes of other X-rays are left out.

    Raises
    ------
    BadCohort
        If a column is missing, a number is out of range, or no box is of an X-ray of `rows`.
    """
    try:
        table = pd.read_csv(csv, dtype={"file": str}, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise BadCohort(f"The boxes {csv} can't be read: {why(error)}", "Give a CSV") from error
    missing = [name for name in ("file", *BOX_COLUMNS) if name not in table]
    if missing:
        raise BadCohort(f"{csv} has no column {missing[0]}", "It needs file, x, y, width, height")
    numbers = table[BOX_COLUMNS].apply(pd.to_numeric, errors="coerce")
    within = numbers.apply(lambda column: column.between(0, 1)).all(axis=1)
    for start, size in (("x", "width"), ("y", "height")):
        within &= numbers[start] + numbers[size] <= 1 + ROUNDING
    wrong = ~within
    if wrong.any():
        line = int(wrong.idxmax()) + 2
        hint = "x, y, width and height are fractions of the X-ray's width and height, from 0 to 1"
        raise BadCohort(f"{csv}, line {line}: the box is not within the X-ray", hint)
    file_of = dict(zip(rows["path"], rows["file"], strict=True))
    boxes: dict[str, tuple[Box, ...]] = {}
    for name, (x, y, width, height) in zip(table["file"], numbers.to_numpy(), strict=True):
        place = csv.parent / name.strip().replace("\\", "/")
        file = file_of.get(os.path.abspath(place))  # noqa: PTH100  as cohorts do
        if file is not None:
            boxes[file] = (*boxes.get(file, ()), (float(x), float(y), float(width), float(height)))
    if not boxes:
        message = f"No box of {csv} is of an X-ray of this cohort"
        raise BadCohort(message, "Its files are looked for beside it")
    return boxes
