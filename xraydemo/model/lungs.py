"""Where the lungs are: an outline by a small network, for checks and for the window.

The classifier doesn't need it: it always sees the whole X-ray.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError
from scipy import ndimage

from xraydemo.errors import BadBundle
from xraydemo.model.bundle import bundle_places, file_sha256
from xraydemo.model.preprocess import PREPROCESSING_VERSION, Preprocessing, preprocess
from xraydemo.model.quiet_openvino import openvino
from xraydemo.radiograph.interventions.intervention import LEAST_SHARE_OF_LUNGS

LUNGS_BUNDLE = "lungs-unet"
CARD, WEIGHTS = "lungs.json", "model.safetensors"  # no card.json: it isn't a classifier's bundle
LEAST_SHARE_OF_PART = 0.02  # smaller parts are specks

Outline = NDArray[np.bool_]
Box = tuple[float, float, float, float]


class LungsCard(BaseModel):
    """What a lung segmenter says of itself.

    Attributes
    ----------
    name, description : str
    preprocessing : Preprocessing
        From pixels to tensor; the network takes one of its three equal channels.
    widths : tuple of int
        Channels of the network on each of its floors.
    metrics : dict
        Dice on held-out patients, with n and interval.
    provenance : dict
        Data, settings and versions.
    files : dict of str to str
        SHA-256 of the other files.
    """

    model_config = ConfigDict(extra="forbid")

    name: str
    description: str
    preprocessing: Preprocessing
    widths: tuple[int, ...]
    metrics: dict[str, Any]
    provenance: dict[str, Any]
    files: dict[str, str]


@dataclass(frozen=True)
class LungsBundle:
    """A lung segmenter on disk, its files held to its card; made by `load_lungs`."""

    folder: Path
    card: LungsCard

    @property
    def exported(self) -> Path:
        """Where its export for OpenVINO is kept: in the user's cache."""
        cache = Path(platformdirs.user_cache_dir("xraydemo", appauthor=False))
        fingerprint = file_sha256(self.folder / CARD)[:16]
        version = openvino.__version__.split("-")[0]
        return cache / "openvino" / f"lungs-{fingerprint}-{version}.xml"


def load_lungs(name_or_path: str | Path = LUNGS_BUNDLE) -> LungsBundle:
    """Find a lung segmenter, and hold its files to its card.

    Raises
    ------
    BadBundle
        If there is none, or its card or a file isn't what it should be.
    """
    found = _find(name_or_path)
    if found is None:
        message = f"There is no lung segmenter {str(name_or_path)!r}"
        raise BadBundle(message, "Install the program again")
    try:
        card = LungsCard.model_validate_json((found / CARD).read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        message = f"The card {found / CARD} can't be used: {first['loc']}: {first['msg']}"
        raise BadBundle(message, "It may come from another version of xraydemo") from error
    if card.preprocessing.version != PREPROCESSING_VERSION:
        message = f"{found} wants preprocessing {card.preprocessing.version}"
        raise BadBundle(message, f"This program has {PREPROCESSING_VERSION}: train it anew")
    for name, expected in card.files.items():
        if not (found / name).is_file() or file_sha256(found / name) != expected:
            message = f"{found / name} is not the file that the segmenter's card describes"
            raise BadBundle(message, "Install the program again")
    return LungsBundle(found, card)


def has_lung_segmenter() -> bool:
    """Tell whether the program came with one."""
    return _find(LUNGS_BUNDLE) is not None


def lungs_fingerprint() -> str:
    """Name the segmenter that the program came with, by its card; "" where there is none."""
    found = _find(LUNGS_BUNDLE)
    return file_sha256(found / CARD) if found else ""


def _find(name_or_path: str | Path) -> Path | None:
    path = Path(name_or_path)
    folders = [path, *(place / path for place in bundle_places())]
    return next((folder for folder in folders if (folder / CARD).is_file()), None)


class LungFinder:
    """Outlines lungs with OpenVINO, on the CPU; may be asked from several threads.

    Parameters
    ----------
    bundle : LungsBundle
        Exported by `xraydemo.model.torch_lungs.export_lungs` to `bundle.exported`.
    """

    def __init__(self, bundle: LungsBundle) -> None:
        self._how = bundle.card.preprocessing
        self._compiled = openvino.Core().compile_model(
            bundle.exported, "CPU", {"INFERENCE_PRECISION_HINT": "f32"}
        )
        self.outline(np.zeros((8, 8), np.float32))  # see OpenvinoRuntime: the first goes alone

    def outline(self, presented: NDArray[np.float32]) -> Outline:
        """Outline the lungs of an X-ray.

        Parameters
        ----------
        presented : ndarray of float32, shape (height, width)
            As a reader sees it, in [0, 1]: ``Radiograph.presented()``.

        Returns
        -------
        ndarray of bool, shape (side, side)
            Lies over the whole X-ray by stretching; specks are taken away.
        """
        tensor = preprocess(presented, self._how)[None, :1]
        logits = self._compiled.create_infer_request().infer([tensor])[0]
        return without_specks(np.asarray(logits[0]) > 0)


def without_specks(outline: Outline) -> Outline:
    """Keep the connected parts that hold at least 2 % of the area."""
    parts, n = ndimage.label(outline)
    areas = ndimage.sum_labels(outline, parts, np.arange(n + 1)) / outline.size
    return np.asarray((areas >= LEAST_SHARE_OF_PART)[parts] & outline)


def lung_box(outline: Outline, margin: float = 0.0) -> Box | None:
    """Give the box around the lungs, or None where too little was found to be lungs.

    Parameters
    ----------
    outline : ndarray of bool, shape (height, width)
    margin : float
        Added on each side, as a share of the box's own height or width.

    Returns
    -------
    tuple of float, optional
        Top, left, bottom and right as fractions of the X-ray, in [0, 1].
    """
    if outline.mean() < LEAST_SHARE_OF_LUNGS:
        return None
    ends = []
    for axis in (1, 0):
        line = np.asarray(outline.any(axis=axis))
        filled = np.flatnonzero(line) / len(line)
        low, high = filled[0], filled[-1] + 1 / len(line)
        extra = margin * (high - low)
        ends.append((max(0.0, float(low - extra)), min(1.0, float(high + extra))))
    (top, bottom), (left, right) = ends
    return top, left, bottom, right


def dice(found: Outline, true: Outline) -> float:
    """Overlap of two outlines: twice the common area over the sum of both [1]_.

    References
    ----------
    .. [1] Dice, Measures of the Amount of Ecologic Association Between Species, Ecology 26, 1945.
    """
    both = int(found.sum() + true.sum())
    return 2 * float((found & true).sum()) / both if both else 1.0
