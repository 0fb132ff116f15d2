"""A laboratory without an engine, for the tests of checks that ask the model again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xraydemo.evaluation.laboratory import Answers, Progress, Variants
from xraydemo.evaluation.run import JUDGEMENT, Run
from xraydemo.model.runtime import Network
from xraydemo.radiograph.interventions import Intervention

CELLS = 7
SIDE = 28


def two_lungs(side: int = SIDE) -> NDArray[np.bool_]:
    """Outline two upright boxes, each a quarter of the width and a half of the height."""
    outline = np.zeros((side, side), bool)
    rows = slice(side // 4, 3 * side // 4)
    outline[rows, side // 7 : 3 * side // 7] = True
    outline[rows, 4 * side // 7 : 6 * side // 7] = True
    return outline


@dataclass(frozen=True, eq=False)
class Reply:
    """What is answered about one variant of one file."""

    probabilities: NDArray[np.floating]
    maps: NDArray[np.floating] = field(default_factory=lambda: np.zeros((4, CELLS, CELLS)))
    embedding: NDArray[np.floating] = field(default_factory=lambda: np.zeros(16))
    judgement: Mapping[str, Any] = field(default_factory=dict)
    lungs: NDArray[np.bool_] = field(default_factory=two_lungs)


Replies = Callable[[str, tuple[Intervention, ...], Network], Reply | None]
UNREAD = Reply(np.full(4, np.nan), lungs=np.zeros((SIDE, SIDE), bool))


class FakeLaboratory:
    """Answers what a function says.

    Parameters
    ----------
    replies : callable
        From a path, what is done to it and the weights to a `Reply`; None where it can't be read.

    Attributes
    ----------
    asked : list of tuple
        Each question so far: path, kinds of the interventions, weights.
    """

    def __init__(self, replies: Replies) -> None:
        self._replies = replies
        self.asked: list[tuple[str, tuple[str, ...], Network]] = []

    @classmethod
    def of(
        cls,
        run: Run,
        probabilities: Mapping[str, NDArray[np.floating]] | None = None,
        *,
        maps: Mapping[str, NDArray[np.floating]] | None = None,
        embeddings: Mapping[str, NDArray[np.floating]] | None = None,
        judgements: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
        lungs: NDArray[np.bool_] | None = None,
    ) -> FakeLaboratory:
        """Answer about the X-rays of a run, as the run says where nothing else is given.

        Parameters
        ----------
        run : Run
            Those that it could not read have no answer.
        probabilities : mapping, optional
            By question, shape (n, 4). A question is the kinds of its interventions, joined by
            "+" ("" for the X-ray unchanged); of other weights "shuffled", "shuffled:black_lungs",
            "imagenet", ... One that isn't named is answered as the unchanged X-ray by these
            weights, and that as by the run.
        maps, embeddings, judgements : mapping, optional
            By question in the same way, one row an X-ray of the run.
        lungs : ndarray of bool, shape (n, side, side), optional
            Default: `two_lungs` of each.
        """
        row_of = {path: i for i, path in enumerate(run.rows["path"])}
        own_maps, own_embeddings = run.arrays.maps(), run.arrays.embeddings()

        def replies(path: str, variant: tuple[Intervention, ...], weights: Network) -> Reply | None:
            i = row_of.get(path)
            if i is None or not run.was_read[i]:
                return None
            by = "" if weights == "own" else weights
            kinds = "+".join(one.kind for one in variant)
            names = (f"{by}:{kinds}" if by and kinds else by or kinds, by)

            def chosen(given: Mapping[str, Any] | None, otherwise: Any) -> Any:
                found = [given[name] for name in names if given and name in given]
                return found[0][i] if found else otherwise

            return Reply(
                chosen(probabilities, run.probabilities[i]),
                chosen(maps, own_maps[i]),
                chosen(embeddings, own_embeddings[i]),
                chosen(judgements, {}),
                two_lungs() if lungs is None else lungs[i],
            )

        return cls(replies)

    def ask(
        self,
        files: Sequence[str],
        variants: Variants,
        *,
        weights: Network = "own",
        progress: Progress = lambda _: None,
    ) -> dict[str, Answers]:
        answers = {}
        for done, (name, variant) in enumerate(variants.items(), start=1):
            kinds = tuple(one.kind for one in variant)
            self.asked.extend((file, kinds, weights) for file in files)
            replies = [self._replies(file, tuple(variant), weights) for file in files]
            answers[name] = _stacked(replies)
            progress(done / len(variants))
        return answers


def _stacked(replies: Sequence[Reply | None]) -> Answers:
    like = next((reply for reply in replies if reply is not None), UNREAD)
    empty = Reply(
        UNREAD.probabilities,
        np.zeros_like(like.maps),
        np.zeros_like(like.embedding),
        lungs=np.zeros_like(like.lungs),
    )
    rows = [empty if reply is None else reply for reply in replies]
    probabilities = np.stack([row.probabilities for row in rows]).astype(np.float32)
    columns = [name for name in JUDGEMENT if name != "in_training_table"]
    return Answers(
        logits=np.log(np.clip(probabilities, 1e-6, 1)).astype(np.float32),
        probabilities=probabilities,
        embeddings=np.stack([row.embedding for row in rows]).astype(np.float32),
        maps=np.stack([row.maps for row in rows]).astype(np.float16),
        judgements=pd.DataFrame([dict(row.judgement) for row in rows], columns=columns).astype(
            object
        ),
        lungs=np.stack([row.lungs for row in rows]).astype(bool),
    )
