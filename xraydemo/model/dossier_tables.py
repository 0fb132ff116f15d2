"""What the dossier keeps of a training table: counts, statistics, and a few facts of each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xraydemo.cohort.years import span_name, spans

TABLE_COLUMNS = ("label", "source", "view", "age_group")
ROW_FACTS = ("year", "view", "age_group")
NUMERIC_FACTS = ("width", "height", "bits", "bytes_per_pixel", "jpeg_quality")
TEXT_FACTS = ("format", "mode", "photometric", "modality")
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
CHILD_BELOW = 18


def count_table(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Count class x source x view x age group; a missing column or cell is empty text.

    Where there is no `age_group`, it is made of `age`: child (below 18) or adult.
    """
    known = pd.DataFrame({name: _texts(rows, name) for name in TABLE_COLUMNS[:-1]})
    known["age_group"] = _age_groups(rows)
    counts = known.groupby(list(TABLE_COLUMNS)).size()
    return [
        {**dict(zip(TABLE_COLUMNS, map(str, cell), strict=True)), "n": int(n)}
        for cell, n in counts.items()
        if isinstance(cell, tuple)
    ]


def facts_of_rows(rows: pd.DataFrame) -> tuple[NDArray[np.uint32], tuple[dict[str, str], ...]]:
    """Give year, view and age group of each row, as numbers of the combinations that occur.

    Days, hospitals and whatever else a table may tell are not kept: with them it might be known
    of whom an X-ray is.

    Parameters
    ----------
    rows : pandas.DataFrame
        A year is found in `year`, else in `date`: "2020", or a span, "1992 to 2015".

    Returns
    -------
    combination : ndarray of uint32, shape (n,)
    combinations : tuple of dict of str to str
        Only what is known.
    """
    first_last = spans(_texts(rows, "year"))
    first_last = np.where(np.isnan(first_last), spans(_texts(rows, "date")), first_last)
    known = pd.DataFrame(
        {
            "year": [span_name(*span) for span in first_last],
            "view": _texts(rows, "view").to_numpy(),
            "age_group": _age_groups(rows).to_numpy(),
        }
    )
    numbers, combinations = pd.factorize(pd.MultiIndex.from_frame(known))
    named = (dict(zip(ROW_FACTS, one, strict=True)) for one in combinations)
    return numbers.astype(np.uint32), tuple(
        {name: value for name, value in one.items() if value} for one in named
    )


def numbered(groups: NDArray[np.str_]) -> NDArray[np.uint32]:
    """Give groups numbers in the order in which they first occur: nothing of their names."""
    return np.asarray(pd.factorize(groups)[0], dtype=np.uint32)


def describe(
    labels: Sequence[str], facts: Sequence[Mapping[str, object]], looks: Mapping[str, Any]
) -> dict[str, Any]:
    """Describe facts and images within each class.

    Parameters
    ----------
    labels : sequence of str, length n
    facts : sequence of mapping, length n
        Only the formats, sizes and depths are used: no date, site or device.
    looks : mapping of str to sequence of float, length n
        Numbers of the images, such as their mean gray.
    """
    table = pd.DataFrame(
        {name: [one.get(name) for one in facts] for name in (*NUMERIC_FACTS, *TEXT_FACTS)}
    ).assign(**looks, label=list(labels))
    described: dict[str, Any] = {}
    for label, rows in table.groupby("label"):
        numbers = {
            name: _of_numbers(pd.to_numeric(rows[name], errors="coerce").dropna())
            for name in (*NUMERIC_FACTS, *looks)
        }
        words = {
            name: {str(k): int(v) for k, v in rows[name].dropna().value_counts().items()}
            for name in TEXT_FACTS
        }
        described[str(label)] = {k: v for k, v in {**numbers, **words}.items() if v}
    return described


def _texts(rows: pd.DataFrame, name: str) -> pd.Series:
    if name not in rows:
        return pd.Series("", rows.index)
    return rows[name].fillna("").astype(str)


def _age_groups(rows: pd.DataFrame) -> pd.Series:
    known = _texts(rows, "age_group")
    years = pd.to_numeric(_texts(rows, "age"), errors="coerce")
    group = pd.Series(np.where(years < CHILD_BELOW, "child", "adult"), rows.index)
    return known.where((known != "") | years.isna(), group)


def _of_numbers(values: pd.Series[float]) -> dict[str, float]:
    if values.empty:
        return {}
    spread = {f"q{q:g}": round(float(values.quantile(q)), 5) for q in QUANTILES}
    mean, std = round(float(values.mean()), 5), round(float(values.std(ddof=0)), 5)
    return {"n": len(values), "mean": mean, "std": std, **spread}
