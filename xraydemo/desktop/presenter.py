"""What Read shows and what it does about it. Knows no Qt, and is tested without a display.

The view is told which part changed and takes what it needs from here; files, model and threads
answer in the window's thread, so that nothing here has to be locked. The parts that the presenter
is made of each do one thing: `gray` the window and inversion, `layers` what lies over the picture,
`engine` the engine's state, `queue` the readings, `marking` the marks.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from xraydemo.desktop import text
from xraydemo.desktop.background import Background, error_of
from xraydemo.desktop.details import Details
from xraydemo.desktop.engine_door import NOW
from xraydemo.desktop.engine_watch import EngineWatch
from xraydemo.desktop.gray_values import GrayValues
from xraydemo.desktop.items import Item, folder_labels
from xraydemo.desktop.layers import Layers
from xraydemo.desktop.loader import Loader, Opened, Picture, open_file
from xraydemo.desktop.marking import Marking
from xraydemo.desktop.marks import Marks, marks_file
from xraydemo.desktop.order import Key, Order
from xraydemo.desktop.reading_queue import ReadingQueue
from xraydemo.desktop.study import Study, studies_folder
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future

    from xraydemo.engine.client import Want
    from xraydemo.model.reading import Reading

_AHEAD = 3


class View(Protocol):
    """What the presenter tells the view; the view asks back for the details."""

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

    def study_ended(self, study: Study) -> None:
        """Compare what was answered with what the model says."""

    def notice(self, words: str) -> None:
        """Say something in passing."""

    def status_changed(self) -> None:
        """Take note: the engine's state or the progress changed."""


