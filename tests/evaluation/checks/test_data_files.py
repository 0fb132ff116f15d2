"""data.files: formats and sizes that differ by class, or not, now or as they were found."""

import numpy as np
import pytest

from tests.evaluation.runs import ask, make_run
from xraydemo.evaluation.result import Verdict

LABELS = ["normal", "covid", "pneumonia"] * 40
N = len(LABELS)
GENERATOR = np.random.default_rng(0)
NOISE = {
    "format": ["PNG"] * N,
    "width": GENERATOR.integers(900, 1100, N).tolist(),
    "bytes_per_pixel": GENERATOR.normal(size=N).tolist(),
    "age": [90 if label == "covid" else 30 for label in LABELS],  # no fact of the file
}


def test_planted_width_fails():
    width = [256 if label == "covid" else 1024 for label in LABELS]
    found = ask(make_run(LABELS, facts=NOISE | {"width": width}), "data.files")
    assert found.verdict is Verdict.FAIL
    assert found.figures[0].lines == {"guessing": 0.5, "warn": 0.6, "fail": 0.75}
    assert found.findings[0] == (
        "The width alone tells COVID-19 from the rest with AUC 1.00 [1.00, 1.00]: it is 1024 for "
        "0 % of COVID-19 and for 100 % of the rest."
    )


def test_what_is_missing_counts():
    quality = [75 if label == "covid" else None for label in LABELS]
    found = ask(make_run(LABELS, facts=NOISE | {"jpeg_quality": quality}), "data.files")
    assert "jpeg quality" in found.findings[0]


def test_files_that_are_alike_pass():
    found = ask(make_run(LABELS, facts=NOISE), "data.files")
    assert found.verdict is Verdict.PASS
    assert "alone" not in " ".join(found.findings)


def test_all_files_the_same_is_settled():
    found = ask(make_run(LABELS, facts={"format": ["PNG"] * N}), "data.files")
    assert (found.verdict, found.settled, found.number.value) == (Verdict.PASS, True, 0.5)


def test_as_they_were_found_decides_when_it_is_worse():
    found_as = ["299" if label == "pneumonia" else "256" for label in LABELS]
    run = make_run(LABELS, facts=NOISE, columns={"original_width": found_as})
    found = ask(run, "data.files")
    assert found.number.where == "the files as they were found"
    assert found.number.value > 0.75
    assert "original width alone tells Pneumonia" in found.findings[0]


def test_small_classes_are_left_out():
    labels = [*LABELS, *["opacity"] * 6]
    width = [99 if label == "opacity" else 100 for label in labels]
    found = ask(make_run(labels, facts={"width": width}), "data.files")
    assert found.verdict is Verdict.PASS
    assert "Lung opacity (6 X-rays)" in found.findings[-1]


@pytest.mark.parametrize("labels", [["normal", "covid"] * 10, ["normal"] * 50 + ["covid"] * 19])
def test_too_few(labels):
    labels = labels[1:]
    width = [1 if label == "normal" else 2 for label in labels]
    found = ask(make_run(labels, facts={"width": width}), "data.files")
    assert found.verdict is Verdict.CANNOT_CHECK
    assert "at least 20" in found.headline


def test_the_smallest_that_can_be_asked():
    labels = ["normal", "covid"] * 20
    width = [1 if label == "normal" else 2 for label in labels]
    assert ask(make_run(labels, facts={"width": width}), "data.files").verdict is Verdict.FAIL
