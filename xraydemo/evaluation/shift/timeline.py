"""How foreignness, answers and facts move from run to run, or from month to month."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.pooling import pool
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.shift.differences import mean_of
from xraydemo.evaluation.store import open_run
from xraydemo.evaluation.years import spans_of_run
from xraydemo.metrics.bootstrap import LEVEL, Estimate
from xraydemo.metrics.intervals import independent_difference, proportion

By = Literal["run", "month", "year"]
FLOOR = 20  # X-rays, for a number to be told of a period
MOST_VALUES = 4  # of a fact, the commonest
COUNTED_FACTS = ("view", "sex")
_MONTH = re.compile(r"(\d{4})[-/.]?(0[1-9]|1[0-2])([-/.]?(0[1-9]|[12]\d|3[01]))?", re.ASCII)


@dataclass(frozen=True)
class Quantity:
    """Something that is watched.

    Attributes
    ----------
    name : str
    block : str
        What it belongs to: "trust", "answers", "probabilities", "facts".
    unit : {"share", "mean"}
    """

    name: str
    block: str
    unit: Literal["share", "mean"]


@dataclass(frozen=True)
class Moment:
    """A quantity in one period.

    Attributes
    ----------
    estimate : Estimate
    change : tuple of float, optional
        Against the first period that has it: value, low, high, simultaneous over all comparisons.
        None for the first itself.
    """

    estimate: Estimate
    change: tuple[float, float, float] | None = None

    @property
    def is_alarm(self) -> bool:
        """Tell whether the change is shown."""
        return self.change is not None and (self.change[1] > 0 or self.change[2] < 0)


@dataclass(frozen=True)
class Period:
    """Some X-rays that belong together in time.

    Attributes
    ----------
    name : str
        "2020-03", "2020", or the folder of a run.
    n : int
        X-rays that were read.
    n_groups : int
        Patients, or whatever belongs together.
    """

    name: str
    n: int
    n_groups: int


@dataclass(frozen=True)
class Timeline:
    """What is watched, in order of time.

    Attributes
    ----------
    bundle : str
        The model's name.
    by : str
        What a period is.
    periods : tuple of Period
    moments : dict of Quantity to tuple of (Moment or None)
        One a period; None where less than 20 X-rays tell.
    n_comparisons : int
        By which the changes are corrected.
    notes : tuple of str
        How it was ordered, and what was left out.
    """

    bundle: str
    by: By
    periods: tuple[Period, ...]
    moments: dict[Quantity, tuple[Moment | None, ...]]
    n_comparisons: int
    notes: tuple[str, ...]

    def alarms(self) -> Iterator[tuple[Period, Quantity, Moment, Moment]]:
        """Give what changed, when, from what and to what; in order of time."""
        for i, period in enumerate(self.periods):
            for quantity, moments in self.moments.items():
                now = moments[i]
                if now is not None and now.is_alarm:
                    first = next(m for m in moments if m is not None)
                    yield period, quantity, first, now

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data for JSON."""
        return {
            "bundle": self.bundle,
            "by": self.by,
            "periods": [dataclasses.asdict(period) for period in self.periods],
            "quantities": [
                {
                    **dataclasses.asdict(quantity),
                    "moments": [_plain(moment) if moment else None for moment in moments],
                }
                for quantity, moments in self.moments.items()
            ],
            "n_comparisons": self.n_comparisons,
            "notes": list(self.notes),
        }


def _plain(moment: Moment) -> dict[str, Any]:
    numbers = {name: _finite(x) for name, x in moment.estimate._asdict().items()}
    change = (
        dict(zip(("value", "low", "high"), moment.change, strict=True)) if moment.change else None
    )
    return {**numbers, "change": change, "alarm": moment.is_alarm}


def _finite(x: float) -> float | None:
    return x if np.isfinite(x) else None


def timeline_of(folders: Sequence[Path], by: By | None = None) -> Timeline:
    """Open runs and watch them over time; see `timeline`.

    A run is called by its folder's name, or by the whole path where two have the same.
    """
    names = [folder.resolve().name for folder in folders]
    called = [
        name if names.count(name) == 1 else str(folder)
        for name, folder in zip(names, folders, strict=True)
    ]
    return timeline({name: open_run(f) for name, f in zip(called, folders, strict=True)}, by)


