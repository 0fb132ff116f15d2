import numpy as np

from tests.evaluation.runs import make_run
from xraydemo.evaluation.pooling import joined, pool


def test_runs_follow_one_another_and_columns_of_both_are_known() -> None:
    first = make_run(["covid", ""], columns={"view": ["AP", "PA"]}, facts={"width": [256, 512]})
    second = make_run(["normal"], columns={"site": ["Rome"]}, facts={"height": [128]}, seed=1)
    both = pool([first, second])
    assert both.rows["label"].tolist() == ["covid", "", "normal"]
    assert both.known("view").tolist() == ["AP", "PA", ""]
    assert both.known("site").tolist() == ["", "", "Rome"]
    assert both.known("width").tolist() == ["256", "512", ""]
    assert both.known("height").tolist() == ["", "", "128"]
    expected = np.concatenate([first.arrays.embeddings(), second.arrays.embeddings()])
    assert np.array_equal(both.arrays.embeddings(), expected)
    assert both.arrays.thumbnails().shape == (3, 32, 32)
    assert len(both.arrays.maps()) == 3


def test_a_patient_of_both_runs_is_one_group_and_the_rest_are_not() -> None:
    first = make_run(["covid"] * 3, groups=["a", "b", "c"])
    second = make_run(["covid"] * 3, groups=["c", "d", "e"], seed=1)
    groups = pool([first, second]).groups
    assert groups[2] == groups[3]
    assert len(np.unique(groups)) == 5
    unknown = pool([make_run(["covid"] * 3), make_run(["covid"] * 3, seed=1)])
    # the same pixels stand in both, whatever their patients are called
    assert len(np.unique(unknown.groups)) == 3


def test_groups_that_share_pixels_are_joined() -> None:
    numbers = joined(np.array(["a", "a", "b", "c", "d"]), np.array([1, 2, 2, 3, 4]))
    assert len(np.unique(numbers)) == 3
    assert numbers[0] == numbers[1] == numbers[2]
    assert len(joined(np.array([]), np.array([]))) == 0
