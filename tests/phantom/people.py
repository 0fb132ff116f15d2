"""A few people to X-ray, small and quick."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from xraydemo.phantom.findings import Finding, Kind, sample_finding
from xraydemo.phantom.render import Phantom, render
from xraydemo.phantom.scanners import SCANNERS
from xraydemo.phantom.thorax import Thorax, sample_body, sample_pose

SIDE = 96


def somebody(seed: int = 0, **pose: Any) -> Thorax:
    generator = np.random.default_rng(seed)
    body, drawn = sample_body(generator), sample_pose(generator)
    return Thorax(body, replace(drawn, **pose))


def ill(kind: Kind, seed: int = 0, **changes: Any) -> Finding:
    return replace(sample_finding(kind, np.random.default_rng(seed)), **changes)


def picture(
    thorax: Thorax, finding: Finding | None = None, scanner: str = "Capella DX", side: int = SIDE
) -> Phantom:
    return render(thorax, finding, SCANNERS[scanner], seed=1, side=side)
