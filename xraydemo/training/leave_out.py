"""Whether what was learnt from some collections holds in another."""

from __future__ import annotations

from typing import Any

import numpy as np

from xraydemo.classes import CLASSES
from xraydemo.cohort.splits import three_way_split
from xraydemo.errors import BadCohort
from xraydemo.metrics import weighted
from xraydemo.metrics.bootstrap import Resampling
from xraydemo.model.measured import Measured
from xraydemo.training.fit import predict
from xraydemo.training.recipe import Recipe
from xraydemo.training.table import TrainingTable, part_of
from xraydemo.training.trial import HOW, try_out

NORMAL, OPACITY = CLASSES.index("normal"), CLASSES.index("opacity")


def leave_out(
    table: TrainingTable, source: str, recipe: Recipe, minutes: float, device: str, seed: int
) -> dict[str, Any]:
    """Train without a collection, and tell opacity from normal in it.

    The other classes come from one collection each: leaving that out would leave out the class.

    Returns
    -------
    dict
        The trial, see `try_out`, and under `left_out` the source and the AUC with its interval.

    Raises
    ------
    BadCohort
        If the collection doesn't hold both.
    """
    rows = table.rows
    theirs = rows.get("source", rows["file"]) == source
    asked = np.flatnonzero(theirs & rows["label"].isin([CLASSES[NORMAL], CLASSES[OPACITY]]))
    if rows["label"].iloc[asked].nunique() < 2:
        raise BadCohort(
            f"{source!r} is no source with normal X-rays and opacity", "See the column `source`"
        )
    # an X-ray of another collection that shows one of theirs is left out with it
    kept = ~rows["group"].isin(rows["group"][theirs]).to_numpy()
    split = {name: of[kept[of]] for name, of in three_way_split(rows, seed).items()}
    train, select = (part_of(table, split[name]) for name in ("fit", "select"))
    network, trial = try_out(recipe, train, select, minutes, device, seed)

    held_out = part_of(table, asked)
    logits = predict(network, held_out.pictures, HOW, device)
    scores, positive = logits[:, OPACITY] - logits[:, NORMAL], held_out.labels == OPACITY
    resampling = Resampling.of(held_out.labels, held_out.groups, seed=seed)
    auc = resampling.estimate(lambda weights: weighted.auc(weights, scores, positive))
    told = {"source": source, "auc_opacity_against_normal": Measured.of(auc).model_dump()}
    return {**trial, "left_out": told}
