"""Reads PNG, JPEG, TIFF and BMP in the full depth of the file.

Pillow reads them, and imagecodecs the ones that Pillow would cut to 8 bits.
"""

from __future__ import annotations

from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import ExifTags, Image, TiffImagePlugin

from xraydemo.radiograph.presentation import Pixels, Presentation, Window
from xraydemo.radiograph.readers.codestream import quality_of_table
from xraydemo.radiograph.readers.decoded import Decoded, Facts, blamed_on, refuse_huge
from xraydemo.radiograph.readers.gray import narrowed, one_channel, only_finite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
# `refuse_huge` does this better (an error, never a line on the terminal), before any decoding
Image.MAX_IMAGE_PIXELS = None

# MPO (several JPEGs in one file) is opened by the name of JPEG
_PILLOW_FORMATS = ("PNG", "JPEG", "TIFF", "BMP")
_BITS_OF_MODE = {"1": 1, "I;16": 16, "I;16B": 16, "I;16L": 16, "I": 32, "F": 32}
PLAINLY_COLOURED = 32  # of 255, between the brightest and the darkest of red, green and blue
_NO_COLOUR = ("1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L", "F")


def read_raster(path: Path) -> Decoded:
    """Read a raster file.

    Parameters
    ----------
    path : Path
        A PNG, JPEG, TIFF or BMP file.

    Returns
    -------
    Decoded
        One channel, upright. 1 and 8 bit pictures are shown over the full range of their depth,
        deeper ones over the range of their values.

    Raises
    ------
    UnreadableImage
        If the file is broken or too large.
    """
    data = path.read_bytes()
    with _opened(path, data) as image:
        facts = _facts(image, data)
        notes = _notes(image, facts)
        bits = int(facts["bits"])
        with blamed_on(path):
            pixels = _deep_pixels(image, data) if _is_deep(image, bits) else _pixels(image)
            if image.mode not in _NO_COLOUR:
                facts["colour"] = _share_of_colour(image)
        pixels, more = only_finite(pixels)
        voi = _window(pixels)
        inverted = bits > 8 and _tag(image, TiffImagePlugin.PHOTOMETRIC_INTERPRETATION) == 0
    return Decoded(pixels, Presentation(voi, inverted), facts, (*notes, *more))


def raster_facts(path: Path) -> Facts:
    """Return the facts of a raster file from its header.

    Raises
    ------
    UnreadableImage
        If the header is broken or the picture is too large.
    """
    data = path.read_bytes()
    with _opened(path, data) as image:
        return _facts(image, data)


@contextmanager
def _opened(path: Path, data: bytes) -> Iterator[Image.Image]:
    """Open a picture by its header, refusing it if it is too large."""
    with blamed_on(path):
        image = Image.open(BytesIO(data), formats=_PILLOW_FORMATS)
    with image:
        refuse_huge(path, *image.size)
        yield image


def _facts(image: Image.Image, data: bytes) -> Facts:
    width, height = image.size
    orientation = _orientation(image)
    # Pillow tells the upright size of a TIFF, and the stored size of everything else
    if orientation >= 5 and image.format != "TIFF":
        width, height = height, width
    facts: Facts = {
        "format": "JPEG" if image.format == "MPO" else str(image.format),
        "mode": image.mode,
        "width": width,
        "height": height,
        "bits": _bits(image, data),
        "bytes": len(data),
        "bytes_per_pixel": round(len(data) / (width * height), 6),
        "frames": _frames(image),
    }
    if orientation != 1:
        facts["orientation"] = orientation
    if tables := getattr(image, "quantization", None):
        facts["jpeg_quality"] = quality_of_table(tables[min(tables)])
    return facts


def _notes(image: Image.Image, facts: Facts) -> tuple[str, ...]:
    notes = []
    if int(facts["frames"]) > 1:
        notes.append(f"the first of {facts['frames']} pictures in the file")
    if image.mode not in _NO_COLOUR:
        notes.append(f"colour ({image.mode}) was reduced to gray")
    if image.has_transparency_data:
        notes.append("transparent parts are shown over black")
    if "orientation" in facts:
        notes.append("turned upright, as its EXIF orientation says")
    return tuple(notes)


def _bits(image: Image.Image, data: bytes) -> int:
    """Return the bits of one sample as stored, which Pillow's mode does not always tell."""
    if image.format == "PNG":
        return data[24]  # IHDR is always the first chunk
    samples = _tag(image, TiffImagePlugin.BITSPERSAMPLE)
    if samples is not None:
        return int(max(samples) if isinstance(samples, tuple) else samples)
    return _BITS_OF_MODE.get(image.mode, 8)


