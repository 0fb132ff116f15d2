import numpy as np
import pytest

from xraydemo.desktop.overlays import outlines, unlike_rgba
from xraydemo.desktop.text import UNLIKE_FROM, UNLIKE_FULL


def test_what_is_usual_is_clear_and_what_is_not_is_dense():
    unlike = np.full((16, 16), 1.0)
    unlike[:8] = UNLIKE_FULL + 5
    rgba = unlike_rgba(unlike, (64, 32))
    assert rgba.shape == (64, 32, 4)
    assert rgba[-1, :, 3].max() == 0
    assert rgba[0, :, 3].min() == round(0.7 * 255)
    assert unlike_rgba(np.full((16, 16), UNLIKE_FROM), (8, 8))[..., 3].max() == 0


def test_an_outline_goes_around_each_part():
    mask = np.zeros((100, 200), bool)
    mask[20:80, 20:60] = mask[20:80, 120:180] = True
    edges = sorted(outlines(mask), key=lambda edge: edge[:, 0].min())
    for edge, (left, right) in zip(edges, [(0.1, 0.3), (0.6, 0.9)], strict=True):
        assert edge[:, 0].min() == pytest.approx(left, abs=0.01)
        assert edge[:, 0].max() == pytest.approx(right, abs=0.01)
        assert edge[:, 1].min() == pytest.approx(0.2, abs=0.01)
        assert edge[:, 1].max() == pytest.approx(0.8, abs=0.01)
    assert outlines(np.zeros((10, 10), bool)) == []
