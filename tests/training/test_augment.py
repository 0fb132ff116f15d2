from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import chest_like
from xraydemo.training.augment import augment, cover_middle, swap_surroundings
from xraydemo.training.recipe import Recipe

EVERYTHING = Recipe(jpeg=1, resample=1, noise=1, cut=1)
MILD = Recipe(jpeg=0, resample=0, noise=0, cut=0)
PICTURE = chest_like(np.random.default_rng(0)).astype(np.float32) / 255
NOWHERE = np.zeros_like(PICTURE)


@given(seed=st.integers(0, 1000), height=st.integers(40, 96), width=st.integers(40, 96))
@settings(max_examples=40)
def test_it_stays_a_picture(seed, height, width) -> None:
    image = PICTURE[:height, :width]
    outline = (image > 0.5).astype(np.float32)
    for changed in augment(image, outline, EVERYTHING, np.random.default_rng(seed)):
        assert changed.shape == image.shape
        assert changed.dtype == np.float32
        assert changed.min() >= 0
        assert changed.max() <= 1


def test_the_generator_decides_and_the_original_is_kept() -> None:
    kept = PICTURE.copy()
    first, same, other = (
        augment(PICTURE, NOWHERE, EVERYTHING, np.random.default_rng(seed))[0] for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, same)
    assert not np.array_equal(first, other)
    np.testing.assert_array_equal(PICTURE, kept)


def test_left_stays_left() -> None:
    """Nothing is mirrored: a bright left half is never brighter on the right."""
    half = np.zeros((96, 96), np.float32)
    half[:, :40] = 1
    for seed in range(50):
        changed, _ = augment(half, half, MILD, np.random.default_rng(seed))
        assert changed[:, :48].mean() > changed[:, 48:].mean()


@given(seed=st.integers(0, 1000))
@settings(max_examples=20)
def test_an_outline_stays_over_what_it_outlines(seed) -> None:
    """A white disc is outlined: wherever it is moved to, and however bright it becomes."""
    rows, columns = np.mgrid[:96, :128]
    disc = ((rows - 40) ** 2 + (columns - 70) ** 2 < 20**2).astype(np.float32)
    changed, outline = augment(disc, disc, MILD, np.random.default_rng(seed))
    assert np.array_equal(changed > changed.max() / 2, outline > 0.5) or (
        np.mean((changed > 0.5) == (outline > 0.5)) > 0.99
    )


BOX = (0.25, 0.25, 0.75, 0.75)


@given(seed=st.integers(0, 1000))
@settings(max_examples=20)
def test_a_covered_middle_is_of_one_gray_and_the_rest_is_kept(seed) -> None:
    covered = cover_middle(PICTURE, BOX, np.random.default_rng(seed))
    side = PICTURE.shape[0]
    inner = slice(int(0.31 * side), int(0.69 * side))
    assert np.ptp(covered[inner, inner]) == 0
    outer = int(0.19 * side)
    np.testing.assert_array_equal(covered[:outer], PICTURE[:outer])
    np.testing.assert_array_equal(covered[:, :outer], PICTURE[:, :outer])


@given(seed=st.integers(0, 1000))
@settings(max_examples=20)
def test_swapped_surroundings_keep_the_middle(seed) -> None:
    other = np.full((50, 70), 0.5, np.float32)
    swapped = swap_surroundings(PICTURE, BOX, other, np.random.default_rng(seed))
    side = PICTURE.shape[0]
    inner, outer = slice(int(0.31 * side), int(0.69 * side)), int(0.19 * side)
    np.testing.assert_array_equal(swapped[inner, inner], PICTURE[inner, inner])
    assert (swapped[:outer] == 0.5).all()
