"""Keeps the warnings of the decoding libraries off the user's terminal."""

from __future__ import annotations

import logging
import re
import warnings

_CHATTY = ("pydicom", "PIL")


def hush() -> None:
    """Have warnings raised inside pydicom and Pillow ignored, from now on and in every thread.

    What matters in them becomes an error or a note of the `Radiograph`; the rest is about files
    that differ from the standard, as nearly all do. `warnings.catch_warnings` would be the usual
    way, but it changes a list that all threads share and restores it in the wrong order when two
    threads read at once. So the filters stay; they are put back if somebody removed them.
    """
    for package in _CHATTY:
        mine = ("ignore", None, Warning, re.compile(rf"{package}\b"), 0)
        if mine not in warnings.filters:
            warnings.filterwarnings("ignore", module=rf"{package}\b")
    # its messages quote values of the header, and those may name a patient
    logging.getLogger("pydicom").propagate = False
