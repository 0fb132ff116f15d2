"""The X-rays of a training, decoded once and kept, and the stream of batches made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from xraydemo.model.preprocess import Preprocessing, preprocess
from xraydemo.radiograph import read
from xraydemo.training.augment import augment
from xraydemo.training.recipe import Recipe

LONGEST_SIDE = 288  # kept in memory; enough for tensors of 224 after a zoom
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
        for picture in pool.map(_load, paths):
            pictures.append(picture)
            progress(len(pictures), len(paths))
    return pictures


def _load(path: Path) -> NDArray[np.uint8]:
    radiograph = read(path)
    image = Image.fromarray(radiograph.presentation.apply_8bit(radiograph.pixels))
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BILINEAR, reducing_gap=3.0)
    return np.asarray(image)


def as_presented(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Turn a kept picture into what ``Radiograph.presented()`` gives."""
    return picture.astype(np.float32) / np.float32(255)


def plain_tensors(
    pictures: list[NDArray[np.uint8]], how: Preprocessing, batch_size: int
) -> Iterator[Tensor]:
    """Give the pictures in order, as they will be read later: batches of (n, 3, side, side)."""
    for start in range(0, len(pictures), batch_size):
        batch = pictures[start : start + batch_size]
        yield torch.from_numpy(np.stack([preprocess(as_presented(p), how) for p in batch]))


class Batches:
    """An endless stream of augmented batches, balanced over class and source.

    Every class is drawn equally often and, within a class, every source, so that neither how
    common a class is nor where most of it came from pays.

    Parameters
    ----------
    pictures : list of ndarray of uint8
    labels : ndarray of int, shape (n,)
    sources : ndarray of str, shape (n,)
    recipe : Recipe
    how : Preprocessing
    seed : int
        The stream is the same for the same seed.
    """

    def __init__(
        self,
        pictures: list[NDArray[np.uint8]],
        labels: NDArray[np.intp],
        sources: NDArray[np.str_],
        recipe: Recipe,
        how: Preprocessing,
        seed: int,
    ) -> None:
        self._pictures = pictures
        self._labels = labels
        self._recipe = recipe
        self._how = how
        self._generator = np.random.default_rng(seed)
        self._weights = balance(labels, sources)
        self._pool = ThreadPoolExecutor(max_workers=2)
        self.side = how.side

    def __enter__(self) -> Batches:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def epoch(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Give as many X-rays as there are, drawn with replacement; the next batch is made ahead.

        Yields
        ------
        (Tensor, Tensor)
            Inputs (n, 3, side, side) and labels (n,).
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

    def _batch(
        self, rows: NDArray[np.intp], generator: np.random.Generator
    ) -> tuple[Tensor, Tensor]:
        tensors = [
            preprocess(
                augment(as_presented(self._pictures[row]), self._recipe, generator),
                self._how,
                self.side,
            )
            for row in rows
        ]
        return torch.from_numpy(np.stack(tensors)), torch.from_numpy(self._labels[rows])


def balance(labels: NDArray[np.intp], sources: NDArray[np.str_]) -> NDArray[np.float64]:
    """Give each row its probability: classes equally likely, and in a class its sources."""
    weights = np.empty(len(labels))
    classes = np.unique(labels)
    for label in classes:
        of_class = labels == label
        present = np.unique(sources[of_class])
        for source in present:
            cell = of_class & (sources == source)
            weights[cell] = 1 / (len(classes) * len(present) * cell.sum())
    return weights
