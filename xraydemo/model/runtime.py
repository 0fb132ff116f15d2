"""What every runtime answers, whichever library runs the network."""

from __future__ import annotations

from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Network = Literal["own", "shuffled", "imagenet"]
"""Which weights run in a bundle's architecture: its own; its own, shuffled within each tensor, so
that nothing learnt is left; or those of ImageNet, before it saw an X-ray."""


class Forward(NamedTuple):
    """All that one forward pass gives, for a batch of n tensors.

    Attributes
    ----------
    logits : ndarray of float32, shape (n, 4)
    embedding : ndarray of float32, shape (n, d)
    maps : ndarray of float32, shape (n, 4, h, w)
        Raw Grad-CAM of each class at the last feature map.
    """

    logits: NDArray[np.float32]
    embedding: NDArray[np.float32]
    maps: NDArray[np.float32]


class Runtime(Protocol):
    """Runs a bundle's network; may be called from several threads at once.

    Attributes
    ----------
    name : str
        ``torch`` or ``openvino``.
    device : str
        ``cpu`` or ``cuda``.
    precision : str
        ``float32`` or ``bfloat16``.
    """

    name: str
    device: str
    precision: str

    def forward(self, batch: NDArray[np.float32]) -> Forward:
        """Run the network on tensors of shape (n, 3, side, side)."""
        ...
