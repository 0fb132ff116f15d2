"""What the counterfactual bench shows: an X-ray, what is done to it, and what the model then says.

Knows no Qt, and is tested without a display.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from xraydemo.desktop import text
from xraydemo.desktop.background import Background, error_of
from xraydemo.desktop.child import in_child
from xraydemo.desktop.engine_door import NOW
from xraydemo.desktop.export_presenter import ExportPresenter
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from xraydemo.desktop.engine_door import EngineDoor
    from xraydemo.engine.client import Want
    from xraydemo.model.reading import Reading
    from xraydemo.radiograph.interventions import Intervention, Kind

WANT: tuple[Want, ...] = ("lungs",)
BY_HAND = "paint"
NOT_CHOSEN = {BY_HAND, "impute"}  # drawn on the picture; for a check, by numbers of cells


class BenchView(Protocol):
    """What the presenter tells the tab; the tab asks back for the details."""

    def subject_changed(self) -> None:
        """Take note: another X-ray lies on the bench, or none."""

    def steps_changed(self) -> None:
        """Take note: a step was added or taken away."""

    def pictures_changed(self) -> None:
        """Take note: the pictures before and after are there, or are awaited."""

    def answers_changed(self) -> None:
        """Take note: the model answered, or something is wrong."""

    def export_changed(self) -> None:
        """Take note: a figure is being written, was written, or can't be."""


@dataclass(frozen=True)
class Pictures:
    """The X-ray as a reader sees it, before and after.

    Attributes
    ----------
    before, after : ndarray of uint8, shape (height, width)
    """

    before: NDArray[Any]
    after: NDArray[Any]


