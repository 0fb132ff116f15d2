from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from xraydemo.model.preprocess import Preprocessing, preprocess

HOW = Preprocessing(side=64)


def picture(height: int = 80, width: int = 100, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((height, width), dtype=np.float32)


@given(
    height=st.integers(1, 300),
    width=st.integers(1, 300),
    seed=st.integers(0, 10),
    side=st.integers(16, 96),
)
@settings(max_examples=40)
def test_shape_range_and_equal_channels(height, width, seed, side) -> None:
    tensor = preprocess(picture(height, width, seed), HOW, side)
    assert tensor.shape == (3, side, side)
    assert tensor.dtype == np.float32
    assert tensor.flags.c_contiguous
    assert tensor.min() >= -1
    assert tensor.max() <= 1
    np.testing.assert_array_equal(tensor[0], tensor[1])
    np.testing.assert_array_equal(tensor[0], tensor[2])


@given(gain=st.floats(0.2, 1.0), offset=st.floats(0.0, 0.5), equalize=st.booleans())
@settings(max_examples=30)
def test_brightness_and_contrast_of_the_file_do_not_matter(gain, offset, equalize) -> None:
    """But for a gray that rounding puts into the next of 512 levels."""
    how = Preprocessing(side=64, equalize=equalize)
    image = picture()
    changed = image * np.float32(gain) + np.float32(offset)
    tolerance = 0.01 if equalize else 1e-4
    np.testing.assert_allclose(preprocess(changed, how), preprocess(image, how), atol=tolerance)


@given(gamma=st.floats(0.5, 2.0), bend=st.floats(-0.5, 0.5))
@settings(max_examples=30)
def test_the_tone_curve_of_the_file_hardly_matters(gamma, bend) -> None:
    smooth = Image.fromarray(picture(12, 12)).resize((64, 64), Image.Resampling.BILINEAR)
    image = np.asarray(smooth)
    bent = image**gamma
    bent = (bent + bend * bent * (1 - bent)).astype(np.float32)
    assert np.abs(preprocess(bent, HOW) - preprocess(image, HOW)).max() < 0.05
    plain = Preprocessing(side=64, equalize=False)
    before, after = (
        np.abs(preprocess(bent, how) - preprocess(image, how)).mean() for how in (plain, HOW)
    )
    assert after <= before + 1e-3


def test_equalized_grays_share_the_area() -> None:
    counts, _ = np.histogram(preprocess(picture(64, 64) ** 3, HOW)[0], bins=8, range=(-1, 1))
    np.testing.assert_allclose(counts / counts.sum(), 1 / 8, atol=0.02)


def half_empty(noise: int) -> np.ndarray:
    """A smooth X-ray whose left half is empty, but for the last of 8 bits."""
    smooth = Image.fromarray(picture(12, 12)).resize((64, 64), Image.Resampling.BILINEAR)
    image = np.asarray(smooth).copy()
    image[:, :32] = np.random.default_rng(noise).integers(0, 2, (64, 32)) / np.float32(255)
    return image


def test_noise_of_an_empty_border_is_torn_into_contours_unless_the_histogram_is_smoothed() -> None:
    def change(how: Preprocessing) -> float:
        return float(np.abs(preprocess(half_empty(1), how) - preprocess(half_empty(2), how)).max())

    assert change(HOW) > 0.4
    assert change(HOW.model_copy(update={"smooth": 8})) < change(HOW) / 2


@given(smooth=st.sampled_from([0.0, 1.0, 8.0, 30.0]), seed=st.integers(0, 20))
@settings(max_examples=30)
def test_equalizing_keeps_black_and_the_order_of_grays(smooth, seed) -> None:
    how = Preprocessing(side=64, smooth=smooth, mean=0, std=1)
    image = half_empty(seed)
    told = preprocess(image, how)[0].ravel()
    assert (np.diff(told[np.argsort(image, axis=None)]) >= -1e-6).all()
    assert told.min() == 0
    assert told.max() == pytest.approx(1, abs=1e-4)


def test_resolution_of_the_file_hardly_matters() -> None:
    """A smooth X-ray kept at 1024 and at 256 px gives nearly the same tensor."""
    coarse = Image.fromarray(picture(12, 12))
    large, small = (
        np.clip(np.asarray(coarse.resize((side, side), Image.Resampling.BICUBIC)), 0, 1)
        for side in (1024, 256)
    )
    assert np.abs(preprocess(large, HOW) - preprocess(small, HOW)).mean() < 0.01


def test_outliers_do_not_set_the_scale() -> None:
    image = np.tile(np.linspace(0.4, 0.6, 100, dtype=np.float32), (100, 1))
    marked = image.copy()
    marked[:5, :5] = 1.0  # a burned-in letter
    assert np.abs(preprocess(marked, HOW)[:, 10:] - preprocess(image, HOW)[:, 10:]).max() < 0.05


@pytest.mark.parametrize("gray", [0.0, 0.5, 1.0])
def test_an_even_gray_is_the_lower_end(gray) -> None:
    assert (preprocess(np.full((50, 50), gray, np.float32), HOW) == -1).all()


def test_by_hand() -> None:
    """Four grays, no resizing, percentiles 0 and 100, mean 0, deviation 1: a plain stretch."""
    how = Preprocessing(
        side=2, low_percentile=0, high_percentile=100, equalize=False, mean=0, std=1
    )
    image = np.array([[0.2, 0.3], [0.4, 0.6]], dtype=np.float32)
    expected = [[0.0, 0.25], [0.5, 1.0]]
    np.testing.assert_allclose(preprocess(image, how)[0], expected, atol=1e-6)
