from __future__ import annotations

import warnings
from io import BytesIO
from typing import TYPE_CHECKING, Any

import imagecodecs
import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.pixels import apply_modality_lut
from pydicom.sequence import Sequence
from pydicom.uid import (
    JPEG2000,
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    HTJ2KLossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLosslessSV1,
    RLELossless,
    SecondaryCaptureImageStorage,
)

from tests.radiograph.files import RAMP, dataset, encapsulated, lut_item, write
from xraydemo.errors import UnreadableImage, UnsupportedEncoding
from xraydemo.radiograph import Lookup, Radiograph, Window, read, read_facts
from xraydemo.radiograph.readers import codecs as table

if TYPE_CHECKING:
    from pathlib import Path

RAMP8 = (RAMP // 12).astype(np.uint8)


def read_made(tmp_path: Path, pixels: np.ndarray = RAMP, **elements: Any) -> Radiograph:
    return read(write(dataset(pixels, **elements), tmp_path / "a.dcm"))


# --- values


def test_stored_values_are_kept(tmp_path: Path) -> None:
    xray = read_made(tmp_path, BitsStored=12)
    np.testing.assert_array_equal(xray.pixels, RAMP)
    assert xray.pixels.dtype == np.uint16
    assert xray.notes == ()


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32])
def test_every_depth_and_sign(tmp_path: Path, dtype: type) -> None:
    span = np.iinfo(dtype)
    values = np.array([[span.min, 0, 5, min(span.max, 2**31 - 1)]], dtype=dtype)
    xray = read_made(tmp_path, values)
    np.testing.assert_array_equal(xray.pixels, values)
    assert xray.pixels.dtype in (np.uint8, np.uint16, np.int16, np.int32)
    assert (xray.presented()[0, 0], xray.presented()[0, -1]) == (0, 1)


def test_unused_high_bits_are_no_part_of_the_value(tmp_path: Path) -> None:
    dirty = RAMP | np.uint16(0xF000)
    np.testing.assert_array_equal(read_made(tmp_path, dirty, BitsStored=12).pixels, RAMP)


def test_one_bit(tmp_path: Path) -> None:
    ds = dataset(np.zeros((2, 8), np.uint8), BitsAllocated=1, BitsStored=1)
    ds.PixelData = bytes([0b11110000, 0b00000001])
    shown = read(write(ds, tmp_path / "a")).presented()
    assert shown.tolist() == [[0, 0, 0, 0, 1, 1, 1, 1], [1, 0, 0, 0, 0, 0, 0, 0]]


@pytest.mark.parametrize(
    ("slope", "intercept", "dtype"),
    [(1, 0, np.uint16), (1, -1024, np.int16), (100, 0, np.int32), (-1, 0, np.int16)],
)
def test_whole_rescaling_keeps_integers(
    tmp_path: Path, slope: int, intercept: int, dtype: type
) -> None:
    xray = read_made(tmp_path, RescaleSlope=slope, RescaleIntercept=intercept)
    np.testing.assert_array_equal(xray.pixels, RAMP.astype(int) * slope + intercept)
    assert xray.pixels.dtype == dtype


def test_broken_rescaling_is_pydicoms(tmp_path: Path) -> None:
    elements = {"RescaleSlope": 0.25, "RescaleIntercept": -3.5}
    xray = read_made(tmp_path, **elements)
    assert xray.pixels.dtype == np.float32
    np.testing.assert_allclose(xray.pixels, apply_modality_lut(RAMP, dataset(**elements)))
    ignored = read_made(tmp_path, RescaleSlope=0, RescaleIntercept=5)
    np.testing.assert_array_equal(ignored.pixels, RAMP)
    assert ignored.notes


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    first=st.integers(0, 3000),
    table=arrays(np.uint16, st.integers(2, 80)),
    words=st.booleans(),
)
def test_modality_table_is_pydicoms(
    tmp_path: Path, first: int, table: np.ndarray, words: bool
) -> None:
    elements = {"ModalityLUTSequence": lut_item(first, table, 16, words=words)}
    theirs = apply_modality_lut(RAMP, dataset(**elements))
    np.testing.assert_array_equal(read_made(tmp_path, **elements).pixels, theirs)


def test_table_that_begins_below_zero(tmp_path: Path) -> None:
    signed = np.array([[-3, -2, -1, 0]], dtype=np.int16)
    xray = read_made(tmp_path, signed, VOILUTSequence=lut_item(-2, np.array([0, 1023, 500]), 10))
    assert isinstance(xray.presentation.voi, Lookup)
    np.testing.assert_allclose(xray.presented(), [[0, 0, 1, 500 / 1023]], atol=1e-6)


