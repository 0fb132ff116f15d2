from __future__ import annotations

import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as stnp
from scipy.sparse import lil_matrix
from scipy.sparse.linalg import spsolve

from tests.conftest import chest_like
from xraydemo.errors import XrayDemoError
from xraydemo.radiograph import Presentation, Radiograph, Window, read
from xraydemo.radiograph.interventions import (
    KINDS,
    Cells,
    Choice,
    Intervention,
    Number,
    Polygons,
    alter,
    apply,
    apply_all,
)
from xraydemo.radiograph.interventions.fill import filled
from xraydemo.radiograph.profile import profile

TRIANGLE = [[[0.1, 0.1], [0.9, 0.1], [0.5, 0.8]]]
WITH_SOMETHING_TO_DO = {"paint": {"polygons": TRIANGLE}, "impute": {"cells": [0, 24, 25, 48]}}
# settings with which nothing happens
NEUTRAL = {
    "outer_ring": {"share": 0.5},
    "paint_corners": {"size": 0},
    "box": {"left": 1},
    "paint": {},
    "impute": {},
    "marker": {"size": 0},
    "border": {"share": 0},
    "gamma": {"gamma": 1},
    "contrast": {"factor": 1},
    "blur": {"sigma": 0},
    "noise": {"deviation": 0},
    "resample": {"side": 4096},
    "crop": {"share": 0},
    "rotate": {"degrees": 0},
}
SAME_SHAPE = set(KINDS) - {"crop", "turn"}


def radiograph(picture, notes=()) -> Radiograph:
    shown = Presentation(Window.between(0.0, 1.0))
    return Radiograph(Path("x.png"), np.asarray(picture, np.float32), shown, {"view": "AP"}, notes)


def change(picture, kind, lungs=None, **given):
    return alter(np.asarray(picture, np.float32), [Intervention(kind, given)], lungs)[0]


def typical(kind) -> Intervention:
    return Intervention(kind, WITH_SOMETHING_TO_DO.get(kind, {}))


def chest(height=120, width=100):
    return chest_like(np.random.default_rng(0), 120)[:height, :width].astype(np.float32) / 255


@st.composite
def interventions(draw):
    kind = KINDS[draw(st.sampled_from(sorted(KINDS)))]
    given = {}
    for name, setting in kind.settings.items():
        match setting:
            case Number(low=low, high=high, whole=True):
                given[name] = draw(st.integers(int(low), int(high)))
            case Number(low=low, high=high):
                given[name] = draw(st.floats(low, high))
            case Choice(options=options):
                given[name] = draw(st.sampled_from(options))
            case Polygons():
                corner = st.lists(st.floats(0, 1), min_size=2, max_size=2)
                given[name] = draw(st.lists(st.lists(corner, min_size=3, max_size=6), max_size=3))
            case Cells():
                given[name] = draw(st.lists(st.just(0), max_size=2))
    if kind.name == "impute":
        last = given["rows"] * given["columns"] - 1
        given["cells"] = draw(st.lists(st.integers(0, last), max_size=9))
    return Intervention(kind.name, given)


pictures = stnp.arrays(
    np.float32,
    stnp.array_shapes(min_dims=2, max_dims=2, max_side=40),
    elements=st.floats(0, 1, width=32),
)
outlines = st.none() | stnp.arrays(bool, stnp.array_shapes(min_dims=2, max_dims=2, max_side=12))


@given(pictures, st.lists(interventions(), min_size=1, max_size=3), outlines)
@settings(deadline=None, max_examples=300)
def test_any_change_of_any_picture_is_a_picture_and_leaves_the_old_one(picture, changes, lungs):
    before = picture.copy()
    old = radiograph(picture, ("the first of 30 frames",))
    new = apply_all(old, changes, lungs)
    assert np.array_equal(picture, before)
    assert new.pixels.dtype == np.float32
    assert new.pixels.min() >= 0
    assert new.pixels.max() <= 1
    assert np.array_equal(new.presented(), new.pixels)
    assert len(new.notes) == 1 + len(changes)
    assert (new.facts, new.path, new.notes[0]) == (old.facts, old.path, "the first of 30 frames")
    if {change.kind for change in changes} <= SAME_SHAPE:
        assert new.pixels.shape == picture.shape
    again = apply_all(old, changes, lungs)
    assert np.array_equal(new.pixels, again.pixels)


