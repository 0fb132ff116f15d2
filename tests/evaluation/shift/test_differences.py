import numpy as np
import pytest
from scipy import stats

from xraydemo.evaluation.shift.differences import (
    corrected,
    mean_of,
    of_counts,
    of_numbers,
    of_summary,
)


def test_counts_are_scipys_and_the_size_is_the_share_that_must_change() -> None:
    found = of_counts("view", {"AP": 80, "PA": 20}, {"AP": 50, "PA": 50})
    assert found is not None
    assert found.p == pytest.approx(
        stats.chi2_contingency([[80, 20], [50, 50]], correction=False).pvalue
    )
    assert found.size == pytest.approx(0.3)
    assert (found.value, found.here.value, found.there.value) == ("AP", 0.8, 0.5)
    assert found.said == "view is AP for 80 % [71, 87] here, 50 % [40, 60] there"


def test_rare_values_are_pooled_or_left_out() -> None:
    found = of_counts("site", {"a": 90, **{f"s{i}": 1 for i in range(10)}}, {"a": 100})
    assert found is not None
    assert found.value in ("a", "other")
    # two X-rays are too few for a cell
    assert of_counts("site", {"a": 98, "b": 2}, {"a": 100}) is None


def test_values_that_are_all_rare_and_new_are_the_largest_difference() -> None:
    found = of_counts("device", {"A": 30, "B": 29}, {"x": 500, "y": 400})
    assert found.test == "Fisher's exact"
    assert found.size == 1
    assert found.p < 1e-6
    assert (found.here.value, found.there.value) in {(1, 0), (0, 1)}
    assert of_counts("device", {"A": 1}, {"x": 100}) is None  # too few to be compared


def test_one_value_is_nothing_to_compare() -> None:
    assert of_counts("format", {"JPEG": 50}, {"JPEG": 70}) is None
    assert of_numbers("width", np.full(5, 256.0), np.full(9, 256.0)) is None
    assert of_summary("width", np.full(5, 256.0), [{"n": 9, "mean": 256.0, "std": 0.0}]) is None


def test_numbers_are_kolmogorov_smirnov() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=100), rng.normal(1, size=80)
    found = of_numbers("age", a, b)
    assert found is not None
    assert found.p == pytest.approx(stats.ks_2samp(a, b, method="asymp").pvalue)
    assert found.size == pytest.approx(stats.ks_2samp(a, b).statistic)


def test_a_summary_is_pooled_over_its_parts_and_compared_by_welch() -> None:
    rng = np.random.default_rng(0)
    here, a, b = rng.normal(size=60), rng.normal(1, 2, size=50), rng.normal(3, 1, size=70)
    parts = [{"n": len(x), "mean": x.mean(), "std": x.std()} for x in (a, b)]
    found = of_summary("mean", here, parts)
    there = np.concatenate([a, b])
    assert found is not None
    assert found.p == pytest.approx(stats.ttest_ind(here, there, equal_var=False).pvalue)
    assert found.there.value == pytest.approx(there.mean())
    assert found.there.low == pytest.approx(mean_of(there).low)


def test_constants_that_differ_are_certain() -> None:
    found = of_summary("width", np.full(5, 448.0), [{"n": 9, "mean": 256.0, "std": 0.0}])
    assert found is not None
    assert (found.p, found.size) == (0.0, 1.0)
    assert found.said == "width is 448 [448, 448] on average here, 256 [256, 256] there"


def test_p_values_are_corrected_together_and_the_largest_difference_comes_first() -> None:
    small = of_counts("a", {"x": 50, "y": 50}, {"x": 60, "y": 40})
    large = of_counts("b", {"x": 90, "y": 10}, {"x": 10, "y": 90})
    assert small is not None
    assert large is not None
    (first, second), (other,) = corrected([small, large], 0.01)
    assert (first.name, second.name) == ("b", "a")
    assert first.p == pytest.approx(3 * large.p)
    assert other == pytest.approx(0.02)
    assert second.p == pytest.approx(max(0.02, small.p))
    assert corrected([], 0.5) == ([], [0.5])
