"""The training of teaching mode: a minute on planted X-rays, and two curves as it goes.

``python -m xraydemo.training.teach`` is started by the window, which never loads torch itself, and
prints a line of JSON for each step that there is something to see of.

What a laptop can learn in a minute: the lower blocks of the network stay as ImageNet left them, so
every X-ray goes through them once (with OpenVINO, in seconds), and only what lies above is trained.
Nothing is chosen by the curves: the last weights are kept, whatever they show.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from xraydemo import __version__
from xraydemo.classes import CLASSES
from xraydemo.cohort.lesson import PARTS, Part, Placed, picture, placed, write_part
from xraydemo.cohort.lesson_dial import KINDS, Lesson
from xraydemo.cohort.lesson_pool import Pool, is_rendered, open_pool
from xraydemo.cohort.phantom_plan import FOLLOWED
from xraydemo.errors import XrayDemoError
from xraydemo.metrics.bootstrap import Resampling
from xraydemo.metrics.weighted import auc
from xraydemo.model.bundle import (
    CARD,
    CONFIG,
    WEIGHTS,
    Bundle,
    BundleCard,
    Provenance,
    file_sha256,
    load_bundle,
)
from xraydemo.model.openvino_runtime import exported_path
from xraydemo.model.preprocess import Preprocessing
from xraydemo.model.quiet_openvino import openvino
from xraydemo.model.reading import softmax
from xraydemo.model.torch_export import export_openvino, write_openvino
from xraydemo.model.torch_network import imagenet_network, save_network
from xraydemo.training.fit import quicken_batch_norm, typical_map_strength
from xraydemo.training.pictures import plain_tensors

ARCHITECTURE = "tf_efficientnet_lite0"
HOW = Preprocessing(side=224, equalize=False)  # as a student would do it
FROZEN = 7  # blocks: all of them
# at most; with looking and writing that makes a minute; and how often the curves go on
STEPS, SECONDS, LOOKS = 400, 30.0, 15
BATCH, RATE, DECAY, SMOOTHING, DROPPED = 32, 1e-3, 0.05, 0.05, 0.2
WARM_UP = 0.1
AT_ONCE = 32  # X-rays through the lower blocks
SEED = 0
_EXPORT = f"{ARCHITECTURE}-{FROZEN}-{HOW.side}-{openvino.__version__.split('-')[0]}"
Tell = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, eq=False)
class Features:
    """What the lower blocks make of the X-rays of a part.

    Attributes
    ----------
    maps : Tensor, shape (n, channels, h, w)
    labels : ndarray of int, shape (n,)
    patients : ndarray of str, shape (n,)
    """

    maps: Tensor
    labels: NDArray[np.intp]
    patients: NDArray[np.str_]


class Lower(nn.Module):
    """The network's first blocks."""

    def __init__(self, network: Any) -> None:  # noqa: ANN401 - timm's
        super().__init__()
        self.parts = nn.Sequential(network.conv_stem, network.bn1, *network.blocks[:FROZEN])

    def forward(self, batch: Tensor) -> Tensor:
        """Give maps (n, channels, h, w)."""
        maps: Tensor = self.parts(batch)
        return maps


def upper(network: Any) -> nn.Sequential:  # noqa: ANN401 - timm's
    """Give what lies above the lower blocks; its weights are the network's own."""
    return nn.Sequential(
        *network.blocks[FROZEN:],
        network.conv_head,
        network.bn2,
        network.global_pool,
        nn.Dropout(DROPPED),
        network.classifier,
    )


