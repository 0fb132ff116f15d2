"""Named devices, each with its own curve, noise, sharpness, border, markers and text.

None of them exists. They differ as storage plates and flat detectors of the years differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont
from scipy import ndimage

from xraydemo.phantom.projection import Image, enlarged
from xraydemo.phantom.thorax import Floats

Corner = Literal["upper left", "upper right", "lower left", "lower right"]
WHITE = 4095  # of the 12 bits that a device writes


@dataclass(frozen=True)
class Scanner:
    """A device and what its pictures look like.

    Parameters
    ----------
    name : str
    modality : str
        "CR" (a storage plate) or "DX" (a flat detector).
    scatter : float
        Scattered photons for each primary one that the grid lets through.
    photons : float
        That would reach a square mm of the detector with nobody in the way.
    blur : float
        Standard deviation of the point-spread function, mm.
    equalized : float
        Share of the differences between large areas that the device takes away, 0 to 1.
    edges : float
        How much it lifts fine structure, up to about 1 cm.
    window : (float, float)
        Which percentiles of the body become its darkest and its brightest gray.
    grays : (float, float)
        Those two grays before the curve's shoulder, which lets nothing beyond 1, white.
    gamma : float
        Exponent of the curve between them; above 1 is darker.
    letter : str
        Of the side marker: "L" or "R".
    corner : str
        Where the marker stands, as the reader sees it.
    text : tuple of str
        What is burned into the upper left corner, a line each.
    border : float
        Largest width of its black border, as a share of the picture's side.
    """

    name: str
    modality: Literal["CR", "DX"]
    scatter: float
    photons: float
    blur: float
    equalized: float
    edges: float
    window: tuple[float, float]
    grays: tuple[float, float]
    gamma: float
    letter: Literal["L", "R"]
    corner: Corner
    text: tuple[str, ...] = ()
    border: float = 0.0


SCANNERS: dict[str, Scanner] = {
    scanner.name: scanner
    for scanner in (
        Scanner(
            "Altair CR", "CR", scatter=1.0, photons=2.2e5, blur=0.62, equalized=0.30, edges=0.2,
            window=(6, 98), grays=(0.14, 0.97), gamma=0.98, letter="L", corner="upper right",
        ),
        Scanner(
            "Bellatrix CR", "CR", scatter=1.3, photons=1.3e5, blur=0.75, equalized=0.42, edges=0.4,
            window=(4, 98.5), grays=(0.22, 0.95), gamma=0.92, letter="R", corner="upper left",
            border=0.03,
        ),
        Scanner(
            "Capella DX", "DX", scatter=0.7, photons=6e5, blur=0.38, equalized=0.38, edges=0.4,
            window=(6, 97), grays=(0.10, 1.05), gamma=1.02, letter="L", corner="upper right",
        ),
        Scanner(
            "Deneb DX", "DX", scatter=0.8, photons=4e5, blur=0.30, equalized=0.52, edges=0.65,
            window=(6, 97), grays=(0.06, 1.1), gamma=1.0, letter="R", corner="upper left",
            text=("DENEB",),
        ),
    )
}  # fmt: skip
NEWEST = "Deneb DX"


def detected(
    exposure: Image, scanner: Scanner, pixel: float, generator: np.random.Generator
) -> Image:
    """Return what a device makes of an exposure, as grays.

    Parameters
    ----------
    exposure : ndarray, shape (side, side)
        Share of the beam that arrives.
    scanner : Scanner
    pixel : float
        Size of a pixel, mm.
    generator : numpy.random.Generator
        Of the quantum noise, and of how the exposure was judged.

    Returns
    -------
    ndarray of float32, shape (side, side)
        0 black to 1 white; dense is bright.
    """
    # a pixel counts so many photons that Poisson's law is Gauss's
    noise = generator.standard_normal(exposure.shape, np.float32)
    exposure = exposure + np.sqrt(exposure / (scanner.photons * pixel**2)) * noise
    exposure = ndimage.gaussian_filter(exposure, scanner.blur / pixel, mode="nearest", truncate=3)
    dense = -np.log(np.maximum(exposure, 1e-4))

    body = dense > 0.5
    large = _smoothed(np.maximum(dense, 0.5), 24.0, pixel)
    level = float(np.median(large[body])) if body.any() else 0.0
    dense = dense - scanner.equalized * np.where(body, large - level, 0)
    if scanner.edges:
        fine = ndimage.gaussian_filter(dense, 3.0 / pixel, truncate=2.5)
        dense += scanner.edges * (dense - fine) + 0.7 * scanner.edges * _lifted(dense, 9.0, pixel)
    low, high = np.percentile(dense[body] if body.any() else dense, scanner.window)
    # no two exposures come out quite alike
    low, high = low + 0.05 * generator.normal(), high + 0.10 * generator.normal()
    gamma = scanner.gamma * np.exp(0.10 * generator.normal())
    share = np.clip((dense - low) / max(high - low, 1e-3), -0.25, 1.6)
    dark, bright = scanner.grays
    gray = dark + (bright - dark) * np.sign(share) * np.abs(share) ** gamma
    # the air beside the body is the darkest there is, and the curve has a shoulder at white
    gray = np.where(gray > 0.6, 1 - 0.4 * np.exp(-(gray - 0.6) / 0.4), gray)
    return np.asarray(np.clip(gray, 0, 1), np.float32)


def _lifted(dense: Image, scale: float, pixel: float) -> Image:
    """Return what stands out from its surroundings, softly limited where it is the body's edge."""
    around = _smoothed(dense, scale, pixel)
    limited: Image = 0.4 * np.tanh((dense - around) / 0.4)
    return limited


