"""How stored values become what a reader of X-rays sees: the VOI transformation and the inversion.

The formulas are those of DICOM PS3.3 C.11.2.1 (VOI LUT and window). They are written here, and not
taken from pydicom, because the window is applied again at every step of a mouse drag, and to
rasters, too; the tests hold them equal to pydicom's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

Pixels = NDArray[Any]
"""Stored values of one channel, shape (H, W): uint8, uint16, int16, int32 or float32."""

WindowFunction = Literal["LINEAR", "LINEAR_EXACT", "SIGMOID"]

Scalar = TypeVar("Scalar", bound=np.generic)

_ROWS_AT_ONCE = 64


@dataclass(frozen=True)
class Window:
    """A range of values spread over the range from black to white (DICOM PS3.3 C.11.2.1.2).

    Parameters
    ----------
    center, width : float
        Window Center and Window Width, in the unit of the pixels. Width is at least 1 for LINEAR
        and above 0 for the others, as the standard demands.
    function : {"LINEAR", "LINEAR_EXACT", "SIGMOID"}
        VOI LUT Function. LINEAR counts in whole values (its ramp is `width - 1` wide and shifted by
        a half); LINEAR_EXACT is the plain ramp; SIGMOID has soft shoulders.

    Raises
    ------
    ValueError
        If the width is too small for the function or a number is not finite.
    """

    center: float
    width: float
    function: WindowFunction = "LINEAR"

    def __post_init__(self) -> None:
        if not (np.isfinite(self.center) and np.isfinite(self.width)):
            raise ValueError("center and width of a window must be finite")
        if self.function == "LINEAR" and self.width < 1:
            raise ValueError(f"a LINEAR window is at least 1 wide, not {self.width}")
        if self.width <= 0:
            raise ValueError(f"a window is more than 0 wide, not {self.width}")

    @classmethod
    def between(cls, low: float, high: float) -> Window:
        """Return the exact linear window that is black at `low` and white at `high`.

        With `low` equal to `high` that value is mid-gray: a picture of one value is neither black
        nor white.

        Parameters
        ----------
        low, high : float
            Values in the unit of the pixels, in any order.

        Returns
        -------
        Window
            With the function LINEAR_EXACT.
        """
        low, high = sorted((float(low), float(high)))
        # halved first: the sum of two large floats may overflow
        width = max(high - low, float(np.finfo(np.float32).tiny))
        return cls(low / 2 + high / 2, width, "LINEAR_EXACT")

    @property
    def low(self) -> float:
        """The value that becomes black (for SIGMOID: where its tangent at the center does)."""
        center, reach = self._ramp()
        return center - reach

    @property
    def high(self) -> float:
        """The value that becomes white (for SIGMOID: where its tangent at the center does)."""
        center, reach = self._ramp()
        return center + reach

    def apply(self, values: Pixels) -> NDArray[np.float64]:
        """Map values to [0, 1].

        Parameters
        ----------
        values : ndarray
            Any shape, any real dtype.

        Returns
        -------
        ndarray of float64
            Same shape, in [0, 1].
        """
        exact = values.astype(np.float64)
        if self.function == "SIGMOID":
            # written with tanh, which saturates where exp would overflow
            return 0.5 + 0.5 * np.tanh(2 * (exact - self.center) / self.width)
        center, reach = self._ramp()
        if reach == 0:  # LINEAR of width 1 is a step
            return (exact > center).astype(np.float64)
        exact -= center
        exact /= 2 * reach
        exact += 0.5
        return np.clip(exact, 0.0, 1.0, out=exact)

    def _ramp(self) -> tuple[float, float]:
        """Return the middle of the ramp and half of its width."""
        if self.function == "LINEAR":
            return self.center - 0.5, (self.width - 1) / 2
        return self.center, self.width / 2


@dataclass(frozen=True, eq=False)
class Lookup:
    """A VOI lookup table (DICOM PS3.3 C.11.2.1.1).

    Parameters
    ----------
    first : int
        The value that the first entry belongs to; smaller values get the first entry, values past
        the end the last one.
    table : ndarray of uint8 or uint16, shape (N,)
        Brightness by value. Black is 0; white is the largest number of as many bits as the largest
        entry needs. (The number of bits in the file's descriptor is often 16 for entries of 12
        bits, which would show a nearly black picture.)
    """

    first: int
    table: NDArray[Any]

    @property
    def white(self) -> int:
        """The brightness that is white: 255, 1023, 4095 ..."""
        return int((1 << max(int(self.table.max()).bit_length(), 1)) - 1)

    def entries(self, values: Pixels) -> NDArray[Any]:
        """Return the entry of each value.

        Parameters
        ----------
        values : ndarray
            Any shape, any real dtype; fractions are cut off.

        Returns
        -------
        ndarray
            Same shape, dtype of the table.
        """
        # clipped before the subtraction, which may leave the range of the integers
        last = self.first + len(self.table) - 1
        index = np.clip(values.astype(np.float64), self.first, last) - self.first
        return self.table[index.astype(np.intp)]

    def apply(self, values: Pixels) -> NDArray[np.float64]:
        """Map values to [0, 1]; see `Window.apply`."""
        return self.entries(values) / np.float64(self.white)


@dataclass(frozen=True)
class Presentation:
    """How to show stored values: VOI first, inversion last and at most once.

    Parameters
    ----------
    voi : Window or Lookup
        Values of interest.
    inverted : bool
        Whether small values are bright (MONOCHROME1, or a Presentation LUT Shape of INVERSE).
    """

    voi: Window | Lookup
    inverted: bool = False

    def apply(self, pixels: Pixels) -> NDArray[np.float32]:
        """Return the picture, dark is 0 and bright is 1.

        Parameters
        ----------
        pixels : ndarray, shape (H, W)
            Values after the modality transformation.

        Returns
        -------
        ndarray of float32, shape (H, W)
            In [0, 1].
        """
        return _through_table(pixels, self._exact)

    def apply_8bit(self, pixels: Pixels) -> NDArray[np.uint8]:
        """Return the picture for a screen: `round(apply(pixels) * 255)`, faster.

        Parameters
        ----------
        pixels : ndarray, shape (H, W)
            Values after the modality transformation.

        Returns
        -------
        ndarray of uint8, shape (H, W)
        """
        return _through_table(pixels, lambda values: _to_8bit(self._exact(values)))

    def with_window(self, window: Window) -> Presentation:
        """Return the presentation with the user's own window; the inversion stays."""
        return replace(self, voi=window)

    def toggled(self) -> Presentation:
        """Return the presentation with dark and bright changed over."""
        return replace(self, inverted=not self.inverted)

    def _exact(self, values: Pixels) -> NDArray[np.float32]:
        shown = self.voi.apply(values)
        return (1.0 - shown if self.inverted else shown).astype(np.float32)


