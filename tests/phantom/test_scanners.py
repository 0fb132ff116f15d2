from __future__ import annotations

import numpy as np

from tests.phantom.people import picture, somebody
from xraydemo.phantom.scanners import NEWEST, SCANNERS, WHITE, frame, stamp


def test_devices_look_different() -> None:
    thorax = somebody()
    looks = {name: picture(thorax, scanner=name).pixels / WHITE for name in SCANNERS}
    names = list(looks)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            assert np.abs(looks[one] - looks[other]).mean() > 0.01
    assert NEWEST in SCANNERS
    assert {scanner.modality for scanner in SCANNERS.values()} == {"CR", "DX"}


def test_the_marker_stands_at_its_side() -> None:
    for name, scanner in SCANNERS.items():
        gray = picture(somebody(tilt=0.0), scanner=name, side=256).pixels / WHITE
        corner = gray[10:40, :32] if scanner.letter == "R" else gray[10:40, -32:]
        assert corner.max() > 0.7, name


def test_a_stamp_is_white_and_stays_in_place() -> None:
    gray = np.zeros((128, 128), np.float32)
    stamp(gray, "PORTABLE", (0.5, 0.1), 0.05)
    assert 0.85 < gray.max() <= 0.97
    assert not gray[32:].any()


def test_a_frame_is_as_wide_as_told() -> None:
    gray = np.ones((100, 100), np.float32)
    frame(gray, (0.1, 0.0, 0.05, 0.02))
    assert gray.sum() == 90 * 93
    assert gray[10:, 5:98].all()
