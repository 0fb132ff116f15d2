"""Training a network within a ceiling of minutes, keeping the best weights so far."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from xraydemo.metrics.classification import macro_auc, macro_f1, negative_log_likelihood
from xraydemo.model.lungs import load_lungs
from xraydemo.model.preprocess import Preprocessing
from xraydemo.model.reading import softmax
from xraydemo.model.torch_network import NetworkWithMaps, imagenet_network
from xraydemo.training.evidence import class_maps, outline_lungs, share_outside
from xraydemo.training.pictures import Batch, Batches, plain_tensors
from xraydemo.training.recipe import Recipe
from xraydemo.training.table import Part

SECONDS_KEPT_FOR_THE_END = 90  # for the last evaluation, the strength of maps and the writing
BATCH_NORM_MOMENTUM = 0.1  # timm's 0.01 is for trainings of days: here it lags behind for minutes
Progress = Callable[[float, str], None]


@dataclass
class Fitted:
    """What a training leaves behind.

    Attributes
    ----------
    network : nn.Module
        With the best weights.
    curves : list of dict
        One entry an epoch: minutes, side, training loss, and the figures on `select`.
    stopped : str
        Why it ended, in words.
    """

    network: nn.Module
    curves: list[dict[str, float]] = field(default_factory=list)
    stopped: str = ""


def fit(
    train: Part,
    select: Part,
    recipe: Recipe,
    how: Preprocessing,
    *,
    device: str,
    seed: int,
    deadline: float,
    progress: Progress,
    keep: Path | None = None,
    start: Path | None = None,
) -> Fitted:
    """Train from ImageNet weights, or those of `start`, until the last epoch or the deadline.

    The learning rate and the image side follow the share that is used up of whichever ends first,
    minutes or epochs; so a training that is cut by its ceiling has cooled down all the same.

    Parameters
    ----------
    train, select : Part
        The weights see `train`; `select` says which epoch's averaged weights are kept (by log
        loss).
    recipe : Recipe
    how : Preprocessing
    device : str
        ``cpu`` or ``cuda``.
    seed : int
    deadline : float
        On the clock of ``time.monotonic()``.
    progress : callable
        Is given the share done, in [0, 1], and a sentence.
    keep : Path, optional
        Where the best averaged weights so far are written, should the process be killed.
    start : Path, optional
        Weights to begin with, as a bundle keeps them.

    Returns
    -------
    Fitted
        After Ctrl-C too, if one epoch was done.
    """
    training = _Training(train, select, recipe, how, device, seed, deadline, progress, keep)
    if start:
        training.begin_with(load_file(start))
    try:
        training.run()
    except KeyboardInterrupt:
        if training.best_state is None:
            raise
        training.fitted.stopped = "it was interrupted"
    return training.with_best_weights()


class _Training:
    """The state of a training, from its first step to its last."""

    def __init__(
        self,
        train: Part,
        select: Part,
        recipe: Recipe,
        how: Preprocessing,
        device: str,
        seed: int,
        deadline: float,
        progress: Progress,
        keep: Path | None,
    ) -> None:
        torch.manual_seed(seed)
        self.keep = keep
        self.train, self.select, self.recipe, self.how = train, select, recipe, how
        self.device, self.progress = device, progress
        self.begun = time.monotonic()
        half = self.begun + (deadline - self.begun) / 2
        self.end = max(deadline - SECONDS_KEPT_FOR_THE_END, half)

        network = imagenet_network(recipe.architecture, recipe.drop_rate, recipe.drop_path_rate)
        quicken_batch_norm(network)
        self.network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        averaging = get_ema_multi_avg_fn(recipe.average_decay)  # type: ignore[no-untyped-call]
        self.average = AveragedModel(self.network, multi_avg_fn=averaging, use_buffers=True)
        groups = _decayed_and_not(self.network, recipe)
        self.optimizer = torch.optim.AdamW(groups, lr=recipe.learning_rate)
        # lungs that nobody asks about aren't looked for
        lungs = outline_lungs(train.pictures, load_lungs(), device) if recipe.evidence else ()
        self.batches = Batches(
            train.pictures, train.labels, (train.sources, train.views), recipe, how, seed, lungs
        )
        self.batches.side = _side_at(0.0, recipe, how)
        self.all_steps = recipe.max_epochs * max(1, len(train.pictures) // recipe.batch_size)
        self.step = 0
        self.fitted = Fitted(self.network)
        self.best = math.inf
        self.best_state: dict[str, Tensor] | None = None

    def begin_with(self, state: dict[str, Tensor]) -> None:
        self.network.load_state_dict(state)
        self.average.module.load_state_dict(state)

    def run(self) -> None:
        with self.batches:
            # a ceiling that is over before the first step still gives a bundle, which tells of it
            while not self.fitted.curves or self.share_done() < 1:
                self.go_on_at(_side_at(self.share_done(), self.recipe, self.how))
                losses = self.run_epoch()
                self.evaluate(float(np.mean(losses)))
        reached_last = self.step >= self.all_steps
        end = "the last epoch" if reached_last else "the ceiling of minutes"
        self.fitted.stopped = f"{end} was reached"

    def go_on_at(self, side: int) -> None:
        """Let weights of another side be no rivals: the last side is what is read at later."""
        if side != self.batches.side:
            self.batches.side = side
            self.best = math.inf

    def run_epoch(self) -> list[float]:
        losses = []
        train_mode(self.network, self.recipe)
        for batch in self.batches.epoch():
            rate = self.recipe.learning_rate * _rate_at(self.share_done(), self.recipe)
            for settings in self.optimizer.param_groups:
                settings["lr"] = rate
            losses.append(self.learn_from(batch))
            self.average.update_parameters(self.network)
            self.step += 1
            if self.step % 10 == 0:
                self.tell(losses[-1])
            if _side_at(self.share_done(), self.recipe, self.how) != self.batches.side:
                break
            if self.share_done() >= 1:
                break
        return losses

    def learn_from(self, batch: Batch) -> float:
        inputs = batch.inputs.to(self.device, memory_format=torch.channels_last)
        # bf16 on the GPU only: on the CPU measured here it was slower than float32
        with torch.autocast(self.device, torch.bfloat16, enabled=self.device == "cuda"):
            features = self.network.forward_features(inputs)
            logits = self.network.forward_head(features)
            loss = nn.functional.cross_entropy(
                logits, batch.targets.to(self.device), label_smoothing=self.recipe.label_smoothing
            )
            if self.recipe.consistency:
                loss = loss + self.recipe.consistency * disagreement(logits, batch.targets)
            if self.recipe.evidence:
                maps = class_maps(features, self.network.get_classifier())
                outside = share_outside(maps, batch.places.to(self.device))
                loss = loss + self.recipe.evidence * outside
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimizer.step()
        return float(loss.detach())

    def evaluate(self, train_loss: float) -> None:
        """Look at the averaged weights on `select`, and keep them if they are the best so far."""
        how = self.how.model_copy(update={"side": self.batches.side})
        logits = predict(self.average.module, self.select.pictures, how, self.device)
        entry = {
            "minutes": round((time.monotonic() - self.begun) / 60, 2),
            "side": self.batches.side,
            "train_loss": round(train_loss, 4),
            **_figures(self.select.labels, logits),
        }
        self.fitted.curves.append(entry)
        self.progress(self.share_done(), "  ".join(f"{k} {v}" for k, v in entry.items()) + "\n")
        if entry["select_log_loss"] < self.best:
            self.best = entry["select_log_loss"]
            averaged = self.average.module.state_dict()
            self.best_state = {
                name: value.clone(memory_format=torch.contiguous_format)
                for name, value in averaged.items()
            }
            if self.keep:
                save_file(self.best_state, self.keep)

    def share_done(self) -> float:
        if self.end <= self.begun:  # the ceiling was over before the first step
            return 1.0
        by_clock = (time.monotonic() - self.begun) / (self.end - self.begun)
        return min(1.0, max(by_clock, self.step / self.all_steps))

    def tell(self, loss: float) -> None:
        done = self.share_done()
        left = (time.monotonic() - self.begun) * (1 - done) / max(done, 1e-6) / 60
        epoch = f"epoch {len(self.fitted.curves) + 1}, {self.batches.side} px"
        self.progress(done, f"{epoch}, loss {loss:.3f}, {left:.0f} min left")

    def with_best_weights(self) -> Fitted:
        assert self.best_state is not None
        self.network.load_state_dict(self.best_state)
        self.network.eval()
        return self.fitted


def quicken_batch_norm(network: nn.Module) -> None:
    """Let the running means and variances follow a training of minutes."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = BATCH_NORM_MOMENTUM


