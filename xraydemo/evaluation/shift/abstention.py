"""What is gained, and who pays, when foreign or unsure X-rays are set aside.

*Foreign*: unlike what the model was made from. *Unsure*: the model itself hesitates between the
classes. *Wrong*: its answer is not the label. Three things, and none of them is another.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from xraydemo.evaluation.figures import Curves, Line
from xraydemo.evaluation.result import Number, Table
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.tell_result import share_said
from xraydemo.metrics.bootstrap import Estimate
from xraydemo.metrics.intervals import proportion
from xraydemo.metrics.selective import aurc, kept_first
from xraydemo.metrics.weighted import macro_auc, mean, share
from xraydemo.model.doubt import entropy

SHARES = tuple(round(0.05 * k, 2) for k in range(1, 21))
BY_FOREIGNNESS = "the most foreign first"
BY_DOUBT = "the most unsure first"
AT_RANDOM = "any, at random"
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Abstention:
    """Labelled X-rays, and in which order they would be set aside.

    Attributes
    ----------
    sample : Sample, n rows
    foreignness, doubt : ndarray of float64, shape (n,)
        The higher, the earlier it is set aside; doubt is the entropy of the probabilities.
    foreign, unsure : ndarray of bool, shape (n,)
        What is called so.
    """

    sample: Sample
    foreignness: Floats
    doubt: Floats
    foreign: Mask
    unsure: Mask

    @classmethod
    def of(cls, run: Run, foreignness: Floats) -> Abstention:
        """Take the labelled X-rays of a run of which it is known how foreign they are.

        Parameters
        ----------
        run : Run
        foreignness : ndarray of float64, shape (len(run),)
            NaN where unknown.
        """
        whole = run.sample
        sample = whole.part(~np.isnan(foreignness[whole.positions]))
        judged = run.judgements.iloc[sample.positions]
        return cls(
            sample,
            foreignness[sample.positions],
            entropy(sample.probabilities),
            (judged["foreign_verdict"] == "foreign").to_numpy(bool),
            (judged["doubt"] == "unsure").to_numpy(bool),
        )

    @cached_property
    def wrong(self) -> Mask:
        """Tell which answers are not the label, shape (n,)."""
        return np.asarray(self.sample.predicted != self.sample.truth)

    @property
    def _orders(self) -> dict[str, Floats]:
        return {BY_FOREIGNNESS: self.foreignness, BY_DOUBT: self.doubt}

    def curves(self) -> Curves:
        """Draw the share of wrong answers against the share that is kept."""
        lines = [self._line(name, order) for name, order in self._orders.items()]
        rate = float(self.wrong.mean())
        lines.append(Line(AT_RANDOM, (SHARES[0], 1.0), (rate, rate)))
        return Curves(
            title="What is gained by setting X-rays aside",
            x_label="share of X-rays that is kept and answered",
            y_label="share of wrong answers among them",
            lines=tuple(lines),
        )

    def _line(self, name: str, order: Floats) -> Line:
        errors = []
        for kept_share in SHARES:
            kept = kept_first(order, kept_share)
            errors.append(proportion(self.wrong[kept], self.sample.groups[kept]))
        values, lows, highs = zip(*(e[:3] for e in errors), strict=True)
        return Line(name, SHARES, values, lows, highs)

    def areas(self) -> Table:
        """Average the error over all shares kept (AURC); setting aside at random is the error."""
        rate = self.wrong.astype(np.float64)
        rows = []
        for name, order in self._orders.items():
            rows.append(Number.of("AURC", name, self._area(order)))
        random = self.sample.resampling.estimate(lambda w: mean(w, rate))
        rows.append(Number.of("AURC", AT_RANDOM, random))
        rows.append(Number.of("AURC", "the wrong first (the best there is)", self._area(rate)))
        rows += [
            Number.of("AURC less than at random by", name, self._gain(order))
            for name, order in self._orders.items()
        ]
        return Table("Error, averaged over all shares that may be kept", tuple(rows))

    def _area(self, order: Floats) -> Estimate:
        return self.sample.resampling.estimate(lambda w: aurc(w, order, self.wrong))

    def _gain(self, order: Floats) -> Estimate:
        wrong, rate = self.wrong, self.wrong.astype(np.float64)
        return self.sample.resampling.estimate(lambda w: mean(w, rate) - aurc(w, order, wrong))

    def what_is_left(self) -> Table:
        """Measure what is kept when the foreign, the unsure, or both are set aside."""
        everyone = np.ones(len(self.sample), bool)
        kept_masks = {
            "all": everyone,
            "without the foreign": ~self.foreign,
            "without the unsure": ~self.unsure,
            "without both": ~self.foreign & ~self.unsure,
        }
        rows = []
        for name, kept in kept_masks.items():
            part = self.sample.part(kept)
            rows.append(Number.of("share kept", name, proportion(kept, self.sample.groups)))
            if not len(part):
                continue
            rows.append(Number.of("share wrong", name, proportion(self.wrong[kept], part.groups)))
            if len(np.unique(part.truth)) > 1:
                rows.append(Number.of("macro AUC", name, _macro_auc(part)))
        return Table("What is left when X-rays are set aside", tuple(rows))

    def how_often_wrong(self) -> Table:
        """Give the share of wrong answers among the foreign, the unsure, and the others."""
        parts = {
            "foreign": self.foreign,
            "not foreign": ~self.foreign,
            "unsure": self.unsure,
            "sure": ~self.unsure,
            "foreign, yet sure": self.foreign & ~self.unsure,
        }
        rows = [
            Number.of("share wrong", name, proportion(self.wrong[mask], self.sample.groups[mask]))
            for name, mask in parts.items()
            if mask.any()
        ]
        return Table("How often the answer is wrong", tuple(rows))

    def findings(self) -> tuple[str, ...]:
        """Say what setting aside gains, for the foreign and for the unsure."""
        error = proportion(self.wrong, self.sample.groups)
        said = [
            self._said_of(aside, word, error)
            for aside, word in ((self.foreign, "foreign"), (self.unsure, "unsure"))
        ]
        for name, order in self._orders.items():
            gain = self._gain(order)
            if gain.low <= 0:
                what = "how foreign" if name == BY_FOREIGNNESS else "how unsure"
                said.append(
                    f"Ordering X-rays by {what} they are is not shown to find wrong answers better "
                    "than chance here: use it to ask whether the model may be asked, not whether "
                    "it is right."
                    if name == BY_FOREIGNNESS
                    else f"Ordering X-rays by {what} the model is is not shown to find wrong "
                    "answers better than chance here: its own doubt is no warning of an error."
                )
        return tuple(said)

    def _said_of(self, aside: Mask, word: str, error: Estimate) -> str:
        n = int(aside.sum())
        if not n:
            return f"No labelled X-ray is {word}: setting the {word} ones aside changes nothing."
        if n == len(aside):
            return f"All labelled X-rays are {word}: nothing would be left."
        kept, wrong = ~aside, self.wrong
        left = proportion(wrong[kept], self.sample.groups[kept])
        everyone = np.ones(len(wrong), bool)
        less = self.sample.resampling.estimate(
            lambda w: share(w, wrong, everyone) - share(w, wrong, kept)
        )
        more = "fewer" if less.value >= 0 else "more"
        low, high = sorted(abs(100 * end) for end in (less.low, less.high))
        if less.low > 0 or less.high < 0:
            effect = "this helps" if less.low > 0 else "this took away the better answers"
            effect += f", {100 * abs(less.value):.1f} points {more} [{low:.1f}, {high:.1f}]"
        else:
            effect = "which is within chance"
        return (
            f"With the {n} {word} X-rays set aside, {share_said(left)} of the other {left.n:,} "
            f"answers are wrong, instead of {share_said(error)} of all {error.n:,}: {effect}."
        )


def _macro_auc(part: Sample) -> Estimate:
    return part.resampling.estimate(lambda w: macro_auc(w, part.truth, part.probabilities))
