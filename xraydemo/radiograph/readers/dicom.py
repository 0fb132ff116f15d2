"""Reads a DICOM file: header with pydicom, first frame with whichever decoder is installed."""

from __future__ import annotations

import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pydicom
from pydicom import uid
from pydicom.pixels.processing import apply_color_lut
from pydicom.pixels.utils import pixel_array
from pydicom.uid import UID

from xraydemo.errors import UnreadableImage, UnsupportedEncoding
from xraydemo.radiograph.presentation import Presentation, Window
from xraydemo.radiograph.readers.codecs import can_decode, cure_for, plugin_for
from xraydemo.radiograph.readers.codestream import (
    quality_of_stream,
    refuse_endless_boxes,
    size_of_stream,
)
from xraydemo.radiograph.readers.decoded import (
    MAX_PIXELS,
    Decoded,
    Facts,
    blamed_on,
    refuse_huge,
)
from xraydemo.radiograph.readers.dicom_facts import header_facts, number_of, text_of
from xraydemo.radiograph.readers.dicom_values import after_modality, presentation_of
from xraydemo.radiograph.readers.gray import narrowed, one_channel, only_finite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from pydicom import Dataset

# values that break the standard's rules are common, and are judged where they are used
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE

# what a modality is called in the message that refuses it (PS3.3 C.7.3.1.1.1)
_NO_PROJECTIONS = {
    "CT": "a CT slice",
    "MR": "an MR slice",
    "PT": "a PET slice",
    "NM": "a nuclear medicine picture",
    "US": "an ultrasound picture",
    "IVUS": "an ultrasound picture",
    "OCT": "an optical coherence picture",
    "IVOCT": "an optical coherence picture",
    "OPT": "an optical coherence picture",
    "OP": "a photograph of an eye",
    "ES": "an endoscopy picture",
    "SM": "a microscope slide",
    "GM": "a microscope picture",
    "BMD": "a bone density measurement",
    "SEG": "a segmentation",
    "RTDOSE": "a radiotherapy dose",
    "RTPLAN": "a radiotherapy plan",
    "RTSTRUCT": "a set of radiotherapy outlines",
    "REG": "a registration",
    "SR": "a structured report",
    "KO": "a list of key objects",
    "PR": "a presentation state",
    "DOC": "a document",
    "ECG": "an ECG",
    "HD": "a waveform",
    "AU": "a sound",
}
_SOP_CLASSES = (
    ("CT Image", "CT"),
    ("MR Image", "MR"),
    ("Positron Emission", "PT"),
    ("PET Image", "PT"),
    ("Nuclear Medicine", "NM"),
    ("Ultrasound", "US"),
    ("Segmentation", "SEG"),
    ("RT Dose", "RTDOSE"),
    ("Microscop", "SM"),
)

_UNDEFINED = 0xFFFFFFFF
_ITEM = b"\xfe\xff\x00\xe0"
_STREAM_HEAD = 1 << 16
_MAX_UNFOLDED = 4 * MAX_PIXELS  # bytes of a deflated data set


@dataclass(frozen=True)
class _Opened:
    """A DICOM file whose header is read; `file` stands at the pixel data element, or at the end."""

    path: Path
    file: BinaryIO
    header: Dataset
    syntax: UID

    @property
    def is_deflated(self) -> bool:
        return self.syntax == uid.DeflatedExplicitVRLittleEndian


@dataclass(frozen=True)
class _PixelElement:
    """Where the value of the pixel data element lies, and the beginning of the first frame."""

    length: int  # as stated; `_UNDEFINED` for fragments
    stream_head: bytes  # of the first fragment, empty if the value is not in fragments


def read_dicom(path: Path) -> Decoded:
    """Read a projection X-ray from a DICOM file.

    Parameters
    ----------
    path : Path
        A DICOM file, with or without its preamble.

    Returns
    -------
    Decoded
        The first frame, in one channel.

    Raises
    ------
    UnreadableImage
        If the file is broken, too large, without pixels, or no projection X-ray.
    UnsupportedEncoding
        If no decoder for its transfer syntax is installed.
    """
    with _opened(path) as opened, blamed_on(path):
        header = opened.header
        _refuse_other_modalities(opened)
        element = _checked_pixel_element(opened)
        facts = _facts(opened, element)
        samples = _first_frame(opened)
        notes: tuple[str, ...] = ()
        if int(facts["frames"]) > 1:
            notes = (f"the first of {facts['frames']} frames",)
        if _is_colour(header, samples):
            pixels = narrowed(one_channel(_as_rgb(header, samples)))
            presentation = Presentation(_colour_window(header, samples, pixels))
            kind = text_of(header, "PhotometricInterpretation")
            return Decoded(
                pixels, presentation, facts, (*notes, f"colour ({kind}) was reduced to gray")
            )
        stored, odd = only_finite(samples)
        pixels, odd_modality = after_modality(header, stored)
        presentation, odd_voi = presentation_of(header, stored, pixels)
    return Decoded(pixels, presentation, facts, (*notes, *odd, *odd_modality, *odd_voi))


