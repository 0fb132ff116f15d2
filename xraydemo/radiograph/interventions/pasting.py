"""Something added that tells nothing of the lungs: a lead letter, a frame."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from xraydemo.radiograph.interventions.kind import Choice, Kind, Number, Picture

DRAWN_AT = 96  # height of the font that letters are drawn with, in pixels


def marker(
    picture: Picture, *, text: str, x: float, y: float, size: float, brightness: float
) -> Picture:
    """Paste a lead letter or word; it is shifted, and if need be shrunk, so as to be all inside."""
    height, width = picture.shape
    ink = _drawn(text)
    scale = size * max(picture.shape) / ink.shape[0]
    scale = min(scale, height / ink.shape[0], width / ink.shape[1])
    high, wide = round(ink.shape[0] * scale), round(ink.shape[1] * scale)
    if not high or not wide:
        return picture
    ink = np.asarray(cv2.resize(ink, (wide, high), interpolation=cv2.INTER_AREA), np.float32)
    top = min(max(round(y * height - high / 2), 0), height - high)
    left = min(max(round(x * width - wide / 2), 0), width - wide)
    marked = picture.copy()
    place = marked[top : top + high, left : left + wide]
    place += ink * (np.float32(brightness) - place)
    return np.clip(marked, 0.0, 1.0, out=marked)


@lru_cache(maxsize=16)
def _drawn(text: str) -> Picture:
    """Draw bright on nothing, cut to the ink; Pillow brings the font along."""
    font = ImageFont.load_default(DRAWN_AT)
    left, top, right, bottom = (round(end) for end in font.getbbox(text))
    image = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(image).text((-left, -top), text, fill=255, font=font)
    ink = np.asarray(image.crop(image.getbbox()), np.float32) / np.float32(255)
    ink.setflags(write=False)
    return ink


def border(picture: Picture, *, share: float, color: str) -> Picture:
    """Lay a frame over the outermost share of each side."""
    height, width = picture.shape
    down, across = round(share * height), round(share * width)
    framed = np.full_like(picture, 1.0 if color == "white" else 0.0)
    inner = np.s_[down : height - down, across : width - across]
    framed[inner] = picture[inner]
    return framed


PASTING = (
    Kind(
        "marker",
        "Pastes a lead letter or word, as technicians lay on the film.",
        {
            "text": Choice("L", ("L", "R", "PORTABLE"), "what it says"),
            "x": Number(0.9, 0.0, 1.0, "share", "its middle, of the width"),
            "y": Number(0.1, 0.0, 1.0, "share", "its middle, of the height"),
            "size": Number(0.08, 0.0, 0.5, "share", "height of the letters, of the longest side"),
            "brightness": Number(1.0, 0.0, 1.0, "gray", "its gray"),
        },
        marker,
        "a {brightness} marker {text} pasted, {size} high, at {x} of the width and {y} of the "
        "height",
    ),
    Kind(
        "border",
        "Lays a frame over the sides, as some programs add.",
        {
            "share": Number(0.05, 0.0, 0.45, "share", "on each side, of that side"),
            "color": Choice("black", ("black", "white"), "of the frame"),
        },
        border,
        "a {color} frame over {share} of each side",
    ),
)
