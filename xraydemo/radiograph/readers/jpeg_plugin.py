"""12-bit and lossless JPEG for pydicom, by way of imagecodecs.

None of pydicom's own plugins decodes 12-bit JPEG Extended (Process 2 and 4) under a permissive
licence. Lossless JPEG they leave to GDCM, which takes four times as long and writes to the terminal
when a file is damaged. The module has the parts that pydicom asks of a plugin: `is_available`,
`DECODER_DEPENDENCIES` and a function that decodes.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from pydicom.uid import JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1

if TYPE_CHECKING:
    from pydicom.pixels.decoders.base import DecodeRunner

SYNTAXES = (JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1)
DECODER_DEPENDENCIES = dict.fromkeys(SYNTAXES, ("imagecodecs",))


def is_available(uid: str) -> bool:
    """Tell whether frames of this transfer syntax can be decoded here."""
    return uid in DECODER_DEPENDENCIES and find_spec("imagecodecs") is not None


def decode_frame(src: bytes, runner: DecodeRunner) -> bytes:
    """Decode one frame.

    Parameters
    ----------
    src : bytes
        A whole JPEG stream.
    runner : DecodeRunner
        What the data set says of the frame; told how the decoded values are laid out.

    Returns
    -------
    bytes
        Little-endian values, colour by pixel.
    """
    # slow to import, and few files need it
    import imagecodecs

    frame = imagecodecs.jpeg_decode(src)
    runner.set_option("bits_allocated", 8 * frame.dtype.itemsize)
    if frame.ndim == 3:  # the decoder has already made RGB of YBR
        runner.set_option("planar_configuration", 0)
        runner.set_option("photometric_interpretation", "RGB")
    return bytes(frame.astype(frame.dtype.newbyteorder("<")).tobytes())
