"""What the checks say where the truth is known: phantoms with a planted shortcut, and without.

``python -m tests.benchmarks.phantoms WORK``; the demo's phantoms and the two teaching bundles are
the program's own. With ``--others COHORT`` (made by `xraydemo.training.phantoms`, without a
shortcut in its pixels) a marker, a border and JPEG compression are planted in its pictures, a last
layer is taught on ImageNet's features of each, and the same checks are asked.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from xraydemo.classes import CLASSES
from xraydemo.cohort.cohort import read_cohort
from xraydemo.cohort.demo import FINDINGS, HONEST, TRAP, demo_cohort
from xraydemo.cohort.phantom_plan import _date
from xraydemo.engine.client import Engine
from xraydemo.evaluation.beside import given_with
from xraydemo.evaluation.collect import collect
from xraydemo.evaluation.heatmap_share import cells_of_outlines, share_inside
from xraydemo.evaluation.result import CheckResult
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.runner import run_checks
from xraydemo.evaluation.store import open_run
from xraydemo.evaluation.story import STORY_CHECKS, travelled
from xraydemo.evaluation.thresholds import load_thresholds
from xraydemo.metrics.bootstrap import Estimate, Resampling
from xraydemo.metrics.weighted import macro_auc
from xraydemo.model.bundle import DEFAULT_BUNDLE, Provenance
from xraydemo.model.preprocess import Preprocessing
from xraydemo.model.torch_network import imagenet_network
from xraydemo.phantom.render import Phantom
from xraydemo.phantom.scanners import WHITE
from xraydemo.phantom.shortcuts import planted, with_traces
from xraydemo.training.pictures import as_presented, plain_tensors
from xraydemo.training.write import write_bundle

MODELS = (TRAP, HONEST)
PARTS = {"inside": ["part=inside"], "outside": ["part=outside"], "both": []}
OTHERS = ("marker", "border", "jpeg")
STRENGTH = 0.7
HOW = Preprocessing(side=160, equalize=False)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.phantoms")
    parser.add_argument("work", type=Path, help="where runs and tables are kept")
    parser.add_argument("--others", type=Path, help="phantoms.csv of a cohort without a shortcut")
    arguments = parser.parse_args()
    work = arguments.work
    work.mkdir(parents=True, exist_ok=True)
    measure_demo(work)
    if arguments.others:
        measure_tag_only(arguments.others, work)
        for kind in OTHERS:
            measure_other(kind, arguments.others, work)


def measure_demo(work: Path) -> None:
    """Measure both models on the demo's phantoms, and the default bundle's foreignness."""
    for model in MODELS:
        with Engine(model) as engine:
            for part, where in PARTS.items():
                run, results = asked(engine, demo_cohort(), work / f"{model}-{part}", where)
                tell(f"{model}, {part}", run, results)
            found = travelled(run)
            print(
                f"{model}, covid: inside {found.inside}; outside {found.outside}; lost {found.lost}"
            )
            print(f"{model}: heat maps in the findings: {share_in_findings(run)}", flush=True)
    with Engine(DEFAULT_BUNDLE) as engine:
        folder = work / "default"
        collect(read_cohort(demo_cohort()), engine, folder)
    verdicts = open_run(folder).judgements["foreign_verdict"].value_counts()
    print(f"{DEFAULT_BUNDLE} on all phantoms of the demo: {verdicts.to_dict()}")


def measure_tag_only(table: Path, work: Path) -> None:
    """Plant the year in the table alone, and ask the trap and the honest model."""
    rows = pd.read_csv(table, dtype=str, keep_default_na=False)
    rows = rows[rows["split"] == "test"].drop(columns=["split", "source", "year"])
    generator = np.random.default_rng(0)
    patients = rows.drop_duplicates("group")
    is_new = planted((patients["label"] == "covid").to_numpy(), STRENGTH, 0.25, generator)
    dates = {
        group: _date(bool(new), 1, generator)
        for group, new in zip(patients["group"], is_new, strict=True)
    }
    rows["date"] = rows["group"].map(dates)
    tagged = table.parent / "tag-only.csv"
    rows.to_csv(tagged, index=False)
    for model in MODELS:
        with Engine(model) as engine:
            run, results = asked(engine, tagged, work / f"{model}-tag-only", [])
            tell(f"{model}, year in the tag alone", run, results)


def measure_other(kind: str, table: Path, work: Path) -> None:
    """Plant another shortcut in the pixels, teach a last layer with it and without, and ask."""
    for strength in (STRENGTH, 0.0):
        folder = work / f"{kind}-{strength:g}"
        rows = plant(kind, strength, table, folder)
        write_head(rows[rows["split"] == "pool"], folder)
    asked_of = work / f"{kind}-{STRENGTH:g}" / "test.csv"
    for strength, name in ((STRENGTH, "shortcut"), (0.0, "honest")):
        bundle = work / f"{kind}-{strength:g}" / "bundle"
        with Engine(bundle) as engine:
            run, results = asked(engine, asked_of, bundle.parent / "run", [])
            tell(f"{kind}, {name} head", run, results)


def plant(kind: str, strength: float, table: Path, folder: Path) -> pd.DataFrame:
    """Write the pictures of a cohort with a trace that goes with covid, and their table."""
    rows = pd.read_csv(table, dtype=str, keep_default_na=False)
    follows = (rows["label"] == "covid").to_numpy()
    there = planted(follows, strength, 0.25, np.random.default_rng(1))
    (folder / "images").mkdir(parents=True, exist_ok=True)
    files = []
    for file, has in zip(rows["file"], there, strict=True):
        pixels = np.asarray(Image.open(table.parent / file), np.float32) * (WHITE / 255)
        none = np.zeros(pixels.shape, bool)
        phantom = Phantom(np.rint(pixels).astype(np.uint16), none, none, {})
        traces = dict.fromkeys(OTHERS, False) | {kind: bool(has)}
        marked = with_traces(phantom, **traces).pixels * (255 / WHITE)
        files.append(f"images/{Path(file).name}")
        Image.fromarray(np.rint(marked).astype(np.uint8)).save(folder / files[-1])
    rows = rows.assign(file=files, **{kind: np.where(there, "yes", "no")})
    others = [n for n in ("source", "date", "year", "compression", *OTHERS) if n != kind]
    kept = rows.drop(columns=others, errors="ignore")
    kept[kept["split"] == "test"].drop(columns="split").to_csv(folder / "test.csv", index=False)
    return rows.assign(path=[str(folder / file) for file in files])


def write_head(rows: pd.DataFrame, folder: Path) -> None:
    """Teach a last layer on ImageNet's features, and write the network as a bundle."""
    network = imagenet_network("tf_efficientnet_lite0").eval()
    pictures = [np.asarray(Image.open(path)) for path in rows["path"]]
    with torch.inference_mode():
        features = np.concatenate(
            [
                network.global_pool(network.forward_features(batch)).numpy()
                for batch in plain_tensors([as_presented(p) for p in pictures], HOW, 16)
            ]
        )
    truth = [CLASSES.index(label) for label in rows["label"]]
    scaler = StandardScaler().fit(features)
    layer = LogisticRegression(C=0.01, max_iter=2000).fit(scaler.transform(features), truth)
    weights = layer.coef_ / scaler.scale_
    classifier = network.get_classifier()
    with torch.no_grad():
        classifier.weight.copy_(torch.from_numpy(weights))
        classifier.bias.copy_(torch.from_numpy(layer.intercept_ - weights @ scaler.mean_))
    provenance = Provenance(
        created=datetime.now(UTC),
        versions={},
        data={"table": "planted", "rows": len(rows), "of_class": {}},
        split={},
        recipe={},
        training={"minutes": 0, "device": "cpu", "curves": [], "stopped": "a last layer alone"},
    )
    write_bundle(folder / "bundle", network, HOW, 1.0, 0.1, {}, provenance)


