"""Whether heat maps point at what radiologists have marked with boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xraydemo.evaluation.confounding.heatmap_share import (
    FINE,
    cells_of_outlines,
    centred_blob,
    is_in_boxes,
    outline_of_boxes,
    points_said,
    share_inside,
    strongest_point,
)
from xraydemo.evaluation.given import Box
from xraydemo.evaluation.result import Number, Table
from xraydemo.evaluation.tell_result import percent, share_said
from xraydemo.metrics.bootstrap import Estimate, Resampling
from xraydemo.metrics.intervals import proportion
from xraydemo.metrics.weighted import mean

MIDDLE = (0.5, 0.5)

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pointing:
    """How the maps of X-rays with boxes point at them.

    Attributes
    ----------
    groups : ndarray of str, shape (n,)
    hits, blob_hits : ndarray of bool, shape (n,)
        Whether the strongest point of the map, and the middle of the picture, lies in a box.
    energy, blob, lungs, area : ndarray of float64, shape (n,)
        Share in the boxes: of the map's evidence, of a centred blob, of the lungs, of the picture.
    """

    groups: NDArray[np.str_]
    hits: NDArray[np.bool_]
    blob_hits: NDArray[np.bool_]
    energy: Numbers
    blob: Numbers
    lungs: Numbers
    area: Numbers

    @classmethod
    def of(
        cls,
        maps: NDArray[np.float32],
        boxes: Sequence[Sequence[Box]],
        outlines: NDArray[np.bool_],
        groups: NDArray[np.str_],
    ) -> Pointing:
        """Hold maps against boxes.

        Parameters
        ----------
        maps : ndarray, shape (n, side, side)
        boxes : sequence of sequence of Box
            Of each X-ray.
        outlines : ndarray of bool, shape (n, h, w)
            Of the lungs.
        groups : ndarray of str, shape (n,)
        """
        side = maps.shape[-1]
        drawn = np.stack([outline_of_boxes(one, side * FINE) for one in boxes])
        cells = cells_of_outlines(drawn, side)
        lungs = cells_of_outlines(outlines, side * FINE)
        hits = [is_in_boxes(strongest_point(m), one) for m, one in zip(maps, boxes, strict=True)]
        return cls(
            groups,
            np.array(hits, bool),
            np.array([is_in_boxes(MIDDLE, one) for one in boxes], bool),
            # a map that speaks for the class nowhere puts nothing into the boxes
            np.nan_to_num(share_inside(maps, cells)),
            share_inside(np.broadcast_to(centred_blob(side), cells.shape), cells),
            np.nan_to_num(share_inside(lungs, drawn.astype(np.float32))),
            np.asarray(drawn.mean(axis=(1, 2)), np.float64),
        )

    def _mean(self, values: Numbers) -> Estimate:
        strata = np.zeros(len(values), np.intp)
        return Resampling.of(strata, self.groups, seed=0).estimate(lambda w: mean(w, values))

    def findings(self) -> tuple[str, ...]:
        """Say whether the maps find what radiologists have marked."""
        hits, middle = (proportion(h, self.groups) for h in (self.hits, self.blob_hits))
        over_lungs = self._mean(self.energy - self.lungs)
        if over_lungs.low > 0:
            found = "more than a map that knew only where the lungs are"
        elif over_lungs.high < 0:
            found = "less than a map that knew only where the lungs are"
        else:
            found = "not shown to be more than a map that knew only where the lungs are"
        sentence = (
            f"Do the maps point at what radiologists marked? In {share_said(hits)} of "
            f"{len(self.hits):,} X-rays the strongest point lies in a box; the middle of the "
            f"picture does in {share_said(middle)}, a random point of the lungs in "
            f"{percent(self.lungs.mean())}, of the picture in {percent(self.area.mean())}. In the "
            f"boxes lies {percent(self.energy.mean())} of the evidence: {found} (difference "
            f"{points_said(over_lungs)})."
        )
        return (sentence,)

    def tables(self) -> tuple[Table, ...]:
        """Give the numbers."""
        shares = {
            "heat map": self.energy,
            "centred blob": self.blob,
            "lungs": self.lungs,
            "picture (chance)": self.area,
        }
        return (
            Table(
                "Radiologists' boxes: share of X-rays whose strongest point lies in one",
                (
                    Number.of("pointing game", "heat map", proportion(self.hits, self.groups)),
                    Number.of("pointing game", "middle", proportion(self.blob_hits, self.groups)),
                ),
            ),
            Table(
                "Radiologists' boxes: share of the evidence in them",
                (
                    *(
                        Number.of("share in boxes", name, self._mean(values))
                        for name, values in shares.items()
                    ),
                    *(
                        Number.of("more than", name, self._mean(self.energy - values))
                        for name, values in shares.items()
                        if name != "heat map"
                    ),
                ),
            ),
        )
