"""The same X-ray lying otherwise: cropped, rotated, turned, mirrored."""

from __future__ import annotations

import cv2
import numpy as np

from xraydemo.radiograph.interventions.kind import Choice, Kind, Number, Picture


def crop(picture: Picture, *, share: float) -> Picture:
    """Cut a share off each of the four sides; at least one pixel is left."""
    height, width = picture.shape
    down = min(round(share * height), (height - 1) // 2)
    across = min(round(share * width), (width - 1) // 2)
    return picture[down : height - down, across : width - across]


def rotate(picture: Picture, *, degrees: float) -> Picture:
    """Rotate clockwise about the middle; the corners that come in are black."""
    height, width = picture.shape
    middle = ((width - 1) / 2, (height - 1) / 2)
    matrix = cv2.getRotationMatrix2D(middle, -degrees, 1.0)
    return np.asarray(cv2.warpAffine(picture, matrix, (width, height)), np.float32)


def turn(picture: Picture, *, degrees: int) -> Picture:
    """Turn clockwise by quarters."""
    return np.rot90(picture, -degrees // 90)


def mirror(picture: Picture) -> Picture:
    """Change left and right over."""
    return picture[:, ::-1]


GEOMETRY = (
    Kind(
        "crop",
        "Cuts off the sides: borders, markers and the edges of the film go.",
        {"share": Number(0.1, 0.0, 0.45, "share", "cut from each side, of that side")},
        crop,
        "{share} cut off each side",
        moves=True,
    ),
    Kind(
        "rotate",
        "Rotates a little, as a patient who lay askew.",
        {"degrees": Number(10.0, -180.0, 180.0, "degrees", "clockwise")},
        rotate,
        "rotated clockwise by {degrees}",
        moves=True,
    ),
    Kind(
        "turn",
        "Turns by quarters, as an X-ray that was filed lying on its side or upside down.",
        {"degrees": Choice(90, (90, 180, 270), "clockwise", "degrees")},
        turn,
        "turned clockwise by {degrees}",
        moves=True,
    ),
    Kind(
        "mirror",
        "Changes left and right over: the heart stands on the other side.",
        {},
        mirror,
        "mirrored, left and right changed over",
        moves=True,
    ),
)
