"""Makes the phantoms that come with the program: ``python -m xraydemo.cohort.demo_cohort OUT``.

Two places. *Inside* are the hospitals where the teaching bundle `phantom-trap` was trained: every
covid-like phantom there is newer than all others, and from the newest device; these patients were
kept out of the training. *Outside* is another hospital, where nothing goes with the label.
Some phantoms have a twin: the same picture as a JPEG file (the column `same_as`).
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from xraydemo.classes import CLASSES
from xraydemo.cohort.demo import BOXES, FINDINGS, INSIDE, OUTSIDE, TABLE, TWINS
from xraydemo.cohort.phantom_plan import Order, Row, plan
from xraydemo.cohort.phantoms import make

TRAP = Order(1200, shortcut="year", strength=1.0, side=256, seed=9)
BALANCED = replace(TRAP, strength=0.0)
ELSEWHERE = replace(BALANCED, n=160, seed=10)
SITE_ELSEWHERE = "Phantom Hospital West"
OF_A_CLASS = {INSIDE: 75, OUTSIDE: 30}
TWINS_OF_A_CLASS = {INSIDE: 10, OUTSIDE: 5}
TWIN_QUALITY = 75  # of the JPEG file
COLUMNS = (
    "file", "label", "group", "part", "source", "site", "view", "age", "sex", "date", "year",
    "same_as",
)  # fmt: skip
BOX_COLUMNS = ("file", "x", "y", "width", "height")
_LEAST_BOX = 0.004  # of the picture's area; smaller parts of a finding get no box of their own


@dataclass(frozen=True)
class DemoRow:
    """A phantom of the demo, and in which part of it it stands."""

    part: str
    row: Row
    order: Order
    has_twin: bool = False

    @property
    def file(self) -> str:
        """Its place, which doesn't tell its label."""
        return f"{self.part}/{self.row.name}.png"

    @property
    def twin(self) -> str:
        """The place of the same picture as a JPEG file; nothing if there is none."""
        return f"{TWINS}/{self.part}/{self.row.name}.jpg" if self.has_twin else ""

    def cells(self) -> dict[str, str | int]:
        """Return the row of the table."""
        told = self.row.cells("png") | {"file": self.file, "part": self.part, "same_as": self.twin}
        told["group"] = f"{self.part} {self.row.patient}"
        return {name: told[name] for name in COLUMNS}


def demo_rows() -> list[DemoRow]:
    """Draw the demo: test patients of the trap's own cohort, and those of another hospital."""
    inside = [DemoRow(INSIDE, row, TRAP) for row in plan(TRAP) if row.split == "test"]
    outside = [
        DemoRow(OUTSIDE, replace(row, site=SITE_ELSEWHERE), ELSEWHERE) for row in plan(ELSEWHERE)
    ]
    return _first_of_each_class(inside) + _first_of_each_class(outside)


def _first_of_each_class(rows: list[DemoRow]) -> list[DemoRow]:
    seen = dict.fromkeys(CLASSES, 0)
    chosen = []
    for one in rows:
        if seen[one.row.label] < OF_A_CLASS[one.part]:
            has_twin = seen[one.row.label] < TWINS_OF_A_CLASS[one.part]
            seen[one.row.label] += 1
            chosen.append(replace(one, has_twin=has_twin))
    return chosen


def write_demo(out: Path) -> None:
    """Write pictures, table, masks of the findings, boxes around them, and twins.

    Parameters
    ----------
    out : Path
        A folder; made if absent.
    """
    for part in (INSIDE, OUTSIDE):
        for folder in (out, out / FINDINGS, out / TWINS):
            (folder / part).mkdir(parents=True, exist_ok=True)
    cells, boxes = [], []
    for one in demo_rows():
        phantom = make(one.row, one.order)
        picture = Image.fromarray(phantom.eight_bits())
        picture.save(out / one.file, optimize=True)
        if one.has_twin:
            picture.save(out / one.twin, quality=TWIN_QUALITY)
        if phantom.finding_mask.any():
            Image.fromarray(phantom.finding_mask).save(out / FINDINGS / one.file, optimize=True)
        cells.append(one.cells())
        boxes += [(one.file, *box) for box in _boxes(phantom.finding_mask)]
    _write(out / TABLE, COLUMNS, [tuple(row.values()) for row in cells])
    _write(out / BOXES, BOX_COLUMNS, boxes)


def _boxes(mask: NDArray[np.bool_]) -> Iterator[tuple[float, ...]]:
    """Give a box around each part of a finding: left, top, width, height, as fractions."""
    parts, _ = ndimage.label(mask)
    sizes = np.bincount(parts.ravel())[1:]
    side = len(mask)
    for size, (rows, columns) in zip(sizes, ndimage.find_objects(parts), strict=True):
        if size >= _LEAST_BOX * mask.size:
            box = columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start
            yield tuple(round(pixels / side, 4) for pixels in box)


def _write(path: Path, columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


if __name__ == "__main__":
    write_demo(Path(sys.argv[1]))
