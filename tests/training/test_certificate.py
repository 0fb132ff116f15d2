"""Each question of the birth certificate, passed and failed."""

from __future__ import annotations

import json

import numpy as np
import pytest

from xraydemo.model.bundle import WEIGHTS, load_bundle
from xraydemo.model.certificate import Answer, Certificate
from xraydemo.training.certificate import (
    LEAST_TRIALS,
    all_curves,
    better_than_stupid,
    decompose,
    kept_to_minutes,
    learn_shuffled,
    losses_fell,
    searched,
    shuffle,
    with_looks,
)
from xraydemo.training.looks import LOOKS, append, reported
from xraydemo.training.model_card import model_card

N = 600
FIT, HELD_OUT = np.arange(400), np.arange(400, N)


def figure(value: float, half: float = 0.01, n: int = 900) -> dict[str, float]:
    return {"value": value, "low": value - half, "high": value + half, "n": n, "n_groups": n}


@pytest.fixture
def table():
    """Embeddings that tell the true class well, labels, and groups of one."""
    generator = np.random.default_rng(0)
    labels = np.arange(N) % 4
    inputs = generator.normal(size=(N, 60)) + 3 * np.eye(4, 60)[labels]
    return inputs, labels, np.arange(N).astype(str)


def test_shuffled_labels_can_not_be_known(table) -> None:
    inputs, labels, groups = table
    answer = learn_shuffled(inputs, shuffle(labels, groups, 0), groups, FIT, HELD_OUT, 0)
    assert answer.verdict == "passed"
    assert answer.figures["macro_auc_held_out"]["low"] <= 0.5
    assert answer.figures["macro_auc_taught"]["low"] > 0.55


def test_labels_that_leak_through_the_input_fail(table) -> None:
    inputs, labels, groups = table
    shuffled = shuffle(labels, groups, 0)
    inputs[:, 7] += 3 * (shuffled == 2)
    answer = learn_shuffled(inputs, shuffled, groups, FIT, HELD_OUT, 0)
    assert answer.verdict == "failed"


def test_xrays_on_both_sides_fail(table) -> None:
    inputs, labels, groups = table
    shuffled = shuffle(labels, groups, 0)
    answer = learn_shuffled(inputs, shuffled, groups, FIT, FIT[:200], 0)
    assert answer.verdict == "failed"


def test_what_was_not_even_taught_tells_nothing(table) -> None:
    inputs, labels, groups = table
    blank = np.zeros_like(inputs)
    answer = learn_shuffled(blank, shuffle(labels, groups, 0), groups, FIT, HELD_OUT, 0)
    assert answer.verdict == "not asked"


def test_groups_stay_together_when_shuffled() -> None:
    labels, groups = np.arange(100) % 4, np.arange(100) // 2 % 25
    shuffled = shuffle(labels, groups.astype(str), 0)
    for group in np.unique(groups):
        assert len(set(shuffled[groups == group])) == 1


@pytest.mark.parametrize(("gain", "verdict"), [(0.2, "passed"), (0.005, "failed")])
def test_it_must_be_better_than_stupid(gain, verdict) -> None:
    metrics = {
        "macro_f1_above_majority": figure(0.7),
        "macro_f1_above_thumbnail_regression": figure(gain),
    }
    assert better_than_stupid(metrics).verdict == verdict
    assert better_than_stupid({}).verdict == "not asked"


def epoch(train: float, select: float) -> dict[str, float]:
    return {"train_loss": train, "select_log_loss": select}


def test_losses_must_fall() -> None:
    assert losses_fell([epoch(2.0, 1.5), epoch(0.5, 0.3)]).verdict == "passed"
    assert losses_fell([epoch(2.0, 1.5), epoch(0.5, 1.8)]).verdict == "failed"
    assert losses_fell([epoch(2.0, 1.5), epoch(float("nan"), 0.3)]).verdict == "failed"
    assert losses_fell([epoch(2.0, 1.5)]).verdict == "not asked"


def minutes(used: float, allowed: float | None, before: object = None) -> dict[str, object]:
    return {"minutes": used, "max_minutes": allowed, "before": before}


def test_the_ceiling_must_be_kept() -> None:
    kept = kept_to_minutes(minutes(59.9, 60))
    assert (kept.verdict, kept.found) == ("passed", "59.9 of 60 minutes")
    assert kept.figures == {"used": 59.9, "allowed": 60}
    assert kept_to_minutes(minutes(60.1, 60)).verdict == "failed"
    assert kept_to_minutes({"minutes": 5}).verdict == "not asked"
    assert kept_to_minutes(minutes(5, None)).verdict == "not asked"


def test_the_minutes_of_every_training_gone_on_from_count() -> None:
    kept = kept_to_minutes(minutes(67.1, 68, minutes(34.1, 38, minutes(59.3, 60))))
    assert kept.verdict == "passed"
    assert kept.found.startswith("160.5 minutes in 3 trainings")
    assert kept.found.endswith(
        "59.3 of 60 minutes, then 34.1 of 38 minutes, then 67.1 of 68 minutes"
    )
    assert kept.figures["used"] == 160.5
    assert kept.figures["trainings"][0] == {"used": 59.3, "allowed": 60}
    too_long = minutes(61.3, 60)
    assert kept_to_minutes(minutes(67.1, 68, minutes(34.1, None, too_long))).verdict == "failed"
    assert kept_to_minutes(minutes(67.1, 68, minutes(34.1, None))).verdict == "not asked"