def timeline(runs: Mapping[str, Run], by: By | None = None) -> Timeline:
    """Watch runs of one bundle over time.

    Each period is compared with the first, quantity by quantity. An alarm is a change whose
    interval, simultaneous over all comparisons (Bonferroni), excludes none; it is put together from
    the two intervals [1]_, as if no patient stood in both periods: where some do, it is rather too
    wide.

    Parameters
    ----------
    runs : mapping of str to Run
        By the name under which each is shown.
    by : {"run", "month", "year"}, optional
        Default: each of several runs is a period; one run is divided by month, if two months have
        20 dated X-rays, else by year. Months or years with fewer are joined with their neighbours
        that have few, too.

    Raises
    ------
    XrayDemoError
        If the runs are of different bundles, or there is only one period.

    References
    ----------
    .. [1] Zou & Donner, Construction of confidence limits about effect measures: a general
       approach, Statistics in Medicine 27, 2008.
    """
    _must_be_of_one_bundle(runs)
    both = pool(list(runs.values()))
    read = np.flatnonzero(both.was_read)
    by = by or ("run" if len(runs) > 1 else _finest(both, read))
    notes = []
    if by == "run":
        names, note = _in_order(runs)
        of_run = np.repeat(list(runs), [len(run) for run in runs.values()])
        labels = pd.Series(of_run)
        notes.append(note)
    else:
        labels = _months(both) if by == "month" else _years(both)
        labels = _joined_where_few(labels, labels.iloc[read].value_counts())
        names = sorted(set(labels.iloc[read]) - {""})
    if undated := int((labels.iloc[read] == "").sum()):
        notes.append(f"{undated:,} X-rays tell no {by}, and are left out")
    if unread := len(both) - len(read):
        notes.append(f"{unread:,} files could not be read, and are left out")
    if len(names) < 2:
        raise XrayDemoError(
            f"There is only one {by} to look at" if names else f"No X-ray tells its {by}",
            "Give several runs (`xraydemo drift RUN RUN ...`), or X-rays with dates: a column date "
            "or year, or DICOM files with a StudyDate",
        )
    rows = {name: read[(labels.iloc[read] == name).to_numpy(bool)] for name in names}
    periods = tuple(
        Period(name, len(of), len(np.unique(both.groups[of]))) for name, of in rows.items()
    )
    moments, n_comparisons = _watch(both, list(rows.values()))
    name = both.meta.card.name
    return Timeline(name, by, periods, moments, n_comparisons, tuple(notes))


def _must_be_of_one_bundle(runs: Mapping[str, Run]) -> None:
    (first, reference), *others = runs.items()
    for name, run in others:
        if run.meta.bundle["fingerprint"] != reference.meta.bundle["fingerprint"]:
            raise XrayDemoError(
                f"{name} is a run of another bundle ({run.meta.bundle['name']}) than {first} "
                f"({reference.meta.bundle['name']}, or another version of it)",
                "Numbers of two models do not show drift: evaluate both with one of them",
            )


def _in_order(runs: Mapping[str, Run]) -> tuple[list[str], str]:
    """Order runs by their X-rays' dates, if all have some, else by when they were made."""
    taken = {name: float(np.nanmedian(when)) if (when := _when(run)).size else np.nan
             for name, run in runs.items()}  # fmt: skip
    if not any(np.isnan(list(taken.values()))):
        note = "Runs are in the order of the median date of their X-rays"
        return sorted(runs, key=lambda name: taken[name]), note
    note = "Runs are in the order in which they were begun: not all tell when X-rays were taken"
    return sorted(runs, key=lambda name: runs[name].meta.started), note


def _when(run: Run) -> NDArray[np.float64]:
    """Give the dates that are known, in years."""
    months = _months(run)
    of_month = months.map(lambda m: int(m[:4]) + (int(m[5:]) - 0.5) / 12 if m else np.nan)
    year = spans_of_run(run).mean(axis=1) + 0.5
    when = np.where(of_month.isna(), year, of_month.to_numpy(float))
    return when[~np.isnan(when)].astype(np.float64)


def _months(run: Run) -> pd.Series:
    """Give each X-ray's month as "2020-03", "" where it is unknown."""
    return run.known("date").map(
        lambda text: f"{m[1]}-{m[2]}" if (m := _MONTH.fullmatch(text.strip())) else ""
    )


def _years(run: Run) -> pd.Series:
    """Give each X-ray's year, "" where it is unknown, or a span."""
    years = spans_of_run(run)
    return pd.Series([f"{a:.0f}" if a == b else "" for a, b in years], dtype=object)