def train_mode(network: nn.Module, recipe: Recipe) -> nn.Module:
    """Let a network learn, but its first blocks: their weights, means and variances stay."""
    network.train()
    if recipe.frozen_blocks:
        parts: Any = network
        for module in (parts.conv_stem, parts.bn1, *parts.blocks[: recipe.frozen_blocks]):
            module.eval().requires_grad_(False)
    return network


def disagreement(logits: Tensor, targets: Tensor) -> Tensor:
    """Give the mean squared distance between the log-probabilities of two variants of an X-ray.

    The first half of the batch holds one variant, the second half the other; pairs of which only
    one has its lungs covered don't count.
    """
    first, second = nn.functional.log_softmax(logits.float(), dim=1).chunk(2)
    same_target = (targets[: len(first)] == targets[len(first) :]).all(dim=1).to(logits.device)
    distances = (first - second).square().mean(dim=1)
    return (distances * same_target).sum() / same_target.sum().clamp(min=1)


def predict(
    network: nn.Module, pictures: list[NDArray[np.uint8]], how: Preprocessing, device: str
) -> NDArray[np.float32]:
    """Give the logits of pictures, as they will be read later: shape (n, 4)."""
    network.eval()
    with torch.inference_mode():
        batches = plain_tensors(pictures, how, batch_size=32)
        return np.concatenate([network(b.to(device)).float().cpu().numpy() for b in batches])