def teach(
    pool: Pool, lesson: Lesson, out: Path, *, kept_in: Path, seconds: float, tell: Tell
) -> None:
    """Train on a lesson, and leave a bundle and the X-rays inside and outside in a folder.

    Parameters
    ----------
    pool : Pool
    lesson : Lesson
    out : Path
    kept_in : Path
        A folder for exported networks that are the same in every lesson.
    seconds : float
        Of training, beside what reading and writing take.
    tell : callable
        Is given what there is to see: ``{"doing": ...}`` or ``{"share", "inside", "outside"}``.
    """
    begun = time.monotonic()
    torch.manual_seed(SEED)
    n, side = len(pool), pool.shape[2]
    xrays = {part: placed(lesson, part, n, side) for part in PARTS}
    network = imagenet_network(ARCHITECTURE)
    tell({"doing": "looking"})
    look = open_lower(network, kept_in)
    features = {part: see(look, pool, xrays[part]) for part in PARTS}
    steps = fit_upper(upper(network), features, seconds=seconds, tell=tell)

    tell({"doing": "writing"})
    network.eval()
    tables = {part: write_part(out, part, xrays[part], pool) for part in PARTS[1:]}
    strength = typical_map_strength(network, _pictures(pool, xrays["inside"][:AT_ONCE]), HOW, "cpu")
    training = {"minutes": round((time.monotonic() - begun) / 60, 2), "steps": steps}
    written = _provenance(lesson, {str(part): len(some) for part, some in xrays.items()}, training)
    bundle = write_lesson_bundle(out / lesson.name, network, strength, written)
    tell(
        {
            "bundle": str(bundle.folder),
            "exports": [str(export) for export in export_for_engine(bundle, kept_in)],
            **{part: str(table) for part, table in tables.items()},
            "seconds": round(time.monotonic() - begun, 1),
        }
    )