def asked(
    engine: Engine, table: Path, folder: Path, where: Sequence[str]
) -> tuple[Run, list[CheckResult]]:
    """Read a cohort, and ask the story's checks."""
    collect(read_cohort(table, where=where), engine, folder)
    run = open_run(folder)
    with given_with(engine, folder) as given:
        return run, list(run_checks(run, load_thresholds(), only=STORY_CHECKS, given=given))


def tell(name: str, run: Run, results: Iterable[CheckResult]) -> None:
    """Print the AUC and the verdicts."""
    sample = run.sample
    auc = sample.resampling.estimate(
        partial(macro_auc, truth=sample.truth, probabilities=sample.probabilities)
    )
    print(f"{name}: macro AUC {auc}")
    for result in results:
        settled = "" if result.settled else " (not settled)"
        print(f"  {result.check:22} {result.verdict.value:13}{settled} {result.headline}")
    print(flush=True)


def share_in_findings(run: Run) -> dict[str, tuple[Estimate, Estimate]]:
    """Give the share of the label's positive map inside the true finding, and the area's share."""
    maps = run.arrays.maps()
    side = maps.shape[-1]
    found = {}
    for k, label in enumerate(CLASSES):
        if label == "normal":
            continue
        rows = np.flatnonzero(run.truth == k)
        folder = demo_cohort().parent / FINDINGS
        masks = [np.asarray(Image.open(folder / run.rows["file"].iloc[i])) > 0 for i in rows]
        cells = cells_of_outlines(np.stack(masks), side)
        shares = np.nan_to_num(share_inside(maps[rows, k], cells))
        areas = cells.mean(axis=(1, 2))
        resampling = Resampling.of(run.truth[rows], run.groups[rows], seed=0)
        found[label] = tuple(
            resampling.estimate(partial(_mean, values=values)) for values in (shares, areas)
        )
    return found


def _mean(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    return weights @ values / weights.sum(axis=1)


if __name__ == "__main__":
    main()
