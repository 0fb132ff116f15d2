"""The same X-ray standing in a cohort more than once, found from small data of each picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

LARGEST_DISTANCE = 10
LEAST_CORRELATION = 0.987

_ROWS_AT_ONCE = 64
_PAIRS_AT_ONCE = 1024

Places = NDArray[np.intp]


def find_twins(
    pixel_hashes: Sequence[str],
    phashes: NDArray[np.uint64],
    thumbnails: NDArray[np.uint8],
) -> pd.DataFrame:
    """Find the pairs of rows that show the same X-ray.

    Two pictures are the same when their pixels are equal, or when their perceptual hashes differ in
    at most 10 of 64 bits and Spearman's rank correlation of their thumbnails is above 0.987. Ranks,
    because the same X-ray often comes through two pipelines with different tone curves, and a
    rising curve leaves ranks as they are. On this project's X-rays true twins have 0.990 or more,
    the likest of different X-rays (of one patient, it seems) 0.984; Pearson's correlations of the
    two kinds nearly touch (0.985 and 0.984).

    Copies that are cropped by more than 1 % of a side, turned, mirrored, inverted, or carry a new
    patch of 1 % of the area are not found.

    Parameters
    ----------
    pixel_hashes : sequence of str, length N
        Equal where pixels are equal (`Profile.pixel_sha256`).
    phashes : ndarray of uint64, shape (N,)
        `Profile.phash`.
    thumbnails : ndarray of uint8, shape (N, 32, 32)
        `Profile.thumbnail`.

    Returns
    -------
    pandas.DataFrame
        One row a pair, sorted: `a`, `b` (positions, a < b), `kind` ("same pixels" or "near"),
        `distance` (Hamming, bits of 64) and `correlation` (Spearman); 0 and 1 for equal pixels.
        Rows with equal pixels are paired with the first of them, which alone is compared with the
        rest: ten copies are nine pairs, not forty-five. `twin_groups` joins them again.

    Notes
    -----
    20,000 rows took 3 seconds and 80 MB on one core. A blank thumbnail has no near twin.
    """
    first_of: dict[str, int] = {}
    firsts = [first_of.setdefault(digest, place) for place, digest in enumerate(pixel_hashes)]
    copies = [(first, place) for place, first in enumerate(firsts) if first != place]
    same = pd.DataFrame(copies, columns=["a", "b"], dtype=np.intp)
    same = same.assign(kind="same pixels", distance=0, correlation=1.0)

    unique = np.fromiter(first_of.values(), np.intp, len(first_of))
    near = _near(phashes[unique], thumbnails[unique])
    near = near.assign(a=unique[near["a"]], b=unique[near["b"]])
    # an empty frame beside a full one would decide the types
    parts = [part for part in (same, near) if len(part)] or [same]
    return pd.concat(parts).sort_values(["a", "b"], ignore_index=True)


def twin_groups(n: int, twins: pd.DataFrame) -> Places:
    """Give a number to each group of rows that show the same X-ray, directly or by way of a third.

    Parameters
    ----------
    n : int
        Rows of the cohort.
    twins : pandas.DataFrame
        As `find_twins` gives it; `a` and `b` are used.

    Returns
    -------
    ndarray of int, shape (n,)
        From 0; a row without a twin has a number of its own.
    """
    pairs = (twins["a"].to_numpy(np.intp), twins["b"].to_numpy(np.intp))
    graph = coo_array((np.ones(len(twins), bool), pairs), shape=(n, n))
    groups: Places = connected_components(graph, directed=False)[1].astype(np.intp)
    return groups


def _near(phashes: NDArray[np.uint64], thumbnails: NDArray[np.uint8]) -> pd.DataFrame:
    n, height, width = thumbnails.shape
    ranks = _ranks(thumbnails.reshape(n, height * width))
    found = []
    for a, b in _alike(phashes):
        correlation = _correlation(ranks[a], ranks[b])
        kept = correlation > LEAST_CORRELATION
        distance = np.bitwise_count(phashes[a[kept]] ^ phashes[b[kept]]).astype(int)
        pairs = {"a": a[kept], "b": b[kept], "kind": "near", "distance": distance}
        found.append(pd.DataFrame(pairs | {"correlation": correlation[kept].astype(float)}))
    nothing = pd.DataFrame({"a": np.empty(0, np.intp), "b": np.empty(0, np.intp)})
    return pd.concat(found, ignore_index=True) if found else nothing


def _alike(phashes: NDArray[np.uint64]) -> Iterator[tuple[Places, Places]]:
    """Give pairs whose hashes are close, a limited number at once."""
    for top in range(0, len(phashes), _ROWS_AT_ONCE):
        rows = phashes[top : top + _ROWS_AT_ONCE, None]
        close = np.bitwise_count(rows ^ phashes[None, top:]) <= LARGEST_DISTANCE
        a, b = np.nonzero(np.triu(close, k=1))
        for start in range(0, len(a), _PAIRS_AT_ONCE):
            part = slice(start, start + _PAIRS_AT_ONCE)
            yield top + a[part], top + b[part]


def _ranks(thumbnails: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Rank the pixels within each thumbnail; ties share the mean rank, which is doubled here."""
    ranks = np.empty(thumbnails.shape, np.int16)
    for thumbnail, row in zip(thumbnails, ranks, strict=True):
        counts = np.bincount(thumbnail, minlength=256)
        row[:] = (2 * np.cumsum(counts) - counts)[thumbnail]
    return ranks


def _correlation(a: NDArray[np.int16], b: NDArray[np.int16]) -> NDArray[np.float32]:
    """Correlate row by row; 0 where a row is constant."""
    # every row of doubled ranks has the same mean, the number of its pixels
    x = a.astype(np.float32) - np.float32(a.shape[1])
    y = b.astype(np.float32) - np.float32(b.shape[1])
    dot, xx, yy = (np.einsum("ij,ij->i", left, right) for left, right in ((x, y), (x, x), (y, y)))
    product: NDArray[np.float32] = np.sqrt(xx) * np.sqrt(yy)
    correlation: NDArray[np.float32] = np.zeros_like(dot)
    np.divide(dot, product, out=correlation, where=product > 0)
    return correlation
