import numpy as np
import pytest

from xraydemo.desktop import windowing
from xraydemo.radiograph import Lookup, Presentation, Window

PIXELS = np.arange(10_000, dtype=np.uint16).reshape(100, 100)
VALUES = windowing.measure(PIXELS)


def shown(presentation):
    return presentation.apply(PIXELS)


def test_measures_extremes_of_all_and_percentiles_of_the_inside():
    pixels = PIXELS.copy()
    pixels[:40] = 65535  # a burnt-in area must not pull the percentiles
    values = windowing.measure(pixels)
    assert (values.low, values.high) == (4000, 65535)
    assert values.percentile(50) == pytest.approx(7000, abs=5)


def test_measures_values_that_are_no_numbers():
    assert windowing.measure(np.full((3, 3), np.nan, np.float32)).span > 0
    some = np.array([[np.nan, 1.0], [np.inf, 3.0]], np.float32)
    assert (windowing.measure(some).low, windowing.measure(some).high) == (1.0, 3.0)


def test_measures_a_picture_of_one_value():
    pixels = np.zeros((5, 5), np.uint8)
    values = windowing.measure(pixels)
    assert values.span > 0
    for name in windowing.PRESETS:
        windowing.preset(name, Presentation(Window(10, 20)), values).apply_8bit(pixels)


def test_presets_are_relative_to_the_values_and_keep_the_way_round():
    for inverted in (False, True):
        original = Presentation(Window(5000, 9000), inverted)
        assert windowing.preset("file", original, VALUES) is original
        full = windowing.preset("full", original, VALUES)
        assert (full.voi.low, full.voi.high) == (0, 9999)
        assert full.inverted is inverted
        lungs = shown(windowing.preset("lungs", original, VALUES))
        soft = shown(windowing.preset("soft", original, VALUES))
        assert lungs.mean() > 0.6 > 0.4 > soft.mean()  # the other part is white, or black


def test_a_table_has_no_window_and_can_still_be_dragged():
    table = Presentation(Lookup(0, np.arange(256, dtype=np.uint8)))
    assert windowing.window_of(table) is None
    assert windowing.window_of(windowing.dragged(table, VALUES, 5, 5, fine=False)) is not None


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
def test_right_is_less_contrast_and_up_is_brighter(inverted, function):
    start = Presentation(Window(5000, 4000, function), inverted)
    wider = windowing.dragged(start, VALUES, 100, 0, fine=False)
    assert shown(wider).std() < shown(start).std()
    brighter = windowing.dragged(start, VALUES, 0, -100, fine=False)
    assert shown(brighter).mean() > shown(start).mean()
    fine = windowing.dragged(start, VALUES, 0, -100, fine=True)
    assert shown(brighter).mean() > shown(fine).mean() > shown(start).mean()
    assert windowing.dragged(start, VALUES, -1e6, 0, fine=False).voi.width > 0


def test_floats_between_0_and_1_can_be_dragged_narrow():
    pixels = np.linspace(0, 1, 100, dtype=np.float32).reshape(10, 10)
    start = Presentation(Window.between(0, 1))
    narrow = windowing.dragged(start, windowing.measure(pixels), -500, 0, fine=False)
    assert 0 < narrow.voi.width < 0.3
