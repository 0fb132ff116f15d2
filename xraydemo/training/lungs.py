"""Training the lung segmenter: ``python -m xraydemo.training.lungs DATA --out DIR``.

It learns from outlines of external X-rays that are set aside for development, and is measured on
patients that it hasn't seen: a fifth of those, and all that are kept for reports.
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor, nn

from xraydemo import __version__
from xraydemo.metrics.bootstrap import bootstrap
from xraydemo.model.bundle import file_sha256
from xraydemo.model.lungs import CARD, LUNGS_BUNDLE, WEIGHTS, LungsCard, dice, without_specks
from xraydemo.model.preprocess import Preprocessing, preprocess
from xraydemo.model.torch_lungs import LungNet
from xraydemo.training.augment import spoil
from xraydemo.training.pictures import as_presented, load_pictures
from xraydemo.training.recipe import Recipe

SIDE = 96
WIDTHS = (10, 20, 40, 60, 60)
STEPS = 700
BATCH_SIZE = 12
LEARNING_RATE = 3e-3
WORK_SIDE = 160  # while an X-ray is varied
SPOILING = Recipe(resample=0.3, noise=0.3, jpeg=0.3, cut=0.5)
DESCRIPTION = (
    "Outlines the lungs of a frontal chest X-ray. It learnt from X-rays of adults with covid, of "
    "many small sites; how good its outlines of children are was never measured."
)

Gray = NDArray[np.uint8]
Mask = NDArray[np.bool_]


def load_outlined(data: Path, split: str) -> tuple[pd.DataFrame, list[Gray], list[Mask]]:
    """Read the external X-rays of a split that have an outline, and the outlines."""
    table = pd.read_csv(data / "external.csv")
    outlines = table["file"].map(lambda file: data / "lung-masks" / f"{Path(file).stem}.png")
    chosen = (table["split"] == split) & outlines.map(Path.exists)
    pictures = load_pictures([data / file for file in table["file"][chosen]], lambda *_: None)
    masks = [np.asarray(Image.open(path).convert("L")) > 0 for path in outlines[chosen]]
    return table[chosen].reset_index(drop=True), pictures, masks


def fit_lungs(pictures: list[Gray], masks: list[Mask], steps: int, seed: int) -> LungNet:
    """Train a segmenter from nothing.

    Parameters
    ----------
    pictures : list of ndarray of uint8
    masks : list of ndarray of bool
        Each lies over its picture by stretching.
    steps : int
    seed : int

    Returns
    -------
    LungNet
        For inference.
    """
    torch.manual_seed(seed)
    generator = np.random.default_rng(seed)
    network = LungNet(WIDTHS).train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps)
    for _ in range(steps):
        rows = generator.choice(len(pictures), BATCH_SIZE)
        variants = [_variant(pictures[row], masks[row], generator) for row in rows]
        inputs, targets = (torch.from_numpy(np.stack(part)) for part in zip(*variants, strict=True))
        loss = overlap_loss(network(inputs), targets)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
    return network.eval()


def overlap_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy a pixel, and one less the soft Dice coefficient [1]_.

    References
    ----------
    .. [1] Milletari et al., V-Net, 3DV 2016, section 3.
    """
    found = logits.sigmoid()
    common, both = (found * targets).sum((1, 2)), (found + targets).sum((1, 2))
    overlap = ((2 * common + 1) / (both + 1)).mean()
    return nn.functional.binary_cross_entropy_with_logits(logits, targets) + 1 - overlap


