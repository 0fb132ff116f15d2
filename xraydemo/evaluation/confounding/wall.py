"""Classes against the values of a fact: how many X-rays stand in each cell, and which are empty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import hypergeom

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.figures import Grid
from xraydemo.evaluation.result import Number, Table
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.tell_result import listed
from xraydemo.evaluation.testable_facts import OTHER, UNKNOWN


@dataclass(frozen=True)
class Hole:
    """An empty cell where chance would put X-rays.

    Attributes
    ----------
    k : int
        Class number.
    value : str
        Of the fact.
    expected : float
        Independent groups (patients) that would stand there if the fact had nothing to do with the
        class.
    p : float
        The probability that none does, then.
    """

    k: int
    value: str
    expected: float
    p: float


@dataclass(frozen=True, eq=False)
class Wall:
    """A table of classes and values.

    Attributes
    ----------
    fact : str
        In words.
    classes : tuple of int
        The rows.
    values : tuple of str
        The columns, "unknown" last.
    cells : tuple of tuple of tuple of int
        Positions.
    groups : ndarray of int, shape (n_classes, n_values)
        How many independent groups stand in each cell.
    """

    fact: str
    classes: tuple[int, ...]
    values: tuple[str, ...]
    cells: tuple[tuple[tuple[int, ...], ...], ...]
    groups: NDArray[np.intp]

    @classmethod
    def of(cls, fact: str, values: pd.Series, sample: Sample) -> Wall:
        """Count.

        Parameters
        ----------
        fact : str
            In words.
        values : pandas.Series of str, n rows
            In [few values]; "unknown" for unknown. Columns are in alphabetical order.
        sample : Sample, n rows
        """
        value = values.to_numpy(str)
        names = sorted(set(value.tolist()), key=lambda name: (name == UNKNOWN, name))
        classes = [int(k) for k in np.unique(sample.truth)]
        cells, groups = [], np.zeros((len(classes), len(names)), np.intp)
        for i, k in enumerate(classes):
            members = [(sample.truth == k) & (value == name) for name in names]
            cells.append(tuple(tuple(map(int, sample.positions[m])) for m in members))
            groups[i] = [len(np.unique(sample.groups[m])) for m in members]
        return cls(fact, tuple(classes), tuple(names), tuple(cells), groups)

    @property
    def counts(self) -> NDArray[np.intp]:
        """Count the X-rays in each cell, shape (n_classes, n_values)."""
        return np.array([[len(cell) for cell in row] for row in self.cells], np.intp)

    def holes(self, expected: float, error: float = 0.05) -> list[Hole]:
        """List the empty cells where chance would put X-rays, the largest first.

        Parameters
        ----------
        expected : float
            The least number of groups that chance would put there.
        error : float
            How often chance may leave any such cell empty.

        Returns
        -------
        list of Hole
            Corrected for the number of such cells (Bonferroni). "unknown" and "other" are no values
            here.
        """
        known = np.array([name != UNKNOWN for name in self.values])
        counts = self.groups[:, known]
        total, of_class, of_value = counts.sum(), counts.sum(axis=1), counts.sum(axis=0)
        values = [name for name in self.values if name != UNKNOWN]
        by_chance = np.outer(of_class, of_value) / max(total, 1)
        possible = by_chance >= expected
        possible[:, [name == OTHER for name in values]] = False
        found = [
            Hole(
                self.classes[i],
                values[j],
                float(by_chance[i, j]),
                float(hypergeom.pmf(0, total, of_class[i], of_value[j])),
            )
            for i, j in np.argwhere(possible & (counts == 0))
        ]
        real = [hole for hole in found if hole.p * possible.sum() < error]
        return sorted(real, key=lambda hole: -hole.expected)

    def of_one_class(self, floor: int) -> list[tuple[str, int, int]]:
        """List the known values with `floor` X-rays or more that are all of one class.

        Returns
        -------
        list of (value, class number, X-rays)
            The largest first.
        """
        counts = self.counts
        found = [
            (name, self.classes[int(counts[:, j].argmax())], int(counts[:, j].sum()))
            for j, name in enumerate(self.values)
            if name not in (OTHER, UNKNOWN)
            and (counts[:, j] > 0).sum() == 1
            and counts[:, j].sum() >= floor
        ]
        return sorted(found, key=lambda one: -one[2])

    def figure(self) -> Grid:
        """Draw it."""
        return Grid(
            title=f"How many X-rays of each class, by {self.fact}",
            row_title="class",
            column_title=self.fact,
            row_labels=tuple(CLASSES[k] for k in self.classes),
            column_labels=self.values,
            values=tuple(tuple(float(len(cell)) for cell in row) for row in self.cells),
            groups=self.cells,
        )

    def table(self) -> Table:
        """Give the counts, out of the class's X-rays."""
        counts = self.counts
        return Table(
            f"X-rays by class and {self.fact}",
            tuple(
                Number.count("X-rays", f"{CLASSES[k]}, {name}", int(n), int(counts[i].sum()))
                for i, k in enumerate(self.classes)
                for name, n in zip(self.values, counts[i], strict=True)
            ),
        )


def holes_in_words(fact: str, holes: list[Hole]) -> list[str]:
    """Say for each class where it is missing, the largest hole first.

    Parameters
    ----------
    fact : str
        "year", "site": in words.
    holes : list of Hole
        Of one wall.
    """
    by_class: dict[int, list[Hole]] = {}
    for hole in holes:
        by_class.setdefault(hole.k, []).append(hole)
    return [
        f"No {DISPLAY_NAMES[CLASSES[k]]} X-ray is of the {fact} "
        f"{listed(hole.value for hole in of_class)}, where chance would put "
        f"{listed(f'{hole.expected:.0f}' for hole in of_class)} patients."
        for k, of_class in by_class.items()
    ]
