"""Draws a cohort of synthetic X-rays: who, when, on which device, with which shortcut."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from xraydemo.classes import CLASSES
from xraydemo.errors import XrayDemoError
from xraydemo.phantom.scanners import NEWEST, SCANNERS
from xraydemo.phantom.shortcuts import SHORTCUTS, TAGGED, planted
from xraydemo.phantom.thorax import OLDEST, YOUNGEST, View, sample_body, sample_pose

FORMATS = ("png", "dicom")
COLUMNS = (
    "file", "label", "split", "group", "patient_id", "source", "site", "view", "age", "sex", "date",
    "year", "marker", "border", "compression",
)  # fmt: skip
FOLLOWED = "covid"  # the label that shortcuts follow
SITES = ("Phantom Hospital North", "Phantom Hospital East", "Phantom Hospital South")
OLD_YEARS, NEW_YEARS = (2012, 2019), (2020, 2022)
ELDERLY = 65  # years: the shortcut `age` sets those below and those above apart
VIEW_OF_SHORTCUT: dict[bool, View] = {True: "AP", False: "PA"}
_TEST_EVERY = 4  # one patient of so many is in split=test


@dataclass(frozen=True)
class Order:
    """What cohort is wanted.

    Parameters
    ----------
    n : int
        X-rays; classes differ by one at most.
    shortcut : str, optional
        One of `SHORTCUTS`; None plants nothing.
    strength : float
        With this probability the shortcut follows the label (covid), else it is drawn
        independently.
    tag_only : bool
        Plant it in tag and table alone, and not in the pixels.
    format : str
        "png" (8 bits) or "dicom" (12 bits).
    side : int
        Pixels of the square pictures.
    seed : int
        The same order gives the same bytes.
    """

    n: int
    shortcut: str | None = None
    strength: float = 1.0
    tag_only: bool = False
    format: str = "png"
    side: int = 512
    seed: int = 0


@dataclass(frozen=True)
class Row:
    """One X-ray of the cohort, before it is made: what is told of it, and what is true.

    Parameters
    ----------
    name : str
        Of the files, without suffix.
    label, split, patient, site, sex, date : str
    source, view, age
        As the table and the tags tell them.
    true_scanner, true_view, true_age
        As they are in the pixels; they differ from what is told where only tags are planted.
    marker, border, jpeg : bool
        Traces in the pixels.
    planted : bool or None
        Whether the shortcut is there; None where none is planted.
    patient_seed, seed : int
        Of the body, and of everything that is of this X-ray alone.
    """

    name: str
    label: str
    split: str
    patient: str
    site: str
    sex: str
    date: str
    source: str
    view: View
    age: int
    true_scanner: str
    true_view: View
    true_age: int
    marker: bool
    border: bool
    jpeg: bool
    planted: bool | None
    patient_seed: int
    seed: int

    def file(self, format: str) -> str:  # noqa: A002
        """Return the picture's place in the cohort's folder."""
        return f"images/{self.label}/{self.name}.{'dcm' if format == 'dicom' else 'png'}"

    def cells(self, format: str) -> dict[str, str | int]:  # noqa: A002
        """Return the row of the table."""
        return {
            "file": self.file(format), "label": self.label, "split": self.split,
            "group": self.patient, "patient_id": self.patient, "source": self.source,
            "site": self.site, "view": self.view, "age": self.age, "sex": self.sex,
            "date": self.date, "year": self.date[:4],
            "marker": "yes" if self.marker else "no", "border": "yes" if self.border else "no",
            "compression": "jpeg" if self.jpeg else "none",
        }  # fmt: skip


def plan(order: Order) -> list[Row]:
    """Draw what will be made: patients with one to three X-rays each, classes balanced.

    Raises
    ------
    XrayDemoError
        If the order can't be met.
    """
    _check(order)
    labels = _patients(order)  # of each patient, the label and the number of X-rays
    label_of = np.array([label for label, count in labels for _ in range(count)])
    patient_of = np.repeat(np.arange(len(labels)), [count for _, count in labels])
    presence = _presence(order, label_of, patient_of)
    tests = _tests([label for label, _ in labels])

    rows = []
    taken: dict[int, int] = {}
    for i, patient in enumerate(patient_of.tolist()):
        which = taken[patient] = taken.get(patient, 0) + 1
        name = f"p{patient + 1:05d}_{which}"
        split = "test" if tests[patient] else "pool"
        there = None if presence is None else bool(presence[i])
        rows.append(_row(order, i, patient, which, name, str(label_of[i]), split, there))
    return rows


def _check(order: Order) -> None:
    if order.shortcut is not None and order.shortcut not in SHORTCUTS:
        raise XrayDemoError(
            f"There is no shortcut {order.shortcut!r}", f"Choose one of {', '.join(SHORTCUTS)}"
        )
    if order.format not in FORMATS:
        raise XrayDemoError(f"There is no format {order.format!r}", "Choose png or dicom")
    if order.tag_only and order.shortcut not in TAGGED:
        raise XrayDemoError(
            f"--tag-only: {order.shortcut or 'no shortcut'} has no tag to plant",
            f"Choose --shortcut {', '.join(TAGGED[:-1])} or {TAGGED[-1]}",
        )
    if order.shortcut is None and order.strength != 1:
        raise XrayDemoError(
            f"A strength of {order.strength} without a shortcut means nothing",
            f"Choose --shortcut {', '.join(SHORTCUTS[:-1])} or {SHORTCUTS[-1]}",
        )
    if not 0 <= order.strength <= 1:
        raise XrayDemoError(f"A strength of {order.strength} is impossible", "Choose 0 to 1")
    if order.n < 1 or order.side < 64:
        raise XrayDemoError(
            f"{order.n} phantoms of {order.side} pixels can't be made",
            "Ask for one at least, of 64 pixels or more",
        )


def _stream(order: Order, *which: int) -> np.random.Generator:
    """Return the random numbers of one purpose: no choice for another changes them."""
    return np.random.default_rng([order.seed, *which])


def _patients(order: Order) -> list[tuple[str, int]]:
    """Draw patients, in random order, until each class has its X-rays."""
    generator = _stream(order, 0)
    patients = []
    for place, label in enumerate(CLASSES):
        wanted = order.n // len(CLASSES) + (place < order.n % len(CLASSES))
        while wanted:
            count = min(int(generator.choice([1, 2, 3], p=[0.7, 0.2, 0.1])), wanted)
            patients.append((label, count))
            wanted -= count
    return [patients[i] for i in generator.permutation(len(patients))]


def _tests(labels: list[str]) -> list[bool]:
    """Choose every fourth patient of each class for the test."""
    seen = dict.fromkeys(CLASSES, 0)
    chosen = []
    for label in labels:
        seen[label] += 1
        chosen.append(seen[label] % _TEST_EVERY == 0)
    return chosen


def _presence(
    order: Order, label_of: NDArray[np.str_], patient_of: NDArray[np.intp]
) -> NDArray[np.bool_] | None:
    """Draw where the shortcut is: with a patient if it is of patients, else with an X-ray."""
    if order.shortcut is None:
        return None
    generator = _stream(order, 1)
    follows = label_of == FOLLOWED
    base = 1 / len(CLASSES)
    if order.shortcut not in ("year", "age"):
        return planted(follows, order.strength, base, generator)
    first = np.unique(patient_of, return_index=True)[1]
    return planted(follows[first], order.strength, base, generator)[patient_of]


def _row(
    order: Order,
    i: int,
    patient: int,
    which: int,
    name: str,
    label: str,
    split: str,
    there: bool | None,
) -> Row:
    """Draw one X-ray's facts, first as if nothing were planted, then with what is."""
    of_patient, of_image = _stream(order, 2, patient), _stream(order, 3, i)
    patient_seed, seed = int(of_patient.integers(2**32)), int(of_image.integers(2**32))
    body = sample_body(np.random.default_rng(patient_seed))
    age, view = body.age, sample_pose(np.random.default_rng(seed)).view
    scanner = tuple(SCANNERS)[of_image.integers(len(SCANNERS))]
    site = SITES[of_patient.integers(len(SITES))]
    is_new = of_patient.random() < 1 / len(CLASSES)
    young, old = of_patient.integers(YOUNGEST, ELDERLY), of_patient.integers(ELDERLY, OLDEST)
    older_scanner = [one for one in SCANNERS if one != NEWEST][of_image.integers(3)]

    told_age, told_view, told_scanner = age, view, scanner
    if order.shortcut == "year":
        is_new = bool(there)
    if order.shortcut == "scanner" or (order.shortcut == "year" and not order.tag_only):
        told_scanner = NEWEST if there else older_scanner
    if order.shortcut == "view":
        told_view = VIEW_OF_SHORTCUT[bool(there)]
    if order.shortcut == "age":
        told_age = int(old if there else young)
    pixels_follow = not order.tag_only
    return Row(
        name=name,
        label=label,
        split=split,
        patient=f"p{patient + 1:05d}",
        site=site,
        sex=body.sex,
        date=_date(is_new, which, of_patient),
        source=told_scanner,
        view=told_view,
        age=told_age,
        true_scanner=told_scanner if pixels_follow else scanner,
        true_view=told_view if pixels_follow else view,
        true_age=told_age if pixels_follow else age,
        marker=order.shortcut == "marker" and bool(there),
        border=order.shortcut == "border" and bool(there),
        jpeg=order.shortcut == "jpeg" and bool(there),
        planted=there,
        patient_seed=patient_seed,
        seed=seed,
    )


def _date(is_new: bool, which: int, generator: np.random.Generator) -> str:
    """Draw a day; a patient's later X-rays follow within the same year."""
    low, high = NEW_YEARS if is_new else OLD_YEARS
    year, day = generator.integers(low, high + 1), generator.integers(0, 330)
    return str(date(int(year), 1, 1) + timedelta(days=int(day) + 9 * (which - 1)))
