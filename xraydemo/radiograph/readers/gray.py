"""From whatever a decoder returns to the one channel of a `Radiograph`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xraydemo.radiograph.presentation import Pixels

_LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601, as in Pillow, JPEG and DICOM's YBR


def one_channel(samples: NDArray[Any]) -> NDArray[Any]:
    """Reduce colour to gray by luma, over black where there is an alpha channel.

    Parameters
    ----------
    samples : ndarray, shape (H, W) or (H, W, channels)
        1 channel is gray, 2 are gray and alpha, 3 are RGB, 4 are RGB and alpha.

    Returns
    -------
    ndarray, shape (H, W)
        Same dtype.
    """
    if samples.ndim == 2:
        return samples
    channels = samples.shape[2]
    exact = np.float64 if samples.dtype.itemsize > 2 else np.float32
    if channels < 3:
        gray: NDArray[Any] = samples[..., 0].astype(exact)
    else:
        red, green, blue = (samples[..., i] * exact(share) for i, share in enumerate(_LUMA))
        gray = red + green + blue
    if channels in (2, 4):
        white = np.iinfo(samples.dtype).max if samples.dtype.kind in "iu" else 1
        gray = gray * (samples[..., -1] / exact(white))
    if samples.dtype.kind in "iu":
        gray = np.rint(gray)
    return gray.astype(samples.dtype)


def narrowed(pixels: NDArray[Any]) -> Pixels:
    """Bring an array to one of the types that a `Radiograph` may have, keeping its values.

    Parameters
    ----------
    pixels : ndarray
        Of any integer, boolean or float type.

    Returns
    -------
    ndarray
        uint8, uint16, int16 or int32; float32 for floats and for integers that fit in none.
    """
    if pixels.dtype.kind == "f":
        return pixels.astype(np.float32, copy=False)
    allowed = (np.uint8, np.uint16, np.int16, np.int32)
    if pixels.dtype in allowed:
        return pixels.astype(pixels.dtype.newbyteorder("="), copy=False)
    low, high = int(pixels.min()), int(pixels.max())
    for dtype in allowed:
        if np.iinfo(dtype).min <= low and high <= np.iinfo(dtype).max:
            return pixels.astype(dtype)
    return pixels.astype(np.float32)


def only_finite(pixels: Pixels) -> tuple[Pixels, tuple[str, ...]]:
    """Replace infinite and missing values, which no picture can show, by the smallest one.

    Returns
    -------
    pixels : ndarray
        Without NaN or infinities.
    notes : tuple of str
        What to tell the user, if anything was replaced.
    """
    if pixels.dtype.kind != "f":
        return pixels, ()
    finite = np.isfinite(pixels)
    if finite.all():
        return pixels, ()
    smallest = pixels[finite].min() if finite.any() else np.float32(0)
    return np.where(finite, pixels, smallest), ("values that are no numbers are shown as black",)
