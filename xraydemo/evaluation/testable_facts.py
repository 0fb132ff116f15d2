"""The facts of X-rays that can be tested for giving the class away; and why the others can't."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xraydemo.cohort.labels import normalized
from xraydemo.cohort.years import span_name, spans
from xraydemo.evaluation.baselines import NO_FACTS, speaks_of_classes
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.slices import WHO, age_band

Kind = Literal["category", "number", "date"]
Origin = Literal["fact", "file", "picture"]

RARE = 10  # rows; a rarer value can't be learnt
OTHER, UNKNOWN = "other", "unknown"
BINS = 4
FEW_NUMBERS = 6  # numbers of no more values are taken one by one
MOSTLY = 0.9  # of the known values: those that are no number, or no date, count as unknown
LEAST_DIFFERENT = 20  # values, to be called different for all
WORDS = 4  # text that has more on average was written freely
# how a file was written, now and as it was found: the check data.files asks about these
FILE_FACTS = frozenset(
    (
        "format", "mode", "bits", "width", "height", "bytes", "bytes_per_pixel", "jpeg_quality",
        "transfer_syntax", "lossy", "frames", "bits_stored", "bits_allocated", "voi", "sop_class",
        "photometric",
        "original_format", "original_mode", "original_width", "original_height",
    )
)  # fmt: skip
BOOKKEEPING = dict.fromkeys(
    ("license", "licence"), "says how the X-ray may be used, not how it was taken"
)
NAMES_OF_PATIENTS = {normalized(name) for name in (*WHO, "group")}
SPEAKS_OF_IT = "names the X-ray, or speaks of its label"
NOT_SAID = {"", "nan", "none", "null", "n/a", "na", "unknown", "?", "-"}


@dataclass(frozen=True, eq=False)
class TestableFacts:
    """What is known of some X-rays, ready to be tested.

    Attributes
    ----------
    columns : pandas.DataFrame, one row an X-ray, index 0 to n - 1
        Text ("" for unknown) where the kind is category, else numbers (NaN for unknown); a date is
        its year, the middle of a span of years.
    kinds : dict of str to str
        "category", "number" or "date" of each column.
    origins : dict of str to str
        "fact" (of patient, machine and collection), "file" (how it was written), or "picture"
        (an image statistic).
    left_out : dict of str to str
        Why each other fact can't be tested.
    """

    __test__ = False  # pytest takes every class for a test whose name begins so

    columns: pd.DataFrame
    kinds: dict[str, Kind]
    origins: dict[str, Origin]
    left_out: dict[str, str]
    _texts: pd.DataFrame

    def of(self, *origins: Origin) -> pd.DataFrame:
        """Give the columns of some origins."""
        return self.columns[[name for name, origin in self.origins.items() if origin in origins]]

    def binned(self, name: str) -> pd.Series:
        """Give a fact as text with few values.

        Returns
        -------
        pandas.Series of str
            Ages in the bands of `slices`, other numbers in quarters ("40 to 59"), dates as years;
            "other" for values of less than 10 rows, "unknown" where it is unknown.
        """
        kind = self.kinds[name]
        if kind == "date":
            text = _years_pooled(spans(self._texts[name]))
        elif kind == "number":
            is_age = name == "age"
            text = self.columns[name].map(age_band) if is_age else _quarters(self.columns[name])
        else:
            text = self.columns[name]
        counts = text.value_counts()
        return text.where(text.map(counts) >= RARE, OTHER).where(text != "", UNKNOWN).rename(name)


def testable_facts(run: Run, positions: NDArray[np.intp]) -> TestableFacts:
    """Gather the facts of some X-rays that can be tested.

    Left out is what names an X-ray or a patient, what the label was made from, what is the same for
    all, different for all, or free text, and what says the same as an earlier fact.

    Parameters
    ----------
    run : Run
    positions : ndarray of int, shape (n,)
        The X-rays of the run.

    Returns
    -------
    TestableFacts
    """
    columns: dict[str, pd.Series] = {}
    texts: dict[str, pd.Series] = {}
    kinds: dict[str, Kind] = {}
    origins: dict[str, Origin] = {}
    left_out: dict[str, str] = {}
    seen: dict[bytes, str] = {}
    for name, origin, text in _all_facts(run, positions):
        kind, column = _read(name, text)
        reason = _why_not(name, text, kind, column)
        pattern = _pattern(kind, column)
        if reason is None and pattern in seen:
            reason = f"says the same as {seen[pattern]}"
        if reason is None and name == "year" and _repeats(column, columns.get("date")):
            reason = "says the same as date"
        if reason is not None:
            left_out[name] = reason
            continue
        seen[pattern] = name
        columns[name], texts[name], kinds[name], origins[name] = column, text, kind, origin
    index = pd.RangeIndex(len(positions))
    return TestableFacts(
        pd.DataFrame(columns, index), kinds, origins, left_out, pd.DataFrame(texts, index)
    )


testable_facts.__test__ = False  # type: ignore[attr-defined]  # nor is it a test


def _all_facts(run: Run, positions: NDArray[np.intp]) -> Iterator[tuple[str, Origin, pd.Series]]:
    # a date before its year, so that the finer of the two is kept
    for name in sorted(run.known_names, key=lambda name: name == "year"):
        text = run.known(name).iloc[positions].reset_index(drop=True).str.strip()
        yield name, "file" if name in FILE_FACTS else "fact", text
    for name in map(str, run.statistics):
        if name not in run.known_names:
            numbers = run.statistics[name].iloc[positions].reset_index(drop=True)
            yield name, "picture", numbers.map(lambda x: "" if np.isnan(x) else repr(float(x)))


def _read(name: str, text: pd.Series) -> tuple[Kind, pd.Series]:
    """Tell what kind of fact it is, and give it as the kind wants it."""
    known = ~text.str.casefold().isin(NOT_SAID)
    text = text.where(known, "")
    n = int(known.sum())
    words = name.casefold()
    if n and ("date" in words or "year" in words):
        years = pd.Series(spans(text).mean(axis=1))
        if years.notna().sum() >= MOSTLY * n:
            return "date", years
    numbers = pd.to_numeric(text.where(known), errors="coerce").astype(float)
    numbers = numbers.replace([np.inf, -np.inf], np.nan)
    if n and numbers.notna().sum() >= MOSTLY * n:
        return "number", numbers
    return "category", text


def _pattern(kind: Kind, column: pd.Series) -> bytes:
    """Give what two columns share that say the same in other words or another unit."""
    if kind == "category" or column.nunique() <= FEW_NUMBERS:
        return pd.factorize(column)[0].tobytes()
    return column.rank(method="dense").fillna(0.0).to_numpy().tobytes()


def _why_not(name: str, text: pd.Series, kind: Kind, column: pd.Series) -> str | None:
    """Say why a fact can't be tested; None if it can."""
    if reason := _barred_by_name(name):
        return reason
    known = column[column != ""] if kind == "category" else column.dropna()
    if not len(known):
        return "unknown throughout"
    if column.nunique(dropna=False) == 1:
        return "the same for all"
    if kind == "category":
        return _barred_text(text, known)
    return "numbers the rows" if _numbers_the_rows(known) else None


