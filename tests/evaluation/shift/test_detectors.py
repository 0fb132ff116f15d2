import numpy as np
import pandas as pd
import pytest

from tests.evaluation.four_axes import dossier_of, four_axes
from xraydemo.evaluation.shift.detectors import (
    BROKEN_RULE,
    DETECTORS,
    relative_mahalanobis,
    scores_of,
)
from xraydemo.model.foreignness import Detector


def judged(scores, verdicts) -> pd.DataFrame:
    return pd.DataFrame({"foreign_score": scores, "foreign_verdict": verdicts}, dtype=object)


def some(n: int):
    points, _ = four_axes(n)
    probabilities = np.full((n, 4), 0.1, np.float32)
    probabilities[:, 0] = 0.7
    return np.log(probabilities), probabilities, points, judged([0.5] * n, ["inside"] * n)


def test_every_detector_has_its_words_and_its_scores() -> None:
    points, labels = four_axes(80)
    scores = scores_of(
        *some(12), 1.2, dossier_of(points, labels), np.random.default_rng(0).random((12, 32, 32))
    )
    assert tuple(scores) == tuple(DETECTORS)
    assert all(values.shape == (12,) for values in scores.values())


def test_without_dossier_only_what_the_reading_says() -> None:
    scores = scores_of(*some(3), 1.2)
    assert set(scores) == {"foreignness", "softmax", "entropy", "energy"}
    assert scores["softmax"] == pytest.approx(0.3)


def test_a_broken_rule_comes_before_every_score() -> None:
    logits, probabilities, points, _ = some(3)
    told = judged([0.1, 5.0, 0.2], ["foreign", "foreign", "inside"])
    scores = scores_of(logits, probabilities, points, told, 1.2)
    assert scores["foreignness"].tolist() == [BROKEN_RULE, 5.0, 0.2]


def test_what_lies_elsewhere_scores_higher_in_every_part() -> None:
    points, labels = four_axes(80)
    dossier = dossier_of(points, labels)
    logits, probabilities, inside, told = some(8)
    outside = np.eye(8, dtype=np.float32)[[7] * 8]
    one = scores_of(logits, probabilities, inside, told, 1.2, dossier)
    other = scores_of(logits, probabilities, outside, told, 1.2, dossier)
    for part in ("network", "neighbours", "Mahalanobis"):
        assert other[part].min() > one[part].max()


def test_relative_mahalanobis_by_hand() -> None:
    """A quarter about (3, 0), the others about (-1, 0): together mean 0, variances 1 + 3 and 1."""
    eye = np.eye(2, dtype=np.float32)
    means = np.array([[3, 0], [-1, 0]], np.float32)
    detector = Detector(basis=eye, class_means=means, whitening=eye)
    points = np.array([[-1, 0], [0, 0], [1, 4], [0, 4]], np.float32)
    # squares: to the nearer class 0, 1, 20, 17; to all of them 1/4, 0, 16 1/4, 16
    found = relative_mahalanobis(detector, np.array([0, 1, 1, 1]), points)
    assert found == pytest.approx([-0.25, 1, 3.75, 1])


def test_small_thumbnails_tell_the_same_looks() -> None:
    """The looks are 16 x 16 means, which both sizes have alike."""
    points, labels = four_axes(80)
    dossier = dossier_of(points, labels)
    dossier.sanity.weights[:] = np.random.default_rng(1).normal(size=(1, 256))
    large = np.random.default_rng(0).random((5, 64, 64)).astype(np.float32)
    small = large.reshape(5, 32, 2, 32, 2).mean(axis=(2, 4))
    looks = [scores_of(*some(5), 1.2, dossier, t)["looks"] for t in (large, small)]
    assert looks[0] == pytest.approx(looks[1], abs=1e-3)
