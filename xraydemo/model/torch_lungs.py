"""The lung segmenter in torch, and its export."""

from __future__ import annotations

from itertools import pairwise

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from xraydemo.model.lungs import WEIGHTS, LungsBundle
from xraydemo.model.torch_export import write_openvino


class LungNet(nn.Module):
    """A small U-Net [1]_ from one gray channel to one logit a pixel.

    Parameters
    ----------
    widths : tuple of int
        Channels of each floor; the side must be divisible by 2 to the number of floors less one.

    References
    ----------
    .. [1] Ronneberger et al., U-Net: Convolutional Networks for Biomedical Image Segmentation,
       MICCAI 2015.
    """

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.down = nn.ModuleList(_two_convolutions(i, o) for i, o in pairwise((1, *widths)))
        self.up = nn.ModuleList(
            _two_convolutions(upper + lower, upper) for lower, upper in pairwise(widths[::-1])
        )
        self.last = nn.Conv2d(widths[0], 1, 1)

    def forward(self, batch: Tensor) -> Tensor:
        """Give logits (n, side, side) of tensors (n, 1, side, side)."""
        floors: list[Tensor] = []
        for k, block in enumerate(self.down):
            batch = block(nn.functional.max_pool2d(batch, 2) if k else batch)
            floors.append(batch)
        floors.pop()
        for block in self.up:
            larger = nn.functional.interpolate(batch, scale_factor=2.0, mode="nearest")
            batch = block(torch.cat([larger, floors.pop()], dim=1))
        logits: Tensor = self.last(batch)
        return logits[:, 0]


def _two_convolutions(channels_in: int, channels_out: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for channels in (channels_in, channels_out):
        layers += [
            nn.Conv2d(channels, channels_out, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels_out),
            nn.ReLU(),
        ]
    return nn.Sequential(*layers)


def load_lung_net(bundle: LungsBundle) -> LungNet:
    """Read a segmenter's network for inference."""
    network = LungNet(bundle.card.widths)
    network.load_state_dict(load_file(bundle.folder / WEIGHTS))
    return network.eval()


def export_lungs(bundle: LungsBundle) -> None:
    """Write the network for OpenVINO, where `LungFinder` looks for it."""
    side = bundle.card.preprocessing.side
    write_openvino(load_lung_net(bundle), torch.zeros(2, 1, side, side), bundle.exported)
