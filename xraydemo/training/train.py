"""The whole training: a table of X-rays in, a bundle with its card out."""

from __future__ import annotations

import hashlib
import platform
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from xraydemo import __version__
from xraydemo.classes import CLASSES
from xraydemo.cohort.splits import three_way_split
from xraydemo.cohort.table import read_table
from xraydemo.errors import BadCohort
from xraydemo.metrics.bootstrap import bootstrap
from xraydemo.metrics.classification import macro_auc, macro_f1, negative_log_likelihood
from xraydemo.model.bundle import WEIGHTS, BundleCard, Provenance, file_sha256
from xraydemo.model.preprocess import Preprocessing
from xraydemo.model.reading import softmax
from xraydemo.training.baseline import fit_thumbnail_regression, thumbnails
from xraydemo.training.fit import (
    Part,
    Progress,
    fit,
    fit_temperature,
    predict,
    typical_map_strength,
)
from xraydemo.training.pictures import load_pictures
from xraydemo.training.recipe import Recipe
from xraydemo.training.write import write_bundle

TRAINING_SPLIT = "pool"
LEAST_OF_A_CLASS = 40
PREPROCESSING = Preprocessing()
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

    table = _training_rows(csv)
    out.mkdir(parents=True, exist_ok=True)
    split = three_way_split(table, seed)
    pictures = load_pictures(
        list(table["path"]),
        lambda done, n: progress(0.0, f"reading X-rays, {done} of {n}") if done % 50 == 0 else None,
    )
    parts = {name: _part(table, pictures, rows) for name, rows in split.items()}

    fitted = fit(
        parts["fit"],
        parts["select"],
        recipe,
        how,
        device=device,
        seed=seed,
        deadline=deadline,
        progress=progress,
        keep=out / UNFINISHED,
        start=start / WEIGHTS if start else None,
    )
    progress(1.0, "calibrating and measuring")
    calibrate = parts["calibrate"]
    logits = predict(fitted.network, calibrate.pictures, how, device)
    temperature = fit_temperature(calibrate.labels, logits)

    regression = fit_thumbnail_regression(parts["fit"].pictures, parts["fit"].labels)
    guesses = regression.predict(thumbnails(calibrate.pictures))
    metrics = {"calibrate": _metrics(calibrate, logits, temperature, guesses, seed)}

    strength = typical_map_strength(fitted.network, parts["select"].pictures, how, device)
    provenance = Provenance(
        created=datetime.now(UTC).replace(microsecond=0),
        versions={
            "xraydemo": __version__,
            "python": platform.python_version(),
            **{name: version(name) for name in LIBRARIES},
        },
        data=_fingerprint(csv, table),
        split={
            "seed": seed,
            **{
                name: {"rows": len(part.labels), "groups": len(np.unique(part.groups))}
                for name, part in parts.items()
            },
        },
        recipe=recipe.model_dump(mode="json"),
        training={
            "minutes": round((time.monotonic() - begun) / 60, 1),
            "max_minutes": max_minutes,
            "device": device,
            "stopped": fitted.stopped,
            "began_with": file_sha256(start / WEIGHTS) if start else "ImageNet",
            "curves": fitted.curves,
        },
    )
    (out / UNFINISHED).unlink(missing_ok=True)
    return write_bundle(out, fitted.network, how, temperature, strength, metrics, provenance)


def _training_rows(csv: Path) -> pd.DataFrame:
    table = read_table(csv)
    if "split" in table:
        table = table[table["split"] == TRAINING_SPLIT].reset_index(drop=True)
    counts = table["label"].value_counts()
    for label in CLASSES:
        if counts.get(label, 0) < LEAST_OF_A_CLASS:
            raise BadCohort(
                f"{csv} has {counts.get(label, 0)} X-rays of {label} to train on",
                f"Each class needs {LEAST_OF_A_CLASS}; a column `split` must say `pool` for them",
            )
    return table


def _part(table: pd.DataFrame, pictures: list[NDArray[np.uint8]], rows: NDArray[np.intp]) -> Part:
    chosen = table.iloc[rows]
    number_of = {label: k for k, label in enumerate(CLASSES)}
    return Part(
        pictures=[pictures[row] for row in rows],
        labels=np.array([number_of[label] for label in chosen["label"]], dtype=np.intp),
        sources=_known(chosen, "source"),
        views=_known(chosen, "view"),
        groups=chosen["group"].to_numpy(str) if "group" in chosen else rows.astype(str),
    )


def _known(table: pd.DataFrame, column: str) -> NDArray[np.str_]:
    """Give a column as text, empty where nothing is known."""
    if column not in table:
        return np.full(len(table), "")
    return table[column].fillna("").to_numpy(str)


def _metrics(
    part: Part,
    logits: NDArray[np.float32],
    temperature: float,
    guesses: NDArray[np.intp],
    seed: int,
) -> dict[str, Any]:
    """Measure on rows that chose neither the weights nor when to stop."""
    truth, predicted = part.labels, logits.argmax(axis=1)
    probabilities = softmax(logits, temperature)
    statistics = {
        "macro_f1": lambda rows: macro_f1(truth[rows], predicted[rows]),
        "macro_auc": lambda rows: macro_auc(truth[rows], probabilities[rows]),
        "log_loss": lambda rows: negative_log_likelihood(truth[rows], probabilities[rows]),
        "thumbnail_regression_macro_f1": lambda rows: macro_f1(truth[rows], guesses[rows]),
        "macro_f1_above_thumbnail_regression": lambda rows: (
            macro_f1(truth[rows], predicted[rows]) - macro_f1(truth[rows], guesses[rows])
        ),
    }
    return {
        name: {
            k: round(v, 4)
            for k, v in bootstrap(s, truth, part.groups, seed=seed, n_draws=500)._asdict().items()
        }
        for name, s in statistics.items()
    }


def _fingerprint(csv: Path, table: pd.DataFrame) -> dict[str, Any]:
    contents = hashlib.sha256()
    for file, path in sorted(zip(table["file"], table["path"], strict=True)):
        contents.update(f"{file} {file_sha256(path)}\n".encode())
    return {
        "table": csv.name,
        "table_sha256": file_sha256(csv),
        "files_sha256": contents.hexdigest(),
        "rows": len(table),
        "of_class": table["label"].value_counts().to_dict(),
    }
