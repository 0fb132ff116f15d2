"""What the bundle's card says of the model at home, and whether a run is of X-rays from there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from xraydemo.evaluation.run import Run
from xraydemo.metrics.bootstrap import Estimate
from xraydemo.model.bundle import BundleCard


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


def is_inside(run: Run) -> bool:
    """Tell whether the run's cohort is the table that the bundle was trained from, by its name.

    The card holds no fingerprint of each X-ray, so copies of them in another cohort go unnoticed.
    """
    table = run.meta.card.provenance.data.get("table", "")
    return bool(table) and Path(run.meta.cohort["source"]).name == table
