"""The whole training: a table of X-rays in, a bundle that judges its readings out."""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch

from xraydemo import __version__
from xraydemo.cohort.splits import three_way_split
from xraydemo.errors import BadCohort
from xraydemo.model.bundle import WEIGHTS, BundleCard, Provenance, file_sha256, load_bundle
from xraydemo.model.preprocess import Preprocessing
from xraydemo.training.fit import Progress, fit, typical_map_strength
from xraydemo.training.judge import judge, seconds_to_judge
from xraydemo.training.last_layer import SECONDS_AN_XRAY, refit_last_layer
from xraydemo.training.recipe import Recipe
from xraydemo.training.rehearsal import rehearse
from xraydemo.training.table import Part, TrainingTable, part_of, read_training_table
from xraydemo.training.write import write_bundle

PREPROCESSING = Preprocessing()
Counting = Callable[[int, int], None]
UNFINISHED = "unfinished.safetensors"
LIBRARIES = ("torch", "torchvision", "timm", "numpy", "pillow", "pydicom", "scikit-learn")


def train(
    csv: Path,
    out: Path,
    *,
    max_minutes: float,
    recipe: Recipe,
    seed: int,
    progress: Progress,
    how: Preprocessing = PREPROCESSING,
    start: Path | None = None,
) -> BundleCard:
    """Train on the `pool` rows of a table (on all, if it has no column `split`).

    Parameters
    ----------
    csv : Path
        A cohort with labels; `group` and `source` are used where there are such columns.
    out : Path
        The bundle's folder; made if absent. Its name becomes the bundle's.
    max_minutes : float
        The ceiling for everything.
    recipe : Recipe
    seed : int
    progress : callable
        Is given the share done and a sentence.
    how : Preprocessing, optional
    start : Path, optional
        A bundle's folder whose weights to begin with, instead of ImageNet's. Its training must
        have held out the same rows: the same table and seed.

    Returns
    -------
    BundleCard
        As written.

    Raises
    ------
    BadCohort
        If the table can't be used, or holds fewer than 40 X-rays of a class.
    """
    begun = time.monotonic()
    deadline = begun + 60 * max_minutes
    device = "cuda" if torch.cuda.is_available() else "cpu"
    out.mkdir(parents=True, exist_ok=True)

    table = read_training_table(csv, _tell_now_and_then(progress, 0.0, "reading X-rays"))
    split = three_way_split(table.rows, seed)
    parts = {name: part_of(table, rows) for name, rows in split.items()}
    if start:
        _refuse_another_division(start, csv, seed)

    progress(0.0, "learning one batch by heart, to see that it can")
    rehearsal = rehearse(parts["fit"], recipe, how, device=device, seed=seed, deadline=deadline)

    fitted = fit(
        parts["fit"],
        parts["select"],
        recipe,
        how,
        device=device,
        seed=seed,
        deadline=_end_of_fit(deadline, len(table.rows), recipe),
        progress=progress,
        keep=out / UNFINISHED,
        start=start / WEIGHTS if start else None,
    )
    if recipe.refit:
        progress(1.0, "fitting the last layer anew")
        refit_last_layer(fitted.network, parts["fit"], recipe, how, device)
    strength = typical_map_strength(fitted.network, parts["select"].pictures, how, device)
    provenance = Provenance(
        created=datetime.now(UTC).replace(microsecond=0),
        versions=_versions(),
        data=_fingerprint(csv, table),
        split={"seed": seed, **{name: _size(part) for name, part in parts.items()}},
        recipe=recipe.model_dump(mode="json"),
        training={
            "minutes": _minutes_since(begun),
            "max_minutes": max_minutes,
            "device": device,
            "stopped": fitted.stopped,
            "began_with": file_sha256(start / WEIGHTS) if start else "ImageNet",
            "before": load_bundle(start).card.provenance.training if start else None,
            "curves": fitted.curves,
        },
    )
    kept = fitted.network.half() if recipe.half else fitted.network
    write_bundle(out, kept, how, 1.0, strength, {}, provenance)
    (out / UNFINISHED).unlink(missing_ok=True)

    bundle = load_bundle(out)
    reading = _tell_now_and_then(progress, 1.0, "learning what to judge readings by")
    judged = judge(bundle, table, split, seed=seed, device=device, progress=reading)
    provenance.training["minutes"] = _minutes_since(begun)
    card = bundle.card.model_copy(update={"provenance": provenance})
    return judged.write(bundle, card, rehearsal)


def _end_of_fit(deadline: float, n: int, recipe: Recipe) -> float:
    """Leave time for the last layer and to judge n X-rays, but no more than half of all."""
    now = time.monotonic()
    later = seconds_to_judge(n) + (SECONDS_AN_XRAY * n if recipe.refit else 0)
    return max(deadline - later, now + (deadline - now) / 2)


def _tell_now_and_then(progress: Progress, share: float, doing: str) -> Counting:
    def tell(done: int, n: int) -> None:
        if done % 50 == 0:
            progress(share, f"{doing}, {done} of {n}")

    return tell


def _minutes_since(begun: float) -> float:
    return round((time.monotonic() - begun) / 60, 1)


def _size(part: Part) -> dict[str, int]:
    return {"rows": len(part.labels), "groups": len(np.unique(part.groups))}


def _versions() -> dict[str, str]:
    libraries = {name: version(name) for name in LIBRARIES}
    return {"xraydemo": __version__, "python": platform.python_version(), **libraries}


def _refuse_another_division(start: Path, csv: Path, seed: int) -> None:
    """Hold weights to begin with to the same division: what they learnt must not be held out."""
    before = load_bundle(start).card.provenance
    if before.data.get("table_sha256") != file_sha256(csv) or before.split.get("seed") != seed:
        raise BadCohort(
            f"{start} was trained on another table than {csv}, or divided it with another seed",
            "Its weights know X-rays that would be held out here: begin with others",
        )


def _fingerprint(csv: Path, table: TrainingTable) -> dict[str, Any]:
    rows = table.rows
    contents = hashlib.sha256()
    for file, path in sorted(zip(rows["file"], rows["path"], strict=True)):
        contents.update(f"{file} {file_sha256(path)}\n".encode())
    return {
        "table": csv.name,
        "table_sha256": file_sha256(csv),
        "files_sha256": contents.hexdigest(),
        "rows": len(rows),
        "of_class": rows["label"].value_counts().to_dict(),
        "in_another_split_too": table.n_left_out,
    }