def _tag(image: Image.Image, number: int) -> Any:  # noqa: ANN401  # TIFF tags are of any type
    """Return a TIFF tag, None for other files or if it is absent."""
    return image.tag_v2.get(number) if isinstance(image, TiffImagePlugin.TiffImageFile) else None


def _frames(image: Image.Image) -> int:
    try:
        return int(getattr(image, "n_frames", 1))
    except Exception:  # noqa: BLE001  # a broken second page does not spoil the first
        return 1


def _orientation(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 (upright) to 8."""
    try:
        found = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # noqa: BLE001  # broken EXIF does not spoil the picture
        return 1
    return found if found in range(1, 9) else 1


def _share_of_colour(image: Image.Image) -> float:
    """Return the share of the picture that is plainly coloured, in [0, 1].

    X-rays are often kept in three equal channels, and photographs of them with a tint: neither is
    coloured.
    """
    small = np.asarray(image.convert("RGB").resize((128, 128), Image.Resampling.BOX)).astype(int)
    return round(float((np.ptp(small, axis=2) > PLAINLY_COLOURED).mean()), 3)


def _is_deep(image: Image.Image, bits: int) -> bool:
    """Tell whether Pillow would lose bits, or the sign of 32-bit values."""
    return bits > 8 and (image.format == "TIFF" or image.mode not in _NO_COLOUR)


def _pixels(image: Image.Image) -> Pixels:
    """Decode with Pillow: one channel, upright."""
    orientation = _orientation(image)
    image.load()
    if image.format == "TIFF":
        orientation = 1  # Pillow turns these, and only these, while loading
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        alpha = np.asarray(rgba.getchannel("A"), dtype=np.float32) / np.float32(255)
        gray = np.asarray(rgba.convert("RGB").convert("L"))
        pixels: Pixels = np.rint(gray * alpha).astype(np.uint8)
    elif image.mode in ("I", "I;16", "I;16B", "I;16L", "F"):
        pixels = np.array(image)
        pixels = pixels.astype(pixels.dtype.newbyteorder("="), copy=False)
    elif image.mode in ("1", "L"):
        pixels = np.array(image.convert("L"))
    else:
        pixels = np.array(image.convert("RGB").convert("L"))
    return _upright(pixels, orientation)


def _deep_pixels(image: Image.Image, data: bytes) -> Pixels:
    """Decode with imagecodecs: 16 and 32 bit pictures, of one channel or more."""
    # slow to import, and most files don't need it
    import imagecodecs

    orientation = _orientation(image)
    if image.format == "TIFF":
        samples = imagecodecs.tiff_decode(data, index=0)
        if samples.ndim == 3 and _tag(image, TiffImagePlugin.PLANAR_CONFIGURATION) == 2:
            samples = np.moveaxis(samples, 0, -1)
    else:
        samples = imagecodecs.png_decode(data)
    if samples.ndim not in (2, 3) or samples.dtype.kind not in "iuf":
        raise ValueError(f"its samples are an array of {samples.shape} {samples.dtype}")
    return _upright(narrowed(one_channel(samples)), orientation)


def _upright(pixels: Pixels, orientation: int) -> Pixels:
    """Undo an EXIF orientation: 2 to 4 mirror or turn, 5 to 8 change rows and columns over."""
    if orientation >= 5:
        pixels = pixels.T
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def _window(pixels: Pixels) -> Window:
    """Return the window of a picture whose file says nothing of one.

    Up to 8 bits the full range of the depth is meant to be seen: such files were made for a screen,
    and stretching them would show the same X-ray in two ways, depending on what else is in the
    picture. Deeper files are mostly 10 or 12 bits of a detector in a container of 16, and nearly
    black over the full range: so the range of the values, unless they are plainly 8-bit values in
    a larger container, as they are or multiplied by 257 (which takes 255 to 65535).
    """
    low, high = float(pixels.min()), float(pixels.max())
    if pixels.dtype == np.uint8 or (pixels.dtype.kind in "iu" and low >= 0 and high <= 255):
        return Window.between(0, 255)
    # a few rows tell nearly always, and all of them only when these agree
    if pixels.dtype == np.uint16 and not (pixels[::64] % 257).any() and not (pixels % 257).any():
        return Window.between(0, 65535)
    return Window.between(low, high)
