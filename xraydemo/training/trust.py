"""What a bundle's readings are judged by, fitted to the table that it was trained on."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from xraydemo.classes import CLASSES
from xraydemo.engine.worker import open_runtime
from xraydemo.model.bundle import Bundle, BundleCard, file_sha256
from xraydemo.model.dossier import DOSSIER, Dossier, short_hash
from xraydemo.model.dossier_tables import count_table, describe, facts_of_rows, numbered
from xraydemo.model.doubt import Doubt
from xraydemo.model.foreignness import (
    FOREIGN,
    UNUSUAL,
    Detector,
    Foreignness,
    Scale,
    combine,
    part_values,
)
from xraydemo.model.preprocess import preprocess
from xraydemo.model.reading import softmax
from xraydemo.model.sanity import Sanity, contrast, thumbnail
from xraydemo.model.sets import Sets
from xraydemo.model.triage import Triage
from xraydemo.model.unlikeness_map import UsualLooks
from xraydemo.radiograph import read
from xraydemo.radiograph.profile import pixel_sha256_of
from xraydemo.training.fit import fit_temperature
from xraydemo.training.write import write_card

Progress = Callable[[int, int], None]
Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Seen:
    """What the network and the eye make of the rows of a table, in its order.

    Attributes
    ----------
    logits : ndarray of float32, shape (n, 4)
    embeddings : ndarray of float32, shape (n, d)
    thumbnails : ndarray of float32, shape (n, 64, 64)
        From `xraydemo.model.sanity.thumbnail`. They are learned from, never kept.
    aspects : ndarray of float64, shape (n,)
        Width / height.
    facts : tuple of mapping, length n
    pixel_hashes : ndarray of uint64, shape (n,)
        See `xraydemo.model.dossier.short_hash`.
    """

    logits: NDArray[np.float32]
    embeddings: NDArray[np.float32]
    thumbnails: NDArray[np.float32]
    aspects: NDArray[np.float64]
    facts: tuple[Mapping[str, object], ...]
    pixel_hashes: NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class FittedTrust:
    """Everything that judging needs; see the classes of its parts.

    Attributes
    ----------
    temperature : float
    sets : Sets
    triage : Triage
    doubt : Doubt
    foreignness : Foreignness
    dossier : Dossier
    """

    temperature: float
    sets: Sets
    triage: Triage
    doubt: Doubt
    foreignness: Foreignness
    dossier: Dossier

    def write(self, folder: Path, card: BundleCard) -> BundleCard:
        """Write the dossier into a bundle, and its card with what was fitted."""
        self.dossier.save(folder / DOSSIER)
        fitted = {
            "temperature": self.temperature,
            "sets": self.sets,
            "triage": self.triage,
            "doubt": self.doubt,
            "foreignness": self.foreignness,
            "files": {**card.files, DOSSIER: file_sha256(folder / DOSSIER)},
        }
        return write_card(folder, card.model_copy(update=fitted))


def fit_trust(seen: Seen, table: pd.DataFrame, parts: Mapping[str, Rows], seed: int) -> FittedTrust:
    """Fit everything that judging needs; each part of the table has one purpose.

    The temperature comes from one half of `calibrate`; sets, operating point and doubt from the
    other; detectors and looks from `fit`; the foreignness percentiles from `select` and the other
    half, which no weight has seen.

    Parameters
    ----------
    seen : Seen
    table : pandas.DataFrame
        The training rows, with `label`; `group`, `source`, `view`, `age`, `age_group`, `year`,
        `date` are used where there are such columns.
    parts : mapping of str to ndarray of int
        Row numbers of `fit`, `select` and `calibrate`; see `three_way_split`.
    seed : int
    """
    labels = np.array([CLASSES.index(label) for label in table["label"]], dtype=np.intp)
    groups = _column(table, "group", np.arange(len(table)).astype(str))
    first, second = _two_halves(parts["calibrate"], labels, groups, seed)

    # as it stands in the card: probabilities are held to limits that were found with it
    temperature = round(fit_temperature(labels[first], seen.logits[first]), 4)
    probabilities = softmax(seen.logits[second], temperature)
    held_out = np.concatenate([parts["select"], second])
    foreignness, dossier = _fit_foreignness(
        seen, table, labels, groups, parts["fit"], held_out, seed
    )
    return FittedTrust(
        temperature=temperature,
        sets=Sets.fit(probabilities, labels[second]),
        triage=Triage.fit(probabilities, labels[second], groups[second], seed=seed),
        doubt=Doubt.fit(seen.logits[second], probabilities),
        foreignness=foreignness,
        dossier=dossier,
    )


def look_at(bundle: Bundle, paths: list[Path], device: str, progress: Progress) -> Seen:
    """Read X-rays with a bundle, as the engine does.

    Raises
    ------
    XrayDemoError
        If a file can't be read, or the bundle was altered.
    """
    threads = os.cpu_count() or 1
    runtime = open_runtime(bundle, device, threads)

    def look(path: Path) -> tuple[Mapping[str, object], float, int, list[NDArray[np.float32]]]:
        radiograph = read(path)
        presented = radiograph.presented()
        forward = runtime.forward(preprocess(presented, bundle.card.preprocessing)[None])
        aspect = presented.shape[1] / presented.shape[0]
        arrays = [forward.logits[0], forward.embedding[0], thumbnail(presented)]
        pixels = short_hash(pixel_sha256_of(radiograph.pixels))
        return radiograph.facts, aspect, pixels, arrays

    looks = []
    with ThreadPoolExecutor(threads) as pool:
        for one in pool.map(look, paths):
            looks.append(one)
            progress(len(looks), len(paths))
    logits, embeddings, thumbnails = (
        np.stack([arrays[i] for *_, arrays in looks]) for i in range(3)
    )
    facts, aspects, pixels, _ = zip(*looks, strict=True)
    return Seen(
        logits, embeddings, thumbnails, np.array(aspects), facts, np.array(pixels, dtype=np.uint64)
    )


def _two_halves(
    rows: Rows, labels: NDArray[np.intp], groups: NDArray[np.str_], seed: int
) -> tuple[Rows, Rows]:
    """Divide rows by group, stratified by class."""
    halves = StratifiedGroupKFold(2, shuffle=True, random_state=seed)
    first, second = next(halves.split(np.zeros(len(rows)), labels[rows], groups[rows]))
    return rows[first], rows[second]


def _fit_foreignness(
    seen: Seen,
    table: pd.DataFrame,
    labels: NDArray[np.intp],
    groups: NDArray[np.str_],
    fit: Rows,
    held_out: Rows,
    seed: int,
) -> tuple[Foreignness, Dossier]:
    detector = Detector.fit(seen.embeddings[fit], labels[fit])
    sanity = Sanity.fit(seen.thumbnails[fit], seen.aspects[fit], seed)
    projected = detector.project(seen.embeddings)
    # compared with what the dossier will keep
    reference = projected[fit].astype(np.float16).astype(np.float32)
    values = {
        **part_values(detector, reference, projected[held_out]),
        "looks": sanity.odds(seen.thumbnails[held_out]).max(axis=1),
    }
    scales = {name: Scale.of(of_part) for name, of_part in values.items()}
    scores = np.sort(np.maximum(*combine(values, scales)))
    unusual, foreign = np.percentile(scores, (UNUSUAL, FOREIGN))

    trained_on = np.zeros(len(table), dtype=bool)
    trained_on[fit] = True
    source_names, sources = np.unique(
        _column(table, "source", np.full(len(table), "")), return_inverse=True
    )
    facts, known_facts = facts_of_rows(table)
    images = {
        "aspect": seen.aspects,
        "mean_gray": seen.thumbnails.mean(axis=(1, 2)),
        "contrast": contrast(seen.thumbnails),
    }
    dossier = Dossier(
        embeddings=projected.astype(np.float16),
        trained_on=trained_on,
        pixel_hashes=seen.pixel_hashes,
        labels=labels.astype(np.uint8),
        sources=sources.astype(np.uint8),
        source_names=tuple(map(str, source_names)),
        held_out_scores=scores.astype(np.float32),
        detector=detector,
        sanity=sanity,
        usual=UsualLooks.fit(seen.thumbnails[fit]),
        scales=scales,
        table=count_table(table),
        statistics=describe(list(table["label"]), seen.facts, images),
        groups=numbered(groups),
        facts=facts,
        known_facts=known_facts,
    )
    foreignness = Foreignness(
        unusual=float(unusual),
        foreign=float(foreign),
        n_reference=len(fit),
        n_held_out=len(held_out),
    )
    return foreignness, dossier


def _column(table: pd.DataFrame, name: str, otherwise: NDArray[np.str_]) -> NDArray[np.str_]:
    return table[name].to_numpy(str) if name in table else otherwise
