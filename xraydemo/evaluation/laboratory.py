"""What-if questions to the model: the same files again, changed, or through another network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xraydemo.model.runtime import Network
from xraydemo.radiograph.interventions import Intervention

Variants = Mapping[str, Sequence[Intervention]]
Progress = Callable[[float], None]
UNCHANGED: Sequence[Intervention] = ()


@dataclass(frozen=True, eq=False)
class Answers:
    """What a network answers to one variant of some files; row i belongs to the i-th file.

    Attributes
    ----------
    logits, probabilities : ndarray of float32, shape (n, 4)
        NaN where the file can't be read, or the variant can't be made of it.
    embeddings : ndarray of float32, shape (n, d)
        Zeros there.
    maps : ndarray of float16, shape (n, 4, h, w)
        Raw Grad-CAM; zeros there.
    judgements : pandas.DataFrame, n rows
        The columns of `xraydemo.evaluation.run.JUDGEMENT` but `in_training_table`; None there, and
        where the network has nothing to judge by.
    lungs : ndarray of bool, shape (n, side, side)
        Outlines of the lungs of the unchanged X-ray, lying over the whole of it; all False where
        none were found.
    """

    logits: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    embeddings: NDArray[np.float32]
    maps: NDArray[np.float16]
    judgements: pd.DataFrame
    lungs: NDArray[np.bool_]

    @property
    def was_read(self) -> NDArray[np.bool_]:
        """Tell which files have an answer, shape (n,)."""
        return np.asarray(~np.isnan(self.probabilities[:, 0]))


class Laboratory(Protocol):
    """Asks a run's bundle about files; see `xraydemo.evaluation.engine_laboratory`."""

    def ask(
        self,
        files: Sequence[str],
        variants: Variants,
        *,
        weights: Network = "own",
        progress: Progress = lambda _: None,
    ) -> dict[str, Answers]:
        """Answer every variant of every file.

        Parameters
        ----------
        files : sequence of str
            Paths: ``run.rows["path"]`` of some positions, or any others.
        variants : mapping
            A name, and what is done to the X-ray, one after the other; nothing for `UNCHANGED`.
        weights : str
            The bundle's own, or others in its architecture; see `Network`.
        progress : callable
            Is told the share that is done, in [0, 1].

        Returns
        -------
        dict of str to Answers
            By the names of `variants`. Answers are kept with the run and not asked for twice.

        Raises
        ------
        XrayDemoError
            If the engine fails for good, or there is no such network on this machine.
        """
        ...
