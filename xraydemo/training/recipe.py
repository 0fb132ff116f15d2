"""Every setting of a training; written into the bundle's card."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from xraydemo.model.preprocess import Preprocessing


class Recipe(BaseModel):
    """The settings.

    Attributes
    ----------
    architecture : str
        A network of timm that ends in average pooling and one linear layer.
    batch_size : int
        X-rays a step.
    max_epochs : int
        The end, unless the ceiling of minutes comes before.
    sides : tuple of int
        Side of the tensor in equal shares of the time: small X-rays first are faster steps early
        on, when the weights are far from their goal anyway (progressive resizing).
    learning_rate, weight_decay, warm_up : float
        Of AdamW; the rate rises over the first share `warm_up` and then falls as a half cosine.
    label_smoothing : float
        Share of each target that is spread over the classes.
    drop_rate, drop_path_rate : float
        Dropout before the last layer, stochastic depth in the blocks.
    average_decay : float
        Of the moving average of the weights, a step; the average is what is kept.
    frozen_blocks : int
        So many of the first blocks, and the stem, stay as ImageNet made them: edges and textures
        need no X-rays to be learnt, and can't learn to tell one collection's from another's.
    jpeg, resample, noise, cut : float
        Probability of each of these augmentations.
    blacked : float
        Share of X-rays whose middle, or lungs where they are known, are covered and whose target is
        spread evenly over the classes: no lungs, no evidence.
    swapped : float
        Share of X-rays whose middle, or lungs, are set into the surroundings of another: what lies
        around the lungs tells nothing.
    consistency : float
        Weight of the distance between the answers to two variants of one X-ray; 0 for no variants.
    evidence : float
        Weight of the share of the evidence that lies outside the lungs, where they are known; see
        `xraydemo.training.evidence`. 0 for any place.
    refit : float
        Penalty of a last layer that is fitted anew at the end; see
        `xraydemo.training.last_layer`. 0 keeps the layer as it was trained.
    balance_origins : bool
        Draw the sources of a class, and the views of a source, equally often; else as they are.
    half : bool
        Keep the weights in 16 bits: half the size, read back into 32.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    architecture: str = "tf_efficientnet_lite0"
    batch_size: int = 32
    max_epochs: int = 24
    sides: tuple[int, ...] = (128, 128, 160, 160)
    learning_rate: float = 6e-4
    weight_decay: float = 0.02
    warm_up: float = 0.05
    label_smoothing: float = 0.05
    drop_rate: float = 0.2
    drop_path_rate: float = 0.05
    average_decay: float = 0.99
    jpeg: float = 0.5
    resample: float = 0.5
    noise: float = 0.3
    cut: float = 0.5
    frozen_blocks: int = 2
    blacked: float = 0.15
    swapped: float = 0.25
    consistency: float = 0.0
    evidence: float = 0.0
    refit: float = 0.0
    balance_origins: bool = True
    half: bool = False


PLAIN = Recipe(
    jpeg=0, resample=0, noise=0, cut=0, blacked=0, swapped=0, frozen_blocks=0, balance_origins=False
)

# nothing keeps it from falling into a trap; made for some hundred X-rays and a few minutes
PHANTOM = PLAIN.model_copy(
    update={
        "batch_size": 16,
        "max_epochs": 30,
        "sides": (96, 128),
        "average_decay": 0.9,
        "frozen_blocks": 4,
        "half": True,
    }
)

# equal time for three sides: one that comes when the rate has cooled down is hardly learnt any more
HONEST = Recipe(evidence=1.0, refit=0.003, max_epochs=26, sides=(128, 160))

FURTHER = HONEST.model_copy(update={"sides": (160,), "learning_rate": 4e-4})

# with the weights that ship, smoothing mended 2 of the 6 among 125 DICOM files that were answered
# otherwise than their twins, and changed nothing else; they were trained without it
SMOOTHED = Preprocessing(side=192, smooth=8)

# `honest` is what ships as the default, `further` goes on with its weights (--start);
# `plain` is what a student would do, for teaching; `phantom` is for the small teaching bundles
RECIPES = {
    "honest": (HONEST, SMOOTHED),
    "further": (FURTHER, SMOOTHED),
    "plain": (PLAIN, Preprocessing(side=192, equalize=False)),
    "phantom": (PHANTOM, Preprocessing(side=160, equalize=False)),
}
