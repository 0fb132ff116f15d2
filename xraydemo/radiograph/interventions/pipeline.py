"""The same X-ray through another chain of programs: compressed, resampled, blurred, noisy."""

from __future__ import annotations

import cv2
import numpy as np

from xraydemo.radiograph.interventions.kind import Kind, Number, Picture

WIDEST_BLUR = 4.0  # pixels; a wider one is done at a reduced size, which loses less than it blurs


def jpeg(picture: Picture, *, quality: int) -> Picture:
    """Go through a JPEG file of 8 bits."""
    gray = np.rint(picture * np.float32(255)).astype(np.uint8)
    _, code = cv2.imencode(".jpg", gray, (cv2.IMWRITE_JPEG_QUALITY, quality))
    read = cv2.imdecode(code, cv2.IMREAD_GRAYSCALE)
    return np.asarray(read, np.float32) / np.float32(255)


def resample(picture: Picture, *, side: int) -> Picture:
    """Reduce to a longest side, and enlarge again; smaller pictures stay as they are."""
    share = side / max(picture.shape)
    return picture if share >= 1 else _enlarged(_reduced(picture, share), picture.shape)


def blur(picture: Picture, *, sigma: float) -> Picture:
    """Blur by a Gaussian whose standard deviation is a share of the longest side."""
    pixels = sigma * max(picture.shape)
    if pixels == 0:
        return picture
    share = min(WIDEST_BLUR / pixels, 1.0)
    work = _reduced(picture, share) if share < 1 else picture
    blurred = cv2.GaussianBlur(work, (0, 0), pixels * share, borderType=cv2.BORDER_REPLICATE)
    blurred = _enlarged(np.asarray(blurred, np.float32), picture.shape)
    return np.clip(blurred, 0.0, 1.0, out=blurred)


def noise(picture: Picture, *, deviation: float, seed: int) -> Picture:
    """Add Gaussian noise; what leaves the range is cut off."""
    if deviation == 0:
        return picture
    noisy = np.random.default_rng(seed).standard_normal(picture.shape, np.float32)
    noisy *= np.float32(deviation)
    noisy += picture
    return np.clip(noisy, 0.0, 1.0, out=noisy)


def _reduced(picture: Picture, share: float) -> Picture:
    height, width = picture.shape
    size = (max(round(width * share), 1), max(round(height * share), 1))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)


def _enlarged(picture: Picture, shape: tuple[int, ...]) -> Picture:
    if picture.shape == shape:
        return picture
    size = (shape[1], shape[0])
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR), np.float32)


PIPELINE = (
    Kind(
        "jpeg",
        "Compresses as JPEG and reads it back.",
        {"quality": Number(50, 1, 100, "", "of the file, 100 is best", whole=True)},
        jpeg,
        "JPEG of quality {quality}",
    ),
    Kind(
        "resample",
        "Makes it small and large again: fine detail goes, the size stays.",
        {"side": Number(64, 2, 4096, "", "longest side in between, in pixels", whole=True)},
        resample,
        "reduced to {side} pixels and enlarged again",
    ),
    Kind(
        "blur",
        "Blurs, as a patient who breathed.",
        {"sigma": Number(0.01, 0.0, 0.2, "share", "standard deviation, of the longest side")},
        blur,
        "blurred by a Gaussian of {sigma} of the longest side",
    ),
    Kind(
        "noise",
        "Adds grain, as too small a dose does.",
        {
            "deviation": Number(0.05, 0.0, 1.0, "share", "standard deviation, of black to white"),
            "seed": Number(0, 0, 2**31 - 1, "", "another seed, another grain", whole=True),
        },
        noise,
        "noise of {deviation} added (seed {seed})",
    ),
)
