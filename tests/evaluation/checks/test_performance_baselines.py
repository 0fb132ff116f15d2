from __future__ import annotations

import numpy as np
import pytest

from tests.evaluation.runs import ask, make_run
from xraydemo.classes import CLASSES
from xraydemo.evaluation.baselines import FACTS, as_categories, facts_alone
from xraydemo.evaluation.result import Verdict

EACH = 60
LABELS = np.repeat(CLASSES[:2], EACH)
GROUPS = [f"patient {i}" for i in range(2 * EACH)]
ID = "performance.baselines"


def good_answers(noise: float = 0.7) -> np.ndarray:
    """Rank most X-rays of the two classes rightly."""
    generator = np.random.default_rng(1)
    signal = np.repeat([0, 1], EACH) + noise * generator.normal(size=2 * EACH)
    covid = 1 / (1 + np.exp(-4 * (signal - 0.5)))
    return np.column_stack([0.9 * (1 - covid), 0.9 * covid, 0.05 + 0 * covid, 0.05 + 0 * covid])


def auc_of(result, name: str) -> float:
    return next(
        n.value for n in result.tables[0].rows if (n.metric, n.where) == ("macro AUC", name)
    )


def test_a_good_model_beats_what_tells_nothing() -> None:
    result = ask(make_run(LABELS, good_answers(0.2), groups=GROUPS), ID)
    assert result.verdict is Verdict.PASS
    assert result.number.low > 0.5
    assert auc_of(result, "always the commonest class") == 0.5
    assert auc_of(result, "the model") > 0.95
    bars = result.figures[0]
    assert bars.groups == (tuple(range(2 * EACH)),) * len(bars.labels)


def test_brightness_that_gives_the_class_away_is_found() -> None:
    brightness = np.repeat([0.0, 1.0], EACH) + 0.01 * np.arange(2 * EACH)
    run = make_run(LABELS, good_answers(), groups=GROUPS, statistics={"mean": brightness})
    result = ask(run, ID)
    assert result.verdict is Verdict.FAIL
    assert result.number.where == "9 statistics of brightness"
    assert "no better than something stupid" in result.headline or "any error" in result.headline
    number = result.number
    assert number.metric == "the model's macro AUC, less that of"
    assert number.value == pytest.approx(auc_of(result, "the model") - auc_of(result, number.where))
    assert number.low < number.value < number.high < 0
    assert "the tables give by how much" in result.findings[0]
    assert all(row.value > -1 for row in result.tables[0].rows)


def test_pixels_that_give_the_class_away_are_found() -> None:
    generator = np.random.default_rng(0)
    pictures = generator.integers(0, 100, (2 * EACH, 32, 32)).astype(np.uint8)
    pictures[EACH:, :4] += 100
    result = ask(make_run(LABELS, good_answers(), groups=GROUPS, thumbnails=pictures), ID)
    assert result.verdict is Verdict.FAIL
    assert result.number.where == "a thumbnail of 32 x 32 pixels"


def test_facts_that_give_the_class_away_are_found() -> None:
    views = ["PA"] * (EACH - 4) + ["AP"] * 4 + ["AP"] * (EACH - 2) + ["PA"] * 2
    run = make_run(LABELS, good_answers(), groups=GROUPS, columns={"view": views})
    result = ask(run, ID)
    assert result.verdict is Verdict.FAIL
    assert result.number.where == FACTS
    assert auc_of(result, FACTS) == pytest.approx(0.95, abs=0.02)
    assert "need not look at the picture" in result.headline
    assert any("the best is" in sentence for sentence in result.findings)
    assert "Facts used: view." in result.findings[-1]


def test_columns_that_speak_of_the_label_are_no_facts() -> None:
    run = make_run(
        LABELS,
        good_answers(0.2),
        groups=GROUPS,
        columns={
            "finding": list(np.where(LABELS == "covid", "x", "y")),
            "remark": [f"seen: {label}" for label in LABELS],
            "patient_id": GROUPS,
            "site": ["here"] * len(LABELS),
        },
        facts={"width": [256, 512] * EACH},
    )
    facts, barred = facts_alone(run)
    assert list(facts) == ["width"]
    assert set(barred) == {"finding", "remark", "patient_id"}
    result = ask(run, ID)
    assert result.verdict is Verdict.PASS
    assert "Not used" in result.findings[-1]


def test_names_of_single_x_rays_tell_nothing() -> None:
    """A column of which every value is another counts as one rare value."""
    run = make_run(LABELS, groups=GROUPS, columns={"number": [f"n{i}" for i in range(2 * EACH)]})
    assert as_categories(facts_alone(run)[0]).shape == (2 * EACH, 1)


def test_numbers_and_dates_are_binned_and_unknown_is_a_value() -> None:
    dates = ["", *(f"2020-{1 + i // 28:02}-{1 + i % 28:02}" for i in range(2 * EACH - 1))]
    ages = ["", *map(str, range(2 * EACH - 1))]
    run = make_run(LABELS, groups=GROUPS, columns={"date": dates, "age": ages})
    seen = as_categories(facts_alone(run)[0])
    assert seen.shape == (2 * EACH, 2 * 11)
    assert (seen.sum(axis=1) == 2).all()


def test_dates_of_any_year_and_zone_are_days() -> None:
    odd = ["0001-01-01", "9999-12-31", "2020-03-01T10:00:00Z", "2020-03-01"]
    dates = [odd[i % 4] if i < 8 else f"2020-{1 + i // 28:02}-{1 + i % 28:02}" for i in range(120)]
    run = make_run(LABELS, groups=GROUPS, columns={"date": dates})
    assert as_categories(facts_alone(run)[0]).shape == (2 * EACH, 10)


def test_a_patients_number_is_no_fact_however_it_is_written() -> None:
    run = make_run(LABELS, columns={"PatientID": [f"p{i // 10}" for i in range(2 * EACH)]})
    facts, barred = facts_alone(run)
    assert (list(facts), barred) == ([], ("PatientID",))


def test_a_model_without_worth_fails() -> None:
    """The baseline is no better, but there is nothing that the model removes."""
    lots = np.random.default_rng(0).dirichlet([1] * 4, 2 * EACH)
    result = ask(make_run(LABELS, lots, groups=GROUPS), ID)
    assert result.verdict in (Verdict.FAIL, Verdict.WARN)
    assert result.number.low < 0.2


def test_small_classes_are_left_out_by_name() -> None:
    labels = [*LABELS, *["opacity"] * 4]
    groups = [*GROUPS, "a", "b", "c", "d"]
    probabilities = np.vstack([good_answers(0.2), [[0.1, 0.1, 0.1, 0.7]] * 4])
    result = ask(make_run(labels, probabilities, groups=groups), ID)
    assert result.verdict is Verdict.PASS
    assert "Lung opacity (4 X-rays)" in result.findings[-1]
    assert result.number.n == 2 * EACH


def test_a_class_of_few_patients_is_left_out_however_many_its_x_rays() -> None:
    labels = [*LABELS, *["opacity"] * 900]
    groups = [*GROUPS, *(f"of {i % 3}" for i in range(900))]
    probabilities = np.vstack([good_answers(0.2), [[0.1, 0.1, 0.1, 0.7]] * 900])
    result = ask(make_run(labels, probabilities, groups=groups), ID)
    assert result.verdict is Verdict.PASS
    assert result.number.n == 2 * EACH


def test_too_few_cannot_be_checked() -> None:
    result = ask(make_run(["normal"] * 30 + ["covid"] * 8), ID)
    assert result.verdict is Verdict.CANNOT_CHECK
    assert "8 of COVID-19" in result.headline