TRIALS = [{"recipe": {"rate": rate, "side": 128}, "cost": 0.1} for rate in (1, 2, 3, 4, 5, 5, 6)]
BY_HAND = [{"trial": f"trial {i}", "answers": {}} for i in range(LEAST_TRIALS)]
MEASURED = {"recipe": {"rate": 7}, "answers": {}, "when": "2026-02-01T00:00"}
WITHOUT = {"recipe": {"rate": 8}, "cost": 0.2, "left_out": {"source": "one"}}


def test_a_search_has_tried_several_settings() -> None:
    answer = searched(TRIALS)
    assert answer.verdict == "passed"
    assert (answer.figures["trials"], answer.figures["settings"]) == (7, 6)
    assert list(answer.figures["varied"]) == ["rate"]
    assert searched(TRIALS[:6]).verdict == "failed"  # of five settings
    assert searched([]).verdict == "not asked"


def test_only_trials_of_the_search_count() -> None:
    few = searched([*TRIALS[:5], *BY_HAND, MEASURED, WITHOUT])
    assert few.verdict == "failed"
    assert "5 trials of 5 settings; varied: rate; 1 without a collection" in few.found
    assert few.found.endswith("; and 7 other lines: measurements, and trials by hand")
    assert (few.figures["trials"], few.figures["left_out"], few.figures["others"]) == (5, 1, 7)
    assert searched([*TRIALS, *BY_HAND]).verdict == "passed"


def test_without_a_search_nothing_was_asked() -> None:
    none = searched([*BY_HAND, MEASURED, WITHOUT])
    assert none.verdict == "not asked"
    assert none.found.startswith("No trial of a search is in trials.jsonl; 1 without")
    assert none.figures == {"trials": 0, "left_out": 1, "others": 7}


def scores(**parts: float) -> dict[str, dict[str, object]]:
    return {part: {"macro_f1": figure(score)} for part, score in parts.items()}


def test_the_error_is_taken_apart() -> None:
    answer = decompose(scores(fit=0.98, select=0.96, calibrate=0.95))
    assert answer.verdict == "passed"
    assert answer.figures["error"]["fit"]["value"] == pytest.approx(0.02)
    assert "the largest step: fit to select, +0.020" in answer.found
    assert "no look at the test yet" in answer.found


@pytest.mark.parametrize(
    "parts",
    [
        {"fit": 0.90, "select": 0.90, "calibrate": 0.90},  # too wrong
        {"fit": 1.0, "select": 0.93, "calibrate": 0.93},  # learnt by heart
        {"fit": 0.97, "select": 0.96, "calibrate": 0.95, "test": 0.90},  # the test tells
    ],
)
def test_a_large_error_fails(parts) -> None:
    assert decompose(scores(**parts)).verdict == "failed"


def test_unknown_parts_are_not_asked() -> None:
    assert decompose(scores(calibrate=0.95)).verdict == "not asked"


def test_looks_are_counted_and_of_these_weights_only(tmp_path) -> None:
    log = tmp_path / LOOKS
    old = {"when": "2026-01-01T00:00", "weights": "old", "answers": {"macro_f1": figure(0.5)}}
    append(log, old)
    append(
        log,
        {
            "when": "2026-02-01T00:00",
            "weights": "new",
            "answers": {"macro_f1": figure(0.9), "parity_flips": figure(0.02)},
        },
    )
    append(
        log,
        {
            "when": "2026-03-01T00:00",
            "weights": "new",
            "at": ["internal test"],
            "answers": {"macro_f1": figure(0.91)},
        },
    )
    found = reported(tmp_path, "new")
    assert found.test == {"macro_f1": figure(0.91)}
    assert found.others == {"parity_flips": figure(0.02)}
    assert found.when == "2026-03-01T00:00"
    assert found.looks == {"internal test": 3, "external report": 2}
    assert reported(tmp_path, "newer").test == {}


def certificate(verdict: str = "passed") -> Certificate:
    answer = Answer(asked="Is it?", found="It is", verdict="passed")
    asked = dict.fromkeys(Certificate.model_fields, answer)
    return Certificate(**asked | {"search": answer.model_copy(update={"verdict": verdict})})


def test_a_certificate_counts_what_it_says() -> None:
    assert str(certificate()) == "passed 8 of 8"
    assert str(certificate("failed")) == "passed 7 of 8, failed: search"
    assert str(certificate("not asked")) == "passed 7 of 8, not asked: search"


def test_looks_come_into_card_and_model_card(tiny_bundle, tmp_path) -> None:
    card = load_bundle(tiny_bundle).card.model_copy(
        update={"certificate": certificate(), "metrics": scores(fit=0.98, calibrate=0.96)}
    )
    entry = {
        "when": "2026-02-01T00:00",
        "weights": card.files[WEIGHTS],
        "answers": {"macro_f1": figure(0.9), "parity_flips": figure(0.0234)},
    }
    (tmp_path / LOOKS).write_text(json.dumps(entry) + "\n")
    seen = with_looks(card, tmp_path)
    assert seen.metrics["test"] == {"macro_f1": figure(0.9)}
    assert seen.metrics["looks"] == {"internal test": 1, "external report": 1}
    assert seen.certificate is not None
    assert seen.certificate.decomposition.verdict == "failed"
    told = model_card(seen)
    assert "on 2026-02-01" in told
    assert "| 0.023 | 0.013 to 0.033 | 900 |" in told
    assert "passed 7 of 8, failed: decomposition" in told
    assert "internal test 1 times" in told
    assert "not tested" in model_card(card)


def test_the_epochs_of_an_earlier_training_come_first() -> None:
    first, then = {"train_loss": 2.0}, {"train_loss": 1.0}
    assert all_curves({"curves": [then], "before": {"curves": [first], "before": None}}) == [
        first,
        then,
    ]
