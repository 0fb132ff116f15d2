"""What every reader hands back, and the limits and errors that hold for all of them."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xraydemo.errors import UnreadableImage, XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from xraydemo.radiograph.presentation import Pixels, Presentation

Facts = dict[str, str | int | float]
"""What is known of a file without looking at its picture; flat, and never an identity."""

MAX_PIXELS = 100_000_000
"""No radiograph comes near 100 megapixels (a long-leg image has about 30): more is an attack, or
damage."""


_AN_OBJECT = re.compile(r"<\S+ object at 0x[0-9a-fA-F]+>")
"""How decoders name what they read from: another word each time, and none that helps."""


@dataclass(frozen=True, eq=False)
class Decoded:
    """The content of one file: a `Radiograph` without its path."""

    pixels: Pixels
    presentation: Presentation
    facts: Facts
    notes: tuple[str, ...]


def refuse_huge(path: Path, width: int, height: int) -> None:
    """Raise if a picture is too large to be true; to be called before anything is decoded.

    Parameters
    ----------
    path : Path
        The file, for the message.
    width, height : int
        As the header says, in pixels.

    Raises
    ------
    UnreadableImage
        If there are more than `MAX_PIXELS` pixels, or none.
    """
    if width < 1 or height < 1:
        raise UnreadableImage(
            f"{path.name} claims to be {width} x {height} pixels",
            "Its header is damaged; export it again from where it came",
        )
    if width * height > MAX_PIXELS:
        raise UnreadableImage(
            f"{path.name} claims to be {width} x {height} pixels, more than"
            f" {MAX_PIXELS // 1_000_000} megapixels",
            "This is no radiograph, or its header is damaged; export it again from where it came",
        )


@contextmanager
def blamed_on(path: Path) -> Iterator[None]:
    """Turn whatever a decoder raises into the error that names the file.

    Raises
    ------
    UnreadableImage
        From any exception that is not of the program's own family.
    """
    try:
        yield
    except XrayDemoError:
        raise
    except Exception as error:  # decoders raise a dozen types on damaged files
        reason = (
            " ".join(_AN_OBJECT.sub("", str(error)).split()).rstrip(".")[:300]
            or type(error).__name__
        )
        raise UnreadableImage(
            f"{path.name} is damaged or incomplete ({reason})",
            "Copy it again from where it came, or export it anew",
        ) from error