# --- presentation


def test_the_table_is_preferred_to_the_window(tmp_path: Path) -> None:
    xray = read_made(
        tmp_path,
        VOILUTSequence=lut_item(0, np.arange(4096, dtype=np.uint16), 12),
        WindowCenter=1,
        WindowWidth=2,
    )
    assert isinstance(xray.presentation.voi, Lookup)
    np.testing.assert_allclose(xray.presented(), RAMP / 4095, atol=1e-7)


def test_the_first_window_of_several(tmp_path: Path) -> None:
    xray = read_made(
        tmp_path, WindowCenter=[500, 9], WindowWidth=[100, 9], VOILUTFunction="SIGMOID"
    )
    assert xray.presentation.voi == Window(500, 100, "SIGMOID")


@pytest.mark.parametrize(
    ("width", "voi"),
    [(0, Window.between(0, 3070)), (0.5, Window(500, 0.5, "LINEAR_EXACT"))],
)
def test_widths_that_the_standard_forbids(tmp_path: Path, width: float, voi: Window) -> None:
    assert read_made(tmp_path, WindowCenter=500, WindowWidth=width).presentation.voi == voi


def test_a_window_beside_the_values_is_not_obeyed(tmp_path: Path) -> None:
    xray = read_made(tmp_path, WindowCenter=50_000, WindowWidth=10)
    assert (xray.presented().min(), xray.presented().max()) == (0, 1)
    assert "one brightness only" in xray.notes[0]


def test_without_a_window_the_padding_does_not_count(tmp_path: Path) -> None:
    values = RAMP + np.uint16(1000)
    values[:4] = 0
    values[-4:] = 60_000
    shown = read_made(tmp_path, values, PixelPaddingValue=0, PixelPaddingRangeLimit=0)
    assert shown.presentation.voi == Window.between(values[4:].min(), 60_000)
    # a limit above the value, as in C.7.5.1.1.2 for MONOCHROME1
    values[-4:] = 2
    ranged = read_made(tmp_path, values, PixelPaddingValue=0, PixelPaddingRangeLimit=2)
    inside = values[4:-4]
    assert ranged.presentation.voi == Window.between(inside.min(), inside.max())


