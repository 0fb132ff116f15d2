"""Teaching a network to draw its evidence from the lungs: right for the right reasons [1]_.

A network that averages its last features over the whole X-ray may write what it knows into any
cell, since each cell can see nearly everything: its heat maps then point beside the lungs though
it needs them. So the training outlines the lungs once, moves each outline as its X-ray is moved,
and adds to the loss the share of the evidence that lies outside. For a network that ends in
average pooling and one linear layer, the evidence of a cell is Grad-CAM itself, which the forward
pass has nearly made: no second derivative is needed. It says nothing of where in the lungs: a
network can obey by writing into one place of them.

References
----------
.. [1] Ross, Hughes & Doshi-Velez, Right for the Right Reasons: Training Differentiable Models by
   Constraining their Explanations, IJCAI 2017; there by input gradients, here by class maps.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from xraydemo.model.lungs import LungsBundle, lung_box, without_specks
from xraydemo.model.torch_lungs import load_lung_net
from xraydemo.training.pictures import plain_tensors

Outline = NDArray[np.uint8]
MARGIN = 0.05  # of the side: the outline's own error, and vessels and pleura at its edge
ENOUGH = 0.5  # share of a cell: were all of it asked for, evidence would flee from the lungs' edges
BATCH_SIZE = 64


def outline_lungs(
    pictures: Sequence[NDArray[np.uint8]], bundle: LungsBundle, device: str
) -> list[Outline | None]:
    """Outline the lungs of X-rays, a little widened.

    Parameters
    ----------
    pictures : sequence of ndarray of uint8, shape (height, width)
    bundle : LungsBundle
    device : str
        ``cpu`` or ``cuda``.

    Returns
    -------
    list of ndarray of uint8, shape (side, side), or None
        1 in the lungs, lying over the X-ray by stretching; None where too little was found.
    """
    network = load_lung_net(bundle).to(device)
    found: list[Outline | None] = []
    with torch.inference_mode():
        for batch in plain_tensors(pictures, bundle.card.preprocessing, BATCH_SIZE):
            logits = network(batch[:, :1].to(device)).cpu().numpy()
            found += [_widened(without_specks(one > 0)) for one in logits]
    return found


def _widened(outline: NDArray[np.bool_]) -> Outline | None:
    if lung_box(outline) is None:
        return None
    reach = 2 * round(MARGIN * len(outline)) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    return np.asarray(cv2.dilate(outline.astype(np.uint8), disc))


def class_maps(features: Tensor, classifier: nn.Linear) -> Tensor:
    """Give every class's evidence in each cell, (n, 4, h, w): its mean and the bias are a logit."""
    return nn.functional.conv2d(features, classifier.weight[:, :, None, None])


def share_outside(maps: Tensor, places: Tensor) -> Tensor:
    """Give the mean share of the evidence, for and against any class, that lies outside.

    Parameters
    ----------
    maps : Tensor, shape (n, 4, h, w)
        A class's weights times the last features, times any factor.
    places : Tensor, shape (n, side, side)
        1 where evidence may lie, over the whole X-ray; all 1 where that isn't known.

    Returns
    -------
    Tensor, shape ()
        In [0, 1]. A cell of which half lies inside counts as inside, a cell of which a quarter
        does counts half.
    """
    strength = maps.float().abs().sum(dim=1)
    rows, columns = strength.shape[-2:]
    cells = nn.functional.adaptive_avg_pool2d(places[:, None], (rows, columns))[:, 0]
    inside = (cells / ENOUGH).clamp(max=1)
    whole = strength.sum(dim=(1, 2)).clamp(min=torch.finfo(torch.float32).tiny)
    return ((strength * (1 - inside)).sum(dim=(1, 2)) / whole).mean()