def open_lower(network: nn.Module, folder: Path) -> Callable[[NDArray[np.float32]], Any]:
    """Open the lower blocks in OpenVINO, which is several times as fast; export them once."""
    xml = folder / f"lower-{_EXPORT}.xml"
    if not xml.is_file():
        example = torch.zeros(2, 3, HOW.side, HOW.side)
        write_openvino(Lower(network).eval(), example, xml)
    precise = {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = openvino.Core().compile_model(xml, "CPU", precise)
    return lambda batch: compiled([batch])[0]


def export_for_engine(bundle: Bundle, folder: Path) -> list[Path]:
    """Export what the engine will open: it would have to load torch first.

    The network as it was before it saw an X-ray is the same in every lesson.
    """
    own, before = exported_path(bundle), exported_path(bundle, "imagenet")
    kept = folder / f"imagenet-{_EXPORT}.xml"
    if not kept.is_file():
        export_openvino(bundle, kept, "imagenet")
    export_openvino(bundle, own)
    for suffix in (".bin", ".xml"):
        shutil.copyfile(kept.with_suffix(suffix), before.with_suffix(suffix))
    return [own, before]


def see(look: Callable[[NDArray[np.float32]], Any], pool: Pool, xrays: list[Placed]) -> Features:
    """Show the X-rays of a part to the lower blocks."""
    batches = plain_tensors(_pictures(pool, xrays), HOW, AT_ONCE)
    maps = np.concatenate([look(batch.numpy()) for batch in batches])
    return Features(
        torch.from_numpy(maps).contiguous(memory_format=torch.channels_last),
        np.array([CLASSES.index(one.row.label) for one in xrays], dtype=np.intp),
        np.array([one.row.patient for one in xrays]),
    )


def fit_upper(
    net: nn.Sequential, features: dict[Part, Features], *, seconds: float, tell: Tell
) -> int:
    """Train the upper part, and tell of the curves; give its steps.

    It ends after `STEPS`, or when the time is over: a slow machine learns less, not longer.
    """
    train = features["train"]
    targets = torch.from_numpy(train.labels)
    net = net.to(memory_format=torch.channels_last)
    quicken_batch_norm(net)
    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
    generator = np.random.default_rng(SEED)
    draws = {part: _draws(features[part]) for part in PARTS[1:]}
    at_work, step, share, looked = 0.0, 0, 0.0, 0.0
    tell({"share": share, **_curves(net, features, draws)})
    while share < 1:
        begun = time.monotonic()
        rate = RATE * min(share / WARM_UP, 0.5 * (1 + math.cos(math.pi * share)))
        for settings in optimizer.param_groups:
            settings["lr"] = rate
        rows = generator.choice(len(targets), min(BATCH, len(targets)), replace=False)
        net.train()
        answers = net(train.maps[rows])
        loss = nn.functional.cross_entropy(answers, targets[rows], label_smoothing=SMOOTHING)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        step += 1
        at_work += time.monotonic() - begun
        share = min(max(at_work / seconds, step / STEPS), 1.0)
        if share >= looked + 1 / LOOKS or share == 1:
            looked = share
            tell({"share": round(share, 3), **_curves(net, features, draws)})
    return step


def write_lesson_bundle(
    folder: Path, network: nn.Module, heatmap_scale: float, provenance: Provenance
) -> Bundle:
    """Write a network that only a lesson is for: nothing to judge its readings by comes with it."""
    folder.mkdir(parents=True, exist_ok=True)
    save_network(network, folder)
    card = BundleCard(
        name=folder.name,
        description="Trained for a minute on synthetic X-rays, with a shortcut planted on them.",
        intended_use="For one lesson. It never saw a patient.",
        preprocessing=HOW,
        temperature=1.0,
        heatmap_scale=round(heatmap_scale, 4),
        metrics={},
        provenance=provenance,
        files={name: file_sha256(folder / name) for name in (CONFIG, WEIGHTS)},
    )
    (folder / CARD).write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return load_bundle(folder)


def _curves(
    net: nn.Module, features: dict[Part, Features], draws: dict[Part, Resampling]
) -> dict[str, Any]:
    """Measure the AUC of the class that the shortcut follows against the rest."""
    net.eval()
    followed = CLASSES.index(FOLLOWED)
    found: dict[str, Any] = {}
    for part, resampling in draws.items():
        seen = features[part]
        is_followed = seen.labels == followed
        with torch.inference_mode():
            scores = softmax(net(seen.maps).numpy())[:, followed]
        estimate = resampling.estimate(partial(auc, scores=scores, positive_mask=is_followed))
        found[part] = {key: round(float(v), 4) for key, v in estimate._asdict().items()}
    return found


def _draws(features: Features) -> Resampling:
    return Resampling.of(features.labels, features.patients, seed=SEED)


def _pictures(pool: Pool, xrays: list[Placed]) -> list[NDArray[np.uint8]]:
    return [picture(pool, one) for one in xrays]


def _provenance(lesson: Lesson, sizes: dict[str, int], training: dict[str, Any]) -> Provenance:
    libraries = {name: version(name) for name in ("torch", "timm", "numpy", "openvino")}
    return Provenance(
        created=datetime.now(UTC).replace(microsecond=0),
        versions={"xraydemo": __version__, **libraries},
        data={"phantoms": "synthetic X-rays of teaching mode", "lesson": vars(lesson)},
        split={"seed": SEED, **sizes},
        recipe={
            "architecture": ARCHITECTURE, "frozen_blocks": FROZEN, "batch_size": BATCH,
            "learning_rate": RATE, "weight_decay": DECAY, "label_smoothing": SMOOTHING,
            "drop_rate": DROPPED,
        },
        training={"device": "cpu", "began_with": "ImageNet", "curves": [], **training},
    )  # fmt: skip


def main() -> int:
    """Train, and print what there is to see, a line of JSON each."""
    parser = argparse.ArgumentParser(prog="python -m xraydemo.training.teach")
    parser.add_argument("pool", type=Path, help="the folder of the pool")
    parser.add_argument("out", type=Path)
    parser.add_argument("--n", type=int, required=True)
    parser.add_argument("--side", type=int, required=True)
    parser.add_argument("--kind", choices=KINDS, required=True)
    parser.add_argument("--strength", type=float, required=True)
    parser.add_argument("--tag-only", action="store_true")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    lesson = Lesson(arguments.kind, arguments.strength, arguments.tag_only)
    try:
        pool = open_pool(arguments.pool, arguments.n, arguments.side)
        if pool is None or not is_rendered(pool).all():
            raise XrayDemoError("The X-rays of the lesson are not all there", "Make them first")
        folder = arguments.pool
        teach(pool, lesson, arguments.out, kept_in=folder, seconds=arguments.seconds, tell=_print)
    except XrayDemoError as error:
        _print({"error": error.message, "hint": error.hint})
        return 2
    return 0


def _print(news: dict[str, Any]) -> None:
    print(json.dumps(news), flush=True)


if __name__ == "__main__":
    sys.exit(main())
