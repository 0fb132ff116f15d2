"""Whether a picture can be a chest X-ray as the training set had them, told from its looks alone.

A linear model on a small thumbnail tells inverted, upside-down, turned and cropped X-rays from
right ones: it is trained with such faults planted, and knows nothing of the network. Plain rules
find blank, blurred and oddly long pictures, and the file itself may say that it shows something
else, or too little.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

THUMBNAIL_SIDE = 64
MODEL_SIDE = 16
Thumbnails = NDArray[np.float32]

REASONS = {
    "inverted": "it seems to be inverted: what should be bright is dark",
    "upside down": "it seems to be upside down",
    "turned left": "it seems to be turned by 90 degrees to the left",
    "turned right": "it seems to be turned by 90 degrees to the right",
    "cropped": "it seems to show only a part of the chest",
}
PLANTED: dict[str, Callable[[Thumbnails], Thumbnails]] = {
    "inverted": lambda many: 1 - many,
    "upside down": lambda many: many[:, ::-1],
    "turned left": lambda many: np.rot90(many, 1, (1, 2)),
    "turned right": lambda many: np.rot90(many, -1, (1, 2)),
}
NARROW, WIDE = "too narrow for a chest", "too wide for a chest"
BLANK = "it is blank, or nearly of one gray"
BLURRED = "it is blurred: nothing in it has a sharp edge"
UNDO: dict[str, Callable[[Thumbnails], Thumbnails]] = {
    "inverted": PLANTED["inverted"],
    "upside down": PLANTED["upside down"],
    "turned left": PLANTED["turned right"],
    "turned right": PLANTED["turned left"],
}
CHEST_WORDS = ("CHEST", "THORAX", "TORAX", "LUNG", "PORTABLE")
LATERAL_VIEWS = ("L", "LL", "RL", "LATERAL", "LLD", "RLD")
PROJECTIONS = ("CR", "DX", "RG", "OT", "SC")
FILM_ASPECTS = (35 / 43, 43 / 35)  # of the film for chests, in cm, standing and lying
ASPECT_MARGIN = 1.25  # how far beyond the training set's shapes and the film's a picture may be
LEAST_PIXELS = 128  # on the shorter side; on half of what training X-rays have, fine signs are gone
BLANK_SHARE = 0.5  # of the weakest contrast among the training X-rays
BLURRED_SHARE = 0.75  # of the least fineness among the training X-rays
COLOURFUL = 0.05  # share of coloured pixels above which it is no scan of a film


@dataclass(frozen=True, eq=False)
class Sanity:
    """The linear model and the limits of the rules; kept in the dossier.

    Attributes
    ----------
    kinds : tuple of str
        Of the planted faults, keys of `REASONS`.
    weights : ndarray of float32, shape (len(kinds), 256)
        On the standardized 16 x 16 thumbnail: for a fault, against no fault.
    bias : ndarray of float32, shape (len(kinds),)
    least_contrast : float
        Distance of the 1st and 99th gray percentile of a thumbnail, in [0, 1].
    least_fineness : float
        See `fineness`; 0 in a dossier of an earlier version, which knows none.
    aspects : (float, float)
        Least and greatest width / height.
    """

    kinds: tuple[str, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    least_contrast: float
    least_fineness: float
    aspects: tuple[float, float]

    @classmethod
    def fit(cls, thumbnails: Thumbnails, aspects: NDArray[np.floating], seed: int = 0) -> Sanity:
        """Plant every fault in every X-ray and learn to tell which it is.

        Parameters
        ----------
        thumbnails : ndarray of float32, shape (n, 64, 64)
            From `thumbnail`.
        aspects : ndarray of float, shape (n,)
            Width / height.
        seed : int
            Of where the crops lie.
        """
        from sklearn.linear_model import LogisticRegression

        kinds = (*PLANTED, "cropped")
        versions = [thumbnails, *(plant(thumbnails, kind, seed) for kind in kinds)]
        inputs = np.concatenate([features(version) for version in versions])
        answers = np.repeat(np.arange(len(versions)), len(thumbnails))
        # strong ridge, few rounds: held-out accuracy is the same over two decades of C
        model = LogisticRegression(C=1e-3, max_iter=1000).fit(inputs, answers)
        return cls(
            kinds=kinds,
            weights=np.asarray(model.coef_[1:] - model.coef_[0], dtype=np.float32),
            bias=np.asarray(model.intercept_[1:] - model.intercept_[0], dtype=np.float32),
            # not the very least: one bad file in the training set must not open the gate
            least_contrast=float(BLANK_SHARE * np.quantile(contrast(thumbnails), 0.001)),
            least_fineness=float(BLURRED_SHARE * np.quantile(fineness(thumbnails), 0.001)),
            aspects=(float(aspects.min()), float(aspects.max())),
        )

    def odds(self, thumbnails: Thumbnails) -> NDArray[np.float32]:
        """Give the log odds of each fault against none, shape (n, len(kinds))."""
        return np.asarray(features(thumbnails) @ self.weights.T + self.bias, dtype=np.float32)

    def broken_rule(self, thumbnail: Thumbnails, aspect: float) -> str:
        """Say what makes one picture, shape (64, 64), no X-ray at all; empty if nothing does."""
        if float(contrast(thumbnail[None])[0]) <= self.least_contrast:
            return BLANK
        if float(fineness(thumbnail[None])[0]) < self.least_fineness:
            return BLURRED
        # training sets are often cut square, and an X-ray as it left the film is not foreign
        least = min(self.aspects[0], FILM_ASPECTS[0]) / ASPECT_MARGIN
        greatest = max(self.aspects[1], FILM_ASPECTS[1]) * ASPECT_MARGIN
        if aspect < least:
            return f"its height is {1 / aspect:.1f} times its width: {NARROW}"
        if aspect > greatest:
            return f"its width is {aspect:.1f} times its height: {WIDE}"
        return ""


def thumbnail(presented: NDArray[np.float32]) -> Thumbnails:
    """Reduce an X-ray as a reader sees it to 64 x 64, in well under a millisecond.

    Large X-rays are thinned out first; what that aliases is averaged away after.

    Parameters
    ----------
    presented : ndarray of float32, shape (height, width)
        In [0, 1].
    """
    down, across = (max(1, size // (4 * THUMBNAIL_SIDE)) for size in presented.shape)
    thinned = np.ascontiguousarray(presented[::down, ::across])
    size = (THUMBNAIL_SIDE, THUMBNAIL_SIDE)
    return np.asarray(Image.fromarray(thinned).resize(size, Image.Resampling.BOX))


def plant(thumbnails: Thumbnails, kind: str, seed: int = 0) -> Thumbnails:
    """Plant a fault (a key of `REASONS`) in thumbnails, shape (n, 64, 64)."""
    return _cropped(thumbnails, seed) if kind == "cropped" else PLANTED[kind](thumbnails)


def features(thumbnails: Thumbnails) -> Thumbnails:
    """Reduce thumbnails to 16 x 16 of mean 0 and deviation 1, one row each: shape (n, 256)."""
    n, block = len(thumbnails), THUMBNAIL_SIDE // MODEL_SIDE
    means = thumbnails.reshape(n, MODEL_SIDE, block, MODEL_SIDE, block).mean(axis=(2, 4))
    rows = means.reshape(n, -1).astype(np.float32)
    rows = rows - rows.mean(axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(rows.std(axis=1, keepdims=True), 1e-3))


def contrast(thumbnails: Thumbnails) -> NDArray[np.float64]:
    """Give the distance of the 1st and the 99th gray percentile of each thumbnail."""
    low, high = np.percentile(thumbnails.reshape(len(thumbnails), -1), (1, 99), axis=1)
    return np.asarray(high - low, dtype=np.float64)


def fineness(thumbnails: Thumbnails) -> NDArray[np.float64]:
    """Compare the edges in thumbnails with those in thumbnails of half the side, shape (n,).

    Structures of every size leave about as much at either size, X-rays of 7 pipelines 0.5 to 1.2
    (the deviation of the Laplacian). A blur takes the finest away, so the ratio falls, whatever the
    exposure: by a Gaussian of 3 % of the side to 0.3 at most. The network is not asked: one that
    knows ever less of noise and pipelines also knows less of blur.
    """
    n, half = len(thumbnails), THUMBNAIL_SIDE // 2
    halved = thumbnails.reshape(n, half, 2, half, 2).mean(axis=(2, 4))
    fine, coarse = (_edges(many).std(axis=(1, 2)) for many in (thumbnails, halved))
    return np.asarray(fine / np.maximum(coarse, 1e-6), dtype=np.float64)


def _edges(many: Thumbnails) -> Thumbnails:
    """Apply the Laplacian of four neighbours; the rim is left out."""
    around = many[:, :-2, 1:-1] + many[:, 2:, 1:-1] + many[:, 1:-1, :-2] + many[:, 1:-1, 2:]
    return np.asarray(around - 4 * many[:, 1:-1, 1:-1])


def told_by_facts(facts: Mapping[str, object]) -> str:
    """Say what the file itself says against being a usable frontal chest X-ray; empty if nothing.

    Parameters
    ----------
    facts : mapping
        Of a `Radiograph`.
    """
    return next(filter(None, (rule(facts) for rule in FACT_RULES.values())), "")


def told_to_be_no_chest(facts: Mapping[str, object]) -> bool:
    """Tell whether the file says that it is of another part, of another machine, or in colour."""
    return any(rule(facts) for rule in (_another_part, _another_machine, _in_colour))


def _another_part(facts: Mapping[str, object]) -> str:
    body_part = str(facts.get("body_part", "")).upper()
    if not body_part or any(word in body_part for word in CHEST_WORDS):
        return ""
    return f"the file says that it shows {body_part}"


def _another_machine(facts: Mapping[str, object]) -> str:
    modality = str(facts.get("modality", "")).upper()
    if not modality or modality in PROJECTIONS:
        return ""
    return f"the file says that it was made by {modality}"


def _lateral(facts: Mapping[str, object]) -> str:
    is_lateral = str(facts.get("view", "")).upper() in LATERAL_VIEWS
    return "the file says that it is a lateral view" if is_lateral else ""


def _in_colour(facts: Mapping[str, object]) -> str:
    is_in_colour = float(str(facts.get("colour", 0))) > COLOURFUL
    return "it is a picture in colour" if is_in_colour else ""


def _few_pixels(facts: Mapping[str, object]) -> str:
    width, height = (float(str(facts.get(name, 0))) for name in ("width", "height"))
    if not 0 < min(width, height) < LEAST_PIXELS:
        return ""
    return f"it has only {width:.0f} x {height:.0f} pixels: too few to show fine signs"


FACT_RULES: dict[str, Callable[[Mapping[str, object]], str]] = {
    "another part of the body": _another_part,
    "another kind of machine": _another_machine,
    "lateral": _lateral,
    "colour": _in_colour,
    "resolution": _few_pixels,
}


def _cropped(thumbnails: Thumbnails, seed: int) -> Thumbnails:
    """Keep a third to a half of each side, anywhere, as if that were the whole picture."""
    generator = np.random.default_rng(seed)
    size = (THUMBNAIL_SIDE, THUMBNAIL_SIDE)
    crops = np.empty_like(thumbnails)
    for i, whole in enumerate(thumbnails):
        side = THUMBNAIL_SIDE * generator.uniform(0.35, 0.55)
        left, top = generator.uniform(0, THUMBNAIL_SIDE - side, 2)
        image = Image.fromarray(np.ascontiguousarray(whole, dtype=np.float32))
        box = (left, top, left + side, top + side)
        crops[i] = np.asarray(image.resize(size, Image.Resampling.BILINEAR, box=box))
    return crops