def _variant(
    picture: Gray, mask: Mask, generator: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    work = (WORK_SIDE, WORK_SIDE)
    image = as_presented(
        np.asarray(cv2.resize(picture, work, interpolation=cv2.INTER_AREA), np.uint8)
    )
    outline = cv2.resize(mask.astype(np.float32), work, interpolation=cv2.INTER_AREA)

    angle = np.deg2rad(generator.uniform(-12, 12))
    zoom, aspect = generator.uniform(0.65, 1.25), np.sqrt(generator.uniform(0.75, 1.33))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.diag([zoom * aspect, zoom / aspect])
    centre = np.array(work) / 2
    shift = generator.uniform(-0.12, 0.12, 2) * work
    matrix = np.column_stack([linear, centre - linear @ centre + shift])
    border = cv2.BORDER_REPLICATE if generator.random() < 0.5 else cv2.BORDER_CONSTANT
    image = np.asarray(cv2.warpAffine(image, matrix, work, borderMode=border))
    outline = cv2.warpAffine(outline, matrix, work, borderMode=cv2.BORDER_CONSTANT)

    tensor = preprocess(spoil(image, SPOILING, generator), Preprocessing(side=SIDE))[:1]
    return tensor, _reduced(outline).astype(np.float32)


def _reduced(outline: NDArray[Any]) -> Mask:
    smaller = cv2.resize(outline.astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(smaller > 0.5)


def measure(network: LungNet, pictures: list[Gray], masks: list[Mask]) -> NDArray[np.float64]:
    """Give the Dice coefficient of each X-ray, shape (n,)."""
    how = Preprocessing(side=SIDE)
    inputs = np.stack([preprocess(as_presented(picture), how)[:1] for picture in pictures])
    with torch.inference_mode():
        found = network(torch.from_numpy(inputs)).numpy() > 0
    pairs = zip(found, masks, strict=True)
    return np.array([dice(without_specks(a), _reduced(b)) for a, b in pairs])


def write_lungs(
    out: Path, network: LungNet, metrics: dict[str, Any], provenance: dict[str, Any]
) -> LungsCard:
    """Write a segmenter and its card into a folder, for programs and for people."""
    out.mkdir(parents=True, exist_ok=True)
    save_file(network.state_dict(), out / WEIGHTS)
    card = LungsCard(
        name=out.resolve().name,
        description=DESCRIPTION,
        preprocessing=Preprocessing(side=SIDE),
        widths=WIDTHS,
        metrics=metrics,
        provenance=provenance,
        files={WEIGHTS: file_sha256(out / WEIGHTS)},
    )
    (out / CARD).write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")
    (out / "README.md").write_text(lungs_readme(card), encoding="utf-8")
    return card


def lungs_readme(card: LungsCard) -> str:
    """Write a segmenter's card as Markdown.

    Parameters
    ----------
    card : LungsCard
        That of a folder is ``load_lungs(folder).card``.
    """
    outlines = card.provenance.get("data", {}).get("outlines_seen")
    number = "Outlines" if outlines is None else f"{outlines:,} outlines"
    rows = "".join(_dice_row(name, measured) for name, measured in card.metrics.items())
    return f"""---
tags: [chest-x-ray, image-segmentation]
pipeline_tag: image-segmentation
license: other
license_name: research-and-teaching
---
# {card.name}

{card.description}

## Intended use

Research and teaching: it tells the checks and the window of xraydemo where the lungs are, so that
they can be covered, and heat maps held to them. The classifier doesn't need it. Never for care: it
must not be used to measure lungs, or to find or follow disease.

## Training data

{number} of lungs, of the rows of `external.csv` that are set aside for development: X-rays of
covid-chestxray-dataset (journal figures and cases from the web) of patients with covid. Who drew
the outlines, and how well, isn't known to this program.

## Measured

On patients whose X-rays it wasn't trained on: a fifth of those for development, and all that are
kept for reports. Dice is twice the common area over the sum of both.

| measured on | mean Dice | 95 % interval | X-rays | patients | least Dice |
| --- | --- | --- | --- | --- | --- |
{rows}
## Terms

For research and teaching. The X-rays have the licences of their publishers, image by image (many
CC BY-NC-SA: not for commerce). None of them is in this folder.
"""


def _dice_row(name: str, measured: Mapping[str, Any]) -> str:
    dice_of = measured["dice"]
    interval = f"{dice_of['low']:.3f} to {dice_of['high']:.3f}"
    counted = f"{dice_of['n']:,} | {dice_of['n_groups']:,}"
    least = f"{measured['least_dice']:.3f}"
    return f"| {name} | {dice_of['value']:.3f} | {interval} | {counted} | {least} |\n"


def train_lungs(data: Path, out: Path, *, steps: int, seed: int) -> LungsCard:
    """Train, measure and write a segmenter.

    Parameters
    ----------
    data : Path
        A folder with ``external.csv`` and ``lung-masks/``.
    out : Path
        The segmenter's folder.
    steps, seed : int

    Returns
    -------
    LungsCard
        As written.
    """
    table, pictures, masks = load_outlined(data, "dev")
    patients = table["patient_id"].to_numpy(str)
    shuffled = np.random.default_rng(seed).permutation(np.unique(patients))
    held_out = np.isin(patients, shuffled[: len(shuffled) // 5])
    seen = np.flatnonzero(~held_out)
    network = fit_lungs([pictures[i] for i in seen], [masks[i] for i in seen], steps, seed)

    unseen = np.flatnonzero(held_out)
    metrics = {
        "dev, held out": _dice_estimate(
            network, [pictures[i] for i in unseen], [masks[i] for i in unseen], patients[unseen]
        )
    }
    table, pictures, masks = load_outlined(data, "report")
    metrics["report"] = _dice_estimate(network, pictures, masks, table["patient_id"].to_numpy(str))
    provenance = {
        "data": {"table": "external.csv", "split": "dev", "outlines_seen": len(seen)},
        "settings": {"steps": steps, "batch_size": BATCH_SIZE, "learning_rate": LEARNING_RATE},
        "seed": seed,
        "versions": {
            "xraydemo": __version__,
            "python": platform.python_version(),
            "torch": version("torch"),
        },
    }
    return write_lungs(out, network, metrics, provenance)


def _dice_estimate(
    network: LungNet, pictures: list[Gray], masks: list[Mask], patients: NDArray[np.str_]
) -> dict[str, Any]:
    overlaps = measure(network, pictures, masks)
    mean = bootstrap(
        lambda rows: float(overlaps[rows].mean()),
        np.zeros(len(overlaps), np.intp),
        patients,
        seed=0,
    )
    return {"dice": mean._asdict(), "least_dice": float(overlaps.min())}


def main() -> None:
    """Train, and print what was measured."""
    parser = argparse.ArgumentParser(prog="python -m xraydemo.training.lungs")
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=Path("models", LUNGS_BUNDLE))
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    card = train_lungs(arguments.data, arguments.out, steps=arguments.steps, seed=arguments.seed)
    for name, measured in card.metrics.items():
        figure = measured["dice"]
        value, low, high = figure["value"], figure["low"], figure["high"]
        print(f"{name}: Dice {value:.3f} [{low:.3f}, {high:.3f}], n = {figure['n']}")


if __name__ == "__main__":
    main()
