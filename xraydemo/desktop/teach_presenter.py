"""What the tab Teach shows: a dial, two curves, and what the checks say as the dial turns.

Knows no Qt, and is tested without a display.
"""

from __future__ import annotations

import csv
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from xraydemo.cohort.lesson_dial import KINDS, Kind, Lesson, can_be_tag_only
from xraydemo.desktop import text
from xraydemo.desktop.background import Background, error_of
from xraydemo.desktop.teach_work import Doing, Point, Shown, TeachWork, Trained, Verdict
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

Stage = Literal["empty", "preparing", "ready", "training", "asking"]
STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
ALARMS = ("fail", "warn")
_USED = "confounder.used"
_OF_SIDE = ("value", "low", "high", "n", "patients")
_SHOWN_ANEW = 16  # X-rays made, until the preview is looked at again


class TeachView(Protocol):
    """What the presenter tells the tab; the tab asks back for the details."""

    def lesson_changed(self) -> None:
        """Take note: the stage, the dial, or what was found."""

    def progress_changed(self) -> None:
        """Take note: how far it is, or the curves."""

    def preview_changed(self) -> None:
        """Take note: the X-rays."""


@dataclass
class Outcome:
    """What came of a lesson.

    Parameters
    ----------
    points : list of Point
        The curves.
    verdicts : dict of str to Verdict
        By check.
    trained : Trained, optional
    """

    points: list[Point] = field(default_factory=list)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    trained: Trained | None = None


