import numpy as np

from tests.evaluation.runs import make_run
from xraydemo.evaluation.slices import class_slices, fact_slices

N = 60


def names(slices):
    return [one.name for one in slices]


def test_facts_with_few_values_make_slices():
    run = make_run(
        ["covid", "normal"] * 30,
        columns={
            "view": ["AP", "PA", ""] * 20,
            "patient_id": [f"p{i % 3}" for i in range(N)],
            "note": [f"n{i}" for i in range(N)],
            "same": ["x"] * N,
            "projection": ["a", "b", ""] * 20,
        },
    )
    positions = np.arange(N)
    assert names(fact_slices(run, positions, 20)) == ["view = AP", "view = PA"]
    assert names(fact_slices(run, positions, 21)) == []
    assert names(class_slices(run, positions, 20)) == ["class = Normal", "class = COVID-19"]


def test_ages_are_banded_whatever_they_are_written_like():
    ages = ["17.9", "18", "39", "40.0", "60", "", "old", "nan"]
    run = make_run(["covid"] * 8, columns={"age": ages})
    found = {s.value: np.flatnonzero(s.mask).tolist() for s in fact_slices(run, np.arange(8), 1)}
    assert found == {"under 18": [0], "18 to 39": [1, 2], "40 to 59": [3], "over 59": [4]}


def test_masks_are_of_the_positions_that_were_asked_for():
    run = make_run(["covid"] * 4, columns={"sex": ["F", "M", "F", "M"]})
    (women, _) = fact_slices(run, np.array([3, 2, 0]), 1)
    assert women.mask.tolist() == [False, True, True]


def test_no_slice_names_a_patient_however_the_column_is_called():
    columns = {name: ["p1", "p2"] * 30 for name in ("PatientID", "Patient Name", "MRN")}
    run = make_run(["covid", "covid", "normal", "normal"] * 15, columns=columns)
    assert fact_slices(run, np.arange(N), 20) == []
