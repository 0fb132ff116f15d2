"""What a lesson takes, as jobs for a thread: making X-rays, training on them, asking the checks.

Knows no Qt, and never loads torch: whoever does is started by name.
"""

from __future__ import annotations

import functools
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xraydemo.desktop.child import in_child
from xraydemo.desktop.line_child import hear_child

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from xraydemo.cohort.lesson import Placed
    from xraydemo.cohort.lesson_dial import Lesson

    Stop = Callable[[], bool]

_PATHS = ("bundle", "inside", "outside")
OF_EACH = 4  # X-rays of the preview: with COVID-19, and others


@dataclass(frozen=True)
class Auc:
    """The AUC of COVID-19 against the rest, on one side."""

    value: float
    low: float
    high: float
    n: int
    patients: int


@dataclass(frozen=True)
class Point:
    """What the curves show at one moment of the training; `share` of it is done."""

    share: float
    inside: Auc
    outside: Auc


@dataclass(frozen=True)
class Trained:
    """What a training left behind.

    Parameters
    ----------
    bundle, inside, outside : Path
        The bundle, and tables of X-rays.
    exports : tuple of Path
        What the engine keeps of the bundle elsewhere.
    seconds : float
        It took.
    """

    bundle: Path
    inside: Path
    outside: Path
    exports: tuple[Path, ...]
    seconds: float


@dataclass(frozen=True)
class Verdict:
    """What a check says; where it passes and isn't `settled`, it could not exclude a fault."""

    check: str
    verdict: str
    headline: str
    settled: bool = True

    @property
    def is_open(self) -> bool:
        """Whether nothing was found, but could not be excluded either."""
        return self.verdict == "pass" and not self.settled


@dataclass(frozen=True)
class Doing:
    """What is being done; the share of it, if that is known."""

    what: str
    share: float | None = None


@dataclass(frozen=True, eq=False)
class Shown:
    """An X-ray of the preview, and what is told of it."""

    picture: NDArray[np.uint8]
    label: str
    told: str


