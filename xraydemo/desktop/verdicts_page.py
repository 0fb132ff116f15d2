"""The verdicts of a run: the headline, the checks as cards, and the one that is opened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from xraydemo.desktop import style, text
from xraydemo.desktop.answer_panel import AnswerPanel
from xraydemo.desktop.asking import Asking, ReadingBeside
from xraydemo.desktop.beside_panel import BesideDialog
from xraydemo.desktop.cards import CardsPage
from xraydemo.desktop.parts import Card, ElidedLabel, Problem, words_label
from xraydemo.desktop.saving import ask_where_to_save
from xraydemo.desktop.thresholds_dialog import ThresholdsDialog
from xraydemo.desktop.verdict_list import VerdictList, entries_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QAction

    from xraydemo.desktop.evaluate_presenter import EvaluatePresenter

_STEPS = 1000
_TICK = 1000  # milliseconds


class VerdictsPage(QWidget):
    """Shows what the checks found."""

    def __init__(self, presenter: EvaluatePresenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self._title, self._folder = ElidedLabel(), ElidedLabel()
        self._title.setObjectName("title")
        self._folder.setObjectName("dim")
        self._refusal, self._problem, self._export_problem = Problem(), Problem(), Problem()
        self._caveat = words_label("warning")
        self._tally = QLabel()
        self._asking, self._bar = _elided(), _bar(text.NAME_ASKING)
        self._note, self._written = _elided(), _bar(text.NAME_WRITING)
        self.stop_writing = QPushButton(text.EXPORT_STOP)
        self._clock = QTimer(self)  # nothing may be heard of a check for long
        self._clock.setInterval(_TICK)
        self.stop, self.again = QPushButton(text.STOP), QPushButton(text.ASK_ON)
        self.parts, self.unread = QPushButton(text.HEADLINE_PARTS), QPushButton()
        self.thresholds = QPushButton(text.thresholds_button(0))
        self.beside = QPushButton(text.BESIDE)
        self.export = QPushButton(text.EXPORT)
        self.back = QPushButton(text.ALL_CHECKS)
        self.cards = CardsPage(presenter)
        self.list, self.panel = VerdictList(), AnswerPanel(presenter)
        self._lay_out()
        self._fill_export()
        self.cards.chosen.connect(presenter.select)
        self.list.selected.connect(presenter.select)
        self.panel.width_settled.connect(presenter.set_width)
        self.panel.thresholds_wanted.connect(self.edit_thresholds)
        self.panel.beside_wanted.connect(self.edit_beside)
        self.stop.clicked.connect(presenter.stop)
        self.stop_writing.clicked.connect(presenter.export.stop)
        self._clock.timeout.connect(self._tell_time)
        self.again.clicked.connect(presenter.ask_on)
        self.parts.clicked.connect(self._show_parts)
        self.unread.clicked.connect(self._show_unread)
        self.thresholds.clicked.connect(lambda: self.edit_thresholds(""))
        self.beside.clicked.connect(self.edit_beside)
        self.back.clicked.connect(self.show_all)

    def _lay_out(self) -> None:
        top = Card()
        names = QHBoxLayout()
        names.setSpacing(20)
        names.addWidget(self._title, 3)
        names.addWidget(self._folder, 2)
        self._folder.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        top.column.addLayout(names)
        caveat = QHBoxLayout()
        caveat.addWidget(self._caveat, 1)
        caveat.addWidget(self.again)
        top.column.addLayout(caveat)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(self.back)
        tools.addWidget(self._tally)
        tools.addStretch(1)
        for button in (self.parts, self.unread, self.beside, self.thresholds, self.export):
            tools.addWidget(button)
        top.column.addLayout(tools)
        self._state = _strip(self._asking, self._bar, self.stop)
        self._writing = _strip(self._note, self._written, self.stop_writing)
        self._writing.hide()
        top.column.addWidget(self._state)
        top.column.addWidget(self._writing)
        self._across = QSplitter()
        self._across.addWidget(self.list)
        self._across.addWidget(self.panel)
        self._across.setSizes([400, 940])
        self._across.setStretchFactor(0, 1)
        self._across.setStretchFactor(1, 3)
        self._across.setChildrenCollapsible(False)
        self._across.setHandleWidth(4)
        self.list.setMinimumWidth(260)
        self.panel.setMinimumWidth(420)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.cards)
        self._stack.addWidget(self._across)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addWidget(top)
        column.addWidget(self._refusal)
        column.addWidget(self._problem)
        column.addWidget(self._export_problem)
        column.addWidget(self._stack, 1)

    def _fill_export(self) -> None:
        menu = QMenu(self.export)
        presenter = self._presenter
        self._whole: list[QAction] = []
        for words, name, kinds, write, needs_all in (
            (text.EXPORT_PDF, "report.pdf", "PDF (*.pdf)", presenter.write_report, True),
            (text.EXPORT_JSON, "results.json", "JSON (*.json)", presenter.write_document, True),
            (text.EXPORT_CSV, "predictions.csv", "CSV (*.csv)", presenter.write_table, False),
            (
                text.EXPORT_PARQUET,
                "predictions.parquet",
                "Parquet (*.parquet)",
                presenter.write_table,
                False,
            ),
        ):
            action = menu.addAction(words)
            action.triggered.connect(self._asking_where(words, name, kinds, write))
            if needs_all:
                self._whole.append(action)
        self.export.setMenu(menu)

    def show_verdicts(self) -> None:
        """Show the run's name, its headline and the answers."""
        presenter, run = self._presenter, self._presenter.run
        opening = presenter.doing == "opening"
        title = text.OPENING_RUN if opening else ""
        caveats = []
        if run is not None:
            meta = run.meta
            title = text.run_title(meta.cohort["name"], meta.bundle["name"], len(run))
            if presenter.unfinished:
                caveats.append(text.unfinished(presenter.unfinished, len(run)))
        if presenter.partly_asked:
            caveats.append(text.VERDICTS_STOPPED)
        for label, words in ((self._title, title), (self._folder, str(presenter.run_folder or ""))):
            label.setText(words)
            label.setToolTip(words)
        self._caveat.setText("\n".join(caveats))
        self._caveat.setVisible(bool(caveats))
        self._refusal.say(presenter.problem)
        self._problem.say(presenter.asking_problem)
        self.list.show_entries(entries_of(presenter), presenter.chosen)
        self.cards.show_answers()
        self._tally.setText(_tally(presenter))
        self.parts.setVisible(presenter.headline is not None)
        self.unread.setVisible(bool(presenter.unread_count))
        self.unread.setText(text.unread_button(presenter.unread_count))
        for button in (self.thresholds, self.beside, self.export):
            button.setEnabled(run is not None)
        for action in self._whole:
            action.setEnabled(presenter.document is not None)
        self.show_settings()
        self.show_progress()

    def show_chosen(self) -> None:
        """Show the opened answer, or all of them."""
        chosen = self._presenter.chosen
        was = self._stack.currentWidget()
        self.list.mark(chosen)  # first: a list that gets the focus goes to its first row else
        self._stack.setCurrentWidget(self._across if chosen else self.cards)
        self.back.setVisible(bool(chosen))
        if chosen:
            self.panel.show_answer()
            self.list.show_current()
            if was is self.cards:
                self.list.setFocus()
        else:
            self.panel.clear()

    def show_settings(self) -> None:
        """Say whether thresholds were edited."""
        edited = sum(map(len, self._presenter.edited.values()))
        self.thresholds.setText(text.thresholds_button(edited))
        self.thresholds.setStyleSheet(f"color: {style.WARNING};" if edited else "")

    def show_progress(self) -> None:
        """Show which check is being asked."""
        presenter = self._presenter
        asking, at_work = presenter.asking, presenter.doing == "asking"
        self.stop.setEnabled(presenter.can_stop)
        self.stop.setText(text.STOP if presenter.can_stop else text.STOPPING)
        self.again.setVisible(presenter.partly_asked)
        self.again.setEnabled(not presenter.doing)
        stop_had_focus = self.stop.hasFocus()
        self._state.setVisible(at_work)
        if stop_had_focus and not at_work:
            self.take_focus()
        match asking:
            case Asking():
                self._bar.setValue(round(_STEPS * (asking.number + asking.share) / asking.total))
            case ReadingBeside():
                self._bar.setValue(round(_STEPS * asking.done / max(asking.total, 1)))
            case _:
                self._bar.setValue(0)
        self._tell_time()

    def show_export(self) -> None:
        """Say what is being written, was, or can't be."""
        export = self._presenter.export
        stop_had_focus = self.stop_writing.hasFocus()
        for widget in (self._written, self.stop_writing):
            widget.setVisible(export.share is not None)
        self._written.setValue(round(_STEPS * (export.share or 0)))
        self.stop_writing.setEnabled(export.can_stop)
        self.stop_writing.setText(text.EXPORT_STOP if export.can_stop else text.STOPPING)
        if stop_had_focus and not export.can_stop:
            self.export.setFocus()
        self._writing.setVisible(bool(export.note))
        self._export_problem.say(export.problem)
        self._tell_time()

    def _tell_time(self) -> None:
        """Say what is being done and how long it takes, also while nothing is heard of it."""
        presenter, asking = self._presenter, self._presenter.asking
        words = text.VERDICTS_NEXT if presenter.answers else text.VERDICTS_NONE
        match asking:
            case Asking():
                from xraydemo.report.groups import plain_name  # late: as the cards have it

                share = asking.share if asking.asks_model else None
                words = text.asking(plain_name(asking.check), asking.number, asking.total, share)
            case ReadingBeside():
                words = text.reading_beside(asking.name, asking.done, asking.total)
        left, so_far = presenter.asking_seconds_left, presenter.asking_seconds
        self._asking.setText(text.with_time(words, left, so_far))
        export = presenter.export
        self._note.setText(text.writing(export.note, export.seconds_left))
        for label in (self._asking, self._note):
            label.setToolTip(label.text())
        at_work = presenter.doing == "asking" or export.share is not None
        if at_work and self.isVisible():
            self._clock.start()
        else:
            self._clock.stop()

    def show_all(self) -> None:
        """Go back to the cards, to the one that was opened."""
        chosen = self._presenter.chosen
        self._presenter.select("")
        self.cards.take_focus(chosen)

    def take_focus(self) -> None:
        """Put the keyboard where the next step is."""
        if self._presenter.chosen:
            self.list.setFocus()
        elif self._presenter.answers:
            self.cards.take_focus()
        else:
            self.stop.setFocus()

    def edit_thresholds(self, check: str) -> None:
        """Show the thresholds, those of a check first, and take over what is changed."""
        dialog = ThresholdsDialog(self._presenter.own_thresholds, check, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.taken.connect(self._presenter.set_thresholds)
        dialog.open()

    def edit_beside(self) -> None:
        """Ask what is to stand beside the run."""
        dialog = BesideDialog(self._presenter, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Go on telling the time."""
        super().showEvent(event)
        self._tell_time()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Tell the time to nobody."""
        super().hideEvent(event)
        self._clock.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Go back to all with Escape."""
        if event.key() == Qt.Key.Key_Escape and self._presenter.chosen:
            self.show_all()
        else:
            super().keyPressEvent(event)

    def _asking_where(
        self, words: str, name: str, kinds: str, write: Callable[[Path], None]
    ) -> Callable[[], None]:
        def ask() -> None:
            folder = self._presenter.run_folder or Path()
            path = ask_where_to_save(self, words, folder / name, kinds)
            if path:
                write(path)

        return ask

    def _show_parts(self) -> None:
        from xraydemo.desktop.evaluate_presenter import HEADLINE

        self._presenter.select(HEADLINE)

    def _show_unread(self) -> None:
        from xraydemo.desktop.evaluate_presenter import UNREADABLE

        self._presenter.select(UNREADABLE)


def _elided() -> ElidedLabel:
    label = ElidedLabel()
    label.setObjectName("dim")
    return label


def _bar(name: str) -> QProgressBar:
    bar = QProgressBar()
    bar.setAccessibleName(name)
    bar.setTextVisible(False)
    bar.setFixedHeight(6)
    bar.setRange(0, _STEPS)
    return bar


def _strip(words: QWidget, bar: QProgressBar, stop: QPushButton) -> QWidget:
    strip = QWidget()
    row = QHBoxLayout(strip)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    row.addWidget(words, 3)
    row.addWidget(bar, 2)
    row.addWidget(stop)
    return strip


def _tally(presenter: EvaluatePresenter) -> str:
    """Count the verdicts, each in its colour, as HTML."""
    if not presenter.answers:
        return ""
    from xraydemo.report.words import GRAVEST_FIRST, verdict_text

    verdicts = [answer.result.verdict for answer in presenter.answers]
    return "&nbsp;&nbsp; ".join(
        f"<span style='color:{style.VERDICTS[v.value]}'><b>{verdicts.count(v)}</b> "
        f"{verdict_text(v)}</span>"
        for v in GRAVEST_FIRST
        if v in verdicts
    )
