"""Compare's page Over time: the runs, what changed, how the numbers moved, and all of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from xraydemo.desktop import style, text
from xraydemo.desktop.figure_view import FigureView
from xraydemo.desktop.over_time_presenter import OverTimePresenter
from xraydemo.desktop.over_time_work import PERIODS
from xraydemo.desktop.parts import (
    Card,
    ElidedLabel,
    MessagePage,
    Page,
    Problem,
    page_head,
    words_label,
    work_strip,
)
from xraydemo.desktop.saving import ask_where_to_save
from xraydemo.desktop.type_fit import TypeFit
from xraydemo.desktop.word_table import Cell, WordTable
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xraydemo.desktop.over_time_work import Row

_AFTER_RESIZING_MS = 250
_RUNS_IN_SIGHT = 3
_PAPER = 12  # pixels of paper around the figures
_LINE = 860  # pixels: longer lines are hard to read


class OverTimePage(QWidget):
    """The view of an `OverTimePresenter`.

    Parameters
    ----------
    post : callable
        Takes a function and has the window's thread call it soon; may be called from any thread.
    run_at_hand : callable
        Gives the folder of the run that is open in Evaluate; None for none.
    """

    run_added = Signal(Path)

    def __init__(
        self,
        post: Callable[[Callable[[], None]], None],
        run_at_hand: Callable[[], Path | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.presenter = OverTimePresenter(self, post)
        self._listed: frozenset[Path] = frozenset()
        self._run_at_hand = run_at_hand
        self.runs, self.by = QListWidget(), QComboBox()
        self.add, self.remove = QPushButton(text.OVER_TIME_ADD), QPushButton(text.OVER_TIME_REMOVE)
        self.at_hand = QPushButton(text.COMPARE_THIS)
        self.go, self.stop = QPushButton(text.OVER_TIME_GO), QPushButton(text.STOP)
        self.save = QPushButton(text.OVER_TIME_SAVE)
        self._problem, self._note = Problem(), ElidedLabel()
        self._start = MessagePage()
        self._start.say(text.OVER_TIME_TITLE, text.OVER_TIME_BODY)
        self._headline, self._alarms = words_label(), words_label()
        self._notes, self._caption = words_label("dim"), words_label("dim")
        self.figures: list[FigureView] = []
        self.numbers = WordTable(text.OVER_TIME_COLUMNS, text.OVER_TIME_NUMBERS)
        self._resized = QTimer(self)
        self._resized.setSingleShot(True)
        self._resized.setInterval(_AFTER_RESIZING_MS)
        self._resized.timeout.connect(self._tell_size)
        self._lay_out()
        presenter = self.presenter
        self.add.clicked.connect(self.ask_for_run)
        self.at_hand.clicked.connect(self._take_run_at_hand)
        self.remove.clicked.connect(self._remove_chosen)
        self.runs.itemSelectionChanged.connect(self.enable)
        self.by.activated.connect(lambda _: presenter.set_by(self.by.currentData()))
        self.go.clicked.connect(presenter.watch)
        self.stop.clicked.connect(presenter.stop)
        self.save.clicked.connect(self.ask_where)
        self.runs_changed()
        self.work_changed()
        self.found_changed()

    def _lay_out(self) -> None:
        head, grid = page_head()
        grid.setColumnStretch(0, 1)
        title = words_label("title", text.OVER_TIME_RUNS)
        self.runs.setObjectName("field")
        self.runs.setAccessibleName(text.OVER_TIME_RUNS)
        self.runs.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.runs.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.runs.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        runs = self.runs
        TypeFit(
            runs,
            lambda: runs.setFixedHeight(_RUNS_IN_SIGHT * (runs.fontMetrics().height() + 6) + 4),
        )
        for period in PERIODS:
            self.by.addItem(text.OVER_TIME_PERIODS[period], period)
        label = QLabel(text.OVER_TIME_BY)
        label.setBuddy(self.by)
        self.by.setAccessibleName(text.OVER_TIME_BY)
        self.go.setObjectName("main")
        grid.addWidget(title, 0, 0)
        grid.addWidget(self.runs, 1, 0, 2, 1)
        for column, button in enumerate((self.add, self.at_hand, self.remove), start=1):
            grid.addWidget(button, 1, column)
        periods = QHBoxLayout()
        periods.setSpacing(10)
        periods.addWidget(label)
        periods.addWidget(self.by, 1)
        grid.addLayout(periods, 2, 1, 1, 2)
        grid.addWidget(self.go, 2, 3)
        bar = QProgressBar()
        bar.setAccessibleName(text.OVER_TIME_WORKING)
        bar.setRange(0, 0)
        self._at_work = work_strip(words_label("dim", text.OVER_TIME_WORKING), bar, self.stop)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._started())
        self._stack.addWidget(self._found())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(4)
        whole.addWidget(head)
        whole.addWidget(self._at_work)
        whole.addWidget(self._problem)
        whole.addWidget(self._stack, 1)

    def _started(self) -> QWidget:
        """Put together what is shown at first."""
        start = QWidget()
        row = QHBoxLayout(start)
        row.addStretch(1)
        row.addWidget(self._start, 8)
        row.addStretch(1)
        self._start.setMaximumWidth(_LINE)
        return start

    def _found(self) -> QWidget:
        """Put together what is shown once something was found."""
        font = self._headline.font()
        font.setPointSizeF(font.pointSizeF() * 1.1)
        self._headline.setFont(font)
        for label in (self._headline, self._alarms, self._notes, self._caption):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._note.setObjectName("dim")
        top = QHBoxLayout()
        top.addWidget(self._headline, 1)
        top.addWidget(self.save)
        self._paper = QFrame()
        self._paper.setObjectName("paper")
        self._drawn = QVBoxLayout(self._paper)
        self._drawn.setContentsMargins(_PAPER, _PAPER, _PAPER, _PAPER)
        self._drawn.setSpacing(_PAPER)
        card = Card(text.OVER_TIME_NUMBERS)
        card.setMaximumWidth(_LINE)  # the numbers near their names
        card.column.addWidget(self.numbers)
        page = Page()
        column = QVBoxLayout(page)
        column.setContentsMargins(14, 10, 10, 16)
        column.setSpacing(10)
        column.addLayout(top)
        for widget in (self._note, self._alarms, self._notes, self._paper, self._caption, card):
            column.addWidget(widget)
        column.addStretch(1)
        self._area = QScrollArea()
        self._area.setAccessibleName(text.OVER_TIME)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._area.setWidget(page)
        return self._area

    # what the presenter tells (see over_time_presenter.OverTimeView)

    def runs_changed(self) -> None:
        """Show the chosen runs, and what can be done with them."""
        presenter = self.presenter
        before, self._listed = self._listed, frozenset(run.folder for run in presenter.runs)
        for folder in self._listed - before:
            self.run_added.emit(folder)
        with QSignalBlocker(self.runs):
            self.runs.clear()
            for run in presenter.runs:
                title = text.run_title(run.cohort, run.model, run.total)
                item = QListWidgetItem(f"{title}  ·  {run.folder}")
                item.setToolTip(str(run.folder))
                self.runs.addItem(item)
        self._problem.say(presenter.problem)
        self._note.setText(presenter.note)
        self._note.setToolTip(presenter.note)
        self._note.setVisible(bool(presenter.note))
        self.enable()

    def work_changed(self) -> None:
        """Show that something is being done."""
        presenter = self.presenter
        self._at_work.setVisible(presenter.is_at_work)
        self.stop.setEnabled(presenter.can_stop)
        self.stop.setText(text.STOP if presenter.can_stop else text.STOPPING)
        self.enable()

    def found_changed(self) -> None:
        """Show what was found, or what can be done here."""
        found = self.presenter.found
        self._stack.setCurrentIndex(int(found is not None))
        if found is None:
            return
        self._headline.setText(found.headline)
        self._alarms.setText("\n".join(f"•  {alarm}" for alarm in found.alarms))
        self._alarms.setVisible(bool(found.alarms))
        self._notes.setText(" ".join(found.notes))
        self._notes.setVisible(bool(found.notes))
        caption = text.OVER_TIME_CAPTION.format(by=found.found.by, marked=found.marked)
        self._caption.setText(caption)
        self._hang(found.figures)
        self.numbers.fill([_cells(row) for row in found.rows])
        self.pictures_changed()
        self._area.verticalScrollBar().setValue(0)
        self._tell_size()

    def pictures_changed(self) -> None:
        """Show the pictures, or why they can't be drawn."""
        pictures = self.presenter.pictures
        if isinstance(pictures, XrayDemoError):
            for figure in self.figures:
                figure.say(pictures)
        elif pictures is not None:
            for figure, picture in zip(self.figures, pictures, strict=True):
                figure.show_drawn(picture, self.devicePixelRatioF())
            widest = max(figure.width() for figure in self.figures)
            self._paper.setMaximumWidth(widest + 2 * _PAPER)

    # what the reader does

    def enable(self) -> None:
        """Let the buttons act that can."""
        presenter = self.presenter
        idle = not presenter.is_at_work
        self.go.setEnabled(presenter.can_watch)
        self.add.setEnabled(idle)
        self.by.setEnabled(idle)
        self.at_hand.setEnabled(idle and self._run_at_hand() is not None)
        self.remove.setEnabled(idle and bool(self.runs.selectedItems()))

    def take_focus(self) -> None:
        """Put the keyboard where the next step is."""
        self.enable()
        if self.presenter.found:
            self._area.setFocus()
        elif self.presenter.can_watch:
            self.go.setFocus()
        else:
            self.add.setFocus()

    def ask_for_run(self) -> None:
        """Ask for a run, and take it in."""
        name = QFileDialog.getExistingDirectory(self, text.OVER_TIME_ADD)
        if name:
            self.presenter.add(Path(name))

    def ask_where(self) -> None:
        """Ask for a file, and write what was found into it."""
        proposed = Path("over-time.pdf")
        if path := ask_where_to_save(self, text.OVER_TIME_SAVE, proposed, text.OVER_TIME_KINDS):
            self.presenter.write(path)

    def restyle(self) -> None:
        """Draw the table anew: its colours are in its cells."""
        if self.presenter.found:
            self.numbers.fill([_cells(row) for row in self.presenter.found.rows])

    @property
    def at_work(self) -> str:
        """What would be broken off now, in a sentence; empty for nothing."""
        watching = text.CLOSE_OVER_TIME if self.presenter.is_at_work else ""
        writing = text.CLOSE_WRITING if self.presenter.is_writing else ""
        return "\n".join(filter(None, (watching, writing)))

    def close_down(self) -> None:
        """End all that is at work."""
        self._resized.stop()
        self.presenter.close()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Have the figure drawn anew once the size has settled."""
        super().resizeEvent(event)
        self._resized.start()

    def _hang(self, titles: Sequence[str]) -> None:
        """Make room for figures of these names."""
        for figure in self.figures:
            figure.deleteLater()
        self.figures = [FigureView(title) for title in titles]
        for figure in self.figures:
            self._drawn.addWidget(figure, 0, Qt.AlignmentFlag.AlignLeft)

    def _tell_size(self) -> None:
        width = self._area.viewport().width() - 24 - 2 * _PAPER
        if width > 100 and self._area.isVisible():
            self.presenter.set_size(width, self.devicePixelRatioF())

    def _take_run_at_hand(self) -> None:
        folder = self._run_at_hand()
        if folder is not None:
            self.presenter.add(folder)

    def _remove_chosen(self) -> None:
        self.presenter.remove({index.row() for index in self.runs.selectedIndexes()})


def _cells(row: Row) -> list[Cell]:
    words = {1: text.OVER_TIME_ROSE, -1: text.OVER_TIME_FELL}.get(row.moved, "")
    colour = style.VERDICTS["warn"] if row.moved else ""
    return [
        (row.what, ""),
        (row.period, ""),
        (row.value, ""),
        (f"{row.n:,}", ""),
        (words, colour),
    ]
