"""Questions asked of a network about what it looks at, with which a recipe may be chosen.

``python -m xraydemo.training.probes BUNDLE DATA`` asks them of a bundle. They rest on the part
`select` of the training table, on pairs of one X-ray in two pipelines, and on rows of other
hospitals that are set aside for development; the answers are added to ``trials.jsonl`` in the
bundle's folder. With ``--report`` it looks at the rows that are kept for reports, once a recipe;
``looks.jsonl`` says how often, and the bundle's card what was found.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from xraydemo.classes import CLASSES
from xraydemo.cohort.splits import three_way_split
from xraydemo.cohort.table import read_table
from xraydemo.engine.worker import open_lung_finder, open_runtime
from xraydemo.metrics.bootstrap import Estimate, bootstrap
from xraydemo.metrics.classification import macro_auc, macro_f1
from xraydemo.model.bundle import WEIGHTS, Bundle, load_bundle
from xraydemo.model.lungs import Box, LungFinder, load_lungs, lung_box
from xraydemo.radiograph import read
from xraydemo.training.certificate import with_looks
from xraydemo.training.looks import LOOKS, TRIALS, append
from xraydemo.training.pictures import MIDDLE, as_presented, load_pictures, plain_tensors
from xraydemo.training.table import read_training_table
from xraydemo.training.write import write_card

NORMAL, COVID, PNEUMONIA, _ = range(len(CLASSES))
N_DRAWS = 500
N_FOLDS = 5
SAME_ANSWER = 0.05  # the largest change of a probability between an X-ray's DICOM and its JPEG

Picture = NDArray[np.uint8]
# from pictures to logits (n, 4), divided by the temperature, and embeddings (n, d)
Reader = Callable[
    [Sequence[Picture | NDArray[np.float32]]], tuple[NDArray[np.float32], NDArray[np.float32]]
]


@dataclass
class Rows:
    """Labelled X-rays, decoded.

    Attributes
    ----------
    table : pandas.DataFrame
        With `label`, `group`, `source` and what else is known.
    pictures : list of ndarray of uint8
    """

    table: pd.DataFrame
    pictures: list[Picture]

    @property
    def truth(self) -> NDArray[np.intp]:
        """Class numbers, shape (n,)."""
        return np.array([CLASSES.index(label) for label in self.table["label"]], dtype=np.intp)

    def where(self, chosen: NDArray[np.bool_]) -> Rows:
        """Give the rows at which `chosen`, of shape (n,), is true."""
        kept = [picture for picture, keep in zip(self.pictures, chosen, strict=True) if keep]
        return Rows(self.table[chosen].reset_index(drop=True), kept)


@dataclass
class ProbeData:
    """All that the probes look at, decoded once.

    Attributes
    ----------
    inside : Rows
        A part of the training table that the weights haven't seen.
    outside : Rows
        Of other hospitals.
    pairs : tuple of two lists of ndarray of uint8
        The same X-rays through two pipelines.
    boxes : list of tuple of float
        Around the lungs of each X-ray of `inside`; the middle where no lungs were found.
    """

    inside: Rows
    outside: Rows
    pairs: tuple[list[Picture], list[Picture]]
    boxes: list[Box]


def load_probe_data(
    data: Path, seed: int, finder: LungFinder, *, report: bool = False
) -> ProbeData:
    """Decode what may be tuned on, or, with `report`, what may be looked at once a recipe.

    Parameters
    ----------
    data : Path
        A folder with ``train.csv``, ``external.csv`` and ``parity.csv``.
    seed : int
        Of the training's split: `select` is probed.
    finder : LungFinder
        Says where the lungs are.
    report : bool
        The split `test` of ``train.csv`` and the split `report` of ``external.csv`` instead.

    Returns
    -------
    ProbeData
    """
    external = read_table(data / "external.csv")
    if report:
        train = read_table(data / "train.csv")
        inside = train[train["split"] == "test"]
        outside = external[external["split"] == "report"]
    else:
        pool = read_training_table(data / "train.csv", _silent).rows
        inside = pool.iloc[three_way_split(pool, seed)["select"]]
        outside = external[external["split"] == "dev"]
    parity = pd.read_csv(data / "parity.csv")
    unseen = parity[~parity["in_pool"]]
    first, second = (
        load_pictures([data / file for file in unseen[column]], _silent)
        for column in ("file", "same_as")
    )
    rows = _rows(inside)
    boxes = [lung_box(finder.outline(as_presented(p))) or MIDDLE for p in rows.pictures]
    return ProbeData(rows, _rows(outside), (first, second), boxes)


def _rows(table: pd.DataFrame) -> Rows:
    return Rows(table.reset_index(drop=True), load_pictures(list(table["path"]), _silent))


def _silent(done: int, n: int) -> None:
    pass


def probe(reader: Reader, data: ProbeData, *, seed: int) -> dict[str, Estimate]:
    """Ask all questions.

    Parameters
    ----------
    reader : callable
        From pictures to logits, already divided by the temperature, and embeddings.
    data : ProbeData
    seed : int
        Of the draws of the intervals.

    Returns
    -------
    dict of str to Estimate
        ``macro_f1``, ``macro_auc`` inside; ``covid_auc_middle_blacked``,
        ``macro_auc_middle_blacked``: 0.5 where the network needs lungs; the same with
        ``lungs`` for a box around the lungs instead of the middle; ``normals_source_auc``: how
        well a line through the embedding tells the collections of the normal apart, macro AUC;
        ``parity_flips``: share of pairs whose class changes; ``parity_median_change``: the median
        over pairs of the largest change of a probability; ``cohen_covid_against_pneumonia``,
        ``nih_pneumonia_against_normal``, and the latter within AP and PA: AUC within one
        collection.
    """
    return {
        **_inside(reader, data, seed),
        **_parity(reader, data.pairs, seed),
        **_outside(reader, data.outside, seed),
    }


def blacked(picture: Picture, box: Box = MIDDLE) -> Picture:
    """Give a copy in which a box, in fractions (top, left, bottom, right), is black."""
    height, width = picture.shape
    top, left, bottom, right = box
    copy = picture.copy()
    rows = slice(round(top * height), round(bottom * height))
    columns = slice(round(left * width), round(right * width))
    copy[rows, columns] = 0
    return copy


def _inside(reader: Reader, data: ProbeData, seed: int) -> dict[str, Estimate]:
    rows = data.inside
    truth, groups = rows.truth, rows.table["group"].to_numpy(str)
    logits, embeddings = reader(rows.pictures)

    def within(statistic: Callable[..., float]) -> Estimate:
        return bootstrap(statistic, truth, groups, seed=seed, n_draws=N_DRAWS)

    seen = _softmax(logits)
    estimates = {
        "macro_f1": within(lambda i: macro_f1(truth[i], logits[i].argmax(axis=1))),
        "macro_auc": within(lambda i: macro_auc(truth[i], seen[i])),
    }
    for name, boxes in (("middle", [MIDDLE] * len(truth)), ("lungs", data.boxes)):
        pictures = [blacked(p, box) for p, box in zip(rows.pictures, boxes, strict=True)]
        left = _softmax(reader(pictures)[0])
        estimates[f"covid_auc_{name}_blacked"] = within(
            lambda i, left=left: _auc(truth[i] == COVID, left[i, COVID])
        )
        estimates[f"macro_auc_{name}_blacked"] = within(
            lambda i, left=left: macro_auc(truth[i], left[i])
        )
    estimates["normals_source_auc"] = _source_probe(embeddings, rows, seed)
    return estimates


def _source_probe(embeddings: NDArray[np.float32], rows: Rows, seed: int) -> Estimate:
    """Tell the sources of the normal apart by logistic regression, in folds by group."""
    normal = rows.truth == NORMAL
    source = pd.factorize(rows.table["source"][normal])[0]
    groups = rows.table["group"][normal].to_numpy(str)
    line = make_pipeline(
        StandardScaler(), LogisticRegression(C=0.01, class_weight="balanced", max_iter=500)
    )
    folds = StratifiedGroupKFold(N_FOLDS, shuffle=True, random_state=seed)
    guesses = cross_val_predict(
        line, embeddings[normal], source, groups=groups, cv=folds, method="predict_proba"
    )
    sources = np.unique(source)

    def statistic(i: NDArray[np.intp]) -> float:
        return float(np.mean([_auc(source[i] == s, guesses[i, s]) for s in sources]))

    return bootstrap(statistic, source, groups, seed=seed, n_draws=N_DRAWS)


def _parity(
    reader: Reader, pairs: tuple[list[Picture], list[Picture]], seed: int
) -> dict[str, Estimate]:
    first, second = (_softmax(reader(pictures)[0]) for pictures in pairs)
    n = len(first)
    flips = int((first.argmax(axis=1) != second.argmax(axis=1)).sum())
    ends = binomtest(flips, n).proportion_ci(method="wilson")
    changes = np.abs(first - second).max(axis=1)
    median = bootstrap(
        lambda i: float(np.median(changes[i])),
        np.zeros(n, np.intp),
        np.arange(n).astype(str),
        seed=seed,
        n_draws=N_DRAWS,
    )
    flipped = Estimate(flips / n, ends.low, ends.high, n, n)
    return {"parity_flips": flipped, "parity_median_change": median}


def _outside(reader: Reader, rows: Rows, seed: int) -> dict[str, Estimate]:
    probabilities = _softmax(reader(rows.pictures)[0])
    truth, groups = rows.truth, rows.table["group"].to_numpy(str)
    source, view = rows.table["source"].to_numpy(str), rows.table["view"].to_numpy(str)

    def within(chosen: NDArray[np.bool_], positive: int, score: NDArray[np.floating]) -> Estimate:
        t, s = truth[chosen] == positive, score[chosen]
        return bootstrap(
            lambda i: _auc(t[i], s[i]),
            t.astype(np.intp),
            groups[chosen],
            seed=seed,
            n_draws=N_DRAWS,
        )

    cohen = (source == "cohen") & np.isin(truth, [COVID, PNEUMONIA])
    nih = (source == "nih") & np.isin(truth, [NORMAL, PNEUMONIA])
    abnormal = 1 - probabilities[:, NORMAL]
    estimates = {
        "cohen_covid_against_pneumonia": within(cohen, COVID, probabilities[:, COVID]),
        "nih_pneumonia_against_normal": within(nih, PNEUMONIA, abnormal),
    }
    for taken in ("AP", "PA"):
        name = f"nih_pneumonia_against_normal_{taken.lower()}"
        estimates[name] = within(nih & (view == taken), PNEUMONIA, abnormal)
    return estimates


def _auc(positive: NDArray[np.bool_], score: NDArray[np.floating]) -> float:
    if positive.all() or not positive.any():
        return float("nan")
    return float(roc_auc_score(positive, score))


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """In double precision: the order of probabilities near 1 must not be lost."""
    powers = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def twins(reader: Reader, data: Path) -> Estimate:
    """Give the share of DICOM files whose answer is within 0.05 of that of their JPEG twin.

    Parameters
    ----------
    reader : callable
    data : Path
        A folder with ``dicom.csv``.

    Returns
    -------
    Estimate
        With Wilson's interval.
    """
    table = pd.read_csv(data / "dicom.csv")
    answers = [
        _softmax(np.concatenate([reader([read(data / file).presented()])[0] for file in files]))
        for files in (table["file"], table["same_as"])
    ]
    same = int((np.abs(answers[0] - answers[1]).max(axis=1) <= SAME_ANSWER).sum())
    ends = binomtest(same, len(table)).proportion_ci(method="wilson")
    return Estimate(same / len(table), ends.low, ends.high, len(table), len(table))


def reader_of(bundle: Bundle) -> Reader:
    """Read as the engine does; pictures may be of float32 too, as presented."""
    runtime = open_runtime(bundle, "auto", threads=1)
    card = bundle.card

    def reader(
        pictures: Sequence[Picture | NDArray[np.float32]],
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        batches = plain_tensors(pictures, card.preprocessing, batch_size=32)
        answers = [runtime.forward(batch.numpy()) for batch in batches]
        logits = np.concatenate([answer.logits for answer in answers])
        embeddings = np.concatenate([answer.embedding for answer in answers])
        return np.asarray(logits / np.float32(card.temperature), np.float32), embeddings

    return reader


def main() -> None:
    """Probe a bundle, and print what was measured."""
    parser = argparse.ArgumentParser(prog="python -m xraydemo.training.probes")
    parser.add_argument("bundle")
    parser.add_argument("data", type=Path)
    parser.add_argument("--seed", type=int, default=0, help="of the training's split")
    parser.add_argument("--report", action="store_true", help="look at the rows kept for reports")
    arguments = parser.parse_args()
    bundle = load_bundle(arguments.bundle)
    reader = reader_of(bundle)
    data = load_probe_data(
        arguments.data,
        arguments.seed,
        open_lung_finder(load_lungs()),
        report=arguments.report,
    )
    answers = probe(reader, data, seed=arguments.seed)
    if arguments.report:
        answers["twins_within_0.05"] = twins(reader, arguments.data)
    entry = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "weights": bundle.card.files[WEIGHTS],
        "preprocessing": bundle.card.preprocessing.model_dump(),
        "recipe": bundle.card.provenance.recipe,
        "answers": {name: answer._asdict() for name, answer in answers.items()},
    }
    append(bundle.folder / (LOOKS if arguments.report else TRIALS), entry)
    if arguments.report:
        write_card(bundle.folder, with_looks(bundle.card, bundle.folder))
    for name, answer in answers.items():
        print(f"{name}: {answer}")


if __name__ == "__main__":
    main()
