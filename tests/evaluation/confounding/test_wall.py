"""Classes against values, and the cells that are empty."""

import numpy as np
import pandas as pd
import pytest

from tests.evaluation.runs import make_run
from xraydemo.evaluation.confounding.edges import edges
from xraydemo.evaluation.confounding.wall import Wall, holes_in_words

LABELS = ["normal"] * 60 + ["covid"] * 60
SITES = ["A"] * 30 + ["B"] * 30 + ["A"] * 40 + ["unknown"] * 20


def wall_of(values, labels=LABELS, groups=None):
    return Wall.of("site", pd.Series(values), make_run(labels, groups=groups).sample)


def test_cells_hold_positions_and_unknown_is_last():
    grid = wall_of(SITES).figure()
    assert grid.column_labels == ("A", "B", "unknown")
    assert grid.values == ((30.0, 30.0, 0.0), (40.0, 0.0, 20.0))
    assert grid.groups[1][0] == tuple(range(60, 100))
    assert grid.groups[1][1] == ()


def test_a_hole_where_chance_would_put_many():
    (hole,) = wall_of(SITES).holes(5)
    # 40 covid and 30 of B among 100 that are known
    assert (hole.k, hole.value, hole.expected) == (1, "B", 12.0)
    assert holes_in_words("site", [hole]) == [
        "No COVID-19 X-ray is of the site B, where chance would put 12 patients."
    ]


def test_one_patient_with_many_xrays_makes_no_hole():
    groups = [f"p{i}" for i in range(30)] + ["one"] * 30 + [f"q{i}" for i in range(60)]
    assert wall_of(SITES, groups=groups).holes(5) == []


def test_values_of_one_class():
    assert wall_of(SITES).of_one_class(20) == [("B", 0, 30)]
    assert wall_of(SITES).of_one_class(31) == []


def test_counts_are_of_their_class():
    rows = {row.where: (row.value, row.n) for row in wall_of(SITES).table().rows}
    assert rows["covid, A"] == (40.0, 60)


def test_chance_makes_few_holes():
    generator = np.random.default_rng(0)
    labels = ["normal", "covid", "pneumonia", "opacity"] * 25
    holes = [len(wall_of(generator.choice(list("abcde"), 100), labels).holes(5)) for _ in range(50)]
    assert sum(n > 0 for n in holes) <= 3


def test_edges():
    year = np.array([2015.0] * 50 + [2020.0] * 10 + [2020.0] * 60)
    sample = make_run(LABELS).sample
    (edge,) = edges(sample, np.column_stack([year, year]), 5)
    assert str(edge) == (
        "No COVID-19 X-ray is from before 2020, where chance would put 25 patients"
    )
    assert edge.has(2015, 2015)
    assert not edge.has(2015, 2020)


@pytest.mark.parametrize("seed", range(5))
def test_chance_makes_no_edges(seed):
    year = np.random.default_rng(seed).integers(2010, 2021, len(LABELS)).astype(float)
    assert edges(make_run(LABELS).sample, np.column_stack([year, year]), 5) == []


def test_edges_of_nothing_dated():
    assert edges(make_run(LABELS).sample, np.full((120, 2), np.nan), 5) == []
