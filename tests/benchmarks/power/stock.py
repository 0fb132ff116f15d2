"""Real X-rays with shortcuts planted in them, and what a network shows of each: asked for once.

The network is the bundle's with ImageNet's weights. What a head learns on top of it is then decided
by the trial alone; the bundle's own weights were trained not to mind such changes, and on these
very X-rays.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from xraydemo.classes import CLASSES
from xraydemo.engine.client import Engine
from xraydemo.evaluation.checks.confounder_pixels import HARMLESS, PAINTED, RING
from xraydemo.evaluation.confounding.probe import components
from xraydemo.evaluation.run import Run
from xraydemo.radiograph.interventions import Intervention

Variant = tuple[Intervention, ...]
Floats = NDArray[np.float64]

PLANTED: dict[str, Variant] = {
    "marker": (Intervention("marker", {"text": "PORTABLE", "x": 0.2, "y": 0.06, "size": 0.06}),),
    "border": (Intervention("border"),),
    "jpeg": (Intervention("jpeg", {"quality": 10}),),
    "resolution": (Intervention("resample", {"side": 96}),),
    "gamma": (Intervention("gamma"),),
    "letter": (Intervention("marker"),),
}
NOTHING: Variant = ()
# as confounder.pixels changes them
COVERED: Variant = (Intervention("black_lungs", {"margin": 0.05}),)
OUTER: Variant = (Intervention("outer_ring", {"share": RING}),)
OVERPAINTED: Variant = HARMLESS[PAINTED]
OF_A_CLASS = 640  # X-rays
WITH_FINDINGS = 600  # X-rays in which a finding is drawn, or not
OTHERS = ("view", "source")
SMALLEST, LARGEST = 0.015, 0.05  # radius of a finding, as a share of the picture's width
EDGE = 0.2  # a finding stays away from the sides by so much
CORNERS = 16


class Patients:
    """X-rays of the two commonest classes of a run, as many of each.

    Parameters
    ----------
    run : Run
    folder : Path
        Where embeddings are kept.

    Attributes
    ----------
    labels, groups : ndarray of str, shape (n,)
    others : dict of str to ndarray of str
        Facts that are known of them.
    """

    def __init__(self, run: Run, folder: Path) -> None:
        counts = run.rows["label"][run.was_read].value_counts().drop("", errors="ignore")
        both = sorted(counts.index[:2], key=CLASSES.index)
        rows = np.concatenate([_some(run, label, OF_A_CLASS) for label in both])
        self._run, self._folder = run, folder
        self._files = run.rows["path"].iloc[rows].tolist()
        self.labels = run.rows["label"].to_numpy(str)[rows]
        self.groups = run.groups[rows]
        self.others = {n: run.known(n).to_numpy(str)[rows] for n in OTHERS}

    @cache  # noqa: B019 - there is one, and it lasts
    def of(self, kind: str) -> Floats:
        """Give principal components, shape (n, 2, r): without a shortcut, and with it."""
        both = [self._shown(name, planted) for name, planted in _without_and_with(kind)]
        return _scaled(np.concatenate(both, axis=1))

    def _shown(self, name: str, planted: Variant) -> NDArray[np.float16]:
        questions = [(file, [planted]) for file in self._files]
        return _embedded(self._run, questions, self._folder / f"patients-{name}.npz")


class Findings:
    """X-rays that are called normal, in whose lungs a finding can be drawn: only it tells of it.

    Parameters
    ----------
    run : Run
    folder : Path
        Where embeddings are kept.

    Attributes
    ----------
    groups : ndarray of str, shape (n,)
    """

    def __init__(self, run: Run, folder: Path) -> None:
        rows = _some(run, "normal", WITH_FINDINGS)
        files = run.rows["path"].iloc[rows].tolist()
        drawn = _drawn_in(run, files, folder / "lungs.npz")
        has_one = np.array([finding is not None for finding in drawn])
        self._run, self._folder = run, folder
        self._drawn = [(f, d) for f, d in zip(files, drawn, strict=True) if d is not None]
        self.groups = run.groups[rows][has_one]

    @cache  # noqa: B019 - there is one, and it lasts
    def of(self, kind: str) -> Floats:
        """Give principal components, shape (n, 2, 6, r): without a shortcut, and with it.

        Each without the finding, and with it; with covered lungs, and the edge alone, where it
        can't be seen; and both again with corners and letters painted over.
        """
        both = [self._shown(name, planted) for name, planted in _without_and_with(kind)]
        return _scaled(np.stack(both, axis=1))

    def _shown(self, name: str, planted: Variant) -> NDArray[np.float16]:
        questions = [(file, _six(finding, planted)) for file, finding in self._drawn]
        return _embedded(self._run, questions, self._folder / f"findings-{name}.npz")


def _without_and_with(kind: str) -> tuple[tuple[str, Variant], tuple[str, Variant]]:
    return ("plain", NOTHING), (kind, PLANTED[kind])


def _six(finding: Intervention, planted: Variant) -> tuple[Variant, ...]:
    ill = (finding, *planted)
    # the box covers the whole finding: with it and without it the X-ray is the same there
    hidden = (*planted, *COVERED), (*planted, *OUTER)
    return planted, ill, *hidden, (*planted, *OVERPAINTED), (*ill, *OVERPAINTED)


def _some(run: Run, label: str, most: int) -> NDArray[np.intp]:
    """Draw X-rays of a class, one of a patient."""
    rows = np.flatnonzero(run.was_read & (run.rows["label"] == label).to_numpy())
    rows = np.random.default_rng(0).permutation(rows)
    _, first = np.unique(run.groups[rows], return_index=True)
    return rows[np.sort(first)][:most]


def _drawn_in(run: Run, files: Sequence[str], kept: Path) -> list[Intervention | None]:
    """Draw a gray disc into a lung of each X-ray; None where no lung was found."""
    generator = np.random.default_rng(0)
    return [_disc(outline, generator) for outline in _lungs(run, files, kept)]


def _disc(outline: NDArray[np.bool_], generator: np.random.Generator) -> Intervention | None:
    side = len(outline)
    radius = generator.uniform(SMALLEST, LARGEST)
    inside = cv2.erode(outline.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    margin = round(EDGE * side)
    inside[:margin] = inside[-margin:] = inside[:, :margin] = inside[:, -margin:] = False
    places = np.argwhere(inside)
    if not len(places):
        return None
    y, x = (places[generator.integers(len(places))] + 0.5) / side
    turns = np.linspace(0, 2 * math.pi, CORNERS, endpoint=False)
    corners = np.stack([x + radius * np.cos(turns), y + radius * np.sin(turns)], axis=1)
    gray = generator.uniform(0.6, 0.8)
    return Intervention("paint", {"polygons": [corners.round(4).tolist()], "gray": round(gray, 2)})


def _lungs(run: Run, files: Sequence[str], kept: Path) -> NDArray[np.bool_]:
    key = _key(run, [(file, [NOTHING]) for file in files])
    if kept.exists() and str((known := np.load(kept))["key"]) == key:
        return np.asarray(known["lungs"], bool)
    with Engine(run.meta.bundle["folder"], "cpu") as engine:
        asked = [engine.submit(file, want=("lungs",)) for file in files]
        outlines = [future.result().lungs for future in asked]
    empty = np.zeros(next(o.shape for o in outlines if o is not None), bool)
    lungs = np.stack([empty if o is None else o for o in outlines])
    np.savez_compressed(kept, key=key, lungs=lungs)
    return lungs


def _embedded(
    run: Run, questions: Sequence[tuple[str, Sequence[Variant]]], kept: Path
) -> NDArray[np.float16]:
    """Ask for embeddings, shape (n, variants, d); they are kept in a file."""
    key = _key(run, questions)
    if kept.exists() and str((known := np.load(kept))["key"]) == key:
        return np.asarray(known["shown"])
    with Engine(run.meta.bundle["folder"], "cpu", weights="imagenet") as engine:
        asked = [engine.vary(file, variants, want=("embedding",)) for file, variants in questions]
        shown = np.stack(
            [np.stack([reading.embedding for reading in one.result()]) for one in asked]
        ).astype(np.float16)
    np.savez(kept, key=key, shown=shown)
    return shown


def _key(run: Run, questions: Sequence[tuple[str, Sequence[Variant]]]) -> str:
    """Name what is asked, and of what."""
    plain = [
        (file, [[one.as_plain() for one in variant] for variant in variants])
        for file, variants in questions
    ]
    told = json.dumps([run.meta.bundle["fingerprint"], plain], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _scaled(embeddings: NDArray[np.float16]) -> Floats:
    """Turn embeddings, shape (..., d), to principal components of variance 1 on average."""
    x = components(embeddings.reshape(-1, embeddings.shape[-1]).astype(np.float64))
    return np.asarray(x / x.std(axis=0).mean()).reshape(*embeddings.shape[:-1], -1)