def dicom_facts(path: Path) -> Facts:
    """Return the facts of a DICOM file; no pixel is decoded.

    Raises
    ------
    UnreadableImage
        If the file can't be parsed.
    """
    with _opened(path) as opened, blamed_on(path):
        return _facts(opened, _pixel_element(opened))


def dicom_header(path: Path) -> Dataset:
    """Return the whole header of a DICOM file, file meta information included, without pixels.

    Raises
    ------
    UnreadableImage
        If the file can't be parsed.
    """
    with _opened(path) as opened:
        return opened.header


@contextmanager
def _opened(path: Path) -> Iterator[_Opened]:
    with blamed_on(path), path.open("rb") as file:
        _refuse_deflated_bomb(path)
        header = pydicom.dcmread(file, stop_before_pixels=True, force=True)
        yield _Opened(path, file, header, _transfer_syntax(header))


def _transfer_syntax(header: Dataset) -> UID:
    """Return the stated transfer syntax, or the native one that pydicom found the header in."""
    stated = text_of(header.file_meta, "TransferSyntaxUID")
    if stated:
        return UID(stated)
    implicit, little = header.original_encoding
    if implicit:
        return uid.ImplicitVRLittleEndian
    return uid.ExplicitVRBigEndian if little is False else uid.ExplicitVRLittleEndian


def _facts(opened: _Opened, element: _PixelElement | None) -> Facts:
    facts = header_facts(opened.header, opened.syntax)
    size = opened.path.stat().st_size
    facts["bytes"] = size
    pixels = int(facts.get("width", 0)) * int(facts.get("height", 0)) * int(facts["frames"])
    if pixels > 0:
        facts["bytes_per_pixel"] = round(size / pixels, 6)
    # tables of 12-bit streams mean another thing by the same numbers
    if element and opened.syntax == uid.JPEGBaseline8Bit:
        quality = quality_of_stream(element.stream_head)
        if quality is not None:
            facts["jpeg_quality"] = quality
    return facts


def _refuse_other_modalities(opened: _Opened) -> None:
    """Raise for a file that holds something else than a projection X-ray.

    The modality decides, and the SOP class where it is plain; a secondary capture may be of
    anything, and an X-ray is often kept as one.
    """
    sop_class = UID(text_of(opened.header, "SOPClassUID")).name
    modality = text_of(opened.header, "Modality").upper()
    if modality not in _NO_PROJECTIONS:
        modality = next((short for name, short in _SOP_CLASSES if name in sop_class), "")
    if modality:
        raise UnreadableImage(
            f"{opened.path.name} is {_NO_PROJECTIONS[modality]}, not a projection X-ray",
            "Open a radiograph (modality CR or DX, or a capture of one)",
        )


def _checked_pixel_element(opened: _Opened) -> _PixelElement | None:
    """Raise whatever can be told against the pixels before any of them is decoded."""
    path, header = opened.path, opened.header
    width, height = number_of(header, "Columns"), number_of(header, "Rows")
    element = _pixel_element(opened)
    if width is None or height is None or (element is None and not opened.is_deflated):
        what = UID(text_of(header, "SOPClassUID")).name or text_of(
            header.file_meta, "MediaStorageSOPClassUID"
        )
        what = UID(what).name or "DICOM file"
        raise UnreadableImage(
            f"{path.name} has no picture in it ({what})",
            "Open the image that it belongs to, or copy the file again if it should have one",
        )
    refuse_huge(path, int(width), int(height))
    if element:
        refuse_endless_boxes(element.stream_head)
        _refuse_another_size(element, (int(width), int(height)))
    if not can_decode(opened.syntax):
        raise UnsupportedEncoding(
            f"{path.name} is encoded as {opened.syntax.name}, which can't be decoded here",
            cure_for(opened.syntax),
        )
    return element