def _barred_by_name(name: str) -> str | None:
    if normalized(name) in NAMES_OF_PATIENTS:
        return "tells who it is"
    if normalized(name) in NO_FACTS:
        return SPEAKS_OF_IT
    return BOOKKEEPING.get(normalized(name))


def _barred_text(text: pd.Series, known: pd.Series) -> str | None:
    if speaks_of_classes(text):
        return SPEAKS_OF_IT
    if known.nunique() >= max(LEAST_DIFFERENT, len(known) / 2):
        return "different for nearly every X-ray"
    words = known.map(lambda cell: len(cell.split())).mean()
    return "free text" if words > WORDS and known.nunique() > LEAST_DIFFERENT else None


def _numbers_the_rows(known: pd.Series) -> bool:
    whole = (known == known.round()).all()
    return bool(whole and len(known) >= LEAST_DIFFERENT and known.diff().dropna().gt(0).all())


def _repeats(year: pd.Series, date: pd.Series | None) -> bool:
    """Tell whether every year that is known is the date's, too."""
    if date is None:
        return False
    known = year.notna()
    return bool((date[known] == year[known]).all())


def _quarters(numbers: pd.Series) -> pd.Series:
    """Name for each number the quarter of all numbers that it lies in, "" for NaN."""
    if numbers.nunique() <= FEW_NUMBERS:
        return numbers.map(lambda x: "" if np.isnan(x) else f"{x:g}")
    quantiles = numbers.quantile(np.arange(1, BINS) / BINS, interpolation="lower").to_numpy()
    counts = numbers.value_counts()
    common = counts.index[counts >= len(numbers) / BINS].to_numpy(float)  # each its own bin
    edges = np.unique([*quantiles, *common, *np.nextafter(common, -np.inf)])
    bins = pd.Series(np.digitize(numbers, edges, right=True), numbers.index)
    names = numbers.groupby(bins).agg(lambda members: _range_name(members.min(), members.max()))
    return bins.map(names).where(numbers.notna(), "")


def _range_name(low: float, high: float) -> str:
    first, last = (f"{x:.0f}" if x == round(x) else f"{x:.3g}" for x in (low, high))
    return first if first == last else f"{first} to {last}"


def _years_pooled(span_of_each: NDArray[np.float64]) -> pd.Series:
    """Name years, rare ones that follow each other together; "" where none is known."""
    first, last = span_of_each.T
    exact, counts = np.unique(first[first == last], return_counts=True)
    names: dict[float, str] = {}
    rare: list[float] = []
    for year, count in [*zip(exact.tolist(), counts.tolist(), strict=True), (np.inf, RARE)]:
        if count < RARE:
            rare.append(year)
            continue
        names |= dict.fromkeys(rare, span_name(rare[0], rare[-1])) if rare else {}
        rare = []
    return pd.Series(
        [names.get(a, span_name(a, b)) if a == b else span_name(a, b) for a, b in span_of_each],
        dtype=object,
    )
