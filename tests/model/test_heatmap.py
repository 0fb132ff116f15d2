from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from xraydemo.model.heatmap import colour, colour_bar, has_evidence, overlay


def test_no_evidence_is_transparent() -> None:
    assert (colour(np.zeros((7, 7)), (70, 90), scale=1.0)[..., 3] == 0).all()


def test_shape_follows_the_image() -> None:
    assert colour(np.ones((7, 7)), (70, 90), scale=1.0).shape == (70, 90, 4)


def test_for_is_orange_and_against_is_blue() -> None:
    raw = np.array([[1.0, -1.0]])
    rgba = colour(raw, (2, 40), scale=1.0).astype(int)
    first, last = rgba[0, 0], rgba[0, -1]
    assert first[0] > first[2]
    assert last[2] > last[0]


def test_a_weak_map_looks_weak() -> None:
    weak = colour(np.full((7, 7), 0.1), (14, 14), scale=1.0)
    strong = colour(np.full((7, 7), 1.0), (14, 14), scale=1.0)
    assert weak[..., 3].max() < strong[..., 3].min() / 5


@given(opacity=st.floats(0, 1), value=st.floats(-3, 3))
@settings(max_examples=30)
def test_opacity_scales_alpha(opacity, value) -> None:
    raw = np.full((4, 4), value)
    full = colour(raw, (4, 4), 1.0)[..., 3].astype(float)
    np.testing.assert_allclose(colour(raw, (4, 4), 1.0, opacity)[..., 3], full * opacity, atol=1)


def test_colour_bar_runs_from_for_to_against() -> None:
    bar = colour_bar(101).astype(int)
    assert bar.shape == (101, 1, 4)
    assert bar[0, 0, 0] > bar[0, 0, 2]
    assert bar[50, 0, 3] == 0
    assert bar[-1, 0, 2] > bar[-1, 0, 0]


def test_overlay_by_hand() -> None:
    gray = np.array([[100]], dtype=np.uint8)
    rgba = np.array([[[255, 0, 50, 51]]], dtype=np.uint8)  # alpha 0.2
    assert overlay(gray, rgba).tolist() == [[[131, 80, 90]]]


def test_evidence() -> None:
    assert not has_evidence(np.full((7, 7), -1.0), scale=1.0)
    assert not has_evidence(np.full((7, 7), 0.01), scale=1.0)
    assert has_evidence(np.eye(7), scale=1.0)
