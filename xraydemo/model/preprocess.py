"""The one path from an X-ray's pixels to the tensor that the network sees.

Training, window, command line, batch and tests all come through here: training and serving that
differ is the commonest fault of programs like this one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import BaseModel, ConfigDict
from scipy.ndimage import gaussian_filter1d

PREPROCESSING_VERSION = 2
GRAY_LEVELS = 512  # of the histogram that equalizing rests on


class Preprocessing(BaseModel):
    """How a bundle wants its input; kept in its card.

    Attributes
    ----------
    version : int
        Of the code below. A bundle made for another version is refused.
    side : int
        Height and width of the tensor. The whole X-ray is squeezed into the square: nothing is cut
        off, and a heat map lies over the image by simple stretching.
    low_percentile, high_percentile : float
        The gray values at these percentiles of the resized X-ray become 0 and 1.
    equalize : bool
        Give all gray values the same area afterwards: what remains is which place is brighter than
        which, and that doesn't depend on the window, the gamma or the tone curve of the file.
    smooth : float
        How far equalizing spreads the count of a gray level over its neighbours, in 1/512 of the
        range; 0 for not at all. Without it, two grays that both fill much of the area are torn
        apart however near they are: one level of noise in an empty border becomes a contour.
    mean, std : float
        Subtracted and divided by at the end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = PREPROCESSING_VERSION
    side: int = 224
    low_percentile: float = 1.0
    high_percentile: float = 99.0
    equalize: bool = True
    smooth: float = 0.0
    mean: float = 0.5
    std: float = 0.5


def preprocess(
    presented: NDArray[np.float32], how: Preprocessing, side: int | None = None
) -> NDArray[np.float32]:
    """Turn an X-ray as a reader sees it into the network's input.

    Resizing comes before the stretch, so that the percentiles don't depend on the resolution or
    the noise of the file, and the same X-ray saved twice gives nearly the same tensor.

    Parameters
    ----------
    presented : ndarray of float32, shape (height, width)
        In [0, 1], bone is bright: ``Radiograph.presented()``.
    how : Preprocessing
        From the bundle's card.
    side : int, optional
        Another side than the bundle's: training begins on small images.

    Returns
    -------
    ndarray of float32, shape (3, side, side)
        Three equal channels in ``[-mean / std, (1 - mean) / std]``. An X-ray of one gray value
        gives the lower end everywhere.
    """
    side = side or how.side
    # The triangle filter widens with the reduction: no aliasing, unlike OpenCV's bilinear.
    image = Image.fromarray(presented).resize(
        (side, side), Image.Resampling.BILINEAR, reducing_gap=3.0
    )
    gray = np.asarray(image, dtype=np.float32)
    low, high = np.percentile(gray, (how.low_percentile, how.high_percentile))
    span = max(float(high - low), 1e-6)
    stretched = np.clip((gray - np.float32(low)) / np.float32(span), 0.0, 1.0)
    if how.equalize:
        stretched = _equalize(stretched, how.smooth)
    normalized = (stretched - np.float32(how.mean)) / np.float32(how.std)
    return np.ascontiguousarray(np.broadcast_to(normalized, (3, side, side)))


def _equalize(gray: NDArray[np.float32], smooth: float) -> NDArray[np.float32]:
    """Replace gray values in [0, 1] by the share of the area that is darker."""
    scaled = gray * np.float32(GRAY_LEVELS)
    level = np.minimum(scaled.astype(np.intp), GRAY_LEVELS - 1)
    counts = np.bincount(level.ravel(), minlength=GRAY_LEVELS).astype(np.float64)
    if smooth:
        counts = gaussian_filter1d(counts, smooth, mode="reflect")  # black stays black
    share = (counts / gray.size).astype(np.float32)
    darker = (np.cumsum(counts) / gray.size).astype(np.float32) - share
    return darker[level] + share[level] * (scaled - level).astype(np.float32)
