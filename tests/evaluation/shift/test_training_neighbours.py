from collections import Counter

import numpy as np

from tests.evaluation.four_axes import dossier_of, four_axes
from xraydemo.evaluation.shift.training_neighbours import Neighbours, neighbours_of, together


def test_neighbours_by_hand() -> None:
    """A picture on the axis of covid, whose training X-rays come from there."""
    points, labels = four_axes(80)
    dossier = dossier_of(points, labels, (labels == 1).astype(int), ("here", "there"))
    covid, normal = neighbours_of(dossier, np.eye(8, dtype=np.float32)[[1, 0]])
    assert covid == Neighbours(Counter(covid=10), Counter(there=10), Counter({"": 10}))
    assert normal.in_words == "10 Normal, from here (10)"
    assert together([covid, normal]).in_words == (
        "10 COVID-19 and 10 Normal, from there (10) and here (10)"
    )


def test_rows_that_the_weights_never_saw_are_no_neighbours() -> None:
    points, labels = four_axes(80)
    dossier = dossier_of(points, labels)
    dossier.trained_on[labels == 1] = False
    (covid,) = neighbours_of(dossier, np.eye(8, dtype=np.float32)[[1]])
    assert "covid" not in covid.classes


def test_unknown_sources_are_not_named() -> None:
    points, labels = four_axes(80)
    dossier = dossier_of(points, labels, source_names=("",))
    assert neighbours_of(dossier, points[:1])[0].in_words == "10 Normal"