@given(interventions())
@settings(deadline=None)
def test_plain_data_goes_there_and_back(intervention):
    text = json.dumps(intervention.as_plain())
    back = Intervention.of_plain(json.loads(text))
    assert back == intervention
    assert hash(back) == hash(intervention)
    assert json.dumps(back.as_plain()) == text
    assert intervention.sentence
    assert "{" not in intervention.sentence
    assert pickle.loads(pickle.dumps(intervention)) == intervention


def test_equal_interventions_give_equal_json():
    one = Intervention("marker", {"x": 1, "text": "R"})
    other = Intervention.of_plain({"text": "R", "size": 0.08, "kind": "marker", "x": 1.0})
    assert json.dumps(one.as_plain()) == json.dumps(other.as_plain())
    assert len({one, other, Intervention("marker")}) == 2
    assert one != Intervention("marker")
    assert Intervention("impute", {"cells": [3, 1, 3]}) == Intervention("impute", {"cells": (1, 3)})


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_does_something_and_says_so(kind):
    old = radiograph(chest())
    new = apply(old, typical(kind))
    changed = new.pixels.shape != old.pixels.shape or not np.array_equal(new.pixels, old.pixels)
    assert changed or kind == "paint_text"  # there is no letter
    assert new.notes[-1].startswith(f"Changed: {typical(kind).sentence}")
    assert KINDS[kind].name == kind
    for setting in KINDS[kind].settings.values():
        assert setting.what
        setting.clean(setting.default)


@pytest.mark.parametrize("kind", NEUTRAL)
def test_neutral_settings_change_nothing(kind):
    picture = chest()
    assert change(picture, kind, **NEUTRAL[kind]) == pytest.approx(picture, abs=1e-6)


def test_sentences():
    assert Intervention("jpeg").sentence == "JPEG of quality 50"
    assert Intervention("black_lungs", {"gray": 0.5}).sentence == (
        "the lungs covered by a gray (50 % of white) box (margin 0 %)"
    )
    assert Intervention("turn", {"degrees": 180}).sentence == "turned clockwise by 180°"
    assert Intervention("paint", {"polygons": TRIANGLE}).sentence == "1 area painted black"
    assert Intervention("paint_text").sentence.endswith("with their surroundings' grays")


@pytest.mark.parametrize(
    ("plain", "message", "hint"),
    [
        ({"kind": "sharpen"}, "'sharpen'", "jpeg"),
        ({}, "no kind", "jpeg"),
        ({"kind": 3}, "no kind", "jpeg"),
        ({"kind": "jpeg", "speed": 3}, "no setting 'speed'", "quality"),
        ({"kind": "invert", "by": 3}, "no setting 'by'", "no settings"),
        ({"kind": "jpeg", "quality": 0}, "quality", "whole number from 1 to 100"),
        ({"kind": "jpeg", "quality": 50.5}, "quality", "whole number"),
        ({"kind": "jpeg", "quality": True}, "quality", "whole number"),
        ({"kind": "jpeg", "quality": "50"}, "'50'", "whole number"),
        ({"kind": "gamma", "gamma": float("nan")}, "nan", "a number from 0.2 to 5"),
        ({"kind": "gamma", "gamma": float("inf")}, "inf", "a number from 0.2 to 5"),
        ({"kind": "gamma", "gamma": None}, "None", "a number"),
        ({"kind": "turn", "degrees": 45}, "45", "one of 90, 180, 270"),
        ({"kind": "turn", "degrees": [90]}, "[90]", "one of"),
        ({"kind": "half", "keep": "upper"}, "'upper'", "one of left, right"),
        ({"kind": "paint", "polygons": [[[0, 0], [1, 1]]]}, "polygons", "3 to"),
        ({"kind": "paint", "polygons": [[[0, 0], [1, 1], [2, 0]]]}, "polygons", "from 0 to 1"),
        ({"kind": "paint", "polygons": [[[0, 0], [1, 1], [0, 1, 0]]]}, "polygons", "[x, y]"),
        ({"kind": "paint", "polygons": "all"}, "'all'", "polygons"),
        ({"kind": "impute", "cells": [-1]}, "cells", "begin at 0"),
        ({"kind": "impute", "cells": 3}, "cells", "list"),
        ({"kind": "impute", "cells": [49]}, "don't fit", "7 x 7 has the cells 0 to 48"),
        ({"kind": "impute", "cells": [*range(3000), -1]}, "...", "begin at 0"),
    ],
)
def test_what_cannot_be_is_told(plain, message, hint):
    with pytest.raises(XrayDemoError) as error:
        Intervention.of_plain(plain)
    assert message in error.value.message
    assert hint in error.value.hint
    assert len(str(error.value)) < 500


