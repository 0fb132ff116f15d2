"""Runs made by hand, for the tests of checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xraydemo.classes import CLASSES
from xraydemo.evaluation.check import all_checks
from xraydemo.evaluation.given import NOTHING, Given
from xraydemo.evaluation.result import CheckResult
from xraydemo.evaluation.run import JUDGEMENT, Run, RunMeta
from xraydemo.evaluation.runner import run_check
from xraydemo.evaluation.thresholds import load_thresholds
from xraydemo.model.bundle import BundleCard, Provenance
from xraydemo.model.preprocess import Preprocessing
from xraydemo.radiograph.profile import STATISTICS

TABLE = "5" * 64  # SHA-256 of the table of every run made here


@dataclass(frozen=True, eq=False)
class ArraysInMemory:
    """The large columns, given outright."""

    embedding: NDArray[np.float32]
    thumbnail: NDArray[np.uint8]
    heat: NDArray[np.float16] | None = None

    def embeddings(self) -> NDArray[np.float32]:
        return self.embedding

    def maps(self) -> NDArray[np.float16]:
        if self.heat is not None:
            return self.heat
        return np.zeros((len(self.embedding), 4, 7, 7), np.float16)

    def thumbnails(self) -> NDArray[np.uint8]:
        return self.thumbnail


def tiny_card(**fields: Any) -> BundleCard:
    provenance = Provenance(
        created=datetime(2026, 1, 1, tzinfo=UTC),
        versions={},
        data={"table": "none.csv", "rows": 4},
        split={"seed": 0},
        recipe={},
        training={},
    )
    estimate = {"value": 0.9, "low": 0.88, "high": 0.92, "n": 100, "n_groups": 100}
    plain: dict[str, Any] = {
        "name": "tiny",
        "description": "Made for tests.",
        "intended_use": "None.",
        "preprocessing": Preprocessing(side=64),
        "temperature": 1.0,
        "heatmap_scale": 0.1,
        "metrics": {"calibrate": {"macro_f1": estimate, "macro_auc": estimate}},
        "provenance": provenance,
        "files": {},
    }
    return BundleCard.model_validate(plain | fields)


def make_run(
    labels: Sequence[str],
    probabilities: NDArray[np.floating] | None = None,
    *,
    columns: Mapping[str, Sequence[str]] | None = None,
    facts: Mapping[str, Sequence[Any]] | None = None,
    statistics: Mapping[str, Sequence[float]] | None = None,
    judgements: Mapping[str, Sequence[Any]] | None = None,
    groups: Sequence[str] | None = None,
    thumbnails: NDArray[np.uint8] | None = None,
    embeddings: NDArray[np.float32] | None = None,
    maps: NDArray[np.floating] | None = None,
    pixel_sha256: Sequence[str] | None = None,
    phash: Sequence[int] | None = None,
    unreadable: Sequence[int] = (),
    card: Mapping[str, Any] | None = None,
    seed: int = 0,
) -> Run:
    """Make a run; whatever isn't given is drawn and tells nothing about the labels.

    Parameters
    ----------
    labels : sequence of str
        Class ids, "" for unknown.
    probabilities : ndarray, shape (n, 4), optional
        Default: right with probability 0.7 for each labelled X-ray, whatever it looks like.
    columns, facts, statistics : mapping, optional
        The cohort's own columns; what the files tell; image statistics (drawn where not given).
    groups : sequence of str, optional
        Default: unknown.
    thumbnails, embeddings, pixel_sha256, phash : optional
        Default: all different.
    maps : ndarray, shape (n, 4, h, w), optional
        Default: zeros.
    unreadable : sequence of int
        Positions of files that could not be read.
    card : mapping, optional
        Fields of the bundle's card to set.
    """
    generator = np.random.default_rng(seed)
    n = len(labels)
    columns, facts = dict(columns or {}), dict(facts or {})
    if probabilities is None:
        probabilities = np.full((n, 4), 0.1)
        for i, label in enumerate(labels):
            right = label and generator.random() < 0.7
            k = CLASSES.index(label) if right else int(generator.integers(4))
            probabilities[i, k] = 0.7
    probabilities = np.asarray(probabilities, np.float32).copy()
    logits = np.log(np.clip(probabilities, 1e-6, 1)).astype(np.float32)
    drawn = {name: generator.normal(size=n) for name in STATISTICS}
    statistic_table = pd.DataFrame({**drawn, **(statistics or {})}, columns=list(STATISTICS))
    rows = pd.DataFrame(
        {
            "file": [f"{i:05d}.png" for i in range(n)],
            "path": [f"/cohort/{i:05d}.png" for i in range(n)],
            "label": list(labels),
            "given_label": list(labels),
            "group": list(groups) if groups is not None else [""] * n,
            **columns,
            "sha256": [f"file {i}" for i in range(n)],
            "pixel_sha256": list(pixel_sha256 or [f"pixels {i}" for i in range(n)]),
            "phash": np.array(
                phash if phash is not None else generator.integers(0, 2**63, n), np.uint64
            ),
            "milliseconds": 5.0,
            "error_type": "",
            "error_message": "",
            "error_hint": "",
        }
    )
    bad = list(unreadable)
    probabilities[bad] = logits[bad] = np.nan
    statistic_table.loc[bad] = np.nan
    judgement_table = pd.DataFrame(
        {name: (judgements or {}).get(name) for name in JUDGEMENT}, rows.index, dtype=object
    )
    rows.loc[bad, ["error_type", "error_message"]] = ["UnreadableImage", "it is broken"]
    if thumbnails is None:
        thumbnails = generator.integers(0, 255, (n, 32, 32)).astype(np.uint8)
    if embeddings is None:
        embeddings = generator.normal(size=(n, 16)).astype(np.float32)
    cohort = {
        "name": "cohort.csv",
        "source": "/cohort/cohort.csv",
        "source_sha256": TABLE,
        "fingerprint": "f" * 64,
        "grouping": "column group" if groups is not None else "",
        "mapping": {name: name for name in CLASSES},
        "own_columns": list(columns),
        "problems": [],
    }
    meta = RunMeta(
        schema_version=1,
        cohort=cohort,
        bundle={"name": "tiny", "fingerprint": "b" * 64, "folder": "/bundle"},
        card=tiny_card(**(card or {})),
        engine={"runtime": "openvino", "device": "cpu", "precision": "float32"},
        versions={"xraydemo": "0"},
        started="2026-11-21T12:00:00+00:00",
    )
    return Run(
        meta,
        rows,
        pd.DataFrame(facts, index=rows.index, dtype=object),
        statistic_table,
        judgement_table,
        logits,
        probabilities,
        ArraysInMemory(
            embeddings, thumbnails, None if maps is None else np.asarray(maps, np.float16)
        ),
    )


def ask(run: Run, check_id: str, *, given: Given = NOTHING, **parameters: Any) -> CheckResult:
    """Run one check as the runner does, with some parameters changed; a raise is passed on."""
    thresholds = load_thresholds()
    thresholds[check_id] = thresholds.get(check_id, {}) | parameters
    return run_check(all_checks()[check_id], run, thresholds, given=given, strict=True)
