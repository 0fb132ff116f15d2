"""What is tried: which check, what was planted and how strongly, in how many X-rays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from tests.benchmarks.power.cohorts import METADATA, NOT_USED, NULL, USED
from tests.benchmarks.power.stock import PLANTED

METADATA_CHECK, ENCODED = "confounder.metadata", "confounder.encoded"
USED_CHECK, PIXELS = "confounder.used", "confounder.pixels"
STRENGTH, SIZE = 0.5, 400  # at which the targets hold
OTHER_STRENGTHS, OTHER_SIZES = (0.25, 0.75, 1.0), (100, 800, 200)
IN_FULL = ("marker", "jpeg", "resolution")
WEAKLY_TAUGHT = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Cell:
    """One cell of the table.

    Attributes
    ----------
    check : str
        Who is asked; a cell of `confounder.used` asks `confounder.encoded`, too.
    condition : str
        See `tests.benchmarks.power.cohorts`.
    kind : str
        Of `PLANTED`; "" where nothing is in the pixels.
    strength : float
        0 for the null.
    n : int
        X-rays.
    taught : float
        Strength in the X-rays that the head learnt from.
    """

    check: str
    condition: str
    kind: str = ""
    strength: float = STRENGTH
    n: int = SIZE
    taught: float = 1.0

    @property
    def key(self) -> str:
        """Name it."""
        return json.dumps(asdict(self), sort_keys=True)

    @property
    def is_null(self) -> bool:
        """Tell whether the shortcut does not go with the label."""
        return self.condition == NULL


def cells() -> Iterator[Cell]:
    """Give all cells, those that say most first."""
    yield from _of_the_targets()
    yield from _smaller_and_weaker(IN_FULL[0])
    yield from _where_nothing_is_used()
    yield from _of_metadata()
    for kind in PLANTED:
        if kind not in IN_FULL:
            for check in (USED_CHECK, PIXELS):
                yield Cell(check, USED, kind)
                yield Cell(check, NOT_USED, kind)
    for kind in IN_FULL[1:]:
        yield from _smaller_and_weaker(kind)


def _of_the_targets() -> Iterator[Cell]:
    yield Cell(METADATA_CHECK, METADATA)
    yield _null(METADATA_CHECK)
    for kind in IN_FULL:
        for check in (USED_CHECK, PIXELS):
            yield Cell(check, USED, kind)
            yield Cell(check, NOT_USED, kind)
    yield Cell(USED_CHECK, METADATA)
    yield _null(USED_CHECK, IN_FULL[0])
    # taught with 1, the head is so wrong here that the check rightly says it can't tell
    yield Cell(PIXELS, NULL, IN_FULL[0], 0.0, taught=0.5)


def _of_metadata() -> Iterator[Cell]:
    for n in OTHER_SIZES:
        yield Cell(METADATA_CHECK, METADATA, n=n)
        yield _null(METADATA_CHECK, n=n)
    for strength in OTHER_STRENGTHS:
        yield Cell(METADATA_CHECK, METADATA, strength=strength)


def _smaller_and_weaker(kind: str) -> Iterator[Cell]:
    if kind == IN_FULL[0]:
        for taught in WEAKLY_TAUGHT:
            yield Cell(USED_CHECK, USED, kind, taught=taught)
    for n in OTHER_SIZES:
        yield Cell(USED_CHECK, USED, kind, n=n)
        if n < SIZE:  # of more, confounder.pixels asks about a part
            yield Cell(PIXELS, USED, kind, n=n)
    for strength in OTHER_STRENGTHS:
        yield Cell(USED_CHECK, USED, kind, strength)
        yield Cell(PIXELS, USED, kind, strength)


def _where_nothing_is_used() -> Iterator[Cell]:
    for n in OTHER_SIZES:
        yield Cell(USED_CHECK, METADATA, n=n)
        yield Cell(USED_CHECK, NOT_USED, IN_FULL[0], n=n)
        yield _null(USED_CHECK, IN_FULL[0], n)
        if n < SIZE:
            yield Cell(PIXELS, NOT_USED, IN_FULL[0], n=n)


def _null(check: str, kind: str = "", n: int = SIZE) -> Cell:
    return Cell(check, NULL, kind, 0.0, n)
