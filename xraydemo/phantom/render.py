"""From a thorax to its X-ray, with the truth about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xraydemo.phantom.findings import Field, Finding
from xraydemo.phantom.leads import leads
from xraydemo.phantom.organs import Organs, smooth_organs
from xraydemo.phantom.points import Cloud, path_lengths
from xraydemo.phantom.projection import Beam, Image, enlarged, transmitted
from xraydemo.phantom.scanners import WHITE, Scanner, detected, mark
from xraydemo.phantom.skeleton import skeleton
from xraydemo.phantom.soft_tissue import texture
from xraydemo.phantom.thorax import Thorax
from xraydemo.phantom.vessels import open_bronchi, vessels, windpipe

LUNG_AT_LEAST = 25.0  # mm of lung that a ray crosses inside the lung mask
FINDING_AT_LEAST = 4.0  # mm of water that the finding adds inside the finding mask


@dataclass(frozen=True, eq=False)
class Phantom:
    """A synthetic chest X-ray with its truth.

    Parameters
    ----------
    pixels : ndarray of uint16, shape (side, side)
        12 bits, dense is bright.
    lung_mask : ndarray of bool, shape (side, side)
        Where rays cross at least 25 mm of lung, also behind heart and diaphragm.
    finding_mask : ndarray of bool, shape (side, side)
        Where, of these, the finding adds at least as much as 4 mm of water.
    parameters : dict
        All that it was made of, as plain numbers and words.
    """

    pixels: NDArray[np.uint16]
    lung_mask: NDArray[np.bool_]
    finding_mask: NDArray[np.bool_]
    parameters: dict[str, Any]

    def eight_bits(self) -> NDArray[np.uint8]:
        """Give the picture in 8 bits, shape (side, side)."""
        return np.asarray(np.rint(self.pixels * (255 / WHITE)), np.uint8)


def render(
    thorax: Thorax, finding: Finding | None, scanner: Scanner, seed: int, side: int = 512
) -> Phantom:
    """X-ray a thorax.

    Parameters
    ----------
    thorax : Thorax
    finding : Finding, optional
        None is a healthy one.
    scanner : Scanner
    seed : int
        Of the quantum noise and of where markers lie.
    side : int
        Pixels of the square picture, 64 at least.

    Returns
    -------
    Phantom
        The same arguments give the same bytes.

    Raises
    ------
    ValueError
        If `side` is less than 64.
    """
    return render_on_each(thorax, finding, (scanner,), seed, side)[0]


def render_on_each(
    thorax: Thorax,
    finding: Finding | None,
    scanners: Sequence[Scanner],
    seed: int,
    side: int = 512,
) -> list[Phantom]:
    """X-ray a thorax on several devices; each picture is the one that `render` gives.

    The thorax is built once, which is most of the work.
    """
    if side < 64:
        raise ValueError(f"a phantom is at least 64 pixels wide, not {side}")
    beam = Beam(thorax, side)
    step = 0.75 * beam.pixel / thorax.body.size
    field = Field(finding) if finding else None
    organs = smooth_organs(thorax, field, beam)
    soft = _soft(thorax, finding, field, organs, beam, step)
    hard = _hard(thorax, beam, step)
    is_lung = organs.lung >= LUNG_AT_LEAST
    made = []
    for scanner in scanners:
        exposure = transmitted(soft, hard, beam, scanner.scatter)
        generator = np.random.default_rng(seed)
        gray = detected(exposure, scanner, beam.pixel, generator)
        mark(gray, scanner, generator)
        made.append(
            Phantom(
                np.rint(gray * WHITE).astype(np.uint16),
                is_lung,
                is_lung & (organs.finding >= FINDING_AT_LEAST),
                {
                    "body": asdict(thorax.body),
                    "pose": asdict(thorax.pose),
                    "finding": asdict(finding) if finding else None,
                    "scanner": asdict(scanner),
                    "seed": seed,
                    "side": side,
                },
            )
        )
    return made


def _soft(
    thorax: Thorax,
    finding: Finding | None,
    field: Field | None,
    organs: Organs,
    beam: Beam,
    step: float,
) -> Image:
    """Return the water that equals everything but bone, in mm."""
    body = thorax.body
    aerated = np.float32(1 - body.lung_density)
    blood = vessels(thorax, step)
    tubes = [Cloud(blood.at, blood.volume * aerated), windpipe(thorax, 0.67 * step)]
    if finding and field and (bronchi := open_bronchi(finding, field, step)):
        tubes.append(bronchi)
    # blood sinks, so the upper lung holds more air
    filled = np.linspace(1.06, 0.90, beam.side, dtype=np.float32)[:, None] * aerated
    soft = organs.body - filled * organs.lung + organs.finding
    soft += path_lengths(Cloud.joined(tubes), beam)

    # what is too fine or too shapeless to be built: lobules, fat between muscles
    lobules = texture(beam.side, beam.pixel, 1.0, 14, 1.1, body.seed + 10)
    soft += lobules * np.sqrt(np.maximum(organs.lung, 0) / 150) * np.float32(0.9)
    fat = texture(beam.side // 2, 2 * beam.pixel, 3.0, 150, 1.6, body.seed + 11)
    fat = enlarged(fat, beam.side)
    soft += fat * np.clip(organs.body / 200, 0, 1) * np.float32(3.6 + max(body.build, 0))
    return np.maximum(soft, 0)


def _hard(thorax: Thorax, beam: Beam, step: float) -> Image:
    """Return the cortical bone, in mm."""
    clouds = [skeleton(thorax, step)]
    if cables := leads(thorax, step):
        clouds.append(cables)
    return path_lengths(Cloud.joined(clouds), beam)
