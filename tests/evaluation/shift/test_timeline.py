import json
from pathlib import Path

import numpy as np
import pytest

from tests.evaluation.runs import make_run
from tests.evaluation.test_ask_scenario import certain
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.shift.timeline import timeline, timeline_of
from xraydemo.metrics.intervals import wilson


def run_of(n=100, *, n_foreign=0, answers=None, seed=0, started=None, bundle=None, **fields):
    judgements = {"foreign_verdict": ["foreign"] * n_foreign + ["inside"] * (n - n_foreign),
                  "doubt": ["sure"] * n}  # fmt: skip
    answers = answers or ["normal", "covid"] * (n // 2)
    run = make_run([""] * n, certain(answers), judgements=judgements, seed=seed,
                   pixel_sha256=[f"{seed} {i}" for i in range(n)], **fields)  # fmt: skip
    run.statistics["aspect_ratio"] = 1.0
    update = {"started": started or run.meta.started, "bundle": bundle or run.meta.bundle}
    object.__setattr__(run, "meta", run.meta.model_copy(update=update))
    return run


def moments(found, name, block="trust"):
    return next(m for q, m in found.moments.items() if (q.name, q.block) == (name, block))


def alarms(found):
    return [(period.name, quantity.name) for period, quantity, *_ in found.alarms()]


def test_a_rise_of_foreign_x_rays_is_an_alarm_and_the_rest_is_not():
    found = timeline({"a": run_of(), "b": run_of(seed=1), "c": run_of(n_foreign=30, seed=2)})
    assert alarms(found) == [("c", "foreign")]
    first, second, third = moments(found, "foreign")
    assert first.change is None
    assert not second.is_alarm
    assert third.estimate[:3] == pytest.approx((0.3, *wilson(30, 100)))
    value, low, high = third.change
    assert value == pytest.approx(0.3)
    # simultaneous: wider than a single one
    assert high - low > 0.18


def test_nothing_changes_where_nothing_does():
    rng = np.random.default_rng(0)
    runs = {
        str(i): run_of(seed=i, answers=rng.choice(["normal", "covid"], 100).tolist(),
                       columns={"age": rng.integers(20, 80, 100).astype(str).tolist(),
                                "view": rng.choice(["AP", "PA"], 100).tolist()})
        for i in range(12)
    }  # fmt: skip
    found = timeline(runs)
    assert alarms(found) == []
    assert found.n_comparisons == 11 * len(found.moments)


def test_runs_are_ordered_by_their_x_rays_else_by_when_they_were_made():
    new, old = {"year": ["2021"] * 100}, {"date": ["2019-05-01"] * 100}
    runs = {
        "new": run_of(columns=new, started="2026-01-01"),
        "old": run_of(columns=old, seed=1, started="2026-02-02"),
    }
    assert [period.name for period in timeline(runs).periods] == ["old", "new"]
    runs["undated"] = run_of(seed=2, started="2026-01-15")
    found = timeline(runs)
    assert [period.name for period in found.periods] == ["new", "undated", "old"]
    assert "not all tell" in found.notes[0]


def test_runs_of_the_same_name_are_told_apart(monkeypatch):
    folders = [Path("/a/run"), Path("/b/run"), Path("/b/other")]
    runs = {folder: run_of(seed=i) for i, folder in enumerate(folders)}
    monkeypatch.setattr("xraydemo.evaluation.shift.timeline.open_run", runs.__getitem__)
    names = [period.name for period in timeline_of(folders).periods]
    assert names == ["/a/run", "/b/run", "other"]


@pytest.mark.parametrize(
    ("dates", "by", "names"),
    [
        (["2020-03-01"] * 50 + ["20200402"] * 50, "month", ["2020-03", "2020-04"]),
        (["2020"] * 50 + ["2021-01-02"] * 50, "year", ["2020", "2021"]),
        # few are joined with few
        (["2010"] * 8 + ["2012"] * 8 + ["2014"] * 8 + ["2020"] * 76, "year",
         ["2010 to 2014", "2020"]),
    ],
)  # fmt: skip
def test_one_run_is_divided_by_its_dates(dates, by, names):
    found = timeline({"a": run_of(columns={"date": dates})})
    assert found.by == by
    assert [period.name for period in found.periods] == names


def test_spans_of_years_and_unknown_dates_are_left_out_and_counted():
    dates = ["2019"] * 30 + ["2020"] * 30 + ["1992-2015"] * 20 + [""] * 20
    found = timeline({"a": run_of(columns={"date": dates}, unreadable=[0])})
    assert [period.n for period in found.periods] == [29, 30]
    assert "40 X-rays tell no year, and are left out" in found.notes
    assert "1 files could not be read, and are left out" in found.notes


def test_x_rays_of_one_patient_say_less_than_those_of_many():
    groups = ["p"] * 30 + [f"q{i}" for i in range(70)]
    of_one = timeline({"a": run_of(), "b": run_of(n_foreign=30, seed=1, groups=groups)})
    of_many = timeline({"a": run_of(), "b": run_of(n_foreign=30, seed=1)})
    _, low_of_one, _ = moments(of_one, "foreign")[1].change
    _, low_of_many, _ = moments(of_many, "foreign")[1].change
    assert low_of_one < low_of_many / 2
    assert [period.n_groups for period in of_one.periods] == [100, 71]


def test_months_with_few_x_rays_say_nothing():
    found = timeline({"a": run_of(), "b": run_of(10, n_foreign=10, seed=1)})
    assert moments(found, "foreign")[1] is None
    assert found.n_comparisons == 0


def test_it_is_json():
    plain = json.loads(json.dumps(timeline({"a": run_of(), "b": run_of(seed=1)}).to_dict()))
    assert [period["name"] for period in plain["periods"]] == ["a", "b"]
    assert plain["quantities"][0]["moments"][1]["alarm"] is False


def test_runs_of_two_bundles_or_one_moment_are_refused():
    other = {"name": "other", "fingerprint": "c" * 64, "folder": "/other"}
    with pytest.raises(XrayDemoError, match="b is a run of another bundle"):
        timeline({"a": run_of(), "b": run_of(bundle=other)})
    with pytest.raises(XrayDemoError, match="No X-ray tells its year"):
        timeline({"a": run_of()})
    with pytest.raises(XrayDemoError, match="only one year"):
        timeline({"a": run_of(columns={"year": ["2020"] * 100})})
