"""What the window shows and what it does about it. Knows no Qt, and is tested without a display.

The view is told which part changed and takes what it needs from here; files, model and threads
answer in the window's thread, so that nothing here has to be locked.
"""

from __future__ import annotations

import os
import time
from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from xraydemo.classes import CLASSES
from xraydemo.desktop import text, windowing
from xraydemo.desktop.background import Background, error_of
from xraydemo.desktop.details import Details
from xraydemo.desktop.items import Item, folder_labels
from xraydemo.desktop.loader import Loader, Opened, open_file
from xraydemo.desktop.marks import Marks, marks_file, write_csv
from xraydemo.desktop.order import Key, Order
from xraydemo.desktop.study import Study, studies_folder
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from xraydemo.engine.client import EngineEvent, Want
    from xraydemo.model.reading import Reading
    from xraydemo.radiograph import Presentation
    from xraydemo.radiograph.interventions import Intervention

WANT: tuple[Want, ...] = ("maps", "source")
NOW, SOON, LATER = 2, 1, 0
_AHEAD = 3
# Enough to keep the model busy, few enough that the next X-ray never waits behind them.
_LATER_AT_ONCE = 8

EngineState = Literal["none", "starting", "ready", "failed"]
Layer = Literal["heatmap", "unlike", ""]
Page = Literal["layers", "facts", "tensor", "neighbours"]


class Card(Protocol):
    """What the window needs of a bundle's card."""

    @property
    def heatmap_scale(self) -> float:
        """Logit per cell that is drawn in full colour."""


class EngineDoor(Protocol):
    """What the window needs of the engine."""

    @property
    def card(self) -> Card:
        """The bundle's card."""

    def submit(self, path: Path, *, want: tuple[Want, ...], priority: int) -> Future[Reading]:
        """Ask for the reading of a file."""

    def vary(
        self,
        path: Path,
        variants: Sequence[Sequence[Intervention]],
        *,
        want: tuple[Want, ...],
        priority: int,
    ) -> Future[list[Reading]]:
        """Ask for the readings of variants of one file."""

    def close(self) -> None:
        """End the engine's process."""


class View(Protocol):
    """What the presenter tells the window; the window asks back for the details."""

    def files_changed(self) -> None:
        """Take note: another list of files is open, or the search for files began or ended."""

    def row_changed(self, row: int) -> None:
        """Take note: the reading of a row came, or it failed."""

    def current_changed(self) -> None:
        """Take note: another X-ray is the current one."""

    def picture_changed(self) -> None:
        """Take note: the current X-ray was opened, failed, or was closed."""

    def presentation_changed(self) -> None:
        """Take note: window or inversion of the current X-ray changed."""

    def reading_changed(self) -> None:
        """Take note: the current X-ray's reading came, failed, or is waited for."""

    def heatmap_changed(self) -> None:
        """Take note: class, opacity or visibility of the heat map changed."""

    def details_changed(self) -> None:
        """Take note: something that was asked for the current X-ray came, or is waited for."""

    def order_changed(self) -> None:
        """Take note: other rows are listed, or in another order."""

    def order_aged(self) -> None:
        """Take note: a reading came that would put rows elsewhere."""

    def study_changed(self) -> None:
        """Take note: a reader study began, went on, or ended."""

    def notice(self, words: str) -> None:
        """Say something in passing."""

    def status_changed(self) -> None:
        """Take note: the engine's state or the progress changed."""


