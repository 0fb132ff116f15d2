"""Several runs looked at as one, and their patients as far as they are the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from xraydemo.evaluation.run import Arrays, Run


@dataclass(frozen=True, eq=False)
class PooledArrays:
    """The large columns of several runs, one after the other."""

    each: tuple[Arrays, ...]

    def embeddings(self) -> NDArray[np.float32]:
        """Give pooled features, shape (n, d)."""
        return np.concatenate([arrays.embeddings() for arrays in self.each])

    def maps(self) -> NDArray[np.float16]:
        """Give raw Grad-CAM, shape (n, 4, h, w)."""
        return np.concatenate([arrays.maps() for arrays in self.each])

    def thumbnails(self) -> NDArray[np.uint8]:
        """Give pictures of shape (n, 32, 32)."""
        return np.concatenate([arrays.thumbnails() for arrays in self.each])


def pool(runs: Sequence[Run]) -> Run:
    """Put runs of one bundle after another into one.

    Parameters
    ----------
    runs : sequence of Run
        At least one. What only some of them know is unknown for the others.

    Returns
    -------
    Run
        The first X-ray of a run has the position of the number of X-rays before it. `meta` is that
        of the first run, with the columns of all.
    """
    own = tuple(dict.fromkeys(name for run in runs for name in run.meta.cohort["own_columns"]))
    rows = pd.concat([run.rows for run in runs], ignore_index=True)
    rows[list(own)] = rows[list(own)].fillna("")
    first = runs[0].meta
    return Run(
        first.model_copy(update={"cohort": first.cohort | {"own_columns": list(own)}}),
        rows,
        _stacked([run.facts for run in runs]),
        pd.concat([run.statistics for run in runs], ignore_index=True),
        _stacked([run.judgements for run in runs]),
        np.concatenate([run.logits for run in runs]),
        np.concatenate([run.probabilities for run in runs]),
        PooledArrays(tuple(run.arrays for run in runs)),
    )


def _stacked(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    columns = list(dict.fromkeys(name for table in tables for name in table))
    # as objects first: a column that is absent from one table must not turn numbers into floats
    each = [table.astype(object).reindex(columns=columns) for table in tables]
    return pd.concat(each, ignore_index=True)


def joined(groups: NDArray[Any], pixels: NDArray[Any]) -> NDArray[np.intp]:
    """Join groups that share an X-ray.

    Parameters
    ----------
    groups : ndarray, shape (n,)
        The patient, or whatever belongs together.
    pixels : ndarray, shape (n,)
        The same where the pixels are.

    Returns
    -------
    ndarray of int, shape (n,)
        Numbers of the groups after joining.
    """
    _, group = np.unique(groups, return_inverse=True)
    _, picture = np.unique(pixels, return_inverse=True)
    n_groups = int(group.max(initial=-1)) + 1
    n_nodes = n_groups + int(picture.max(initial=-1)) + 1
    edges = coo_array((np.ones(len(group)), (group, n_groups + picture)), (n_nodes, n_nodes))
    return np.asarray(connected_components(edges, directed=False)[1][group], dtype=np.intp)
