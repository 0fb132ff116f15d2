"""Room in the text for what pikepdf puts there afterwards: vector figures, and JPEG pictures.

Each is drawn where it stands in the text, so that the page's content keeps its reading order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
import pikepdf
from numpy.typing import NDArray
from PIL import Image
from reportlab.platypus import Flowable

JPEG_QUALITY = 80


@dataclass(frozen=True)
class Jpeg:
    """A small picture, compressed.

    Attributes
    ----------
    data : bytes
    width, height : int
        Pixels.
    is_gray : bool
        Else it is RGB.
    """

    data: bytes
    width: int
    height: int
    is_gray: bool

    @classmethod
    def of(cls, pixels: NDArray[np.uint8]) -> Jpeg:
        """Compress pixels of shape (height, width) or (height, width, 3)."""
        buffer = BytesIO()
        Image.fromarray(pixels).save(buffer, "JPEG", quality=JPEG_QUALITY, optimize=True)
        return cls(buffer.getvalue(), pixels.shape[1], pixels.shape[0], pixels.ndim == 2)


class Placed(Flowable):
    """Room for one thing; after the text is set it knows its pages.

    Parameters
    ----------
    name : str
        Unlike any other in the document, of letters and digits.
    width, height : float
        Points.
    """

    def __init__(self, name: str, width: float, height: float) -> None:
        super().__init__()
        self.name, self.width, self.height = name, width, height
        self.pages: set[int] = set()

    def wrap(self, *_: Any) -> tuple[float, float]:  # noqa: ANN401  reportlab's
        """Tell the size."""
        return self.width, self.height

    def draw(self) -> None:
        """Leave the command that shows it, and remember the page, from 0."""
        self.pages.add(self.canv.getPageNumber() - 1)
        self.canv.addLiteral(f"q {self._scale()} 0 0 cm /{self.name} Do Q")

    def _scale(self) -> str:
        """Give the first four numbers of the matrix from its own units to points."""
        raise NotImplementedError

    def content(self, pdf: pikepdf.Pdf) -> pikepdf.Object:
        """Make what is shown, as an object of this PDF."""
        raise NotImplementedError


class PlacedFigure(Placed):
    """A page of an album of drawings; `album` is given when all are drawn."""

    def __init__(self, number: int, album_page: int, width: float, height: float) -> None:
        super().__init__(f"Figure{number}", width, height)
        self.spaceBefore, self.spaceAfter = 5, 2
        self._album_page = album_page
        self.album: pikepdf.Pdf | None = None

    def _scale(self) -> str:
        return "1 0 0 1"

    def content(self, pdf: pikepdf.Pdf) -> pikepdf.Object:
        """Make a form of it."""
        assert self.album is not None, "the album isn't closed yet"
        return pdf.copy_foreign(self.album.pages[self._album_page].as_form_xobject())


class PlacedPicture(Placed):
    """A picture, as a JPEG."""

    def __init__(self, name: str, picture: Jpeg, height: float) -> None:
        super().__init__(name, height * picture.width / picture.height, height)
        self._picture = picture

    def _scale(self) -> str:
        return f"{self.width:.3f} 0 0 {self.height:.3f}"

    def content(self, pdf: pikepdf.Pdf) -> pikepdf.Object:
        """Make an image of it, the JPEG as it is."""
        return pikepdf.Stream(
            pdf,
            self._picture.data,
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=self._picture.width,
            Height=self._picture.height,
            ColorSpace=pikepdf.Name.DeviceGray if self._picture.is_gray else pikepdf.Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=pikepdf.Name.DCTDecode,
        )


def fill(pdf: pikepdf.Pdf, placed: Iterable[Placed]) -> None:
    """Put what was left room for into the pages."""
    for one in placed:
        if not one.pages:
            continue
        content, name = pdf.make_indirect(one.content(pdf)), pikepdf.Name(f"/{one.name}")
        for page in sorted(one.pages):
            pdf.pages[page].add_resource(content, pikepdf.Name.XObject, name)
