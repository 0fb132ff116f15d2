"""A run as it is looked at: the readings of one bundle on one cohort, in cohort order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from xraydemo.classes import CLASSES
from xraydemo.cohort.twins import find_twins, twin_groups
from xraydemo.evaluation.sample import Sample
from xraydemo.model.bundle import BundleCard

JUDGEMENT = (
    "set", "priority", "doubt", "foreign_score", "foreign_percentile", "foreign_verdict",
    "foreign_reason", "in_training_table",
)  # fmt: skip


class RunMeta(BaseModel):
    """What a run is of; two runs are the same when all of `identity` agrees.

    Attributes
    ----------
    schema_version : int
        Of the run's folder.
    cohort : dict
        `name`, `source`, `source_sha256` (of a table; "" for a folder), `fingerprint`, `grouping`,
        `mapping`, `own_columns`, and `problems`, each with where, message, hint and kind.
    bundle : dict
        `name`, `fingerprint`, `folder`.
    card : BundleCard
        The bundle's, whole: a run can be judged without the bundle.
    engine : dict of str to str
        `runtime`, `device`, `precision`.
    versions : dict of str to str
        Of the program and its libraries, when the run began.
    started : str
        ISO date and time, UTC.
    """

    model_config = ConfigDict(extra="forbid")

    schema_version: int
    cohort: dict[str, Any]
    bundle: dict[str, str]
    card: BundleCard
    engine: dict[str, str]
    versions: dict[str, str]
    started: str

    @property
    def identity(self) -> tuple[str, ...]:
        """What must agree for a run to be resumed: cohort, bundle, runtime, precision, device."""
        return (
            self.cohort["fingerprint"],
            self.bundle["fingerprint"],
            self.engine["runtime"],
            self.engine["precision"],
            self.engine["device"],
        )


class Arrays(Protocol):
    """The large columns of a run, read only when asked for; zeros where nothing was read."""

    def embeddings(self) -> NDArray[np.float32]:
        """Give pooled features, shape (n, d)."""
        ...

    def maps(self) -> NDArray[np.float16]:
        """Give raw Grad-CAM, shape (n, 4, h, w)."""
        ...

    def thumbnails(self) -> NDArray[np.uint8]:
        """Give pictures of shape (n, 32, 32)."""
        ...


@dataclass(frozen=True, eq=False)
class Run:
    """The readings of one bundle on one cohort; every table is in cohort order.

    Attributes
    ----------
    meta : RunMeta
    rows : pandas.DataFrame
        `file`, `path`, `label` (class id or ""), `given_label`, `group` (as the cohort knows it),
        the cohort's own columns (text, "" unknown), and of the file: `sha256`, `pixel_sha256`,
        `phash` (uint64), `milliseconds`, `error_type`, `error_message`, `error_hint` ("" for
        none). The index is the position: 0 to n - 1.
    facts : pandas.DataFrame
        What the files tell of themselves (`format`, `width`, `view`, ...); None where unknown.
    statistics : pandas.DataFrame
        Image statistics (see `xraydemo.radiograph.profile.STATISTICS`); NaN where nothing was read.
    judgements : pandas.DataFrame
        The columns `JUDGEMENT`: `set` (class ids, the most likely first, between spaces),
        `priority`, `doubt` (sure, unsure), `foreign_score`, `foreign_percentile`,
        `foreign_verdict` (inside, unusual, foreign), `foreign_reason`, and `in_training_table`
        (bool); None where a bundle says nothing of it.
    logits, probabilities : ndarray of float32, shape (n, 4)
        NaN where nothing was read.
    arrays : Arrays
    """

    meta: RunMeta
    rows: pd.DataFrame
    facts: pd.DataFrame
    statistics: pd.DataFrame
    judgements: pd.DataFrame
    logits: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    arrays: Arrays

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def was_read(self) -> NDArray[np.bool_]:
        """Tell which X-rays have a reading, shape (n,)."""
        return np.asarray(~np.isnan(self.probabilities[:, 0]))

    @cached_property
    def truth(self) -> NDArray[np.intp]:
        """Give each label's number in CLASSES, -1 where unknown, shape (n,)."""
        number = {name: k for k, name in enumerate(CLASSES)}
        return np.array([number.get(label, -1) for label in self.rows["label"]], dtype=np.intp)

    @cached_property
    def predicted(self) -> NDArray[np.intp]:
        """Give the most likely class's number, -1 where nothing was read, shape (n,)."""
        likely = np.where(self.was_read[:, None], self.probabilities, 0.0).argmax(axis=1)
        return np.where(self.was_read, likely, -1).astype(np.intp)

    @cached_property
    def twins(self) -> pd.DataFrame:
        """List the X-rays that stand in the run more than once; see `find_twins`.

        Columns `a`, `b` (positions, a < b), `kind`, `distance`, `correlation`.
        """
        read = np.flatnonzero(self.was_read)
        rows = self.rows.loc[read]
        twins = find_twins(
            rows["pixel_sha256"].tolist(),
            rows["phash"].to_numpy(np.uint64),
            self.arrays.thumbnails()[read],
        )
        return twins.assign(a=read[twins["a"].to_numpy()], b=read[twins["b"].to_numpy()])

    @cached_property
    def groups(self) -> NDArray[np.str_]:
        """Give what belongs together, shape (n,): the cohort's groups, else near-duplicates."""
        given = self.rows["group"].to_numpy(str)
        by_twins = np.char.add("twins of ", twin_groups(len(self), self.twins).astype(str))
        return np.where(given != "", np.char.add("group ", given), by_twins)

    @cached_property
    def grouping(self) -> str:
        """Say in words what the groups are."""
        given = int((self.rows["group"] != "").sum())
        if given == len(self):
            return str(self.meta.cohort["grouping"])
        if given == 0:
            return "near-duplicates"
        return f"{self.meta.cohort['grouping']}, and near-duplicates where it is empty"

    @cached_property
    def sample(self) -> Sample:
        """Give the X-rays that were read and have a label: what performance is measured on."""
        positions = np.flatnonzero(self.was_read & (self.truth >= 0))
        return Sample.of(
            positions, self.truth[positions], self.probabilities[positions], self.groups[positions]
        )

    def known(self, name: str) -> pd.Series:
        """Give a fact of every X-ray as text, "" where unknown.

        The cohort's own column of this name speaks first, then what the file tells of itself.
        """
        fact = [_as_text(v) for v in self.facts[name]] if name in self.facts else [""] * len(self)
        if name in self.meta.cohort["own_columns"]:
            fact = [own or told for own, told in zip(self.rows[name], fact, strict=True)]
        # of objects: pandas' own text refuses what a broken header may hold (lone surrogates)
        return pd.Series(fact, self.rows.index, dtype=object)

    @property
    def known_names(self) -> tuple[str, ...]:
        """List every name that `known` has something for."""
        own = self.meta.cohort["own_columns"]
        return (*own, *(name for name in self.facts if name not in own))


def _as_text(value: object) -> str:
    if value is None or value != value:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