def test_a_picture_that_is_too_long_is_refused():
    with pytest.raises(XrayDemoError, match="40000 x 1 pixels"):
        change(np.zeros((1, 40_000)), "jpeg")


# lungs


def test_the_black_box_covers_the_box_of_the_outline():
    lungs = np.zeros((10, 10), bool)
    lungs[2:5, 1:4] = True
    lungs[6, 7] = True
    picture = np.full((200, 100), 0.5, np.float32)
    covered = change(picture, "black_lungs", lungs) == 0
    assert covered[40:140, 10:80].all()
    assert covered.sum() == 100 * 70
    wider = change(picture, "black_lungs", lungs, margin=0.1, gray=1) == 1
    assert wider[30:150, 3:87].all()
    assert wider.sum() == 120 * 84
    all_of_it = change(picture, "black_lungs", lungs, margin=1)
    assert not all_of_it.any()


def test_without_lungs_the_middle_stands_for_them_and_the_note_says_so():
    old = radiograph(np.full((80, 160), 0.5, np.float32))
    specks = np.zeros((96, 96), bool)
    specks[:5, :5] = True
    for lungs in (None, specks):
        new = apply(old, Intervention("black_lungs"), lungs)
        assert (new.pixels[10:70, 20:140] == 0).all()
        assert (new.pixels == 0).sum() == 60 * 120
        assert "approximate" in new.notes[-1]
        assert "approximate" in apply(old, Intervention("only_lungs"), lungs).notes[-1]
        assert "approximate" not in apply(old, Intervention("jpeg"), lungs).notes[-1]
    whole = np.ones((4, 4), bool)
    assert "approximate" not in apply(old, Intervention("black_lungs"), whole).notes[-1]


def test_only_lungs_leaves_them_and_their_margin():
    lungs = np.zeros((100, 50), bool)
    lungs[30:70, 10:40] = True
    picture = np.full((200, 200), 0.5, np.float32)
    kept = change(picture, "only_lungs", lungs, margin=0) == 0.5
    assert kept.sum() == pytest.approx(80 * 120, rel=0.02)
    assert kept[61:139, 41:159].all()
    wider = change(picture, "only_lungs", lungs, margin=0.1) == 0.5
    assert wider[100, 21:179].all()  # 20 pixels more, to both sides
    assert not wider[100, :19].any()
    assert wider[41:159, 100].all()
    assert not wider[:39, 100].any()
    assert not wider[41, 21]  # round


@pytest.mark.parametrize(
    ("first", "moved"),
    [
        (Intervention("turn", {"degrees": 90}), np.s_[0:40, 60:100]),
        (Intervention("turn", {"degrees": 180}), np.s_[60:100, 60:100]),
        (Intervention("mirror"), np.s_[0:40, 60:100]),
        (Intervention("rotate", {"degrees": -90}), np.s_[60:100, 0:40]),
        (Intervention("crop", {"share": 0.2}), np.s_[0:20, 0:20]),
    ],
)
def test_the_lungs_go_along_where_the_picture_moves(first, moved):
    lungs = np.zeros((5, 5), bool)
    lungs[:2, :2] = True
    picture = np.full((100, 100), 0.5, np.float32)
    new, _ = alter(picture, [first, Intervention("black_lungs")], lungs)
    covered = new < 0.25
    assert covered[moved].mean() > 0.95
    assert covered.sum() == pytest.approx(covered[moved].size, rel=0.06)


# other parts


def test_the_ring_is_left_alone():
    picture = chest()
    ring = change(picture, "outer_ring", share=0.25)
    assert not ring[30:90, 25:75].any()
    ring[30:90, 25:75] = picture[30:90, 25:75]
    assert np.array_equal(ring, picture)


@pytest.mark.parametrize("width", [100, 101])
def test_halves_make_the_whole(width):
    picture = np.full((50, width), 0.5, np.float32)
    left, right = change(picture, "half"), change(picture, "half", keep="right")
    assert (left[:, :50] == 0.5).all()
    assert (right[:, -50:] == 0.5).all()
    assert not left[:, -50:].any()
    assert not right[:, :50].any()
    assert np.array_equal(np.maximum(left, right), picture)


