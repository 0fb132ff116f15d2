"""Numbers of heat maps, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from xraydemo.evaluation.confounding.heatmap_share import (
    cells_of_outlines,
    centred_blob,
    is_in_boxes,
    outline_of_boxes,
    share_inside,
    strongest_point,
)


def test_a_cell_that_is_covered_in_part_counts_in_part() -> None:
    outline = np.zeros((1, 12, 12), bool)
    outline[0, :, :3] = True  # of the first two columns of six pixels, the first half
    np.testing.assert_allclose(cells_of_outlines(outline, 2)[0], [[0.5, 0], [0.5, 0]])


def test_cells_need_not_divide_the_outline() -> None:
    outline = np.zeros((1, 96, 96), bool)
    outline[0, :48] = True
    cells = cells_of_outlines(outline, 7)[0]
    np.testing.assert_allclose(cells[:, 0], [1, 1, 1, 0.5, 0, 0, 0], atol=1e-5)


@given(hnp.arrays(bool, (1, 28, 28)))
def test_the_area_is_kept(outline) -> None:
    assert cells_of_outlines(outline, 7).mean() == pytest.approx(outline.mean(), abs=1e-6)


def test_only_positive_evidence_counts() -> None:
    maps = np.array([[[3.0, -5.0], [1.0, 0.0]], [[-1.0, -1.0], [0.0, 0.0]]])
    left = np.array([[[1.0, 0.0], [1.0, 0.0]]] * 2)
    top = np.array([[[1.0, 1.0], [0.0, 0.0]]] * 2)
    assert share_inside(maps, left)[0] == 1
    assert share_inside(maps, top)[0] == pytest.approx(0.75)
    assert np.isnan(share_inside(maps, left)[1])


@given(hnp.arrays(np.float64, (3, 4, 4), elements=st.floats(-5, 5, width=16)), st.floats(0, 1))
def test_a_blind_mask_holds_its_own_share(maps, share) -> None:
    found = share_inside(maps, np.full((3, 4, 4), share))
    assert ((np.isnan(found)) | (np.abs(found - share) < 1e-6)).all()


def test_the_strongest_point_is_where_the_map_is_drawn_strongest() -> None:
    one = np.zeros((7, 7))
    one[1, 5] = 1.0
    x, y = strongest_point(one)
    assert x == pytest.approx(5.5 / 7, abs=0.01)
    assert y == pytest.approx(1.5 / 7, abs=0.01)


def test_boxes_are_left_top_width_height() -> None:
    boxes = [(0.5, 0.0, 0.25, 0.5), (0.5, 0.25, 0.5, 0.25)]
    outline = outline_of_boxes(boxes, 8)
    assert outline[:4, 4:6].all()
    assert outline[2:4, 4:].all()
    assert outline.sum() == 8 + 4
    assert is_in_boxes((0.6, 0.1), boxes)
    assert is_in_boxes((0.9, 0.3), boxes)
    assert not is_in_boxes((0.9, 0.1), boxes)
    assert not is_in_boxes((0.1, 0.6), boxes)


def test_a_blob_is_strongest_in_the_middle_and_the_same_on_all_sides() -> None:
    blob = centred_blob(7)
    assert blob.argmax() == 24
    np.testing.assert_allclose(blob, blob.T)
    np.testing.assert_allclose(blob, blob[::-1])
