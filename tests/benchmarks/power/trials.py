"""One trial: a cohort is made, and a check is asked of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from tests.benchmarks.power.cells import ENCODED, METADATA_CHECK, PIXELS, USED_CHECK, Cell
from tests.benchmarks.power.cohorts import METADATA, USED, cohort, cohort_with_findings
from tests.benchmarks.power.stock import PLANTED, Findings, Patients
from tests.evaluation.runs import ask
from xraydemo.evaluation.figures import Grid
from xraydemo.evaluation.given import Given
from xraydemo.evaluation.result import CheckResult, Verdict
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.store import open_run

_PRESENT, VISIBLE, USE = range(3)  # steps of the ladder
ANY = next(iter(PLANTED))  # where nothing is planted in pixels, any kind does


@dataclass(frozen=True)
class Outcome:
    """What a check said.

    Attributes
    ----------
    check : str
    fired : bool
        It warned or failed; of many facts, because of the planted one.
    false_alarm : bool
        It warned or failed of something that is not so; of many facts, of any.
    lost : float
        What the check measured: AUC lost, or the share that remains; NaN where it doesn't.
    cannot_tell : bool
    """

    check: str
    fired: bool
    false_alarm: bool
    cannot_tell: bool
    lost: float = math.nan


class Bench:
    """Makes trials on the X-rays of a run.

    Parameters
    ----------
    folder : Path
        Of the run; what is asked of the network is kept there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prepare(self, cell: Cell) -> None:
        """Ask for the embeddings of a cell, so that its trials needn't."""
        stock = self._findings if cell.check == PIXELS else self._patients
        stock.of(cell.kind or ANY)

    def trial(self, cell: Cell, seed: int) -> list[Outcome]:
        """Make one, and say what each check said that the cell asks."""
        generator = np.random.default_rng([seed, *cell.key.encode()])
        with threadpool_limits(1):  # many small matrices: threads would wait for each other
            if cell.check == PIXELS:
                return [self._of_pixels(cell, generator)]
            run = self._cohort(cell, generator)
            if cell.check == METADATA_CHECK:
                return [_of_metadata(cell, run)]
            return _of_ladder(cell, run)

    def _cohort(self, cell: Cell, generator: np.random.Generator) -> Run:
        how = (cell.condition, cell.strength, cell.taught, cell.n)
        return cohort(self._patients, self._patients.of(cell.kind or ANY), *how, generator)

    def _of_pixels(self, cell: Cell, generator: np.random.Generator) -> Outcome:
        how = (cell.condition, cell.strength, cell.taught, cell.n)
        shown = self._findings.of(cell.kind)
        run, laboratory = cohort_with_findings(self._findings, shown, *how, generator)
        result = ask(run, PIXELS, given=Given(laboratory=laboratory))
        fires = _fires(result)
        false = fires and cell.condition != USED
        return Outcome(PIXELS, fires, false, _cannot(result), _left(result))

    @cached_property
    def _patients(self) -> Patients:
        return Patients(self._run, self._folder)

    @cached_property
    def _findings(self) -> Findings:
        return Findings(self._run, self._folder)

    @cached_property
    def _run(self) -> Run:
        return open_run(self._folder)


def _of_metadata(cell: Cell, run: Run) -> Outcome:
    result = ask(run, METADATA_CHECK)
    fires = _fires(result)
    return Outcome(METADATA_CHECK, fires, fires and cell.is_null, _cannot(result))


def _of_ladder(cell: Cell, run: Run) -> list[Outcome]:
    """Ask `confounder.encoded` and `confounder.used`; the steps say what fired."""
    encoded, used = ask(run, ENCODED), ask(run, USED_CHECK)
    grid = used.figures[-1]
    assert isinstance(grid, Grid), used.headline
    steps = dict(zip(grid.row_labels, grid.values, strict=True))
    planted = steps.pop("planted")
    seen, use = (planted[step] == 1.0 for step in (VISIBLE, USE))
    others_seen, others_used = (
        any(of[step] == 1.0 for of in steps.values()) for step in (VISIBLE, USE)
    )
    assert _fires(encoded) == (seen or others_seen), encoded.headline
    assert _fires(used) == (use or others_used), used.headline
    unseen, unused = cell.condition == METADATA, cell.condition != USED
    cannot_tell = bool(np.isnan(planted[USE]))
    return [
        Outcome(ENCODED, seen, (seen and unseen) or others_seen, _cannot(encoded)),
        Outcome(USED_CHECK, use, (use and unused) or others_used, cannot_tell, _lost(used)),
    ]


def _lost(used: CheckResult) -> float:
    """Give what matching on the planted fact cost, as an AUC."""
    rows = [row for row in used.tables[0].rows if row.metric == "AUC lost by matching"]
    return max((r.value for r in rows if r.where.startswith("planted")), default=math.nan)


def _left(pixels: CheckResult) -> float:
    """Give the largest share of a class's AUC that remains without the lungs."""
    rows = pixels.tables[0].rows if pixels.tables else ()
    return max((r.value for r in rows if r.metric.startswith("share")), default=math.nan)


def _fires(result: CheckResult) -> bool:
    assert result.verdict is not Verdict.ERROR, result.headline
    return result.verdict in (Verdict.WARN, Verdict.FAIL)


def _cannot(result: CheckResult) -> bool:
    return result.verdict is Verdict.CANNOT_CHECK
