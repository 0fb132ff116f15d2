from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import pytest
from matplotlib.figure import Figure

from tests.desktop.conftest import make_judged, make_reading
from xraydemo.errors import XrayDemoError
from xraydemo.report.counterfactual import write_counterfactual

PICTURES = (np.full((20, 16), 90, np.uint8), np.zeros((20, 16), np.uint8))
READINGS = (make_reading("covid"), make_reading("normal"))


@pytest.mark.parametrize(
    ("name", "start"), [("a.png", b"\x89PNG"), ("a.PDF", b"%PDF"), ("a.svg", b"<?xml")]
)
def test_the_ending_says_the_format(tmp_path, name, start):
    write_counterfactual(tmp_path / name, PICTURES, READINGS, ["a black box"])
    assert (tmp_path / name).read_bytes().startswith(start)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_an_old_figure_stays_when_the_writing_ends_in_the_middle(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    path.write_bytes(b"the old one")

    def half(_, where, **__):
        where.write_bytes(b"half a fig")
        raise KeyboardInterrupt

    monkeypatch.setattr(Figure, "savefig", half)
    with pytest.raises(KeyboardInterrupt):
        write_counterfactual(path, PICTURES, READINGS, [])
    assert path.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["a.doc", "a", "nowhere/a.png"])
def test_what_can_not_be_written_is_told(tmp_path, name):
    with pytest.raises(XrayDemoError, match="can't be written"):
        write_counterfactual(tmp_path / name, PICTURES, READINGS, [])
    assert list(tmp_path.iterdir()) == []


def test_the_number_within_a_bar_is_read_on_its_colour(tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(Figure, "savefig", lambda drawing, where, **_: drawn.append(drawing))
    monkeypatch.setattr("xraydemo.report.counterfactual.replaced", lambda path: nullcontext(path))
    sure = tuple(make_judged(label, share=0.99) for label in ("normal", "opacity"))
    write_counterfactual(tmp_path / "a.png", PICTURES, sure, [])
    for axes, ink in zip(drawn[0].axes[2:], ("white", "#222222"), strict=True):
        inside = [words for words in axes.texts if words.get_ha() == "right"]
        assert [words.get_color() for words in inside] == [ink]
        assert {words.get_color() for words in axes.texts if words.get_ha() == "left"} == {
            "#222222"
        }
