"""Heat maps by the other methods of pytorch-grad-cam, each held to one of shuffled weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from pytorch_grad_cam import EigenCAM, GradCAMPlusPlus, ScoreCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor, nn

from xraydemo.classes import CLASSES
from xraydemo.metrics.rank_correlation import rank_correlation
from xraydemo.model.bundle import Bundle
from xraydemo.model.method_map import Method, MethodMap
from xraydemo.model.runtime import Network, Runtime
from xraydemo.model.torch_network import load_network

_CAMS = {"grad-cam++": GradCAMPlusPlus, "eigen-cam": EigenCAM, "score-cam": ScoreCAM}
_AT_ONCE = 8  # masked X-rays of Score-CAM


class MethodMaps:
    """Draws a bundle's maps by other methods: Grad-CAM++ [1]_, Eigen-CAM [2]_ and Score-CAM [3]_.

    Parameters
    ----------
    bundle : Bundle
        Its files are verified.
    runtime : callable
        Gives what runs the bundle's own weights, or those shuffled: Score-CAM asks it about more
        than a thousand masked X-rays.

    References
    ----------
    .. [1] Chattopadhay et al., Grad-CAM++, WACV 2018.
    .. [2] Muhammad and Yeasin, Eigen-CAM, IJCNN 2020.
    .. [3] Wang et al., Score-CAM, CVPR Workshops 2020.
    """

    def __init__(self, bundle: Bundle, runtime: Callable[[Network], Runtime]) -> None:
        self._networks = {weights: _Headed(load_network(bundle, weights)) for weights in _BOTH}
        self._runtime = runtime

    def of(
        self,
        tensor: NDArray[np.float32],
        method: Method,
        class_id: str,
        going_on: Callable[[], None] = lambda: None,
    ) -> MethodMap:
        """Draw a map, and compare it with that of shuffled weights [4]_; for one thread at a time.

        Parameters
        ----------
        tensor : ndarray of float32, shape (3, side, side)
        method : str
        class_id : str
        going_on : callable
            Called now and then while it takes long.

        References
        ----------
        .. [4] Adebayo et al., Sanity Checks for Saliency Maps, NeurIPS 2018.
        """
        own, shuffled = (
            self._map(weights, tensor, method, class_id, going_on) for weights in _BOTH
        )
        alike = abs(float(rank_correlation(own[None], shuffled[None])[0]))
        return MethodMap(np.maximum(own, 0), round(alike, 4))

    def _map(
        self,
        weights: Network,
        tensor: NDArray[np.float32],
        method: Method,
        class_id: str,
        going_on: Callable[[], None],
    ) -> NDArray[np.float32]:
        network, k = self._networks[weights], CLASSES.index(class_id)
        batch = torch.from_numpy(tensor)[None].requires_grad_()
        cam = _CAMS[method](network, [network.last])
        try:
            logits = cam.activations_and_grads(batch)
            gradients = None
            if cam.uses_gradients:
                logits[0, k].backward()
                gradients = cam.activations_and_grads.gradients[0].numpy()
            activations = cam.activations_and_grads.activations[0].numpy()
            if method == "score-cam":
                cam.model, cam.batch_size = _Answers(self._runtime(weights), going_on), _AT_ONCE
            targets = [ClassifierOutputTarget(k)]
            raw = cam.get_cam_image(batch.detach(), None, targets, activations, gradients, False)
        finally:
            cam.activations_and_grads.release()
        raw = np.nan_to_num(np.asarray(raw[0], dtype=np.float32))
        # the sign of a principal component is arbitrary: what stands out most is made positive
        return -raw if method == "eigen-cam" and -raw.min() > raw.max() else raw


_BOTH: tuple[Network, Network] = ("own", "shuffled")


class _Headed(nn.Module):
    """Names the last feature map, which is no module of its own in every network."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network.requires_grad_(requires_grad=False)
        self.last = nn.Identity()

    def forward(self, batch: Tensor) -> Tensor:
        net = self.network
        features = self.last(net.forward_features(batch))  # type: ignore[operator]
        return cast(Tensor, net.forward_head(features))  # type: ignore[operator]


class _Answers(nn.Module):
    """A runtime in the shape of a network."""

    def __init__(self, runtime: Runtime, going_on: Callable[[], None]) -> None:
        super().__init__()
        self._runtime = runtime
        self._going_on = going_on

    def forward(self, batch: Tensor) -> Tensor:
        self._going_on()
        return torch.from_numpy(self._runtime.forward(batch.numpy()).logits)
