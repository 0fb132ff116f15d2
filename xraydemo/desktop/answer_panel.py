"""One answer in full: question, sentence, findings, figures with their X-rays, and tables."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from xraydemo.desktop import style, text
from xraydemo.desktop.parts import words_label
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from xraydemo.desktop.evaluate_presenter import Choice, EvaluatePresenter, Unread
    from xraydemo.desktop.evaluate_work import Answer
    from xraydemo.evaluation.headline import Headline
    from xraydemo.evaluation.result import Table

_AFTER_RESIZING_MS = 250
_MOST_FILES = 1000


class AnswerPanel(QScrollArea):
    """The chosen answer."""

    width_settled = Signal(int, float)
    """Pixels for a figure, and device pixels to one of them."""

    def __init__(self, presenter: EvaluatePresenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self._figures: list[FigureCard] = []
        self._resized = QTimer(self)
        self._resized.setSingleShot(True)
        self._resized.setInterval(_AFTER_RESIZING_MS)
        self._resized.timeout.connect(self._tell_width)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFrameShape(QFrame.Shape.NoFrame)

    def show_answer(self) -> None:
        """Show what is chosen, from its beginning."""
        from xraydemo.desktop.evaluate_presenter import HEADLINE, UNREADABLE

        presenter = self._presenter
        self._figures = []
        page = QWidget()
        page.setObjectName("page")
        column = QVBoxLayout(page)
        column.setContentsMargins(20, 14, 16, 20)
        column.setSpacing(10)
        if presenter.chosen == UNREADABLE:
            self._fill_unread(column)
        elif presenter.chosen == HEADLINE and presenter.headline:
            self._fill_headline(column, presenter.headline)
        elif presenter.answer:
            self._fill_answer(column, presenter.answer)
        column.addStretch(1)
        self.setWidget(page)
        self._tell_width()

    def show_figure(self, number: int) -> None:
        """Show a figure that was drawn."""
        drawn = self._presenter.drawn(number)
        if number < len(self._figures) and drawn is not None:
            self._figures[number].show_picture(drawn, self.devicePixelRatioF())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Have the figures drawn anew once the size has settled."""
        super().resizeEvent(event)
        self._resized.start()

    def stop(self) -> None:
        """End what waits."""
        self._resized.stop()

    def _tell_width(self) -> None:
        width = self.viewport().width() - 36 - 2 * FigureCard.MARGIN
        if width > 100 and self.isVisible():
            self.width_settled.emit(width, self.devicePixelRatioF())

    def _fill_answer(self, column: QVBoxLayout, answer: Answer) -> None:
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
        column.addLayout(head)
        column.addWidget(_large(answer.question, 1.3))
        column.addWidget(_large(result.headline, 1.1))
        if result.number:
            column.addWidget(_sentence(number_text(result.number), "dim"))
        if not result.settled:
            column.addWidget(_sentence(text.UNSETTLED, "warning"))
        for finding in result.findings:
            column.addLayout(_bullet(finding))
        self._add_figures(column)
        for table in result.tables:
            column.addWidget(_rich(table_html(table)))
        if result.parameters:
            settings = ", ".join(f"{key} = {value}" for key, value in result.parameters.items())
            column.addWidget(_sentence(f"{text.SETTINGS} {settings}. {text.NO_LIMITS}", "dim"))

    def _add_figures(self, column: QVBoxLayout) -> None:
        from xraydemo.desktop.evaluate_presenter import choices

        for number, figure in enumerate(self._presenter.figures):
            card = FigureCard(figure.title, choices(figure))
            card.show_wanted.connect(self._presenter.show_xrays)
            self._figures.append(card)
            column.addWidget(card)
            self.show_figure(number)

    def _fill_headline(self, column: QVBoxLayout, headline: Headline) -> None:
        from xraydemo.evaluation.result import Table

        column.addWidget(_large(text.HEADLINE_QUESTION, 1.3))
        self._add_figures(column)
        for part in headline.parts:
            column.addLayout(_bullet(f"{part.name}: {part.note}"))
        for name, why in headline.not_measured.items():
            column.addLayout(_bullet(text.not_measured(name, why)))
        rows = tuple(replace(part.number, where=part.name) for part in headline.parts)
        if rows:
            column.addWidget(_rich(table_html(Table(text.HEADLINE_TABLE, rows))))

    def _fill_unread(self, column: QVBoxLayout) -> None:
        run, files = self._presenter.run, self._presenter.unread
        assert run is not None
        column.addWidget(_large(text.UNREAD_QUESTION, 1.3))
        column.addWidget(_large(text.unread(len(files), len(run)), 1.1))
        column.addWidget(_rich(unread_html(files[:_MOST_FILES])))
        if len(files) > _MOST_FILES:
            column.addWidget(_sentence(text.more(len(files) - _MOST_FILES), "dim"))


