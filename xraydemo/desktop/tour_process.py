"""The tour from the menu: in a window of its own, so that the reader's work stays as it is."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from xraydemo.desktop import tour_text

if TYPE_CHECKING:
    from collections.abc import Callable


def open_tour(notice: Callable[[str], None]) -> None:
    """Start the program once more, with the tour, and say so.

    Parameters
    ----------
    notice : callable
        Is given a sentence for the reader.
    """
    frozen = getattr(sys, "frozen", False)  # then the program is its own Python
    command = [sys.executable, *([] if frozen else ["-m", "xraydemo"]), "demo"]
    try:
        subprocess.Popen(command, start_new_session=True)
    except OSError as error:
        notice(tour_text.NOT_BEGUN.format(why=error))
    else:
        notice(tour_text.BEGUN)
