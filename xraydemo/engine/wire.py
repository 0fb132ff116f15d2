"""Messages between the program and its engine: a JSON header and named arrays, over a pipe.

Plain data by construction (no pickles): a header can't carry code, and neither side can send the
other an object by accident.
"""

from __future__ import annotations

import json
import struct
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
LENGTH = struct.Struct("<I")


def send(stream: IO[bytes], header: dict[str, Any], arrays: Arrays | None = None) -> None:
    """Write one message; `header` holds what JSON can hold."""
    arrays = arrays or {}
    described = [[name, a.dtype.str, list(a.shape)] for name, a in arrays.items()]
    text = json.dumps({"header": header, "arrays": described}).encode()
    contents = [np.ascontiguousarray(a).tobytes() for a in arrays.values()]
    stream.write(b"".join([LENGTH.pack(len(text)), text, *contents]))
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], Arrays] | None:
    """Read one message; None when the other side is gone, in mid-message too."""
    length = _exactly(stream, LENGTH.size)
    if length is None:
        return None
    text = _exactly(stream, LENGTH.unpack(length)[0])
    if text is None:
        return None
    message = json.loads(text)
    arrays: Arrays = {}
    for name, dtype, shape in message["arrays"]:
        content = _exactly(stream, int(np.prod(shape)) * np.dtype(dtype).itemsize)
        if content is None:
            return None
        arrays[name] = np.frombuffer(content, dtype).reshape(shape)
    return message["header"], arrays


def _exactly(stream: IO[bytes], n: int) -> bytes | None:
    content = stream.read(n)  # a buffered pipe gives less only at its end
    return content if len(content) == n else None
