"""Counterfactuals: one thing about an X-ray changed, all else kept."""

from xraydemo.radiograph.interventions.intervention import (
    KINDS,
    Intervention,
    alter,
    apply,
    apply_all,
)
from xraydemo.radiograph.interventions.kind import Cells, Choice, Kind, Number, Polygons, Setting

__all__ = [
    "KINDS",
    "Cells",
    "Choice",
    "Intervention",
    "Kind",
    "Number",
    "Polygons",
    "Setting",
    "alter",
    "apply",
    "apply_all",
]