def _to_8bit(shown: NDArray[np.float32]) -> NDArray[np.uint8]:
    levels: NDArray[np.uint8] = np.rint(shown * np.float32(255)).astype(np.uint8)
    return levels


def _through_table(
    pixels: Pixels, function: Callable[[Pixels], NDArray[Scalar]]
) -> NDArray[Scalar]:
    """Apply a function of one value to all pixels, by table where there are few possible values."""
    if pixels.dtype.kind not in "iu" or pixels.dtype.itemsize > 2:
        return function(pixels)
    unsigned = np.dtype(f"u{pixels.dtype.itemsize}")
    # the table is in the order of the bit patterns, so signed pixels are looked up as they are
    patterns = np.arange(1 << (8 * unsigned.itemsize), dtype=unsigned)
    table = function(patterns.view(pixels.dtype.newbyteorder("=")))
    native = np.ascontiguousarray(pixels, dtype=pixels.dtype.newbyteorder("="))
    index = native.view(unsigned)
    shown = np.empty(pixels.shape, table.dtype)
    # take() widens its index to 64 bits: a few rows at a time that stays in the cache, which is
    # three times as fast (3000 x 3000: 7 ms); no index can be out of range, so "clip" never clips
    for top in range(0, len(index), _ROWS_AT_ONCE):
        rows = slice(top, top + _ROWS_AT_ONCE)
        np.take(table, index[rows], out=shown[rows], mode="clip")
    return shown
