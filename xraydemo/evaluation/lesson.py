"""Asks the checks of a network that teaching mode has just trained, inside and outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from xraydemo.cohort.cohort import read_cohort
from xraydemo.engine.client import Engine
from xraydemo.evaluation.beside import given_with
from xraydemo.evaluation.collect import Progress, collect
from xraydemo.evaluation.given import NOTHING, Given
from xraydemo.evaluation.pooling import pool
from xraydemo.evaluation.result import CheckResult
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.runner import run_checks
from xraydemo.evaluation.store import open_run
from xraydemo.evaluation.thresholds import load_thresholds

# the quick ones first; each with the side that it is asked of. Whether a fact is used no one can
# tell inside, where it never is without the class: that is asked of both sides together.
CHECKS = {
    "confounder.newness": "inside",
    "confounder.metadata": "inside",
    "shift.gap": "outside",
    "confounder.used": "both",
    "confounder.pixels": "inside",
    "confounder.encoded": "inside",
}


@dataclass(frozen=True)
class Reading:
    """How far the reading is: X-rays of both sides."""

    done: int
    total: int


@dataclass(frozen=True)
class Asking:
    """Which check is at work, and what share of it is done."""

    check: str
    share: float


News = Reading | Asking | CheckResult


def run_folders(folder: Path) -> tuple[Path, Path]:
    """Say where the runs of a lesson are: inside, and outside."""
    return folder / "run-inside", folder / "run-outside"


def ask_lesson(
    folder: Path, bundle: Path, inside: Path, outside: Path, tell: Callable[[News], None]
) -> None:
    """Read both sides with the bundle, through the ordinary door, and ask the checks of them.

    Inside is asked whether the label can be told without the lungs; outside, how much is lost; and
    both together, whether the shortcut is used.

    Parameters
    ----------
    folder : Path
        For the runs.
    bundle : Path
    inside, outside : Path
        Tables.
    tell : callable
        Is given a `Reading`, an `Asking` or a `CheckResult`.

    Raises
    ------
    XrayDemoError
        If a table or the bundle can't be used.
    """
    with Engine(bundle, "cpu") as engine:
        at_home, away = _read(engine, (inside, outside), run_folders(folder), tell)
        first, second = run_folders(folder)
        with (
            given_with(engine, first) as at_first,
            given_with(engine, second, reference=at_home) as at_second,
        ):
            asked = {
                "inside": (at_home, at_first),
                "outside": (away, at_second),
                "both": (pool([at_home, away]), NOTHING),
            }
            for check, side in CHECKS.items():
                _ask(check, *asked[side], tell)


def _read(
    engine: Engine,
    tables: tuple[Path, Path],
    folders: tuple[Path, Path],
    tell: Callable[[News], None],
) -> tuple[Run, Run]:
    cohorts = [read_cohort(table) for table in tables]
    total = sum(len(cohort.table) for cohort in cohorts)
    before = 0
    for cohort, folder in zip(cohorts, folders, strict=True):

        def show(progress: Progress, before: int = before) -> None:
            tell(Reading(before + progress.done, total))

        collect(cohort, engine, folder, on_progress=show)
        before += len(cohort.table)
    at_home, away = map(open_run, folders)
    return at_home, away


def _ask(check: str, run: Run, given: Given, tell: Callable[[News], None]) -> None:
    def went_on(name: str, share: float) -> None:
        tell(Asking(name, share))

    thresholds = load_thresholds()
    for result in run_checks(run, thresholds, only=[check], given=given, progress=went_on):
        tell(result)
