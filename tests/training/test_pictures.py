from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from tests.conftest import chest_like
from xraydemo.model.preprocess import Preprocessing, preprocess
from xraydemo.radiograph import read
from xraydemo.training.pictures import (
    MIDDLE,
    Batch,
    Batches,
    balance,
    load_pictures,
    plain_tensors,
)
from xraydemo.training.recipe import Recipe

HOW = Preprocessing(side=32)


def test_training_sees_what_serving_sees(tmp_path) -> None:
    """The tensor of a kept picture equals the one that the engine makes of the file."""
    path = tmp_path / "x.png"
    Image.fromarray(chest_like(np.random.default_rng(0), 256)).save(path)
    kept = load_pictures([path], lambda done, n: None)
    (tensors,) = plain_tensors(kept, HOW, batch_size=4)
    served = preprocess(read(path).presented(), HOW)
    np.testing.assert_allclose(tensors[0].numpy(), served, atol=1e-6)


def test_classes_and_their_sources_are_equally_likely() -> None:
    labels = np.array([0] * 6 + [1] * 2)
    sources = np.array(["a"] * 5 + ["b"] + ["a"] * 2)
    weights = balance(labels, sources)
    np.testing.assert_allclose(weights, [0.05] * 5 + [0.25] + [0.25] * 2)
    views = np.array(["AP"] * 4 + ["PA"] + ["AP"] * 3)
    weights = balance(labels, sources, views)
    np.testing.assert_allclose(weights, [1 / 32] * 4 + [1 / 8] + [0.25] + [0.25] * 2)


def test_the_stream_is_the_same_for_the_same_seed() -> None:
    generator = np.random.default_rng(0)
    pictures = [chest_like(generator, 64) for _ in range(12)]
    labels = np.arange(12) % 4
    sources = np.full(12, "a")

    def stream(seed: int) -> list[torch.Tensor]:
        with Batches(pictures, labels, (sources,), Recipe(batch_size=5), HOW, seed) as batches:
            return [part for batch in batches.epoch() for part in batch]

    first, same, other = stream(1), stream(1), stream(2)
    assert [tuple(t.shape) for t in first] == [(5, 3, 32, 32), (5, 4), (5, 60, 60)] * 2
    assert all(torch.equal(a, b) for a, b in zip(first, same, strict=True))
    assert not torch.equal(first[0], other[0])


def batch_of(recipe: Recipe, outline: np.ndarray | None = None) -> Batch:
    generator = np.random.default_rng(0)
    pictures = [chest_like(generator, 64) for _ in range(40)]
    origins = (np.full(40, "a"),)
    outlines = [outline] * 40
    with Batches(pictures, np.arange(40) % 4, origins, recipe, HOW, 0, outlines) as batches:
        return next(batches.epoch())


def test_covered_lungs_are_evidence_for_nothing() -> None:
    covered = batch_of(Recipe(batch_size=20, blacked=1, swapped=0)).targets
    assert (covered == 0.25).all()
    swapped = batch_of(Recipe(batch_size=20, blacked=0, swapped=1)).targets
    assert set(swapped.unique().tolist()) == {0, 1}
    assert (swapped.sum(dim=1) == 1).all()


@pytest.mark.parametrize(("known", "boxes"), [(True, {MIDDLE, (0, 0, 1, 0.5)}), (False, {MIDDLE})])
@pytest.mark.parametrize("way", ["cover_middle", "swap_surroundings"])
def test_the_lungs_own_box_is_taken_as_often_as_the_middle(way, known, boxes, monkeypatch) -> None:
    taken = []

    def note(image, box, *_):
        taken.append(box)
        return image

    monkeypatch.setattr(f"xraydemo.training.pictures.{way}", note)
    shares = (1, 0) if way == "cover_middle" else (0, 1)
    recipe = Recipe(batch_size=20, blacked=shares[0], swapped=shares[1])
    batch_of(recipe, LEFT if known else None)
    assert set(taken) == boxes
    assert 0.2 < np.mean([box == MIDDLE for box in taken]) <= 1


def test_two_variants_of_one_stand_in_two_halves() -> None:
    inputs, targets, _ = batch_of(Recipe(batch_size=20, consistency=1, blacked=0))
    assert torch.equal(targets[:10], targets[10:])
    assert not torch.equal(inputs[:10], inputs[10:])


LEFT = np.repeat([[1] * 48 + [0] * 48], 96, axis=0).astype(np.uint8)


@pytest.mark.parametrize("swapped", [0.0, 1.0])
def test_evidence_may_lie_in_the_lungs_of_the_picture_that_gives_the_class(swapped) -> None:
    places = batch_of(Recipe(batch_size=20, blacked=0, swapped=swapped), LEFT).places
    assert places.shape == (20, 60, 60)
    assert (places[:, 20:40, 10:20] > 0.9).all()
    assert (places[:, 20:40, 45:50] < 0.1).all()


def test_evidence_may_lie_anywhere_where_lungs_are_covered_or_unknown() -> None:
    covered = batch_of(Recipe(batch_size=20, blacked=1), LEFT).places
    unknown = batch_of(Recipe(batch_size=20, blacked=0)).places
    assert (covered == 1).all()
    assert (unknown == 1).all()
