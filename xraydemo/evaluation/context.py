"""What a check is given, and what it can ask to be there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

import numpy as np

from xraydemo.evaluation.run import Run

Need = Literal[
    "labels", "dates", "groups", "views", "pairs", "embeddings", "maps", "lungs", "boxes",
    "dossier", "reference", "engine",
]  # fmt: skip
Parameters = TypeVar("Parameters")


@dataclass(frozen=True)
class Context(Generic[Parameters]):
    """What a check works on.

    Attributes
    ----------
    run : Run
        Read only.
    parameters : dataclass
        The check's own: thresholds and settings.
    seed : int
        Of everything that is drawn.
    reference : Run, optional
        Another run to compare with.
    progress : callable
        Is told the share that is done, in [0, 1].
    """

    run: Run
    parameters: Parameters
    seed: int = 0
    reference: Run | None = None
    progress: Callable[[float], None] = lambda _: None

    def generator(self) -> np.random.Generator:
        """Make a generator that draws the same each time."""
        return np.random.default_rng(self.seed)


def what_is_missing(context: Context[Any], need: Need) -> str | None:
    """Say what a check lacks, and what would supply it; None when it is there."""
    run = context.run
    known = (run.truth >= 0) & run.was_read
    if need == "labels":
        if len(np.unique(run.truth[known])) >= 2:
            return None
        return (
            "Needs labelled X-rays of at least two classes: a CSV with the columns file and label, "
            "or a folder with one folder a class"
        )
    if need == "dates":
        if any(run.known(name).ne("").any() for name in ("date", "year")):
            return None
        return "Needs dates: a column date or year, or DICOM files with a StudyDate"
    if need == "views":
        if run.known("view").ne("").any():
            return None
        return "Needs views: a column view (AP, PA), or DICOM files with a ViewPosition"
    if need == "groups":
        return None  # near-duplicates group what nothing else does
    if need in ("embeddings", "maps"):
        return None if run.was_read.any() else "Needs at least one X-ray that can be read"
    if need == "reference":
        return None if context.reference else "Needs another run to compare with: --reference RUN"
    return f"Needs {need}, which no part of this version supplies yet"
