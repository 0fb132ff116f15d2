"""Do one thing to an X-ray and see what becomes of the answer.

An intervention is a kind of change and its settings, plain data that can be kept in a run, sent to
the engine and shown to people. All of them give the same result each time: what is random has its
seed among the settings.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import cv2
import numpy as np

from xraydemo.errors import XrayDemoError
from xraydemo.radiograph.interventions.covering import COVERING
from xraydemo.radiograph.interventions.geometry import GEOMETRY
from xraydemo.radiograph.interventions.kind import Kind, Outline, Picture
from xraydemo.radiograph.interventions.pasting import PASTING
from xraydemo.radiograph.interventions.pipeline import PIPELINE
from xraydemo.radiograph.interventions.tone import TONE
from xraydemo.radiograph.presentation import Presentation, Window
from xraydemo.radiograph.radiograph import Radiograph

KINDS: Mapping[str, Kind] = MappingProxyType(
    {kind.name: kind for kind in (*COVERING, *PASTING, *TONE, *PIPELINE, *GEOMETRY)}
)

LEAST_SHARE_OF_LUNGS = 0.08  # of the X-ray's area; less isn't taken for lungs
LONGEST_SIDE = 32_000  # pixels; OpenCV takes no more
AS_IT_IS = Presentation(Window.between(0.0, 1.0))

_APPROXIMATE = " (approximate: the middle of the picture stands for the lungs)"
_MIDDLE = np.zeros((8, 8), bool)
_MIDDLE[1:7, 1:7] = True


@dataclass(frozen=True)
class Intervention:
    """One change to an X-ray.

    Parameters
    ----------
    kind : str
        A name of `KINDS`.
    settings : mapping
        Plain JSON data; what isn't given takes its default.

    Raises
    ------
    XrayDemoError
        If the kind or a setting is unknown, or a value is out of range.
    """

    kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", _kind(self.kind).clean(self.settings))

    def __hash__(self) -> int:
        return hash(json.dumps(self.as_plain()))

    @property
    def sentence(self) -> str:
        """What is done, for people: "JPEG of quality 50"."""
        kind = KINDS[self.kind]
        words = {name: kind.settings[name].words(value) for name, value in self.settings.items()}
        return kind.says.format(**words)

    def as_plain(self) -> dict[str, Any]:
        """Return the kind and all settings as JSON data; equal interventions give equal JSON."""
        return {"kind": self.kind, **self.settings}

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> Intervention:
        """Return the intervention of `as_plain`'s data; what is missing takes its default.

        Raises
        ------
        XrayDemoError
            As for the class.
        """
        kind = plain.get("kind")
        if not isinstance(kind, str):
            raise XrayDemoError("An intervention has no kind", f"Give one of {', '.join(KINDS)}")
        return cls(kind, {name: value for name, value in plain.items() if name != "kind"})


def apply(
    radiograph: Radiograph, intervention: Intervention, lungs: Outline | None = None
) -> Radiograph:
    """Change one thing about an X-ray; may be called from several threads at once.

    Parameters
    ----------
    radiograph : Radiograph
        Is left as it is.
    intervention : Intervention
    lungs : ndarray of bool, optional
        Their outline, of any shape; it lies over the whole X-ray by stretching. Where lungs are
        needed and none (or less than 8 % of the area) are given, the middle (from 1/8 to 7/8 of
        each side) stands for them, and the note says that this is approximate.

    Returns
    -------
    Radiograph
        Its pixels are the changed picture as a reader sees it (float32, in [0, 1], `presented()`
        gives back exactly them). Path and facts are the old ones; a note says what was done.
    """
    return apply_all(radiograph, [intervention], lungs)


def apply_all(
    radiograph: Radiograph, interventions: Sequence[Intervention], lungs: Outline | None = None
) -> Radiograph:
    """Change several things, one after the other; see `apply`.

    The outline of the lungs goes along where the picture is turned, mirrored, rotated or cropped.
    """
    picture, notes = alter(radiograph.presented(), interventions, lungs)
    # presenting loses less than 1e-16, once: what comes out of it is given back exactly
    pixels = AS_IT_IS.apply(picture)
    notes = (*radiograph.notes, *notes)
    return replace(radiograph, pixels=pixels, presentation=AS_IT_IS, notes=notes)


def alter(
    picture: Picture, interventions: Sequence[Intervention], lungs: Outline | None = None
) -> tuple[Picture, tuple[str, ...]]:
    """Change a picture without a file behind it; see `apply`.

    Parameters
    ----------
    picture : ndarray of float32, shape (H, W)
        In [0, 1]; is left as it is, but the result may be it.
    interventions : sequence of Intervention
    lungs : ndarray of bool, optional

    Returns
    -------
    ndarray of float32, shape (height, width)
        In [0, 1].
    tuple of str
        A note for each intervention.

    Raises
    ------
    XrayDemoError
        If a side is longer than 32,000 pixels.
    """
    if max(picture.shape) > LONGEST_SIDE:
        message = f"An X-ray of {picture.shape[1]} x {picture.shape[0]} pixels can't be changed"
        raise XrayDemoError(message, f"At most {LONGEST_SIDE} pixels a side can be")
    known = lungs is not None and bool(lungs.mean() >= LEAST_SHARE_OF_LUNGS)
    outline = lungs if lungs is not None and known else _MIDDLE
    notes = []
    for intervention in interventions:
        kind, settings = KINDS[intervention.kind], intervention.settings
        before = picture.shape
        if kind.needs_lungs:
            picture = kind.act(picture, outline, **settings)
        else:
            picture = kind.act(picture, **settings)
        if kind.moves:
            outline = kind.act(_stretched(outline, before), **settings) >= 0.5
        about = _APPROXIMATE if kind.needs_lungs and not known else ""
        notes.append(f"Changed: {intervention.sentence}{about}")
    return picture, tuple(notes)


def _stretched(outline: Outline, shape: tuple[int, ...]) -> Picture:
    height, width = shape
    whole = cv2.resize(outline.astype(np.float32), (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(whole, np.float32)


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise XrayDemoError(f"There is no intervention {name!r}", f"Give one of {', '.join(KINDS)}")
    return KINDS[name]