class TeachPresenter:
    """The dial, the lessons that were trained, and the one that is at work.

    Parameters
    ----------
    view : TeachView
    post : callable
        Takes a function and has the window's thread call it soon; may be called from any thread.
    work : TeachWork, optional
    """

    def __init__(
        self,
        view: TeachView,
        post: Callable[[Callable[[], None]], None],
        work: TeachWork | None = None,
    ) -> None:
        self._view, self._post = view, post
        self._work = work or TeachWork()
        self._background = Background(post, threads=2)
        self._stop = threading.Event()
        self._queue: list[Lesson] = []
        self._begun = 0.0
        self._begun_at = 0
        self._looking = self._look_again = False
        self._opened = self._closed = False

        self.stage: Stage = "empty"
        self.kind: Kind = KINDS[0]
        self.strength = 1.0
        self.tag_only = False
        self.problem: XrayDemoError | None = None
        self.note = ""
        self.doing = Doing("")
        self.made: tuple[int, int] = (0, 0)
        self.preview: list[Shown] = []
        self.outcomes: dict[Lesson, Outcome] = {}

    # what there is to see

    @property
    def lesson(self) -> Lesson:
        """Where the dial stands."""
        return Lesson(self.kind, self.strength, self.tag_only)

    @property
    def outcome(self) -> Outcome | None:
        """What came of the lesson at which the dial stands."""
        return self.outcomes.get(self.lesson)

    @property
    def is_at_work(self) -> bool:
        """Whether something can be stopped."""
        return self.stage in ("preparing", "training", "asking")

    @property
    def can_train(self) -> bool:
        """Whether a training can begin."""
        return self.stage == "ready"

    @property
    def can_turn(self) -> bool:
        """Whether the dial can be turned: not while its lesson is at work."""
        return self.stage not in ("training", "asking")

    @property
    def is_finished(self) -> bool:
        """Whether all checks have spoken of the lesson at which the dial stands."""
        outcome = self.outcome
        return outcome is not None and len(outcome.verdicts) == len(text.TEACH_CHECKS)

    @property
    def share(self) -> float | None:
        """How much is done of what is at work; None where that isn't known."""
        if self.stage == "preparing":
            done, total = self.made
            return done / total if total else None
        if self.stage == "training" and self.doing.what == "training":
            points = self.outcomes[self.lesson].points
            return points[-1].share if points else 0.0
        return self.doing.share

    @property
    def doing_words(self) -> str:
        """What is being done, in words."""
        if self.stage == "preparing":
            done, total = self.made
            new = done - self._begun_at
            left = (time.monotonic() - self._begun) / new * (total - done) if new > 4 else None
            return text.teach_made(done, total, left)
        return text.TEACH_DOING[self.doing.what]

    @property
    def see(self) -> str:
        """What to see here, for a class."""
        outcome = self.outcome
        if self.stage == "empty":
            return text.teach_see_empty()
        if self.stage == "preparing":
            return text.teach_see_preparing()
        if self.stage == "training":
            return text.teach_see_training()
        if self.stage == "asking":
            return text.teach_see_asking()
        if outcome is None or not outcome.points:
            return text.teach_see_ready(self.strength)
        last = outcome.points[-1]
        alarmed = [
            check
            for check in text.TEACH_CHECKS
            if (verdict := outcome.verdicts.get(check)) and verdict.verdict in ALARMS
        ]
        return text.teach_see_finished(
            (last.inside.value, last.inside.low, last.inside.high),
            (last.outside.value, last.outside.low, last.outside.high),
            self.strength,
            alarmed,
            use_is_open=(used := outcome.verdicts.get(_USED)) is not None and used.is_open,
        )

    def rows(self) -> list[tuple[Lesson, Outcome | None]]:
        """Give a row of the table for each strength of the kind that is chosen."""
        lessons = [Lesson(self.kind, strength, self.tag_only) for strength in STRENGTHS]
        return [(lesson, self.outcomes.get(lesson)) for lesson in lessons]

    # what the reader does

    def open(self) -> None:
        """Look what is there, when the tab is first looked at."""
        if self._opened:
            return
        self._opened = True
        self._background.run(self._work.is_prepared, self._opened_with)

    def choose(
        self,
        *,
        kind: Kind | None = None,
        strength: float | None = None,
        tag_only: bool | None = None,
    ) -> None:
        """Turn the dial; nothing while a lesson is at work."""
        if not self.can_turn:
            return
        self.kind = self.kind if kind is None else kind
        self.strength = self.strength if strength is None else strength
        self.tag_only = self.tag_only if tag_only is None else tag_only
        self.tag_only = self.tag_only and can_be_tag_only(self.kind)
        self.note = ""
        self._look()
        self._view.lesson_changed()

    def prepare(self) -> None:
        """Make the X-rays."""
        if self.stage != "empty":
            return
        self._begin("preparing")
        self.made, self._begun, self._begun_at = (0, 0), time.monotonic(), -1
        self._background.run(
            lambda: self._work.prepare(self._told_made, self._stop.is_set), self._prepared
        )

    def train(self) -> None:
        """Train with the dial where it stands."""
        if self.can_train:
            self._queue = []
            self._train()

    def train_all(self) -> None:
        """Train at every strength that wasn't yet, one after the other."""
        if not self.can_train:
            return
        self._queue = [
            lesson
            for lesson, outcome in self.rows()
            if outcome is None or len(outcome.verdicts) < len(text.TEACH_CHECKS)
        ]
        self._next()

    def stop(self) -> None:
        """Stop what is at work."""
        if self.is_at_work:
            self._queue = []
            self._stop.set()

    def save_table(self, path: Path) -> None:
        """Write all that was found as CSV.

        Raises
        ------
        XrayDemoError
            If it can't be written.
        """
        checks = list(text.TEACH_CHECKS)
        sides = [f"{side}_{what}" for side in ("inside", "outside") for what in _OF_SIDE]
        try:
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(["shortcut", "tag_only", "strength", *sides, *checks])
                for lesson, outcome in self.outcomes.items():
                    last = outcome.points[-1]
                    numbers = [
                        getattr(side, what)
                        for side in (last.inside, last.outside)
                        for what in _OF_SIDE
                    ]
                    said = [_said(outcome.verdicts.get(check)) for check in checks]
                    writer.writerow(
                        [lesson.kind, lesson.tag_only, lesson.strength, *numbers, *said]
                    )
        except OSError as error:
            message = text.TABLE_NOT_WRITTEN.format(path=path, why=error.strerror)
            raise XrayDemoError(message, text.TABLE_NOT_WRITTEN_HINT) from error

    def refuse(self, problem: XrayDemoError) -> None:
        """Say what is wrong with what the reader wanted."""
        self.problem = problem
        self._view.lesson_changed()

    def close(self) -> None:
        """End all that is at work, and remove what was trained."""
        self._closed = True
        self._queue = []
        self._stop.set()
        self._background.close()
        self._work.close()

    # within

    def _begin(self, stage: Stage) -> None:
        self.stage, self.problem, self.note = stage, None, ""
        self._stop.clear()
        self._view.lesson_changed()

    def _opened_with(self, future: Future[bool]) -> None:
        self.problem = error_of(future)
        if self.problem is None and future.result() and self.stage == "empty":
            self.stage = "ready"
        self._look()
        self._view.lesson_changed()

    def _told_made(self, done: int, total: int) -> None:
        """Hear how many are made; in the work's thread."""

        def note() -> None:
            if self._begun_at < 0:
                self._begun_at = done
            self.made = done, total
            if done <= _SHOWN_ANEW or done % _SHOWN_ANEW == 0:
                self._look()
            self._view.progress_changed()

        self._post_if_open(note)

    def _prepared(self, future: Future[bool]) -> None:
        self.problem = error_of(future)
        is_done = self.problem is None and future.result()
        self.stage = "ready" if is_done else "empty"
        if self.problem is None and not is_done:
            self.note = text.TEACH_STOPPED_MAKING
        self._look()
        self._view.lesson_changed()

    def _next(self) -> None:
        """Turn the dial to the next lesson that waits, and train."""
        if self._queue and not self._stop.is_set():
            self.strength = self._queue.pop(0).strength
            self._look()
            self._train()

    def _train(self) -> None:
        lesson = self.lesson
        self.outcomes.pop(lesson, None)
        outcome = self.outcomes[lesson] = Outcome()
        self.doing = Doing("")
        self._begin("training")

        def heard(news: Point | Doing) -> None:
            def note() -> None:
                if isinstance(news, Point):
                    outcome.points.append(news)
                    self.doing = Doing("training")
                else:
                    self.doing = news
                self._view.progress_changed()

            self._post_if_open(note)

        self._background.run(
            lambda: self._work.train(lesson, heard, self._stop.is_set),
            lambda future: self._trained(lesson, outcome, future),
        )

    def _trained(self, lesson: Lesson, outcome: Outcome, future: Future[Trained | None]) -> None:
        problem = error_of(future)
        trained = None if problem else future.result()
        if trained is None:
            self._give_up(lesson, problem)
            return
        outcome.trained = trained
        self.doing = Doing("reading")
        self._begin("asking")

        def heard(news: Verdict | Doing) -> None:
            def note() -> None:
                if isinstance(news, Verdict):
                    outcome.verdicts[news.check] = news
                    self._view.lesson_changed()
                else:
                    self.doing = news
                    self._view.progress_changed()

            self._post_if_open(note)

        self._background.run(
            lambda: self._work.ask(trained, heard, self._stop.is_set),
            self._asked,
        )

    def _asked(self, future: Future[bool]) -> None:
        """Go on; what the checks said is kept, also where they were stopped or failed."""
        self.problem = error_of(future)
        is_done = self.problem is None and future.result()
        self.stage = "ready"
        if is_done:
            self._view.lesson_changed()
            self._next()
            return
        self._queue = []
        self.note = "" if self.problem else text.TEACH_STOPPED_ASKING
        self._view.lesson_changed()

    def _give_up(self, lesson: Lesson, problem: XrayDemoError | None) -> None:
        """Drop a lesson that was stopped, or that failed."""
        self._queue = []
        self.outcomes.pop(lesson, None)
        self.stage, self.problem = "ready", problem
        self.note = "" if problem else text.TEACH_STOPPED
        self._view.lesson_changed()

    def _look(self) -> None:
        """Have the preview drawn anew; one drawing at a time."""
        if self._looking:
            self._look_again = True
            return
        self._looking, self._look_again = True, False
        lesson = self.lesson

        def drawn(future: Future[list[Shown]]) -> None:
            self._looking = False
            problem = error_of(future)
            if problem:
                self.problem = problem
                self._view.lesson_changed()
            else:
                self.preview = future.result()
                self._view.preview_changed()
            if self._look_again:
                self._look()

        self._background.run(lambda: self._work.preview(lesson), drawn)

    def _post_if_open(self, note: Callable[[], None]) -> None:
        self._post(lambda: None if self._closed else note())


def _said(verdict: Verdict | None) -> str:
    """Write a verdict for a table."""
    if verdict is None:
        return ""
    words = verdict.verdict
    return words if verdict.settled else text.TABLE_NOT_SETTLED.format(verdict=words)
