from __future__ import annotations

from io import BytesIO

import numpy as np
import pikepdf
import pytest
from PIL import Image

from tests.report.findings import AWKWARD, FIGURES, NAN, awkward_run
from xraydemo.classes import CLASSES
from xraydemo.evaluation.figures import Bars, Cloud, Exhibit, Gallery, Scatter
from xraydemo.report.drawing import CLASS_COLOURS, MOST_EXHIBITS, Album, draw
from xraydemo.report.fonts import drawable


@pytest.fixture(scope="module")
def run(xray):
    run = awkward_run()
    run.rows["path"] = ["/gone.png", *[str(xray)] * 5]
    return run


def words_of(drawing) -> str:
    drawing.canvas.draw()
    return " ".join(text.get_text() for text in drawing.findobj(lambda a: hasattr(a, "get_text")))


def as_pdf(*drawings) -> bytes:
    album = Album()
    assert [album.add(drawing) for drawing in drawings] == list(range(len(drawings)))
    return album.close()


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_drawn_whatever_it_holds(name, run):
    drawing = draw(FIGURES[name], run)
    with pikepdf.open(BytesIO(as_pdf(drawing))) as pdf:
        assert len(pdf.pages) == 1
    assert drawing.get_figheight() <= 8.5
    assert drawing.get_figwidth() <= 6.7


def test_names_in_two_lines_have_room(run):
    long = tuple(f"site = Hospital of the Holy Long Name number {i}: COVID-19" for i in range(9))
    short = tuple(f"site {i}" for i in range(9))
    heights = [
        draw(Bars("t", "AUC", names, (0.5,) * 9, (NAN,) * 9, (NAN,) * 9, {}), run).get_figheight()
        for names in (long, short)
    ]
    line = 8.0 * 1.2 / 72  # inches
    assert heights[0] - heights[1] > 9 * 0.04
    assert (heights[0] - 0.95) / 9 >= 2 * line


def test_classes_are_told_apart_in_gray_and_alike_in_every_scatter(run):
    def looks(names: tuple[str, ...]) -> dict[str, tuple]:
        clouds = (Cloud("training", (0.5,), (0.5,), (), background=True),)
        clouds += tuple(Cloud(name, (0.1,), (0.2,), (0,)) for name in names)
        drawn = draw(Scatter("t", "x", "y", clouds), run).axes[0].collections[1:]
        return {
            name: (one.get_facecolor().size == 0, one.get_paths()[0].vertices.tobytes())
            for name, one in zip(names, drawn, strict=True)
        }

    every = looks(CLASSES)
    assert [hollow for hollow, _ in every.values()] == [False, True, False, True]
    assert len(set(every.values())) == len(CLASSES)
    assert looks(("opacity",)) == {"opacity": every["opacity"]}


def test_the_same_figure_gives_the_same_bytes(run):
    first, second = (draw(FIGURES["curves"], run) for _ in range(2))
    assert as_pdf(first) == as_pdf(second)


def test_drawings_of_an_album_share_their_fonts(run):
    def fonts_of(*names) -> int:
        with pikepdf.open(BytesIO(as_pdf(*(draw(FIGURES[n], run) for n in names)))) as pdf:
            assert len(pdf.pages) == len(names)
            kinds = (one for one in pdf.objects if isinstance(one, pikepdf.Dictionary))
            return sum(one.get("/Type") == "/FontDescriptor" for one in kinds)

    assert fonts_of("grid", "grid", "grid") == fonts_of("grid") > 0


def test_fonts_are_embedded(run):
    with pikepdf.open(BytesIO(as_pdf(draw(FIGURES["grid"], run)))) as pdf:
        fonts = list(pdf.pages[0].Resources.Font.values())
        kinds = [font.DescendantFonts[0] for font in fonts]
        assert kinds
        assert all("/FontFile2" in kind.FontDescriptor for kind in kinds)


def test_nothing_is_left_out_in_silence(run):
    assert "the first 30 of 50" in words_of(draw(FIGURES["many bars"], run))
    assert "the first 12 of 14" in words_of(draw(FIGURES["gallery"], run))
    assert "the first 40 of 60" in words_of(draw(FIGURES["wide grid"], run))
    assert "and 2 more" in words_of(draw(FIGURES["twins"], run))
    assert "nothing to show" in words_of(draw(FIGURES["no bars"], run))


def test_a_bar_is_as_long_as_its_value_and_has_its_class_colour(run):
    bars = Bars("t", "AUC", ("covid",), (0.75,), (0.7,), (0.8,), {"chance": 0.5})
    drawing = draw(bars, run)
    (patch,) = drawing.axes[0].patches
    assert patch.get_width() == 0.75
    from matplotlib.colors import to_hex

    assert to_hex(patch.get_facecolor()).upper() == CLASS_COLOURS["covid"]
    assert "0.750 [0.700, 0.800]" in words_of(drawing)


def test_class_colours_differ_in_gray():
    def gray(colour: str) -> float:
        r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return 0.299 * r + 0.587 * g + 0.114 * b

    assert set(CLASS_COLOURS) == set(CLASSES)
    shades = sorted(map(gray, CLASS_COLOURS.values()))
    assert np.diff(shades).min() > 8


def test_a_picture_that_can_not_be_read_is_a_frame_with_the_reason(run):
    drawing = draw(Gallery("t", (Exhibit((0, 1), "two"),)), run)
    text = words_of(drawing).replace("\n", " ")
    assert "can't be read" in text
    assert "/gone" not in text
    assert len(drawing.axes[0].images) == 1


def test_no_more_pictures_are_read_than_are_shown(run, monkeypatch):
    from xraydemo.report import pictures as module

    seen = []
    real = module.read
    monkeypatch.setattr(module, "read", lambda path: seen.append(path) or real(path))
    draw(Gallery("t", tuple(Exhibit((1,), "x") for _ in range(60))), run)
    assert len(seen) == MOST_EXHIBITS


def test_letters_that_the_typeface_lacks_become_boxes():
    assert drawable("صورة 中 ✓ ✗") == "صورة □ ✓ ✗"
    assert "\n" not in drawable(AWKWARD)


def test_pictures_are_shown_as_a_reader_sees_them(tmp_path, run):
    Image.fromarray(np.tile(np.arange(256, dtype=np.uint8), (64, 1))).save(tmp_path / "g.png")
    run.rows.loc[4, "path"] = str(tmp_path / "g.png")
    drawing = draw(Gallery("t", (Exhibit((4,), "x"),)), run)
    (picture,) = drawing.axes[0].images
    shown = np.asarray(picture.get_array())
    assert shown[0, 0] < 10 < 245 < shown[0, -1]
