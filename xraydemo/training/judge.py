"""A trained bundle learns what to be judged by, is measured, and gets its birth certificate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xraydemo.classes import CLASSES
from xraydemo.metrics import weighted
from xraydemo.metrics.bootstrap import Resampling
from xraydemo.model.among import AMONG, SOME_CLASSES, estimate_among, name_among
from xraydemo.model.bundle import Bundle, BundleCard
from xraydemo.model.certificate import Answer
from xraydemo.model.measured import Measured
from xraydemo.model.reading import softmax
from xraydemo.training.baseline import fit_thumbnail_regression, thumbnails
from xraydemo.training.certificate import learn_shuffled, make_certificate, shuffle, with_looks
from xraydemo.training.map_sanity import likeness_to_shuffled
from xraydemo.training.rehearsal import Rehearsal
from xraydemo.training.table import TrainingTable
from xraydemo.training.trust import FittedTrust, Progress, Rows, Seen, fit_trust, look_at

# measured on 2 cores that a training kept busy: 0.02 an X-ray
SECONDS_AN_XRAY, SECONDS_TO_START = 0.04, 20.0
Statistic = Callable[[NDArray[np.floating]], NDArray[np.floating]]


@dataclass(frozen=True, eq=False)
class Judged:
    """What a bundle was found to be.

    Attributes
    ----------
    trust : FittedTrust
    metrics : dict
        Of each part of the table, by its name.
    shuffled : Answer
        See `xraydemo.model.certificate.Certificate`.
    map_likeness : Measured
        See `xraydemo.training.map_sanity`.
    """

    trust: FittedTrust
    metrics: dict[str, dict[str, Any]]
    shuffled: Answer
    map_likeness: Measured

    def write(self, bundle: Bundle, card: BundleCard, rehearsal: Rehearsal) -> BundleCard:
        """Write dossier, card and model card into the bundle.

        Parameters
        ----------
        bundle : Bundle
        card : BundleCard
            With what else is known by now, the minutes.
        rehearsal : Rehearsal
        """
        found = {"metrics": self.metrics, "map_likeness": self.map_likeness}
        card = with_looks(card.model_copy(update=found), bundle.folder)
        certificate = make_certificate(card, bundle.folder, rehearsal, self.shuffled)
        card = card.model_copy(update={"certificate": certificate})
        return self.trust.write(bundle.folder, card)


def seconds_to_judge(n: int) -> float:
    """Estimate how long `judge` takes for n X-rays."""
    return SECONDS_TO_START + n * SECONDS_AN_XRAY


def judge(
    bundle: Bundle,
    table: TrainingTable,
    split: Mapping[str, Rows],
    *,
    seed: int,
    device: str,
    progress: Progress,
) -> Judged:
    """Read a training table with the bundle, as the engine does, and fit and measure on that.

    Parameters
    ----------
    bundle : Bundle
    table : TrainingTable
        That it was trained on.
    split : mapping of str to ndarray of int
        Divided as it was then; see `three_way_split`.
    seed : int
    device : str
        ``auto``, ``cpu`` or ``cuda``.
    progress : callable
        Is given the number of X-rays read and the number in all.
    """
    seen = look_at(bundle, list(table.rows["path"]), device, progress)
    trust = fit_trust(seen, table.rows, split, seed)
    labels, groups = _labels(table), table.rows["group"].to_numpy(str)
    return Judged(
        trust,
        _metrics(seen, table, split, trust.temperature, seed),
        learn_shuffled(
            seen.embeddings,
            shuffle(labels, groups, seed),
            groups,
            split["fit"],
            split["calibrate"],
            seed,
        ),
        likeness_to_shuffled(
            bundle,
            [table.pictures[row] for row in split["select"]],
            labels[split["select"]],
            groups[split["select"]],
            seed,
        ),
    )


def measure(
    logits: NDArray[np.float32],
    temperature: float,
    truth: NDArray[np.intp],
    groups: NDArray[np.str_],
    guesses: Mapping[str, NDArray[np.intp]],
    seed: int,
) -> dict[str, Any]:
    """Measure how right a network is, next to guesses at the same X-rays.

    Parameters
    ----------
    logits : ndarray of float32, shape (n, 4)
    temperature : float
    truth : ndarray of int, shape (n,)
    groups : ndarray of str, shape (n,)
    guesses : mapping of str to ndarray of int, shape (n,)
        Class numbers, by the name of who guessed.
    seed : int
        Of the intervals' draws.
    """
    predicted, probabilities = logits.argmax(axis=1), softmax(logits, temperature)

    def f1(of: NDArray[np.intp]) -> Statistic:
        return lambda weights: weighted.macro_f1(weights, truth, of, len(CLASSES))

    def gain(guess: NDArray[np.intp]) -> Statistic:
        return lambda weights: f1(predicted)(weights) - f1(guess)(weights)

    statistics: dict[str, Statistic] = {
        "macro_f1": f1(predicted),
        "macro_auc": lambda weights: weighted.macro_auc(weights, truth, probabilities),
        "log_loss": lambda weights: weighted.log_loss(weights, truth, probabilities),
    }
    for name, guess in guesses.items():
        statistics[f"{name}_macro_f1"] = f1(guess)
        statistics[f"macro_f1_above_{name}"] = gain(guess)
    resampling = Resampling.of(truth, groups, seed=seed)
    return {
        name: Measured.of(resampling.estimate(statistic)).model_dump()
        for name, statistic in statistics.items()
    }


def measure_among(
    logits: NDArray[np.float32],
    temperature: float,
    truth: NDArray[np.intp],
    groups: NDArray[np.str_],
    seed: int,
) -> dict[str, Any]:
    """Measure how well each choice of one to three classes is told apart; see `measure`.

    With this a source that lacks a class can be held to home.
    """
    probabilities = softmax(logits, temperature)
    resampling = Resampling.of(truth, groups, seed=seed)
    return {
        name_among(classes): Measured.of(
            estimate_among(truth, probabilities, resampling, classes)
        ).model_dump()
        for classes in SOME_CLASSES
    }


def _metrics(
    seen: Seen, table: TrainingTable, split: Mapping[str, Rows], temperature: float, seed: int
) -> dict[str, dict[str, Any]]:
    """Measure each part; on `calibrate`, which chose only the temperature, baselines too."""
    labels, groups = _labels(table), table.rows["group"].to_numpy(str)
    pictures = {part: [table.pictures[row] for row in rows] for part, rows in split.items()}
    regression = fit_thumbnail_regression(pictures["fit"], labels[split["fit"]])
    commonest = np.bincount(labels[split["fit"]]).argmax()
    guesses = {
        "majority": np.full(len(split["calibrate"]), commonest),
        "thumbnail_regression": regression.predict(thumbnails(pictures["calibrate"])),
    }
    held_out = split["calibrate"]
    by_part = {
        part: measure(
            seen.logits[rows],
            temperature,
            labels[rows],
            groups[rows],
            guesses if part == "calibrate" else {},
            seed,
        )
        for part, rows in split.items()
    }
    return by_part | {
        AMONG: measure_among(
            seen.logits[held_out], temperature, labels[held_out], groups[held_out], seed
        )
    }


def _labels(table: TrainingTable) -> NDArray[np.intp]:
    return np.array([CLASSES.index(label) for label in table.rows["label"]], dtype=np.intp)
