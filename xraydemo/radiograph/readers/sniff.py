"""What a file is, from its first bytes; its name is never asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from xraydemo.errors import UnreadableImage

if TYPE_CHECKING:
    from pathlib import Path

Kind = Literal["DICOM", "PNG", "JPEG", "TIFF", "BMP"]

_HEAD = 256

_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
    (b"BM", "BMP"),
)

# named in the message, because "no image" alone helps nobody who sees a picture in another program
_STRANGERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"GIF8", "a GIF"),
    (b"RIFF", "a WebP picture, a film or a sound"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 file"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 codestream"),
    (b"\x5c\x01\x00\x00", "a NIfTI volume"),
    (b"\x93NUMPY", "a numpy array"),
    (b"<", "a page of HTML or XML"),
)

_CURE = "Open a DICOM, PNG, JPEG, TIFF or BMP file"


def sniff(path: Path) -> Kind:
    """Return what family of files this is.

    Parameters
    ----------
    path : Path
        Any path.

    Returns
    -------
    {"DICOM", "PNG", "JPEG", "TIFF", "BMP"}

    Raises
    ------
    UnreadableImage
        If the path is absent, a folder, or not permitted, or the file is empty or of no family
        that is read.
    """
    head = _first_bytes(path)
    # asked first: a preamble may be that of a TIFF, for files that are both (PS3.10 section 7.1)
    if head[128:132] == b"DICM":
        return "DICOM"
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if _starts_as_dataset(head):
        return "DICOM"
    for magic, what in _STRANGERS:
        if head.startswith(magic):
            raise UnreadableImage(f"{path.name} is {what}, which is not read here", _CURE)
    raise UnreadableImage(f"{path.name} is no image of a kind that is read here", _CURE)


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except FileNotFoundError as error:
        raise UnreadableImage(f"{path} does not exist", "Check the path") from error
    except IsADirectoryError as error:
        raise UnreadableImage(f"{path} is a folder", "Give the files in it") from error
    except PermissionError as error:
        # Windows says so of folders, too
        if path.is_dir():
            raise UnreadableImage(f"{path} is a folder", "Give the files in it") from error
        raise UnreadableImage(
            f"{path.name} may not be read by this user", "Ask for the permission to read it"
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        raise UnreadableImage(
            f"{path.name} could not be opened: {error}", "Check the path and the disk"
        ) from error
    if not head:
        raise UnreadableImage(f"{path.name} is empty", "Copy or export it again")
    return head


def _starts_as_dataset(head: bytes) -> bool:
    """Tell whether bytes look like a DICOM data set that has lost its preamble.

    Such a file begins with an element of group 0002 (file meta) or 0008 (identification), in
    either byte order, with a two-letter VR or with a length that is short as all first elements
    are.
    """
    if len(head) < 8:
        return False
    for order in ("little", "big"):
        group = int.from_bytes(head[0:2], order)
        element = int.from_bytes(head[2:4], order)
        if group not in (0x0002, 0x0008) or element > 0x2000:
            continue
        explicit = head[4:6].isalpha() and head[4:6].isupper()
        length = int.from_bytes(head[4:8], order)
        if explicit or length <= 256:
            return True
    return False
