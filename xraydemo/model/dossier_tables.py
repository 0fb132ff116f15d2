"""The dossier's tables and statistics, made of a training table; nothing of one X-ray is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

TABLE_COLUMNS = ("label", "source", "view", "age_group")
NUMERIC_FACTS = ("width", "height", "bits", "bytes_per_pixel", "jpeg_quality")
TEXT_FACTS = ("format", "mode", "photometric", "modality")
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
CHILD_BELOW = 18


def count_table(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Count class x source x view x age group; a missing column or cell is empty text.

    Where there is no `age_group`, it is made of `age`: child (below 18) or adult.
    """
    known = pd.DataFrame(index=rows.index)
    for column in TABLE_COLUMNS:
        known[column] = rows[column].fillna("") if column in rows else ""
    if "age" in rows:
        years = pd.to_numeric(rows["age"], errors="coerce")
        group = np.where(years < CHILD_BELOW, "child", "adult")
        known["age_group"] = known["age_group"].where(
            (known["age_group"] != "") | years.isna(), pd.Series(group, index=rows.index)
        )
    counts = known.groupby(list(TABLE_COLUMNS)).size()
    return [
        {**dict(zip(TABLE_COLUMNS, map(str, cell), strict=True)), "n": int(n)}
        for cell, n in counts.items()
        if isinstance(cell, tuple)
    ]


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


def _of_numbers(values: pd.Series[float]) -> dict[str, float]:
    if values.empty:
        return {}
    spread = {f"q{q:g}": round(float(values.quantile(q)), 5) for q in QUANTILES}
    mean, std = round(float(values.mean()), 5), round(float(values.std(ddof=0)), 5)
    return {"n": len(values), "mean": mean, "std": std, **spread}
