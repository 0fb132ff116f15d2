from __future__ import annotations

from typing import TYPE_CHECKING

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from xraydemo.errors import UnreadableImage
from xraydemo.radiograph import Window, read, read_facts, read_tags

if TYPE_CHECKING:
    from pathlib import Path

GRAY8 = (np.add.outer(np.arange(40), np.arange(60)) * 2).astype(np.uint8)
GRAY16 = (np.add.outer(np.arange(40), np.arange(60)) * 40 + 100).astype(np.uint16)


def saved(picture: Image.Image | np.ndarray, path: Path, **options: object) -> Path:
    (picture if isinstance(picture, Image.Image) else Image.fromarray(picture)).save(
        path, **options
    )
    return path


@pytest.mark.parametrize("kind", ["png", "tif", "bmp"])
def test_8_bit_gray_is_kept_and_shown_over_its_full_range(tmp_path: Path, kind: str) -> None:
    xray = read(saved(GRAY8, tmp_path / f"a.{kind}"))
    np.testing.assert_array_equal(xray.pixels, GRAY8)
    np.testing.assert_allclose(xray.presented(), GRAY8 / 255, atol=1e-7)
    assert xray.notes == ()


@pytest.mark.parametrize("kind", ["png", "tif"])
def test_16_bit_gray_is_kept_and_shown_over_the_range_of_its_values(
    tmp_path: Path, kind: str
) -> None:
    xray = read(saved(GRAY16, tmp_path / f"a.{kind}"))
    np.testing.assert_array_equal(xray.pixels, GRAY16)
    assert xray.pixels.dtype == np.uint16
    assert (xray.presented().min(), xray.presented().max()) == (0, 1)
    assert xray.facts["bits"] == 16


@pytest.mark.parametrize(("factor", "white"), [(1, 255), (257, 65535)])
def test_8_bit_values_in_16_bits_look_like_the_8_bit_file(
    tmp_path: Path, factor: int, white: int
) -> None:
    xray = read(saved(GRAY8.astype(np.uint16) * factor, tmp_path / "a.png"))
    assert xray.presentation.voi == Window.between(0, white)
    np.testing.assert_allclose(xray.presented(), GRAY8 / 255, atol=1e-6)


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("kind", ["png", "tiff"])
def test_16_bit_colour_keeps_its_depth(tmp_path: Path, kind: str, channels: int) -> None:
    samples = np.dstack([GRAY16] * channels)
    if channels == 4:
        samples[..., 3] = 65535
    path = tmp_path / "a"
    path.write_bytes(getattr(imagecodecs, f"{kind}_encode")(samples))
    xray = read(path)
    np.testing.assert_array_equal(xray.pixels, GRAY16)
    assert any("reduced to gray" in note for note in xray.notes)


def test_gray_and_alpha_of_16_bits(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(
        imagecodecs.png_encode(np.dstack([GRAY16, np.full_like(GRAY16, 65535)]))
    )
    np.testing.assert_array_equal(read(tmp_path / "a").pixels, GRAY16)


def test_colour_becomes_luma(tmp_path: Path) -> None:
    rgb = np.zeros((1, 3, 3), np.uint8)
    rgb[0, 0, 0] = rgb[0, 1, 1] = rgb[0, 2, 2] = 255
    xray = read(saved(rgb, tmp_path / "a.png"))
    np.testing.assert_allclose(xray.presented()[0], [0.299, 0.587, 0.114], atol=0.002)
    assert xray.notes == ("colour (RGB) was reduced to gray",)


def test_gray_saved_as_colour_is_exact(tmp_path: Path) -> None:
    rgb = np.dstack([GRAY8] * 3)
    for path in (
        saved(rgb, tmp_path / "a.png"),
        saved(rgb, tmp_path / "a.bmp"),
        saved(Image.fromarray(GRAY8).convert("P"), tmp_path / "b.png"),
    ):
        np.testing.assert_array_equal(read(path).pixels, GRAY8)


def test_transparent_is_black(tmp_path: Path) -> None:
    alpha = np.zeros_like(GRAY8)
    alpha[:, 30:] = 255
    for mode in ("LA", "RGBA"):
        picture = Image.fromarray(np.dstack([GRAY8, alpha]), "LA").convert(mode)
        xray = read(saved(picture, tmp_path / f"{mode}.png"))
        np.testing.assert_array_equal(xray.pixels, np.where(alpha, GRAY8, 0))
        assert any("over black" in note for note in xray.notes)


def test_one_bit(tmp_path: Path) -> None:
    picture = Image.fromarray(GRAY8 > 50)
    for kind in ("png", "tif", "bmp"):
        xray = read(saved(picture, tmp_path / f"a.{kind}"))
        np.testing.assert_array_equal(xray.presented(), np.float32(GRAY8 > 50))
        assert xray.facts["bits"] == 1


def test_white_is_zero_in_a_deep_tiff(tmp_path: Path) -> None:
    path = saved(GRAY16, tmp_path / "a.tif", tiffinfo={262: 0})
    xray = read(path)
    assert xray.presentation.inverted
    assert xray.presented()[0, 0] == 1


def test_cmyk_jpeg(tmp_path: Path) -> None:
    picture = Image.fromarray(np.dstack([GRAY8] * 3)).convert("CMYK")
    xray = read(saved(picture, tmp_path / "a.jpg", quality=95))
    np.testing.assert_allclose(xray.presented(), GRAY8 / 255, atol=0.03)


@pytest.mark.parametrize(("dtype", "bits"), [(np.float32, 32), (np.int32, 32)])
def test_32_bits(tmp_path: Path, dtype: type, bits: int) -> None:
    values = GRAY16.astype(dtype) - 5000
    xray = read(saved(values, tmp_path / "a.tif"))
    np.testing.assert_array_equal(xray.pixels, values)
    assert xray.pixels.dtype == dtype
    assert xray.facts["bits"] == bits
    assert xray.presented().max() == 1


def test_values_that_are_no_numbers(tmp_path: Path) -> None:
    values = GRAY16.astype(np.float32)
    values[0, 0], values[0, 1] = np.nan, np.inf
    xray = read(saved(values, tmp_path / "a.tif"))
    assert np.isfinite(xray.pixels).all()
    assert xray.presented()[0, :2].tolist() == [0, 0]
    assert "no numbers" in xray.notes[0]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["jpg", "png", "tif"])
