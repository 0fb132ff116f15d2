"""Stupid ways to answer, that a model has to beat: cross-validated on the cohort at hand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.decomposition import PCA
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from xraydemo.cohort.labels import ALIASES, normalized
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.slices import WHO
from xraydemo.evaluation.tell import as_numbers
from xraydemo.radiograph.profile import INTENSITY_STATISTICS

# columns of these names speak of the label, the file, or who it is, whatever they hold
NO_FACTS = {
    normalized(name)
    for name in (
        *WHO, "label", "given_label", "class", "target", "finding", "findings", "diagnosis",
        "report", "impression", "file", "filename", "path", "original_name", "same_as", "group",
        "split", "fold",
    )
}  # fmt: skip
SPEAKS_OF_CLASSES = 0.1  # share of a column's known values that name a class
FEW_VALUES = 20  # numbers of no more values (widths, years) are categories
BINS = 10  # for other numbers
MOST_CATEGORIES, LEAST_ROWS = 50, 3  # the rest count as one category
MOST_COMPONENTS, ROWS_PER_COMPONENT = 100, 10

FACTS = "facts, without the picture"

Features = NDArray[np.floating]


def baselines(
    run: Run, sample: Sample, facts: pd.DataFrame, seed: int
) -> Iterator[tuple[str, BaseEstimator, Features]]:
    """Give each baseline's name in words, its method, and what it sees of each X-ray of a sample.

    The thumbnail is reduced to at most 100 principal components of equal variance, one for every
    ten X-rays: a regression on all 1,024 pixels is many times as slow for 0.01 of AUC (0.918
    instead of 0.909 on the 6,238 X-rays of this project's training pool).

    Parameters
    ----------
    run : Run
    sample : Sample
        Of that run.
    facts : pandas.DataFrame
        Of the whole run, from `facts_alone`; without columns there is no baseline of facts.
    seed : int
    """
    nothing = np.zeros((len(sample), 1))
    regression = LogisticRegression(solver="newton-cholesky", max_iter=1000)
    components = min(MOST_COMPONENTS, len(sample) // ROWS_PER_COMPONENT)
    reduced = PCA(components, whiten=True, svd_solver="randomized", random_state=seed)
    yield "always the commonest class", DummyClassifier(strategy="most_frequent"), nothing
    chance = DummyClassifier(strategy="stratified", random_state=seed)
    yield "drawing lots", chance, nothing
    statistics = run.statistics[list(INTENSITY_STATISTICS)].to_numpy(float)[sample.positions]
    on_statistics = make_pipeline(StandardScaler(), regression)
    yield "9 statistics of brightness", on_statistics, statistics
    pictures = run.arrays.thumbnails()[sample.positions]
    thumbnails = pictures.reshape(len(sample), -1).astype(np.float32) / 255
    yield "a thumbnail of 32 x 32 pixels", make_pipeline(reduced, regression), thumbnails
    if facts.shape[1]:
        yield FACTS, regression, as_categories(facts.iloc[sample.positions])


def cross_validated(
    method: BaseEstimator, features: Features, truth: NDArray[np.intp], folds: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Give each row the probabilities of a fit that has not seen its fold.

    Parameters
    ----------
    method : scikit-learn classifier
    features : ndarray, shape (n, d)
    truth, folds : ndarray of int, shape (n,)

    Returns
    -------
    ndarray, shape (n, largest class + 1)
    """
    probabilities = np.zeros((len(truth), int(truth.max()) + 1))
    # on a machine that is busy elsewhere, threads that wait for each other cost a factor of fifty
    with threadpool_limits(1):
        for fold in np.unique(folds):
            held = folds == fold
            fitted = clone(method).fit(features[~held], truth[~held])
            probabilities[np.ix_(held, fitted.classes_)] = fitted.predict_proba(features[held])
    return probabilities


def facts_alone(run: Run) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Give what is known of the X-rays without looking at them, and what must not count as that.

    Facts are what the files tell and the cohort's own columns, but those whose name speaks of the
    label, the file or the patient (`NO_FACTS`), and those of whose known values a tenth or more
    name a class.

    Returns
    -------
    pandas.DataFrame
        Text, "" for unknown, one row an X-ray of the run; only columns that vary among those that
        were read and have a label.
    tuple of str
        The names that were left out for what they speak of.
    """
    known = {name: run.known(name) for name in run.known_names}
    barred = tuple(
        name
        for name, column in known.items()
        if normalized(name) in NO_FACTS or speaks_of_classes(column)
    )
    positions = run.sample.positions
    kept = {
        name: column
        for name, column in known.items()
        if name not in barred and column.iloc[positions].nunique() > 1
    }
    return pd.DataFrame(kept, index=run.rows.index), barred


def as_categories(facts: pd.DataFrame) -> Features:
    """Make one column of 0 and 1 for each value of each fact; numbers of many values are binned.

    "Unknown" is a value of its own; what is too rare to be learned from counts as one value.
    """
    columns = pd.DataFrame({name: _categories(facts[name]) for name in facts}, index=facts.index)
    return np.asarray(pd.get_dummies(columns, dtype=float), dtype=np.float64)


def speaks_of_classes(column: pd.Series) -> bool:
    """Tell whether a tenth or more of a column's known texts name a class."""
    known = column[column != ""].map(normalized)
    names = {normalized(alias) for aliases in ALIASES.values() for alias in aliases}
    speaks = known.map(lambda text: any(name in text for name in names))
    return bool(len(known)) and float(speaks.mean()) >= SPEAKS_OF_CLASSES


def _categories(column: pd.Series) -> pd.Series:
    numbers = as_numbers(column)
    if numbers is None:
        numbers = _as_days(column)
    if numbers is not None and numbers.nunique() > FEW_VALUES:
        return pd.qcut(numbers, BINS, duplicates="drop").astype(str).fillna("")
    counts = column.value_counts()
    frequent = counts[counts >= LEAST_ROWS].index[:MOST_CATEGORIES]
    return column.where(column.isin(frequent), "(rare)")


def _as_days(column: pd.Series) -> pd.Series | None:
    """Give dates (YYYY-MM-DD) as days, NaN where unknown; None if it holds anything else."""
    known = column != ""
    dates = pd.to_datetime(column.where(known), format="ISO8601", errors="coerce", utc=True)
    if (dates.isna() & known).any():
        return None
    # in seconds, for nanoseconds reach from 1677 to 2262 only
    return (dates.astype("datetime64[s, UTC]") - pd.Timestamp(0, tz="UTC").as_unit("s")).dt.days
