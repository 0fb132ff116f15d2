"""What the window does with gray values: the presets, and dragging. Knows no Qt.

The presets are relative to the values of the X-ray at hand: X-rays have no fixed units, as CT has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xraydemo.radiograph import Presentation, Window

PRESETS = ("file", "full", "percentiles", "lungs", "soft")

_SAMPLE = 250_000
# Shares of the pixels, from dark to bright as shown, between which a preset stretches the grays.
_SHARES = {"percentiles": (1.0, 99.0), "lungs": (2.0, 60.0), "soft": (35.0, 99.5)}
# A drag across this many screen pixels changes the window by the X-ray's whole range.
_DRAG_PIXELS = 600.0
_FINE = 0.1


@dataclass(frozen=True)
class Values:
    """The gray values of an X-ray, as far as presets and dragging need them."""

    low: float
    high: float
    percentiles: tuple[float, ...]
    """The 0th, 0.5th, 1st, ... 100th percentile of what lies strictly inside the extremes."""

    def percentile(self, share: float) -> float:
        """Return the value below which this share (0 to 100) of the pixels lies."""
        return self.percentiles[round(2 * share)]

    @property
    def span(self) -> float:
        """How far the values reach, without the few that stick out; never 0."""
        return max(self.percentile(99.5) - self.percentile(0.5), 1e-6 * abs(self.high), 1e-6)


def measure(pixels: NDArray[Any]) -> Values:
    """Measure the values of an X-ray: the extremes of all, the percentiles of a sample.

    Parameters
    ----------
    pixels : ndarray
        One channel, of any number type.
    """
    step = max(1, int(np.ceil(np.sqrt(pixels.size / _SAMPLE))))
    sample = pixels[::step, ::step].astype(np.float64)
    sample = sample[np.isfinite(sample)]
    if not sample.size:
        return Values(0.0, 1.0, tuple(np.linspace(0.0, 1.0, 201)))
    low, high = float(pixels.min()), float(pixels.max())
    if not np.isfinite([low, high]).all():
        low, high = float(sample.min()), float(sample.max())
    # Collimation, padding and burnt-in letters are flat areas at the extremes: they'd pull
    # every percentile towards them.
    inside = sample[(sample > low) & (sample < high)]
    chosen = inside if inside.size >= 0.1 * sample.size else sample
    return Values(low, high, tuple(np.percentile(chosen, np.linspace(0, 100, 201)).tolist()))


def preset(name: str, original: Presentation, values: Values) -> Presentation:
    """Return how the X-ray looks under a preset; which way round is black stays as the file says.

    Parameters
    ----------
    name : str
        One of `PRESETS`.
    original : Presentation
        How the file wants to be shown.
    values : Values
        The gray values of the X-ray.
    """
    if name == "file":
        return original
    if name == "full":
        return between(original, values.low, values.high)
    dark, bright = _SHARES[name]
    if original.inverted:  # high values are shown dark
        dark, bright = 100 - bright, 100 - dark
    return between(original, values.percentile(dark), values.percentile(bright))


def between(presentation: Presentation, low: float, high: float) -> Presentation:
    """Return the presentation with a window that runs from `low` to `high`."""
    # reached only when an X-ray is open, so that pydicom is loaded and the import costs nothing
    from xraydemo.radiograph import Window

    return presentation.with_window(Window.between(low, high))


def window_of(presentation: Presentation) -> Window | None:
    """Return the window of a presentation, or None where it is a table of its own."""
    from xraydemo.radiograph import Window

    return presentation.voi if isinstance(presentation.voi, Window) else None


def dragged(
    start: Presentation, values: Values, right: float, down: float, *, fine: bool
) -> Presentation:
    """Return the presentation after the mouse was dragged: right for wider, up for brighter.

    Parameters
    ----------
    start : Presentation
        How it was when the drag began.
    values : Values
        The gray values of the X-ray: one step is a share of their span.
    right, down : float
        Screen pixels since the drag began.
    fine : bool
        A tenth of the usual step.
    """
    if window_of(start) is None:  # a table can't be dragged: begin where it roughly is
        start = between(start, values.percentile(1.0), values.percentile(99.0))
    window = window_of(start)
    assert window is not None
    step = values.span / _DRAG_PIXELS * (_FINE if fine else 1.0)
    # Brighter means that lower values already are white, unless the grays run the other way.
    brighter = 1.0 if not start.inverted else -1.0
    center = (window.low + window.high) / 2 + brighter * down * step
    width = max(window.high - window.low + right * step, values.span / 1000)
    if window.function == "SIGMOID":
        return start.with_window(type(window)(center, width, window.function))
    return between(start, center - width / 2, center + width / 2)
