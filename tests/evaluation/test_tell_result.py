"""What is said of columns that tell the class."""

import numpy as np
import pandas as pd

from tests.evaluation.runs import make_run
from xraydemo.evaluation.tell_result import Evidence, counted, difference, listed, signed

OF_CLASS = np.array([True] * 10 + [False] * 30)


def test_a_value_that_stands_out():
    column = pd.Series(["PNG"] * 10 + ["PNG"] * 3 + ["JPEG"] * 27)
    said = difference(column, OF_CLASS, "Covid")
    assert said == "it is JPEG for 0 % of Covid and for 90 % of the rest."


def test_unknown_stands_out():
    column = pd.Series([None] * 10 + ["75"] * 30, dtype=object)
    said = difference(column, OF_CLASS, "Covid")
    assert said in (
        "it is unknown for 100 % of Covid and for 0 % of the rest.",
        "it is 75 for 0 % of Covid and for 100 % of the rest.",
    )


def test_the_middle_half_of_many_numbers():
    said = difference(pd.Series(np.arange(40) * 100.0), OF_CLASS, "Covid")
    assert said == (
        "half of Covid lie between 225 and 675, half of the rest between 1,725 and 3,175."
    )


def test_lists():
    assert [listed(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "", "a", "a and b", "a, b and c",
    ]  # fmt: skip


def test_one_thing_is_not_many():
    assert [counted(n) for n in (0, 1, 1200)] == ["0 X-rays", "1 X-ray", "1,200 X-rays"]
    assert [counted(n, "copy", "copies") for n in (1, 2)] == ["1 copy", "2 copies"]


def test_what_rounds_to_nothing_has_no_sign():
    assert [signed(x) for x in (-0.4, 0.4, -3.2, 3.2)] == ["0", "0", "-3", "+3"]
    assert [signed(x, 2) for x in (-0.001, -0.12)] == ["0.00", "-0.12"]


def test_the_best_column_of_each_class_is_named():
    labels = ["normal", "covid", "pneumonia"] * 30
    sample = make_run(labels).sample
    columns = pd.DataFrame(
        {
            "wide": [1 if label == "covid" else 0 for label in labels],
            "tall": [1 if label == "pneumonia" else 0 for label in labels],
            "same": 1,
        }
    )
    evidence = Evidence.of(columns, sample, seed=0)
    assert list(evidence.alone) in (["wide", "tall"], ["tall", "wide"])
    sentences = evidence.most_telling(0.8)
    assert [s.split(" alone tells ")[0] for s in sentences] == ["The wide", "The tall"]
    together, alone = evidence.tables("sizes")
    assert [row.where for row in together.rows] == [
        "all classes",
        "normal against the rest",
        "covid against the rest",
        "pneumonia against the rest",
    ]
    assert len(alone.rows) == 8
    bars, grid = evidence.figures("sizes", {"warn": 0.6})
    assert bars.labels == grid.row_labels
    assert len(grid.values) == 3
    assert bars.groups == (tuple(range(90)),) * 3
    assert grid.groups == (tuple(tuple(range(k, 90, 3)) for k in range(3)),) * 3
