"""Waits until a window on a display has been painted and stands still; keeps a picture of it."""

import sys
import time

import numpy as np
from PIL import ImageGrab

SECONDS_AT_MOST = 300
LEAST_COLOURS = 200  # an X-ray has them; an empty screen or frame has a few
LOOKS_ALIKE = 5  # the answer comes after the picture


def main(display: str, out: str) -> None:
    """Look every two seconds; end with status 1 if nothing is painted in time."""
    end = time.monotonic() + SECONDS_AT_MOST
    before, alike = None, 0
    while time.monotonic() < end:
        time.sleep(2)
        screen = ImageGrab.grab(xdisplay=display).convert("RGB")
        now = np.asarray(screen)
        painted = len(np.unique(now.reshape(-1, 3), axis=0)) >= LEAST_COLOURS
        still = before is not None and np.mean(now != before) < 0.001
        alike = alike + 1 if painted and still else 0
        if alike == LOOKS_ALIKE:
            screen.save(out)
            return
        before = now
    sys.exit(f"Nothing was painted on {display}, and stood still, within {SECONDS_AT_MOST} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
