from __future__ import annotations

import numpy as np
import pytest

from tests.conftest import chest_like
from xraydemo.model.sanity import (
    BLURRED,
    UNDO,
    Sanity,
    features,
    fineness,
    plant,
    thumbnail,
    told_by_facts,
)
from xraydemo.radiograph.interventions.pipeline import blur


def chest(seed: int) -> np.ndarray:
    """An upright chest: as `chest_like`, with a bright belly and a dark neck."""
    picture = chest_like(np.random.default_rng(seed), 96).astype(np.float32) / 255
    picture *= np.linspace(0.3, 1.0, 96, dtype=np.float32)[:, None]
    return picture


@pytest.fixture(scope="module")
def sanity() -> Sanity:
    many = np.stack([thumbnail(chest(seed)) for seed in range(60)])
    return Sanity.fit(many, np.linspace(0.8, 1.2, 60))


@pytest.mark.parametrize(
    "kind", ["inverted", "upside down", "turned left", "turned right", "cropped"]
)
def test_planted_faults_are_named(sanity, kind) -> None:
    fresh = np.stack([thumbnail(chest(seed)) for seed in range(100, 120)])
    odds = sanity.odds(plant(fresh, kind, seed=9))
    named = [sanity.kinds[k] for k in odds.argmax(axis=1)]
    assert named.count(kind) >= 18
    assert (odds.max(axis=1) > 0).sum() >= 18


def test_right_ones_are_left_alone(sanity) -> None:
    fresh = np.stack([thumbnail(chest(seed)) for seed in range(200, 250)])
    assert (sanity.odds(fresh).max(axis=1) > 0).sum() <= 1
    assert sanity.broken_rule(fresh[0], 1.0) == ""


def test_turning_left_is_counterclockwise() -> None:
    corner = np.zeros((1, 64, 64), np.float32)
    corner[0, 0, 63] = 1  # top right goes to top left
    assert plant(corner, "turned left")[0, 0, 0] == 1
    assert plant(corner, "turned right")[0, 63, 63] == 1


@pytest.mark.parametrize("gray", [0.0, 0.5, 1.0])
def test_blank_pictures_are_found(sanity, gray) -> None:
    assert "blank" in sanity.broken_rule(np.full((64, 64), gray, np.float32), 1.0)


def test_blurred_pictures_are_found_whatever_their_exposure(sanity) -> None:
    picture = chest(5)
    for sharpness, said in ((0.002, ""), (0.02, BLURRED), (0.04, BLURRED)):
        small = thumbnail(blur(picture, sigma=sharpness))
        assert sanity.broken_rule(small, 1.0) == said
        assert sanity.broken_rule(small * 0.7 + 0.2, 1.0) == said


def test_fineness_of_a_chessboard_and_of_one_gray() -> None:
    """Squares of two pixels are a chessboard of single ones at half the side."""
    squares = np.kron(np.indices((32, 32)).sum(axis=0) % 2, np.ones((2, 2))).astype(np.float32)
    # inside, each pixel has two unlike neighbours: +-2, and +-4 at half the side
    assert fineness(squares[None]) == pytest.approx([0.5])
    assert fineness(np.full((1, 64, 64), 0.5, np.float32)) == pytest.approx([0])


@pytest.mark.parametrize(("aspect", "odd"), [(0.5, True), (0.7, False), (1.4, False), (3.0, True)])
def test_odd_shapes_are_found(sanity, aspect, odd) -> None:
    """Training had 0.8 to 1.2; a quarter beyond is let pass."""
    assert bool(sanity.broken_rule(thumbnail(chest(0)), aspect)) is odd


@pytest.mark.parametrize("aspect", [35 / 43, 43 / 35, 0.7, 1.4])
def test_films_are_no_odd_shapes_for_a_training_set_of_squares(aspect) -> None:
    many = np.stack([thumbnail(chest(seed)) for seed in range(20)])
    squares = Sanity.fit(many, np.ones(20))
    assert squares.broken_rule(many[0], aspect) == ""


@pytest.mark.parametrize("kind", list(UNDO))
def test_undoing_gives_the_picture_back(kind) -> None:
    many = np.stack([thumbnail(chest(seed)) for seed in range(2)])
    assert UNDO[kind](plant(many, kind)) == pytest.approx(many)


@pytest.mark.parametrize("shape", [(1, 1), (7, 300), (64, 64), (2000, 1500)])
def test_thumbnails_of_any_shape(shape) -> None:
    small = thumbnail(np.full(shape, 0.25, np.float32))
    assert small.shape == (64, 64)
    assert small == pytest.approx(0.25)


def test_features_do_not_feel_brightness_or_contrast() -> None:
    many = np.stack([thumbnail(chest(3))])
    assert features(many * 0.5 + 0.2) == pytest.approx(features(many), abs=1e-4)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, ""),
        ({"body_part": "CHEST", "modality": "CR", "view": "PA"}, ""),
        ({"body_part": "PORT CHEST"}, ""),
        ({"body_part": "HIP"}, "shows HIP"),
        ({"modality": "XA"}, "made by XA"),
        ({"body_part": "CHEST", "view": "LL"}, "lateral"),
        ({"colour": 0.4}, "colour"),
        ({"colour": 0.0, "mode": "RGB"}, ""),
        ({"width": 640, "height": 90}, "only 640 x 90 pixels"),
        ({"width": 256.0, "height": 256.0}, ""),
    ],
)
def test_what_the_file_says(facts, said) -> None:
    told = told_by_facts(facts)
    assert said in told
    assert bool(told) is bool(said)
