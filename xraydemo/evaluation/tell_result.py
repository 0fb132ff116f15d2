"""How it is said that the class can be told from a table of columns: tables, figures, sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.figures import Bars, Figure, Grid
from xraydemo.evaluation.result import Number, Table
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.tell import Told, as_numbers, folds_of, tell, tell_from_each, varying
from xraydemo.metrics.bootstrap import LEVEL, Estimate
from xraydemo.model.measured import Measured

CLEAR = 0.25  # a value whose share differs this much is an example that speaks for itself


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the columns of one table tell.

    Attributes
    ----------
    columns : pandas.DataFrame, n rows
        Those that vary.
    sample : Sample, n rows
    together : Told
        From all columns.
    alone : dict of str to Told
        From each, the best first.
    """

    columns: pd.DataFrame
    sample: Sample
    together: Told
    alone: dict[str, Told]

    @classmethod
    def of(
        cls,
        columns: pd.DataFrame,
        sample: Sample,
        *,
        seed: int,
        level: float = LEVEL,
        progress: Callable[[float], None] = lambda _: None,
    ) -> Evidence:
        """Gather it.

        Parameters
        ----------
        columns : pandas.DataFrame
            One row an X-ray of the run; those of the sample are taken.
        sample : Sample
        seed : int
        level : float
            Of the intervals of all columns together, by which the verdict is given.
        progress : callable
            Is told the share that is done.
        """
        columns = varying(columns.iloc[sample.positions])
        folds = folds_of(sample, seed)
        together = tell(columns, sample, folds, seed=seed, level=level)
        alone = tell_from_each(columns, sample, folds, seed=seed, progress=progress)
        return cls(columns, sample, together, alone)

    def tables(self, what: str) -> tuple[Table, ...]:
        """Give all columns together, and each alone; `what` names the columns."""
        alone = tuple(
            row for name, told in self.alone.items() for row in _rows(told, f"{plain(name)}: ")
        )
        together = Table(f"Telling the class from {what}, all together", _rows(self.together, ""))
        each = Table(f"Telling the class from {what}, each alone", alone)
        return (together, each) if alone else (together,)

    def figures(self, what: str, lines: dict[str, float]) -> tuple[Figure, ...]:
        """Give bars of the macro AUC, and a grid of columns against classes.

        Behind each bar are all X-rays that were asked about, behind each cell those of the class.
        """
        if not self.alone:
            return ()
        named = {"all together": self.together} | {plain(n): t for n, t in self.alone.items()}
        macro = [told.macro for told in named.values()]
        classes = tuple(self.together.classes)
        positions, truth = self.sample.positions, self.sample.truth
        everyone = tuple(map(int, positions))
        of_classes = tuple(tuple(map(int, positions[truth == k])) for k in classes)
        return (
            Bars(
                title=f"Telling the class from {what}",
                unit="AUC, mean over the classes",
                labels=tuple(named),
                values=tuple(e.value for e in macro),
                lows=tuple(e.low for e in macro),
                highs=tuple(e.high for e in macro),
                lines={"guessing": 0.5} | lines,
                groups=(everyone,) * len(named),
            ),
            Grid(
                title=f"Telling each class from the rest by {what} (AUC)",
                row_title="from",
                column_title="class",
                row_labels=tuple(named),
                column_labels=tuple(CLASSES[k] for k in classes),
                values=tuple(tuple(t.classes[k].value for k in classes) for t in named.values()),
                groups=(of_classes,) * len(named),
            ),
        )

    def most_telling(self, above: float) -> tuple[str, ...]:
        """Say for each class which column gives it away most, the worst first.

        Parameters
        ----------
        above : float
            A class is spoken of when the column tells it with an AUC whose whole interval is above.
        """
        found = []
        for k in self.together.classes if self.alone else ():
            by_column = [(told.classes[k], name) for name, told in self.alone.items()]
            estimate, name = max(by_column, key=lambda one: one[0].value)
            if estimate.low > above:
                found.append((estimate, name, k))
        found.sort(key=lambda one: -one[0].value)
        return tuple(
            f"The {plain(name)} alone tells {DISPLAY_NAMES[CLASSES[k]]} from the rest with AUC "
            f"{said(estimate)}: "
            + difference(self.columns[name], self.sample.truth == k, DISPLAY_NAMES[CLASSES[k]])
            for estimate, name, k in found
        )

    @property
    def auc_in_words(self) -> str:
        """Give the number that decides, what it means, and the class that is told best."""
        macro, k = self.together.macro, self.together.easiest
        return (
            f"AUC {said(macro)}, where 0.5 is guessing and 1 is always right (n = {macro.n:,}; "
            f"best told is {DISPLAY_NAMES[CLASSES[k]]}, {said(self.together.classes[k])})"
        )


