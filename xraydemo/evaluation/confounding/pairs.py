"""The same X-ray through two pipelines: which files of a run, or beside it, are such pairs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.run import Run
from xraydemo.radiograph import read_facts

OUTSIDE = -1
TRUE = ("true", "yes", "1")


@dataclass(frozen=True)
class Side:
    """One of the two files.

    Attributes
    ----------
    path : str
    position : int
        In the run; `OUTSIDE` for a file that isn't in it.
    """

    path: str
    position: int = OUTSIDE


@dataclass(frozen=True)
class Pair:
    """The same X-ray twice.

    Attributes
    ----------
    first, second : Side
        In the order in which `kind` names them.
    kind : str
        What the two differ in: their format ("DICOM MONOCHROME1 and JPEG"), else their source or
        folder ("nih and rsna-1024"), else "two JPEG files".
    seen : bool
        Whether one of them is known to have been trained on.
    """

    first: Side
    second: Side
    kind: str
    seen: bool


def find_pairs(run: Run, given: Iterable[tuple[str, str]]) -> list[Pair]:
    """Find the pairs of a run.

    They come from its column `same_as` (a path relative to the table's folder), from those that
    are given, and from near-duplicates within the run that have another source or format. Each is
    found once.

    Parameters
    ----------
    run : Run
    given : iterable of (str, str)
        Paths.

    Returns
    -------
    list of Pair
        A file that can't be read gives a pair, too: asking the model about it will tell.
    """
    position_of = {_absolute(path): i for i, path in enumerate(run.rows["path"])}
    described = _Described(run)
    found: dict[frozenset[str], Pair] = {}
    for path_a, path_b in (*_by_column(run), *given, *_by_twins(run, described)):
        sides = [Side(p, position_of.get(_absolute(p), OUTSIDE)) for p in (path_a, path_b)]
        key = frozenset(_absolute(side.path) for side in sides)
        if len(key) == 2 and key not in found:
            found[key] = _pair(sides, described)
    return list(found.values())


def from_cohort(run: Run, path: str) -> str:
    """Give the way to a file from the folder of the run's cohort; `path` where there is none."""
    try:
        return Path(os.path.relpath(path, _folder(run))).as_posix()
    except ValueError:  # on another drive
        return path


def beside_cohort(run: Run, way: str) -> Path:
    """Give the place of a file to which `from_cohort` gave the way."""
    return Path(os.path.normpath(_folder(run) / way))


def _folder(run: Run) -> Path:
    source = Path(run.meta.cohort["source"])
    return source if source.is_dir() else source.parent


def _by_column(run: Run) -> Iterator[tuple[str, str]]:
    folder = _folder(run)
    for path, other in zip(run.rows["path"], run.known("same_as"), strict=True):
        if other:
            yield path, str(folder / other)


def _by_twins(run: Run, described: _Described) -> Iterator[tuple[str, str]]:
    paths = run.rows["path"]
    for a, b in zip(run.twins["a"], run.twins["b"], strict=True):
        sides = Side(paths[a], int(a)), Side(paths[b], int(b))
        if len({described.whole(side) for side in sides}) == 2:
            yield paths[a], paths[b]


def _pair(sides: list[Side], described: _Described) -> Pair:
    formats = [described.format(side) for side in sides]
    sources = [described.source(side) for side in sides]
    paths = [Path(side.path) for side in sides]
    seen = any(described.is_seen(side) for side in sides)
    if formats[0] != formats[1]:
        differ = formats
    elif all(sources) and sources[0] != sources[1]:
        differ = sources
    elif paths[0].name == paths[1].name and paths[0].parent.name != paths[1].parent.name:
        differ = [path.parent.name for path in paths]  # as two folders of the same X-rays are kept
    else:
        return Pair(sides[0], sides[1], f"two {formats[0]} files", seen)
    first, second = (0, 1) if differ[0] < differ[1] else (1, 0)
    return Pair(sides[first], sides[second], f"{differ[first]} and {differ[second]}", seen)


class _Described:
    """What is known of the two sides; of files outside the run, what they tell themselves."""

    def __init__(self, run: Run) -> None:
        names = ("format", "photometric", "source", "in_pool")
        self._columns = {name: run.known(name) for name in names}
        self._seen = run.judgements["in_training_table"]

    def format(self, side: Side) -> str:
        """Name the format, and of DICOM which way its grays run."""
        if side.position == OUTSIDE:
            facts = _facts(side.path)
        else:
            facts = {name: column[side.position] for name, column in self._columns.items()}
        words = (facts.get("format") or "unknown", facts.get("photometric") or "")
        return " ".join(word for word in words if word)

    def source(self, side: Side) -> str:
        """Name the source, "" where unknown."""
        return "" if side.position == OUTSIDE else str(self._columns["source"][side.position])

    def whole(self, side: Side) -> tuple[str, str]:
        """Give what makes a pipeline."""
        return self.format(side), self.source(side)

    def is_seen(self, side: Side) -> bool:
        """Tell what is known to have been trained on."""
        if side.position == OUTSIDE:
            return False
        in_pool = self._columns["in_pool"][side.position].lower() in TRUE
        return in_pool or self._seen[side.position] is True


def _facts(path: str) -> Mapping[str, Any]:
    try:
        return read_facts(path)
    except (XrayDemoError, OSError):
        return {}  # what it is told with when the model is asked about it


def _absolute(path: str) -> str:
    return str(Path(path).resolve())
