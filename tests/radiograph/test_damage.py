"""Damaged files give the typed error or a picture, never anything else."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import imagecodecs
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pydicom.uid import JPEG2000, JPEGBaseline8Bit, JPEGLosslessSV1, JPEGLSLossless, RLELossless

from tests.radiograph.files import RAMP, dataset, encapsulated, lut_item
from xraydemo.errors import UnreadableImage, UnsupportedEncoding
from xraydemo.radiograph import read, read_facts, read_tags
from xraydemo.radiograph.readers.decoded import blamed_on

if TYPE_CHECKING:
    from pathlib import Path

RAMP8 = (RAMP // 12).astype(np.uint8)


def _raster(kind: str, **options: object) -> bytes:
    stream = BytesIO()
    Image.fromarray(np.dstack([RAMP8] * 3)).save(stream, kind, **options)
    return stream.getvalue()


def _dicom(syntax: str = "", frame: bytes = b"") -> bytes:
    ds = dataset(
        RAMP8 if syntax == JPEGBaseline8Bit else RAMP,
        WindowCenter=500,
        WindowWidth=100,
        VOILUTSequence=lut_item(0, RAMP[0], 12, words=True),
    )
    if frame:
        encapsulated(ds, syntax, frame)
    elif syntax:
        ds.compress(syntax, encoding_plugin="pydicom")
    stream = BytesIO()
    ds.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


FILES = {
    "png": _raster("PNG"),
    "deep png": imagecodecs.png_encode(np.dstack([RAMP] * 3)),
    "jpeg": _raster("JPEG"),
    "progressive jpeg": _raster("JPEG", progressive=True),
    "tiff": _raster("TIFF"),
    "packed tiff": _raster("TIFF", compression="tiff_lzw"),
    "deep tiff": imagecodecs.tiff_encode(RAMP, compression="deflate"),
    "bmp": _raster("BMP"),
    "dicom": _dicom(),
    "rle": _dicom(RLELossless),
    "jpeg dicom": _dicom(JPEGBaseline8Bit, imagecodecs.jpeg_encode(RAMP8)),
    "lossless": _dicom(JPEGLosslessSV1, imagecodecs.ljpeg_encode(RAMP, bitspersample=16)),
    "jpeg-ls": _dicom(JPEGLSLossless, imagecodecs.jpegls_encode(RAMP)),
    "jpeg 2000": _dicom(JPEG2000, imagecodecs.jpeg2k_encode(RAMP, codecformat="J2K")),
}


def survives(path: Path) -> None:
    for call in (read, read_facts, read_tags):
        try:
            answer = call(path)
        except (UnreadableImage, UnsupportedEncoding):
            continue
        if call is read:
            picture = answer.presented()
            assert picture.min() >= 0
            assert picture.max() <= 1


@pytest.mark.parametrize("name", FILES)
def test_undamaged(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(FILES[name])
    assert read(path).pixels.shape == RAMP.shape


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from(sorted(FILES)),
    keep=st.floats(0.01, 1),
    flips=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8),
    early=st.booleans(),
)
def test_damaged(
    tmp_path: Path, name: str, keep: float, flips: list[tuple[float, int]], early: bool
) -> None:
    data = bytearray(FILES[name])
    reach = min(len(data) - 1, 1500) if early else len(data) - 1
    for where, value in flips:
        data[int(where * reach)] = value
    path = tmp_path / "a"
    path.write_bytes(data[: max(int(len(data) * keep), 1)])
    survives(path)


def test_the_reason_is_the_same_each_time(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImage) as caught, blamed_on(tmp_path / "cut.jpg"):
        Image.open(BytesIO(b"no picture"))
    assert caught.value.message == ("cut.jpg is damaged or incomplete (cannot identify image file)")
