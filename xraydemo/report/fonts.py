"""The typeface of every drawing and of the PDF: DejaVu Sans, which ships with matplotlib.

matplotlib is slow to load: import this module only where something is drawn.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import matplotlib
from matplotlib.ft2font import FT2Font

from xraydemo.report.words import one_line

FAMILY = "DejaVu Sans"
_MISSING = "□"


def font_file(*, bold: bool = False) -> Path:
    """Give the TrueType file of the typeface."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return Path(matplotlib.get_data_path(), "fonts", "ttf", name)


def drawable(text: str) -> str:
    """Give text with a box for each character that the typeface lacks (emoji, Chinese)."""
    return "".join(c if ord(c) in _glyphs() else _MISSING for c in one_line(text))


@cache
def _glyphs() -> frozenset[int]:
    regular, bold = (FT2Font(font_file(bold=bold)).get_charmap() for bold in (False, True))
    return frozenset(regular.keys() & bold.keys())
