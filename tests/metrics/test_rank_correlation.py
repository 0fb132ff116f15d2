from __future__ import annotations

import numpy as np
from scipy.stats import spearmanr

from xraydemo.metrics.rank_correlation import rank_correlation


def test_rank_correlation_is_spearmans() -> None:
    a, b = np.random.default_rng(0).normal(size=(2, 5, 7, 7)).round(1)  # with ties
    expected = [spearmanr(x.ravel(), y.ravel()).statistic for x, y in zip(a, b, strict=True)]
    np.testing.assert_allclose(rank_correlation(a, b), expected)
    np.testing.assert_allclose(rank_correlation(a, -a), -1)
    np.testing.assert_array_equal(rank_correlation(a, np.zeros_like(a)), 0)
