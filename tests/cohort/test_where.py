from __future__ import annotations

import operator

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xraydemo.cohort.where import parse, select
from xraydemo.errors import BadCohort

SIGNS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
numbers = st.integers(-10_000, 10_000) | st.floats(-1e6, 1e6)


@given(numbers, numbers, st.sampled_from(sorted(SIGNS)))
def test_numbers_compare_as_numbers(cell, value, sign) -> None:
    condition = parse(f"age{sign}{value!r}")
    assert (condition.column, condition.sign) == ("age", sign)
    assert condition.holds(repr(cell)) == SIGNS[sign](cell, value)


@given(st.dates(), st.dates(), st.sampled_from(sorted(SIGNS)))
def test_dates_compare_as_dates(cell, value, sign) -> None:
    holds = parse(f"date{sign}{value.isoformat()}").holds
    assert holds(cell.isoformat()) == SIGNS[sign](cell, value)
    assert holds(cell.strftime("%Y%m%d").zfill(8)) == SIGNS[sign](cell, value)


texts = st.text(st.characters(exclude_characters=",", exclude_categories=["Cs"])).map(str.strip)


@given(st.lists(texts, min_size=1), texts)
def test_equal_and_unequal_are_each_others_opposite(values, cell) -> None:
    wanted = ",".join(values)
    assert parse(f"site={wanted}").holds(cell) != parse(f"site!={wanted}").holds(cell)
    assert parse(f"site={wanted}").holds(values[0])


@given(st.lists(st.sampled_from(["", "1", "2.0", "x"]), min_size=1), st.integers(1, 2))
def test_conditions_are_and_ed(cells, number) -> None:
    table = pd.DataFrame({"a": cells, "b": cells[::-1]}, dtype=str)
    try:
        chosen = select(table, [f"a>={number}", "b!=x"])
    except BadCohort:
        chosen = pd.Series(data=False, index=table.index)
    expected = [
        a not in ("", "x") and float(a) >= number and b != "x"
        for a, b in zip(cells, cells[::-1], strict=True)
    ]
    assert chosen.tolist() == expected


@pytest.mark.parametrize(
    ("condition", "cell", "holds"),
    [
        ("age=45", "45.0", True),
        ("age=45", "450", False),
        ("split=test,pool", "pool", True),
        ("split = test , pool", "pool", True),
        ("site=", "", True),
        ("site=", "x", False),
        ("site!=x", "", True),
        ("site!=", "", False),
        ("age<90", "", False),
        ("age>=0", "", False),
        ("age>9", "10", True),
        ("age>9", "old", False),
        ("year=1_000", "1000", False),
        ("date>=2020", "2020-03-14", True),
        ("date<=2020", "2020-03-14", True),
        ("date>2020", "2020-03-14", False),
        ("date<2020-03", "2020-02-29", True),
        ("date<2020-03", "2020-02-30", False),  # no day of the calendar
        ("date>=2020-03-14", "2020-03-14T10:30:00", True),
        ("date>=2000", "1992-2015", False),
        ("file=صورة 🫁.png", "صورة 🫁.png", True),
        ("a>b=c", "x", None),
    ],
)
def test_by_hand(condition, cell, holds) -> None:
    if holds is None:
        with pytest.raises(BadCohort, match="neither a number nor a date"):
            parse(condition)
    else:
        assert parse(condition).holds(cell) is holds


@pytest.mark.parametrize("text", ["", "age", "=3", " =3", "age~3"])
def test_no_condition(text) -> None:
    with pytest.raises(BadCohort, match="is no condition"):
        parse(text)


@pytest.mark.parametrize("text", ["age>old", "age>", "age<1,2", "age<nan", "age<1_0"])
def test_a_comparison_needs_a_number_or_a_date(text) -> None:
    with pytest.raises(BadCohort, match="neither a number nor a date"):
        parse(text)


def test_an_unknown_column_is_answered_with_the_columns() -> None:
    with pytest.raises(BadCohort, match=r"no column 'splt'.*The columns are file, split"):
        select(pd.DataFrame({"file": ["a"], "split": ["x"]}), ["splt=x"])


def test_no_row_left_tells_what_each_condition_kept() -> None:
    table = pd.DataFrame({"split": ["a", "a", "b"], "age": ["1", "2", "30"]})
    with pytest.raises(BadCohort, match="Of 3 rows, split=a keeps 2, age>20 keeps 1"):
        select(table, ["split=a", "age>20"])


def test_without_conditions_all_rows_are_chosen() -> None:
    assert select(pd.DataFrame({"a": ["1", "2"]}), []).tolist() == [True, True]
