"""What a run is compared with, the training set or another run: features, patients and facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.cohort.years import span_name
from xraydemo.evaluation.origin import learnt_from, short_hashes
from xraydemo.evaluation.pooling import joined, pool
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.shift.differences import Difference, of_counts, of_numbers, of_summary
from xraydemo.evaluation.shift.domain import Floats, TwoSets
from xraydemo.evaluation.testable_facts import testable_facts
from xraydemo.evaluation.years import spans_of_run
from xraydemo.model.dossier import Dossier
from xraydemo.model.dossier_tables import CHILD_BELOW, NUMERIC_FACTS, TEXT_FACTS
from xraydemo.model.foreignness import N_DIMENSIONS, residual, unit_length

LOOKS = ("mean", "contrast", "sharpness", "border", "aspect_ratio")
# as the dossier calls what the run knows under another name
LOOKS_OF_DOSSIER = {"aspect": "aspect_ratio", "mean_gray": "mean"}
COUNTED = ("source", "view", "age_group", "year")
LEAST_KNOWN = 20  # independent X-rays on each side, for a fact to be compared
CLASS = "class"

Positions = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Against:
    """Two sets, and what is known of both.

    Attributes
    ----------
    name : str
        Of what the run is compared with, as it stands in a sentence.
    sets : TwoSets
        The run's X-rays come first, in the order of `positions`.
    positions : ndarray of int, shape (n_here,)
        Their places in the run.
    values : dict of str to pandas.Series
        Each fact that was compared, of every one of these: text ("" for unknown) or numbers.
    differences : tuple of Difference
        One a fact, uncorrected.
    n_trained_on : int
        X-rays that were left out on both sides because the network learnt from them.
    n_not_drawn : int
        X-rays of the run that were left out because there are so many.
    not_compared : str
        What can't be, and what would help; "" if nothing.
    patients_known : bool
        Whether it is known of both sides which X-rays are of one patient.
    """

    name: str
    sets: TwoSets
    positions: Positions
    values: dict[str, pd.Series]
    differences: tuple[Difference, ...]
    n_trained_on: int
    n_not_drawn: int
    not_compared: str
    patients_known: bool


def against_dossier(
    run: Run, dossier: Dossier, *, most: int, generator: np.random.Generator
) -> Against:
    """Compare a run with the training X-rays that the network did not learn from.

    What it learnt from lies apart from all that is new, wherever that comes from.

    Parameters
    ----------
    run : Run
    dossier : Dossier
    most : int
        X-rays of the run that are taken at most, by lot.
    generator : numpy.random.Generator
    """
    fresh, n_trained_on = _not_learnt_from(run, dossier)
    positions = _some(fresh, most, generator)
    held_out = ~dossier.trained_on
    features = np.concatenate(
        [
            _projected(run.arrays.embeddings()[positions], dossier),
            dossier.embeddings[held_out].astype(np.float32),
        ]
    )
    own = np.arange(len(held_out)) if dossier.groups is None else dossier.groups
    patients = np.char.add("training ", own[held_out].astype(str))
    pixels = np.concatenate([short_hashes(run, positions), dossier.pixel_hashes[held_out]])
    sets = TwoSets(
        _with_residual(features),
        np.arange(len(features)) < len(positions),
        joined(np.concatenate([run.groups[positions], patients]), pixels),
        np.concatenate([run.truth[positions], dossier.labels[held_out].astype(np.intp)]),
    )
    once = sets.one_a_group()
    values = _values_for_dossier(run, positions)
    differences = _from_dossier(values, once[sets.here[once]], dossier)
    return Against(
        "the training set",
        sets,
        positions,
        values,
        tuple(differences),
        n_trained_on,
        len(fresh) - len(positions),
        "The bundle's dossier keeps no answers, sites, days or contrasts of the training set: "
        "whether these moved is asked with --reference and a run of X-rays from home",
        dossier.groups is not None,
    )


def against_reference(
    run: Run,
    reference: Run,
    dossier: Dossier | None,
    *,
    most: int,
    generator: np.random.Generator,
) -> Against:
    """Compare a run with another of the same bundle; see `against_dossier` for the arguments.

    Without a dossier it is not known what was learnt from, and the directions of the embeddings
    are those in which the two sets together spread most.
    """
    both = pool([run, reference])
    fresh, n_trained_on = _not_learnt_from(both, dossier)
    here = _some(fresh[fresh < len(run)], most, generator)
    there = _some(fresh[fresh >= len(run)], most, generator)
    rows = np.concatenate([here, there])
    sets = TwoSets(
        _features(both.arrays.embeddings()[rows], dossier),
        np.arange(len(rows)) < len(here),
        joined(both.groups[rows], short_hashes(both, rows)),
        both.truth[rows],
    )
    values = _values_of(both, rows)
    once = sets.one_a_group()
    compared = _compare(values, once[sets.here[once]], once[~sets.here[once]])
    return Against(
        f"the reference {reference.meta.cohort['name']}",
        sets,
        here,
        {name: column.iloc[: len(here)] for name, column in values.items()},
        tuple(compared),
        n_trained_on,
        int((fresh < len(run)).sum()) - len(here),
        "",
        True,
    )


def _not_learnt_from(run: Run, dossier: Dossier | None) -> tuple[Positions, int]:
    """Give the positions that were read and not learnt from, and how many were learnt from."""
    read = np.flatnonzero(run.was_read)
    learnt = learnt_from(run, dossier)[read]
    return read[~learnt], int(learnt.sum())


def _some(positions: Positions, most: int, generator: np.random.Generator) -> Positions:
    if len(positions) <= most:
        return positions
    return np.sort(generator.choice(positions, most, replace=False))


def _features(embeddings: Floats, dossier: Dossier | None) -> Floats:
    if dossier is not None:
        return _with_residual(_projected(embeddings, dossier))
    unit = unit_length(embeddings)
    basis = np.linalg.svd(unit, full_matrices=False)[2][:N_DIMENSIONS]
    return _with_residual(np.asarray(unit @ basis.T, np.float32))


def _projected(embeddings: Floats, dossier: Dossier) -> Floats:
    """Project as the dossier keeps it: the rounding of one side would tell the two apart."""
    return dossier.detector.project(embeddings).astype(np.float16).astype(np.float32)


def _with_residual(projected: Floats) -> Floats:
    """Add what the directions don't hold: a new kind of picture may lie in none of them."""
    return np.concatenate([projected, residual(projected)[:, None]], axis=1)


