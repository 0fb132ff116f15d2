"""The tour: the story that the program was born from, in six steps. Knows no Qt.

Each step says a few sentences, with numbers as soon as they are measured, and has the window show
what it speaks of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from xraydemo.desktop import text, tour_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from xraydemo.evaluation.result import CheckResult
    from xraydemo.evaluation.story import Travelled
    from xraydemo.metrics.bootstrap import Estimate
    from xraydemo.model.reading import Reading

Subject = Literal["ill", "healthy"]
NEWNESS, USED, PIXELS = "confounder.newness", "confounder.used", "confounder.pixels"


class TourView(Protocol):
    """What the tour tells its view; the view asks back for the details."""

    def step_changed(self) -> None:
        """Take note: another step, or other words for it."""

    def closed(self) -> None:
        """Take note: the tour is over."""


class Stage(Protocol):
    """What the tour has the window do, and what is known there."""

    def read(self, subject: Subject) -> None:
        """Show one of the two X-rays of the story in Read, with its heat map."""

    def show_verdicts(self) -> None:
        """Show the cards of all checks."""

    def show_check(self, check: str) -> None:
        """Show what a check found."""

    def cover_lungs(self) -> None:
        """Lay the healthy X-ray onto the bench, and cover its lungs."""

    def compare(self) -> None:
        """Compare with the honest model."""

    @property
    def travelled(self) -> Travelled | None:
        """The model at home and elsewhere; None while X-rays are being read."""

    @property
    def of_honest(self) -> Travelled | None:
        """The same of the honest model; None while the two are being compared."""

    @property
    def reading(self) -> Reading | None:
        """What the model says of the X-ray that is shown."""

    @property
    def what_if(self) -> tuple[Reading, Reading] | None:
        """What it says of the healthy X-ray, before and after."""

    @property
    def asked(self) -> tuple[int, int]:
        """How many checks have answered, and how many have failed."""

    @property
    def is_asked(self) -> bool:
        """Whether all have answered."""

    def found(self, check: str) -> CheckResult | None:
        """Give what a check found; None before that."""


@dataclass(frozen=True)
class Step:
    """A step.

    Parameters
    ----------
    title : str
    show : callable
        Has the stage show what it speaks of.
    words : callable
        What is said, as far as it is known.
    is_ready : callable
        Whether all of it is known.
    """

    title: str
    show: Callable[[Stage], None]
    words: Callable[[Stage], str]
    is_ready: Callable[[Stage], bool]


class Tour:
    """Where the reader is in the story.

    Parameters
    ----------
    view : TourView
    stage : Stage
    """

    def __init__(self, view: TourView, stage: Stage) -> None:
        self._view = view
        self._stage = stage
        self._told = ""
        self.place = 0
        self.is_over = False

    @property
    def step(self) -> Step:
        """The step."""
        return STEPS[self.place]

    @property
    def words(self) -> str:
        """What is said now."""
        return self.step.words(self._stage)

    @property
    def is_ready(self) -> bool:
        """Whether all that the step speaks of is there."""
        return self.step.is_ready(self._stage)

    @property
    def is_first(self) -> bool:
        """Whether there is no way back."""
        return self.place == 0

    @property
    def is_last(self) -> bool:
        """Whether there is no way on."""
        return self.place == len(STEPS) - 1

    def begin(self) -> None:
        """Begin with the first step."""
        self._go_to(0)

    def go_on(self) -> None:
        """Go to the next step; after the last one the tour is over."""
        if self.is_last:
            self.close()
        else:
            self._go_to(self.place + 1)

    def go_back(self) -> None:
        """Go to the step before."""
        if not self.is_first:
            self._go_to(self.place - 1)

    def close(self) -> None:
        """End the tour; the window stays as it is."""
        self.is_over = True
        self._view.closed()

    def refresh(self) -> None:
        """Say what has become known since."""
        if not self.is_over and self.words != self._told:
            self._told = self.words
            self._view.step_changed()

    def _go_to(self, place: int) -> None:
        self.place = place
        self.step.show(self._stage)
        self._told = self.words
        self._view.step_changed()


def _superb(stage: Stage) -> str:
    found = stage.travelled
    if found is None:
        return f"{tour_text.SUPERB} {tour_text.WAIT_READING}"
    return f"{tour_text.SUPERB} {tour_text.SUPERB_KNOWN.format(auc=_said(found.inside))}"


def _elsewhere(stage: Stage) -> str:
    found = stage.travelled
    if found is None:
        return f"{tour_text.ELSEWHERE} {tour_text.WAIT_READING}"
    known = tour_text.ELSEWHERE_KNOWN.format(
        inside=_said(found.inside), outside=_said(found.outside), lost=_span(found.lost)
    )
    return f"{tour_text.ELSEWHERE} {known}"


def _wall(stage: Stage) -> str:
    answered, failed = stage.asked
    more = "" if stage.is_asked else f" {tour_text.WAIT_ASKING}"
    return tour_text.WALL.format(answered=answered, failed=failed) + more


def _why(stage: Stage) -> str:
    found = [stage.found(check) for check in (NEWNESS, USED, PIXELS)]
    told = [f"{r.check}: {r.verdict.value.replace('_', ' ')}" for r in found if r]
    more = "" if len(told) == len(found) else f" {tour_text.WAIT_ASKING}"
    return f"{tour_text.WHY} {'; '.join(told)}{'.' if told else ''}{more}"


def _what_if(stage: Stage) -> str:
    answers = stage.what_if
    if answers is None:
        return f"{tour_text.WHAT_IF} {tour_text.WAIT_MODEL}"
    before, after = answers
    known = tour_text.WHAT_IF_KNOWN.format(before=_called(before), after=_called(after))
    stayed = before.predicted == after.predicted
    return f"{tour_text.WHAT_IF} {known} {tour_text.NEVER_LOOKED if stayed else tour_text.GONE}"


def _honest(stage: Stage) -> str:
    trap, honest = stage.travelled, stage.of_honest
    if trap is None or honest is None:
        return f"{tour_text.HONEST} {tour_text.WAIT_COMPARE}"
    known = tour_text.HONEST_KNOWN.format(
        inside=_span(honest.inside), outside=_span(honest.outside), trap=_span(trap.outside)
    )
    return f"{tour_text.HONEST} {known}"


def _said(estimate: Estimate) -> str:
    return f"{_span(estimate)}, n = {estimate.n:,}"


def _span(estimate: Estimate) -> str:
    return f"{estimate.value:.2f} [{estimate.low:.2f}, {estimate.high:.2f}]"


def _called(reading: Reading) -> str:
    share = reading.probability_of(reading.predicted)
    return f"{text.class_name(reading.predicted)} ({100 * share:.0f} %)"


STEPS = (
    Step(
        tour_text.SUPERB_TITLE,
        lambda stage: stage.read("ill"),
        _superb,
        lambda stage: stage.travelled is not None and stage.reading is not None,
    ),
    Step(
        tour_text.ELSEWHERE_TITLE,
        lambda stage: stage.read("healthy"),
        _elsewhere,
        lambda stage: stage.travelled is not None and stage.reading is not None,
    ),
    Step(
        tour_text.WALL_TITLE,
        lambda stage: stage.show_verdicts(),
        _wall,
        lambda stage: stage.is_asked,
    ),
    Step(
        tour_text.WHY_TITLE,
        lambda stage: stage.show_check(NEWNESS),
        _why,
        lambda stage: all(stage.found(check) for check in (NEWNESS, USED, PIXELS)),
    ),
    Step(
        tour_text.WHAT_IF_TITLE,
        lambda stage: stage.cover_lungs(),
        _what_if,
        lambda stage: stage.what_if is not None,
    ),
    Step(
        tour_text.HONEST_TITLE,
        lambda stage: stage.compare(),
        _honest,
        lambda stage: stage.of_honest is not None,
    ),
)