class TeachWork:
    """Does the work; every method but `close` may take long.

    Parameters
    ----------
    pool : Path, optional
        Where the lesson's X-rays are kept; default the user's cache.
    n, side : int, optional
        Of them; default what `xraydemo.cohort.lesson_pool` says.
    seconds : float, optional
        Of training; default what `xraydemo.training.teach` says.
    """

    def __init__(
        self,
        pool: Path | None = None,
        n: int | None = None,
        side: int | None = None,
        seconds: float | None = None,
    ) -> None:
        self._pool, self._n, self._side, self._seconds = pool, n, side, seconds
        self._folder: Path | None = None
        self._exports: list[Path] = []

    def is_prepared(self) -> bool:
        """Tell whether all X-rays are there."""
        from xraydemo.cohort.lesson_pool import is_rendered, open_pool

        pool = open_pool(*self._where())
        return pool is not None and bool(is_rendered(pool).all())

    def prepare(self, hear: Callable[[int, int], None], should_stop: Stop) -> bool:
        """Make the X-rays that are missing; False if it was stopped.

        Raises
        ------
        XrayDemoError
            If they can't be made.
        """
        folder, n, side = self._where()
        command = [sys.executable, "-m", "xraydemo.cohort.lesson_pool", str(folder)]
        command += ["--n", str(n), "--side", str(side)]
        return hear_child(command, lambda news: hear(news["done"], news["total"]), should_stop)

    def preview(self, lesson: Lesson) -> list[Shown]:
        """Give some X-rays with what the dial plants on them, as far as they are made."""
        from xraydemo.cohort.lesson import picture
        from xraydemo.cohort.lesson_pool import is_rendered, open_pool
        from xraydemo.cohort.phantom_plan import FOLLOWED

        folder, n, side = self._where()
        pool = open_pool(folder, n, side)
        if pool is None:
            return []
        made = is_rendered(pool)
        there = [one for one in _inside(lesson, n, side) if made[one.place]]
        by_label: dict[str, list[Placed]] = {}
        for one in there:
            by_label.setdefault(one.row.label, []).append(one)
        ill = by_label.pop(FOLLOWED, [])[:OF_EACH]
        # one of each other class, then the next of each
        others = [one for row in zip_longest(*by_label.values()) for one in row if one][:OF_EACH]
        return [
            Shown(picture(pool, one), one.row.label, f"{one.row.date[:4]}, {one.row.source}")
            for one in (*ill, *others)
        ]

    def train(
        self, lesson: Lesson, hear: Callable[[Point | Doing], None], should_stop: Stop
    ) -> Trained | None:
        """Train; None if it was stopped.

        Raises
        ------
        XrayDemoError
            If it fails.
        """
        pool, n, side = self._where()
        folder = self._folder_of(lesson)
        shutil.rmtree(folder, ignore_errors=True)
        found: list[Trained] = []

        def listen(news: dict[str, Any]) -> None:
            if "bundle" in news:
                exports = tuple(map(Path, news["exports"]))
                self._exports += exports
                bundle, inside, outside = (Path(news[key]) for key in _PATHS)
                found.append(Trained(bundle, inside, outside, exports, news["seconds"]))
            elif "share" in news:
                sides = (_auc(news[part]) for part in ("inside", "outside"))
                hear(Point(news["share"], *sides))
            else:
                hear(Doing(news["doing"]))

        command = [sys.executable, "-m", "xraydemo.training.teach", str(pool), str(folder)]
        command += ["--n", str(n), "--side", str(side)]
        command += ["--kind", lesson.kind, "--strength", str(lesson.strength)]
        command += ["--tag-only"] if lesson.tag_only else []
        command += ["--seconds", str(self._seconds)] if self._seconds else []
        if not hear_child(command, listen, should_stop):
            return None
        return found[0]

    def ask(
        self, trained: Trained, hear: Callable[[Verdict | Doing], None], should_stop: Stop
    ) -> bool:
        """Ask the checks of what was trained; False if it was stopped.

        Raises
        ------
        XrayDemoError
            If it fails.
        """
        return bool(in_child(_ask, trained, hear=hear, should_stop=should_stop))

    def close(self) -> None:
        """Remove all that was trained."""
        for export in self._exports:
            for path in (export, export.with_suffix(".bin")):
                path.unlink(missing_ok=True)
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _where(self) -> tuple[Path, int, int]:
        from xraydemo.cohort.lesson_pool import SIDE, THORAXES, pool_folder

        return self._pool or pool_folder(), self._n or THORAXES, self._side or SIDE

    def _folder_of(self, lesson: Lesson) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="xraydemo-lesson-"))
        return self._folder / lesson.name


def run_inside(trained: Trained) -> Path:
    """Say where the run inside is."""
    from xraydemo.evaluation.lesson import run_folders

    return run_folders(trained.inside.parent)[0]


@functools.cache
def _inside(lesson: Lesson, n: int, side: int) -> list[Placed]:
    from xraydemo.cohort.lesson import placed

    return placed(lesson, "inside", n, side)


def _auc(news: dict[str, float]) -> Auc:
    n, patients = int(news["n"]), int(news["n_groups"])
    return Auc(news["value"], news["low"], news["high"], n, patients)


def _ask(trained: Trained, tell: Callable[[object], None]) -> bool:
    """Ask the checks; runs in the child."""
    from xraydemo.evaluation.lesson import CHECKS, Asking, News, Reading, ask_lesson

    last = 0.0

    def hear(news: News) -> None:
        nonlocal last
        if isinstance(news, Reading):
            if time.monotonic() - last > 0.2 or news.done == news.total:
                last = time.monotonic()
                tell(Doing("reading", news.done / news.total))
        elif isinstance(news, Asking):
            place = list(CHECKS).index(news.check)
            tell(Doing("asking", (place + news.share) / len(CHECKS)))
        else:
            tell(Verdict(news.check, news.verdict.value, news.headline, news.settled))

    folder = trained.inside.parent
    ask_lesson(folder, trained.bundle, trained.inside, trained.outside, hear)
    return True
