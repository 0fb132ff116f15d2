"""Which X-rays of a run come from the table that the bundle was trained from, and which don't."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from xraydemo.evaluation.known_inside import INSIDE_FROM, is_of_training_table
from xraydemo.evaluation.run import Run
from xraydemo.model.dossier import Dossier, short_hash

Origin = Literal["home", "mixed", "elsewhere"]
MOSTLY = 0.5  # of the X-rays that were read: from here on, a run is one from home


def from_elsewhere(run: Run) -> NDArray[np.bool_]:
    """Tell which X-rays are not known to be of the training table, shape (n,).

    Other X-rays of a patient of whom one is are from home, too. Copies that were resized or saved
    anew have other pixels, and pass for X-rays from elsewhere.
    """
    if is_of_training_table(run):
        return np.zeros(len(run), bool)
    home = run.judgements["in_training_table"].eq(True).to_numpy(bool)
    return np.asarray(~np.isin(run.groups, run.groups[home]))


def origin(run: Run) -> Origin:
    """Tell whether a run is from home, from elsewhere, or has a part of each kind.

    Returns
    -------
    str
        ``mixed`` where 1 % to half of the X-rays that were read are of the training table.
    """
    read = run.was_read
    share_from_home = float((~from_elsewhere(run))[read].mean()) if read.any() else 0.0
    if share_from_home >= MOSTLY:
        return "home"
    return "mixed" if share_from_home >= INSIDE_FROM else "elsewhere"


def learnt_from(run: Run, dossier: Dossier | None) -> NDArray[np.bool_]:
    """Tell whose very pixels the weights have seen, shape (n,); nobody's where it isn't known."""
    learnt = np.zeros(len(run), bool)
    if dossier is not None:
        read = np.flatnonzero(run.was_read)
        seen = dossier.pixel_hashes[dossier.trained_on]
        learnt[read] = np.isin(short_hashes(run, read), seen)
    return learnt


def short_hashes(run: Run, positions: NDArray[np.intp]) -> NDArray[np.uint64]:
    """Give the pixel hashes of some X-rays as the dossier keeps them, shape (n,)."""
    pixels = run.rows["pixel_sha256"].iloc[positions]
    return np.array([short_hash(one) for one in pixels], dtype=np.uint64)