class FigureCard(QFrame):
    """A figure on paper, and below it the X-rays that stand behind its parts."""

    MARGIN = 12
    show_wanted = Signal(object)
    """Positions in the run of the X-rays to show."""

    def __init__(self, title: str, choices: list[Choice], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("figure")
        self._picture = QLabel(text.FIGURE_DRAWING)
        self._picture.setAccessibleName(title)
        self._picture.setMinimumHeight(120)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._picture.setStyleSheet(f"color: {style.EDGE};")
        self._picture.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._choice = QComboBox()
        self._choice.setAccessibleName(text.NAME_BEHIND)
        self._choice.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._choice.setMinimumContentsLength(24)
        for choice in choices:
            words = text.choice(choice.words, len(choice.positions))
            self._choice.addItem(words, choice.positions)
        show = QPushButton(text.SHOW_XRAYS)
        show.clicked.connect(lambda: self.show_wanted.emit(self._choice.currentData()))
        paper = QFrame()
        paper.setObjectName("paper")
        inner = QVBoxLayout(paper)
        inner.setContentsMargins(self.MARGIN, self.MARGIN, self.MARGIN, self.MARGIN)
        inner.addWidget(self._picture)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(paper)
        if choices:
            row = QHBoxLayout()
            row.addWidget(self._choice, 1)
            row.addWidget(show)
            column.addLayout(row)

    def show_picture(self, drawn: NDArray[Any] | XrayDemoError, sharpness: float) -> None:
        """Show the figure, or why it can't be drawn."""
        if isinstance(drawn, XrayDemoError):
            self._picture.setText(f"{text.FIGURE_FAILED}: {drawn}")
            self._picture.setWordWrap(True)
            return
        solid = np.ascontiguousarray(drawn)
        height, width = solid.shape[:2]
        image = QImage(solid.data, width, height, solid.strides[0], QImage.Format.Format_RGBA8888)
        pixmap = QPixmap.fromImage(image.copy())
        pixmap.setDevicePixelRatio(sharpness)
        self._picture.setPixmap(pixmap)
        # no wider than what is on it; as high as it, also where the pane is narrower for a moment
        self.setMaximumWidth(round(width / sharpness) + 2 * self.MARGIN)

    @property
    def has_picture(self) -> bool:
        """Whether the figure is there."""
        return not self._picture.pixmap().isNull()


def table_html(table: Table) -> str:
    """Return a table of numbers as HTML."""
    from xraydemo.report.words import interval_text, value_text, where_text

    heads = "".join(
        f"<th align='{'left' if place < 2 else 'right'}' style='{_HEAD}'>{words}</th>"
        for place, words in enumerate(text.COLUMNS_OF_NUMBERS)
    )
    rows = "".join(
        f"<tr><td style='{_CELL}'>{escape(row.metric)}</td>"
        f"<td style='{_CELL}'>{escape(where_text(row.where))}</td>"
        f"<td align='right' style='{_CELL}'>{escape(value_text(row))}</td>"
        f"<td align='right' style='{_CELL}'>{escape(interval_text(row.low, row.high))}</td>"
        f"<td align='right' style='{_CELL}'>{row.n:,}</td></tr>"
        for row in table.rows
    )
    return f"<p><b>{escape(table.title)}</b></p>{_table(f'<tr>{heads}</tr>{rows}')}"


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
_HEAD = f"{_CELL} color: {style.DIM}; font-weight: 600;"


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


def _rich(html: str) -> QLabel:
    label = QLabel(html)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label