def test_a_box_is_covered_where_it_is_placed():
    picture = chest()
    changed = change(picture, "box", left=0.2, top=0.5, width=0.3, height=0.25, gray=1.0)
    assert (changed[60:90, 20:50] == 1).all()
    changed[60:90, 20:50] = picture[60:90, 20:50]
    assert np.array_equal(changed, picture)
    over_the_edge = change(picture, "box", left=0.9, top=0.9, width=1.0, height=1.0)
    assert (over_the_edge[108:, 90:] == 0).all()
    assert np.array_equal(over_the_edge[:108], picture[:108])


@pytest.mark.parametrize("side", ["width", "height"])
def test_a_box_is_never_so_thin_that_it_covers_nothing(side):
    with pytest.raises(XrayDemoError, match=r"0\.02 to 1"):
        Intervention("box", {side: 0.0})
    picture = np.ones((120, 100), np.float32)
    assert (change(picture, "box", **{side: 0.02}) == 0).any()


def corners(picture, high, wide):
    sides = np.r_[:high, -high:0], np.r_[:wide, -wide:0]
    return picture[np.ix_(*sides)]


def test_corners_are_painted_with_their_surroundings_or_black():
    picture = np.full((200, 100), 0.3, np.float32)
    marked = picture.copy()
    marked[:30, :15] = marked[-30:, -15:] = 1
    assert change(marked, "paint_corners", size=0.15) == pytest.approx(picture, abs=1e-5)
    black = change(marked, "paint_corners", size=0.15, fill="black")
    assert not corners(black, 30, 15).any()
    assert (black == 0).sum() == 4 * 30 * 15


def test_letters_are_painted_over_and_the_chest_is_left():
    picture = (chest_like(np.random.default_rng(0), 448) / np.float32(255)) * np.float32(0.5)
    for text, brightness in (("L", 1.0), ("R", 0.7), ("PORTABLE", 1.0)):
        marked = change(picture, "marker", text=text, brightness=brightness, size=0.06)
        assert np.abs(marked - picture).max() > 0.25
        mended = change(marked, "paint_text")
        assert np.abs(mended - picture)[20:60].max() < 0.15
        assert (mended == marked).mean() > 0.95
        assert profile(mended, mended).statistics["burned_in_text"] == 0
    assert np.array_equal(change(picture, "paint_text"), picture)
    middle = change(picture, "marker", x=0.5, y=0.5)
    assert np.array_equal(change(middle, "paint_text"), middle)  # not in the outer fifth


def test_paint_covers_what_polygons_share():
    picture = np.full((100, 200), 0.5, np.float32)
    square = [[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75]]
    for polygons in ([square], [square, square]):
        painted = change(picture, "paint", polygons=polygons, gray=1) == 1
        assert painted[26:74, 51:149].all()
        assert painted.sum() == pytest.approx(50 * 100, rel=0.05)


def test_imputed_cells_only():
    picture = chest(119, 100)
    new = change(picture, "impute", cells=[0, 9], rows=7, columns=4)
    hole = np.zeros(picture.shape, bool)
    hole[:17, :25] = hole[34:51, 25:50] = True
    assert np.array_equal(new[~hole], picture[~hole])
    assert (new[hole] != picture[hole]).mean() > 0.9
    # what was there has no influence on what comes there
    other = np.where(hole, np.float32(1), picture)
    assert np.array_equal(change(other, "impute", cells=[0, 9], rows=7, columns=4), new)


def test_imputing_continues_a_ramp():
    ramp = np.broadcast_to(np.linspace(0, 1, 100, dtype=np.float32), (100, 100))
    new = change(ramp, "impute", cells=[24], noise=0)
    assert new == pytest.approx(ramp, abs=0.01)
    noisy = change(ramp, "impute", cells=[24], noise=0.05)
    assert (noisy - new)[new != ramp].std() == pytest.approx(0.05, rel=0.2)
    other = change(ramp, "impute", cells=[24], noise=0.05, seed=1)
    assert not np.array_equal(noisy, other)


def exactly_imputed(picture, hole):
    """Solve the system of ROAD pixel by pixel."""
    missing = {place: k for k, place in enumerate(map(tuple, np.argwhere(hole)))}
    system, right = lil_matrix((len(missing),) * 2), np.zeros(len(missing))
    for (y, x), k in missing.items():
        for dy, dx in np.ndindex(3, 3):
            neighbour = y + dy - 1, x + dx - 1
            inside = 0 <= neighbour[0] < hole.shape[0] and 0 <= neighbour[1] < hole.shape[1]
            if (dy, dx) == (1, 1) or not inside:
                continue
            weight = 1 / 6 if 1 in (dy, dx) else 1 / 12
            system[k, k] += weight
            if neighbour in missing:
                system[k, missing[neighbour]] -= weight
            else:
                right[k] += weight * picture[neighbour]
    solved = picture.astype(float)
    solved[hole] = spsolve(system.tocsc(), right)
    return solved


