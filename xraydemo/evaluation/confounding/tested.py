"""The X-rays and facts that `confounder.encoded` and `confounder.used` are asked of."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xraydemo.evaluation.part import even_part
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.tell import classes_with_enough, folds_of
from xraydemo.evaluation.tell_result import listed, plain
from xraydemo.evaluation.testable_facts import testable_facts
from xraydemo.metrics.bootstrap import Resampling

# how the picture was framed; its other statistics (brightness, sharpness, ...) are changed by the
# disease itself, so an X-ray without the disease that matches is no fair comparison
FRAMING = ("border", "burned_in_text", "aspect_ratio")
DRAWS = 1000  # enough where no quantile further out than 1 in 20 is taken


@dataclass(frozen=True, eq=False)
class Tested:
    """Labelled X-rays of classes that are large enough, and what is known of them.

    Attributes
    ----------
    sample : Sample, n rows
        If it has less than two classes, the rest is empty.
    small : tuple of int
        Classes that were left out.
    folds : ndarray of int, shape (n,)
        Groups stay together.
    embeddings : ndarray of float32, shape (n, d)
    logits : ndarray of float32, shape (n, 4)
    values : dict of str to pandas.Series
        The facts with few values each, n rows.
    notes : tuple of str
        What was left out, in sentences.
    """

    sample: Sample
    small: tuple[int, ...]
    folds: NDArray[np.intp]
    embeddings: NDArray[np.float32]
    logits: NDArray[np.float32]
    values: dict[str, pd.Series]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, run: Run, *, floor: int, most: int, seed: int) -> Tested:
        """Gather them.

        Parameters
        ----------
        run : Run
        floor : int
            Least X-rays of a class.
        most : int
            X-rays; of more, so many are drawn, evenly from the classes.
        seed : int
        """
        sample, small = classes_with_enough(run.sample, floor)
        notes = []
        if len(sample) > most:
            notes.append(
                f"Asked of {most:,} of the {len(sample):,} X-rays, drawn evenly from the classes."
            )
            mask = np.zeros(len(sample), bool)
            mask[even_part(sample.truth, sample.groups, most, seed=seed)] = True
            sample = sample.part(mask)
        if len(np.unique(sample.truth)) < 2:
            nothing = run.logits[:0]
            return cls(sample, small, np.empty(0, np.intp), nothing, nothing, {}, tuple(notes))
        few = Resampling(sample.resampling.weights[:DRAWS], sample.resampling.groups)
        sample = replace(sample, resampling=few)
        facts = testable_facts(run, sample.positions)
        values = {
            name: facts.binned(name)
            for name, origin in facts.origins.items()
            if origin != "picture" or name in FRAMING
        }
        values = {name: value for name, value in values.items() if value.nunique() > 1}
        pictures = [name for name, origin in facts.origins.items() if origin == "picture"]
        if pictures := [name for name in pictures if name not in FRAMING]:
            notes.append(
                f"Not asked about: {listed(map(plain, pictures))}. The disease itself changes "
                "them; confounder.pixels asks about the picture by changing it."
            )
        return cls(
            sample,
            small,
            folds_of(sample, seed),
            run.arrays.embeddings()[sample.positions],
            run.logits[sample.positions],
            values,
            tuple(notes),
        )