def _classes(run: Run, rows: Positions) -> pd.Series:
    names = np.array([*(DISPLAY_NAMES[c] for c in CLASSES), ""])
    return pd.Series(names[run.truth[rows]])


def _values_of(run: Run, rows: Positions) -> dict[str, pd.Series]:
    """Give the answers, class and facts of some X-rays, each as text or numbers."""
    values = {
        f"probability of {DISPLAY_NAMES[c]}": pd.Series(run.probabilities[rows, k].astype(float))
        for k, c in enumerate(CLASSES)
    }
    values[CLASS] = _classes(run, rows)
    facts = testable_facts(run, rows)
    for name, kind in facts.kinds.items():
        if facts.origins[name] == "picture" and name not in LOOKS:
            continue
        if kind == "date":
            years = facts.binned(name)
            values[name] = years.where(facts.columns[name].notna(), "")
        else:
            values[name] = facts.columns[name]
    return values


def _compare(
    values: Mapping[str, pd.Series], here: Positions, there: Positions
) -> Iterator[Difference]:
    for name, column in values.items():
        first, second = _known(column.iloc[here]), _known(column.iloc[there])
        if min(len(first), len(second)) < LEAST_KNOWN:
            continue
        if pd.api.types.is_numeric_dtype(column):
            found = of_numbers(name, first.to_numpy(float), second.to_numpy(float))
        else:
            found = of_counts(name, _counts(first), _counts(second))
        if found is not None:
            yield found


def _known(column: pd.Series) -> pd.Series:
    return column.dropna() if pd.api.types.is_numeric_dtype(column) else column[column != ""]