@pytest.mark.parametrize("n_removed", [1, 12, 40])
def test_a_fill_solves_the_linear_system(n_removed):
    picture = chest(56, 49)
    cells = np.zeros(49, bool)
    cells[np.random.default_rng(1).permutation(49)[:n_removed]] = True
    hole = np.kron(cells.reshape(7, 7), np.ones((8, 7))).astype(bool)
    gap = np.abs(filled(picture, hole) - exactly_imputed(picture, hole))
    assert gap.max() < 0.015
    assert gap[hole].mean() < 0.005


def test_where_all_is_removed_it_is_gray():
    assert (change(chest(), "impute", cells=list(range(49)), noise=0) == 0.5).all()


# things added


def test_a_marker_is_where_it_should_be():
    picture = np.zeros((400, 300), np.float32)
    new = change(picture, "marker", x=0.5, y=0.25, size=0.1, brightness=0.8)
    rows, columns = np.nonzero(new)
    assert rows.max() - rows.min() + 1 == pytest.approx(40, abs=1)
    assert (rows.max() + rows.min()) / 2 == pytest.approx(100, abs=1)
    assert (columns.max() + columns.min()) / 2 == pytest.approx(150, abs=1)
    assert new.max() == pytest.approx(0.8)
    darker = change(np.ones_like(picture), "marker", brightness=0)
    assert darker.min() == 0


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.05, 0.5), st.sampled_from(["L", "PORTABLE"]))
@settings(deadline=None, max_examples=50)
def test_a_marker_is_never_cut(x, y, size, text):
    picture = np.zeros((90, 120), np.float32)
    anywhere = change(picture, "marker", x=x, y=y, size=size, text=text)
    in_the_middle = change(picture, "marker", x=0.5, y=0.5, size=size, text=text)
    assert anywhere.sum() == pytest.approx(in_the_middle.sum(), rel=1e-5)


def test_a_border():
    white = change(chest(), "border", share=0.1, color="white")
    assert np.array_equal(white[12:-12, 10:-10], chest()[12:-12, 10:-10])
    white[12:-12, 10:-10] = 1
    assert (white == 1).all()
    assert not change(chest(), "border", share=0.1)[:12].any()


# tone


def test_gamma_contrast_and_bits():
    picture = np.array([[0.0, 0.5, 1.0]], np.float32)
    assert change(picture, "gamma", gamma=2).tolist() == [[0, 0.25, 1]]
    assert change(picture, "contrast", factor=0.5).tolist() == [[0.25, 0.5, 0.75]]
    assert change(picture, "contrast", factor=5).tolist() == [[0, 0.5, 1]]
    assert change(picture, "contrast", factor=0).tolist() == [[0.5, 0.5, 0.5]]
    ramp = np.linspace(0, 1, 1000, dtype=np.float32)[None]
    for bits in (1, 4, 8):
        assert len(np.unique(change(ramp, "bit_depth", bits=bits))) == 2**bits


@given(st.sampled_from([0.4, 0.7, 1.5, 3.0]))
def test_equalizing_undoes_gamma(gamma):
    picture = np.rint(np.random.default_rng(0).beta(2, 3, (64, 64)) * 30) / 30 * 0.8 + 0.1
    plain = change(picture, "equalize")
    both, _ = alter(
        picture.astype(np.float32),
        [Intervention("gamma", {"gamma": gamma}), Intervention("equalize")],
    )
    assert both == pytest.approx(plain, abs=1e-6)
    assert (plain.min(), plain.max()) == (0, 1)


def test_equalizing_gives_every_gray_the_same_area():
    picture = np.random.default_rng(0).beta(2, 5, (300, 300))
    counts, _ = np.histogram(change(picture, "equalize"), 10, (0, 1))
    assert counts == pytest.approx(np.full(10, 9000), rel=0.02)
    blank = np.full((5, 5), 0.3, np.float32)
    assert np.array_equal(change(blank, "equalize"), blank)


@given(pictures)
def test_inverting_twice_is_the_identity(picture):
    twice = change(change(picture, "invert"), "invert")
    assert twice == pytest.approx(picture, abs=1e-7)


# pipelines


