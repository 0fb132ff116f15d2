"""confounder.newness: a class that is newer, one that isn't, and dates that don't tell."""

import numpy as np
import pandas as pd
import pytest

from tests.evaluation.runs import ask, make_run
from xraydemo.evaluation.figures import Grid
from xraydemo.evaluation.result import Verdict

CHECK = "confounder.newness"
LABELS = ["pneumonia", "covid"] * 60
N = len(LABELS)


def dates(of_covid, of_others):
    return [of_covid if label == "covid" else of_others for label in LABELS]


def by_chance(seed=0, years=("2018", "2019", "2020")):
    return np.random.default_rng(seed).choice(years, N).tolist()


def test_newer_covid_fails():
    found = ask(make_run(LABELS, columns={"date": dates("2020-03-01", "2015-06-01")}), CHECK)
    assert (found.verdict, found.number.value) == (Verdict.FAIL, 1.0)
    assert found.headline == (
        "The date alone tells COVID-19 from Pneumonia with AUC 1.00 [1.00, 1.00] (n = 120), where "
        "0.5 is guessing and 1 is always right: COVID-19 is newer."
    )
    text = " ".join(found.findings)
    assert "100 % of COVID-19 (n = 60) are of 2020 or later, and 0 % of Pneumonia" in text
    assert "No COVID-19 X-ray is from before 2020, where chance would put 30 patients." in text
    assert "All 60 X-rays of year 2020 are COVID-19." in text
    assert "can't be said" in text
    wall = found.figures[0]
    assert isinstance(wall, Grid)
    assert (wall.column_labels, wall.values) == (("2015", "2020"), ((0.0, 60.0), (60.0, 0.0)))
    assert wall.groups[1][0] == tuple(range(0, N, 2))


def test_an_older_class_is_told_as_well():
    found = ask(make_run(LABELS, columns={"year": dates("2003", "2015")}), CHECK)
    assert found.verdict is Verdict.FAIL
    assert "Pneumonia is newer" in found.headline
    assert found.number.where == "date: pneumonia newer than covid"


def test_dates_by_chance_pass():
    found = ask(make_run(LABELS, columns={"year": by_chance()}), CHECK)
    assert found.verdict is Verdict.PASS
    assert found.settled
    assert "No class is much newer than another" in found.headline
    assert "Between X-rays of the same year (n = 120) the model tells" in " ".join(found.findings)


def test_a_site_that_lacks_a_class_warns():
    site = ["A" if label == "covid" or i % 4 else "B" for i, label in enumerate(LABELS)]
    found = ask(make_run(LABELS, columns={"year": by_chance(), "site": site}), CHECK)
    assert found.verdict is Verdict.WARN
    assert found.headline.startswith("No COVID-19 X-ray is of the site B, where chance would put")
    assert "All 30 X-rays of site B are Pneumonia." in found.findings


def test_the_model_within_years():
    """It knows the year only: between X-rays of the same year it guesses."""
    year = np.array(dates("2020", "2015"))
    year[::5] = "2020"
    year[1::5] = "2015"
    probabilities = np.full((N, 4), 0.05)
    probabilities[:, 1] = np.where(year == "2020", 0.8, 0.1)
    probabilities[:, 2] = np.where(year == "2020", 0.1, 0.8)
    found = ask(make_run(LABELS, probabilities, columns={"year": year.tolist()}), CHECK)
    numbers = {row.where: row.value for row in found.tables[1].rows}
    assert numbers["covid against pneumonia, within years"] == 0.5
    assert numbers["covid against pneumonia, all years"] > 0.75


def test_spans_that_lie_apart_are_in_order():
    found = ask(make_run(LABELS, columns={"date": dates("2020", "1992-2015")}), CHECK)
    assert (found.verdict, found.number.value) == (Verdict.FAIL, 1.0)


def test_spans_that_overlap_cannot_be_checked():
    found = ask(make_run(LABELS, columns={"date": ["1992-2015"] * N}), CHECK)
    assert found.verdict is Verdict.CANNOT_CHECK
    assert "spans of years that can't be put in order (1992 to 2015)" in found.headline
    assert "a column date or year" in found.headline


def test_dates_of_one_class_only():
    found = ask(make_run(LABELS, columns={"date": dates("2020", "")}), CHECK)
    assert found.verdict is Verdict.CANNOT_CHECK
    assert "of COVID-19 only (60 of 60 of COVID-19 and 0 of 60 of Pneumonia" in found.headline


def test_no_dates():
    found = ask(make_run(LABELS, columns={"site": ["A"] * N}), CHECK)
    assert found.verdict is Verdict.CANNOT_CHECK
    assert "Needs dates" in found.headline


def test_dates_without_years():
    found = ask(make_run(LABELS, columns={"date": ["January 12"] * N}), CHECK)
    assert "None of the dates tells a year" in found.headline


def test_too_few():
    columns = {"date": dates("2020", "2015")[:38]}
    assert ask(make_run(LABELS[:38], columns=columns), CHECK).verdict is Verdict.CANNOT_CHECK


def rows_of(shared_data, source):
    table = pd.read_csv(shared_data / "external.csv", dtype=str, keep_default_na=False)
    rows = table[table["source"] == source] if source else table
    own = [name for name in rows if name not in ("file", "label", "group")]
    columns = {name: rows[name].tolist() for name in own}
    return make_run(rows["label"].tolist(), columns=columns, groups=rows["group"].tolist())


@pytest.mark.parametrize("source", ["cohen", None])
def test_external_fails(shared_data, source):
    found = ask(rows_of(shared_data, source), CHECK)
    assert found.verdict is Verdict.FAIL
    assert found.headline.startswith("The date alone tells COVID-19 from Pneumonia with AUC ")
    assert found.number.low > 0.9
    assert "No COVID-19 X-ray is from before 2019" in " ".join(found.findings)


def test_nih_cannot_be_checked(shared_data):
    found = ask(rows_of(shared_data, "nih"), CHECK)
    assert found.verdict is Verdict.CANNOT_CHECK
    assert "It takes the year in which each X-ray was taken" in found.headline
