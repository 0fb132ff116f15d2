from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from xraydemo.errors import BadBundle
from xraydemo.model.lungs import LungFinder, dice, load_lungs, lung_box, without_specks
from xraydemo.model.preprocess import preprocess
from xraydemo.model.torch_lungs import LungNet, export_lungs, load_lung_net
from xraydemo.training.lungs import WIDTHS, write_lungs


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("lungs") / "tiny"
    write_lungs(folder, LungNet(WIDTHS).eval(), metrics={}, provenance={})
    return load_lungs(folder)


def test_openvino_outlines_what_torch_outlines(bundle, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda *_, **__: str(tmp_path))
    export_lungs(bundle)
    image = np.random.default_rng(0).random((60, 80), np.float32)
    tensor = preprocess(image, bundle.card.preprocessing)[None, :1]
    with torch.inference_mode():
        expected = load_lung_net(bundle)(torch.from_numpy(tensor)).numpy()[0]
    found = LungFinder(bundle).outline(image)
    assert found.shape == (96, 96)
    clear = np.abs(expected) > 1e-3
    np.testing.assert_array_equal(found[clear], without_specks(expected > 0)[clear])


def test_altered_weights_are_refused(bundle, tmp_path) -> None:
    for name in ("lungs.json", "model.safetensors"):
        (tmp_path / name).write_bytes((bundle.folder / name).read_bytes())
    assert load_lungs(tmp_path).card == bundle.card
    (tmp_path / "model.safetensors").write_bytes(b"other")
    with pytest.raises(BadBundle, match="is not the file"):
        load_lungs(tmp_path)
    with pytest.raises(BadBundle, match="There is no lung segmenter"):
        load_lungs(tmp_path / "nothing")


def test_the_box_goes_around_both_lungs() -> None:
    outline = np.zeros((20, 10), bool)
    outline[4:14, 1:4] = outline[5:12, 6:9] = True
    assert lung_box(outline) == pytest.approx((0.2, 0.1, 0.7, 0.9))
    assert lung_box(outline, margin=0.1) == pytest.approx((0.15, 0.02, 0.75, 0.98))
    assert lung_box(outline, margin=1) == (0, 0, 1, 1)
    assert lung_box(np.zeros((20, 10), bool)) is None


def test_specks_are_taken_away() -> None:
    outline = np.zeros((20, 20), bool)
    outline[2:8, 2:8] = True
    speck = outline.copy()
    speck[15, 15] = True
    np.testing.assert_array_equal(without_specks(speck), outline)
    assert not without_specks(np.zeros((20, 20), bool)).any()


def test_dice_by_hand() -> None:
    first = np.array([[True, True, False, False]])
    second = np.array([[False, True, True, True]])
    assert dice(first, second) == pytest.approx(2 * 1 / 5)
    assert dice(first, ~first) == 0
    assert dice(np.zeros((2, 2), bool), np.zeros((2, 2), bool)) == 1


@given(rows=st.tuples(st.integers(0, 19), st.integers(0, 19)).map(sorted))
def test_a_box_holds_its_outline(rows) -> None:
    outline = np.zeros((20, 20), bool)
    outline[rows[0] : rows[1] + 1, 2:18] = True
    box = lung_box(outline)
    assert (box is None) == (outline.mean() < 0.08)
    if box:
        assert box == pytest.approx((rows[0] / 20, 0.1, (rows[1] + 1) / 20, 0.9))