def test_orientation_is_undone(tmp_path: Path, kind: str, orientation: int) -> None:
    """The corner with the mark is where a viewer that obeys EXIF puts it."""
    stored = np.zeros((16, 32), np.uint8)
    stored[:8, :8] = 255
    exif = Image.Exif()
    exif[0x0112] = orientation
    xray = read(saved(stored, tmp_path / f"a.{kind}", exif=exif))
    rows, columns = (16, 32) if orientation < 5 else (32, 16)
    assert xray.pixels.shape == (rows, columns)
    assert (xray.facts["height"], xray.facts["width"]) == (rows, columns)
    row = 0 if orientation in (1, 2, 5, 6) else -1
    column = 0 if orientation in (1, 4, 5, 8) else -1
    corners = [xray.presented()[y, x] > 0.5 for y in (0, -1) for x in (0, -1)]
    assert corners == [(y, x) == (row, column) for y in (0, -1) for x in (0, -1)]


def test_orientation_of_a_deep_png(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    xray = read(saved(GRAY16, tmp_path / "a.png", exif=exif))
    np.testing.assert_array_equal(xray.pixels, np.rot90(GRAY16, -1))


def test_first_page_of_several(tmp_path: Path) -> None:
    pages = [Image.fromarray(page) for page in (GRAY8, GRAY8[::-1], GRAY8)]
    xray = read(saved(pages[0], tmp_path / "a.tif", save_all=True, append_images=pages[1:]))
    np.testing.assert_array_equal(xray.pixels, GRAY8)
    assert xray.notes == ("the first of 3 pictures in the file",)
    mpo = read(
        saved(pages[0], tmp_path / "a.mpo", format="MPO", save_all=True, append_images=pages[1:])
    )
    assert mpo.facts["format"] == "JPEG"
    assert mpo.facts["frames"] == 3


@pytest.mark.parametrize("quality", [20, 50, 75, 92, 100])
def test_jpeg_quality(tmp_path: Path, quality: int) -> None:
    path = saved(np.dstack([GRAY8] * 3), tmp_path / "a.jpg", quality=quality)
    assert read_facts(path)["jpeg_quality"] == quality


def test_facts(tmp_path: Path) -> None:
    path = saved(GRAY8, tmp_path / "a.png")
    assert read_facts(path) == read(path).facts
    assert read_facts(path) == {
        "format": "PNG",
        "mode": "L",
        "width": 60,
        "height": 40,
        "bits": 8,
        "bytes": path.stat().st_size,
        "bytes_per_pixel": round(path.stat().st_size / 2400, 6),
        "frames": 1,
    }
    assert read_tags(path) == []


@pytest.mark.parametrize("kind", ["png", "jpg", "tif", "bmp"])
def test_truncated(tmp_path: Path, kind: str) -> None:
    path = saved(GRAY8, tmp_path / f"a.{kind}")
    data = path.read_bytes()
    path.write_bytes(data[: 2 * len(data) // 3])
    with pytest.raises(UnreadableImage, match=rf"a\.{kind} is damaged or incomplete") as caught:
        read(path)
    assert caught.value.hint
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize("kind", ["png", "bmp", "tif"])
def test_a_bomb_is_refused_by_its_header(tmp_path: Path, kind: str) -> None:
    path = saved(Image.new("1", (20_000, 6_000)), tmp_path / f"a.{kind}")
    for call in (read, read_facts):
        with pytest.raises(UnreadableImage, match="20000 x 6000 pixels, more than 100 megapixels"):
            call(path)


def test_colour_is_told_from_gray_kept_in_three_channels(tmp_path) -> None:
    gray = np.tile(np.arange(0, 200, dtype=np.uint8), (150, 1))
    pictures = {
        "gray": np.stack([gray] * 3, axis=2),
        "tinted": np.stack([gray, gray, gray + 20], axis=2),
        "half": np.stack([gray, gray, np.where(np.arange(150)[:, None] < 75, 255, gray)], axis=2),
    }
    shares = {}
    for name, picture in pictures.items():
        Image.fromarray(picture.astype(np.uint8)).save(tmp_path / f"{name}.png")
        shares[name] = read(tmp_path / f"{name}.png").facts["colour"]
    assert shares["gray"] == shares["tinted"] == 0
    assert shares["half"] == pytest.approx(0.5, abs=0.02)
    Image.fromarray(gray).save(tmp_path / "L.png")
    assert "colour" not in read(tmp_path / "L.png").facts
