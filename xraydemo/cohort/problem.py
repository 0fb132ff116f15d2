"""What is wrong with one row or folder of a cohort, while the rest of it can be used."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """Something wrong with one row or folder; it is listed to the user, and the rest is used.

    Parameters
    ----------
    where : str
        "train.csv, line 17", or a folder.
    message : str
        What is wrong, as it reads after the place: without a capital or a full stop.
    hint : str
        What to do about it, in one sentence without a full stop.
    kind : str
        Of a CSV's row: "no file", "absent", "outside", "unknown label", "doubled". Of folders:
        "folder" (may not be entered), "label of folder" (its name is no class), "loose file" (in no
        class folder), "name" (of a file, can't be written down), "absent" or "dicomdir" (broken).
        "mapping": a label to be mapped that occurs nowhere.
    """

    where: str
    message: str
    hint: str
    kind: str

    def __str__(self) -> str:
        said = f"{self.where}: {self.message}."
        return f"{said} {self.hint}." if self.hint else said
