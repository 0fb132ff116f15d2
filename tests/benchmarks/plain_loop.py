"""The peer: the same weights as a student runs them, with timm, Pillow and pytorch-grad-cam."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import timm
import torch
from PIL import Image
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget


@cache
def network_of(bundle: Path) -> torch.nn.Module:
    return timm.create_model(f"local-dir:{bundle}", pretrained=True).eval()


def plain_loop(bundle: Path, files: list[Path]) -> None:
    network = network_of(bundle)
    with GradCAM(model=network, target_layers=[network.bn2]) as cam:
        for file in files:
            gray = np.asarray(Image.open(file).convert("L").resize((224, 224)), np.float32) / 255
            tensor = torch.from_numpy((gray - 0.5) / 0.5).expand(1, 3, 224, 224)
            with torch.inference_mode():
                predicted = int(network(tensor).argmax())
            cam(tensor.clone(), [ClassifierOutputTarget(predicted)])
