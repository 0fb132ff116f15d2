"""The X-rays that may be trained on: a table's pool, grouped, with no copy held out elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xraydemo.classes import CLASSES
from xraydemo.cohort.table import read_table
from xraydemo.cohort.twins import find_twins, twin_groups
from xraydemo.errors import BadCohort
from xraydemo.radiograph import read
from xraydemo.radiograph.profile import Profile, profile
from xraydemo.training.pictures import reduced

TRAINING_SPLIT = "pool"
LEAST_OF_A_CLASS = 40
Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class TrainingTable:
    """What a training may see.

    Attributes
    ----------
    rows : pandas.DataFrame
        As `read_table` gives it. In `group` stand patients and X-rays that stand twice, joined:
        whatever shares one of them is one group.
    pictures : list of ndarray of uint8
        In the order of `rows`; see `reduced`.
    n_left_out : int
        X-rays of the pool that were dropped, since they, or others of their group, stand in another
        split of the table as well.
    """

    rows: pd.DataFrame
    pictures: list[NDArray[np.uint8]]
    n_left_out: int


@dataclass(frozen=True, eq=False)
class Part:
    """One part of a training table, as a network is taught it.

    Attributes
    ----------
    pictures : list of ndarray of uint8
    labels : ndarray of int, shape (n,)
        Class numbers.
    sources, views, groups : ndarray of str, shape (n,)
        Empty where nothing is known.
    """

    pictures: list[NDArray[np.uint8]]
    labels: NDArray[np.intp]
    sources: NDArray[np.str_]
    views: NDArray[np.str_]
    groups: NDArray[np.str_]


def part_of(table: TrainingTable, rows: NDArray[np.intp]) -> Part:
    """Give some rows of a training table."""
    chosen = table.rows.iloc[rows]
    return Part(
        pictures=[table.pictures[row] for row in rows],
        labels=np.array([CLASSES.index(label) for label in chosen["label"]], dtype=np.intp),
        sources=_known(chosen, "source"),
        views=_known(chosen, "view"),
        groups=chosen["group"].to_numpy(str),
    )


def read_training_table(csv: Path, progress: Progress) -> TrainingTable:
    """Read the `pool` rows of a table (all, if it has no column `split`).

    The rows of other splits are read too, but only to find what stands in both: collections share
    X-rays that went through different pipelines, and no column tells of it.

    Parameters
    ----------
    csv : Path
    progress : callable
        Is given the number of files read and the number in all.

    Returns
    -------
    TrainingTable

    Raises
    ------
    BadCohort
        If the table can't be used, or holds fewer than 40 X-rays of a class.
    """
    table = read_table(csv)
    pool = (
        (table["split"] == TRAINING_SPLIT).to_numpy()
        if "split" in table
        else np.ones(len(table), dtype=bool)
    )
    _refuse_too_few(csv, table["label"][pool])
    pictures: list[NDArray[np.uint8]] = []
    profiles: list[Profile] = []
    with ThreadPoolExecutor() as threads:
        for picture, told in threads.map(_look, table["path"]):
            pictures.append(picture)
            profiles.append(told)
            progress(len(pictures), len(table))

    groups = _joined(table, _copies(profiles))
    stands_elsewhere = np.isin(groups, groups[~pool])
    kept = pool & ~stands_elsewhere
    rows = table.assign(group=groups)[kept].reset_index(drop=True)
    _refuse_too_few(csv, rows["label"])
    return TrainingTable(
        rows,
        [picture for picture, keep in zip(pictures, kept, strict=True) if keep],
        int((pool & stands_elsewhere).sum()),
    )


def _known(table: pd.DataFrame, column: str) -> NDArray[np.str_]:
    """Give a column as text, empty where nothing is known."""
    if column not in table:
        return np.full(len(table), "")
    return table[column].fillna("").to_numpy(str)


def _look(path: Path) -> tuple[NDArray[np.uint8], Profile]:
    radiograph = read(path)
    return reduced(radiograph), profile(radiograph.pixels, radiograph.presented())


def _refuse_too_few(csv: Path, labels: pd.Series) -> None:
    counts = labels.value_counts()
    for label in CLASSES:
        if counts.get(label, 0) < LEAST_OF_A_CLASS:
            raise BadCohort(
                f"{csv} has {counts.get(label, 0)} X-rays of {label} to train on",
                f"Each class needs {LEAST_OF_A_CLASS}; a column `split` must say `pool` for them",
            )


def _copies(profiles: list[Profile]) -> NDArray[np.intp]:
    """Give each X-ray a number that its copies share."""
    twins = find_twins(
        [one.pixel_sha256 for one in profiles],
        np.array([one.phash for one in profiles], dtype=np.uint64),
        np.stack([one.thumbnail for one in profiles]),
    )
    return twin_groups(len(profiles), twins)


def _joined(table: pd.DataFrame, copies: NDArray[np.intp]) -> NDArray[np.str_]:
    """Join the groups of which two rows show one X-ray; each is named by its first row's group."""
    if "group" not in table:
        return np.char.add("X-ray ", copies.astype(str))
    given, names = pd.factorize(table["group"])
    first_places = np.unique(copies, return_index=True)[1]
    pairs = pd.DataFrame({"a": given, "b": given[first_places[copies]]})
    joined = twin_groups(len(names), pairs)
    first_name = pd.Series(names).groupby(joined).first()
    return first_name.to_numpy(str)[joined[given]]
