from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.report.findings import awkward_run
from xraydemo.evaluation.confounding.pairs import from_cohort
from xraydemo.evaluation.figures import Exhibit, Gallery
from xraydemo.radiograph.interventions import Intervention
from xraydemo.report.gallery import LEAST_OF_GALLERY, PIXELS, Pictures, gallery, has_heat_map
from xraydemo.report.pictures import pictures_of, with_heat_map
from xraydemo.report.placed import Jpeg
from xraydemo.report.typesetting import Sheet, register_fonts

SHEET = Sheet.of("a4")


@pytest.fixture(autouse=True)
def _fonts():
    register_fonts()


@pytest.fixture
def run(xray):
    run = awkward_run()
    run.rows["path"] = ["/gone.png", *[str(xray)] * 5]
    return run


def texts_of(flowables) -> str:
    found = []

    def walk(one):
        if hasattr(one, "getPlainText"):
            found.append(one.getPlainText())
        for row in getattr(one, "_cellvalues", []):
            for entry in row:
                for part in entry if isinstance(entry, list) else [entry]:
                    walk(part)

    for one in flowables:
        walk(one)
    return " ".join(found)


def test_an_x_ray_alone_has_its_heat_map_beside_it(run):
    pictures = Pictures(run)
    gray, coloured = pictures.of(Exhibit((1,), "x"))
    assert (gray.is_gray, coloured.is_gray) == (True, False)
    assert gray.height == coloured.height == PIXELS


def test_heat_maps_are_explained_once_and_anew_when_the_text_is_set_again(run):
    pictures = Pictures(run)
    hung = Gallery("Wrong", (Exhibit((1,), "x"),))

    def set_it() -> str:
        return texts_of(gallery(hung, pictures, SHEET, 9))

    first, second = set_it(), set_it()
    pictures.begin_anew()
    assert "logit a cell" in first
    assert "logit a cell" not in second
    assert "Bright orange is evidence" in second
    assert set_it() == first


def test_a_gallery_begins_where_its_first_row_has_room(run):
    long = Gallery("t" * 90, (Exhibit((1,), "a long word " * 40), *[Exhibit((2,), "x")] * 5))
    _, title, hangs, _ = gallery(long, Pictures(run), SHEET, 9)
    height = title.wrap(SHEET.width, 1e6)[1] + title.getSpaceBefore() + title.getSpaceAfter()
    hangs.wrap(SHEET.width, 1e6)
    assert height + hangs._rowHeights[0] <= LEAST_OF_GALLERY


@pytest.mark.parametrize(
    "exhibit",
    [Exhibit((1, 2), "twins"), Exhibit((1,), "inverted", (Intervention("invert"),))],
)
def test_twins_and_changed_x_rays_have_none(exhibit, run):
    assert not has_heat_map(exhibit)
    assert all(shown.is_gray for shown in Pictures(run).of(exhibit))


def test_what_was_done_to_a_picture_is_shown(run):
    [plain] = pictures_of(Exhibit((1,), "x"), run, 32, 1)
    [inverted] = pictures_of(Exhibit((1,), "x", (Intervention("invert"),)), run, 32, 1)
    assert abs(int(plain.mean()) + int(inverted.mean()) - 255) < 4


def test_a_picture_is_read_once(run, monkeypatch):
    pictures, exhibit = Pictures(run), Exhibit((1,), "x")
    first = pictures.of(exhibit)
    monkeypatch.setattr("xraydemo.report.gallery.pictures_of", None)
    assert pictures.of(exhibit) is first


def test_one_that_can_not_be_read_says_so_without_its_name(run):
    assert Pictures(run).of(Exhibit((0,), "x")) == ["this X-ray can't be read now"]
    [named] = Pictures(run, names=True).of(Exhibit((0,), "x"))
    assert "00000.png" in named


def test_captions_name_places_and_count_what_is_not_shown(run):
    exhibits = (Exhibit((1, 2, 3), "same"), *(Exhibit((i,), "y") for i in [3] * 12))
    said = texts_of(gallery(Gallery("Twins", exhibits), Pictures(run), Sheet.of("a4"), 9))
    assert "Twins (the first 9 of 13)" in said
    assert "X-ray 1, X-ray 2 and 1 more: same" in said
    assert "X-ray 3 (map for " in said
    assert "0.1 logit a cell" in said


def test_a_file_outside_the_run_hangs_beside_and_is_named_only_when_asked(run, xray):
    pair = Exhibit((1,), "first: Normal", beside=(from_cohort(run, str(xray)),))
    inside, outside = Pictures(run).of(pair)
    assert not has_heat_map(pair)
    assert inside == outside  # the same file here
    gone = replace(pair, beside=("Jane Doe.png",))
    assert "Jane" not in texts_of(gallery(Gallery("t", (gone,)), Pictures(run), SHEET, 9))
    said = texts_of(gallery(Gallery("t", (gone,)), Pictures(run, names=True), SHEET, 9))
    assert "Jane Doe.png: first" in said


def test_copies_hang_once(run):
    run.rows["pixel_sha256"] = ["", "a", "a", "a", "", ""]
    exhibits = (
        Exhibit((1,), "one"),
        Exhibit((2,), "the same"),
        Exhibit((3,), "the same, inverted", (Intervention("invert"),)),
        Exhibit((4,), "of unknown pixels"),
        Exhibit((5,), "of unknown pixels, too"),
        Exhibit((1, 2), "twins"),
    )
    said = texts_of(gallery(Gallery("Six", exhibits), Pictures(run), SHEET, 9))
    assert "Six (the first 5 of 6)" in said
    assert "the same," in said
    assert "): the same " not in said
    assert "copies of others here: 1." in said


def test_an_empty_gallery_says_so(run):
    assert "There is none." in texts_of(
        gallery(Gallery("None", ()), Pictures(run), Sheet.of("a4"), 9)
    )


def test_no_evidence_leaves_the_picture_as_it_is():
    gray = np.full((8, 8), 100, np.uint8)
    assert np.array_equal(with_heat_map(gray, np.zeros((2, 2)), 0.1), np.stack([gray] * 3, axis=-1))
    assert with_heat_map(gray, np.full((2, 2), 0.1), 0.1)[..., 0].min() > 180


def test_a_jpeg_knows_its_size():
    jpeg = Jpeg.of(np.zeros((4, 6), np.uint8))
    assert (jpeg.width, jpeg.height, jpeg.is_gray) == (6, 4, True)
    assert jpeg.data.startswith(b"\xff\xd8")
