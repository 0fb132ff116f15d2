"""``xraydemo demo``: the story that the program was born from, in the window or in print."""

from __future__ import annotations

import os
from pathlib import Path

from xraydemo.cohort.demo import HONEST, TRAP, demo_cohort
from xraydemo.errors import XrayDemoError

# Before Qt: PySide looks into what is imported after it, and pydantic doesn't bear that while
# several threads of the window import it at once.
from xraydemo.model.bundle import load_bundle

FOLDER = Path("xraydemo-demo")


def show(model: str, *, window: bool) -> int:
    """Show the tour in the window; without a display, tell the story, and draw the tour.

    Parameters
    ----------
    model : str
        The bundle for real X-rays.
    window : bool
        Whether a window is wanted, if there is a display.

    Returns
    -------
    int
        The program's exit status.
    """
    cohort = demo_cohort()
    for name in (TRAP, HONEST):
        load_bundle(name)  # what is not installed is said at once
    if window and _has_display():
        from xraydemo.desktop.tour_window import start_tour

        return start_tour(cohort)

    from xraydemo.cli.story import tell

    return tell(cohort, _folder(), model)


def _has_display() -> bool:
    """Tell whether a window can be shown; there is none where Qt isn't installed."""
    try:
        from xraydemo.desktop.app import has_display
    except ImportError:
        return False
    return has_display() and os.environ.get("QT_QPA_PLATFORM") != "offscreen"


def _folder() -> Path:
    """Make the folder that the demo writes into, below the current one."""
    folder = FOLDER.resolve()
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        message = f"{folder} can't be made: {error.strerror}"
        raise XrayDemoError(message, "Go to a folder that you may write to") from error
    return folder