class BenchPresenter:
    """One X-ray, steps done to it one after the other, and the model's answers to both.

    Parameters
    ----------
    view : BenchView
    post : callable
        Takes a function and has the window's thread call it soon; may be called from any thread.
    engine : callable
        Gives the engine; None while it isn't ready.
    engine_failure : callable
        Gives why there will be no engine, in the engine's own words; empty if it didn't fail.
    """

    def __init__(
        self,
        view: BenchView,
        post: Callable[[Callable[[], None]], None],
        engine: Callable[[], EngineDoor | None],
        engine_failure: Callable[[], str] = lambda: "",
    ) -> None:
        self._view = view
        self._post = post
        self._engine = engine
        self._engine_failure = engine_failure
        self._background = Background(post, threads=1)
        self._version = 0
        self._answered_version = self._drawn_version = -1
        self._asking = self._drawing = False
        self._closed = False
        self._lungs: NDArray[Any] | None = None

        self.export = ExportPresenter(view.export_changed, post)
        self.subject: Path | None = None
        self.steps: list[Intervention] = []
        self.before: Reading | None = None
        self.after: Reading | None = None
        self.pictures: Pictures | None = None
        self.problem: XrayDemoError | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether answers or pictures are older than the steps."""
        shown = min(self._answered_version, self._drawn_version)
        return self.subject is not None and not self.problem and shown < self._version

    @property
    def note(self) -> str:
        """What is to be known about the answers: what they wait for, or how they came about."""
        if self.lungs_missing:
            return text.BENCH_NO_LUNGS
        if not self.is_waiting:
            return ""
        return self._engine_failure() or text.BENCH_WAITING

    @property
    def why_not_saved(self) -> str:
        """Why a figure can't be saved now, in words; empty if it can.

        It would show a picture and answers that don't belong together.
        """
        if self.subject is None:
            return text.BENCH_EMPTY
        if self.problem:
            return self.problem.message
        if self.is_waiting:
            return self._engine_failure() or text.BENCH_SAVE_LATER
        return ""

    @property
    def lungs_missing(self) -> bool:
        """Whether a step needs the lungs, and none were found: the middle stands for them."""
        needed = any(kind_of(step).needs_lungs for step in self.steps)
        return needed and self._lungs is not None and not self._lungs.any()

    def take(self, path: Path | None) -> None:
        """Lay an X-ray onto the bench; the steps stay, so that one can go through many X-rays."""
        if path == self.subject:
            self._go_on()  # the engine may have become ready
            self._view.answers_changed()  # or may have failed
            return
        self.subject = path
        self._lungs = self.before = self.after = self.pictures = self.problem = None
        self._changed()
        self._view.subject_changed()

    def add(self, kind: str) -> None:
        """Add a step of a kind, with its usual settings."""
        from xraydemo.radiograph.interventions import Intervention

        self.steps.append(Intervention(kind))
        self._view.steps_changed()
        self._changed()

    def change(self, place: int, name: str, value: float | str) -> None:
        """Change a setting of the step at a place."""
        step = self.steps[place]
        try:
            self.steps[place] = type(step)(step.kind, {**step.settings, name: value})
        except XrayDemoError as error:  # of two settings that don't fit one another
            self.problem = error
            self._view.answers_changed()
            return
        self._changed()

    def remove(self, place: int) -> None:
        """Take a step away."""
        del self.steps[place]
        self._view.steps_changed()
        self._changed()

    def clear(self) -> None:
        """Take all steps away."""
        self.steps.clear()
        self._view.steps_changed()
        self._changed()

    def cover(self, outline: Sequence[tuple[float, float]]) -> None:
        """Cover an area drawn by hand, corners in shares of width and height; joins the last one.

        Fewer than three corners are no area, and do nothing.
        """
        if len(outline) < 3:
            return
        from xraydemo.radiograph.interventions import Intervention

        every = max(1, len(outline) // 200)
        corners = [[min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)] for x, y in outline[::every]]
        last = self.steps[-1] if self.steps and self.steps[-1].kind == BY_HAND else None
        before = self.steps.pop().settings["polygons"] if last else []
        self.steps.append(Intervention(BY_HAND, {"polygons": [*before, corners]}))
        self._view.steps_changed()
        self._changed()

    def save_figure(self, path: Path) -> None:
        """Have both pictures and both answers written as one figure, PNG, SVG or PDF by the name.

        How that goes is said by `export`.
        """
        if self.why_not_saved or not (self.pictures and self.before and self.after):
            return
        pictures = (self.pictures.before, self.pictures.after)
        readings = (self.before, self.after)
        sentences = [step.sentence for step in self.steps]
        self.export.write(
            path, lambda: in_child(_write_figure, path, pictures, readings, sentences)
        )

    def close(self) -> None:
        """End the threads; nothing is told to the view any more."""
        self._closed = True
        self.export.close()
        self._background.close()

    def _changed(self) -> None:
        self._version += 1
        self.problem = None
        self.export.forget()  # it was of other steps, or another X-ray
        self._go_on()
        self._view.answers_changed()

    def _go_on(self) -> None:
        if self.subject is None or self.problem or self._closed:
            return
        if not self._asking and self._answered_version < self._version:
            self._ask(self.subject)
        if not self._drawing and self._drawn_version < self._version:
            self._draw(self.subject)

    def _ask(self, subject: Path) -> None:
        engine = self._engine()
        if engine is None:
            return
        version, steps = self._version, tuple(self.steps)
        self._asking = True
        future = engine.vary(subject, [(), steps], want=WANT, priority=NOW)

        def settle() -> None:
            if self._closed:
                return
            self._asking = False
            if subject == self.subject:
                self._settle(version, future)
            self._go_on()
            self._view.answers_changed()

        future.add_done_callback(lambda _: self._post(settle))

    def _settle(self, version: int, future: Future[list[Reading]]) -> None:
        self.problem = error_of(future)
        if self.problem:
            return
        self.before, self.after = future.result()
        self._answered_version = version
        first = self._lungs is None
        self._lungs = self.before.lungs
        if first and any(kind_of(step).needs_lungs for step in self.steps):
            self._drawn_version = -1  # it was drawn with the middle in place of the lungs

    def _draw(self, subject: Path) -> None:
        version, steps, lungs = self._version, tuple(self.steps), self._lungs
        self._drawing = True

        def done(future: Future[Pictures]) -> None:
            self._drawing = False
            error = error_of(future)
            if subject == self.subject:
                self.problem = self.problem or error
                if not error:
                    self.pictures, self._drawn_version = future.result(), version
                self._view.pictures_changed()
                self._view.answers_changed()
            self._go_on()

        self._background.run(lambda: draw_pictures(subject, steps, lungs), done)


def kinds() -> dict[str, Kind]:
    """List what can be chosen on the bench."""
    from xraydemo.radiograph.interventions import KINDS

    return {name: kind for name, kind in KINDS.items() if name not in NOT_CHOSEN}


def kind_of(step: Intervention) -> Kind:
    """Give the kind of a step."""
    from xraydemo.radiograph.interventions import KINDS

    return KINDS[step.kind]


def draw_pictures(
    path: Path, steps: Sequence[Intervention], lungs: NDArray[Any] | None
) -> Pictures:
    """Read an X-ray, do the steps to it, and give both pictures; runs in a thread."""
    import numpy as np

    from xraydemo.radiograph import read
    from xraydemo.radiograph.interventions import alter

    before = read(path).presented()
    after, _ = alter(before, steps, lungs)
    levels = [np.rint(255 * picture).astype(np.uint8) for picture in (before, after)]
    return Pictures(*levels)


def _write_figure(
    path: Path,
    pictures: tuple[NDArray[Any], NDArray[Any]],
    readings: tuple[Reading, Reading],
    sentences: Sequence[str],
    _: Callable[[object], None],
) -> None:
    """Write the figure; runs in the child."""
    from xraydemo.report.counterfactual import write_counterfactual

    write_counterfactual(path, pictures, readings, sentences)
