from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xraydemo.classes import CLASSES
from xraydemo.cohort.splits import PARTS, three_way_split


def cohort(n: int, seed: int) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "label": np.resize(CLASSES, n),
            "source": generator.choice(["here", "there"], n),
            "group": generator.integers(0, n // 2, n).astype(str),
        }
    )


@given(n=st.integers(200, 400), seed=st.integers(0, 99))
@settings(max_examples=15)
@pytest.mark.filterwarnings("ignore:The least populated class")
def test_every_row_once_and_no_group_twice(n, seed) -> None:
    table = cohort(n, seed)
    parts = three_way_split(table, seed)
    assert sorted(np.concatenate(list(parts.values()))) == list(range(n))
    groups = [set(table["group"].iloc[parts[part]]) for part in PARTS]
    assert sum(map(len, groups)) == len(set.union(*groups))


def test_shares_and_strata() -> None:
    table = cohort(4000, 1)
    parts = three_way_split(table, 0)
    for part, share in zip(PARTS, (0.7, 0.15, 0.15), strict=True):
        assert abs(len(parts[part]) / 4000 - share) < 0.02
    for part in PARTS:
        shares = table["label"].iloc[parts[part]].value_counts(normalize=True)
        assert (abs(shares - 0.25) < 0.03).all()


def test_the_seed_decides() -> None:
    table = cohort(400, 2)
    first, same, other = (three_way_split(table, seed)["fit"] for seed in (1, 1, 2))
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)
