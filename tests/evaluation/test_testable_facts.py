"""Which facts can be tested, and how they are binned."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.evaluation.runs import make_run
from xraydemo.evaluation.testable_facts import OTHER, UNKNOWN, testable_facts

N = 120
LABELS = ["normal", "covid"] * (N // 2)


def facts_of(columns, facts=None, n=N, labels=None):
    run = make_run(labels or LABELS[:n], columns=columns, facts=facts)
    return testable_facts(run, np.arange(n))


def test_kinds_and_origins():
    found = facts_of(
        {
            "view": ["AP", "PA", ""] * 40,
            "age": ["45.0", "nan", "61"] * 40,
            "date": ["1992-2015", "2020-03-05", "", "2019"] * 30,
        },
        {"width": [256, 512] * 60},
    )
    kinds = {name: found.kinds[name] for name in ("view", "age", "date", "width")}
    assert kinds == {"view": "category", "age": "number", "date": "date", "width": "number"}
    assert list(found.of("fact")) == ["view", "age", "date"]
    assert list(found.of("file")) == ["width"]
    assert "brightness" in found.of("picture")
    assert found.columns["date"][:2].tolist() == [2003.5, 2020.0]
    assert np.isnan(found.columns["age"][1])
    assert found.columns["view"][2] == ""


def test_what_is_left_out_and_why():
    found = facts_of(
        {
            "patient_id": ["p1", "p2"] * 60,
            "finding": ["x", "y"] * 60,
            "diagnosed": ["COVID-19", "normal"] * 60,
            "split": ["a", "b"] * 60,
            "license": ["a", "b"] * 60,
            "modality": ["CR"] * N,
            "empty": [""] * N,
            "code": [f"c{i}" for i in range(N)],
            "row": [str(i) for i in range(N)],
            "note": [f"seen again after {i % 30} long days" for i in range(N)],
            "site": ["A", "B", "C"] * 40,
            "hospital": ["x", "y", "z"] * 40,
            "date": ["2019-01-02", "2020-03-04"] * 60,
            "year": ["2019", "2020"] * 60,
        }
    )
    assert list(found.of("fact")) == ["site", "date"]
    reasons = {
        "patient_id": "tells who it is",
        "finding": "names the X-ray, or speaks of its label",
        "diagnosed": "names the X-ray, or speaks of its label",
        "split": "names the X-ray, or speaks of its label",
        "license": "says how the X-ray may be used, not how it was taken",
        "modality": "the same for all",
        "empty": "unknown throughout",
        "code": "different for nearly every X-ray",
        "row": "numbers the rows",
        "note": "free text",
        "hospital": "says the same as site",
        "year": "says the same as date",
    }
    assert {name: found.left_out.get(name) for name in reasons} == reasons


def test_a_year_that_knows_more_than_the_date_stays():
    found = facts_of({"date": ["1992-2015", "2020"] * 60, "year": ["2003", "2020", "", ""] * 30})
    assert {"date", "year"} <= set(found.columns)


def test_only_the_asked_positions_count():
    run = make_run(LABELS, columns={"view": ["AP", "PA"] * 30 + ["LL"] * 60})
    found = testable_facts(run, np.array([0, 1, 2, 3]))
    assert found.columns["view"].tolist() == ["AP", "PA", "AP", "PA"]
    assert "view" not in testable_facts(run, np.arange(60, N)).columns


def test_ages_are_binned_as_slices_are():
    ages = [str(age) for age in [10] * 30 + [30] * 30 + [50] * 5 + [70] * 30] + [""] * 25
    binned = facts_of({"age": ages}).binned("age")
    assert binned.value_counts().to_dict() == {
        "under 18": 30, "18 to 39": 30, "over 59": 30, UNKNOWN: 25, OTHER: 5,
    }  # fmt: skip


def test_numbers_are_binned_in_quarters_with_common_values_apart():
    width = [256] * 40 + [*range(300, 340)] + [512] * 40
    binned = facts_of({}, {"width": width}).binned("width")
    assert binned.value_counts().to_dict() == {
        "256": 40, "512": 40, "300 to 319": 20, "320 to 339": 20,
    }  # fmt: skip


def test_rare_years_are_pooled_with_their_neighbours_only():
    dates = ["2011"] * 6 + ["2013"] * 6 + ["2015"] * 40 + ["2019"] * 4 + ["2020"] * 64
    binned = facts_of({"date": dates}).binned("date")
    assert binned.value_counts().to_dict() == {
        "2020": 64, "2015": 40, "2011 to 2013": 12, OTHER: 4,
    }  # fmt: skip


def test_rare_values_are_pooled():
    site = ["A"] * 60 + ["B"] * 40 + ["C"] * 9 + ["D"] * 11
    assert set(facts_of({"site": site}).binned("site")) == {"A", "B", "D", OTHER}


@settings(max_examples=15)
@given(st.lists(st.floats(-1e6, 1e6) | st.none(), min_size=40, max_size=40))
def test_bins_of_numbers_keep_the_order(numbers):
    n = len(numbers)
    run = make_run(["covid", "normal"] * (n // 2), columns={"dose": [
        "" if x is None else repr(x) for x in numbers
    ]})  # fmt: skip
    found = testable_facts(run, np.arange(n))
    if "dose" not in found.columns:
        return
    values = found.columns["dose"]
    assert values.isna().sum() == sum(x is None for x in numbers)
    binned = found.binned("dose")
    assert len(binned) == n
    assert set(binned[values.isna()]) <= {UNKNOWN, OTHER}
    named = pd.DataFrame({"bin": binned, "value": values}).dropna()
    named = named[~named["bin"].isin([OTHER])]
    # no bin lies across another
    ends = named.groupby("bin")["value"].agg(["min", "max"]).sort_values("min")
    assert (ends["max"].to_numpy()[:-1] <= ends["min"].to_numpy()[1:]).all()
