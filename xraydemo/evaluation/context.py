"""What a check is given, and what it can ask to be there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

import numpy as np

from xraydemo.evaluation.given import NOTHING, Given
from xraydemo.evaluation.run import Run
from xraydemo.model.lungs import has_lung_segmenter

Need = Literal[
    "labels", "dates", "groups", "views", "pairs", "embeddings", "maps", "lungs", "boxes",
    "dossier", "reference", "engine",
]  # fmt: skip
NOT_GIVEN = {
    "engine": "Needs the model, to ask it again: evaluate with the bundle that made the run",
    "lungs": "Needs the model and the lung segmenter lungs-unet, which comes with the program",
    "boxes": "Needs radiologists' boxes around findings: --boxes CSV with the columns file, x, y, "
    "width, height",
    "pairs": "Needs the same X-rays through two pipelines: a column same_as that names the other "
    "file, or --pairs FOLDER_A FOLDER_B with the same file names in both",
    "dossier": "Needs the bundle's dossier, which says what its training set looked like: "
    "`python -m xraydemo.training.certify BUNDLE CSV` makes one",
    "reference": "Needs another run or cohort to compare with: --reference RUN|COHORT",
}
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
    given : Given
        What stands beside the run.
    progress : callable
        Is told the share that is done, in [0, 1].
    """

    run: Run
    parameters: Parameters
    seed: int = 0
    given: Given = NOTHING
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
    return None if _is_given(context, need) else NOT_GIVEN[need]


def _is_given(context: Context[Any], need: Need) -> bool:
    given, run = context.given, context.run
    if need == "engine":
        return given.laboratory is not None
    if need == "lungs":
        return given.laboratory is not None and has_lung_segmenter()
    if need == "boxes":
        return any(file in given.boxes for file in run.rows["file"])
    if need == "pairs":
        return bool(given.pairs) or bool(run.known("same_as").ne("").any())
    if need == "dossier":
        return given.dossier is not None
    return given.reference is not None
