"""Kinds of pictures that a model was not made for, and which of them it must notice.

Three protocols: what is far (no chest X-ray, or one that nobody could read) must be noticed; what
is near (another disease, another hospital) or shifted (the same X-ray, slightly worse) need not
be, for a detector that refuses every other hospital is of no use there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from xraydemo.radiograph.interventions import Intervention

Protocol = Literal["far", "near", "shifted"]


@dataclass(frozen=True)
class Planted:
    """A fault that is planted in X-rays.

    Attributes
    ----------
    name : str
    protocol : str
    interventions : tuple of Intervention
    """

    name: str
    protocol: Protocol
    interventions: tuple[Intervention, ...]


def _planted(name: str, protocol: Protocol, kind: str, **settings: float) -> Planted:
    return Planted(name, protocol, (Intervention(kind, settings),))


PLANTED = (
    _planted("inverted", "far", "invert"),
    _planted("upside down", "far", "turn", degrees=180),
    _planted("turned left", "far", "turn", degrees=270),
    _planted("turned right", "far", "turn", degrees=90),
    _planted("cropped to a sixth", "far", "crop", share=0.3),
    _planted("blurred beyond reading", "far", "blur", sigma=0.03),
    _planted("noisy beyond reading", "far", "noise", deviation=0.3),
    _planted("mirrored", "shifted", "mirror"),
    _planted("slightly blurred", "shifted", "blur", sigma=0.004),
    _planted("slightly noisy", "shifted", "noise", deviation=0.02),
    _planted("JPEG of quality 30", "shifted", "jpeg", quality=30),
)


def protocol_of(key: str) -> tuple[Protocol, str]:
    """Part the name of a given kind: "near:tb" is near, "far:hands" and "hands" are far."""
    prefix, colon, name = key.partition(":")
    if colon and name and prefix in ("far", "near"):
        return ("near" if prefix == "near" else "far"), name
    return "far", key