def _joined_where_few(labels: pd.Series, counts: pd.Series) -> pd.Series:
    """Join consecutive periods that have few X-rays, until they have enough: "2003 to 2014"."""
    spans: list[list[str]] = []
    collected = FLOOR  # of the last span; from the floor on, it is closed
    for name, n in counts.drop("", errors="ignore").sort_index().items():
        if n >= FLOOR or collected >= FLOOR:
            spans.append([str(name)])
            collected = int(n)
        else:
            spans[-1].append(str(name))
            collected += int(n)
    named = {
        name: name if len(span) == 1 else f"{span[0]} to {span[-1]}"
        for span in spans
        for name in span
    }
    return labels.map(lambda label: named.get(label, ""))


def _finest(run: Run, read: NDArray[np.intp]) -> By:
    counts = _months(run).iloc[read].value_counts().drop("", errors="ignore")
    return "month" if (counts >= FLOOR).sum() >= 2 else "year"


Values = NDArray[np.float64]


def _quantities(run: Run) -> Iterator[tuple[Quantity, Values]]:
    """Give what is watched, and its value of each X-ray (shares: 0 or 1), NaN where unknown."""
    for name, column, value in (
        ("foreign", "foreign_verdict", "foreign"),
        ("unsure", "doubt", "unsure"),
    ):
        said = run.judgements[column]
        hits = np.where(said.notna(), said == value, np.nan)
        yield Quantity(name, "trust", "share"), hits.astype(np.float64)
    for k, class_id in enumerate(CLASSES):
        hits = np.where(run.was_read, run.predicted == k, np.nan)
        yield Quantity(DISPLAY_NAMES[class_id], "answers", "share"), hits
    for k, class_id in enumerate(CLASSES):
        values = run.probabilities[:, k].astype(np.float64)
        yield Quantity(DISPLAY_NAMES[class_id], "probabilities", "mean"), values
    for fact in COUNTED_FACTS:
        known = run.known(fact)
        occurring = known[known != ""].value_counts().index
        # of two values, the one says what the other does
        for value in occurring[: MOST_VALUES if len(occurring) > 2 else 1]:
            hits = np.where(known != "", known == value, np.nan)
            yield Quantity(f"{fact} {value}", "facts", "share"), hits
    age = pd.to_numeric(run.known("age"), errors="coerce").to_numpy(float)
    yield Quantity("age", "facts", "mean"), age
    yield Quantity("width to height", "facts", "mean"), run.statistics["aspect_ratio"].to_numpy()


def _watch(
    run: Run, rows: Sequence[NDArray[np.intp]]
) -> tuple[dict[Quantity, tuple[Moment | None, ...]], int]:
    watched = {
        quantity: each
        for quantity, values in _quantities(run)
        if sum(_has_enough(values[of]) for of in rows) > 0
        for each in [[(values[of], run.groups[of]) for of in rows]]
    }
    n_comparisons = sum(
        max(sum(_has_enough(values) for values, _ in each) - 1, 0) for each in watched.values()
    )
    # so that any alarm at all is false as rarely as a single one would be
    level = 1 - (1 - LEVEL) / max(n_comparisons, 1)
    return {q: _moments(q, each, level) for q, each in watched.items()}, n_comparisons


def _has_enough(values: Values) -> bool:
    return int((~np.isnan(values)).sum()) >= FLOOR


def _moments(
    quantity: Quantity, each: Sequence[tuple[Values, NDArray[np.str_]]], level: float
) -> tuple[Moment | None, ...]:
    moments: list[Moment | None] = []
    first: Estimate | None = None
    for values, groups in each:
        if not _has_enough(values):
            moments.append(None)
            continue
        wide = _estimate(quantity, values, groups, level)
        change = independent_difference(first, wide) if first else None
        first = first or wide
        moments.append(Moment(_estimate(quantity, values, groups, LEVEL), change))
    return tuple(moments)


def _estimate(
    quantity: Quantity, values: Values, groups: NDArray[np.str_], level: float
) -> Estimate:
    known = ~np.isnan(values)
    if quantity.unit == "share":
        return proportion(values[known] == 1, groups[known], level)
    # a patient's X-rays are not independent, their means are
    means = pd.Series(values[known]).groupby(groups[known]).mean().to_numpy()
    found = mean_of(means, level)._replace(n=int(known.sum()))
    if quantity.block != "probabilities":
        return found
    return found._replace(low=max(found.low, 0.0), high=min(found.high, 1.0))
