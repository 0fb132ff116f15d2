"""Which detector notices what: `python -m tests.benchmarks.detectors RUN KIND=RUN...`.

Prints Markdown tables of kinds against detectors: AUROC, AUPR and FPR95 with 95 % intervals, each
kind told from the X-rays of the first run. A kind's name says what is expected of it, as for
`--ood`: far:hand, near:tb. Faults are planted in X-rays of the first run by its own bundle; here
the looks are scored for these, too, which the check can't, and ViM for all. For example, with runs
that `evaluate` made of the internal test and of the other folders::

    python -m tests.benchmarks.detectors runs/test far:hand=runs/hand near:tb=runs/tb
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xraydemo.engine.client import Engine
from xraydemo.evaluation.check import all_checks
from xraydemo.evaluation.engine_laboratory import EngineLaboratory
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.shift.detectors import DETECTORS
from xraydemo.evaluation.shift.ood_scores import (
    Kind,
    given_kinds,
    is_scored,
    planted_kinds,
    seen_in,
)
from xraydemo.evaluation.store import open_run
from xraydemo.evaluation.thresholds import load_thresholds, parameters_of
from xraydemo.metrics.bootstrap import Estimate
from xraydemo.metrics.detection import Detection
from xraydemo.metrics.intervals import proportion
from xraydemo.model.bundle import load_bundle
from xraydemo.model.dossier import Dossier, load_dossier
from xraydemo.model.sanity import thumbnail
from xraydemo.radiograph import read
from xraydemo.radiograph.interventions import alter

VIM = "ViM"
NAMES = (*DETECTORS, VIM)
FEWEST = 6  # of dicom/real there are no more; intervals say what that is worth


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="what all is told from: the internal test")
    parser.add_argument("kinds", nargs="*", metavar="KIND=RUN", help="far:NAME=RUN or near:...")
    parser.add_argument("--planted", type=int, default=-1, help="X-rays to plant faults in")
    asked = parser.parse_args()

    run = open_run(asked.run)
    bundle = load_bundle(run.meta.bundle["folder"])
    dossier = load_dossier(bundle)
    assert dossier is not None, "The bundle has no dossier"
    settings = parameters_of(all_checks()["shift.ood_auroc"], load_thresholds())
    most = settings.most if asked.planted < 0 else asked.planted
    scored = np.flatnonzero(is_scored(run))
    ood = {name: open_run(Path(path)) for name, path in (k.split("=", 1) for k in asked.kinds)}
    inside = seen_in(run, scored, dossier, "inside")
    kinds = given_kinds(ood, inside, dossier)
    if most:
        positions = np.sort(np.random.default_rng(0).permutation(scored)[:most])
        with (
            tempfile.TemporaryDirectory() as folder,
            Engine(bundle.folder) as engine,
            EngineLaboratory(engine, Path(folder)) as laboratory,
        ):
            planted = planted_kinds(run, positions, laboratory, dossier)
        kinds += [with_looks(kind, run, dossier) for kind in planted]
    alpha = alpha_of(run.logits[scored], inside.scores["residual"])
    kinds = [with_vim(kind, alpha) for kind in kinds if len(kind.outside) >= FEWEST]
    measured = {kind.name: detections(kind) for kind in kinds}
    print(f"Bundle {run.meta.card.name}, fingerprint {run.meta.bundle['fingerprint'][:12]}; ")
    print(f"{len(scored)} X-rays of {run.meta.cohort['name']}\n")
    for metric, pick in METRICS.items():
        print_table(metric, kinds, measured, pick)
    print_called(kinds)


METRICS: dict[str, Callable[[Detection], Estimate]] = {
    "AUROC": lambda d: d.auroc,
    "AUPR": lambda d: d.aupr,
    "FPR95": lambda d: d.fpr95,
}


def with_looks(kind: Kind, run: Run, dossier: Dossier) -> Kind:
    """Score the looks of planted faults from the files themselves."""
    assert kind.planted is not None
    assert kind.positions is not None
    thumbnails: dict[bool, list[NDArray[np.float32]]] = {False: [], True: []}
    for path in run.rows["path"].iloc[kind.positions]:
        presented = read(path).presented()
        thumbnails[False].append(thumbnail(presented))
        thumbnails[True].append(thumbnail(alter(presented, kind.planted.interventions)[0]))
    scale = dossier.scales["looks"]
    looks = {
        side: scale.apply(dossier.sanity.odds(np.stack(many)).max(axis=1))
        for side, many in thumbnails.items()
    }
    return replace(
        kind,
        outside=replace(kind.outside, scores={**kind.outside.scores, "looks": looks[True]}),
        inside=replace(kind.inside, scores={**kind.inside.scores, "looks": looks[False]}),
    )


def alpha_of(logits: NDArray[np.floating], residual: NDArray[np.float64]) -> float:
    """Give what one unit of residual is worth in logits, so that both weigh alike on average."""
    return float(logits.max(axis=1).mean() / np.sqrt(residual).mean())


def with_vim(kind: Kind, alpha: float) -> Kind:
    """Score by ViM [1]_: the residual as one more logit, against the log-sum-exp of the others.

    It differs from the paper's in two ways. `alpha` comes from the X-rays that the others are told
    from, for the logits of the training set are not kept; it is the same for both sides and knows
    no foreign picture. And the residual is that of the dossier: embeddings have length 1 and are
    not centred.

    References
    ----------
    .. [1] Wang et al., ViM: Out-Of-Distribution with Virtual-logit Matching, CVPR 2022.
    """
    scored = []
    for side in (kind.outside, kind.inside):
        vim = alpha * np.sqrt(side.scores["residual"]) + side.scores["energy"]
        scored.append(replace(side, scores={**side.scores, VIM: vim}))
    outside, inside = scored
    return replace(kind, outside=outside, inside=inside)


def detections(kind: Kind) -> dict[str, Detection]:
    """Measure every detector on one kind."""
    resampling = kind.resampling(seed=0)
    names = [name for name in NAMES if name in kind.detectors]
    return {name: Detection.of(*kind.both(name), resampling) for name in names}


def print_table(
    metric: str,
    kinds: list[Kind],
    measured: dict[str, dict[str, Detection]],
    pick: Callable[[Detection], Estimate],
) -> None:
    """Print one metric of all kinds and detectors, and what the far ones come to."""
    print(f"**{metric}**\n")
    print_row("kind (protocol, n)", *NAMES)
    print_row("---", *["---:"] * len(NAMES))
    for kind in kinds:
        found = [measured[kind.name].get(name) for name in NAMES]
        cells = ["" if one is None else cell(pick(one)) for one in found]
        print_row(f"{kind.name} ({kind.protocol}, {len(kind.outside)})", *cells)
    values = {name: list(far_values(name, kinds, measured, pick)) for name in NAMES}
    worst = max if metric == "FPR95" else min
    print_row("*worst of the far*", *(f"{worst(values[name]):.3f}" for name in NAMES))
    print_row("*mean of the far*", *(f"{np.mean(values[name]):.3f}" for name in NAMES))
    print()


def far_values(
    name: str,
    kinds: list[Kind],
    measured: dict[str, dict[str, Detection]],
    pick: Callable[[Detection], Estimate],
) -> Iterator[float]:
    """Give a detector's values on the kinds that must be noticed."""
    for kind in kinds:
        if kind.protocol == "far":
            yield pick(measured[kind.name][name]).value


def print_called(kinds: list[Kind]) -> None:
    """Print how many of each kind are called foreign."""
    print("**Called foreign, by score or by a broken rule**\n")
    print_row("kind (protocol)", "of the kind", "of the X-rays that it is told from")
    print_row("---", "---:", "---:")
    for kind in kinds:
        sides = (proportion(s.called, s.groups) for s in (kind.outside, kind.inside))
        print_row(f"{kind.name} ({kind.protocol})", *map(cell, sides))


def print_row(*cells: str) -> None:
    """Print a row of a Markdown table."""
    print("| " + " | ".join(cells) + " |")


def cell(estimate: Estimate) -> str:
    """Write a number with its interval."""
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


if __name__ == "__main__":
    main()