def plain(name: str) -> str:
    """Give the name of a column in words."""
    return name.replace("_", " ")


def said(estimate: Estimate) -> str:
    """Give an AUC with its interval in words."""
    return f"{estimate.value:.2f} [{estimate.low:.2f}, {estimate.high:.2f}]"


def percent(share: float, digits: int = 0) -> str:
    """Give a share in percent."""
    return f"{100 * share:z.{digits}f} %"


def share_said(share: Estimate | Measured, digits: int = 1) -> str:
    """Give a share and its interval in percent."""
    value, low, high = (f"{100 * x:z.{digits}f}" for x in (share.value, share.low, share.high))
    return f"{value} % [{low}, {high}]"


def signed(change: float, digits: int = 0) -> str:
    """Give a change with its sign, and what rounds to nothing without: "+3", "-0.12", "0"."""
    text = f"{change:+.{digits}f}"
    return text if float(text) else text[1:]


def counted(n: int, one: str = "X-ray", many: str = "") -> str:
    """Give a number of things: "1 X-ray", "1,200 X-rays"; `many` where one and an s won't do."""
    return f"{n:,} {one}" if n == 1 else f"{n:,} {many or one + 's'}"


def listed(names: Iterable[str]) -> str:
    """Join names: "a, b and c"."""
    names = list(names)
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def left_out(classes: tuple[int, ...], sample: Sample, floor: int) -> tuple[str, ...]:
    """Name the classes that were too small to be asked about; `sample` still has them."""
    if not classes:
        return ()
    named = listed(f"{DISPLAY_NAMES[CLASSES[k]]} ({counted(sample.counts[k])})" for k in classes)
    return (f"Left out, for less than {floor} X-rays (or 5 patients) say nothing: {named}.",)


def too_few(sample: Sample, floor: int) -> str:
    """Say why nothing can be told, and what would help."""
    counts = listed(
        f"{sample.counts[k]:,} of {DISPLAY_NAMES[CLASSES[k]]}" for k in np.unique(sample.truth)
    )
    return (
        f"Too few X-rays to tell classes apart: {counts}. It takes two classes with at least "
        f"{floor} labelled X-rays each, of 5 patients or more"
    )


def difference(column: pd.Series, of_class: NDArray[np.bool_], name: str) -> str:
    """Say how a column differs between a class and the rest, for people.

    Parameters
    ----------
    column : pandas.Series, n rows
    of_class : ndarray of bool, shape (n,)
        Neither all nor none.
    name : str
        The class.

    Returns
    -------
    str
        The value whose share differs most; for numbers without such a value, the middle half.
    """
    values = column.astype(object).where(column.notna(), "").astype(str)
    inside = values[of_class].value_counts(normalize=True)
    outside = values[~of_class].value_counts(normalize=True)
    differs = inside.sub(outside, fill_value=0.0).abs()
    value = str(differs.idxmax())
    numbers = as_numbers(column)
    if numbers is not None and differs[value] < CLEAR:
        return (
            f"half of {name} lie between {_middle_half(numbers[of_class])}, half of the rest "
            f"between {_middle_half(numbers[~of_class])}."
        )
    return (
        f"it is {value or 'unknown'} for {percent(inside.get(value, 0.0))} of {name} and for "
        f"{percent(outside.get(value, 0.0))} of the rest."
    )


def _middle_half(numbers: pd.Series) -> str:
    low, high = numbers.quantile([0.25, 0.75])
    return " and ".join(f"{x:,.0f}" if abs(x) >= 100 else f"{x:.3g}" for x in (low, high))


def _rows(told: Told, where: str) -> tuple[Number, ...]:
    return (
        Number.of("AUC", f"{where}all classes", told.macro),
        *(
            Number.of("AUC", f"{where}{CLASSES[k]} against the rest", estimate)
            for k, estimate in told.classes.items()
        ),
    )
