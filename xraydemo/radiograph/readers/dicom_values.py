"""From stored values to values with a meaning, and how to show them (DICOM PS3.3 C.11).

pydicom's own functions for tables and rescaling are not used: they refuse tables of 10 to 15 bits
in the modality step, overflow for tables that begin below zero, and make every rescaled picture
float64. The tests hold these equal to them wherever both work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xraydemo.radiograph.presentation import Lookup, Pixels, Presentation, Window
from xraydemo.radiograph.readers.dicom_facts import first_of, number_of, text_of
from xraydemo.radiograph.readers.gray import narrowed

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pydicom import Dataset

    from xraydemo.radiograph.presentation import WindowFunction

Notes = tuple[str, ...]


def after_modality(header: Dataset, stored: NDArray[Any]) -> tuple[Pixels, Notes]:
    """Apply the modality LUT or the rescaling (PS3.3 C.11.1).

    Parameters
    ----------
    header : Dataset
        With the Modality LUT module, if it has one.
    stored : ndarray, shape (H, W)
        As decoded.

    Returns
    -------
    pixels : ndarray, shape (H, W)
        Integers stay integers if slope and intercept are whole numbers; else float32.
    notes : tuple of str
        What was odd about it.
    """
    if (item := first_of(header, "ModalityLUTSequence")) is not None:
        table = lookup_of(item, signed=stored.dtype.kind == "i")
        return narrowed(table.entries(stored)), ()
    slope, intercept = number_of(header, "RescaleSlope"), number_of(header, "RescaleIntercept")
    if slope is None or intercept is None or (slope, intercept) == (1, 0):
        return narrowed(stored), ()
    if slope == 0:
        return narrowed(stored), ("a rescale slope of 0 was ignored",)
    if stored.dtype.kind in "iu" and slope.is_integer() and intercept.is_integer():
        return narrowed(stored.astype(np.int64) * int(slope) + int(intercept)), ()
    return (stored.astype(np.float64) * slope + intercept).astype(np.float32), ()


def presentation_of(
    header: Dataset, stored: NDArray[Any], pixels: Pixels
) -> tuple[Presentation, Notes]:
    """Return how a monochrome picture wants to be shown (PS3.3 C.11.2, C.11.6, C.7.6.3.1.2).

    Parameters
    ----------
    header : Dataset
        With the VOI LUT module, if it has one.
    stored : ndarray, shape (H, W)
        As decoded; padding is marked by stored values.
    pixels : ndarray, shape (H, W)
        After the modality transformation.

    Returns
    -------
    presentation : Presentation
        The VOI LUT if there is one, else the first usable window, else the range of the values.
    notes : tuple of str
        What was odd about it.
    """
    # MONOCHROME1 comes with INVERSE (PS3.3 C.8.11.1): both say the same, once
    inverted = (
        text_of(header, "PhotometricInterpretation") == "MONOCHROME1"
        or text_of(header, "PresentationLUTShape") == "INVERSE"
    )
    fallback = _range_window(header, stored, pixels)
    if (item := first_of(header, "VOILUTSequence")) is not None:
        voi: Lookup | Window | None = lookup_of(item, signed=bool(pixels.min() < 0))
    else:
        voi = first_window(header)
    if voi is None:
        return Presentation(fallback, inverted), ()
    if _shows_nothing(voi, pixels):
        note = "the file's own window shows one brightness only; the range of the values is shown"
        return Presentation(fallback, inverted), (note,)
    return Presentation(voi, inverted), ()


def lookup_of(item: Dataset, *, signed: bool) -> Lookup:
    """Read an item of a Modality or VOI LUT Sequence (PS3.3 C.11.1.1, C.11.2.1.1).

    Parameters
    ----------
    item : Dataset
        With LUT Descriptor and LUT Data.
    signed : bool
        Whether the values that are looked up may be negative; the first value of the table is then
        to be read as signed, which the VR does not always say.

    Raises
    ------
    ValueError
        If the table is empty.
    """
    count, first, _bits = (int(number) for number in item.LUTDescriptor)
    count = count or 1 << 16  # 65536 does not fit into the field
    if signed and first >= 1 << 15:
        first -= 1 << 16
    data = item.LUTData
    if isinstance(data, bytes):
        little = item.original_encoding[1] is not False
        # tables of 8 bits are often packed, two entries to a word
        packed = len(data) < 2 * count
        table = np.frombuffer(data, "u1" if packed else "<u2" if little else ">u2", count=-1)
    else:
        table = np.atleast_1d(np.asarray(data, dtype=np.uint16))
    table = table[:count].astype(np.uint16)
    if not len(table):
        raise ValueError("its lookup table is empty")
    return Lookup(first, table)


def first_window(header: Dataset) -> Window | None:
    """Return the first usable window of a header, None if it has none."""
    centers, widths = _numbers(header, "WindowCenter"), _numbers(header, "WindowWidth")
    stated = text_of(header, "VOILUTFunction").upper()
    for center, width in zip(centers, widths, strict=False):
        function: WindowFunction = "LINEAR"
        if stated == "SIGMOID":
            function = "SIGMOID"
        # LINEAR counts in whole values; below 1 only the exact ramp can be meant
        elif stated == "LINEAR_EXACT" or width < 1:
            function = "LINEAR_EXACT"
        if width > 0 and np.isfinite(center) and np.isfinite(width):
            return Window(center, width, function)
    return None


def _numbers(header: Dataset, keyword: str) -> list[float]:
    try:
        value = header.get(keyword)
        return [float(number) for number in np.atleast_1d(np.asarray(value, dtype=np.float64))]
    except Exception:  # noqa: BLE001  # pydicom converts values when they are asked for
        return []


def _shows_nothing(voi: Window | Lookup, pixels: Pixels) -> bool:
    """Tell whether a picture that has contrast would be shown without any."""
    low, high = pixels.min(), pixels.max()
    if low == high:
        return False
    # a window rises, so its ends tell; a table may do anything
    seen = np.array([low, high]) if isinstance(voi, Window) else pixels
    shown = Presentation(voi).apply_8bit(seen)
    return bool(shown.min() == shown.max())


def _range_window(header: Dataset, stored: NDArray[Any], pixels: Pixels) -> Window:
    """Return the window of a picture whose header has none.

    Up to 8 bits it is the full range of the depth, as for rasters: such pictures were made for a
    screen, and one X-ray as DICOM and as JPEG must look the same. Deeper ones rarely fill their
    range, so it is that of the values, without the padding around the picture.
    """
    bits = int(number_of(header, "BitsStored") or 16)
    if bits <= 8 and stored.dtype.kind == "u" and np.array_equal(stored[:1], pixels[:1]):
        return Window.between(0, (1 << bits) - 1)
    inside = pixels[~_padding(header, stored)]
    if not inside.size:
        inside = pixels
    return Window.between(float(inside.min()), float(inside.max()))


def _padding(header: Dataset, stored: NDArray[Any]) -> NDArray[np.bool_]:
    """Mark what lies around the picture (PS3.3 C.7.5.1.1.2: a value, or a range of values)."""
    value = number_of(header, "PixelPaddingValue")
    if value is None:
        return np.zeros(stored.shape, dtype=bool)
    limit = number_of(header, "PixelPaddingRangeLimit")
    ends = sorted((value, value if limit is None else limit))
    return (stored >= ends[0]) & (stored <= ends[1])
