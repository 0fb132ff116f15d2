"""Dividing a cohort so that no patient stands on two sides."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

PARTS = ("fit", "select", "calibrate")
N_FOLDS = 20
FOLDS_OF = {"fit": range(14), "select": range(14, 17), "calibrate": range(17, 20)}


def three_way_split(table: pd.DataFrame, seed: int) -> dict[str, NDArray[np.intp]]:
    """Divide a table once, by group, stratified by class and source, each part with one purpose.

    Parameters
    ----------
    table : pandas.DataFrame
        With `label`; `group` and `source` are used where there are such columns.
    seed : int
        The same seed and table give the same parts.

    Returns
    -------
    dict of str to ndarray of int
        Positions of the rows of `fit` (about 70 %: the weights see these), `select` (15 %: when to
        stop, what to choose) and `calibrate` (15 %: temperature). No group is in two of them.
    """
    label = table["label"].to_numpy()
    source = table["source"].to_numpy() if "source" in table else np.full(len(table), "")
    group = table["group"].to_numpy() if "group" in table else np.arange(len(table)).astype(str)
    strata = np.array([f"{a}|{b}" for a, b in zip(label, source, strict=True)])

    folds = StratifiedGroupKFold(N_FOLDS, shuffle=True, random_state=seed)
    held_out = [rows for _, rows in folds.split(np.zeros(len(table)), strata, group)]
    return {
        part: np.sort(np.concatenate([held_out[fold] for fold in FOLDS_OF[part]])) for part in PARTS
    }
