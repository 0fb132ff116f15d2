"""Years out of dates as people write them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evaluation.runs import make_run
from xraydemo.cohort.years import span_name, years_in
from xraydemo.evaluation.years import newer_auc, share_in_order, spans_of_run
from xraydemo.metrics.weighted import auc


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2020", (2020, 2020)),
        ("2020-03-05", (2020, 2020)),
        ("20200305", (2020, 2020)),
        ("March 5, 2020", (2020, 2020)),
        ("3/7/2020", (2020, 2020)),
        ("1992-2015", (1992, 2015)),
    ],
)
def test_years_are_found(text, years):
    assert years_in(text) == years


@pytest.mark.parametrize("text", ["", "03/16/20", "January 12", "1024", "20201405", "A20205"])
def test_what_is_no_year_is_none(text):
    assert np.isnan(years_in(text)).all()


def test_the_year_speaks_before_the_date():
    run = make_run(
        ["covid"] * 3,
        columns={"date": ["1992-2015", "2019-01-01", ""], "year": ["2003", "", "old"]},
    )
    found = spans_of_run(run)
    assert found[:2].tolist() == [[2003, 2003], [2019, 2019]]
    assert np.isnan(found[2]).all()


def test_names():
    names = [span_name(2020, 2020), span_name(1992, 2015), span_name(np.nan, np.nan)]
    assert names == ["2020", "1992 to 2015", ""]


ONCE = np.ones((1, 4), np.float32)


def test_overlapping_spans_count_a_half():
    newer = np.array([True, True, False, False])
    spans = np.array([[2020, 2020], [2000, 2010], [1992, 2005], [2010, 2010]], float)
    # 2020 beats both; 2000 to 2010 overlaps both
    assert newer_auc(ONCE, spans, newer).tolist() == [0.75]
    assert share_in_order(spans, newer) == 0.5


@given(st.lists(st.integers(2000, 2004), min_size=4, max_size=30), st.randoms())
def test_of_exact_years_it_is_the_plain_auc(years, random):
    newer = np.array([True, False, *(random.random() < 0.5 for _ in years[2:])])
    year = np.array(years, float)
    weights = np.array([[random.randint(0, 3) for _ in years] for _ in range(3)], np.float32)
    found = newer_auc(weights, np.column_stack([year, year]), newer)
    np.testing.assert_allclose(found, auc(weights, year, newer))
    assert share_in_order(np.column_stack([year, year]), newer) == 1.0
