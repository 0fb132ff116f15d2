"""Turning a network into OpenVINO's format, once a bundle."""

from __future__ import annotations

import tempfile
from pathlib import Path

import torch
from torch import Tensor, nn

from xraydemo.model.bundle import Bundle
from xraydemo.model.quiet_openvino import openvino
from xraydemo.model.runtime import Network
from xraydemo.model.torch_network import NetworkWithMaps, load_network


def export_openvino(bundle: Bundle, xml: Path, weights: Network = "own") -> None:
    """Write the bundle's network, with all its outputs, as `xml` and the ``.bin`` beside it.

    Another process may do the same at the same time: the files appear whole, the weights first.
    """
    side = bundle.card.preprocessing.side
    network = NetworkWithMaps(load_network(bundle, weights))
    write_openvino(network, torch.zeros(2, 3, side, side), xml)


def write_openvino(network: nn.Module, example: Tensor, xml: Path) -> None:
    """Write a network that takes any number of tensors; see `export_openvino`.

    Parameters
    ----------
    network : nn.Module
        For inference.
    example : Tensor
        Two tensors, so that the export doesn't take the batch for a constant 1.
    xml : Path
    """
    any_batch = {"batch": {0: torch.export.Dim("n", min=1, max=1024)}}
    with torch.no_grad():
        converted = openvino.convert_model(
            torch.export.export(network, (example,), dynamic_shapes=any_batch)
        )
    xml.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=xml.parent) as scratch:
        written = Path(scratch, xml.name)
        openvino.save_model(converted, written, compress_to_fp16=False)
        written.with_suffix(".bin").replace(xml.with_suffix(".bin"))
        written.replace(xml)
