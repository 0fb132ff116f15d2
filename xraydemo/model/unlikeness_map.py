"""Where a picture is unlike the training X-rays, told from its thumbnail.

The last features of the network are of no use for this: each of them sees most of the picture, and
a hand pasted into an X-ray changes far cells as much as near ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xraydemo.model.sanity import MODEL_SIDE, Thumbnails, features

N_COMPONENTS = 30
ROWS_OF_A_COMPONENT = 100  # a component of fewer X-rays could show one of them


@dataclass(frozen=True, eq=False)
class UsualLooks:
    """How training X-rays vary together; what this leaves unexplained is unusual [1]_.

    Attributes
    ----------
    mean : ndarray of float32, shape (256,)
        Of the standardized 16 x 16 thumbnails.
    components : ndarray of float32, shape (k, 256)
        Orthonormal principal components of all X-rays together.
    spread : ndarray of float32, shape (256,)
        Root mean square of what they leave unexplained in each cell.

    References
    ----------
    .. [1] Turk & Pentland, Eigenfaces for Recognition, J. Cognitive Neuroscience 1991.
    """

    mean: NDArray[np.float32]
    components: NDArray[np.float32]
    spread: NDArray[np.float32]

    @classmethod
    def fit(cls, thumbnails: Thumbnails) -> UsualLooks:
        """Fit to thumbnails of training X-rays, shape (n, 64, 64)."""
        rows = features(thumbnails)
        mean = rows.mean(axis=0)
        kept = min(N_COMPONENTS, len(rows) // ROWS_OF_A_COMPONENT)
        components = np.linalg.svd(rows - mean, full_matrices=False)[2][:kept]
        left = rows - mean - (rows - mean) @ components.T @ components
        spread = np.maximum(np.sqrt((left**2).mean(axis=0)), 1e-3)
        return cls(*(np.asarray(a, dtype=np.float32) for a in (mean, components, spread)))

    def map(self, small: Thumbnails) -> NDArray[np.float32]:
        """Give how unusual each cell of one thumbnail is.

        Parameters
        ----------
        small : ndarray of float32, shape (64, 64)
            From `xraydemo.model.sanity.thumbnail`.

        Returns
        -------
        ndarray of float32, shape (16, 16)
            In units of what is usual in this cell: about 1 in a training X-ray, never negative.
        """
        row = features(small[None])[0] - self.mean
        left = row - (self.components @ row) @ self.components
        squares = ((left / self.spread) ** 2).reshape(MODEL_SIDE, MODEL_SIDE)
        # over 3 x 3 cells: single ones are noisy, and what is foreign is seldom that small
        around = np.lib.stride_tricks.sliding_window_view(np.pad(squares, 1, mode="edge"), (3, 3))
        return np.asarray(np.sqrt(around.mean(axis=(2, 3))), dtype=np.float32)

    def unlikeness(self, small: Thumbnails) -> float:
        """Give how unusual one thumbnail, shape (64, 64), is as a whole.

        Root mean square of its `map`: about 1 in a training X-ray.
        """
        return float(np.sqrt((self.map(small) ** 2).mean()))
