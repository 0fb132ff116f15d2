"""Running a bundle with torch: on a GPU, or on a CPU where OpenVINO can't."""

from __future__ import annotations

import threading

import numpy as np
import torch
from numpy.typing import NDArray

from xraydemo.model.bundle import Bundle
from xraydemo.model.runtime import Forward, Network
from xraydemo.model.torch_network import NetworkWithMaps, load_network


class TorchRuntime:
    """Runs a bundle's network with torch; see `xraydemo.model.runtime.Runtime`.

    Parameters
    ----------
    bundle : Bundle
        Its files are verified.
    device : str
        ``cpu`` or ``cuda``.
    weights : str
        See `xraydemo.model.runtime.Network`.
    """

    name = "torch"
    precision = "float32"

    def __init__(self, bundle: Bundle, device: str, weights: Network = "own") -> None:
        self.device = device
        self._network = NetworkWithMaps(load_network(bundle, weights)).to(device)
        self._one_at_a_time = threading.Lock()

    def forward(self, batch: NDArray[np.float32]) -> Forward:
        """Run the network on tensors of shape (n, 3, side, side)."""
        with self._one_at_a_time, torch.inference_mode():
            answers = self._network(torch.from_numpy(batch).to(self.device))
            return Forward(*(answer.float().cpu().numpy() for answer in answers))
