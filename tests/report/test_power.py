"""The help's table of power says what the benchmark counted, and where a goal is missed."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib.resources import files

import pytest

from tests.benchmarks.power.cells import METADATA_CHECK, PIXELS, USED_CHECK, Cell, cells
from tests.benchmarks.power.cohorts import METADATA, NOT_USED, NULL, USED
from tests.benchmarks.power.results import SHOWN as SHOWN_THERE
from tests.benchmarks.power.results import Results
from tests.benchmarks.power.stock import PLANTED
from tests.benchmarks.power.trials import Outcome
from xraydemo.metrics.intervals import wilson
from xraydemo.report import power
from xraydemo.report.explanations import explanations
from xraydemo.report.power import FINDS, IN_TABLE, KINDS, SHOWN, WHERE, Count, power_of

PUBLISHED = json.loads(files("xraydemo.report").joinpath(power.COUNTS).read_text("utf-8"))


def count(**fields) -> Count:
    plain = Count(USED_CHECK, USED, "marker", 1.0, 0.5, 400, 200, 200, 0, 0, 0.2)
    return replace(plain, **fields)


@pytest.mark.parametrize("check_id", FINDS)
def test_the_help_shows_what_was_counted(check_id) -> None:
    rows = [Count(**row) for row in PUBLISHED["rows"] if row["check"] == check_id]
    assert rows
    assert all(row.trials >= 20 for row in rows)
    shown = power_of(check_id)
    assert shown is not None
    cells = " ".join(cell for table in shown.tables for row in table.rows for cell in row)
    for row in rows:
        words = row.found if row.is_planted else row.cried
        assert words in cells
    assert PUBLISHED["date"] in shown.notes[-1]


def test_no_text_has_a_rate_that_was_typed_by_hand() -> None:
    for check_id in FINDS:
        one = explanations()[check_id]
        assert not re.search(r"\d+ trials|fired in", one.how + one.cannot_tell + one.next)


def test_other_checks_have_none() -> None:
    assert power_of("data.balance") is None


def test_the_benchmark_and_the_help_name_things_alike() -> None:
    assert set(KINDS) == {"", *PLANTED}
    assert set(WHERE) == {METADATA, USED, NOT_USED, NULL, SHOWN_THERE}
    assert (IN_TABLE, SHOWN) == (METADATA, SHOWN_THERE)
    assert len({cell.key for cell in cells()}) == len(list(cells()))


def test_a_share_has_wilsons_interval() -> None:
    low, high = wilson(190, 200)
    assert count(fired=190).found == f"95 % [{100 * low:.0f}, {100 * high:.0f}]"
    assert count(cannot_tell=150).found == "can't tell"


@pytest.mark.parametrize(
    ("fields", "misses"),
    [
        ({"fired": 200}, False),
        ({"fired": 185}, False),  # 92.5 %, but the interval reaches 95
        ({"fired": 170}, True),
        ({"fired": 170, "n": 200}, False),  # there, it is no goal
        ({"fired": 170, "strength": 0.25}, False),
        ({"fired": 170, "taught": 0.5}, False),
        ({"fired": 0, "cannot_tell": 200, "strength": 1.0}, False),
        ({"condition": NOT_USED, "fired": 0}, False),
        ({"condition": NOT_USED, "fired": 12, "false_alarms": 12}, False),
        ({"condition": NOT_USED, "fired": 30, "false_alarms": 30}, True),
    ],
)
def test_a_goal_is_missed_where_the_whole_interval_is(fields, misses) -> None:
    one = count(**fields)
    assert one.misses_the_goal == misses
    said = power.summary_of([one])
    assert ("misses that here: a word in a corner" in said) == misses


def test_the_tables_say_what_was_found_and_what_was_not_there() -> None:
    counts = [
        count(),
        count(n=100, fired=100, lost=0.3),
        count(condition=NOT_USED, fired=4, false_alarms=4),
    ]
    found, cried = power.tables_of(counts)
    assert found.head == ("planted", "s", "AUC lost", "n = 100", "n = 400")
    [row] = found.rows
    assert row[:3] == ("a word in a corner", "0.5", "0.20")
    assert row[3].startswith("50 % [")
    assert row[4].startswith("100 % [")
    row, others = cried.rows
    assert row[0] == "a word in a corner, in the picture, not used"
    assert row[3].startswith("2 % [")
    assert others[0] == "something else, while it finds that"


def test_the_benchmark_goes_on_where_it_stopped(tmp_path, monkeypatch) -> None:
    cell = Cell(USED_CHECK, USED, "marker")
    told = [
        Outcome("confounder.encoded", True, False, False),
        Outcome(USED_CHECK, True, False, False, 0.2),
    ]
    Results(tmp_path / "power.json").add(cell, {3: told, 4: told})
    results = Results(tmp_path / "power.json")
    assert results.seeds(cell) == {3, 4}
    results.add(cell, {5: [told[0], Outcome(USED_CHECK, False, True, False, 0.1)]})
    results.add(Cell(METADATA_CHECK, METADATA), {0: [Outcome(METADATA_CHECK, True, False, False)]})
    results.add(Cell(PIXELS, USED, "letter"), {0: [Outcome(PIXELS, False, False, True)]})
    rows = {row["check"]: Count(**row) for row in results.rows()}
    assert rows[USED_CHECK] == count(trials=3, fired=2, false_alarms=1, lost=0.167)
    assert rows["confounder.encoded"] == count(
        check="confounder.encoded", condition=SHOWN, trials=3, fired=3, lost=None
    )
    assert rows[PIXELS].cannot_tell == 1
    monkeypatch.setattr("tests.benchmarks.power.results.PUBLISHED", tmp_path / "help.json")
    results.publish(2, "a cohort", "as said")
    published = json.loads((tmp_path / "help.json").read_text())
    assert {row["check"] for row in published["rows"]} == {USED_CHECK, "confounder.encoded"}
    assert published["command"] == "as said"
