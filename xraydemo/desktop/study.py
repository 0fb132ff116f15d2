"""A reader study: X-rays in random order, their names and the model's answers hidden until marked.

Knows no Qt. What was answered is kept at once in the user's data folder, by the content of the
files; the first answer counts, for after it the model's is seen.
"""

from __future__ import annotations

import json
import random
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import platformdirs

from xraydemo.classes import CLASSES
from xraydemo.desktop import text
from xraydemo.desktop.items import short_names
from xraydemo.desktop.marks import now, save_table
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xraydemo.desktop.items import Item
    from xraydemo.metrics.agreement import Agreement

COLUMNS = ("place", "file", "reader", "model", "probability", "agree", "seconds", "time")


@dataclass(frozen=True)
class Answer:
    """What the reader said of one X-ray.

    Attributes
    ----------
    sha256 : str
        Of the file's bytes.
    reader : str
        Class id.
    seconds : float
        From the sight of the X-ray to the answer.
    time : str
        In ISO 8601, UTC.
    """

    sha256: str
    reader: str
    seconds: float
    time: str


def studies_folder() -> Path:
    """Name the folder that studies are kept in."""
    return platformdirs.user_data_path("xraydemo", appauthor=False) / "studies"


class Study:
    """One reader going through some X-rays.

    Parameters
    ----------
    items : sequence of Item
        The worklist; the study keeps it, and can be compared when another is open.
    rows : sequence of int
        Of the worklist: these are read.
    folder : Path
        The journal of answers is begun there, with the first of them.
    seed : int, optional
        Of the order; None for another one each time.
    """

    def __init__(
        self, items: Sequence[Item], rows: Sequence[int], folder: Path, seed: int | None = None
    ) -> None:
        self._items = items
        self.order = list(rows)
        random.Random(seed).shuffle(self.order)  # noqa: S311 - no secret
        self.answers: dict[int, Answer] = {}
        self._journal = folder / f"study-{now().replace(':', '')}.jsonl"

    def answer(self, item: Item, reader: str, seconds: float) -> bool:
        """Take the reader's answer to an X-ray; False if there is one already, which counts.

        Raises
        ------
        XrayDemoError
            If it can't be kept.
        """
        if item.row in self.answers:
            return False
        answer = Answer(item.sha256, reader, round(seconds, 1), now())
        try:
            self._journal.parent.mkdir(parents=True, exist_ok=True)
            with self._journal.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(answer)) + "\n")
        except OSError as error:
            message = text.MARK_NOT_KEPT.format(path=self._journal, why=error.strerror)
            raise XrayDemoError(message, text.MAY_WRITE_HINT) from error
        self.answers[item.row] = answer
        return True

    @property
    def next_row(self) -> int | None:
        """The first X-ray in order that has no answer yet; None after the last."""
        return next((row for row in self.order if row not in self.answers), None)

    def pairs(self) -> list[tuple[str, str]]:
        """Give reader's and model's class of each X-ray that both answered."""
        return [
            (answer.reader, reading.predicted)
            for row, answer in self.answers.items()
            if (reading := self._items[row].reading)
        ]

    def save(self, path: Path) -> None:
        """Write the answers in the order they were given; the columns are `COLUMNS`.

        Raises
        ------
        XrayDemoError
            If it can't be written.
        """
        rows = []
        answered = [self._items[row] for row in self.answers]
        names = short_names(answered, self._items)
        for item, file, answer in zip(answered, names, self.answers.values(), strict=True):
            model = item.reading.predicted if item.reading else ""
            share = f"{item.reading.probability_of(model):.4f}" if item.reading else ""
            agree = str(int(model == answer.reader)) if model else ""
            place = self.order.index(item.row) + 1
            rows.append(
                (place, file, answer.reader, model, share, agree, answer.seconds, answer.time)
            )
        save_table(path, COLUMNS, rows)


def agreement(pairs: Sequence[tuple[str, str]]) -> Agreement:
    """Measure how far reader and model agree; imported late, for statsmodels takes a second."""
    import numpy as np

    from xraydemo.metrics.agreement import agreement_of

    numbers = np.array([[CLASSES.index(name) for name in pair] for pair in pairs], dtype=np.intp)
    reader, model = numbers.reshape(-1, 2).T
    return agreement_of(reader, model, len(CLASSES))
