"""The X-rays of a training, decoded once and kept, and the stream of batches made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from xraydemo.classes import CLASSES
from xraydemo.model.lungs import lung_box
from xraydemo.model.preprocess import Preprocessing, preprocess
from xraydemo.radiograph import Radiograph, read
from xraydemo.training.augment import Box, augment, cover_middle, swap_surroundings
from xraydemo.training.recipe import Recipe

MIDDLE: Box = (0.125, 0.125, 0.875, 0.875)  # the central 75 % of each side
LONGEST_SIDE = 288  # kept in memory; enough for tensors of 224 after a zoom
SIDE_OF_PLACES = 60  # a whole number of pixels a cell, for tensors of 128, 160 and 192
Progress = Callable[[int, int], None]


def load_pictures(paths: list[Path], progress: Progress) -> list[NDArray[np.uint8]]:
    """Decode X-rays as a reader sees them, in 8 bits, larger ones reduced.

    Parameters
    ----------
    paths : list of Path
    progress : callable
        Is given the number done and the number in all.

    Returns
    -------
    list of ndarray of uint8, shape (height, width)
    """
    pictures = []
    with ThreadPoolExecutor() as pool:
        for picture in pool.map(lambda path: reduced(read(path)), paths):
            pictures.append(picture)
            progress(len(pictures), len(paths))
    return pictures


def reduced(radiograph: Radiograph) -> NDArray[np.uint8]:
    """Give what a reader sees, in 8 bits, the longest side at most 288: shape (height, width)."""
    image = Image.fromarray(radiograph.presentation.apply_8bit(radiograph.pixels))
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BILINEAR, reducing_gap=3.0)
    return np.asarray(image)


def as_presented(picture: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn a kept picture into what ``Radiograph.presented()`` gives; float32 is that already."""
    gray = picture.astype(np.float32)
    return gray if picture.dtype == np.float32 else gray / np.float32(255)


def plain_tensors(
    pictures: Sequence[NDArray[np.uint8] | NDArray[np.float32]], how: Preprocessing, batch_size: int
) -> Iterator[Tensor]:
    """Give the pictures in order, as they will be read later: batches of (n, 3, side, side)."""
    for start in range(0, len(pictures), batch_size):
        batch = pictures[start : start + batch_size]
        yield torch.from_numpy(np.stack([preprocess(as_presented(p), how) for p in batch]))


class Batch(NamedTuple):
    """What a network learns from in one step.

    Attributes
    ----------
    inputs : Tensor, shape (n, 3, side, side)
    targets : Tensor, shape (n, 4)
        The label's class has 1, or every class 1/4 where the lungs are covered.
    places : Tensor, shape (n, 60, 60)
        Where evidence may lie: 1 in the lungs, and everywhere where they are covered or unknown.
    """

    inputs: Tensor
    targets: Tensor
    places: Tensor


