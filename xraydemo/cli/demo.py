"""``xraydemo demo``: the program on the X-rays that come with it, with or without a display."""

from __future__ import annotations

import os
from pathlib import Path

from xraydemo.classes import DISCLAIMER
from xraydemo.cli.predict import predict_files
from xraydemo.cohort.demo import demo_files

SCREENSHOT = Path("xraydemo-demo.png")


def show(model: str, *, window: bool) -> int:
    """Open the window on the demo X-rays; without a display, print answers and save a screenshot.

    Returns
    -------
    int
        The program's exit status.
    """
    from xraydemo.desktop.app import has_display, render_screenshot, start

    files = demo_files()
    if window and has_display() and os.environ.get("QT_QPA_PLATFORM") != "offscreen":
        return start(files, model)

    print("No display: the demo X-rays are read here.\n")
    failed = predict_files(files, model, "auto", as_json=False, heatmaps=None)
    print("\nRG1 is a chest in four encodings. RG3 is a leg, for which the model has no word.")
    screenshot = render_screenshot(files, SCREENSHOT.resolve(), model)
    print(f"The window, with the heat map drawn: {screenshot}")
    print(DISCLAIMER)
    return min(failed, 1)
