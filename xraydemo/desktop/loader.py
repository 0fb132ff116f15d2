"""Decodes X-rays off the window's thread, ahead of the reader, into a cache bounded in bytes.

All state lives in the window's thread; the jobs that run elsewhere touch none of it, so that there
is nothing to lock.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xraydemo.desktop.background import Background, error_of
from xraydemo.desktop.windowing import Values, measure
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from numpy.typing import NDArray

    from xraydemo.radiograph import Radiograph, Tag

CACHE_BYTES = 512 * 2**20
_AT_ONCE = 2
_SMALLEST_LEVEL = 700


@dataclass(frozen=True)
class Picture:
    """An X-ray that is ready to be shown.

    Parameters
    ----------
    radiograph : Radiograph
        The X-ray as it was read.
    levels : tuple of ndarray
        Its pixels, and the same at a half, a quarter, ...: what is shown small is drawn from a
        small level, which is both faster and free of aliasing.
    values : Values
        Its gray values.
    """

    radiograph: Radiograph
    levels: tuple[NDArray[Any], ...]
    values: Values


@dataclass(frozen=True)
class Opened:
    """What became of a file: a picture or an error, and its DICOM tags in either case."""

    picture: Picture | None
    error: XrayDemoError | None
    tags: tuple[Tag, ...] = ()
    sha256: str = ""
    """Of the file's bytes, where there is a picture."""

    @property
    def nbytes(self) -> int:
        """The memory that the pixels take."""
        return sum(level.nbytes for level in self.picture.levels) if self.picture else 0


def halve(pixels: NDArray[Any]) -> NDArray[Any]:
    """Return the picture at half the size, each pixel the mean of four, in the same type."""
    height, width = pixels.shape
    if height % 2 or width % 2:
        pixels = np.pad(pixels, ((0, height % 2), (0, width % 2)), mode="edge")
    wide = pixels.dtype
    if wide.kind in "iub":
        wide = np.dtype(np.int32 if wide.itemsize <= 2 else np.int64)
    total = pixels[0::2, 0::2].astype(wide)
    total += pixels[1::2, 0::2]
    total += pixels[0::2, 1::2]
    total += pixels[1::2, 1::2]
    return (total // 4 if wide.kind == "i" else total / 4).astype(pixels.dtype)


def levels_of(pixels: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """Return the picture at full, half, a quarter of its size, ... down to about a screenful."""
    levels = [np.ascontiguousarray(pixels)]
    while max(levels[-1].shape) > _SMALLEST_LEVEL:
        levels.append(halve(levels[-1]))
    return tuple(levels)


def open_file(path: Path) -> Opened:
    """Read, measure and shrink one X-ray; errors of the file are part of the answer.

    The import is here because it loads pydicom, which the first sight of the window need not
    wait for.
    """
    from xraydemo.model.bundle import file_sha256
    from xraydemo.radiograph import read, read_tags

    tags: tuple[Tag, ...] = ()
    try:
        radiograph = read(path)
    except XrayDemoError as error:
        try:  # an X-ray without pixels, or a CT, still has tags that tell why
            tags = tuple(read_tags(path))
        except XrayDemoError:
            tags = ()
        return Opened(None, error, tags)
    try:
        tags = tuple(read_tags(path))
    except XrayDemoError:  # the picture is worth showing without them
        tags = ()
    pixels = radiograph.pixels
    picture = Picture(radiograph, levels_of(pixels), measure(pixels))
    return Opened(picture, None, tags, file_sha256(path))


class Loader:
    """Opens the wanted files, the first one first, and keeps the last ones as long as they fit.

    Parameters
    ----------
    background : Background
        Where the decoding runs.
    opened : callable
        Called in the window's thread with each path and what became of it.
    open_one : callable
        Opens one file; runs in a thread.
    limit : int
        Bytes that the cache may take; wanted files stay in it whatever they take.
    """

    def __init__(
        self,
        background: Background,
        opened: Callable[[Path, Opened], None],
        open_one: Callable[[Path], Opened] = open_file,
        limit: int = CACHE_BYTES,
    ) -> None:
        self._background = background
        self._opened = opened
        self._open_one = open_one
        self._limit = limit
        self._cache: OrderedDict[Path, Opened] = OrderedDict()
        self._wanted: tuple[Path, ...] = ()
        self._running: set[Path] = set()

    def want(self, paths: Sequence[Path]) -> None:
        """Say which files are wanted now, most wanted first; earlier wishes are forgotten."""
        self._wanted = tuple(paths)
        self._go_on()

    def get(self, path: Path) -> Opened | None:
        """Return what became of the file, if it has been opened and is still held."""
        if path in self._cache:
            self._cache.move_to_end(path)
        return self._cache.get(path)

    def forget(self, path: Path) -> None:
        """Drop a file, so that it is opened anew when it is wanted."""
        self._cache.pop(path, None)

    @property
    def nbytes(self) -> int:
        """The memory that the cache takes."""
        return sum(opened.nbytes for opened in self._cache.values())

    def _go_on(self) -> None:
        for path in self._wanted:
            if len(self._running) >= _AT_ONCE:
                return
            if path not in self._cache and path not in self._running:
                self._running.add(path)
                self._start(path)

    def _start(self, path: Path) -> None:
        def done(future: Future[Opened]) -> None:
            self._running.discard(path)
            error = error_of(future)
            opened = Opened(None, error) if error else future.result()
            self._cache[path] = opened
            self._make_room()
            self._go_on()
            self._opened(path, opened)

        self._background.run(lambda: self._open_one(path), done)

    def _make_room(self) -> None:
        for path in list(self._cache):
            if self.nbytes <= self._limit:
                return
            if path not in self._wanted:
                del self._cache[path]
