"""The groups of X-rays that a run can be looked at by: class, view, sex, age band, site, ..."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.cohort.labels import normalized
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.sample import Sample

# of a fact; one with more, and few X-rays a value, tells X-rays apart, not groups of them
MOST_VALUES, LEAST_A_VALUE = 60, 10
AGE_BANDS = ((0, 18, "under 18"), (18, 40, "18 to 39"), (40, 60, "40 to 59"), (60, 200, "over 59"))
# columns that tell who it is: their values must come into no report
WHO = (
    "patient", "patient_id", "patient_name", "subject", "subject_id", "name", "mrn", "study_id",
    "accession", "accession_number", "id",
)  # fmt: skip
# what names X-rays or patients, what the label was made from, and what is not of the X-ray
NO_GROUPS = {
    normalized(name)
    for name in (
        *WHO, "file", "label", "group", "same_as", "finding", "original_name", "split", "license",
    )
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Slice:
    """Some X-rays that have something in common.

    Attributes
    ----------
    fact : str
        "class", "view", ...
    value : str
        "covid", "AP", ...
    mask : ndarray of bool
        Of the positions that were asked for.
    """

    fact: str
    value: str
    mask: NDArray[np.bool_]

    @property
    def name(self) -> str:
        """Name it as a table shows it."""
        return f"{self.fact} = {self.value}"


def class_slices(run: Run, positions: NDArray[np.intp], floor: int) -> list[Slice]:
    """Slice by label; see `fact_slices` for the arguments."""
    truth = run.truth[positions]
    masks = [(k, truth == k) for k in range(len(CLASSES))]
    return [
        Slice("class", DISPLAY_NAMES[CLASSES[k]], mask) for k, mask in masks if mask.sum() >= floor
    ]


def fact_slices(run: Run, positions: NDArray[np.intp], floor: int) -> list[Slice]:
    """Slice by each fact that is known of the X-rays and has few values; ages by bands.

    Parameters
    ----------
    run : Run
    positions : ndarray of int, shape (n,)
        The X-rays of the run to slice.
    floor : int
        The least number of X-rays in a slice.

    Returns
    -------
    list of Slice
        In the order of `Run.known_names`. Neither a slice of all X-rays nor one that is the same
        X-rays as an earlier one.
    """
    found: list[Slice] = []
    seen = {np.ones(len(positions), bool).tobytes()}
    for fact in run.known_names:
        if normalized(fact) in NO_GROUPS:
            continue
        cells = run.known(fact).iloc[positions]
        if fact == "age":
            cells = cells.map(age_band)
        values = [v for v in pd.unique(cells) if v]
        if len(values) > max(MOST_VALUES, len(positions) / LEAST_A_VALUE):
            continue
        for value in sorted(values):
            mask = (cells == value).to_numpy(bool)
            if mask.sum() >= floor and mask.tobytes() not in seen:
                seen.add(mask.tobytes())
                found.append(Slice(fact, value, mask))
    return found


def halves(sample: Sample) -> NDArray[np.bool_]:
    """Tell which X-rays are of the first half of the groups, shape (n,); drawn within classes.

    What is chosen for its number on one half is measured on the other.
    """
    generator = np.random.default_rng(0)
    _, first_row, group_of_row = np.unique(sample.groups, return_index=True, return_inverse=True)
    class_of_group = sample.truth[first_row]
    in_first = np.zeros(len(first_row), bool)
    for k in np.unique(class_of_group):
        members = generator.permutation(np.flatnonzero(class_of_group == k))
        in_first[members[: len(members) // 2]] = True
    return in_first[group_of_row]


def age_band(age: str | float) -> str:
    """Name the band of an age in years; "" where it is unknown."""
    try:
        years = float(age)
    except ValueError:
        return ""
    if math.isnan(years):
        return ""
    return next((name for low, high, name in AGE_BANDS if low <= years < high), "")
