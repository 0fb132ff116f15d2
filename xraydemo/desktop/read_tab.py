"""Read: the worklist, the picture, and what the model says of it; the view of a `Presenter`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from xraydemo.desktop import text
from xraydemo.desktop.background import Background, error_of
from xraydemo.desktop.beside import Beside
from xraydemo.desktop.facts_panel import rows_of
from xraydemo.desktop.image_view import ImageView
from xraydemo.desktop.list_panel import ListPanel
from xraydemo.desktop.loader import Opened, open_file
from xraydemo.desktop.over_picture import draw_layers
from xraydemo.desktop.parts import KeyKeeper, MessagePage
from xraydemo.desktop.presenter import Presenter
from xraydemo.desktop.read_head import ReadHead
from xraydemo.desktop.reading_panel import ReadingPanel
from xraydemo.desktop.saving import ask_where_to_save
from xraydemo.desktop.scrolled import Scrolled
from xraydemo.desktop.study import agreement
from xraydemo.desktop.study_banner import StudyBanner
from xraydemo.desktop.study_dialog import StudyDialog
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from xraydemo.desktop.commands import Commands
    from xraydemo.desktop.items import Item
    from xraydemo.desktop.study import Study
    from xraydemo.metrics.agreement import Agreement

# A picture that comes within this time is not announced: the word would only flicker.
_PATIENCE_MS = 150
# After this time without a new reading, a list whose order is old is sorted again.
_IDLE_MS = 1500
_LEFT, _RIGHT = 434, 350
_PICTURE = 0.4  # of the width, that larger type leaves to it


def find_image_files(paths: Sequence[Path]) -> list[Path]:
    """Return the X-rays among files and folders; imported late, for a quick first sight."""
    from xraydemo.cohort.files import image_files

    return image_files(paths)


class ReadTab(QSplitter):
    """The place where X-rays are looked at one by one.

    Parameters
    ----------
    post : callable
        Takes a function and has the window's thread call it soon; may be called from any thread.
    find_files : callable
        Turns files and folders into the files to open; runs in a thread.
    open_one : callable
        Opens one file; runs in a thread.
    """

    noticed = Signal(str)
    """Something to say in passing."""
    went = Signal()
    """Another X-ray is the current one, or more of it may be told."""
    progressed = Signal()
    """The engine's state, or how far the reading is, changed."""
    filled = Signal()
    """Other files are open."""

    def __init__(
        self,
        post: Callable[[Callable[[], None]], None],
        find_files: Callable[[Sequence[Path]], list[Path]] = find_image_files,
        open_one: Callable[[Path], Opened] = open_file,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.presenter = Presenter(self, post, find_files, open_one)
        self._is_laid_out = False
        self._line = self.fontMetrics().height()
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_PATIENCE_MS)
        self._slow.timeout.connect(self._say_opening)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(_IDLE_MS)
        self._idle.timeout.connect(self._sort_when_idle)
        self._counting = Background(post, threads=1)

        self.list_panel = ListPanel(self.presenter)
        self.worklist = self.list_panel.list
        self.head = ReadHead(self.presenter.gray)
        self.banner = StudyBanner(self.presenter)
        self.image = ImageView()
        self.message, self.empty = MessagePage(), MessagePage()
        self.reading = ReadingPanel()
        self.beside = Beside()
        self.layers, self.facts = self.beside.layers, self.beside.facts
        self._lay_out()
        self._connect()
        self._keep_keys()
        self.files_changed()
        self.current_changed()
        self.picture_changed()
        self.reading_changed()
        self.heatmap_changed()
        self.details_changed()

    def _lay_out(self) -> None:
        self.centre = QStackedWidget()
        for page in (self.empty, self.message, self.image):
            self.centre.addWidget(page)
        self.empty.say(text.EMPTY_TITLE, text.EMPTY_BODY, text.EMPTY_DEMO)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.banner)
        column.addWidget(self.centre, 1)
        right = QWidget()
        panels = QVBoxLayout(right)
        panels.setContentsMargins(0, 0, 0, 0)
        panels.setSpacing(4)
        panels.addWidget(self.reading)
        panels.addWidget(self.beside, 1)
        self._right = Scrolled(right, text.NAME_RIGHT)
        for part in (self.list_panel, middle, self._right):
            self.addWidget(part)
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 4)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(4)
        self.list_panel.setMinimumWidth(260)
        # a long word there is no reason for another width of the picture
        self.message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def _connect(self) -> None:
        gray, layers = self.presenter.gray, self.presenter.layers
        self.image.window_dragged.connect(
            lambda right, down, fine: gray.drag(right, down, fine=fine)
        )
        self.image.window_drag_ended.connect(gray.end_drag)
        self.layers.class_chosen.connect(layers.choose_class)
        self.layers.method_chosen.connect(layers.choose_method)
        self.layers.layer_toggled.connect(layers.show_layer)
        self.layers.lungs_toggled.connect(lambda shown: layers.show_lungs(shown=shown))
        self.layers.opacity_changed.connect(layers.set_opacity)
        self.beside.turned.connect(layers.show_page)
        self.beside.turned.connect(lambda _: self._right.ensureWidgetVisible(self.beside, 0, 0))
        self.banner.end_wanted.connect(self.end_study)
        self.facts.changed.connect(self._show_facts)

    def _keep_keys(self) -> None:
        key = Qt.Key
        show, chooser, method, slider, lungs, unlike = self.layers.keyboard_widgets
        identity, tags = self.facts.keyboard_widgets
        pressed = (show, lungs, unlike, identity, self.head.invert, *self.banner.buttons)
        KeyKeeper(
            [key.Key_Space], *pressed, chooser, method, self.head.presets, self.list_panel.key
        )
        KeyKeeper([key.Key_Left, key.Key_Right], slider)
        KeyKeeper([key.Key_Up, key.Key_Down], tags, self.beside.neighbours.table)

    # what the presenter tells (see presenter.View)

    def files_changed(self) -> None:
        """Show another worklist."""
        presenter = self.presenter
        if presenter.searching:
            self.message.say(text.SEARCHING)
            self.centre.setCurrentWidget(self.message)
            return
        if presenter.problem:
            self.empty.say(presenter.problem.message, presenter.problem.hint, text.EMPTY_TITLE)
        self.filled.emit()

    def row_changed(self, row: int) -> None:
        """Show a row of the worklist anew."""
        self.worklist.row_changed(row)
        if self.presenter.is_order_old:
            self._idle.start()

    def order_changed(self) -> None:
        """Show the rows in another order, or others of them."""
        self.list_panel.show_order()
        self.worklist.go_to(self.presenter.place)
        self._idle.stop()

    def order_aged(self) -> None:
        """Say that the list could be sorted anew; it is not, while readings come."""
        self.list_panel.show_age()
        self._idle.start()

    def study_changed(self) -> None:
        """Show how far the reader study is."""
        self.banner.show_study()
        self.list_panel.show_study()

    def study_ended(self, study: Study) -> None:
        """Show how far reader and model agree, once it is counted."""
        self.notice(text.STUDY_COUNTING)
        pairs = study.pairs()
        self._counting.run(
            lambda: agreement(pairs), lambda future: self._show_agreement(study, future)
        )

    def notice(self, words: str) -> None:
        """Say something in passing."""
        self.noticed.emit(words)

    def status_changed(self) -> None:
        """Pass on that the engine's state or the progress changed."""
        self.progressed.emit()

    def current_changed(self) -> None:
        """Show the name of another X-ray, and what is known of its truth."""
        presenter = self.presenter
        item, place = presenter.current, presenter.place
        self.worklist.go_to(place)
        tip = str(item.path) if item and not presenter.is_blind else ""
        total = len(presenter.shown)
        self.head.show_name(self.name, tip, "" if place is None else text.position(place, total))
        self._show_known()
        self._show_facts()
        self.banner.show_study()
        self.went.emit()

    def picture_changed(self) -> None:
        """Show another picture, or why there is none."""
        opened, item = self.presenter.opened, self.presenter.current
        self._slow.stop()
        self.image.show_picture(self.presenter.picture)
        if item is None:
            self.centre.setCurrentWidget(self.empty)
        elif opened and opened.error:
            self._say_unreadable(item, opened.error)
            self.centre.setCurrentWidget(self.message)
        else:
            self.centre.setCurrentWidget(self.image)
            if opened is None:
                self._slow.start()
        self.presentation_changed()
        self._show_facts()

    def presentation_changed(self) -> None:
        """Show the X-ray through another window."""
        self.image.show_presentation(self.presenter.gray.presentation)
        self.head.show_presentation()

    def reading_changed(self) -> None:
        """Show the reading of the current X-ray, or why there is none."""
        presenter = self.presenter
        item = presenter.current
        failed = bool(item and item.error) or presenter.engine.state == "failed"
        self.reading.show_reading(presenter.reading, presenter.reading_note, failed=failed)
        self._show_known()

    def heatmap_changed(self) -> None:
        """Show the heat map of the current X-ray and what is chosen about it."""
        presenter, layers = self.presenter, self.presenter.layers
        raw, scale, item = layers.heatmap, layers.heatmap_scale, presenter.current
        notes: list[str] = []
        if presenter.is_blind:
            notes.append(text.STUDY_HIDDEN)
        elif item and not item.reading:
            lost = item.error or presenter.engine.state == "failed"
            notes.append(text.HEATMAP_NONE if lost else text.HEATMAP_WAITING)
        if layers.heatmap_hidden_because:
            notes.append(text.HEATMAP_HIDDEN.format(why=layers.heatmap_hidden_because))
        elif layers.method:
            notes.append(text.method_map(layers.method_map, layers.method))
        if raw is not None and scale is not None:
            if layers.method is None:
                notes.append(text.map_numbers(raw))
            notes.append(text.map_cells(raw.shape))
        if scale is not None or layers.method:
            self.layers.show_colours(scale or 0.0, has_unit=layers.method is None)
        self.layers.show_heatmap(
            raw,
            "\n".join(filter(None, notes)),
            chosen=layers.chosen_class,
            method=layers.method,
            layer=layers.layer,
            opacity=layers.opacity,
        )
        draw_layers(self.image, presenter)

    def details_changed(self) -> None:
        """Show what was asked for the current X-ray, as far as it came."""
        layers, ask = self.presenter.layers, self.presenter.detail_or_why
        lungs = ask("lungs") if layers.lungs_shown else ""
        if not isinstance(lungs, str):
            found = lungs.lungs is not None and lungs.lungs.any()
            lungs = text.LUNGS_NOTE if found else text.LUNGS_NONE
        unlike = ask("unlike") if layers.layer == "unlike" else ""
        if not isinstance(unlike, str):
            unlike = text.unlike_note(unlike.unlike)
        self.layers.show_details(lungs_shown=layers.lungs_shown, lungs=lungs, unlike=unlike)
        if layers.page == "tensor":
            answer = ask("tensor")
            tensor = None if isinstance(answer, str) else answer.tensor
            self.beside.tensor.show_tensor(tensor, answer if isinstance(answer, str) else "")
        elif layers.page == "neighbours":
            answer = ask("neighbours")
            near = None if isinstance(answer, str) else answer.neighbours
            note = answer if isinstance(answer, str) else text.NEIGHBOURS_NONE
            self.beside.neighbours.show_neighbours(near, note)
        draw_layers(self.image, self.presenter)

    # what the reader does

    @property
    def name(self) -> str:
        """What the current X-ray is called; not its own name while it is read blind."""
        presenter = self.presenter
        if presenter.is_blind:
            return text.NUMBER_IN_STUDY.format(number=(presenter.place or 0) + 1)
        return presenter.current.path.name if presenter.current else ""

    def take_focus(self) -> None:
        """Put the keyboard on the worklist."""
        self.worklist.setFocus()

    def copy_picture(self) -> None:
        """Put the picture into the clipboard as it is seen, without any word on it."""
        if self.presenter.picture:
            QGuiApplication.clipboard().setImage(self.image.picture())
            self.notice(text.COPIED)

    def ask_where_to_save_marks(self) -> None:
        """Ask for a file, and write the marks there."""
        marking = self.presenter.marking
        if not marking.marked:
            self.notice(text.NO_MARKS)
            return
        self._save_table("marks.csv", marking.save)

    def show_keys(self, commands: Commands) -> None:
        """Name the keys that are in force where they are named beside the menus."""
        self.head.show_keys(commands)
        self.layers.show_keys(commands)
        self.list_panel.show_keys(commands)
        self.banner.show_keys(commands)

    def begin_study(self) -> None:
        """Read blind what is listed, in another order each time."""
        self.presenter.begin_study()

    def end_study(self) -> None:
        """End reading blind, and show how far reader and model agree."""
        self.presenter.end_study()

    def reset(self) -> None:
        """Show the X-ray as its file says: upright, fitted, its own window."""
        self.image.reset()
        self.presenter.gray.reset()

    def cancel(self) -> None:
        """Take back a drag that is under way, or leave a field."""
        self.image.cancel_drag()
        self.presenter.gray.end_drag(cancel=True)
        self.presentation_changed()
        if self.list_panel.search.hasFocus():
            self.list_panel.search.clear()
        self.worklist.setFocus()

    def find_tag(self) -> None:
        """Put the cursor into the search for a tag."""
        self.beside.turn_to("facts")
        self.facts.focus_search()

    def restyle(self) -> None:
        """Draw the facts anew, whose colours are in the table; fit the parts to other type."""
        line = self.fontMetrics().height()
        if self._is_laid_out and line != self._line:
            self._keep_names_whole()
            QTimer.singleShot(0, self, self.lay_out_parts)
        self._line = line
        self._show_facts()
        self.reading_changed()
        self.details_changed()

    @property
    def at_work(self) -> str:
        """What would be broken off now, in a sentence; empty for nothing."""
        study = self.presenter.study
        return text.CLOSE_STUDY if study and study.answers else ""

    def close_down(self) -> None:
        """End all that is at work, the engine with it."""
        self._slow.stop()
        self._idle.stop()
        self.presenter.close()
        self._counting.close()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Give the parts their widths, once it is known how much there is to give."""
        super().showEvent(event)
        self._keep_names_whole()
        if not self._is_laid_out:
            self._is_laid_out = True
            QTimer.singleShot(0, self, self.lay_out_parts)  # they have no size of their own yet

    def keep_widths(self) -> None:
        """Leave the parts the widths that they have when the tab is first shown."""
        self._is_laid_out = True

    # within

    def lay_out_parts(self) -> None:
        """Make the outer parts wider for larger type, as far as the picture can spare it."""
        larger = min(max(self.fontMetrics().height() / 16, 1.0), 1.15)
        right = max(round(_RIGHT * larger), self._right.minimumSizeHint().width())
        room = self.width() - 2 * self.handleWidth() - right
        left = round(_LEFT * larger)
        if larger > 1:
            left = min(left, room - round(_PICTURE * self.width()))
        self.setSizes([left, room - left, right])

    def _keep_names_whole(self) -> None:
        """Keep the right part no narrower than the names of its pages."""
        self.beside.setMinimumWidth(self.beside.tabBar().sizeHint().width())

    def _say_unreadable(self, item: Item, error: XrayDemoError) -> None:
        """Say why there is no picture; blind without the error, which names the file."""
        title = f"⚠  {text.ERROR_TITLE}"
        if self.presenter.is_blind:
            self.message.say(title, text.BLIND_UNREADABLE)
        else:
            self.message.say(title, error.message, error.hint, str(item.path))

    def _say_opening(self) -> None:
        if self.presenter.current:
            # where a long name is shortened
            self.message.say("", where=text.OPENING.format(name=self.name))
            self.centre.setCurrentWidget(self.message)

    def _sort_when_idle(self) -> None:
        """Sort again once readings have stopped coming, but not under the reader's mouse."""
        if self.presenter.is_reading or self.worklist.underMouse():
            self._idle.start()
        else:
            self.presenter.sort_again()

    def _show_known(self) -> None:
        """Show the label of the file and the mark of the reader."""
        item, reading = self.presenter.current, self.presenter.reading
        hidden = item is None or self.presenter.is_blind
        label, mark = ("", "") if item is None or hidden else (item.label, item.mark)
        self.reading.show_known(label, mark, reading.predicted if reading else "", hidden=hidden)

    def _show_facts(self) -> None:
        opened = None if self.presenter.is_blind else self.presenter.opened
        picture = opened.picture if opened else None
        rows, hidden = rows_of(
            picture.radiograph.facts if picture else {},
            picture.radiograph.notes if picture else (),
            opened.tags if opened else (),
            self.facts.search,
            identity=self.facts.identity,
        )
        nothing = text.STUDY_HIDDEN if self.presenter.is_blind else text.FACTS_NONE
        if opened:
            nothing = text.FACTS_NO_MATCH if self.facts.search else text.FACTS_EMPTY
        self.facts.show_rows(rows, hidden, nothing=nothing)

    def _show_agreement(self, study: Study, future: Future[Agreement]) -> None:
        error = error_of(future)
        self.notice(str(error) if error else "")
        if error:
            return

        dialog = StudyDialog(
            future.result(), lambda: self._save_table("study.csv", study.save), self
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _save_table(self, name: str, save: Callable[[Path], None]) -> None:
        chosen = ask_where_to_save(self, text.SAVE_TABLE, Path(name), text.TABLES)
        if not chosen:
            return
        try:
            save(chosen)
        except XrayDemoError as error:
            self.notice(str(error))
        else:
            self.notice(text.SAVED.format(path=chosen))
