from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import imagehash
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as stnp
from PIL import Image

from tests.conftest import chest_like
from xraydemo.radiograph import read
from xraydemo.radiograph.profile import INTENSITY_STATISTICS, STATISTICS, profile


def of(picture) -> object:
    return profile(picture, picture.astype(np.float32) / 255)


def chest(side=256, seed=0):
    """A chest with a heart: the symmetric one has a perceptual hash of noise."""
    picture = chest_like(np.random.default_rng(seed), side)
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    shadow = 70 * np.exp(-(((x - 0.25) / 0.3) ** 2) - ((y - 0.35) / 0.25) ** 2) - 35 * x * y
    return np.clip(picture + shadow, 0, 215).astype(np.uint8)


@given(
    stnp.arrays(
        st.sampled_from([np.uint8, np.uint16, np.int16, np.int32]),
        stnp.array_shapes(min_dims=2, max_dims=2, max_side=70),
    ),
    st.booleans(),
)
@settings(deadline=None, max_examples=60)
def test_all_is_finite_for_any_picture(pixels, blank) -> None:
    shown = np.zeros(pixels.shape, np.float32) if blank else np.abs(np.sin(pixels, dtype="f4"))
    found = profile(pixels, shown)
    assert tuple(found.statistics) == STATISTICS
    assert all(isinstance(v, float) and np.isfinite(v) for v in found.statistics.values())
    assert 0 <= found.phash < 2**64
    assert found.thumbnail.shape == (32, 32)
    assert found.thumbnail.dtype == np.uint8


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (2, 3), (1025, 1025), (3000, 7)])
@pytest.mark.parametrize("gray", [0.0, 0.5, 1.0])
def test_a_blank_picture_of_any_shape(shape, gray) -> None:
    numbers = profile(np.zeros(shape, np.uint8), np.full(shape, gray, np.float32)).statistics
    assert numbers["mean"] == pytest.approx(gray, abs=1 / 255)
    assert numbers["skewness"] == numbers["entropy"] == numbers["sharpness"] == 0
    assert numbers["deviation"] == pytest.approx(0, abs=1e-7)
    assert numbers["burned_in_text"] == 0
    assert numbers["border"] == (0.0 if gray == 0.5 else 1.0)
    assert numbers["aspect_ratio"] == shape[1] / shape[0]


def test_nine_intensity_statistics() -> None:
    assert len(INTENSITY_STATISTICS) == 9


def test_intensities_by_hand() -> None:
    # three quarters are 51 (0.2), one quarter is 204 (0.8); the side needs no reduction
    picture = np.full((256, 256), 51, np.uint8)
    picture[:, 192:] = 204
    numbers = of(picture).statistics
    mean = 0.35
    deviation = np.sqrt(0.75 * 0.15**2 + 0.25 * 0.45**2)
    assert numbers["mean"] == pytest.approx(mean)
    assert numbers["deviation"] == pytest.approx(deviation)
    assert numbers["percentile_5"] == numbers["percentile_50"] == pytest.approx(0.2)
    assert numbers["percentile_75"] == pytest.approx(0.2)
    assert numbers["percentile_95"] == pytest.approx(0.8)
    skewness = (0.75 * (-0.15) ** 3 + 0.25 * 0.45**3) / deviation**3
    assert numbers["skewness"] == pytest.approx(skewness)
    assert numbers["entropy"] == pytest.approx(-0.75 * np.log2(0.75) - 0.25 * np.log2(0.25))


def test_sharpness_by_hand() -> None:
    # of single bright pixels far apart, the Laplacian is -4 there and 1 at four neighbours
    picture = np.full((256, 256), 100, np.uint8)
    picture[4::8, 4::8] = 151  # 0.2 more
    x = 0.2 * np.array([-4.0] * 1024 + [1.0] * 4096 + [0.0] * (254 * 254 - 5120))
    assert of(picture).statistics["sharpness"] == pytest.approx(x.var(), rel=1e-4)


def test_blurring_lowers_sharpness() -> None:
    picture = Image.fromarray(chest())
    blurred = picture.resize((64, 64)).resize((256, 256))
    assert of(np.asarray(blurred)).statistics["sharpness"] < of(chest()).statistics["sharpness"] / 5


@pytest.mark.parametrize(("gray", "noise"), [(0, 6), (250, 5)])
def test_a_frame_is_measured_and_does_not_count_as_brightness(gray, noise) -> None:
    picture = np.random.default_rng(0).integers(gray, gray + noise, (256, 256), dtype=np.uint8)
    inner = chest(192)
    picture[32:224, 32:224] = inner
    numbers = of(picture).statistics
    assert numbers["border"] == pytest.approx(1 - 192**2 / 256**2)
    assert numbers["brightness"] == pytest.approx(inner.mean() / 255, abs=1e-3)
    assert numbers["contrast"] == pytest.approx(inner.std() / 255, abs=1e-3)
    assert of(chest()).statistics["border"] == 0


def test_letters_near_the_border_are_text_and_bright_bodies_are_not() -> None:
    plain = chest()
    lettered = plain.copy()
    lettered[10:14, 10:40] = 255
    lettered[10:40, 24:28] = 255  # a T
    body = np.zeros((256, 256), np.uint8)
    body[:, 20:] = np.clip(np.arange(236), 0, 255)  # rises slowly to white
    without, with_letters = (of(p).statistics["burned_in_text"] for p in (plain, lettered))
    assert without == 0
    assert with_letters > 0.002
    assert of(body).statistics["burned_in_text"] == 0


def test_phash_is_imagehashs() -> None:
    picture = chest(200)
    for side in (200, 700, 1500):
        large = np.asarray(Image.fromarray(picture).resize((side, side)))
        expected = int(str(imagehash.phash(Image.fromarray(large))), 16)
        assert (of(large).phash ^ expected).bit_count() <= 2


def test_the_pixel_hash_is_of_shape_type_and_values() -> None:
    picture = chest(64)
    shown = picture.astype(np.float32) / 255
    same = [picture.copy(), np.asfortranarray(picture)]
    other = [picture.astype(np.uint16), picture + 1]
    hashes = {profile(p, shown).pixel_sha256 for p in same}
    assert len(hashes) == 1
    assert not hashes & {profile(p, shown).pixel_sha256 for p in other}
    assert of(picture.reshape(32, 128)).pixel_sha256 not in hashes
    wide = picture.astype(np.uint16)
    assert profile(wide, shown).pixel_sha256 == profile(wide.astype(">u2"), shown).pixel_sha256


def test_another_lossless_file_has_the_same_pixels(tmp_path) -> None:
    hashes = set()
    for name in ("a.png", "b.tif", "c.bmp"):
        Image.fromarray(chest()).save(tmp_path / name)
        radiograph = read(tmp_path / name)
        hashes.add(profile(radiograph.pixels, radiograph.presented()).pixel_sha256)
    assert len(hashes) == 1


def test_jpeg_and_size_change_little() -> None:
    picture = Image.fromarray(chest(600))
    buffer = io.BytesIO()
    picture.resize((300, 300)).save(buffer, "JPEG", quality=75)
    a, b = of(np.asarray(picture)), of(np.asarray(Image.open(buffer)))
    assert (a.phash ^ b.phash).bit_count() <= 6
    assert np.corrcoef(a.thumbnail.ravel(), b.thumbnail.ravel())[0, 1] > 0.99


def test_threads_agree() -> None:
    pictures = [chest(seed=seed) for seed in range(8)] * 4
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(of, pictures))
    for picture, found in zip(pictures[:8], together, strict=False):
        alone = of(picture)
        assert alone.statistics == found.statistics
        assert alone.phash == found.phash
