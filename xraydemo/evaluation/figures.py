"""Figures as data: report and window draw the same ones, each in its own way.

X-rays are named by their position in the run, so that a click on a figure can show them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # which brings OpenCV with it, and the window should open at once
    from xraydemo.radiograph.interventions import Intervention


@dataclass(frozen=True)
class Bars:
    """One horizontal bar a label, with its interval.

    Attributes
    ----------
    title, unit : str
        `unit` stands at the value axis.
    labels : tuple of str
    values, lows, highs : tuple of float
        `lows` and `highs` are NaN where there is no interval.
    lines : dict of str to float
        Vertical lines with their names: thresholds, chance.
    groups : tuple of tuple of int
        The positions behind each bar; empty where there are none to show.
    """

    title: str
    unit: str
    labels: tuple[str, ...]
    values: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    lines: dict[str, float]
    groups: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class Line:
    """One line of `Curves`.

    Attributes
    ----------
    name : str
    x, y : tuple of float
    low, high : tuple of float
        A band around y; empty for none.
    """

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


@dataclass(frozen=True)
class Curves:
    """Lines over two axes: ROC, precision-recall, reliability, decision curve.

    Attributes
    ----------
    title, x_label, y_label : str
    lines : tuple of Line
        Named by a class id where each is a class's: then it has the class's colour.
    diagonal : bool
        Draw y = x, thin: chance, or perfect calibration.
    points : bool
        Mark the points, too.
    """

    title: str
    x_label: str
    y_label: str
    lines: tuple[Line, ...]
    diagonal: bool = False
    points: bool = False


@dataclass(frozen=True)
class Grid:
    """Numbers in cells: a confusion matrix, classes against years.

    Attributes
    ----------
    title, row_title, column_title : str
    row_labels, column_labels : tuple of str
    values : tuple of tuple of float
        One tuple a row.
    groups : tuple of tuple of tuple of int
        The positions behind each cell, shaped like `values`; empty where there are none to show.
    """

    title: str
    row_title: str
    column_title: str
    row_labels: tuple[str, ...]
    column_labels: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    groups: tuple[tuple[tuple[int, ...], ...], ...] = ()


@dataclass(frozen=True)
class Slopes:
    """What becomes of a number when something is taken away: one line a label, left to right.

    Attributes
    ----------
    title, unit : str
        `unit` stands at the value axis.
    stages : tuple of str
        What was done, in order: "as it is", "matched on view".
    labels : tuple of str
    values, lows, highs : tuple of tuple of float
        One tuple a label, one number a stage; NaN where there is none.
    lines : dict of str to float
        Horizontal lines with their names: chance.
    groups : tuple of tuple of int
        The positions that remain behind each label; empty where there are none to show.
    """

    title: str
    unit: str
    stages: tuple[str, ...]
    labels: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    lows: tuple[tuple[float, ...], ...]
    highs: tuple[tuple[float, ...], ...]
    lines: dict[str, float]
    groups: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class Cloud:
    """Points of one kind in a `Scatter`.

    Attributes
    ----------
    name : str
        A class id where it is a class's: then it has the class's colour.
    x, y : tuple of float
    positions : tuple of int
        The X-ray behind each point; empty where there are none to show.
    background : bool
        Drawn pale, behind the others: the training set.
    """

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    positions: tuple[int, ...] = ()
    background: bool = False


@dataclass(frozen=True)
class Scatter:
    """Points over two axes: a map of embeddings.

    Attributes
    ----------
    title, x_label, y_label : str
    clouds : tuple of Cloud
    """

    title: str
    x_label: str
    y_label: str
    clouds: tuple[Cloud, ...]


@dataclass(frozen=True)
class Exhibit:
    """One entry of a gallery.

    Attributes
    ----------
    positions : tuple of int
        One X-ray, or several that belong together (twins).
    caption : str
    interventions : tuple of Intervention
        What is done to the picture before it is shown; nothing for the X-ray as it is.
    beside : tuple of str
        Files that belong with them and are not in the run, shown after them; as
        `xraydemo.evaluation.confounding.pairs.from_cohort` gives them.
    """

    positions: tuple[int, ...]
    caption: str
    interventions: tuple[Intervention, ...] = ()
    beside: tuple[str, ...] = ()

    @property
    def n_xrays(self) -> int:
        """Count all that belong to it."""
        return len(self.positions) + len(self.beside)


@dataclass(frozen=True)
class Gallery:
    """X-rays to look at, the most telling first.

    Attributes
    ----------
    title : str
    exhibits : tuple of Exhibit
    """

    title: str
    exhibits: tuple[Exhibit, ...]


Figure = Bars | Curves | Grid | Slopes | Scatter | Gallery