def test_jpeg_loses_more_at_lower_quality():
    picture = chest()
    losses = [np.abs(change(picture, "jpeg", quality=q) - picture).mean() for q in (100, 50, 5)]
    assert losses == sorted(losses)
    assert losses[0] < 1 / 255
    assert losses[2] > 2 / 255


def test_resampling_loses_detail_and_keeps_means():
    picture = np.indices((100, 200)).sum(axis=0) % 2
    new = change(picture, "resample", side=50)
    assert new == pytest.approx(np.full((100, 200), 0.5), abs=1e-5)
    assert np.array_equal(change(picture, "resample", side=200), picture)


@pytest.mark.parametrize("sigma", [0.005, 0.01, 0.05])
def test_blur_is_a_gaussian_of_the_given_width(sigma):
    picture = np.zeros((400, 400), np.float32)
    picture[198:202, 198:202] = 1
    new = change(picture, "blur", sigma=sigma).astype(float)
    across = new.sum(axis=0) / new.sum()
    x = np.arange(400)
    deviation = np.sqrt(across @ (x - across @ x) ** 2)
    assert across @ x == pytest.approx(199.5, abs=0.1)
    assert deviation == pytest.approx(np.hypot(sigma * 400, np.sqrt(15 / 12)), rel=0.03)
    assert change(np.ones((40, 30)), "blur", sigma=0.1) == pytest.approx(1.0)


def test_noise_has_its_deviation_and_its_seed():
    picture = np.full((200, 200), 0.5, np.float32)
    new = change(picture, "noise", deviation=0.1)
    assert (new - picture).std() == pytest.approx(0.1, rel=0.02)
    assert np.array_equal(new, change(picture, "noise", deviation=0.1))
    assert not np.array_equal(new, change(picture, "noise", deviation=0.1, seed=1))


# geometry


@given(pictures)
def test_four_turns_and_two_mirrors_are_the_identity(picture):
    four = [Intervention("turn")] * 4
    assert np.array_equal(alter(picture, four)[0], picture)
    assert np.array_equal(alter(picture, [Intervention("mirror")] * 2)[0], picture)
    half = Intervention("turn", {"degrees": 180})
    three = Intervention("turn", {"degrees": 270})
    assert np.array_equal(alter(picture, four[:2])[0], alter(picture, [half])[0])
    assert np.array_equal(alter(picture, four[:3])[0], alter(picture, [three])[0])


def test_turning_and_rotating_are_clockwise():
    picture = np.zeros((51, 51), np.float32)
    picture[:10, 20:31] = 1  # at the top
    turned = change(picture, "turn")
    assert turned[20:31, -10:].all()  # at the right
    rotated = change(picture, "rotate", degrees=90)
    assert rotated == pytest.approx(turned, abs=1e-4)
    tilted = change(np.ones((100, 100)), "rotate", degrees=10)
    assert not tilted[[0, 0, -1, -1], [0, -1, 0, -1]].any()
    assert tilted[50, 50] == 1


def test_cropping():
    assert np.array_equal(change(chest(), "crop", share=0.25), chest()[30:-30, 25:-25])
    assert change(np.ones((1, 2)), "crop", share=0.45).shape == (1, 2)
    assert change(np.ones((3, 30)), "crop", share=0.45).shape == (1, 2)


# real files


@pytest.mark.parametrize("kind", KINDS)
def test_threads_do_not_disturb_one_another(kind):
    olds = [radiograph(chest(100 + k, 90)) for k in range(8)]
    alone = [apply(old, typical(kind)).pixels for old in olds]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda old: apply(old, typical(kind)).pixels, olds))
    for one, other in zip(alone, together, strict=True):
        assert np.array_equal(one, other)


@pytest.mark.shared
@pytest.mark.parametrize("kind", KINDS)
def test_real_x_rays_change(shared_data, kind):
    files = sorted((shared_data / "dicom" / "cohen").rglob("*.dcm"))[:2]
    assert files
    for file in files:
        old = read(file)
        shown = old.presented()
        new = apply(old, typical(kind))
        assert np.array_equal(new.presented(), new.pixels)
        assert kind == "paint_text" or not np.array_equal(new.pixels, shown)
        assert new.facts == old.facts


def test_lungs_that_are_gone_leave_nothing_to_cover() -> None:
    picture, changes = np.zeros((1, 1), np.float32), [Intervention("crop", {"share": 0.0})]
    changed, _ = alter(picture, [*changes, Intervention("black_lungs")])
    assert changed.shape == (1, 1)
