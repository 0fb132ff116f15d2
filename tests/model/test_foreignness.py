from __future__ import annotations

import numpy as np
import pytest

from xraydemo.model.foreignness import (
    Detector,
    Scale,
    combine,
    nearest,
    neighbour_distance,
    part_values,
    percentile_of,
    residual,
    unit_length,
)


def cloud(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Four classes about four axes of a space of 20, thin in all other directions."""
    generator = np.random.default_rng(seed)
    labels = np.arange(n) % 4
    points = 0.05 * generator.normal(size=(n, 20))
    points[np.arange(n), labels] += 1
    return (points * generator.uniform(1, 5, (n, 1))).astype(np.float32), labels


def test_neighbours_by_hand() -> None:
    reference = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)
    one = np.array([[1, 0]], np.float32)
    assert neighbour_distance(one, reference, k=1)[0] == pytest.approx(0)
    assert neighbour_distance(one, reference, k=2)[0] == pytest.approx(0.4)
    assert neighbour_distance(one, reference, k=9)[0] == pytest.approx(1)  # there are only three
    assert set(nearest(one[0], reference, k=2)) == {0, 2}


def test_residual_by_hand() -> None:
    assert residual(np.array([[0.6, 0.0], [0.6, 0.8]], np.float32)) == pytest.approx([0.64, 0])


def test_zeros_have_no_direction() -> None:
    assert unit_length(np.zeros((1, 3), np.float32)).tolist() == [[0, 0, 0]]


def test_mahalanobis_is_the_textbooks() -> None:
    points, labels = cloud(400, 0)
    detector = Detector.fit(points, labels, n_dimensions=20)
    projected = detector.project(points[:5])
    precision = detector.whitening.astype(float) @ detector.whitening.T.astype(float)
    expected = [
        min(np.sqrt((x - m) @ precision @ (x - m)) for m in detector.class_means) for x in projected
    ]
    assert detector.mahalanobis(projected) == pytest.approx(expected, rel=1e-3)


def test_length_is_of_no_account() -> None:
    points, labels = cloud(100, 1)
    detector = Detector.fit(points, labels, n_dimensions=6)
    assert detector.project(7 * points) == pytest.approx(detector.project(points), abs=1e-5)


@pytest.mark.parametrize("part", ["neighbours", "mahalanobis", "residual"])
def test_each_part_sees_what_is_foreign(part) -> None:
    points, labels = cloud(400, 2)
    fresh, _ = cloud(100, 3)
    detector = Detector.fit(points, labels, n_dimensions=6)
    reference = detector.project(points)
    foreign = 0.05 * np.random.default_rng(4).normal(size=(50, 20)).astype(np.float32)
    foreign[:, 12] += 1
    inside = part_values(detector, reference, detector.project(fresh))[part]
    outside = part_values(detector, reference, detector.project(foreign))[part]
    assert outside.min() > inside.max()


def test_scales_and_the_sum_by_hand() -> None:
    scale = Scale.of(np.arange(101, dtype=np.float32))
    assert (scale.middle, scale.far) == (50, 99)
    assert scale.apply(np.array([50, 99])).tolist() == [0, 1]
    scales = dict.fromkeys(("neighbours", "mahalanobis", "residual", "looks"), Scale(0, 1))
    values = {"neighbours": [1.0], "mahalanobis": [2.0], "residual": [6.0], "looks": [-4.0]}
    network, looks = combine({k: np.array(v) for k, v in values.items()}, scales)
    assert (network[0], looks[0]) == (3.0, -4.0)


def test_percentiles_by_hand() -> None:
    held_out = np.array([1, 2, 3, 4], np.float32)
    assert [percentile_of(score, held_out) for score in (0.5, 2.5, 9)] == [0, 50, 100]
