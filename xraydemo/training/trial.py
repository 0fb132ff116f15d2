"""One trial of a recipe: minutes on small pictures instead of an hour on large ones."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from torch import nn

from xraydemo.metrics.classification import macro_auc, macro_f1
from xraydemo.model.reading import softmax
from xraydemo.training.fit import SECONDS_KEPT_FOR_THE_END, fit, predict
from xraydemo.training.probes import blacked
from xraydemo.training.recipe import SMOOTHED, Recipe
from xraydemo.training.table import Part

HOW = SMOOTHED.model_copy(update={"side": 128})
# what is known without lungs must weigh, or a search would choose against looking at them
PRICE_OF_A_SHORTCUT = 0.25


def seconds_of(minutes: float) -> float:
    """Say how long a trial of so many minutes of training takes at most."""
    return 60 * minutes + SECONDS_KEPT_FOR_THE_END


def try_out(
    recipe: Recipe, train: Part, select: Part, minutes: float, device: str, seed: int
) -> tuple[nn.Module, dict[str, Any]]:
    """Train for some minutes, and ask `select` about the result.

    Parameters
    ----------
    recipe : Recipe
    train, select : Part
    minutes : float
    device : str
        ``cpu`` or ``cuda``.
    seed : int

    Returns
    -------
    network : nn.Module
    trial : dict
        A line for ``trials.jsonl``: the settings, the figures on `select`, and the cost: the error
        (1 - macro F1) and a quarter of what the macro AUC is off 0.5 with the middle blacked.
    """
    begun = time.monotonic()
    fitted = fit(
        train,
        select,
        recipe,
        HOW,
        device=device,
        seed=seed,
        deadline=begun + seconds_of(minutes),
        progress=lambda *_: None,
    )
    plain = predict(fitted.network, select.pictures, HOW, device)
    without = predict(fitted.network, [blacked(p) for p in select.pictures], HOW, device)
    error = 1 - macro_f1(select.labels, plain.argmax(axis=1))
    shortcut = macro_auc(select.labels, softmax(without))
    return fitted.network, {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "recipe": recipe.model_dump(mode="json"),
        "preprocessing": HOW.model_dump(),
        "minutes": round((time.monotonic() - begun) / 60, 1),
        "seed": seed,
        "n": len(select.labels),
        "select": {
            "macro_f1": round(1 - error, 4),
            "macro_auc": round(macro_auc(select.labels, softmax(plain)), 4),
            "macro_auc_middle_blacked": round(shortcut, 4),
        },
        "cost": round(error + PRICE_OF_A_SHORTCUT * abs(shortcut - 0.5), 4),
    }
