from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from tests.desktop.conftest import make_reading
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