def _smoothed(picture: Image, scale: float, pixel: float) -> Image:
    """Return a Gaussian blur of some mm, computed on a picture as coarse as that allows."""
    step = max(int(0.35 * scale / pixel), 1)
    while len(picture) % step:
        step -= 1
    n = len(picture) // step
    small = picture.reshape(n, step, n, step).mean(axis=(1, 3))
    small = ndimage.gaussian_filter(small, scale / (pixel * step), mode="nearest")
    return enlarged(small, len(picture))


def stamp(gray: Image, text: str, place: tuple[float, float], height: float) -> None:
    """Burn text into a picture, in white.

    Parameters
    ----------
    gray : ndarray, shape (side, side)
        Changed.
    text : str
        One line.
    place : (float, float)
        Middle of the text, as shares of width and height.
    height : float
        Of a capital, as a share of the picture's side.
    """
    side = len(gray)
    font = ImageFont.load_default(size=max(height * side * 1.4, 6))
    canvas = PillowImage.new("L", (side, side))
    ImageDraw.Draw(canvas).text(
        (place[0] * side, place[1] * side), text, fill=255, font=font, anchor="mm"
    )
    ink: Floats = np.asarray(canvas, np.float32) / 255
    gray += (0.97 - gray) * ink


def mark(gray: Image, scanner: Scanner, generator: np.random.Generator) -> None:
    """Put a device's side marker, text and border on a picture, which is changed."""
    high = 0.034 * generator.uniform(0.8, 1.2)
    aside = generator.uniform(0.05, 0.10)
    down = generator.uniform(0.06, 0.13)
    # a marker lies at its own side of the patient, whose left is the picture's right
    x = 1 - aside if scanner.letter == "L" else aside
    y = down if scanner.corner.startswith("upper") else 1 - down
    stamp(gray, scanner.letter, (x, y), high)
    for line, words in enumerate(scanner.text):
        stamp(gray, words, (0.14, 0.03 + 0.035 * line), 0.022)
    if scanner.border:
        widths = generator.uniform(0.2, 1, 4) * scanner.border
        frame(gray, tuple(widths))


def frame(gray: Image, widths: tuple[float, ...]) -> None:
    """Black out a border: its widths above, below, left and right, as shares of the side."""
    above, below, left, right = (round(width * len(gray)) for width in widths)
    side = len(gray)
    gray[:above] = gray[side - below :] = 0
    gray[:, :left] = gray[:, side - right :] = 0
