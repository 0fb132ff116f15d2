"""One answer in full: question, sentence, findings, figures with their X-rays, and tables."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from xraydemo.desktop import style, text
from xraydemo.desktop.figure_view import FigureView
from xraydemo.desktop.gradually import Gradually
from xraydemo.desktop.number_table import NumberTable
from xraydemo.desktop.parts import Card, Page, words_label
from xraydemo.desktop.power_pieces import power_pieces
from xraydemo.desktop.saving import ask_where_to_save
from xraydemo.desktop.scenario_dialog import ScenarioDialog
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xraydemo.desktop.asking import Answer
    from xraydemo.desktop.evaluate_presenter import Choice, EvaluatePresenter, Unread
    from xraydemo.desktop.figure_work import Drawn
    from xraydemo.evaluation.headline import Headline
    from xraydemo.evaluation.result import CheckResult
    from xraydemo.report.explanations import Explanation

_AFTER_RESIZING_MS = 250
_MOST_FILES = 1000
_FILES_AT_ONCE = 20
_MARGIN = 12
_NARROWEST = 620


class AnswerPanel(QScrollArea):
    """The chosen answer."""

    width_settled = Signal(int, float)
    """Pixels for a figure, and device pixels to one of them."""

    thresholds_wanted = Signal(str)
    """Id of the check whose thresholds are to be edited."""

    beside_wanted = Signal()
    """The reader wants to give what a check lacks."""

    def __init__(self, presenter: EvaluatePresenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self._figures: list[FigureCard] = []
        self._building = Gradually(self)
        self._resized = QTimer(self)
        self._resized.setSingleShot(True)
        self._resized.setInterval(_AFTER_RESIZING_MS)
        self._resized.timeout.connect(self._tell_width)
        self.setWidgetResizable(True)
        self.setAccessibleName(text.NAME_ANSWER)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFrameShape(QFrame.Shape.NoFrame)

    def show_answer(self) -> None:
        """Show what is chosen, from its beginning; what is far down comes a moment later."""
        from xraydemo.desktop.evaluate_presenter import HEADLINE, UNREADABLE

        presenter = self._presenter
        self._figures = []
        page = Page()
        column = QVBoxLayout(page)
        column.setContentsMargins(20, 14, 16, 20)
        column.setSpacing(10)
        column.addStretch(1)
        pieces = _Pieces(column)
        if presenter.chosen == UNREADABLE:
            steps = self._fill_unread(pieces)
        elif presenter.chosen == HEADLINE and presenter.headline:
            steps = self._fill_headline(pieces, presenter.headline)
        elif presenter.answer:
            steps = self._fill_answer(pieces, presenter.answer)
        else:
            steps = pieces.add(_sentence(text.ASKED_ANEW, "dim"))
        # its beginning is there when the page is first seen
        self._building.begin(steps, pieces.show)
        self.setWidget(page)
        self._tell_width()

    @property
    def is_whole(self) -> bool:
        """Whether all of the answer is there."""
        return self._building.is_done

    def clear(self) -> None:
        """Show nothing."""
        self._building.stop()
        self._figures = []
        self.setWidget(QWidget())

    def show_figure(self, number: int) -> None:
        """Show a figure that was drawn."""
        drawn = self._presenter.drawn(number)
        if number < len(self._figures) and drawn is not None:
            self._figures[number].show_drawn(drawn, self.devicePixelRatioF())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Have the figures drawn anew once the size has settled."""
        super().resizeEvent(event)
        self._resized.start()

    def stop(self) -> None:
        """End what waits."""
        self._building.stop()
        self._resized.stop()

    def _tell_width(self) -> None:
        width = self.viewport().width() - 36 - 2 * _MARGIN
        if width > 100 and self.isVisible():
            self.width_settled.emit(width, self.devicePixelRatioF())

    def _fill_answer(self, pieces: _Pieces, answer: Answer) -> Iterator[None]:
        from xraydemo.evaluation.result import Verdict
        from xraydemo.report.explanations import explanations
        from xraydemo.report.words import number_text, verdict_text

        result = answer.result
        mark = QLabel(verdict_text(result.verdict))
        mark.setStyleSheet(f"color: {style.VERDICTS[result.verdict.value]}; font-weight: 600;")
        name = QLabel(result.check)
        name.setObjectName("dim")
        head = QHBoxLayout()
        head.addWidget(mark)
        head.addWidget(name)
        head.addStretch(1)
        yield from pieces.add(head)
        yield from pieces.add(_large(answer.question, 1.3))
        told = explanations().get(result.check)
        is_told_what_next = result.verdict in (Verdict.WARN, Verdict.FAIL)
        if result.verdict is Verdict.CANNOT_CHECK:
            yield from pieces.add(self._would_help(result))
        else:
            yield from pieces.add(_large(text.what_would_help(result.headline), 1.1))
            if result.number:
                yield from pieces.add(_sentence(number_text(result.number), "dim"))
            if answer.is_taken:
                yield from pieces.add(_sentence(text.TAKEN, "dim"))
            if not result.settled:
                yield from pieces.add(_sentence(text.UNSETTLED, "warning"))
            for finding in result.findings:
                yield from pieces.add(_bullet(text.what_would_help(finding)))
            if told and is_told_what_next:
                yield from pieces.add(
                    _told(((text.EXPLAIN_NEXT, text.what_would_help(told.next)),))
                )
            yield from self._add_figures(pieces)
            for table in result.tables:
                yield from pieces.add(NumberTable(table))
        if told:
            yield from pieces.add(_told(_beside(told, is_told_what_next)))
        yield from self._fill_power(pieces, result.check)
        if result.parameters:
            yield from pieces.add(self._settings(result))

    def _fill_power(self, pieces: _Pieces, check: str) -> Iterator[None]:
        """Tell what was measured of the check itself, where something was."""
        from xraydemo.report.power import power_of

        if power := power_of(check):
            for piece in power_pieces(power):
                yield from pieces.add(piece)

    def _would_help(self, result: CheckResult) -> Card:
        """Say what would help, and offer to take it."""
        card = Card(text.WOULD_HELP)
        card.column.addWidget(_large(text.what_would_help(result.headline), 1.1))
        for finding in result.findings:
            card.column.addWidget(_sentence(text.what_would_help(finding), "dim"))
        if text.can_be_given(result.headline):
            give = QPushButton(text.GIVE)
            give.clicked.connect(self.beside_wanted)
            row = QHBoxLayout()
            row.addWidget(give)
            row.addStretch(1)
            card.column.addLayout(row)
        return card

    def _settings(self, result: CheckResult) -> QHBoxLayout:
        edited = self._presenter.edited.get(result.check, ())
        said = text.settings(result.parameters, edited)
        row = QHBoxLayout()
        row.addWidget(_sentence(said, "warning" if edited else "dim"), 1)
        edit = QPushButton(text.THRESHOLDS_EDIT)
        edit.clicked.connect(lambda: self.thresholds_wanted.emit(result.check))
        row.addWidget(edit, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _add_figures(self, pieces: _Pieces) -> Iterator[None]:
        from xraydemo.desktop.evaluate_presenter import choices

        for number, figure in enumerate(self._presenter.figures):
            card = FigureCard(figure.title, choices(figure))
            card.show_wanted.connect(self._presenter.show_xrays)
            card.save_wanted.connect(lambda number=number: self._save(number))
            card.scenario_wanted.connect(self._make_scenario)
            self._figures.append(card)
            yield from pieces.add(card)
            self.show_figure(number)

    def _save(self, number: int) -> None:
        proposed = Path("figure.png")
        if path := ask_where_to_save(self, text.FIGURE_SAVE, proposed, text.FIGURES):
            self._presenter.write_figure(number, path)

    def _make_scenario(self, words: str, positions: tuple[int, ...]) -> None:
        dialog = ScenarioDialog(self._presenter, words, positions, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _fill_headline(self, pieces: _Pieces, headline: Headline) -> Iterator[None]:
        from xraydemo.evaluation.result import Table

        yield from pieces.add(_large(text.HEADLINE_QUESTION, 1.3))
        yield from pieces.add(_sentence(headline.paragraph))
        yield from self._add_figures(pieces)
        for part in headline.parts:
            yield from pieces.add(_bullet(f"{part.name}: {part.note}"))
        for name, why in headline.not_measured.items():
            yield from pieces.add(_bullet(text.not_measured(name, why)))
        rows = tuple(replace(part.number, where=part.name) for part in headline.parts)
        if rows:
            yield from pieces.add(NumberTable(Table(text.HEADLINE_TABLE, rows)))

    def _fill_unread(self, pieces: _Pieces) -> Iterator[None]:
        run, files = self._presenter.run, self._presenter.unread
        assert run is not None
        yield from pieces.add(_large(text.UNREAD_QUESTION, 1.3))
        yield from pieces.add(_large(text.unread(len(files), len(run)), 1.1))
        shown = files[:_MOST_FILES]
        for begin in range(0, len(shown), _FILES_AT_ONCE):
            yield from pieces.add(_rich(unread_html(shown[begin : begin + _FILES_AT_ONCE])))
        if len(files) > _MOST_FILES:
            yield from pieces.add(_sentence(text.more(len(files) - _MOST_FILES), "dim"))


class _Pieces:
    """Puts pieces into a column, above the stretch at its end.

    What is made in one slice of time comes as one widget: to show a part, Qt asks all sentences
    that are there already for their heights again.
    """

    def __init__(self, column: QVBoxLayout) -> None:
        self._column = column
        self._waiting: list[QWidget | QLayout] = []

    def add(self, piece: QWidget | QLayout) -> Iterator[None]:
        self._waiting.append(piece)
        yield

    def show(self) -> None:
        """Show what was added since."""
        if not self._waiting:
            return
        together = QWidget()
        column = QVBoxLayout(together)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self._column.spacing())
        for piece in self._waiting:
            if isinstance(piece, QWidget):
                column.addWidget(piece)
            else:
                column.addLayout(piece)
        self._waiting = []
        self._column.insertWidget(self._column.count() - 1, together)


class FigureCard(QFrame):
    """A figure on paper, and below it the X-rays that stand behind its parts."""

    show_wanted = Signal(object)
    """Positions in the run of the X-rays to show."""

    save_wanted = Signal()
    """The figure is to be written into a file."""

    scenario_wanted = Signal(str, object)
    """Name and positions of the X-rays that a scenario is to be made of."""

    def __init__(self, title: str, choices: list[Choice], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("figure")
        self.view = FigureView(title)
        self.view.opened.connect(lambda part: self.show_wanted.emit(part.positions))
        self._choice = QComboBox()
        self._choice.setAccessibleName(text.NAME_BEHIND)
        self._choice.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._choice.setMinimumContentsLength(18)
        for choice in choices:
            words = text.choice(choice.words, len(choice.positions))
            self._choice.addItem(words, choice)
        show = QPushButton(text.SHOW_XRAYS)
        show.clicked.connect(lambda: self.show_wanted.emit(self._choice.currentData().positions))
        scenario = QPushButton(text.SCENARIO_MAKE)
        scenario.setToolTip(text.SCENARIO_MAKE_TIP)
        scenario.clicked.connect(self._want_scenario)
        save = QPushButton(text.FIGURE_SAVE)
        save.clicked.connect(self.save_wanted)
        paper = QFrame()
        paper.setObjectName("paper")
        inner = QVBoxLayout(paper)
        inner.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        inner.addWidget(self.view, 0, Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(paper)
        row = QHBoxLayout()
        if choices:
            column.addWidget(self._choice)
            row.addWidget(show)
            row.addWidget(scenario)
        row.addStretch(1)
        row.addWidget(save)
        column.addLayout(row)

    def show_drawn(self, drawn: Drawn | XrayDemoError, sharpness: float) -> None:
        """Show the figure, or why it can't be drawn."""
        if isinstance(drawn, XrayDemoError):
            self.view.say(drawn)
            return
        self.view.show_drawn(drawn, sharpness)
        # no wider than what is on it, but for the row of buttons
        self.setMaximumWidth(max(self.view.width() + 2 * _MARGIN, _NARROWEST))

    @property
    def has_picture(self) -> bool:
        """Whether the figure is there."""
        return self.view.has_picture

    def _want_scenario(self) -> None:
        choice = self._choice.currentData()
        self.scenario_wanted.emit(choice.words, choice.positions)


def unread_html(files: list[Unread]) -> str:
    """Return the files that could not be read, and why, as HTML."""
    from xraydemo.report.words import one_line

    rows = "".join(
        f"<tr><td style='{_CELL}'><b>{escape(one_line(file.file))}</b><br>"
        f"{escape(one_line(file.message))}"
        f"<br><span style='color:{style.DIM}'>{escape(one_line(file.hint))}</span></td></tr>"
        for file in files
    )
    return _table(rows)


_CELL = "padding: 3px 14px 3px 0;"


def _table(rows: str) -> str:
    return f"<table cellspacing='0' cellpadding='0'>{rows}</table>"


def _sentence(words: str, name: str = "") -> QLabel:
    label = words_label(name, words)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _large(words: str, factor: float) -> QLabel:
    label = _sentence(words)
    font = label.font()
    font.setPointSizeF(font.pointSizeF() * factor)
    label.setFont(font)
    return label


def _bullet(words: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    dot = QLabel("•")
    dot.setObjectName("dim")
    dot.setAlignment(Qt.AlignmentFlag.AlignTop)
    row.addWidget(dot)
    row.addWidget(_sentence(words), 1)
    return row


def _beside(told: Explanation, is_told_what_next: bool) -> list[tuple[str, str]]:
    """Give what stands below each answer, each with its title."""
    parts = [(text.EXPLAIN_HOW, told.how), (text.EXPLAIN_CANNOT, told.cannot_tell)]
    if not is_told_what_next:
        parts.append((text.EXPLAIN_NEXT, text.what_would_help(told.next)))
    parts.append((text.EXPLAIN_LITERATURE, told.literature))
    parts.append((text.EXPLAIN_SOURCES, "\n".join(map(str, told.sources))))
    return [(title, words) for title, words in parts if words]


def _told(parts: Iterable[tuple[str, str]]) -> Card:
    """Put sentences under their titles."""
    card = Card()
    for title, words in parts:
        card.column.addWidget(words_label("title", title))
        card.column.addWidget(_sentence(words))
    return card


def _rich(html: str) -> QLabel:
    label = QLabel(html)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label
