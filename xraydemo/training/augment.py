"""The same X-ray as another hospital might have kept it: what must not change the answer.

A chest isn't symmetric (the heart lies to the left), so nothing is mirrored.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from xraydemo.training.recipe import Recipe

Image = NDArray[np.float32]
Box = tuple[float, float, float, float]


def augment(
    image: Image, outline: Image, recipe: Recipe, generator: np.random.Generator
) -> tuple[Image, Image]:
    """Vary position, tone, resolution, compression and borders of an X-ray.

    Parameters
    ----------
    image : ndarray of float32, shape (height, width)
        In [0, 1], as a reader sees it.
    outline : ndarray of float32, shape (height, width)
        Is moved with the image and not else varied; 0 is what comes in from beyond it.
    recipe : Recipe
        Gives the probabilities.
    generator : numpy.random.Generator
        Makes it repeatable.

    Returns
    -------
    image, outline : ndarray of float32, shape (height, width)
        In [0, 1].
    """
    image, outline = _move(image, outline, generator)
    return spoil(image, recipe, generator), outline


def spoil(image: Image, recipe: Recipe, generator: np.random.Generator) -> Image:
    """Vary everything but the position; see `augment`."""
    image = _change_tone(image, generator)
    if generator.random() < recipe.resample:
        image = _resample(image, generator)
    if generator.random() < recipe.noise:
        image = _add_noise(image, generator)
    if generator.random() < recipe.jpeg:
        image = _compress(image, generator)
    if generator.random() < recipe.cut:
        image = _cover(image, generator)
    return image


def cover_middle(image: Image, box: Box, generator: np.random.Generator) -> Image:
    """Cover the lungs, or what is taken for them: what is left is no evidence for any class.

    Parameters
    ----------
    image : ndarray of float32, shape (height, width)
    box : tuple of float
        Top, left, bottom and right as fractions; each side is shifted a little.
    generator : numpy.random.Generator

    Returns
    -------
    ndarray of float32, shape (height, width)
        With a black box in it, more rarely one of another gray.
    """
    covered = image.copy()
    gray = 0.0 if generator.random() < 0.7 else generator.random()
    covered[_jittered(box, image.shape, generator)] = gray
    return covered


def swap_surroundings(
    image: Image, box: Box, surroundings: Image, generator: np.random.Generator
) -> Image:
    """Set the lungs of one X-ray into another: what lies around them tells nothing.

    Parameters
    ----------
    image : ndarray of float32, shape (height, width)
        Its lungs are kept.
    box : tuple of float
        Where they are: top, left, bottom and right as fractions.
    surroundings : ndarray of float32, shape (other height, other width)
        Is stretched to the shape of `image`.
    generator : numpy.random.Generator

    Returns
    -------
    ndarray of float32, shape (height, width)
    """
    height, width = image.shape
    swapped = cv2.resize(surroundings, (width, height), interpolation=cv2.INTER_LINEAR)
    middle = _jittered(box, image.shape, generator)
    swapped[middle] = image[middle]
    return np.asarray(swapped)


def _jittered(
    box: Box, shape: tuple[int, ...], generator: np.random.Generator
) -> tuple[slice, slice]:
    top, left, bottom, right = np.clip(np.asarray(box) + generator.uniform(-0.05, 0.05, 4), 0, 1)
    height, width = shape
    return (
        slice(int(top * height), int(bottom * height)),
        slice(int(left * width), int(right * width)),
    )


def _move(image: Image, outline: Image, generator: np.random.Generator) -> tuple[Image, Image]:
    """Turn by up to 8 degrees, zoom, stretch and shift: other positioning and collimation."""
    height, width = image.shape
    angle = np.deg2rad(generator.uniform(-8, 8))
    zoom = generator.uniform(0.88, 1.15)
    aspect = np.sqrt(generator.uniform(0.88, 1.14))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.diag([zoom * aspect, zoom / aspect])
    centre = np.array([width / 2, height / 2])
    shift = generator.uniform(-0.06, 0.06, 2) * (width, height)
    matrix = np.column_stack([linear, centre - linear @ centre + shift])
    # black or stretched edges: neither may come to mean "augmented"
    border = cv2.BORDER_REPLICATE if generator.random() < 0.5 else cv2.BORDER_CONSTANT
    return (
        np.asarray(cv2.warpAffine(image, matrix, (width, height), borderMode=border)),
        np.asarray(cv2.warpAffine(outline, matrix, (width, height))),
    )


def _change_tone(image: Image, generator: np.random.Generator) -> Image:
    """Bend the gray values: a gamma, an S or its inverse, and clipped ends."""
    gamma = np.exp(generator.uniform(-0.45, 0.45))
    bend = generator.uniform(-0.6, 0.6)
    low, high = generator.uniform(0, 0.06), generator.uniform(0.92, 1)
    levels = np.clip((np.linspace(0, 1, 256) - low) / (high - low), 0, 1) ** gamma
    levels += bend * levels * (1 - levels) * (2 * levels - 1)
    bent = np.interp(image, np.linspace(0, 1, 256), np.clip(levels, 0, 1))
    return np.asarray(bent, dtype=np.float32)


def _resample(image: Image, generator: np.random.Generator) -> Image:
    """Go down to a small size and up again, each by one of the ways programs do it."""
    height, width = image.shape
    share = generator.uniform(0.4, 0.95)
    ways = [cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC]
    small = cv2.resize(
        image,
        (max(16, int(width * share)), max(16, int(height * share))),
        interpolation=ways[generator.integers(3)],
    )
    back = cv2.resize(small, (width, height), interpolation=ways[generator.integers(1, 3)])
    return np.asarray(np.clip(back, 0, 1))


def _add_noise(image: Image, generator: np.random.Generator) -> Image:
    noise = generator.standard_normal(image.shape, dtype=np.float32)
    return np.asarray(np.clip(image + noise * generator.uniform(0.005, 0.04), 0, 1), np.float32)


def _compress(image: Image, generator: np.random.Generator) -> Image:
    """Write and read as JPEG of quality 30 to 95."""
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(generator.integers(30, 96))]
    _, coded = cv2.imencode(".jpg", (image * 255).round().astype(np.uint8), quality)
    decoded = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), dtype=np.float32)
    return decoded / np.float32(255)


def _cover(image: Image, generator: np.random.Generator) -> Image:
    """Cover a border or a corner with one gray: letters, markers and frames must not matter."""
    height, width = image.shape
    gray = generator.choice([0.0, 1.0, generator.random()])
    covered = image.copy()
    if generator.random() < 0.5:
        top, bottom = (generator.uniform(0, 0.1, 2) * height).astype(int)
        left, right = (generator.uniform(0, 0.1, 2) * width).astype(int)
        covered[:top] = covered[height - bottom :] = gray
        covered[:, :left] = covered[:, width - right :] = gray
    else:
        high, wide = (generator.uniform(0.1, 0.3, 2) * (height, width)).astype(int)
        rows = slice(0, high) if generator.random() < 0.5 else slice(height - high, height)
        columns = slice(0, wide) if generator.random() < 0.5 else slice(width - wide, width)
        covered[rows, columns] = gray
    return covered
