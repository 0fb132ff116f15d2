"""The demo's story in numbers: what a model is at home, and what it is elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from xraydemo.classes import CLASSES
from xraydemo.cohort.demo import INSIDE, OUTSIDE
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.sample import Sample
from xraydemo.metrics.bootstrap import Estimate
from xraydemo.metrics.intervals import independent_difference
from xraydemo.metrics.weighted import auc

PART = "part"
STORY_CHECKS = ("confounder.newness", "confounder.used", "confounder.pixels")
COVERED = "black_lungs"
COVID = CLASSES.index("covid")


@dataclass(frozen=True)
class Travelled:
    """How well a model tells covid from all else, at home and elsewhere: AUC.

    Attributes
    ----------
    inside, outside : Estimate
    lost : Estimate
        `inside` less `outside`; its n is that of `outside`.
    """

    inside: Estimate
    outside: Estimate
    lost: Estimate


def travelled(run: Run) -> Travelled:
    """Measure a run of the demo's cohort in both of its parts.

    Parameters
    ----------
    run : Run
        With a column `part`: inside or outside.
    """
    inside, outside = _auc(part_of(run, INSIDE)), _auc(part_of(run, OUTSIDE))
    lost = Estimate(*independent_difference(outside, inside), outside.n, outside.n_groups)
    return Travelled(inside, outside, lost)


def part_of(run: Run, part: str) -> Sample:
    """Give the X-rays of one part, with draws of their own."""
    whole = run.sample
    mask = run.known(PART).iloc[whole.positions].to_numpy(str) == part
    return Sample.of(
        whole.positions[mask], whole.truth[mask], whole.probabilities[mask], whole.groups[mask]
    )


def _auc(sample: Sample) -> Estimate:
    scores, is_covid = sample.probabilities[:, COVID], sample.truth == COVID
    return sample.resampling.estimate(lambda weights: auc(weights, scores, is_covid))
