"""Pictures of several kinds, each with the X-rays that it is to be told from, scored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xraydemo.evaluation.laboratory import UNCHANGED, Laboratory
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.shift.detectors import DEFAULT, Scores, scores_of
from xraydemo.evaluation.shift.ood_kinds import PLANTED, Planted, Protocol, protocol_of
from xraydemo.metrics.bootstrap import Resampling
from xraydemo.model.dossier import Dossier

AS_IT_IS = "as it is"


@dataclass(frozen=True, eq=False)
class Seen:
    """Some pictures, scored by every detector; n of them.

    Attributes
    ----------
    scores : dict of str to ndarray, shape (n,)
    called : ndarray of bool, shape (n,)
        Which are called foreign.
    groups : ndarray of str, shape (n,)
    """

    scores: Scores
    called: NDArray[np.bool_]
    groups: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.called)


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of pictures, and the X-rays that it is told from.

    Attributes
    ----------
    name, protocol : str
    outside, inside : Seen
    planted : Planted, optional
        None for pictures that were given.
    positions : ndarray of int
        Of planted ones: the X-rays that the fault was planted in.
    """

    name: str
    protocol: Protocol
    outside: Seen
    inside: Seen
    planted: Planted | None = None
    positions: NDArray[np.intp] | None = None

    @property
    def detectors(self) -> tuple[str, ...]:
        """Name the detectors whose scores are known of both sides."""
        return tuple(name for name in self.inside.scores if name in self.outside.scores)

    def both(self, detector: str) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Give the scores of the X-rays, then of the foreign ones, and which are foreign."""
        scores = np.concatenate([self.inside.scores[detector], self.outside.scores[detector]])
        return scores, np.arange(len(scores)) >= len(self.inside)

    def resampling(self, seed: int) -> Resampling:
        """Draw groups; an X-ray and its planted fault come and go together."""
        _, foreign = self.both(DEFAULT)
        return Resampling.of(
            foreign.astype(np.intp),
            np.concatenate([self.inside.groups, self.outside.groups]),
            seed=seed,
        )


def is_scored(run: Run) -> NDArray[np.bool_]:
    """Tell of which X-rays it is known how foreign they are, shape (len(run),)."""
    return np.asarray(run.was_read & run.judgements["foreign_score"].notna().to_numpy())


def seen_in(run: Run, positions: NDArray[np.intp], dossier: Dossier | None, whose: str) -> Seen:
    """Score X-rays of a run; other runs may have groups of the same names, so `whose` they are."""
    judgements = run.judgements.iloc[positions]
    scores = scores_of(
        run.logits[positions],
        run.probabilities[positions],
        run.arrays.embeddings()[positions],
        judgements,
        _limit(run),
        dossier,
        run.arrays.thumbnails()[positions] / 255,
    )
    called = (judgements["foreign_verdict"] == "foreign").to_numpy(bool)
    return Seen(scores, called, np.char.add(f"{whose}: ", run.groups[positions]))


def given_kinds(ood: Mapping[str, Run], inside: Seen, dossier: Dossier | None) -> list[Kind]:
    """Make a kind of each given run; its name says by which protocol, see `protocol_of`."""
    kinds = []
    for key, run in ood.items():
        protocol, name = protocol_of(key)
        outside = seen_in(run, np.flatnonzero(is_scored(run)), dossier, name)
        kinds.append(Kind(name, protocol, outside, inside))
    return kinds


def planted_kinds(
    run: Run,
    positions: NDArray[np.intp],
    laboratory: Laboratory,
    dossier: Dossier | None,
    progress: Callable[[float], None] = lambda _: None,
) -> list[Kind]:
    """Plant every fault in some X-rays of a run, and ask the model what it makes of them.

    X-rays of which there is no answer, or none that says how foreign they are, are left out.
    """
    variants = {planted.name: planted.interventions for planted in PLANTED}
    answers = laboratory.ask(
        run.rows["path"].iloc[positions].tolist(),
        {AS_IT_IS: UNCHANGED, **variants},
        progress=progress,
    )
    known = {
        name: answer.was_read & answer.judgements["foreign_score"].notna().to_numpy()
        for name, answer in answers.items()
    }

    def seen(name: str, rows: NDArray[np.bool_]) -> Seen:
        answer = answers[name]
        scores = scores_of(
            answer.logits[rows],
            answer.probabilities[rows],
            answer.embeddings[rows],
            answer.judgements[rows],
            _limit(run),
            dossier,
        )
        called = (answer.judgements["foreign_verdict"][rows] == "foreign").to_numpy(bool)
        return Seen(scores, called, run.groups[positions[rows]])

    kinds = []
    for planted in PLANTED:
        rows = known[planted.name] & known[AS_IT_IS]
        outside, inside = seen(planted.name, rows), seen(AS_IT_IS, rows)
        kinds.append(
            Kind(planted.name, planted.protocol, outside, inside, planted, positions[rows])
        )
    return kinds


def _limit(run: Run) -> float:
    return run.meta.card.foreignness.foreign if run.meta.card.foreignness else np.inf
