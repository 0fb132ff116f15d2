"""What a model sees of the facts: the beginning that two checks share, and make only once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from xraydemo.evaluation.confounding.tested import Tested
from xraydemo.evaluation.confounding.visible import Visible, visible_facts
from xraydemo.evaluation.run import Run


@dataclass(frozen=True, eq=False)
class Seen:
    """The X-rays and facts that `confounder.encoded` and `confounder.used` ask about.

    Attributes
    ----------
    tested : Tested
    visible : dict of str to Visible
        What probes read of each fact; those too rare to be read are absent.
    """

    tested: Tested
    visible: dict[str, Visible]


_kept: WeakKeyDictionary[Run, tuple[tuple[int, int, int], Seen]] = WeakKeyDictionary()


def seen_facts(
    run: Run,
    *,
    floor: int,
    most: int,
    seed: int,
    progress: Callable[[float], None] = lambda _: None,
) -> Seen:
    """Gather facts and read each from the embedding; the same question again costs nothing.

    Parameters
    ----------
    run : Run
        What it holds is taken not to change.
    floor, most, seed
        See `Tested.of`.
    progress : callable
        Is told the share that is done.
    """
    question = floor, most, seed
    asked, seen = _kept.get(run, (None, None))
    if seen is None or asked != question:
        tested = Tested.of(run, floor=floor, most=most, seed=seed)
        sample, folds = tested.sample, tested.folds
        visible: dict[str, Visible] = {}
        if tested.values:
            visible = visible_facts(
                tested.values, sample, tested.embeddings, folds, seed=seed, progress=progress
            )
        seen = Seen(tested, visible)
        _kept[run] = question, seen
    progress(1.0)
    return seen
