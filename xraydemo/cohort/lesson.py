"""Plants a shortcut, with a dial for its strength, on the X-rays of teaching mode.

The same patients are X-rayed inside and outside. Inside, where the network learns too, the shortcut
follows the label as strongly as the dial says; outside it is as frequent, and falls on anybody. So
whatever is lost between the two is the shortcut's, and nothing else's.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from xraydemo.cohort.lesson_dial import Lesson
from xraydemo.cohort.lesson_pool import SEED, Pool, older_scanner
from xraydemo.cohort.phantom_plan import COLUMNS, Order, Row, plan
from xraydemo.errors import XrayDemoError
from xraydemo.phantom.scanners import NEWEST
from xraydemo.phantom.shortcuts import traced

Part = Literal["train", "inside", "outside"]
PARTS: tuple[Part, ...] = ("train", "inside", "outside")
_LEARNT, _OF = 2, 5  # so many of so many patients are learnt from; the checks need the others
_NOT_TOLD = {"split", "source", "site", "year"}  # the scanner has a column of its own
_TOLD = ("file", *(name for name in COLUMNS if name not in _NOT_TOLD | {"file"}), "scanner")


@dataclass(frozen=True)
class Placed:
    """An X-ray of the lesson.

    Parameters
    ----------
    place : int
        Of its thorax in the pool.
    row : Row
        What is told of it, and what is true.
    """

    place: int
    row: Row


def placed(lesson: Lesson, part: Part, n: int, side: int) -> list[Placed]:
    """Draw the X-rays of a part of a lesson.

    Parameters
    ----------
    lesson : Lesson
    part : str
        ``train``; ``inside``, other patients with the same shortcut; or ``outside``, those once
        more, where the shortcut falls on anybody.
    n, side : int
        Of the pool.

    Raises
    ------
    XrayDemoError
        If there is no such shortcut or strength.
    """
    strength = 0.0 if part == "outside" else lesson.strength
    order = Order(
        n=n, shortcut=lesson.kind, strength=strength, tag_only=lesson.tag_only, side=side, seed=SEED
    )
    return [
        Placed(i, _of_pool(i, row))
        for i, row in enumerate(plan(order))
        if (int(row.patient[1:]) % _OF < _LEARNT) == (part == "train")
    ]


def picture(pool: Pool, one: Placed) -> NDArray[np.uint8]:
    """Give an X-ray with what is planted on it: shape (side, side)."""
    row = one.row
    look = pool[one.place, int(row.true_scanner == NEWEST)]
    if not (row.marker or row.border or row.jpeg):
        return np.asarray(look)
    gray = look.astype(np.float32) / np.float32(255)
    gray = traced(gray, marker=row.marker, border=row.border, jpeg=row.jpeg)
    return np.rint(gray * 255).astype(np.uint8)


def write_part(folder: Path, part: Part, xrays: Sequence[Placed], pool: Pool) -> Path:
    """Write the X-rays of a part as PNG, and a table of what is told of them.

    Returns
    -------
    Path
        The table: a cohort.

    Raises
    ------
    XrayDemoError
        If the folder can't be written.
    """
    table = folder / f"{part}.csv"
    try:
        (folder / part).mkdir(parents=True, exist_ok=True)
        for one in xrays:
            Image.fromarray(picture(pool, one)).save(folder / _file(part, one), compress_level=1)
        with table.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, _TOLD, extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            for one in xrays:
                told = {**one.row.cells("png"), "scanner": one.row.source}
                writer.writerow({**told, "file": _file(part, one)})
    except OSError as error:
        raise XrayDemoError(
            f"{folder} can't be written: {error.strerror}", "Make room on the disk, and try again"
        ) from error
    return table


def _file(part: Part, one: Placed) -> str:
    return f"{part}/{one.row.name}.png"


def _of_pool(i: int, row: Row) -> Row:
    """Let a row tell of the two devices that its thorax was X-rayed on."""
    told, true = (
        name if name == NEWEST else older_scanner(i) for name in (row.source, row.true_scanner)
    )
    return replace(row, source=told, true_scanner=true)
