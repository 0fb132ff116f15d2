"""One X-ray as read from a file, and the calls that read it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xraydemo.radiograph.readers.decoded import blamed_on
from xraydemo.radiograph.readers.dicom import dicom_facts, dicom_header, read_dicom
from xraydemo.radiograph.readers.dicom_tags import Tag, tags_of
from xraydemo.radiograph.readers.quiet import hush
from xraydemo.radiograph.readers.raster import raster_facts, read_raster
from xraydemo.radiograph.readers.sniff import sniff

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from xraydemo.radiograph.presentation import Pixels, Presentation
    from xraydemo.radiograph.readers.decoded import Facts


@dataclass(frozen=True, eq=False)
class Radiograph:
    """One X-ray: its values in full depth, how to present them, and what is known of it.

    Parameters
    ----------
    path : Path
        The file that it was read from.
    pixels : ndarray, shape (H, W)
        Values after the modality transformation (DICOM PS3.3 C.11.1), one channel: uint8, uint16,
        int16, int32 or float32.
    presentation : Presentation
        How to show them.
    facts : dict
        What is known without looking at the picture; never an identity.
    notes : tuple of str
        What was done to make one gray picture of the file ("the first of 30 frames").
    """

    path: Path
    pixels: Pixels
    presentation: Presentation
    facts: Facts
    notes: tuple[str, ...]

    def presented(self) -> NDArray[np.float32]:
        """Return the picture as a reader sees it: 0 is black, 1 is white, and dense is bright.

        Returns
        -------
        ndarray of float32, shape (H, W)
            In [0, 1].
        """
        return self.presentation.apply(self.pixels)


def read(path: str | Path) -> Radiograph:
    """Read one X-ray from a DICOM, PNG, JPEG, TIFF or BMP file; its name is of no account.

    May be called from several threads at once.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Radiograph

    Raises
    ------
    UnreadableImage
        If the file is no image, broken, too large, without pixels, or no projection X-ray.
    UnsupportedEncoding
        If a package is missing that would decode it; the hint names it.
    """
    hush()
    path = Path(path)
    found = read_dicom(path) if sniff(path) == "DICOM" else read_raster(path)
    return Radiograph(path, found.pixels, found.presentation, found.facts, found.notes)


def read_facts(path: str | Path) -> Facts:
    """Return what is known of a file, without decoding its pixels.

    Works for DICOM files that `read` refuses, too (a CT slice has facts).

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    dict
        Flat; what is unknown is absent, and nothing is an identity. Always there: `format`
        ("DICOM", "PNG", "JPEG", "TIFF", "BMP"), `bytes`, `frames`. Of any picture: `width`,
        `height` (upright), `bits`, `bytes_per_pixel`, `jpeg_quality` (estimated, 1 to 100). Of
        rasters: `mode`, `orientation` (EXIF, if not 1). Of DICOM: see `header_facts`.

    Raises
    ------
    UnreadableImage
        If the file is no image or its header is broken.
    """
    hush()
    path = Path(path)
    return dicom_facts(path) if sniff(path) == "DICOM" else raster_facts(path)


def read_tags(path: str | Path) -> list[Tag]:
    """Return every element of a DICOM file's header, pixels left out.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    list of Tag
        Empty for rasters.

    Raises
    ------
    UnreadableImage
        If the file is no image or its header is broken.
    """
    hush()
    path = Path(path)
    if sniff(path) != "DICOM":
        return []
    with blamed_on(path):
        return tags_of(dicom_header(path))
