"""Figures on the screen: their size, and what lies where."""

import numpy as np
import pytest

from tests.evaluation.runs import make_run
from xraydemo.desktop.figure_work import draw_figure, save_figure
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.figures import (
    Bars,
    Cloud,
    Curves,
    Exhibit,
    Gallery,
    Grid,
    Scatter,
    Slopes,
)

NAN = float("nan")
BARS = Bars(
    "b", "n", ("normal", "covid", "opacity"), (1.0, 3.0, 2.0), (0.5, 1.0, NAN), (1.5, 3.0, NAN), {},
    ((0, 1), (), (2,)),
)  # fmt: skip


@pytest.fixture(scope="module")
def run():
    return make_run(["normal", "covid", "opacity", "normal"], unreadable=[3])


def centre(part):
    left, top, right, bottom = part.box
    return (left + right) / 2, (top + bottom) / 2


def pixel(drawn, x, y):
    height, width = drawn.picture.shape[:2]
    return drawn.picture[int(y * height), int(x * width), :3].astype(int)


@pytest.mark.parametrize(("width", "sharpness"), [(500, 1.0), (500, 2.0), (900, 1.0)])
def test_a_figure_is_as_wide_as_the_pane_and_as_sharp_as_the_screen(run, width, sharpness):
    drawn = draw_figure(BARS, run, width, sharpness)
    assert drawn.picture.shape[1] == pytest.approx(width * sharpness, rel=0.02)
    assert drawn.picture.shape[2] == 4


def test_a_bar_s_whole_row_is_its_part(run):
    drawn = draw_figure(BARS, run, 600, 2.0)
    assert [(part.words, part.positions) for part in drawn.parts] == [
        ("Normal", (0, 1)), ("Lung opacity", (2,))
    ]  # fmt: skip
    first, third = drawn.parts
    assert first.box[0] == 0.0
    assert first.box[2] == 1.0
    assert first.box[3] < third.box[1]  # the covid bar lies between them, from top to bottom
    _, y = centre(first)
    row = drawn.picture[int(y * drawn.picture.shape[0]), :, :3]
    assert (row == (0x00, 0x72, 0xB2)).all(axis=1).any()  # the bar, in the class's colour


def test_each_point_of_a_line_opens_what_remains(run):
    rows = ((0.9, NAN, 0.6), (0.8, 0.7, 0.7))
    slopes = Slopes("s", "AUC", ("a", "b", "c"), ("sex", "age"), rows, rows, rows, {}, ((0, 2), ()))
    drawn = draw_figure(slopes, run, 600, 1.0)
    assert [(part.words, part.positions) for part in drawn.parts] == [("sex", (0, 2))] * 2
    first, last = drawn.parts
    assert first.box[0] == first.box[2] < last.box[0]
    assert first.box[1] < last.box[1]
    assert (pixel(drawn, *centre(first)) == (0x33, 0x33, 0x33)).all()  # the line's colour


def test_a_cell_lies_where_its_part_is(run):
    values = ((0.0, 9.0), (0.0, 0.0))
    groups = (((), (0, 1)), ((2,), ()))
    grid = Grid("g", "label", "answer", ("normal", "covid"), ("normal", "covid"), values, groups)
    drawn = draw_figure(grid, run, 600, 1.0)
    assert [part.words for part in drawn.parts] == [
        "label Normal, answer COVID-19", "label COVID-19, answer Normal"
    ]  # fmt: skip
    dark, pale = drawn.parts
    x, y = dark.box[0] + 0.02, dark.box[1] + 0.02  # its number stands in the middle
    assert pixel(drawn, x, y).sum() < 300
    assert pixel(drawn, pale.box[0] + 0.02, pale.box[1] + 0.02).sum() > 650
    assert pale.box[1] == pytest.approx(dark.box[3], abs=0.01)
    assert pale.box[2] == pytest.approx(dark.box[0], abs=0.01)


def test_a_point_has_the_xray_behind_it_and_the_background_none(run):
    clouds = (
        Cloud("training set", (0.1, 0.9), (0.5, 0.5), background=True),
        Cloud("normal", (0.0, 1.0), (0.0, 1.0), (3, 0)),
    )
    drawn = draw_figure(Scatter("s", "x", "y", clouds), run, 600, 1.0)
    assert [part.positions for part in drawn.parts] == [(3,), (0,)]
    unread, read = drawn.parts
    assert unread.words == "00003.png: labelled Normal, not read"
    assert "answered" in read.words
    assert unread.box[0] == unread.box[2] < read.box[0]
    assert unread.box[1] == unread.box[3] > read.box[1]  # y grows upwards
    assert pixel(drawn, *centre(read)).sum() < 600


def test_an_exhibit_is_a_part_with_its_caption(run):
    gallery = Gallery("g", (Exhibit((0, 1), "twins"), Exhibit((2,), "worst")))
    drawn = draw_figure(gallery, run, 600, 1.0)
    assert [(p.words, p.positions) for p in drawn.parts] == [("twins", (0, 1)), ("worst", (2,))]
    assert drawn.parts[0].box[2] <= drawn.parts[1].box[0] + 0.01


def test_curves_have_no_parts(run):
    assert draw_figure(Curves("c", "x", "y", ()), run, 600, 1.0).parts == ()


@pytest.mark.parametrize(("name", "begin"), [("a.png", b"\x89PNG"), ("a.svg", b"<?xml")])
def test_a_figure_is_written_by_the_ending_of_its_name(run, tmp_path, name, begin):
    save_figure(BARS, run, tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(begin)


def test_an_ending_that_is_none_is_refused(run, tmp_path):
    with pytest.raises(XrayDemoError, match="xyz"):
        save_figure(BARS, run, tmp_path / "a.xyz")
    assert not list(tmp_path.iterdir())


def test_parts_are_within_the_picture(run):
    for part in draw_figure(BARS, run, 700, 1.5).parts:
        assert np.all((np.array(part.box) >= 0) & (np.array(part.box) <= 1))
