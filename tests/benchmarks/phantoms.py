"""What the checks say where the truth is known: phantoms with a planted shortcut, and without.

``python -m tests.benchmarks.phantoms demo WORK`` asks of the demo's phantoms and the two teaching
bundles, which are the program's own.

``python -m tests.benchmarks.phantoms others WORK COHORT`` plants a marker, a border and JPEG
compression in the pictures of a cohort without a shortcut: ``phantom-honest/phantoms.csv`` of
`xraydemo.training.phantoms`. A last layer is taught on ImageNet's features of the pool's pictures,
once where all of covid has the shortcut, and once where a coin decides. Both are asked of the
test's pictures with the shortcut, and the first of those where it stands in the table alone; so
are the two teaching bundles, of the year.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
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
from xraydemo.evaluation.confounding.heatmap_share import cells_of_outlines, share_inside
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
from xraydemo.model.quiet_openvino import openvino
from xraydemo.model.torch_export import write_openvino
from xraydemo.model.torch_network import imagenet_network
from xraydemo.phantom.shortcuts import planted, traced
from xraydemo.training.pictures import as_presented, plain_tensors
from xraydemo.training.write import write_bundle

MODELS = (TRAP, HONEST)
PARTS = {"inside": ["part=inside"], "outside": ["part=outside"], "both": []}
OTHERS = ("marker", "border", "jpeg")
OTHER_CHECKS = (
    "confounder.newness", "confounder.metadata", "confounder.used", "confounder.encoded",
    "confounder.pixels",
)  # fmt: skip
LEARNT = 1.0  # strength where a head learns, as in the trap
STRENGTH = 0.7  # where it is asked: at 1, nothing can be matched
ARCHITECTURE, AT_ONCE = "tf_efficientnet_lite0", 16
HOW = Preprocessing(side=160, equalize=False)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.phantoms")
    which = parser.add_subparsers(dest="which", required=True)
    for name in ("demo", "others"):
        one = which.add_parser(name)
        one.add_argument("work", type=Path, help="where runs and tables are kept")
    one.add_argument("cohort", type=Path, help="phantoms.csv of a cohort without a shortcut")
    one.add_argument("--only", choices=("year", *OTHERS), help="this kind alone")
    one.add_argument("--strength", type=float, default=STRENGTH)
    arguments = parser.parse_args()
    work = arguments.work
    work.mkdir(parents=True, exist_ok=True)
    if arguments.which == "demo":
        measure_demo(work)
        return
    for kind in [arguments.only] if arguments.only else ("year", *OTHERS):
        if kind == "year":
            measure_year_in_the_tag(arguments.cohort, work, arguments.strength)
        else:
            measure_other(kind, arguments.cohort, work, arguments.strength)


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


def measure_year_in_the_tag(table: Path, work: Path, strength: float) -> None:
    """Plant the year in the table alone, and ask the trap and the honest model."""
    rows = pd.read_csv(table, dtype=str, keep_default_na=False)
    rows = rows[rows["split"] == "test"]
    generator = np.random.default_rng(0)
    patients = rows.drop_duplicates("group")
    is_new = planted((patients["label"] == "covid").to_numpy(), strength, 0.25, generator)
    dates = {
        group: _date(bool(new), 1, generator)
        for group, new in zip(patients["group"], is_new, strict=True)
    }
    dated = rows.assign(date=rows["group"].map(dates))
    tagged = write_tests(dated, table.parent / "year-in-the-tag.csv")
    for model in MODELS:
        with Engine(model) as engine:
            run, results = asked(engine, tagged, work / f"{model}-tag", [], OTHER_CHECKS)
            tell(f"{model}, year in the tag alone", run, results)


def measure_other(kind: str, table: Path, work: Path, strength: float) -> None:
    """Plant another shortcut in the pixels, teach a last layer with it and without, and ask."""
    rows = pd.read_csv(table, dtype=str, keep_default_na=False)
    is_covid, is_test = (rows["label"] == "covid").to_numpy(), (rows["split"] == "test").to_numpy()
    in_test, learnt, by_a_coin = (
        planted(is_covid, how_strong, 0.25, np.random.default_rng(1))
        for how_strong in (strength, LEARNT, 0.0)
    )
    there = {"shortcut": learnt, "honest": by_a_coin}
    tests = rows[is_test].assign(
        **{kind: np.where(in_test[is_test], "yes", "no")}
    )  # what the table tells of the pictures, whether it is so or not
    in_pixels = write_planted(kind, tests, table.parent, work / kind)
    in_tag = write_tests(tests, table.parent / f"{kind}-in-the-tag.csv")
    asked_of = {
        "shortcut": {"planted": in_pixels, "in the tag alone": in_tag},
        "honest": {"planted": in_pixels},
    }
    for head, has in there.items():
        bundle = work / kind / f"{head}-head"
        write_head(bundle, *_features(kind, has[~is_test], rows[~is_test], table.parent))
        with Engine(bundle) as engine:
            for where, cohort in asked_of[head].items():
                folder = work / kind / f"{head} head, {where}"
                run, results = asked(engine, cohort, folder, [], OTHER_CHECKS)
                tell(f"{kind} {where}, {head} head", run, results)


def write_planted(kind: str, rows: pd.DataFrame, pictures: Path, folder: Path) -> Path:
    """Write pictures with the trace where the table says so, and the table; give its place."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    files = [f"images/{Path(file).name}" for file in rows["file"]]
    for old, new, told in zip(rows["file"], files, rows[kind], strict=True):
        picture = _traced(pictures / old, kind) if told == "yes" else _plain(pictures / old)
        Image.fromarray(picture).save(folder / new, compress_level=1)
    return write_tests(rows.assign(file=files), folder / "test.csv")


