from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydicom.pixels import apply_voi, apply_windowing

from tests.radiograph.files import dataset, lut_item
from xraydemo.radiograph import Lookup, Presentation, Window

few = settings(max_examples=25, deadline=None)
stored = st.one_of(
    arrays(np.uint8, (4, 5)),
    arrays(np.uint16, (4, 5)),
    arrays(np.int16, (4, 5)),
)
any_pixels = st.one_of(
    stored,
    arrays(np.int32, (4, 5)),
    arrays(
        np.float32, (4, 5), elements=st.floats(-(2.0**120), 2.0**120, width=32, allow_nan=False)
    ),
)
windows = st.builds(
    Window,
    center=st.floats(-40_000, 70_000),
    width=st.floats(1, 70_000),
    function=st.sampled_from(["LINEAR", "LINEAR_EXACT", "SIGMOID"]),
)


@few
@given(pixels=stored, window=windows)
def test_a_window_is_pydicoms(pixels: np.ndarray, window: Window) -> None:
    ds = dataset(pixels, VOILUTFunction=window.function)
    # elements of VR DS hold 16 characters; the window is what fits into them
    ds.WindowCenter = float(f"{window.center:.6g}")
    ds.WindowWidth = max(float(f"{window.width:.6g}"), 1.0)
    window = Window(float(ds.WindowCenter), float(ds.WindowWidth), window.function)
    span = np.iinfo(pixels.dtype)
    with np.errstate(over="ignore"):  # pydicom's exp, not ours
        shown = apply_windowing(pixels, ds)
    theirs = (shown - span.min) / (int(span.max) - int(span.min))
    np.testing.assert_allclose(Presentation(window).apply(pixels), theirs, atol=2e-7)


@few
@given(
    pixels=arrays(np.uint16, (4, 5), elements=st.integers(0, 400)),
    first=st.integers(0, 300),
    table=arrays(np.uint16, st.integers(2, 60), elements=st.integers(0, 4095)),
)
def test_a_lookup_is_pydicoms(pixels: np.ndarray, first: int, table: np.ndarray) -> None:
    table[0] = 4095
    ds = dataset(pixels, VOILUTSequence=lut_item(first, table, 12))
    shown = Presentation(Lookup(first, table)).apply(pixels)
    np.testing.assert_allclose(shown, apply_voi(pixels, ds) / 4095, atol=1e-7)


@few
@given(pixels=any_pixels, window=windows, inverted=st.booleans())
def test_the_screen_shows_the_rounded_picture(
    pixels: np.ndarray, window: Window, inverted: bool
) -> None:
    presentation = Presentation(window, inverted)
    picture = presentation.apply(pixels)
    assert picture.dtype == np.float32
    assert picture.min() >= 0
    assert picture.max() <= 1
    np.testing.assert_array_equal(
        presentation.apply_8bit(pixels), np.rint(picture * np.float32(255)).astype(np.uint8)
    )


def test_by_hand() -> None:
    values = np.array([[0, 50, 100, 150, 200]], dtype=np.int16)
    exact = Presentation(Window.between(50, 150))
    np.testing.assert_allclose(exact.apply(values), [[0, 0, 0.5, 1, 1]])
    np.testing.assert_allclose(exact.toggled().apply(values), [[1, 1, 0.5, 0, 0]])
    # PS3.3 C.11.2.1.2.1, note 2: center 2048 and width 4096 take 0 to 4095 to the full range
    full = Presentation(Window(2048, 4096))
    assert full.apply(np.array([[0, 4095]], np.uint16)).tolist() == [[0, 1]]
    # width 1 is a step
    step = Presentation(Window(100, 1))
    assert step.apply(np.array([[99, 100]], np.uint16)).tolist() == [[0, 1]]
    sigmoid = Presentation(Window(100, 50, "SIGMOID"))
    np.testing.assert_allclose(
        sigmoid.apply(values), 1 / (1 + np.exp(-4 * (values - 100.0) / 50)), atol=1e-7
    )


def test_ends_of_a_window() -> None:
    assert (Window(2048, 4096).low, Window(2048, 4096).high) == (0, 4095)
    assert (Window.between(30, -10).low, Window.between(30, -10).high) == (-10, 30)
    assert Presentation(Window.between(7, 7)).apply(np.full((2, 2), 7, np.uint8)).max() == 0.5


def test_the_users_window_replaces_the_table_and_keeps_the_inversion() -> None:
    file = Presentation(Lookup(0, np.arange(256, dtype=np.uint16)), inverted=True)
    mine = file.with_window(Window.between(0, 10))
    assert mine.inverted
    assert mine.voi == Window.between(0, 10)
    assert mine.toggled().toggled() == mine


def test_a_lookup_of_12_bits_is_white_at_4095_whatever_its_descriptor_says() -> None:
    lookup = Lookup(-5, np.array([0, 4095, 2047], dtype=np.uint16))
    shown = lookup.apply(np.array([-32768, -5, -4, -3, 32767], dtype=np.int16))
    np.testing.assert_allclose(shown, [0, 0, 1, 2047 / 4095, 2047 / 4095])


def test_big_endian_pixels_are_shown_like_little_endian_ones() -> None:
    values = np.array([[0, 300, 65535]], dtype=np.uint16)
    presentation = Presentation(Window.between(0, 65535))
    np.testing.assert_array_equal(
        presentation.apply_8bit(values.astype(">u2")), presentation.apply_8bit(values)
    )


@pytest.mark.parametrize(
    ("center", "width", "function"),
    [(0, 0.5, "LINEAR"), (0, 0, "LINEAR_EXACT"), (0, -1, "SIGMOID"), (float("nan"), 5, "LINEAR")],
)
def test_a_window_that_is_none_is_refused(center: float, width: float, function: str) -> None:
    with pytest.raises(ValueError, match="window"):
        Window(center, width, function)
