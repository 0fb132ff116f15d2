"""Behind the bars and cells of all checks' figures are X-rays to open."""

import numpy as np
import pytest

from tests.evaluation.runs import make_run
from xraydemo.classes import CLASSES
from xraydemo.evaluation.figures import Bars, Grid
from xraydemo.evaluation.headline import headline
from xraydemo.evaluation.runner import run_checks
from xraydemo.evaluation.thresholds import load_thresholds

N = 400
HOME = {"value": 0.95, "low": 0.93, "high": 0.97, "n": 500, "n_groups": 500}
CARD = {"triage": {"aim": 0.95, "threshold": 0.5, "sensitivity": HOME, "specificity": HOME}}
NOT_OF_THE_RUN = {
    # these numbers are told by the bundle's card
    ("Errors on the way from training to here", "X-rays held out in training"),
    ("At home and at its worst", "internal: X-rays held out in training"),
}
"""Title of the figure, and the part of it that has nothing to open."""


@pytest.fixture(scope="module")
def figures():
    generator = np.random.default_rng(0)
    labels = [CLASSES[i % 4] for i in range(N)]
    scanner = [("A" if generator.random() < (0.9 if i % 4 else 0.2) else "B") for i in range(N)]
    columns = {
        "scanner": scanner,
        "sex": generator.choice(["F", "M"], N).tolist(),
        "age": [str(age) if age > 30 else "" for age in generator.integers(20, 80, N)],
        "date": [str(year) for year in generator.integers(2018, 2022, N)],
    }
    run = make_run(labels, columns=columns, card=CARD)
    results = list(run_checks(run, load_thresholds()))
    found = [figure for result in results for figure in result.figures]
    return [*found, headline(run, results).figure]


def parts_of(figure):
    """Give the name, number and X-rays of each part; a figure without such parts has none."""
    match figure:
        case Bars():
            groups = figure.groups or [()] * len(figure.labels)
            return zip(figure.labels, figure.values, groups, strict=True)
        case Grid():
            rows = figure.groups or [[()] * len(figure.column_labels)] * len(figure.row_labels)
            cells = zip(figure.row_labels, figure.values, rows, strict=True)
            return (
                (f"{row}, {column}", *cell)
                for row, *both in cells
                for column, *cell in zip(figure.column_labels, *both, strict=True)
            )
    return ()


def test_every_part_opens_its_xrays(figures):
    bare = {
        (figure.title, name)
        for figure in figures
        for name, value, positions in parts_of(figure)
        if value and not np.isnan(value) and not positions
    }
    assert bare == NOT_OF_THE_RUN


def test_many_kinds_of_figures_were_looked_at(figures):
    titles = {figure.title for figure in figures if isinstance(figure, Bars | Grid)}
    assert len(titles) >= 15
