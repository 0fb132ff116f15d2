from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from tests.report.findings import (
    FIGURES,
    OUTSIDE,
    awkward_run,
    empty_run,
    every_result,
    headline_of,
)
from tests.report.test_results import document_of
from xraydemo.evaluation.figures import Cloud, Exhibit, Gallery, Scatter, Slopes
from xraydemo.evaluation.result import CheckResult, Verdict
from xraydemo.radiograph.interventions import Intervention
from xraydemo.report import rebuild

NAN = math.nan
CHANGED = Gallery("Changed", (Exhibit((0,), "inverted", (Intervention("invert"),)),))
SLOPES = Slopes("Away", "AUC", ("as it is", "matched"), ("age",), ((0.9, NAN),), ((0.8, NAN),),
                ((0.95, NAN),), {"chance": 0.5})  # fmt: skip
SCATTER = Scatter("Map", "1", "2", (Cloud("covid", (0.0, 1.0), (NAN, 2.0), (0, 1)),
                                    Cloud("training", (3.0,), (4.0,), (), True)))  # fmt: skip


def test_what_is_rebuilt_gives_the_same_results_again():
    figures = (*FIGURES.values(), CHANGED, SLOPES, SCATTER)
    results = [*every_result(), CheckResult(Verdict.INFO, "All.", figures=figures, check="shift.x")]
    document = document_of(results=results)
    found, headline = rebuild.results_of(document), rebuild.headline_of(document)
    assert document_of(results=found, headline=headline) == document


def test_figures_are_the_same_but_for_the_x_rays_behind_them():
    figures = (FIGURES["bars"], FIGURES["gallery"], CHANGED, SLOPES, SCATTER)
    result = CheckResult(Verdict.INFO, "So.", figures=figures, check="x")
    [again] = rebuild.results_of(document_of(results=[result]))
    bars, gallery, changed, slopes, scatter = again.figures
    assert bars.groups == ()
    np.testing.assert_equal(bars.values, FIGURES["bars"].values)
    assert [e.positions for e in gallery.exhibits] == [
        e.positions for e in FIGURES["gallery"].exhibits
    ]
    assert changed == CHANGED
    np.testing.assert_equal(slopes.values, SLOPES.values)
    assert scatter.clouds[1] == SCATTER.clouds[1]


def test_a_result_without_a_number_stays_without():
    result = replace(every_result()[4], check="x")
    assert rebuild.results_of(document_of(results=[result])) == [result]


def test_a_headline_of_nothing():
    document = document_of(empty_run(), [], headline_of())
    assert rebuild.headline_of(document) == headline_of()


def test_a_headline_comes_back_without_its_figure():
    document = document_of(awkward_run(), [], headline_of(OUTSIDE))
    again = rebuild.headline_of(document)
    assert again.parts[0] == headline_of(OUTSIDE).parts[0]
    assert again.gap == headline_of(OUTSIDE).gap
    assert again.figure is None
