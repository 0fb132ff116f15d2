from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from xraydemo.model.lungs import load_lungs
from xraydemo.training.lungs import fit_lungs, lungs_readme, measure, overlap_loss, train_lungs


def two_discs(generator, side=64) -> tuple[np.ndarray, np.ndarray]:
    """Two dark discs, on a gray that varies: something to outline."""
    y, x = np.mgrid[:side, :side] / side
    shift = generator.uniform(-0.05, 0.05)
    mask = np.hypot((y - 0.5 - shift) / 1.4, np.minimum(abs(x - 0.3), abs(x - 0.7))) < 0.17
    gray = generator.integers(140, 200) - 90 * mask + generator.normal(0, 5, mask.shape)
    return gray.astype(np.uint8), mask


def test_it_learns_to_outline() -> None:
    generator = np.random.default_rng(0)
    pictures, masks = zip(*(two_discs(generator) for _ in range(12)), strict=True)
    untrained = fit_lungs(list(pictures), list(masks), steps=1, seed=0)
    network = fit_lungs(list(pictures), list(masks), steps=20, seed=0)
    after, before = (measure(n, list(pictures), list(masks)).mean() for n in (network, untrained))
    assert after > 0.5
    assert after > before + 0.1


def test_the_loss_by_hand() -> None:
    """Where nothing is known, each pixel costs log 2, and the soft outline overlaps by half."""
    targets = torch.zeros(1, 4, 4)
    targets[0, :2] = 1
    loss = overlap_loss(torch.zeros(1, 4, 4), targets)
    assert float(loss) == pytest.approx(np.log(2) + 1 - (2 * 4 + 1) / (8 + 8 + 1))


def test_a_folder_becomes_a_segmenter(tmp_path) -> None:
    generator = np.random.default_rng(0)
    lines = ["file,split,patient_id"]
    (tmp_path / "lung-masks").mkdir()
    for i in range(12):
        picture, mask = two_discs(generator)
        Image.fromarray(picture).save(tmp_path / f"x{i}.png")
        Image.fromarray(mask).save(tmp_path / "lung-masks" / f"x{i}.png")
        lines.append(f"x{i}.png,{'dev' if i < 8 else 'report'},p{i}")
    lines.append("none.png,dev,p99")  # has no outline
    (tmp_path / "external.csv").write_text("\n".join(lines))
    card = train_lungs(tmp_path, tmp_path / "mine", steps=2, seed=0)
    assert card.provenance["data"]["outlines_seen"] == 7
    assert card.metrics["dev, held out"]["dice"]["n"] == 1
    assert card.metrics["report"]["dice"]["n"] == 4
    assert load_lungs(tmp_path / "mine").card == card
    assert (tmp_path / "mine" / "README.md").read_text() == lungs_readme(card)


def test_the_shipped_segmenter_tells_what_it_is() -> None:
    told = lungs_readme(load_lungs().card)
    assert "90 outlines of lungs" in told
    assert "| report | 0.953 | 0.946 to 0.960 | 71 | 49 | 0.840 |" in told
    assert "Never for care" in told
    assert "CC BY-NC-SA" in told