class Batches:
    """An endless stream of augmented batches, balanced over class, source and view.

    Every class is drawn equally often, within a class every source, and within a source every
    view: neither how common a class is, nor where most of it came from, nor whether its patients
    stood or lay, pays.

    Parameters
    ----------
    pictures : list of ndarray of uint8
    labels : ndarray of int, shape (n,)
    origins : tuple of ndarray of str, shape (n,)
        Where each comes from, the coarsest first: the source, the view.
    recipe : Recipe
    how : Preprocessing
    seed : int
        The stream is the same for the same seed.
    outlines : list of ndarray of uint8 or None, optional
        Of the lungs of each picture, lying over it by stretching; none are known if absent.
    """

    def __init__(
        self,
        pictures: list[NDArray[np.uint8]],
        labels: NDArray[np.intp],
        origins: tuple[NDArray[np.str_], ...],
        recipe: Recipe,
        how: Preprocessing,
        seed: int,
        outlines: Sequence[NDArray[np.uint8] | None] = (),
    ) -> None:
        self._pictures = pictures
        self._outlines = outlines or [None] * len(pictures)
        self._boxes = [None if one is None else lung_box(one > 0) for one in self._outlines]
        self._labels = labels
        self._recipe = recipe
        self._how = how
        self._generator = np.random.default_rng(seed)
        self._weights = balance(labels, *origins) if recipe.balance_origins else balance(labels)
        self._pool = ThreadPoolExecutor(max_workers=2)
        self.side = how.side

    def __enter__(self) -> Batches:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def epoch(self) -> Iterator[Batch]:
        """Give as many X-rays as there are, drawn with replacement; the next batch is made ahead.

        Yields
        ------
        Batch
            With a weight of consistency, its second half holds other variants of the X-rays of
            the first.
        """
        size = self._recipe.batch_size
        drawn = self._generator.choice(len(self._labels), len(self._labels), p=self._weights)
        starts = range(0, len(drawn) - size + 1, size)
        waiting = [
            self._pool.submit(self._batch, drawn[s : s + size], self._spawn()) for s in starts[:2]
        ]
        for start in [*starts[2:], None, None][: len(starts)]:
            batch = waiting.pop(0).result()
            if start is not None:
                rows = drawn[start : start + size]
                waiting.append(self._pool.submit(self._batch, rows, self._spawn()))
            yield batch

    def _spawn(self) -> np.random.Generator:
        """Give each batch its own generator, so that threads don't change what is drawn."""
        return self._generator.spawn(1)[0]

    def _batch(self, rows: NDArray[np.intp], generator: np.random.Generator) -> Batch:
        if self._recipe.consistency:
            rows = np.tile(rows[: len(rows) // 2], 2)
        made = [self._variant(int(row), generator) for row in rows]
        return Batch(*(torch.from_numpy(np.stack(part)) for part in zip(*made, strict=True)))

    def _variant(
        self, row: int, generator: np.random.Generator
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        recipe = self._recipe
        image, outline = self._reduced(row), self._outlines[row]
        target = np.zeros(len(CLASSES), np.float32)
        target[self._labels[row]] = 1
        chance = generator.random()
        if chance < recipe.blacked:
            image = cover_middle(image, self._middle(row, generator), generator)
            target[:] = 1 / len(CLASSES)
            outline = None
        elif chance < recipe.blacked + recipe.swapped:
            other = self._reduced(generator.choice(len(self._labels), p=self._weights))
            middle = self._middle(row, generator)
            image = swap_surroundings(image, middle, other, generator)
        known = np.ones((1, 1), np.uint8) if outline is None else outline
        lungs = cv2.resize(known.astype(np.float32), image.shape[::-1])
        varied, lungs = augment(image, np.asarray(lungs), recipe, generator)
        places = np.ones((SIDE_OF_PLACES, SIDE_OF_PLACES), np.float32)
        if outline is not None:
            cv2.resize(lungs, places.shape, places, interpolation=cv2.INTER_AREA)
        return preprocess(varied, self._how, self.side), target, places

    def _middle(self, row: int, generator: np.random.Generator) -> Box:
        """Give the box of the lungs, where they are known, as often as the middle of the X-ray.

        The lungs' own box leaves more around it, and all of that must tell nothing either.
        """
        own = generator.random() < 0.5
        return (self._boxes[row] if own else None) or MIDDLE

    def _reduced(self, row: int) -> NDArray[np.float32]:
        """Give a picture no larger than is of use, for the sake of speed."""
        picture = self._pictures[row]
        share = 1.4 * self.side / max(picture.shape)
        if share < 1:
            height, width = picture.shape
            smaller = (round(width * share), round(height * share))
            picture = np.asarray(cv2.resize(picture, smaller, interpolation=cv2.INTER_AREA))
        return as_presented(picture)


def balance(*levels: NDArray[np.generic]) -> NDArray[np.float64]:
    """Give each row its probability: at each level, what occurs there is equally likely.

    Parameters
    ----------
    *levels : ndarray, shape (n,)
        Classes; in each class its sources; in each source its views.

    Returns
    -------
    ndarray of float, shape (n,)
        They sum to 1.
    """
    weights = np.ones(len(levels[0]))
    cells = np.zeros(len(levels[0]), dtype=np.intp)
    for level in levels:
        values = np.unique(level, return_inverse=True)[1]
        parents, cells = (
            cells,
            np.unique(np.stack([cells, values]), axis=1, return_inverse=True)[1].ravel(),
        )
        for parent in np.unique(parents):
            inside = parents == parent
            weights[inside] /= len(np.unique(cells[inside]))
    return np.asarray(weights / np.bincount(cells)[cells])