def _refuse_another_size(element: _PixelElement, stated: tuple[int, int]) -> None:
    """Raise if the compressed picture has not the size that the header gives it.

    The decoder makes room for the former, so a small header may hide a bomb.
    """
    found = size_of_stream(element.stream_head) or stated
    if found != stated:
        raise ValueError(
            f"its header says {stated[0]} x {stated[1]} pixels,"
            f" the picture in it {found[0]} x {found[1]}"
        )


def _pixel_element(opened: _Opened) -> _PixelElement | None:
    """Look at the pixel data element without decoding it, None if there is none.

    Raises
    ------
    ValueError
        If the file ends before the first frame does. Decoders are not asked: some fill what is
        missing with gray.
    """
    if opened.is_deflated:
        return None
    file, at = opened.file, opened.file.tell()
    try:
        start = file.read(8 if opened.syntax.is_implicit_VR else 12)
        if len(start) < 8:
            return None
        length = int.from_bytes(start[-4:], "little" if opened.syntax.is_little_endian else "big")
        if length != _UNDEFINED:
            return _PixelElement(length, b"")
        _skip_fragment(file)  # the basic offset table
        body = file.tell()
        head = file.read(_STREAM_HEAD)[8:]
        file.seek(body)
        _check_fragments(opened)
        return _PixelElement(length, head)
    finally:
        file.seek(at)


def _check_fragments(opened: _Opened) -> None:
    """Walk the fragments of the only frame, or the first fragment of several frames."""
    several = (number_of(opened.header, "NumberOfFrames") or 1) > 1
    found = 0
    while _skip_fragment(opened.file):
        found += 1
        if several:
            return
    if not found:
        raise ValueError("its pixel data is empty")


def _skip_fragment(file: BinaryIO) -> bool:
    """Step over one item; tell whether it was one (a sequence delimiter is not)."""
    start = file.read(8)
    if start[:4] != _ITEM:
        return False
    length = int.from_bytes(start[4:8], "little")
    before = file.tell()
    end = file.seek(0, 2)
    if end - before < length:
        raise ValueError(f"the file ends {length - (end - before)} bytes too early")
    file.seek(before + length)
    return True


def _first_frame(opened: _Opened) -> NDArray[Any]:
    """Decode the first frame alone: a cine of a thousand frames costs no more than one."""
    if opened.is_deflated:
        opened.file.seek(0)
        whole = pydicom.dcmread(opened.file, force=True)
        return pixel_array(whole, index=0)
    return pixel_array(
        opened.file,
        index=0,
        transfer_syntax_uid=opened.syntax,
        decoding_plugin=plugin_for(opened.syntax),
    )


def _is_colour(header: Dataset, samples: NDArray[Any]) -> bool:
    return samples.ndim == 3 or text_of(header, "PhotometricInterpretation") == "PALETTE COLOR"


def _as_rgb(header: Dataset, samples: NDArray[Any]) -> NDArray[Any]:
    """Return (H, W, 3): pydicom has already made RGB of YBR, but not of a palette's indices."""
    return samples if samples.ndim == 3 else apply_color_lut(samples, header)


def _colour_window(header: Dataset, samples: NDArray[Any], pixels: NDArray[Any]) -> Window:
    """Return the full range of the depth: colour is ready for a screen and has no VOI."""
    if samples.ndim == 2:  # the palette's depth, not that of the indices
        return Window.between(0, np.iinfo(pixels.dtype).max)
    return Window.between(0, 2 ** int(number_of(header, "BitsStored") or 8) - 1)


def _refuse_deflated_bomb(path: Path) -> None:
    """Raise if a deflated data set would unfold to more than any radiograph needs.

    pydicom inflates such a file whole, before anything in it can be asked; a hundred kilobytes of
    it may hold a hundred megabytes of zeros.
    """
    with path.open("rb") as file:
        head = file.read(1024)
        stated = uid.DeflatedExplicitVRLittleEndian.encode()
        if stated not in head or head[128:132] != b"DICM":
            return
        meta = pydicom.filereader.read_file_meta_info(path)
        file.seek(128 + 4 + 12 + int(meta.FileMetaInformationGroupLength))
        inflater, total, waiting = zlib.decompressobj(-zlib.MAX_WBITS), 0, file.read()
        while waiting and not inflater.eof:
            total += len(inflater.decompress(waiting, 1 << 24))
            waiting = inflater.unconsumed_tail
            if total > _MAX_UNFOLDED:
                raise UnreadableImage(
                    f"{path.name} unfolds to more than {_MAX_UNFOLDED // 1_000_000} megabytes",
                    "This is no radiograph, or it is damaged; export it again from where it came",
                )
