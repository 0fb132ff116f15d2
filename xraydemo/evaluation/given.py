"""What a check is given beside the run: other data, and the model to ask again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from xraydemo.evaluation.laboratory import Laboratory
from xraydemo.evaluation.run import Run
from xraydemo.model.dossier import Dossier

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Given:
    """What stands beside a run; everything may be absent.

    Attributes
    ----------
    reference : Run, optional
        Another run of the same bundle to compare with.
    laboratory : Laboratory, optional
        Asks the model what-if questions.
    dossier : Dossier, optional
        What the bundle's training set looked like.
    ood : mapping of str to Run
        Runs of the same bundle on X-rays or pictures that it was not made for, by the name of
        their kind.
    pairs : tuple of tuple of str
        Paths of the same X-ray through two pipelines.
    boxes : mapping of str to tuple of Box
        By a run's `file`: boxes around findings, each (left, top, width, height) as fractions of
        the X-ray's width and height.
    """

    reference: Run | None = None
    laboratory: Laboratory | None = None
    dossier: Dossier | None = None
    ood: Mapping[str, Run] = field(default_factory=dict)
    pairs: tuple[tuple[str, str], ...] = ()
    boxes: Mapping[str, tuple[Box, ...]] = field(default_factory=dict)


NOTHING = Given()
