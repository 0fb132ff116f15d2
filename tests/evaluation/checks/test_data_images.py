"""data.images: image statistics that differ by class, or not; what disease can't make."""

import numpy as np

from tests.evaluation.runs import ask, make_run
from xraydemo.evaluation.result import Verdict

LABELS = ["normal", "covid"] * 60
IS_COVID = np.array(LABELS) == "covid"


def planted(name, by=3.0):
    return {name: np.random.default_rng(0).normal(size=len(LABELS)) + by * IS_COVID}


def test_planted_border_fails_and_is_named_as_no_disease():
    run = make_run(LABELS, statistics=planted("border"), unreadable=[0, 1, 2])
    found = ask(run, "data.images")
    assert (found.verdict, found.number.n) == (Verdict.FAIL, 117)
    assert "share of black or white border alone tells" in found.findings[0]
    text = " ".join(found.findings)
    assert "that comes from the machine" in text
    assert found.tables[-1].rows[0].value > 0.9


def test_planted_brightness_may_be_disease():
    found = ask(make_run(LABELS, statistics=planted("brightness")), "data.images")
    assert found.verdict is Verdict.FAIL
    assert "tells little alone" in " ".join(found.findings)


def test_pictures_that_are_alike_pass():
    found = ask(make_run(LABELS), "data.images")
    assert found.verdict is Verdict.PASS
    assert found.number.low < 0.6


def test_too_few():
    found = ask(make_run(LABELS[:38]), "data.images")
    assert found.verdict is Verdict.CANNOT_CHECK
