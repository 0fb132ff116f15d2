"""A heat map by another method than Grad-CAM, which is asked for singly and costs more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NewType, TypeGuard, get_args

import numpy as np
from numpy.typing import NDArray

Method = Literal["grad-cam++", "eigen-cam", "score-cam"]
"""HiResCAM and XGrad-CAM are not among them: before global average pooling and one linear layer,
they give Grad-CAM's very map."""
METHODS: tuple[Method, ...] = get_args(Method)

AskedMap = NewType("AskedMap", str)
"""Which map is asked for, as a request names it."""


@dataclass(frozen=True, eq=False)
class MethodMap:
    """One class's map by one method.

    Attributes
    ----------
    raw : ndarray of float32, shape (h, w)
        Not negative, and in a unit of the method's own: it compares cells, not X-rays.
    likeness : float
        How alike it is to the same method's map with shuffled weights, in [0, 1]: their rank
        correlation without its sign.
    """

    raw: NDArray[np.float32]
    likeness: float


def asked_map(method: Method, class_id: str) -> AskedMap:
    """Name the map of a class by a method."""
    return AskedMap(f"{method}/{class_id}")


def is_asked_map(want: str) -> TypeGuard[AskedMap]:
    """Tell whether a request's word names such a map."""
    return "/" in want


def what_is_asked(asked: AskedMap) -> tuple[Method, str]:
    """Give the method and the class of a name."""
    name, class_id = asked.split("/")
    return METHODS[METHODS.index(name)], class_id