def write_tests(rows: pd.DataFrame, path: Path) -> Path:
    """Write a table without columns that are the same for all."""
    rows = rows.drop(columns=["split", "year"])
    rows[[name for name in rows if rows[name].nunique() > 1]].to_csv(path, index=False)
    return path


def _plain(path: Path) -> NDArray[np.uint8]:
    return np.asarray(Image.open(path))


def _traced(path: Path, kind: str) -> NDArray[np.uint8]:
    gray = np.asarray(Image.open(path), np.float32) / 255
    marked = traced(gray.copy(), **(dict.fromkeys(OTHERS, False) | {kind: True}))
    return np.rint(255 * marked).astype(np.uint8)


def _features(
    kind: str, has: NDArray[np.bool_], rows: pd.DataFrame, pictures: Path
) -> tuple[NDArray[np.float32], list[int]]:
    """Give what ImageNet's network sees of pictures, some of them with a trace; and the labels."""
    paths = [pictures / file for file in rows["file"]]
    features = _seen_plain(tuple(paths)).copy()
    features[has] = _seen([_traced(path, kind) for path, it in zip(paths, has, strict=True) if it])
    return features, [CLASSES.index(label) for label in rows["label"]]


@cache
def _seen_plain(paths: tuple[Path, ...]) -> NDArray[np.float32]:
    return _seen([_plain(path) for path in paths])


def _seen(pictures: list[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """Give what ImageNet's network sees of pictures, with OpenVINO, which is several times as fast.

    Returns
    -------
    ndarray of float32, shape (n, 1280)
    """
    example = torch.zeros(AT_ONCE, 3, HOW.side, HOW.side)
    with TemporaryDirectory() as folder:
        xml = Path(folder, "embedding.xml")
        write_openvino(_Embedding().eval(), example, xml)
        network = openvino.Core().compile_model(xml, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    batches = plain_tensors([as_presented(picture) for picture in pictures], HOW, AT_ONCE)
    return np.concatenate([network([batch.numpy()])[0] for batch in batches])


class _Embedding(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.network = imagenet_network(ARCHITECTURE)

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        return self.network.global_pool(self.network.forward_features(batch))


def write_head(folder: Path, features: NDArray[np.float32], truth: list[int]) -> None:
    """Teach a last layer on ImageNet's features, and write the network as a bundle."""
    scaler = StandardScaler().fit(features)
    layer = LogisticRegression(C=0.01, max_iter=2000).fit(scaler.transform(features), truth)
    weights = layer.coef_ / scaler.scale_
    network = imagenet_network(ARCHITECTURE).eval()
    classifier = network.get_classifier()
    with torch.no_grad():
        classifier.weight.copy_(torch.from_numpy(weights))
        classifier.bias.copy_(torch.from_numpy(layer.intercept_ - weights @ scaler.mean_))
    provenance = Provenance(
        created=datetime.now(UTC),
        versions={},
        data={"table": "planted", "rows": len(truth), "of_class": {}},
        split={},
        recipe={},
        training={"minutes": 0, "device": "cpu", "curves": [], "stopped": "a last layer alone"},
    )
    write_bundle(folder, network, HOW, 1.0, 0.1, {}, provenance)


def asked(
    engine: Engine,
    table: Path,
    folder: Path,
    where: Sequence[str],
    checks: Sequence[str] = STORY_CHECKS,
) -> tuple[Run, list[CheckResult]]:
    """Read a cohort, and ask some checks: the story's."""
    collect(read_cohort(table, where=where), engine, folder)
    run = open_run(folder)
    with given_with(engine, folder) as given:
        return run, list(run_checks(run, load_thresholds(), only=checks, given=given))


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
