"""The tab Teach: plant a shortcut with a dial, train for a minute, and see who notices."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDial,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from xraydemo.cohort.lesson_dial import KINDS, can_be_tag_only
from xraydemo.desktop import text
from xraydemo.desktop.parts import Card, Problem, words_label
from xraydemo.desktop.saving import ask_where_to_save
from xraydemo.desktop.scrolled import Scrolled
from xraydemo.desktop.teach_curves import TeachCurves
from xraydemo.desktop.teach_presenter import STRENGTHS, TeachPresenter
from xraydemo.desktop.teach_preview import TeachPreview
from xraydemo.desktop.teach_verdicts import TeachVerdicts, colour_of, said
from xraydemo.desktop.word_table import WordTable
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable

    from xraydemo.cohort.lesson_dial import Lesson
    from xraydemo.desktop.teach_presenter import Outcome
    from xraydemo.desktop.teach_work import TeachWork
    from xraydemo.desktop.word_table import Cell

_LEFT = 330
_DIAL = 92


class TeachTab(QWidget):
    """The view of a `TeachPresenter`.

    Parameters
    ----------
    post : callable
        Takes a function and has the window's thread call it soon; may be called from any thread.
    show_files : callable
        Shows X-rays in the worklist.
    open_run : callable
        Opens a run's folder in Evaluate.
    work : TeachWork, optional
    """

    def __init__(
        self,
        post: Callable[[Callable[[], None]], None],
        show_files: Callable[[list[Path]], None],
        open_run: Callable[[Path], None],
        work: TeachWork | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.presenter = TeachPresenter(self, post, work)
        self._show_files, self._open_run = show_files, open_run
        self.kind = QComboBox()
        for name in KINDS:
            self.kind.addItem(text.TEACH_KINDS[name], name)
        self.kind.setAccessibleName(text.TEACH_KIND)
        self.dial = QDial()
        self.dial.setRange(0, len(STRENGTHS) - 1)
        self.dial.setPageStep(1)
        self.dial.setNotchesVisible(True)
        self.dial.setFixedSize(QSize(_DIAL, _DIAL))
        self.dial.setAccessibleName(text.TEACH_STRENGTH)
        self.tag_only = QCheckBox(text.TEACH_TAG_ONLY)
        self.prepare, self.train, self.all, self.stop = (
            QPushButton(words)
            for words in (text.TEACH_PREPARE, text.TEACH_TRAIN, text.TEACH_ALL, text.TEACH_STOP)
        )
        self.evaluate, self.read, self.save = (
            QPushButton(words) for words in (text.TEACH_EVALUATE, text.TEACH_READ, text.TEACH_SAVE)
        )
        self.preview, self.curves, self.verdicts = TeachPreview(), TeachCurves(), TeachVerdicts()
        self.table = WordTable(text.TEACH_COLUMNS, text.TEACH_TABLE)
        self._lay_out()
        self._connect()
        self.lesson_changed()

    # what the window needs of a tab

    @property
    def at_work(self) -> str:
        """What would be broken off now, in a sentence; empty for nothing."""
        return text.TEACH_AT_WORK if self.presenter.is_at_work else ""

    def take_focus(self) -> None:
        """Put the keyboard where the next step is."""
        steps = (self.prepare, self.train, self.stop)
        next((step for step in steps if step.isVisible()), self.dial).setFocus()

    def restyle(self) -> None:
        """Show what has colours of its own in those that are in force now."""
        self.lesson_changed()

    def close_down(self) -> None:
        """End all that is at work."""
        self.presenter.close()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Look what is there, the first time."""
        super().showEvent(event)
        self.presenter.open()

    # what the presenter tells

    def lesson_changed(self) -> None:
        """Show the stage, the dial, and what was found."""
        presenter, stage = self.presenter, self.presenter.stage
        self.kind.setCurrentIndex(KINDS.index(presenter.kind))
        self.dial.setValue(STRENGTHS.index(presenter.strength))
        self.tag_only.setChecked(presenter.tag_only)
        for widget in (self.kind, self.dial):
            widget.setEnabled(presenter.can_turn)
        self.tag_only.setEnabled(presenter.can_turn and can_be_tag_only(presenter.kind))
        self._strength.setText(text.teach_strength(presenter.strength))
        self._planted.setText(
            text.teach_planted(presenter.kind, presenter.strength, tag_only=presenter.tag_only)
        )
        self.prepare.setVisible(stage == "empty")
        self.train.setVisible(stage == "ready")
        self.all.setVisible(stage == "ready")
        self.stop.setVisible(presenter.is_at_work)
        self._bar.setVisible(presenter.is_at_work)
        self._doing.setVisible(presenter.is_at_work or bool(presenter.note))
        self._see.setText(presenter.see)
        self._problem.say(presenter.problem)
        outcome = presenter.outcome
        self.verdicts.show_verdicts(outcome.verdicts if outcome else {})
        self.table.fill([self._row(*row) for row in presenter.rows()])
        can_open = outcome is not None and outcome.trained is not None
        for button in (self.evaluate, self.read):
            button.setEnabled(can_open and presenter.can_turn)
        self.save.setEnabled(any(one.trained for one in presenter.outcomes.values()))
        self.progress_changed()

    def progress_changed(self) -> None:
        """Show how far it is, and the curves."""
        presenter, outcome = self.presenter, self.presenter.outcome
        points = outcome.points if outcome else []
        self.curves.show_points(points)
        last = points[-1].inside if points else None
        self._sides.setText(text.teach_sides(last.n, last.patients) if last else "")
        self._doing.setText(presenter.doing_words if presenter.is_at_work else presenter.note)
        share = presenter.share
        self._bar.setRange(0, 0 if share is None else 1000)
        self._bar.setValue(round(1000 * (share or 0.0)))

    def preview_changed(self) -> None:
        """Show other X-rays."""
        self.preview.show_xrays(self.presenter.preview)

    # what the reader does

    def ask_where_to_save(self) -> None:
        """Ask for a file, and write the table or a picture there."""
        proposed = Path("lesson.csv")
        if path := ask_where_to_save(self, text.TEACH_SAVE, proposed, text.TEACH_SAVE_AS):
            try:
                self.save_to(path)
            except XrayDemoError as error:
                self.presenter.refuse(error)

    def save_to(self, path: Path) -> None:
        """Write the table, or a picture where the name ends so.

        Raises
        ------
        XrayDemoError
            If it can't be written.
        """
        if path.suffix.lower() != ".png":
            self.presenter.save_table(path)
        elif not self._lesson.grab().save(str(path), "PNG"):
            raise XrayDemoError(text.TEACH_NO_PICTURE.format(path=path), text.EVALUATE_ELSE)

    def open_in_evaluate(self) -> None:
        """Open the run inside, as any other."""
        from xraydemo.desktop.teach_work import run_inside

        outcome = self.presenter.outcome
        if outcome and outcome.trained:
            self._open_run(run_inside(outcome.trained))

    def show_xrays(self) -> None:
        """Show the X-rays inside in the worklist."""
        outcome = self.presenter.outcome
        if outcome and outcome.trained:
            self._show_files([outcome.trained.inside.with_suffix("")])

    # within

    def _connect(self) -> None:
        presenter = self.presenter
        self.kind.activated.connect(lambda at: presenter.choose(kind=KINDS[at]))
        self.dial.valueChanged.connect(lambda at: self._turned(STRENGTHS[at]))
        self.tag_only.clicked.connect(lambda on: presenter.choose(tag_only=on))
        self.prepare.clicked.connect(presenter.prepare)
        self.train.clicked.connect(presenter.train)
        self.all.clicked.connect(presenter.train_all)
        self.stop.clicked.connect(presenter.stop)
        self.evaluate.clicked.connect(self.open_in_evaluate)
        self.read.clicked.connect(self.show_xrays)
        self.save.clicked.connect(self.ask_where_to_save)
        self.table.opened.connect(self._go_to_row)

    def _turned(self, strength: float) -> None:
        if strength != self.presenter.strength:
            self.presenter.choose(strength=strength)

    def _go_to_row(self, item: QTableWidgetItem) -> None:
        self.presenter.choose(strength=STRENGTHS[item.row()])

    def _row(self, lesson: Lesson, outcome: Outcome | None) -> list[Cell]:
        strength = lesson.strength
        here = "▸ " if strength == self.presenter.strength else ""
        cells: list[Cell] = [(f"{here}{text.teach_strength(strength)}", "")]
        last = outcome.points[-1] if outcome and outcome.trained else None
        sides = (last.inside, last.outside) if last else (None, None)
        cells += [
            (text.teach_estimate(auc.value, auc.low, auc.high) if auc else "", "") for auc in sides
        ]
        for check in text.TEACH_CHECKS:
            verdict = outcome.verdicts.get(check) if outcome else None
            cells.append((said(verdict), colour_of(verdict)))
        return cells

    def _lay_out(self) -> None:
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        left = Scrolled(self._left(), text.TEACH_TITLE, _LEFT)
        left.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        across.addWidget(left)
        across.addWidget(Scrolled(self._right(), text.NAME_LESSON), 1)

    def _left(self) -> QWidget:
        left = QWidget()
        left.setObjectName("panel")
        left.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(left)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(8)
        column.addWidget(words_label("title", text.TEACH_TITLE))
        column.addWidget(words_label("dim", text.TEACH_BODY))
        column.addWidget(words_label("title", text.TEACH_KIND))
        column.addWidget(self.kind)
        column.addLayout(self._dial_and_words())
        column.addWidget(self.tag_only)
        column.addSpacing(4)
        self.prepare.setObjectName("main")
        self.train.setObjectName("main")
        self.all.setToolTip(text.TEACH_ALL_TIP)
        for button in (self.prepare, self.train, self.all, self.stop):
            column.addWidget(button)
        self._doing = words_label("dim", "")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(text.NAME_LESSON_BAR)
        self._bar.setFixedHeight(8)
        column.addWidget(self._bar)
        column.addWidget(self._doing)
        self._problem = Problem()
        column.addWidget(self._problem)
        column.addStretch(1)
        card = Card(text.TEACH_SEE)
        card.setObjectName("banner")
        self._see = words_label("", "")
        card.column.addWidget(self._see)
        column.addWidget(card)
        return left

    def _dial_and_words(self) -> QHBoxLayout:
        self._strength, self._planted = words_label("", ""), words_label("dim", "")
        font = self._strength.font()
        font.setPointSizeF(font.pointSizeF() * 1.8)
        self._strength.setFont(font)
        words = QVBoxLayout()
        words.addWidget(words_label("title", text.TEACH_STRENGTH))
        words.addWidget(self._strength)
        words.addStretch(1)
        dial = QHBoxLayout()
        dial.addWidget(self.dial)
        dial.addLayout(words, 1)
        column = QVBoxLayout()
        column.addLayout(dial)
        column.addWidget(self._planted)
        row = QHBoxLayout()
        row.addLayout(column)
        return row

    def _right(self) -> QWidget:
        self._lesson = QWidget()
        self._lesson.setObjectName("page")
        self._lesson.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self._lesson)
        column.setContentsMargins(14, 8, 14, 8)
        column.setSpacing(5)
        column.addWidget(words_label("title", text.TEACH_PREVIEW))
        column.addWidget(self.preview)
        column.addWidget(words_label("title", text.TEACH_CURVES))
        column.addWidget(self.curves, 1)
        self._sides = words_label("dim", "")
        column.addWidget(self._sides)
        column.addWidget(words_label("title", text.TEACH_VERDICTS))
        column.addWidget(self.verdicts)
        column.addWidget(self.table)
        buttons = QHBoxLayout()
        buttons.addWidget(words_label("dim", text.TEACH_KEPT), 1)
        for button in (self.evaluate, self.read, self.save):
            buttons.addWidget(button)
        column.addLayout(buttons)
        return self._lesson
