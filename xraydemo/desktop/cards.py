"""The checks as cards in their groups: verdict, number, sentence, and a small picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from xraydemo.desktop import style, text
from xraydemo.desktop.lines import draw_lines, number_first
from xraydemo.desktop.parts import Page, words_label
from xraydemo.desktop.sketch import sketch

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from xraydemo.desktop.asking import Answer
    from xraydemo.desktop.evaluate_presenter import EvaluatePresenter

_NARROWEST = 400  # pixels of a card: three beside one another on a small notebook
_MOST_COLUMNS = 6
_EDGE, _MARGIN, _SKETCH = 4, 11, QSize(104, 66)
_LINES = 3
_LINE = 1240  # pixels: longer lines are hard to read
_WAYS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class CheckCard(QAbstractButton):
    """One check: a click, Space or Return opens it."""

    went = Signal(int, int)
    """Rows and columns that an arrow key goes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answer: Answer | None = None
        self._edited = False
        self._thumbnails: NDArray[np.uint8] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_answer(self, answer: Answer, thumbnails: NDArray[np.uint8], *, edited: bool) -> None:
        """Show an answer; `edited` says that its thresholds are."""
        from xraydemo.report.words import number_text, verdict_text

        is_same = answer is self._answer and thumbnails is self._thumbnails
        if is_same and edited == self._edited:
            return  # all cards are told whenever one answer comes: to draw it again takes time
        self._answer, self._thumbnails, self._edited = answer, thumbnails, edited
        result = answer.result
        number = number_text(result.number) if result.number else ""
        sentence = text.what_would_help(result.headline)
        said = [verdict_text(result.verdict), answer.question, sentence, number]
        said += [text.EDITED_NAME] * edited
        self.setAccessibleName(". ".join(part for part in said if part))
        self.setToolTip(sentence)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the size of a head, a few lines and a number."""
        line = self.fontMetrics().height()
        return QSize(_NARROWEST, 2 * 9 + (_LINES + 2) * line + 10)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Go to a neighbour, or open."""
        key = Qt.Key(event.key())
        if key in _WAYS:
            self.went.emit(*_WAYS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the card."""
        if self._answer is None:
            return
        from xraydemo.report.groups import plain_name
        from xraydemo.report.words import verdict_text

        result = self._answer.result
        colour = QColor(style.VERDICTS[result.verdict.value])
        line = self.fontMetrics().height()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._ground(painter, colour)
            inner = self.rect().adjusted(_EDGE + _MARGIN, 9, -_MARGIN, -9)
            bold = self.font()
            bold.setBold(True)
            painter.setFont(bold)
            painter.setPen(colour)
            mark = verdict_text(result.verdict)
            painter.drawText(inner, Qt.AlignmentFlag.AlignLeft, mark)
            taken = QFontMetrics(bold).horizontalAdvance(mark) + 10
            painter.setPen(QColor(style.TEXT))
            painter.drawText(
                inner.adjusted(taken, 0, 0, 0),
                Qt.AlignmentFlag.AlignLeft,
                plain_name(result.check),
            )
            painter.setFont(self.font())
            if self._edited:
                painter.setPen(QColor(style.DIM))
                painter.drawText(inner, Qt.AlignmentFlag.AlignRight, text.EDITED)
            room = inner.adjusted(0, line + 5, 0, 0)
            if result.figures and self._thumbnails is not None:
                place = QRectF(
                    room.right() - _SKETCH.width(),
                    room.top() + 3,
                    _SKETCH.width(),
                    min(_SKETCH.height(), room.height() - 3),
                )
                sketch(painter, place, result.figures[0], self._thumbnails)
                room.adjust(0, 0, -_SKETCH.width() - 14, 0)
            painter.setPen(QColor(style.TEXT))
            sentences = QRect(room.left(), room.top(), room.width(), _LINES * line)
            draw_lines(painter, sentences, text.what_would_help(result.headline), _LINES)
            if result.number:
                painter.setPen(QColor(style.DIM))
                words = self.fontMetrics().elidedText(
                    number_first(result.number), Qt.TextElideMode.ElideRight, room.width()
                )
                painter.drawText(room, Qt.AlignmentFlag.AlignBottom, words)

    def _ground(self, painter: QPainter, colour: QColor) -> None:
        whole = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        ground = (
            style.CHOSEN if self.isDown() else style.FIELD if self.underMouse() else style.PANEL
        )
        painter.setPen(QPen(QColor(style.FOCUS), 1.6) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(whole, 6, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(3, 7, _EDGE - 0.5, self.height() - 14), 1.5, 1.5)


class CardsPage(QScrollArea):
    """All answers, group by group, the gravest of each first."""

    chosen = Signal(str)
    """Id of the check that the reader opens."""

    def __init__(self, presenter: EvaluatePresenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self._cards: dict[str, CheckCard] = {}
        self._titles: dict[str, QWidget] = {}
        self._order: tuple[tuple[str, tuple[str, ...]], ...] = ()
        self._columns = 0
        self._rows: list[list[CheckCard]] = []
        self._page = page = Page()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(8)
        self._none = words_label("dim", text.VERDICTS_NONE)
        self._short, self._paragraph = words_label(), words_label("dim")
        font = self._short.font()
        font.setPointSizeF(font.pointSizeF() * 1.35)
        font.setBold(True)
        self._short.setFont(font)
        for label in (self._short, self._paragraph):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setMaximumWidth(_LINE)
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 8, 8, 16)
        column.addWidget(self._short)
        column.addWidget(self._paragraph)
        column.addWidget(self._none)
        column.addLayout(self._grid)
        column.addStretch(1)
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the cards have it
        self.setAccessibleName(text.NAME_VERDICTS)

    def card(self, check: str) -> CheckCard:
        """Return a check's card."""
        return self._cards[check]

    def show_answers(self) -> None:
        """Show the presenter's answers."""
        presenter = self._presenter
        run, answers = presenter.run, {a.result.check: a for a in presenter.answers}
        for check in set(self._cards) - set(answers):
            self._cards.pop(check).deleteLater()
        self._none.setVisible(not answers and presenter.doing == "asking")
        self._say_headline()
        thumbnails = presenter.thumbnails
        if run is None or thumbnails is None or not answers:
            self._place((), self._fitting())
            return
        from xraydemo.report.groups import grouped  # late: it brings pandas and pydicom with it

        groups = grouped([a.result for a in answers.values()])
        for check, answer in answers.items():
            if check not in self._cards:
                self._cards[check] = self._new_card(check)
            self._cards[check].show_answer(answer, thumbnails, edited=check in presenter.edited)
        order = tuple((g.title, tuple(r.check for r in g.results)) for g in groups)
        self._place(order, self._fitting())

    def take_focus(self, check: str = "") -> None:
        """Put the keyboard on a check's card, or on the first."""
        if check in self._cards:
            self._cards[check].setFocus()
            self.ensureWidgetVisible(self._cards[check])
        elif self._rows:
            self._rows[0][0].setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Put as many cards beside one another as fit."""
        super().resizeEvent(event)
        self._place(self._order, self._fitting())

    def _say_headline(self) -> None:
        presenter = self._presenter
        headline = presenter.headline
        if headline is not None:
            from xraydemo.report.answer import answer_of

            answer = answer_of(headline, [a.result for a in presenter.answers])
            self._short.setText(answer.short)
            self._paragraph.setText(headline.paragraph)
        for label in (self._short, self._paragraph):
            label.setVisible(headline is not None)

    def _new_card(self, check: str) -> CheckCard:
        card = CheckCard()
        card.clicked.connect(lambda: self.chosen.emit(check))
        card.went.connect(lambda down, right: self._go(card, down, right))
        return card

    def _fitting(self) -> int:
        room = self.viewport().width() - 22
        return max(1, min(_MOST_COLUMNS, (room + 10) // (_NARROWEST + 10)))

    def _place(self, order: Sequence[tuple[str, Sequence[str]]], columns: int) -> None:
        if (order, columns) == (self._order, self._columns):
            return
        self._order, self._columns = tuple((t, tuple(c)) for t, c in order), columns
        while self._grid.count():
            self._grid.takeAt(0)
        for title in set(self._titles) - {title for title, _ in order}:
            self._titles.pop(title).deleteLater()
        for column in range(_MOST_COLUMNS):
            self._grid.setColumnStretch(column, int(column < columns))
        self._rows, row, before = [], 0, None
        for title, checks in order:
            if title not in self._titles:
                self._titles[title] = words_label("title", title)
                self._titles[title].setContentsMargins(2, 8, 0, 0)
            self._grid.addWidget(self._titles[title], row, 0, 1, columns)
            for start in range(0, len(checks), columns):
                row += 1
                cards = [self._cards[check] for check in checks[start : start + columns]]
                for column, card in enumerate(cards):
                    self._grid.addWidget(card, row, column)
                    card.show()
                    if before is not None:
                        QWidget.setTabOrder(before, card)
                    before = card
                self._rows.append(cards)
            row += 1
        self._page.grow()

    def _go(self, card: CheckCard, down: int, right: int) -> None:
        for row, cards in enumerate(self._rows):
            if card in cards:
                flat = [one for line in self._rows for one in line]
                if right:
                    place = flat.index(card) + right
                    target = flat[place] if 0 <= place < len(flat) else card
                else:
                    line = self._rows[min(max(row + down, 0), len(self._rows) - 1)]
                    target = line[min(cards.index(card), len(line) - 1)]
                target.setFocus()
                self.ensureWidgetVisible(target)
                return
