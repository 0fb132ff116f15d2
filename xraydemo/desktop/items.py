"""A row of the worklist: a file, what the model said about it, and what else is known. No Qt."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from xraydemo.classes import CLASSES
from xraydemo.desktop import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xraydemo.errors import XrayDemoError
    from xraydemo.model.reading import Reading

Sign = Literal["unreadable", "foreign", "unusual", "unsure", "label", "marked"]


@dataclass
class Item:
    """A row of the worklist.

    Attributes
    ----------
    row : int
        Its place among the files as they were opened.
    path : Path
    label : str
        Class id that its folder or its cohort gives it; empty for none.
    reading, error
        What the model said, or why it could not; both None before that.
    sha256 : str
        Of the file's bytes; empty before they were read.
    mark : str
        Class id that the reader marked as the truth; empty for none.
    words : str
        All that a search looks at, in small letters.
    answer : tuple of int and float, or None
        Number of the most likely class, and its probability.
    priority : float or None
        1 - probability of normal: the higher, the sooner; None before it was read.

    The last three follow from the others; `changed` brings them up to date. They are kept, for a
    list of 50,000 is sorted and searched while somebody types.
    """

    row: int
    path: Path
    label: str = ""
    reading: Reading | None = None
    error: XrayDemoError | None = None
    sha256: str = ""
    mark: str = ""
    words: str = field(init=False, repr=False)
    answer: tuple[int, float] | None = field(init=False, repr=False)
    priority: float | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Work out what follows from the rest."""
        self.changed()

    @property
    def signs(self) -> tuple[Sign, ...]:
        """What the reader should notice, the weightiest first."""
        signs: list[Sign] = ["unreadable"] if self.error else []
        reading = self.reading
        judged = reading.judgement if reading else None
        if judged and judged.foreignness and judged.foreignness.verdict != "inside":
            signs.append(judged.foreignness.verdict)
        if judged and judged.doubt.verdict == "unsure":
            signs.append("unsure")
        if reading and self.label and self.label != reading.predicted:
            signs.append("label")
        return (*signs, "marked") if self.mark else tuple(signs)

    @property
    def foreignness(self) -> float | None:
        """Score of foreignness; None where it is not known."""
        judged = self.reading.judgement if self.reading else None
        return judged.foreignness.score if judged and judged.foreignness else None

    @property
    def date(self) -> str:
        """When the X-ray was taken, as YYYY-MM-DD; empty where it is not known."""
        return self.reading.source.date if self.reading and self.reading.source else ""

    def changed(self) -> None:
        """Take note that something of it changed."""
        reading = self.reading
        said = [self.path.name, *(f"{text.SIGNS[s][1]} {text.SIGNS[s][2]}" for s in self.signs)]
        self.answer = self.priority = None
        if reading:
            predicted = reading.predicted
            self.answer = CLASSES.index(predicted), reading.probability_of(predicted)
            self.priority = 1.0 - reading.probability_of("normal")
            said += [predicted, text.class_name(predicted)]
            judged = reading.judgement
            said += [text.WORD_FIRST] if judged and judged.priority.first else []
        self.words = "\n".join(said).casefold()


def folder_labels(files: Iterable[Path], opened: Sequence[Path]) -> dict[Path, str]:
    """Give the class that each file's folder is named after, as far as one is.

    Looked at are the folders from the file upwards, as far as what was opened, itself included.

    Parameters
    ----------
    files : iterable of Path
    opened : sequence of Path
        Files and folders, as the reader chose them.
    """
    from xraydemo.cohort.labels import map_labels

    roots = {path if path.is_dir() else path.parent for path in opened}
    of_folder: dict[Path, str] = {}

    def class_of(folder: Path) -> str:
        if folder not in of_folder:
            own = map_labels([folder.name], {}).get(folder.name, "")
            is_end = folder in roots or folder == folder.parent
            of_folder[folder] = own or ("" if is_end else class_of(folder.parent))
        return of_folder[folder]

    return {file: label for file in files if (label := class_of(file.parent))}


def short_names(chosen: Iterable[Item], among: Sequence[Item]) -> list[str]:
    """Name files in a way that tells them apart: from the folder that holds all of them.

    Parameters
    ----------
    chosen : iterable of Item
        These are named.
    among : sequence of Item
        All that are open; 50,000 have few folders, and only those are looked at.
    """
    folders = {os.path.dirname(item.path) for item in among}  # noqa: PTH120 - ten times as fast
    if not folders:
        return []
    above = os.path.commonpath([Path(folder).absolute() for folder in folders])
    begin = len(os.path.join(above, ""))  # noqa: PTH118 - a root ends in a slash already
    return [str(item.path.absolute())[begin:].replace(os.sep, "/") for item in chosen]