class Presenter:
    """The state of Read, and what to do when something happens.

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
        self._find_files = find_files
        # one for the engine's start or a search, two that decode
        self._background = Background(post, threads=3)
        self._loader = Loader(self._background, self._file_opened, open_one)
        self._details = Details(post, self._detail_came, NOW)
        self._seen_at = 0.0
        self._searches = 0
        self._forwards = True
        self._places = np.zeros(0, dtype=np.intp)
        self._closed = False

        self.engine = EngineWatch(self._background, post, self._engine_changed, self._engine_came)
        self.queue = ReadingQueue(post, self._settled, self._ask)
        self.gray = GrayValues(lambda: self.picture, view.presentation_changed)
        self.layers = Layers(
            lambda: self.reading,
            lambda: self.engine.card,
            self.detail_or_why,
            view.heatmap_changed,
            self._want_details,
        )
        self.marking = Marking(
            marks or Marks(marks_file()),
            lambda: self.items,
            lambda item: view.row_changed(item.row),
        )
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

    # what is shown

    @property
    def opened(self) -> Opened | None:
        """What became of the current file; None while it is being opened."""
        return self._loader.get(self.current.path) if self.current else None

    @property
    def picture(self) -> Picture | None:
        """The current X-ray; None while it is being opened, or where it can't be."""
        opened = self.opened
        return opened.picture if opened else None

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
        return self.queue.is_waiting and self.engine.state in ("starting", "ready")

    @property
    def is_settled(self) -> bool:
        """Whether the current X-ray is there with all that will come for it."""
        item = self.current
        if self.searching or item is None:
            return not self.searching
        has_answer = bool(item.reading or item.error)
        return self.opened is not None and (has_answer or self.engine.state == "failed")

    @property
    def place(self) -> int | None:
        """Place of the current X-ray among those listed; None where it is not among them."""
        return self.place_of(self.current.row) if self.current else None

    def place_of(self, row: int) -> int | None:
        """Give the place of a row among those listed; None where it is not among them."""
        place = int(self._places[row]) if 0 <= row < len(self._places) else -1
        return place if place >= 0 else None

    def detail(self, want: Want) -> Reading | XrayDemoError | None:
        """Give what the model said when asked for this of the current X-ray; None before that."""
        return self._details.get(self.current.path, want) if self.current else None

    def detail_or_why(self, want: Want) -> Reading | str:
        """Give what was asked of the current X-ray, or in words why it is not there."""
        if self.current is None:
            return text.READING_NONE
        if self.is_blind and want in ("unlike", "neighbours"):
            return text.STUDY_HIDDEN
        found = self.detail(want)
        if isinstance(found, XrayDemoError):
            return text.STUDY_HIDDEN if self.is_blind else str(found)  # an error names the file
        if found:
            return found
        if self.opened and self.opened.error:
            return text.READING_UNREADABLE
        return text.DETAIL_WAITING if self.engine.ready else text.DETAIL_NO_ENGINE

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
        if self.engine.state == "failed":
            return f"{text.READING_NO_MODEL}: {self.engine.text}"
        return text.READING_WAITING if self.engine.state == "ready" else text.READING_WAITING_MODEL

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
        before, after = self.place, self.place_of(row)
        if before is not None and after is not None:
            self._forwards = after > before
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
        self.queue.forget(item)
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
        if words == self.order.search:
            return
        self._arrange(replace(self.order, search=words))

    def sort_again(self) -> None:
        """Put the rows where the readings that came since would have them."""
        if self.is_order_old:
            self._arrange(self.order)

    # marks, and reading blind

    def mark(self, class_id: str) -> None:
        """Mark the current X-ray's truth; in a study, answer it."""
        item = self.current
        if item is None or self.picture is None or not item.sha256:
            return
        try:
            if self.study:
                self._answer(self.study, item, class_id)
            else:
                self._view.notice(self.marking.mark(item, class_id))
                self._view.current_changed()
        except XrayDemoError as error:
            self._view.notice(str(error))

    def undo_mark(self) -> None:
        """Take back the last mark; an answer of a study stays, for the model's was seen."""
        if self.study:
            self._view.notice(text.STUDY_NO_UNDO)
            return
        try:
            undone = self.marking.undo()
        except XrayDemoError as error:
            self._view.notice(str(error))
            return
        if undone is None:
            self._view.notice(text.NOTHING_TO_UNDO)
            return
        before, after = undone
        item = self._best_of(self.marking.holding(after.sha256))
        if item and self.place_of(item.row) is not None:
            self.select(item.row)
        self._view.current_changed()
        name = item.path.name if item else text.UNDONE_ELSEWHERE
        self._view.notice(text.undone(name, before.label, after.label))

    def begin_study(self, seed: int | None = None) -> None:
        """Hide names and answers, and show the listed X-rays that can be read in random order."""
        rows = [row for row in self.shown if not self.items[row].error]
        if self.study or not rows:
            return
        self.study = Study(self.items, rows, studies_folder(), seed)
        self._arrange(Order())
        self.current = self.items[self.study.order[0]]
        self._want()
        self._show()
        self._view.study_changed()

    def end_study(self) -> None:
        """Show everything again, and have the answers compared."""
        study, self.study = self.study, None
        if study:
            self._arrange(Order())
            self._show()
            self._view.study_changed()
            self._view.study_ended(study)

    def close(self) -> None:
        """End the threads and the engine; nothing is told to the view any more."""
        self._closed = True
        self.queue.close()
        self._details.close()
        self._background.close()
        self.engine.close()

    # within

    def _engine_changed(self) -> None:
        self._view.status_changed()
        self._view.reading_changed()

    def _engine_came(self) -> None:
        self._want()
        self._want_details()
        self._view.heatmap_changed()

    def _take(self, items: list[Item]) -> None:
        study, self.study = self.study, None
        self.items = items
        self.order = replace(self.order, search="")
        self.queue.take(items)
        self._set_shown()
        self._forwards = True
        self.current = self.items[0] if self.items else None
        self._want()
        self._view.files_changed()
        self._view.order_changed()
        self._view.study_changed()
        self._view.status_changed()
        self._show()
        if study and study.answers:  # it can't go on, but is not lost
            self._view.study_ended(study)

    def _show(self) -> None:
        self._see()
        self._view.current_changed()
        self._view.picture_changed()
        self._view.reading_changed()
        self._view.heatmap_changed()
        self._want_details()

    def _see(self) -> None:
        """Begin with the current X-ray, as far as it is there."""
        self.gray.begin()
        opened = self.opened
        if self.current and opened and opened.picture:
            self._seen_at = time.monotonic()
            self.marking.know(self.current, opened.sha256)

    def _best_of(self, copies: Sequence[Item]) -> Item | None:
        """Choose one of several copies: the one in sight, else one that is listed."""

        def how_far(item: Item) -> tuple[bool, bool]:
            return item is not self.current, self.place_of(item.row) is None

        return min(copies, key=how_far, default=None)

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
        self._places = np.full(len(self.items), -1, dtype=np.intp)
        self._places[self.shown] = np.arange(len(self.shown))
        self.is_order_old = False

    def _want(self) -> None:
        """Have the files near the current one opened and read."""
        self._loader.want([item.path for item in self._near()])
        self._ask()

    def _ask(self) -> None:
        engine = self.engine.may_be_asked
        if engine:
            self.queue.ask(engine, self._near(), self.current)

    def _want_details(self) -> None:
        """Ask for what is to be seen of the current X-ray and needs the model."""
        engine, item, opened = self.engine.may_be_asked, self.current, self.opened
        if engine and item and not (opened and opened.error):
            self._details.want(engine, item.path, self.layers.wants(blind=self.is_blind))
        self._view.details_changed()

    def _detail_came(self, path: Path) -> None:
        if not self._closed and self.current and self.current.path == path:
            self._view.details_changed()
            if self.layers.method:
                self._view.heatmap_changed()

    def _answer(self, study: Study, item: Item, class_id: str) -> None:
        if not study.answer(item, class_id, time.monotonic() - self._seen_at):
            self._view.notice(text.STUDY_NO_UNDO)
            return
        self._view.row_changed(item.row)
        self._view.study_changed()
        self._view.current_changed()
        self._view.reading_changed()
        self._view.heatmap_changed()
        self._want_details()

    def _settled(self, item: Item) -> None:
        """Show a reading or an error that just came."""
        if item.reading and item.reading.source:
            self.marking.know(item, item.reading.source.sha256)
        self._view.row_changed(item.row)
        self._view.status_changed()
        if self.order.needs_readings and not self.study and not self.is_order_old:
            self.is_order_old = True
            self._view.order_aged()
        if item is self.current:
            self._view.reading_changed()
            self._view.heatmap_changed()
            if self.layers.asked_map:
                self._want_details()

    def _file_opened(self, path: Path, opened: Opened) -> None:
        for item in self._near():
            # With the model's own word on it missing, the file's error is the row's error, too.
            if item.path == path and opened.error and not (item.reading or item.error):
                self.queue.refuse(item, opened.error)
        if self.current and self.current.path == path:
            self._see()
            self._view.picture_changed()
            self._view.heatmap_changed()