class Presenter:
    """The state of the window, and what to do when something happens.

    Parameters
    ----------
    view : View
        Is told what changed.
    post : callable
        Takes a function and has the window's thread call it soon; may be called from any thread.
    find_files : callable
        Turns files and folders into the files to open; runs in a thread.
    open_one : callable
        Opens one file; runs in a thread.
    marks : Marks, optional
        What the reader marked; else those in the user's data folder.
    """

    def __init__(
        self,
        view: View,
        post: Callable[[Callable[[], None]], None],
        find_files: Callable[[Sequence[Path]], list[Path]],
        open_one: Callable[[Path], Opened] = open_file,
        marks: Marks | None = None,
    ) -> None:
        self._view = view
        self._post = post
        self._find_files = find_files
        # one for the engine's start or a search, two that decode
        self._background = Background(post, threads=3)
        self._loader = Loader(self._background, self._file_opened, open_one)
        self._details = Details(post, self._detail_came, NOW)
        self._marks = marks or Marks(marks_file())
        self._seen_at = 0.0
        self._searches = 0
        self._forwards = True
        self._engine: EngineDoor | None = None
        self._started: EngineDoor | None = None
        self._asked: dict[int, tuple[Future[Reading], int]] = {}
        self._left: deque[int] = deque()
        self._drag: tuple[Presentation, str] | None = None
        self._places: dict[int, int] = {}
        self._closed = False

        self.items: list[Item] = []
        self.current: Item | None = None
        self.order = Order()
        self.shown: list[int] = []
        """The rows that are listed, in order."""
        self.is_order_old = False
        """Whether readings came since that would put rows elsewhere."""
        self.study: Study | None = None
        self.searching = False
        self.problem: XrayDemoError | None = None
        """Why the last attempt to open something gave no files."""
        self.read_count = 0
        self.failed_count = 0
        self.engine_state: EngineState = "none"
        self.engine_text = ""
        self.restarts = 0
        self.presentation: Presentation | None = None
        self.preset = "file"
        self.chosen_class: str | None = None
        """The class of the heat map; None for each X-ray's most likely one."""
        self.layer: Layer = "heatmap"
        """What is laid over the X-ray."""
        self.lungs_shown = False
        self.page: Page = "layers"
        """What is shown beside the X-ray, below its reading."""
        self.opacity = 0.6

    # what is shown

    @property
    def opened(self) -> Opened | None:
        """What became of the current file; None while it is being opened."""
        return self._loader.get(self.current.path) if self.current else None

    @property
    def inverted(self) -> bool:
        """Whether the current X-ray is shown the other way round than its file says."""
        opened = self.opened
        if not (opened and opened.picture and self.presentation):
            return False
        return self.presentation.inverted != opened.picture.radiograph.presentation.inverted

    @property
    def is_blind(self) -> bool:
        """Whether the current X-ray's name and answer are hidden, for the reader has to answer."""
        return self.current is not None and self.hides(self.current)

    def hides(self, item: Item) -> bool:
        """Tell whether an X-ray's name and answer are hidden."""
        return self.study is not None and item.row not in self.study.answers

    @property
    def reading(self) -> Reading | None:
        """The current X-ray's reading; None while it is hidden."""
        return self.current.reading if self.current and not self.is_blind else None

    @property
    def is_reading(self) -> bool:
        """Whether the model still has X-rays of the worklist before it."""
        return bool(self._asked or self._left) and self.engine_state in ("starting", "ready")

    @property
    def place(self) -> int | None:
        """Place of the current X-ray among those listed; None where it is not among them."""
        if self.current is None or self.current.row not in self._places:
            return None
        return self._places[self.current.row]

    def place_of(self, row: int) -> int | None:
        """Give the place of a row among those listed; None where it is not among them."""
        return self._places.get(row)

    @property
    def heatmap_class(self) -> str | None:
        """The class whose map is to be shown."""
        if self.chosen_class:
            return self.chosen_class
        return self.reading.predicted if self.reading else None

    @property
    def heatmap(self) -> NDArray[Any] | None:
        """The raw map of the class, whether it is shown or not; None if there is none yet."""
        class_id = self.heatmap_class
        reading = self.reading
        if class_id is None or reading is None or reading.maps is None:
            return None
        raw: NDArray[Any] = reading.maps[CLASSES.index(class_id)]
        return raw

    @property
    def heatmap_scale(self) -> float | None:
        """Logit per cell that is drawn in full colour; None before the model is known."""
        return self._engine.card.heatmap_scale if self._engine else None

    @property
    def heatmap_shown(self) -> bool:
        """Whether the heat map is to be laid over the X-ray."""
        return self.layer == "heatmap"

    @property
    def heatmap_hidden_because(self) -> str:
        """Why the map is not drawn although it is to be shown; empty where it is."""
        raw, class_id, scale = self.heatmap, self.heatmap_class, self.heatmap_scale
        if raw is None or class_id is None or not scale:
            return ""
        from xraydemo.model.heatmap import has_evidence

        return "" if has_evidence(raw, scale) else text.no_evidence(class_id)

    def detail(self, want: Want) -> Reading | XrayDemoError | None:
        """Give what the model said when asked for this of the current X-ray; None before that."""
        return self._details.get(self.current.path, want) if self.current else None

    @property
    def ready_engine(self) -> EngineDoor | None:
        """The engine, once its model is loaded; also while it is brought back after a crash."""
        # the text is what it said when it became ready
        return self._engine if self.engine_text and self.engine_state != "failed" else None

    @property
    def status(self) -> str:
        """The engine's state in one line."""
        if self.engine_state == "ready":
            ready = text.ENGINE_READY.format(what=self.engine_text)
            return f"{ready} ({text.ENGINE_RESTARTED_NOTE})" if self.restarts else ready
        if self.engine_state == "failed":
            return text.ENGINE_FAILED.format(why=self.engine_text)
        if self.engine_state == "starting":
            return text.ENGINE_RESTARTED if self.restarts else text.ENGINE_STARTING
        return text.ENGINE_NONE

    @property
    def reading_note(self) -> str:
        """Why there is no reading of the current X-ray; empty if there is one."""
        item = self.current
        if item is None:
            return text.READING_NONE
        if self.is_blind and not (self.opened and self.opened.error):
            return text.STUDY_HIDDEN
        if item.reading:
            return ""
        if self.opened and self.opened.error:
            return text.READING_UNREADABLE
        if item.error:
            return str(item.error)
        if self.engine_state == "failed":
            return f"{text.READING_NO_MODEL}: {self.engine_text}"
        return text.READING_WAITING if self.engine_state == "ready" else text.READING_WAITING_MODEL

    # opening and walking

    def open(self, paths: Sequence[Path], labels: Mapping[Path, str] | None = None) -> None:
        """Open files and folders in place of what is open.

        Parameters
        ----------
        paths : sequence of Path
        labels : mapping of Path to str, optional
            Class ids that are known of files; else their folders' names are asked.
        """
        self._searches += 1
        search = self._searches

        def find() -> list[Item]:
            files = self._find_files(paths)
            known = folder_labels(files, paths) if labels is None else labels
            return [Item(row, path, known.get(path, "")) for row, path in enumerate(files)]

        def found(future: Future[list[Item]]) -> None:
            if search != self._searches:
                return  # something else was opened in the meantime
            self.searching = False
            self.problem = error_of(future)
            items = [] if self.problem else future.result()
            if not items and not self.problem:
                self.problem = XrayDemoError(text.NOTHING_FOUND, text.NOTHING_FOUND_HINT)
            self._take(items)

        self.searching = True
        self.problem = None
        self._view.files_changed()
        self._background.run(find, found)

    def select(self, row: int) -> None:
        """Make the X-ray of a row the current one."""
        if not 0 <= row < len(self.items) or (self.current and self.current.row == row):
            return
        before, after = self.place, self._places.get(row)
        if before is not None and after is not None:
            self._forwards = after > before
        self._drag = None
        self.current = self.items[row]
        self._want()
        self._show()

    def move(self, steps: int) -> None:
        """Go that many X-rays on in the list, or back if negative; stops at the ends.

        An X-ray that the search left out is before the first and after the last.
        """
        if not self.current or not self.shown:
            return
        last = len(self.shown) - 1
        place = self.place
        if place is None:
            place = -1 if steps > 0 else last + 1
        self.select(self.shown[min(max(place + steps, 0), last)])

    def read_again(self) -> None:
        """Open and read the current file anew, as if nothing were known of it."""
        item = self.current
        if item is None:
            return
        self._withdraw(item.row)
        self._count(item, -1)
        item.reading = item.error = None
        item.changed()
        self._loader.forget(item.path)
        self._details.forget(item.path)
        self._want()
        self._show()
        self._view.row_changed(item.row)
        self._view.status_changed()

    # the order of the list

    def sort_by(self, key: Key) -> None:
        """Sort the list; by the same key again for the other way round."""
        if self.study:
            return  # its order is its own
        again = key == self.order.key
        self._arrange(replace(self.order, key=key, backwards=again and not self.order.backwards))

    def search(self, words: str) -> None:
        """List only what has these words in its name, its class or its signs."""
        self._arrange(replace(self.order, search=words))

    def sort_again(self) -> None:
        """Put the rows where the readings that came since would have them."""
        if self.is_order_old:
            self._arrange(self.order)

    # marks, and reading blind

    def mark(self, class_id: str) -> None:
        """Mark the current X-ray's truth; in a study, answer it."""
        item, opened = self.current, self.opened
        if item is None or opened is None or opened.picture is None or not item.sha256:
            return
        try:
            if self.study:
                self._answer(item, class_id)
            else:
                self._marks.set(item.sha256, "" if class_id == item.mark else class_id)
                self._marked(item.sha256)
                said = text.MARKED.format(what=text.class_name(class_id))
                self._view.notice(said if item.mark else text.UNMARKED)
        except XrayDemoError as error:
            self._view.notice(str(error))

    def undo_mark(self) -> None:
        """Take back the last mark; an answer of a study stays, for the model's was seen."""
        if self.study:
            self._view.notice(text.STUDY_NO_UNDO)
            return
        try:
            sha256 = self._marks.undo()
        except XrayDemoError as error:
            self._view.notice(str(error))
            return
        if sha256:
            self._marked(sha256)
        self._view.notice(text.UNDONE if sha256 else text.NOTHING_TO_UNDO)

    @property
    def marked(self) -> list[Item]:
        """The open X-rays that bear a mark."""
        return [item for item in self.items if item.mark]

    def save_marks(self, path: Path) -> None:
        """Write the marks of the open X-rays as a table: file, label, time.

        Raises
        ------
        XrayDemoError
            If it can't be written.
        """
        names = self._names()
        found = ((names[item.path], self._marks.of(item.sha256)) for item in self.marked)
        write_csv(path, [(name, mark) for name, mark in found if mark])

    def begin_study(self, seed: int | None = None) -> None:
        """Hide names and answers, and show the listed X-rays that can be read in random order."""
        rows = [row for row in self.shown if not self.items[row].error]
        if self.study or not rows:
            return
        self.study = Study(rows, studies_folder(), seed)
        self._arrange(Order())
        self.current = self.items[self.study.order[0]]
        self._want()
        self._show()
        self._view.study_changed()

    def end_study(self) -> Study | None:
        """Show everything again; gives the study, which knows its answers."""
        study, self.study = self.study, None
        if study:
            self._arrange(Order())
            self._show()
            self._view.study_changed()
        return study

    def save_study(self, study: Study, path: Path) -> None:
        """Write a study's answers beside the model's.

        Raises
        ------
        XrayDemoError
            If it can't be written.
        """
        study.save(path, self.items, self._names())

    # gray values

    def set_preset(self, name: str) -> None:
        """Show the current X-ray under one of the presets."""
        opened = self.opened
        if not (opened and opened.picture and self.presentation):
            return
        original = opened.picture.radiograph.presentation
        new = windowing.preset(name, original, opened.picture.values)
        if new.inverted != self.presentation.inverted:
            new = new.toggled()
        self._present(new, name)

    def set_window(self, low: float, high: float) -> None:
        """Show the current X-ray with black at `low` and white at `high`."""
        if self.presentation:
            self._present(windowing.between(self.presentation, low, high), "")

    def invert(self) -> None:
        """Change dark and bright over."""
        if self.presentation:
            self._present(self.presentation.toggled(), self.preset)

    def drag(self, right: float, down: float, *, fine: bool) -> None:
        """Change the window by dragging; distances are since the drag began."""
        opened = self.opened
        if not (opened and opened.picture and self.presentation):
            return
        if self._drag is None:
            self._drag = (self.presentation, self.preset)
        start, values = self._drag[0], opened.picture.values
        self._present(windowing.dragged(start, values, right, down, fine=fine), "")

    def end_drag(self, *, cancel: bool = False) -> None:
        """End dragging; a cancelled one leaves everything as it was."""
        if self._drag and cancel:
            self._present(*self._drag)
        self._drag = None

    def reset(self) -> None:
        """Show the current X-ray as its file says."""
        opened = self.opened
        if opened and opened.picture:
            self._present(opened.picture.radiograph.presentation, "file")

    # the heat map

    def choose_class(self, class_id: str | None) -> None:
        """Show the map of this class; None for each X-ray's most likely one."""
        self.chosen_class = class_id
        self._view.heatmap_changed()

    def next_class(self) -> None:
        """Show the map of the next class, in their fixed order."""
        now = self.heatmap_class
        self.choose_class(CLASSES[(CLASSES.index(now) + 1) % len(CLASSES)] if now else CLASSES[0])

    def show_layer(self, layer: Layer) -> None:
        """Lay this over the X-ray; empty for nothing."""
        self.layer = layer
        self._want_details()
        self._view.heatmap_changed()

    def toggle_layer(self, layer: Layer) -> None:
        """Lay this over the X-ray, or take it away."""
        self.show_layer("" if self.layer == layer else layer)

    def show_lungs(self, *, shown: bool) -> None:
        """Show or hide the lungs' outline."""
        self.lungs_shown = shown
        self._want_details()

    def show_page(self, page: Page) -> None:
        """Show this beside the X-ray."""
        self.page = page
        self._want_details()

    def set_opacity(self, opacity: float) -> None:
        """Set the heat map's opacity, in [0, 1]."""
        self.opacity = opacity
        self._view.heatmap_changed()

    # the engine

    def start_engine(self, start: Callable[[Callable[[EngineEvent], None]], EngineDoor]) -> None:
        """Start the engine in a thread; `start` takes what to call with its events."""
        self.engine_state = "starting"
        self._view.status_changed()

        def started(future: Future[EngineDoor]) -> None:
            error = error_of(future)
            if error:
                self._engine_failed(str(error))
                return
            self._engine = future.result()
            self._want()
            self._want_details()
            self._view.heatmap_changed()

        self._background.run(lambda: self._start(start), started)

    def engine_event(self, kind: str, message: str) -> None:
        """Take note of what happened to the engine."""
        if kind == "failed":
            self._engine_failed(message)
            return
        if kind == "restarted":
            self.restarts += 1
        self.engine_state = "ready" if kind == "ready" else "starting"
        if kind == "ready":
            self.engine_text = message
        self._view.status_changed()
        self._view.reading_changed()

    def close(self) -> None:
        """End the threads and the engine; nothing is told to the view any more."""
        self._closed = True
        for row in list(self._asked):
            self._withdraw(row)
        self._details.close()
        self._background.close()
        if self._started:
            self._started.close()

    # within

    def _start(self, start: Callable[[Callable[[EngineEvent], None]], EngineDoor]) -> EngineDoor:
        # Kept at once, in this thread: if the window closes before the answer is delivered, there
        # still is somebody who ends the process.
        self._started = start(
            lambda event: self._post(lambda: self._heard(event.kind, event.message))
        )
        return self._started

    def _heard(self, kind: str, message: str) -> None:
        if not self._closed:
            self.engine_event(kind, message)

    def _engine_failed(self, why: str) -> None:
        self.engine_state = "failed"
        self.engine_text = why
        self._view.status_changed()
        self._view.reading_changed()

    def _take(self, items: list[Item]) -> None:
        for row in list(self._asked):
            self._withdraw(row)
        self.items = items
        self.study = None
        self.order = replace(self.order, search="")
        self._set_shown()
        self._left = deque(range(len(items)))
        self.read_count = self.failed_count = 0
        self._forwards = True
        self._drag = None
        self.current = self.items[0] if self.items else None
        self._want()
        self._view.files_changed()
        self._view.order_changed()
        self._view.study_changed()
        self._view.status_changed()
        self._show()

    def _show(self) -> None:
        self.presentation = None
        self.preset = "file"
        self._start_presentation()
        self._view.current_changed()
        self._view.picture_changed()
        self._view.reading_changed()
        self._view.heatmap_changed()
        self._want_details()

    def _start_presentation(self) -> None:
        opened = self.opened
        if opened and opened.picture:
            self.presentation = opened.picture.radiograph.presentation
            self._seen_at = time.monotonic()
            if self.current:
                self._know(self.current, opened.sha256)

    def _present(self, presentation: Presentation, preset: str) -> None:
        self.presentation = presentation
        self.preset = preset
        self._view.presentation_changed()

    def _near(self) -> list[Item]:
        """Return the current X-ray and those likely wanted next, most likely first."""
        if self.current is None:
            return []
        place = self.place
        if place is None:
            return [self.current, *(self.items[row] for row in self.shown[:_AHEAD])]
        ahead = 1 if self._forwards else -1
        steps = [0, *(ahead * step for step in range(1, _AHEAD + 1))]
        steps.insert(3, -ahead)
        places = (place + step for step in steps)
        return [self.items[self.shown[p]] for p in places if 0 <= p < len(self.shown)]

    def _arrange(self, order: Order) -> None:
        self.order = order
        self._set_shown()
        self._view.order_changed()
        self._view.current_changed()
        self._want()

    def _set_shown(self) -> None:
        self.shown = self.study.order if self.study else self.order.apply(self.items)
        self._places = {row: place for place, row in enumerate(self.shown)}
        self.is_order_old = False

    def _want_details(self) -> None:
        """Ask for what is to be seen of the current X-ray and needs the model."""
        wants: list[Want] = []
        if self.lungs_shown:
            wants.append("lungs")
        if self.layer == "unlike" and not self.is_blind:
            wants.append("unlike")
        if self.page == "tensor":
            wants.append("tensor")
        if self.page == "neighbours" and not self.is_blind:
            wants.append("neighbours")
        item, opened = self.current, self.opened
        if (
            self._engine
            and item
            and self.engine_state != "failed"
            and not (opened and opened.error)
        ):
            self._details.want(self._engine, item.path, tuple(wants))
        self._view.details_changed()

    def _detail_came(self, path: Path) -> None:
        if not self._closed and self.current and self.current.path == path:
            self._view.details_changed()

    def _know(self, item: Item, sha256: str) -> None:
        """Take note of a file's content: its mark may be known from another day."""
        if not sha256 or item.sha256 == sha256:
            return
        item.sha256 = sha256
        mark = self._marks.of(sha256)
        item.mark = mark.label if mark else ""
        item.changed()
        self._view.row_changed(item.row)

    def _marked(self, sha256: str) -> None:
        mark = self._marks.of(sha256)
        for item in self.items:
            if item.sha256 == sha256:
                item.mark = mark.label if mark else ""
                item.changed()
                self._view.row_changed(item.row)
        self._view.current_changed()

    def _answer(self, item: Item, class_id: str) -> None:
        assert self.study is not None
        if not self.study.answer(item, class_id, time.monotonic() - self._seen_at):
            self._view.notice(text.STUDY_NO_UNDO)
            return
        self._view.row_changed(item.row)
        self._view.study_changed()
        self._view.current_changed()
        self._view.reading_changed()
        self._view.heatmap_changed()
        self._want_details()

    def _names(self) -> dict[Path, str]:
        """Name the files as shortly as tells them apart: from the folder that holds all of them."""
        paths = [item.path.absolute() for item in self.items]
        above = Path(os.path.commonpath([path.parent for path in paths])) if paths else Path()
        return {
            item.path: path.relative_to(above).as_posix()
            for item, path in zip(self.items, paths, strict=True)
        }

    def _want(self) -> None:
        near = self._near()
        self._loader.want([item.path for item in near])
        self._ask(near)

    def _ask(self, near: list[Item]) -> None:
        if self._engine is None or self.engine_state == "failed":
            return
        wished = {item.row: NOW if item is self.current else SOON for item in near}
        for row, (_, priority) in list(self._asked.items()):
            # What was wanted soon and no longer is goes back to the rest, and the other way round.
            # What the model already works on can't be withdrawn, and needn't be.
            if priority != wished.get(row, LATER) and self._withdraw(row) and row not in wished:
                self._left.appendleft(row)
        for item in near:
            self._submit(item, wished[item.row])
        while self._left and len(self._asked) < len(near) + _LATER_AT_ONCE:
            self._submit(self.items[self._left.popleft()], LATER)

    def _submit(self, item: Item, priority: int) -> None:
        if item.reading or item.error or item.row in self._asked or self._engine is None:
            return
        try:
            future = self._engine.submit(item.path, want=WANT, priority=priority)
        except XrayDemoError as error:
            self._settle(item, None, error)
            return
        self._asked[item.row] = (future, priority)
        future.add_done_callback(lambda future: self._post(lambda: self._answered(item, future)))

    def _withdraw(self, row: int) -> bool:
        """Cancel a request; False if the model already works on it."""
        future, _ = self._asked.get(row, (None, 0))
        if future is None or not future.cancel():
            return False
        del self._asked[row]
        return True

    def _answered(self, item: Item, future: Future[Reading]) -> None:
        if self._closed or future.cancelled():
            return
        if self._asked.get(item.row, (None, 0))[0] is future:
            del self._asked[item.row]
        if not (item.row < len(self.items) and self.items[item.row] is item):
            return  # another folder was opened in the meantime
        error = error_of(future)
        self._settle(item, None if error else future.result(), error)
        self._ask(self._near())

    def _settle(self, item: Item, reading: Reading | None, error: XrayDemoError | None) -> None:
        self._count(item, -1)
        item.reading, item.error = reading, error
        item.changed()
        self._count(item, 1)
        if reading and reading.source:
            self._know(item, reading.source.sha256)
        self._view.row_changed(item.row)
        self._view.status_changed()
        if self.order.needs_readings and not self.study and not self.is_order_old:
            self.is_order_old = True
            self._view.order_aged()
        if item is self.current:
            self._view.reading_changed()
            self._view.heatmap_changed()

    def _count(self, item: Item, step: int) -> None:
        self.read_count += step * bool(item.reading)
        self.failed_count += step * bool(item.error)

    def _file_opened(self, path: Path, opened: Opened) -> None:
        for item in self._near():
            # With the model's own word on it missing, the file's error is the row's error, too.
            if item.path == path and opened.error and not (item.reading or item.error):
                self._withdraw(item.row)
                self._settle(item, None, opened.error)
        if self.current and self.current.path == path:
            self._start_presentation()
            self._view.picture_changed()
            self._view.heatmap_changed()
