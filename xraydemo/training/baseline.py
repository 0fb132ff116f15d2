"""Something stupid to be better than."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

THUMBNAIL_SIDE = 32


def thumbnails(pictures: list[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """Reduce X-rays to 32 x 32 gray values in [0, 1], one row each."""
    side = (THUMBNAIL_SIDE, THUMBNAIL_SIDE)
    small = [Image.fromarray(p).resize(side, Image.Resampling.BILINEAR) for p in pictures]
    return np.stack([np.asarray(image, dtype=np.float32).ravel() / 255 for image in small])


def fit_thumbnail_regression(
    pictures: list[NDArray[np.uint8]], labels: NDArray[np.intp]
) -> Pipeline:
    """Fit a class-balanced logistic regression on thumbnails."""
    regression = LogisticRegression(C=0.01, max_iter=500, class_weight="balanced")
    return make_pipeline(StandardScaler(), regression).fit(thumbnails(pictures), labels)