def _counts(column: pd.Series) -> dict[str, float]:
    return {str(value): float(n) for value, n in column.value_counts().items()}


def _values_for_dossier(run: Run, rows: Positions) -> dict[str, pd.Series]:
    """Give what the dossier has a table or statistic of, for some X-rays of a run."""

    def text(name: str) -> pd.Series:
        return run.known(name).iloc[rows].reset_index(drop=True)

    values = {name: text(name) for name in (*COUNTED, *TEXT_FACTS)}
    years = pd.to_numeric(text("age"), errors="coerce")
    by_age = pd.Series(np.where(years < CHILD_BELOW, "child", "adult")).where(years.notna(), "")
    values["age_group"] = values["age_group"].where(values["age_group"] != "", by_age)
    values["year"] = pd.Series([span_name(*span) for span in spans_of_run(run)[rows]])
    for name in NUMERIC_FACTS:
        # what the cohort says of the original file is not what the dossier measured
        fact = run.facts[name] if name in run.facts else pd.Series(np.nan, run.rows.index)
        values[name] = pd.to_numeric(fact, errors="coerce").iloc[rows].reset_index(drop=True)
    for name in LOOKS_OF_DOSSIER.values():
        values[name] = run.statistics[name].iloc[rows].reset_index(drop=True)
    values[CLASS] = _classes(run, rows)
    return values


def _from_dossier(
    values: Mapping[str, pd.Series], once: Positions, dossier: Dossier
) -> Iterator[Difference]:
    known = {name: _known(column.iloc[once]) for name, column in values.items()}
    independent = _independent(dossier)
    for name, there in _counts_of_dossier(dossier).items():
        yield from _counted(name, known[name], there)
    for name in TEXT_FACTS:
        counts = Counter[str]()
        for label, of_class in dossier.statistics.items():
            counts.update({v: n * independent[label] for v, n in of_class.get(name, {}).items()})
        yield from _counted(name, known[name], counts)
    for name in (*NUMERIC_FACTS, *LOOKS_OF_DOSSIER):
        parts = [
            s[name] | {"n": s[name]["n"] * independent[label]}
            for label, s in dossier.statistics.items()
            if name in s
        ]
        own = LOOKS_OF_DOSSIER.get(name, name)
        n_there = sum(part["n"] for part in parts)
        if min(len(known[own]), n_there) >= LEAST_KNOWN:
            found = of_summary(own, known[own].to_numpy(float), parts)
            if found is not None:
                yield found


def _counts_of_dossier(dossier: Dossier) -> dict[str, dict[str, float]]:
    """Count classes and facts of the training set, each patient once where they are known."""
    if dossier.groups is None:
        rows = dossier.table
    else:
        _, once = np.unique(dossier.groups, return_index=True)
        rows = [
            {
                "label": CLASSES[dossier.labels[row]],
                "source": dossier.source_names[dossier.sources[row]],
                **dossier.facts_of(row),
                "n": 1,
            }
            for row in once.tolist()
        ]
    unknown = dict.fromkeys(COUNTED, "")
    table = pd.DataFrame([unknown | row for row in rows], columns=["label", *COUNTED, "n"])
    table[CLASS] = table["label"].map(DISPLAY_NAMES)
    return {
        name: {str(v): float(n) for v, n in table["n"].groupby(table[name]).sum().items() if v}
        for name in (CLASS, *COUNTED)
    }


def _independent(dossier: Dossier) -> dict[str, float]:
    """Give for each class the share of its training X-rays that count: one a patient."""
    if dossier.groups is None:
        return dict.fromkeys(CLASSES, 1.0)
    of_class = {label: dossier.groups[dossier.labels == k] for k, label in enumerate(CLASSES)}
    return {
        label: len(np.unique(groups)) / max(len(groups), 1) for label, groups in of_class.items()
    }


def _counted(name: str, here: pd.Series, there: Mapping[str, float]) -> Iterator[Difference]:
    if min(len(here), sum(there.values())) < LEAST_KNOWN:
        return
    found = of_counts(name, _counts(here), there)
    if found is not None:
        yield found
