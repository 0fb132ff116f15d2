"""Telling the class of an X-ray from a table of columns, without looking at the picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedGroupKFold
from threadpoolctl import threadpool_limits

from xraydemo.evaluation.sample import Sample
from xraydemo.metrics.bootstrap import DRAWS_AT_ONCE, LEVEL, Estimate, percentile_interval
from xraydemo.metrics.weighted import Draws, Weights, auc_in_folds

FOLDS = 5
MOST_CATEGORIES = 100  # of a text column, the commonest; the rest count as one
TREES, LEAVES, LEAST_IN_LEAF = 60, 8, 5
TREES_OF_ONE = 20  # one column has no interactions to find

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Told:
    """How well the classes are told.

    Attributes
    ----------
    macro : Estimate
        AUC of one class against the rest, averaged over the classes; 0.5 is chance, 1 is certain.
    classes : dict of int to Estimate
        AUC of each class against the rest, by class number.
    drawn : ndarray, shape (n_draws, n_classes)
        The same in each bootstrap draw, classes in the order of `classes`.
    """

    macro: Estimate
    classes: dict[int, Estimate]
    drawn: Draws

    @property
    def easiest(self) -> int:
        """Give the class that is told best."""
        return max(self.classes, key=lambda k: self.classes[k].value)

    def of_class(self, k: int, level: float) -> Estimate:
        """Give the AUC of a class with an interval of another level."""
        low, high = percentile_interval(self.drawn[:, list(self.classes).index(k)], level)
        return self.classes[k]._replace(low=low, high=high)


def classes_with_enough(sample: Sample, floor: int) -> tuple[Sample, tuple[int, ...]]:
    """Leave out the classes that are too small to be told.

    Parameters
    ----------
    sample : Sample
    floor : int
        The least number of X-rays; of the groups there must be at least one for each fold, too.

    Returns
    -------
    Sample
        Those of the other classes; the smaller side of each "one against the rest" has `floor`.
    tuple of int
        The classes that occur and were left out.
    """
    occurring = np.unique(sample.truth)
    small = tuple(
        int(k)
        for k in occurring
        if sample.counts[k] < floor or len(np.unique(sample.groups[sample.truth == k])) < FOLDS
    )
    return sample.part(~np.isin(sample.truth, small)), small


def folds_of(sample: Sample, seed: int) -> NDArray[np.intp]:
    """Deal the X-rays to 5 folds: groups stay together, classes are spread evenly; shape (n,)."""
    splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    fold = np.empty(len(sample), dtype=np.intp)
    nothing = np.empty((len(sample), 0))
    for number, (_, held) in enumerate(splitter.split(nothing, sample.truth, sample.groups)):
        fold[held] = number
    return fold


def tell(
    columns: pd.DataFrame,
    sample: Sample,
    folds: NDArray[np.intp],
    *,
    seed: int = 0,
    level: float = LEVEL,
) -> Told:
    """Tell the class from some columns, by gradient boosting with cross-validation.

    Each X-ray is judged by a model that has seen none of its group. A positive and a negative are
    compared only where the same model judged both, for the scores of two models are not on one
    scale, and pooling them pulls the AUC of mere noise below one half [1]_. The interval is of the
    X-rays (bootstrap by group), not of the fitting.

    Parameters
    ----------
    columns : pandas.DataFrame, n rows
        Numbers, truth values or text. What is not known ("", None or NaN) is a value of its own:
        it may tell the class, too. Text that is a number throughout is taken as numbers; of other
        text, a value that stands there less than 10 times is not learnt. Columns that are constant
        tell nothing; from none at all the AUC is 0.5.
    sample : Sample, n rows
        With the same rows, and at least two classes.
    folds : ndarray of int, shape (n,)
        From `folds_of`.
    seed : int
    level : float
        Of the intervals.

    Returns
    -------
    Told

    References
    ----------
    .. [1] Airola et al., An experimental comparison of cross-validation techniques for estimating
       the area under the ROC curve, Computational Statistics & Data Analysis 55, 2011.
    """
    classes = np.unique(sample.truth)
    scores = _out_of_fold(columns, sample.truth, folds, seed)
    draws = _auc_of_classes(sample, scores, folds, classes)
    value = _auc_in_folds(
        np.ones((1, len(sample)), np.float32), scores, sample.truth, folds, classes
    )[0]
    n, n_groups = len(sample), len(np.unique(sample.groups))

    def estimate(one: float, drawn: Draws) -> Estimate:
        return Estimate(one, *percentile_interval(drawn, level), n, n_groups)

    return Told(
        macro=estimate(float(value.mean()), draws.mean(axis=1)),
        classes={int(k): estimate(float(value[i]), draws[:, i]) for i, k in enumerate(classes)},
        drawn=draws,
    )


def tell_from_each(
    columns: pd.DataFrame,
    sample: Sample,
    folds: NDArray[np.intp],
    *,
    seed: int = 0,
    progress: Callable[[float], None] = lambda _: None,
) -> dict[str, Told]:
    """Tell the class from each column alone; see `tell`. The best comes first."""
    alone: dict[str, Told] = {}
    for i, name in enumerate(map(str, columns)):
        alone[name] = tell(columns[[name]], sample, folds, seed=seed)
        progress((i + 1) / columns.shape[1])
    return dict(sorted(alone.items(), key=lambda item: -item[1].macro.value))


def as_numbers(column: pd.Series) -> pd.Series | None:
    """Give a column as numbers, NaN where unknown; None if it holds text that is no number."""
    if pd.api.types.is_numeric_dtype(column):
        return column.astype(float).replace([np.inf, -np.inf], np.nan)
    known = column.where(column.notna() & (column.astype(str) != ""))
    numbers = pd.to_numeric(known, errors="coerce").astype(float)
    if (numbers.isna() & known.notna()).any():
        return None
    return numbers.replace([np.inf, -np.inf], np.nan)


def varying(columns: pd.DataFrame) -> pd.DataFrame:
    """Give the columns that are not the same for every X-ray; unknown is a value, too."""
    blank = columns.astype(object).where(columns.notna(), "").astype(str)
    return columns.loc[:, (blank.nunique() > 1).to_numpy()]


def _out_of_fold(
    columns: pd.DataFrame, truth: NDArray[np.intp], folds: NDArray[np.intp], seed: int
) -> NDArray[np.float32]:
    """Give each class's score by models that have not seen the row, shape (n, largest class + 1).

    All scores are 0, and so all AUC 0.5, where no column varies.
    """
    scores = np.zeros((len(truth), int(truth.max()) + 1), dtype=np.float32)
    columns = varying(columns)
    if not columns.shape[1]:
        return scores
    matrix, is_category = _matrix(columns)
    for fold in np.unique(folds):
        held = folds == fold
        model = HistGradientBoostingClassifier(
            max_iter=TREES if columns.shape[1] > 1 else TREES_OF_ONE,
            learning_rate=0.1 if columns.shape[1] > 1 else 0.3,
            max_leaf_nodes=LEAVES,
            # the default of 20 would see nothing in the smallest cohorts that the floor lets pass
            min_samples_leaf=LEAST_IN_LEAF,
            categorical_features=is_category,
            early_stopping=False,
            random_state=seed,
        )
        # trees as small as these are grown faster by one thread than by several that wait
        with threadpool_limits(1, user_api="openmp"):
            model.fit(matrix[~held], truth[~held])
            scores[np.ix_(held, model.classes_)] = model.predict_proba(matrix[held])
    return scores


def _matrix(columns: pd.DataFrame) -> tuple[Numbers, NDArray[np.bool_]]:
    """Give the columns as numbers or as numbered categories, and which are categories."""
    matrix = np.empty(columns.shape)
    is_category = np.zeros(columns.shape[1], dtype=bool)
    for i, name in enumerate(columns):
        numbers = as_numbers(columns[name])
        is_category[i] = numbers is None
        matrix[:, i] = _categories(columns[name]) if numbers is None else numbers
    return matrix, is_category


def _categories(column: pd.Series) -> pd.Series:
    """Give each text its rank, the commonest 0, NaN where unknown."""
    known = column.where(column.notna() & (column.astype(str) != ""))
    number = {text: float(i) for i, text in enumerate(known.value_counts().index)}
    return known.map(number).astype(float).clip(upper=MOST_CATEGORIES)


def _auc_of_classes(
    sample: Sample,
    scores: NDArray[np.float32],
    folds: NDArray[np.intp],
    classes: NDArray[np.intp],
) -> Draws:
    """Give the AUC of each class in each draw, shape (n_draws, n_classes)."""
    weights = sample.resampling.weights
    chunks = [
        _auc_in_folds(
            weights[start : start + DRAWS_AT_ONCE].astype(np.float32),
            scores,
            sample.truth,
            folds,
            classes,
        )
        for start in range(0, len(weights), DRAWS_AT_ONCE)
    ]
    return np.concatenate(chunks)


def _auc_in_folds(
    weights: Weights,
    scores: NDArray[np.float32],
    truth: NDArray[np.intp],
    folds: NDArray[np.intp],
    classes: NDArray[np.intp],
) -> Draws:
    """Give the AUC of each class against the rest, shape (m, n_classes)."""
    each = [auc_in_folds(weights, scores[:, k], truth == k, folds) for k in classes]
    return np.stack(each, axis=1)