def test_8_bits_without_a_window_look_like_the_raster(tmp_path: Path) -> None:
    xray = read_made(tmp_path, RAMP8 // 2)
    assert xray.presentation.voi == Window.between(0, 255)


@pytest.mark.parametrize(
    ("photometric", "shape", "inverted"),
    [
        ("MONOCHROME2", None, False),
        ("MONOCHROME2", "IDENTITY", False),
        ("MONOCHROME2", "INVERSE", True),
        ("MONOCHROME1", None, True),
        ("MONOCHROME1", "IDENTITY", True),
        ("MONOCHROME1", "INVERSE", True),
    ],
)
def test_one_inversion_never_two(
    tmp_path: Path, photometric: str, shape: str | None, inverted: bool
) -> None:
    elements = {"PresentationLUTShape": shape} if shape else {}
    xray = read_made(tmp_path, PhotometricInterpretation=photometric, **elements)
    assert xray.presentation.inverted is inverted
    assert xray.presented()[0, 0] == (1 if inverted else 0)


def test_one_value_is_gray_and_not_black(tmp_path: Path) -> None:
    assert read_made(tmp_path, np.full((4, 4), 700, np.uint16)).presented().max() == 0.5


# --- colour and frames


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_rgb_becomes_luma(tmp_path: Path, dtype: type) -> None:
    white = np.iinfo(dtype).max
    rgb = np.zeros((1, 4, 3), dtype)
    rgb[0, 0, 0] = rgb[0, 1, 1] = rgb[0, 2, 2] = white
    rgb[0, 3] = white
    xray = read_made(tmp_path, rgb)
    np.testing.assert_allclose(xray.presented()[0], [0.299, 0.587, 0.114, 1], atol=0.002)
    assert xray.pixels.dtype == dtype
    assert xray.notes == ("colour (RGB) was reduced to gray",)


def test_ybr(tmp_path: Path) -> None:
    ybr = np.full((2, 2, 3), 128, np.uint8)
    ybr[..., 0] = [[0, 100], [200, 255]]
    xray = read_made(tmp_path, ybr, PhotometricInterpretation="YBR_FULL")
    np.testing.assert_allclose(xray.pixels, ybr[..., 0], atol=1)


def test_palette(tmp_path: Path) -> None:
    ds = dataset(np.array([[0, 1, 2]], np.uint8), PhotometricInterpretation="PALETTE COLOR")
    for colour in ("Red", "Green", "Blue"):
        setattr(ds, f"{colour}PaletteColorLookupTableDescriptor", [3, 0, 16])
        data = np.array([65535, 0, 32768], "<u2").tobytes()
        setattr(ds, f"{colour}PaletteColorLookupTableData", data)
    xray = read(write(ds, tmp_path / "a"))
    np.testing.assert_allclose(xray.presented(), [[1, 0, 0.5]], atol=1e-4)
    assert "PALETTE" in xray.notes[0]


def test_the_first_frame_alone_is_read(tmp_path: Path) -> None:
    ds = dataset(RAMP, NumberOfFrames=3)
    # the third frame is cut off, and nobody needs it
    ds.PixelData = RAMP.tobytes() * 3
    path = write(ds, tmp_path / "a")
    xray = read(path)
    np.testing.assert_array_equal(xray.pixels, RAMP)
    assert xray.notes == ("the first of 3 frames",)
    assert xray.facts["frames"] == 3


# --- encodings


def test_12_bit_jpeg(tmp_path: Path) -> None:
    frame = imagecodecs.jpeg_encode(RAMP, level=98, bitspersample=12)
    ds = encapsulated(dataset(RAMP, BitsStored=12), JPEGExtended12Bit, frame)
    xray = read(write(ds, tmp_path / "a"))
    assert xray.pixels.max() > 255
    np.testing.assert_allclose(xray.pixels, RAMP, atol=40)


def test_lossless_jpeg(tmp_path: Path) -> None:
    frame = imagecodecs.ljpeg_encode(RAMP, bitspersample=12)
    ds = encapsulated(dataset(RAMP, BitsStored=12), JPEGLosslessSV1, frame)
    np.testing.assert_array_equal(read(write(ds, tmp_path / "a")).pixels, RAMP)


def test_rle(tmp_path: Path) -> None:
    ds = dataset(RAMP)
    ds.compress(RLELossless, encoding_plugin="pydicom")
    np.testing.assert_array_equal(read(write(ds, tmp_path / "a")).pixels, RAMP)


def jpeg_of(pixels: np.ndarray, quality: int = 90) -> bytes:
    stream = BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def test_8_bit_jpeg_and_its_quality(tmp_path: Path) -> None:
    ds = encapsulated(dataset(RAMP8), JPEGBaseline8Bit, jpeg_of(RAMP8, 83))
    path = write(ds, tmp_path / "a")
    np.testing.assert_allclose(read(path).pixels, RAMP8, atol=12)
    assert read_facts(path)["jpeg_quality"] == 83


def test_deflated(tmp_path: Path) -> None:
    ds = dataset()
    ds.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    np.testing.assert_array_equal(read(write(ds, tmp_path / "a")).pixels, RAMP)


def test_without_preamble_and_meta(tmp_path: Path) -> None:
    path = write(dataset(), tmp_path / "no suffix", meta=False)
    assert path.read_bytes()[128:132] != b"DICM"
    np.testing.assert_array_equal(read(path).pixels, RAMP)


def test_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(encapsulated(dataset(), HTJ2KLossless, bytes(64)), tmp_path / "a")
    monkeypatch.setattr(table, "can_decode", lambda _: False)
    monkeypatch.setattr("xraydemo.radiograph.readers.dicom.can_decode", lambda _: False)
    monkeypatch.setattr(table, "find_spec", lambda _: None)
    with pytest.raises(UnsupportedEncoding, match="High-Throughput JPEG 2000") as caught:
        read(path)
    assert caught.value.hint == (
        "Install what decodes it: pip install pylibjpeg pylibjpeg-openjpeg"
    )


def test_a_film_is_no_radiograph(tmp_path: Path) -> None:
    ds = encapsulated(dataset(), "1.2.840.10008.1.2.4.102", bytes(64))
    with pytest.raises(UnsupportedEncoding, match="MPEG") as caught:
        read(write(ds, tmp_path / "a"))
    assert "without compression" in caught.value.hint


def test_codecs_tell_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = table.codecs()
    assert {row.name for row in rows} >= {"JPEG 2000", "JPEG-LS", "JPEG, 12 bit", "DICOM RLE"}
    assert all(row.available == (row.why_not == "") for row in rows)
    missing = table.get_decoder(JPEGExtended12Bit)
    monkeypatch.setattr(missing, "_available", {})
    monkeypatch.setattr(table, "find_spec", lambda name: None if name == "imagecodecs" else 1)
    row = next(row for row in table.codecs() if row.name == "JPEG, 12 bit")
    assert (row.available, row.why_not) == (False, "not installed: imagecodecs")


# --- what is refused


@pytest.mark.parametrize(
    ("modality", "what"),
    [("CT", "a CT slice"), ("MR", "an MR slice"), ("US", "an ultrasound"), ("PT", "a PET slice")],
)
def test_other_modalities(tmp_path: Path, modality: str, what: str) -> None:
    path = write(dataset(Modality=modality), tmp_path / "a")
    with pytest.raises(UnreadableImage, match=f"is {what}.*, not a projection X-ray"):
        read(path)
    assert read_facts(path)["modality"] == modality


def test_modality_by_sop_class(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImage, match="is a CT slice"):
        read_made(tmp_path, Modality="", SOPClassUID=CTImageStorage)
    assert read_made(tmp_path, SOPClassUID=SecondaryCaptureImageStorage).facts["modality"] == "CR"


def test_without_pixels(tmp_path: Path) -> None:
    for elements in ({"PixelData": None}, {"PixelData": None, "Rows": None}):
        with pytest.raises(UnreadableImage, match="has no picture in it"):
            read_made(tmp_path, **elements)


@pytest.mark.parametrize("part", [0.3, 0.9, 0.999])
def test_truncated(tmp_path: Path, part: float) -> None:
    jpeg = encapsulated(dataset(RAMP8), JPEGBaseline8Bit, jpeg_of(RAMP8))
    for ds in (dataset(), jpeg):
        path = write(ds, tmp_path / "a")
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * part) - 16])
        with pytest.raises(UnreadableImage) as caught:
            read(path)
        assert caught.value.hint