def typical_map_strength(
    network: nn.Module, pictures: list[NDArray[np.uint8]], how: Preprocessing, device: str
) -> float:
    """Give the 99th percentile of the raw heat maps' absolute values, in logit per cell."""
    with_maps = NetworkWithMaps(network)
    with torch.inference_mode():
        maps = [with_maps(b.to(device))[2].cpu() for b in plain_tensors(pictures, how, 32)]
    return float(np.percentile(torch.cat(maps).abs().numpy(), 99))


def fit_temperature(labels: NDArray[np.intp], logits: NDArray[np.float32]) -> float:
    """Find the temperature of the least log loss [1]_, on rows the weights haven't seen.

    References
    ----------
    .. [1] Guo et al., On Calibration of Modern Neural Networks, ICML 2017, section 4.2.
    """
    from scipy.optimize import minimize_scalar

    def loss(log_temperature: float) -> float:
        probabilities = softmax(logits, math.exp(log_temperature))
        return negative_log_likelihood(labels, probabilities)

    bounds = (math.log(0.05), math.log(20))
    return float(math.exp(minimize_scalar(loss, bounds=bounds, method="bounded").x))


def _decayed_and_not(network: nn.Module, recipe: Recipe) -> list[dict[str, object]]:
    """Leave biases and normalization out of the weight decay."""
    parameters = list(network.parameters())
    return [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": recipe.weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]


def _side_at(share: float, recipe: Recipe, how: Preprocessing) -> int:
    sides = [side for side in recipe.sides if side < how.side] + [how.side]
    return sides[min(int(share * len(sides)), len(sides) - 1)]


def _rate_at(share: float, recipe: Recipe) -> float:
    if share < recipe.warm_up:
        return max(share, 1e-3) / recipe.warm_up
    cooling = (share - recipe.warm_up) / (1 - recipe.warm_up)
    return 0.5 * (1 + math.cos(math.pi * min(cooling, 1.0)))


def _figures(labels: NDArray[np.intp], logits: NDArray[np.float32]) -> dict[str, float]:
    probabilities = softmax(logits)
    return {
        "select_log_loss": round(negative_log_likelihood(labels, probabilities), 4),
        "select_macro_f1": round(macro_f1(labels, logits.argmax(axis=1)), 4),
        "select_macro_auc": round(macro_auc(labels, probabilities), 4),
    }
