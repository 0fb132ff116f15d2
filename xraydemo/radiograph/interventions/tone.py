"""The same X-ray in other grays: gamma, contrast, equalized, inverted, fewer levels."""

from __future__ import annotations

import cv2
import numpy as np

from xraydemo.radiograph.interventions.kind import Kind, Number, Picture

LEVELS = 4096  # of the histogram that equalizing rests on


def gamma(picture: Picture, *, gamma: float) -> Picture:
    """Raise the grays to a power."""
    return picture if gamma == 1 else np.asarray(cv2.pow(picture, gamma), np.float32)


def contrast(picture: Picture, *, factor: float) -> Picture:
    """Stretch the grays about their mean; what leaves the range is cut off."""
    if factor == 1:
        return picture
    mean = np.float32(picture.mean())
    stretched: Picture = np.clip(mean + np.float32(factor) * (picture - mean), 0.0, 1.0)
    return stretched


def equalize(picture: Picture) -> Picture:
    """Replace each gray by the share of the area that is darker, the brightest becoming 1."""
    level = (picture * np.float32(LEVELS - 1) + np.float32(0.5)).astype(np.uint16)
    counts = np.bincount(level.ravel(), minlength=LEVELS)
    up_to = np.cumsum(counts)
    first = counts[np.flatnonzero(counts)[0]]
    if first == picture.size:
        return picture  # of one gray: there is nothing to spread
    table = (np.maximum(up_to - first, 0) / (picture.size - first)).astype(np.float32)
    return np.take(table, level)


def invert(picture: Picture) -> Picture:
    """Change dark and bright over."""
    return np.float32(1) - picture


def bit_depth(picture: Picture, *, bits: int) -> Picture:
    """Round to as many grays as so many bits can hold."""
    steps = np.float32(2**bits - 1)
    return np.asarray(np.rint(picture * steps) / steps, np.float32)


TONE = (
    Kind(
        "gamma",
        "Bends the tone curve, as another maker's software would.",
        {"gamma": Number(1.5, 0.2, 5.0, "", "the power; above 1 is darker, below 1 brighter")},
        gamma,
        "gamma {gamma}",
    ),
    Kind(
        "contrast",
        "Stretches or flattens the grays about their mean.",
        {"factor": Number(0.6, 0.0, 5.0, "", "above 1 is harder, below 1 softer")},
        contrast,
        "contrast times {factor}",
    ),
    Kind(
        "equalize",
        "Gives every gray the same area: window, gamma and exposure no longer matter.",
        {},
        equalize,
        "the histogram equalized",
    ),
    Kind(
        "invert",
        "Changes dark and bright over, as a MONOCHROME1 file that was read wrongly.",
        {},
        invert,
        "inverted, dark and bright changed over",
    ),
    Kind(
        "bit_depth",
        "Keeps fewer grays, as a poor conversion does.",
        {"bits": Number(4, 1, 16, "", "bits a pixel", whole=True)},
        bit_depth,
        "reduced to {bits} bits a pixel",
    ),
)
