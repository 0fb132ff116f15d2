"""Before a training, in seconds: whether it would learn, and its input is what it should be."""

from __future__ import annotations

import math
import time
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from xraydemo.classes import CLASSES
from xraydemo.model.certificate import Answer
from xraydemo.model.preprocess import Preprocessing
from xraydemo.model.torch_network import imagenet_network
from xraydemo.training.fit import train_mode
from xraydemo.training.pictures import Batches, plain_tensors
from xraydemo.training.recipe import Recipe
from xraydemo.training.table import Part

OF_A_CLASS = 4
MOST_STEPS = 100
NEAR_ZERO = 0.05  # nats, in
AT_A_STRETCH = 5  # steps: the first large step may come to lie there by luck
SHARE_OF_TIME = 0.05
LEAST_DEVIATION = 0.1  # of an X-ray's gray values, as a share of the range; one gray has 0
BINS = 16


class Rehearsal(NamedTuple):
    """The answers; see `xraydemo.model.certificate.Certificate`."""

    one_batch: Answer
    input: Answer


def rehearse(
    part: Part,
    recipe: Recipe,
    how: Preprocessing,
    *,
    device: str,
    seed: int,
    deadline: float = math.inf,
) -> Rehearsal:
    """Learn one batch by heart, and look at the first tensor of the training.

    Parameters
    ----------
    part : Part
        What the weights will see.
    recipe : Recipe
    how : Preprocessing
    device : str
        ``cpu`` or ``cuda``.
    seed : int
    deadline : float
        Of the whole training, on the clock of ``time.monotonic()``: a twentieth of what is left is
        taken at most.
    """
    now = time.monotonic()
    end = now + SHARE_OF_TIME * (deadline - now)
    return Rehearsal(
        learn_one_batch(part, recipe, how, device, seed, end),
        look_at_input(part, recipe, how, seed),
    )


def learn_one_batch(
    part: Part, recipe: Recipe, how: Preprocessing, device: str, seed: int, end: float
) -> Answer:
    """Drive a fresh network to nearly no loss on a few X-rays, as they are [1]_.

    References
    ----------
    .. [1] Karpathy, A Recipe for Training Neural Networks, 2019: "overfit one batch".
    """
    generator = np.random.default_rng(seed)
    of_class = [np.flatnonzero(part.labels == k) for k in range(len(CLASSES))]
    rows = np.concatenate([generator.choice(some, OF_A_CLASS, replace=False) for some in of_class])
    side = min((how.side, *recipe.sides))
    small = how.model_copy(update={"side": side})
    inputs = next(plain_tensors([part.pictures[row] for row in rows], small, len(rows))).to(device)
    targets = torch.from_numpy(part.labels[rows]).to(device)

    torch.manual_seed(seed)
    network = train_mode(imagenet_network(recipe.architecture).to(device), recipe)
    optimizer = torch.optim.AdamW(network.parameters(), lr=recipe.learning_rate, weight_decay=0)
    losses: list[float] = []
    learnt = False
    for _ in range(MOST_STEPS):
        loss = nn.functional.cross_entropy(network(inputs), targets)
        losses.append(float(loss.detach()))
        learnt = len(losses) >= AT_A_STRETCH and max(losses[-AT_A_STRETCH:]) <= NEAR_ZERO
        if learnt or time.monotonic() >= end:
            break
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()

    asked = (
        f"A fresh network learns {len(rows)} X-rays by heart, without augmentation: within "
        f"{MOST_STEPS} steps the loss is <= {NEAR_ZERO} nats, {AT_A_STRETCH} steps at a stretch"
    )
    found = f"Loss {losses[0]:.3f} at first, {losses[-1]:.3f} after {len(losses) - 1} steps"
    figures = {
        "xrays": len(rows),
        "side": side,
        "steps": len(losses) - 1,
        "first_loss": _finite(losses[0]),
        "last_loss": _finite(losses[-1]),
    }
    if learnt:
        return Answer(asked=asked, found=found, verdict="passed", figures=figures)
    if len(losses) < MOST_STEPS:
        found += ": the ceiling of minutes left no time for more"
        return Answer(asked=asked, found=found, verdict="not asked", figures=figures)
    return Answer(asked=asked, found=found, verdict="failed", figures=figures)


def look_at_input(part: Part, recipe: Recipe, how: Preprocessing, seed: int) -> Answer:
    """Describe the first tensor of the training, just before the forward pass; no picture of it."""
    stream = Batches(part.pictures, part.labels, (part.sources, part.views), recipe, how, seed)
    with stream:
        inputs, targets, _ = next(stream.epoch())
    low, high = -how.mean / how.std, (1 - how.mean) / how.std
    values = inputs.numpy().astype(np.float64)
    of_each = values.std(axis=(1, 2, 3))
    counts, edges = np.histogram(values, BINS, (low, high))

    faults = []
    if inputs.shape != (recipe.batch_size, 3, how.side, how.side):
        faults.append("the shape is wrong")
    if not np.isfinite(values).all():
        faults.append("not every number is finite")
    elif values.min() < low - 1e-4 or values.max() > high + 1e-4:
        faults.append("numbers lie outside the range")
    flat = int((of_each < LEAST_DEVIATION * (high - low)).sum())
    if flat:
        faults.append(f"{flat} X-rays are nearly of one gray")
    if not np.allclose(targets.sum(dim=1).numpy(), 1) or (targets < 0).any():
        faults.append("targets are no probabilities")
    if (inputs[:, :1] != inputs).any():
        faults.append("the three channels differ")

    shape = " x ".join(map(str, inputs.shape))
    described = (
        f"{shape}, {inputs.dtype}, from {values.min():.3f} to {values.max():.3f}, mean "
        f"{values.mean():.3f}, deviation {values.std():.3f}, at least {of_each.min():.3f} in one"
    )
    return Answer(
        asked=(
            f"The tensor just before the forward pass is finite, within [{low:g}, {high:g}], of "
            "the right shape, three equal channels, and no X-ray in it is nearly of one gray"
        ),
        found="; ".join([described, *faults]),
        verdict="failed" if faults else "passed",
        figures={
            "shape": list(inputs.shape),
            "min": _finite(values.min()),
            "max": _finite(values.max()),
            "mean": _finite(values.mean()),
            "deviation": _finite(values.std()),
            "least_deviation": _finite(of_each.min()),
            "histogram": counts.tolist(),
            "histogram_edges": np.round(edges, 4).tolist(),
            "targets": np.round(targets.sum(dim=0).numpy().astype(float), 2).tolist(),
        },
    )


def _finite(number: float) -> float | None:
    """Round for the card, which can't hold what is no number."""
    return round(float(number), 4) if math.isfinite(number) else None
