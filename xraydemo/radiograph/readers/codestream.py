"""What the first bytes of a compressed picture tell: its size, and how coarse a JPEG is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SOI = b"\xff\xd8"
_J2K = b"\xff\x4f\xff\x51"
_JP2 = b"\x00\x00\x00\x0cjP  "
_DQT, _SOS = 0xDB, 0xDA
# every start of frame of ITU-T T.81 (C4, C8 and CC are other markers), and JPEG-LS's own
_START_OF_FRAME = {*range(0xC0, 0xD0), 0xF7} - {0xC4, 0xC8, 0xCC}

# The luminance table of the JPEG standard (ITU-T T.81, table K.1), which the Independent JPEG
# Group's library scales by "quality" and nearly every program uses
_STANDARD = (
    16, 11, 10, 16, 24, 40, 51, 61,
    12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77,
    24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
)  # fmt: skip


def _scaled_sum(quality: int) -> int:
    """Return the sum of the luminance table at a quality, as the IJG's library scales it."""
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return sum(min(max((entry * scale + 50) // 100, 1), 255) for entry in _STANDARD)


_SUMS = {quality: _scaled_sum(quality) for quality in range(1, 101)}


def quality_of_table(luminance: Sequence[int]) -> int:
    """Return the IJG quality whose luminance table is nearest to this one.

    Only the sum of the entries is compared, so that their order (zigzag or by rows) is of no
    account. For tables that are not the standard's own, the answer is the quality of a file that is
    about as coarse.

    Parameters
    ----------
    luminance : sequence of int, 64 entries
        The quantization table of the first component.

    Returns
    -------
    int
        1 (coarse) to 100 (fine).
    """
    total = sum(luminance)
    return min(_SUMS, key=lambda quality: (abs(_SUMS[quality] - total), -quality))


def quality_of_stream(head: bytes) -> int | None:
    """Return the quality of a JPEG from its first bytes, None if no quantization table is there.

    Parameters
    ----------
    head : bytes
        From the start-of-image marker on; a few hundred bytes are enough as a rule.
    """
    for marker, body in _segments(head):
        if marker == _DQT and len(body) >= 65:
            wide = 2 if body[0] >> 4 else 1
            entries = body[1 : 1 + 64 * wide]
            return quality_of_table(
                [int.from_bytes(entries[i : i + wide], "big") for i in range(0, len(entries), wide)]
            )
    return None


def size_of_stream(head: bytes) -> tuple[int, int] | None:
    """Return width and height of a JPEG, JPEG-LS or JPEG 2000 picture, None if they aren't found.

    The header of the DICOM file around it may say another thing, and it is the stream that the
    decoder makes room for.

    Parameters
    ----------
    head : bytes
        The first bytes of the stream.
    """
    start = head.find(_J2K) if head.startswith((_J2K, _JP2)) else -1
    if start >= 0:
        fields = [
            int.from_bytes(head[start + at : start + at + 4], "big") for at in (8, 12, 16, 20)
        ]
        return fields[0] - fields[2], fields[1] - fields[3]
    for marker, body in _segments(head):
        if marker in _START_OF_FRAME and len(body) >= 5:
            return int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big")
    return None


def refuse_endless_boxes(head: bytes) -> None:
    """Raise for a JPEG 2000 file (not a bare codestream) whose boxes lead nowhere.

    DICOM asks for bare codestreams, but files exist (PS3.5 A.4.4); pydicom walks their boxes, and
    walks for ever when a damaged one is 0 long.

    Parameters
    ----------
    head : bytes
        The first bytes of any stream.

    Raises
    ------
    ValueError
        If the codestream can't be reached.
    """
    if not head.startswith(_JP2):
        return
    at = 12
    while head[at + 4 : at + 8] != b"jp2c":
        length = int.from_bytes(head[at : at + 4], "big")
        if length < 8 or at + length >= len(head):
            raise ValueError("the boxes around its JPEG 2000 picture are damaged")
        at += length


def _segments(head: bytes) -> Iterator[tuple[int, bytes]]:
    """Walk the marker segments of a JPEG stream up to the first scan."""
    if not head.startswith(_SOI):
        return
    at = 2
    while at + 4 <= len(head) and head[at] == 0xFF:
        marker, length = head[at + 1], int.from_bytes(head[at + 2 : at + 4], "big")
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker == _SOS or length < 2:
            return
        yield marker, head[at + 4 : at + 2 + length]
        at += 2 + length