def test_bombs(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImage, match="30000 x 20000 pixels, more than 100 megapixels"):
        read_made(tmp_path, Rows=20_000, Columns=30_000)
    with pytest.raises(UnreadableImage, match="0 x 48"):
        read_made(tmp_path, Rows=48, Columns=0)
    # small by its header, huge by its stream
    huge = bytearray(jpeg_of(RAMP8))
    start = huge.index(b"\xff\xc0")
    huge[start + 5 : start + 9] = (60_000).to_bytes(2, "big") * 2
    ds = encapsulated(dataset(RAMP8), JPEGBaseline8Bit, bytes(huge))
    with pytest.raises(UnreadableImage, match="the picture in it 60000 x 60000"):
        read(write(ds, tmp_path / "b"))


def test_deflated_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xraydemo.radiograph.readers.dicom._MAX_UNFOLDED", 1_000_000)
    ds = dataset(PixelData=bytes(40_000_000))
    ds.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    path = write(ds, tmp_path / "a")
    assert path.stat().st_size < 100_000
    for call in (read, read_facts):
        with pytest.raises(UnreadableImage, match="unfolds to more than 1 megabytes"):
            call(path)


def test_boxes_without_end(tmp_path: Path) -> None:
    """A box of length 0 sends pydicom's own parser round for ever."""
    frame = b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(40)
    ds = encapsulated(dataset(), JPEG2000, frame)
    with pytest.raises(UnreadableImage, match="boxes"):
        read(write(ds, tmp_path / "a"))


def test_values_that_break_the_rules_are_read_in_silence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ds = dataset()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ds.StudyDate = "in spring"
        ds.PatientAge = "old"
        ds.StudyInstanceUID = "not.a.uid"
        ds.add_new("WindowCenter", "LO", "wide")
        path = write(ds, tmp_path / "a")
    xray = read(path)
    assert "date" not in xray.facts
    assert "age" not in xray.facts
    assert capfd.readouterr() == ("", "")


def test_empty_sequences_are_none(tmp_path: Path) -> None:
    xray = read_made(tmp_path, VOILUTSequence=Sequence([]), ModalityLUTSequence=Sequence([]))
    assert isinstance(xray.presentation.voi, Window)


def test_the_header_is_never_changed(tmp_path: Path) -> None:
    path = write(dataset(), tmp_path / "a")
    before = path.read_bytes()
    read(path)
    assert path.read_bytes() == before
    assert isinstance(pydicom.dcmread(path), Dataset)
