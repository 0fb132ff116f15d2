"""What the bundle's card says of the model at home, and whether a run is of X-rays from there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from xraydemo.evaluation.run import Run
from xraydemo.metrics.bootstrap import Estimate
from xraydemo.model.among import AMONG, name_among
from xraydemo.model.bundle import BundleCard

INSIDE_FROM = 0.01  # share of a run's X-rays


class _Written(BaseModel):
    model_config = ConfigDict(extra="ignore")

    value: float
    low: float
    high: float
    n: int
    n_groups: int


def certified(card: BundleCard, part: str, metric: str) -> Estimate | None:
    """Give a metric that was measured in training on a part of its table; None if it wasn't.

    Parameters
    ----------
    card : BundleCard
    part : {"fit", "select", "calibrate", "test"}
        Trained on; chosen by; held out; never touched.
    metric : str
        "macro_f1", "macro_auc", ...
    """
    entry: Any = card.metrics.get(part)
    written = entry.get(metric) if isinstance(entry, dict) else None
    try:
        found = _Written.model_validate(written)
    except ValidationError:
        return None
    return Estimate(found.value, found.low, found.high, found.n, found.n_groups)


def certified_among(card: BundleCard, classes: Sequence[int]) -> Estimate | None:
    """Give what was measured on held-out X-rays of some classes alone; see `name_among`."""
    return certified(card, AMONG, name_among(classes))


def share_of_training_table(run: Run) -> float | None:
    """Give the share of the X-rays that were read whose very pixels the bundle's dossier knows.

    Copies that were resized or saved anew have other pixels: they go unnoticed. None for a bundle
    that doesn't know what it was trained from.
    """
    known = run.judgements["in_training_table"][run.was_read]
    if not len(known) or known.isna().any():
        return None
    return float(known.astype(bool).mean())


def is_of_training_table(run: Run) -> bool:
    """Tell whether a run's cohort is the very table that the bundle was trained from."""
    trained_from = run.meta.card.provenance.data.get("table_sha256")
    return bool(trained_from) and run.meta.cohort.get("source_sha256") == trained_from
